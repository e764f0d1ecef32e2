#include "tools/twotierctl/table.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace twotier::ctl {
namespace {

constexpr size_t kGap = 2;
// A last column narrower than this says nothing: it is not truncated further, and the terminal
// wraps.
constexpr size_t kLastColumnMin = 12;

struct Character {
  absl::string_view bytes;
  size_t width;
  bool printable;
};

// Takes the first character off `text`, which is not empty.
Character Next(absl::string_view& text) {
  utf8proc_int32_t code_point = 0;
  const utf8proc_ssize_t length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  const bool valid = length > 0;
  const size_t taken = valid ? static_cast<size_t>(length) : 1;
  Character character{.bytes = text.substr(0, taken), .width = 1, .printable = false};
  if (valid && utf8proc_category(code_point) != UTF8PROC_CATEGORY_CC) {
    character.printable = true;
    character.width = static_cast<size_t>(utf8proc_charwidth(code_point));
  }
  text.remove_prefix(taken);
  return character;
}

std::vector<size_t> ColumnWidths(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  return widths;
}

}  // namespace

size_t DisplayWidth(absl::string_view text) {
  size_t width = 0;
  while (!text.empty()) width += Next(text).width;
  return width;
}

std::string Printable(absl::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character character = Next(text);
    absl::StrAppend(&result, character.printable ? character.bytes : "\xEF\xBF\xBD");
  }
  return result;
}

std::string Truncated(absl::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::string result;
  size_t used = 0;
  while (!text.empty()) {
    const Character character = Next(text);
    if (used + character.width > width - 1) break;  // One column is for the ellipsis.
    absl::StrAppend(&result, character.bytes);
    used += character.width;
  }
  return absl::StrCat(result, "…");
}

std::string Table::Text(size_t width) const {
  std::vector<std::vector<std::string>> rows = rows_;
  for (std::vector<std::string>& row : rows) {
    for (std::string& cell : row) cell = Printable(cell);
  }
  const std::vector<size_t> widths = ColumnWidths(rows);
  size_t last_start = 0;
  for (size_t i = 0; i + 1 < widths.size(); ++i) last_start += widths[i] + kGap;

  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == widths.size();
      const bool cut = last && width >= last_start + kLastColumnMin;
      const std::string cell = cut ? Truncated(row[i], width - last_start) : row[i];
      absl::StrAppend(&line, cell);
      if (!last) line.append(widths[i] - DisplayWidth(cell) + kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

std::string Pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  size_t name_width = 0;
  for (const auto& [name, value] : pairs) {
    if (!value.empty()) name_width = std::max(name_width, DisplayWidth(name));
  }
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (value.empty()) continue;
    absl::StrAppend(&text, name, std::string(name_width - DisplayWidth(name) + kGap, ' '),
                    Printable(value), "\n");
  }
  return text;
}

}  // namespace twotier::ctl
