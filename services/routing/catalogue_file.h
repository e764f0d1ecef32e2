// Reads the files of the catalogue (services/routing/data/README.md). Every wrong cell is reported
// as `file:row:column`, where rows are lines of the file and the header is line 1.
#ifndef TWOTIER_SERVICES_ROUTING_CATALOGUE_FILE_H_
#define TWOTIER_SERVICES_ROUTING_CATALOGUE_FILE_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "common/csv.h"
#include "services/routing/domain/procedure.h"

namespace twotier::routing {

inline constexpr absl::string_view kProceduresFile = "procedures.csv";

// The procedures of `content`. What is wrong goes to `errors`; the rows returned then are of no
// use.
std::vector<Procedure> ReadProcedures(absl::string_view content, RowErrors& errors);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_CATALOGUE_FILE_H_
