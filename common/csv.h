// CSV files with a fixed header, read whole, and what is wrong with their rows, each named
// `file:row:column`.
#ifndef TWOTIER_COMMON_CSV_H_
#define TWOTIER_COMMON_CSV_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/errors.h"

namespace twotier {

// Where a row came from. The row number counts lines of the file from 1, the header included.
struct RowPlace {
  absl::string_view file;  // Not owned; the constant that names the file.
  int row = 0;
};

// Collects wrong rows; keeps the first error::Violations::kViolationsMax (100).
class RowErrors {
 public:
  void Add(RowPlace place, absl::string_view column, absl::string_view description) {
    violations_.Add(absl::StrCat(place.file, ":", place.row, ":", column), description);
  }
  // Something about a whole file, for example that it is missing.
  void AddFile(absl::string_view file, absl::string_view description) {
    violations_.Add(file, description);
  }
  bool empty() const { return violations_.empty(); }
  const std::vector<error::FieldViolation>& all() const { return violations_.all(); }

  // OK when empty; else INVALID_ARGUMENT `reason` with every violation.
  absl::Status ToStatus(absl::string_view reason) const { return violations_.ToStatus(reason); }

 private:
  error::Violations violations_;
};

// One row: its cells in the order of the columns asked for.
struct CsvRow {
  RowPlace place;
  std::vector<std::string> cells;
};

// Most columns a file may have.
inline constexpr size_t kCsvColumnsMax = 24;
// Most rows: over three times the largest table, the versions of communes (13,379).
inline constexpr int kCsvRowsMax = 50'000;
// A longer line ends the reading of its file. The longest of the reference tables has 2 KB.
inline constexpr size_t kCsvLineBytesMax = 64 << 10;

// Reads `content`: UTF-8, comma, quotes doubled, one row a line. `file` must outlive the rows. The
// header must name exactly `columns` (1 to kCsvColumnsMax), in any order. Returns the rows that
// have the right number of cells. Adds what is wrong to `errors` and then makes `complete` false;
// of a file with a wrong header, bytes that are not UTF-8, or a line or a number of rows above the
// limits, nothing is returned.
std::vector<CsvRow> ReadCsv(absl::string_view file, absl::string_view content,
                            absl::Span<const absl::string_view> columns, RowErrors& errors,
                            bool& complete);

}  // namespace twotier

#endif  // TWOTIER_COMMON_CSV_H_
