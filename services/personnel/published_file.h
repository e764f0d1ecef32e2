// Reads published_figures.csv (services/personnel/data/README.md). Every wrong cell is reported as
// `file:row:column`, where rows are lines of the file and the header is line 1.
#ifndef TWOTIER_SERVICES_PERSONNEL_PUBLISHED_FILE_H_
#define TWOTIER_SERVICES_PERSONNEL_PUBLISHED_FILE_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "common/csv.h"
#include "services/personnel/domain/published_figure.h"

namespace twotier::personnel {

inline constexpr absl::string_view kPublishedFiguresFile = "published_figures.csv";

// What is returned beside errors is of no use.
std::vector<PublishedFigure> ReadPublishedFigures(absl::string_view content, RowErrors& errors);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_PUBLISHED_FILE_H_
