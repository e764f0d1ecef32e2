// Text in columns for a terminal. Widths are those of the characters on the screen, so that
// Vietnamese names line up whether their diacritics are composed or combining.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_TABLE_H_
#define TWOTIER_TOOLS_TWOTIERCTL_TABLE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace twotier::ctl {

// Columns that `text` takes on a terminal. Combining marks take none, East Asian wide characters
// two.
size_t DisplayWidth(absl::string_view text);

// `text` with every control character and every byte that is not UTF-8 replaced by U+FFFD, so that
// data from a service cannot move the cursor or hide what stands before it.
std::string Printable(absl::string_view text);

// The longest beginning of `text` that takes at most `width` columns; ends in "…" when something
// was cut.
std::string Truncated(absl::string_view text, size_t width);

// A table with a header line. Cells may be longer than their header; rows shorter than the header
// are filled up.
class Table {
 public:
  explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }

  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }

  // One line per row, columns two spaces apart, no space at the end of a line. `width` is the
  // terminal's: the last column is truncated to it. 0: nothing is truncated.
  std::string Text(size_t width = 0) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Names with values, one a line, values aligned. Pairs with an empty value are left out.
std::string Pairs(const std::vector<std::pair<std::string, std::string>>& pairs);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_TABLE_H_
