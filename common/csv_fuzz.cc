// Any bytes as a table: every row has a cell for each column and stands on a line of its own, and
// whoever is told that the reading is complete was told of nothing wrong.

#include <cstdint>
#include <cstdlib>

#include "common/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  constexpr absl::string_view kColumns[] = {"a", "b", "c", "d"};
  // The first byte says how many columns are asked for; a half of the inputs get the header they
  // need.
  const absl::Span<const absl::string_view> columns(kColumns, 1 + data[0] % std::size(kColumns));
  std::string content;
  for (size_t i = 0; (data[0] & 0x80) != 0 && i < columns.size(); ++i) {
    absl::StrAppend(&content, columns[i], i + 1 < columns.size() ? "," : "\n");
  }
  content.append(reinterpret_cast<const char*>(data + 1), size - 1);
  twotier::RowErrors errors;
  bool complete = true;
  int line = 1;
  for (const twotier::CsvRow& row : twotier::ReadCsv("t.csv", content, columns, errors, complete)) {
    if (row.cells.size() != columns.size()) std::abort();
    if (row.place.row <= line) std::abort();
    line = row.place.row;
  }
  if (complete != errors.empty()) std::abort();
  return 0;
}
