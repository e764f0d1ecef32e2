// Typed reading of the cells of one CSV row: what is wrong is added under the column's name.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CELLS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CELLS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/csv.h"
#include "services/registry/domain/row_errors.h"
#include "services/registry/domain/types.h"

namespace twotier::registry {

// A word of a column and what it stands for.
template <typename E>
using Word = std::pair<absl::string_view, E>;

// Not thread-safe; lives as long as the row. Each method reads the next cell: cells are read in the
// order of the columns.
class Cells {
 public:
  Cells(CsvRow& row, absl::Span<const absl::string_view> columns, RowErrors& errors)
      : row_(row), columns_(columns), errors_(errors) {}

  // Any text of at most kTextBytesMax bytes.
  std::string Text(bool required);
  // `digits` decimal digits, as text. Zero digits accepted when not required.
  std::string Code(size_t digits, bool required);
  // YYYY-MM-DD.
  std::optional<absl::CivilDay> Day(bool required);
  // First and end of a range, two cells; an empty end means no end. Absent when a cell is wrong.
  std::optional<DateRange> Range();
  // A whole number from 0; nullopt when empty.
  std::optional<int64_t> Count(bool required);
  // Degrees within ±limit, as millionths; nullopt when empty.
  std::optional<int64_t> Micros(int limit);
  // One of `words`; kUnspecified (0) when empty and not required, or wrong.
  template <typename E>
  E OneOf(absl::Span<const Word<E>> words, bool required) {
    const absl::string_view cell = Next();
    if (cell.empty() && !required) return E{};
    std::string known;
    for (const auto& [word, value] : words) {
      if (cell == word) return value;
      absl::StrAppend(&known, known.empty() ? "" : ", ", word);
    }
    Wrong("must be one of " + known);
    return E{};
  }

  // Reports the cell that was read last.
  void Wrong(absl::string_view description);
  bool ok() const { return ok_; }

  static constexpr size_t kTextBytesMax = 256;  // The longest name of a unit has 70 bytes.

 private:
  absl::string_view Next() { return row_.cells[next_++]; }

  CsvRow& row_;
  absl::Span<const absl::string_view> columns_;
  RowErrors& errors_;
  size_t next_ = 0;
  bool ok_ = true;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CELLS_H_
