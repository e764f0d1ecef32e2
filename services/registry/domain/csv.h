// CSV files with a fixed header, read whole.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CSV_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CSV_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/registry/domain/row_errors.h"

namespace twotier::registry {

// One row: its cells in the order of the columns asked for.
struct CsvRow {
  RowPlace place;
  std::vector<std::string> cells;
};

// Most columns a file may have.
inline constexpr size_t kCsvColumnsMax = 17;

// Reads `content`: UTF-8, comma, quotes doubled, one row a line. `file` must outlive the rows. The
// header must name exactly `columns`, in any order. Returns the rows that have the right number of
// cells; adds what is wrong to `errors` (a wrong header or bytes that are not UTF-8: nothing is
// returned) and then makes `complete` false.
std::vector<CsvRow> ReadCsv(absl::string_view file, absl::string_view content,
                            absl::Span<const absl::string_view> columns, RowErrors& errors,
                            bool& complete);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CSV_H_
