// Typed reading of the cells of one CSV row: what is wrong is added under the column's name.
#ifndef TWOTIER_COMMON_CSV_CELLS_H_
#define TWOTIER_COMMON_CSV_CELLS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/csv.h"

namespace twotier {

// A word of a column and what it stands for.
template <typename E>
using Word = std::pair<absl::string_view, E>;

// Not thread-safe; lives as long as the row. Each method reads the next cell: cells are read in the
// order of the columns.
class CsvCells {
 public:
  // A text may have `text_bytes_max` bytes.
  CsvCells(const CsvRow& row, absl::Span<const absl::string_view> columns, size_t text_bytes_max,
           RowErrors& errors)
      : row_(row), columns_(columns), text_bytes_max_(text_bytes_max), errors_(errors) {}

  // Any text that neither begins nor ends with a space.
  std::string Text(bool required);
  // `digits` decimal digits, as text. Zero digits accepted when not required.
  std::string Code(size_t digits, bool required);
  // YYYY-MM-DD.
  std::optional<absl::CivilDay> Day(bool required);
  // A whole number from 0 to `max`; nullopt when empty.
  std::optional<int64_t> Count(bool required, int64_t max = std::numeric_limits<int64_t>::max());
  // Degrees within ±limit, as millionths; nullopt when empty.
  std::optional<int64_t> Micros(int limit);
  // One of `words`; the enumeration's 0 when empty and not required, or wrong.
  template <typename E>
  E OneOf(absl::Span<const Word<E>> words, bool required) {
    const absl::string_view cell = Next();
    if (cell.empty() && !required) return E{};
    std::string known;
    for (const auto& [word, value] : words) {
      if (cell == word) return value;
      absl::StrAppend(&known, known.empty() ? "" : ", ", word);
    }
    Wrong(absl::StrCat(required ? "must be one of " : "must be empty or one of ", known));
    return E{};
  }

  // Reports the cell that was read last, or that of `column`.
  void Wrong(absl::string_view description);
  void Wrong(absl::string_view column, absl::string_view description);
  bool ok() const { return ok_; }

 private:
  absl::string_view Next() { return row_.cells[next_++]; }

  const CsvRow& row_;
  const absl::Span<const absl::string_view> columns_;
  const size_t text_bytes_max_;
  RowErrors& errors_;
  size_t next_ = 0;
  bool ok_ = true;
};

}  // namespace twotier

#endif  // TWOTIER_COMMON_CSV_CELLS_H_
