#include "common/csv_cells.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace twotier {

void CsvCells::Wrong(absl::string_view description) { Wrong(columns_[next_ - 1], description); }

void CsvCells::Wrong(absl::string_view column, absl::string_view description) {
  ok_ = false;
  errors_.Add(row_.place, column, description);
}

std::string CsvCells::Text(bool required) {
  const absl::string_view cell = Next();
  if (required && cell.empty()) Wrong("must not be empty");
  if (cell.size() > text_bytes_max_) {
    Wrong(absl::StrCat("must have at most ", text_bytes_max_, " bytes"));
  }
  if (cell != absl::StripAsciiWhitespace(cell)) Wrong("must not begin or end with a space");
  return std::string(cell);
}

std::string CsvCells::Code(size_t digits, bool required) {
  const absl::string_view cell = Next();
  if (cell.empty() && !required) return std::string();
  if (cell.size() != digits ||
      !std::all_of(cell.begin(), cell.end(), [](char c) { return absl::ascii_isdigit(c); })) {
    Wrong(absl::StrCat("must be ", digits, " digits; leading zeros belong to a code"));
  }
  return std::string(cell);
}

std::optional<absl::CivilDay> CsvCells::Day(bool required) {
  const absl::string_view cell = Next();
  if (cell.empty() && !required) return std::nullopt;
  absl::CivilDay day;
  if (cell.size() != 10 || !absl::ParseCivilTime(cell, &day)) {
    Wrong("must be a date YYYY-MM-DD");
    return std::nullopt;
  }
  return day;
}

std::optional<int64_t> CsvCells::Count(bool required, int64_t max) {
  const absl::string_view cell = Next();
  if (cell.empty() && !required) return std::nullopt;
  int64_t count = 0;
  if (!absl::SimpleAtoi(cell, &count) || count < 0 || count > max) {
    Wrong(max == std::numeric_limits<int64_t>::max()
              ? "must be a whole number from 0"
              : absl::StrCat("must be a whole number from 0 to ", max));
    return std::nullopt;
  }
  return count;
}

std::optional<int64_t> CsvCells::Micros(int limit) {
  const absl::string_view cell = Next();
  if (cell.empty()) return std::nullopt;
  double degrees = 0;
  if (!absl::SimpleAtod(cell, &degrees) || !(std::abs(degrees) <= limit)) {
    Wrong(absl::StrCat("must be degrees from -", limit, " to ", limit));
    return std::nullopt;
  }
  return std::llround(degrees * 1e6);
}

}  // namespace twotier
