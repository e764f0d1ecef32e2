#include "services/registry/domain/cells.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace twotier::registry {

void Cells::Wrong(absl::string_view description) {
  ok_ = false;
  errors_.Add(row_.place, columns_[next_ - 1], description);
}

std::string Cells::Text(bool required) {
  const absl::string_view cell = Next();
  if (required && cell.empty()) Wrong("must not be empty");
  if (cell.size() > kTextBytesMax)
    Wrong(absl::StrCat("must have at most ", kTextBytesMax, " bytes"));
  if (cell != absl::StripAsciiWhitespace(cell)) Wrong("must not begin or end with a space");
  return std::string(cell);
}

std::string Cells::Code(size_t digits, bool required) {
  const absl::string_view cell = Next();
  if (cell.empty() && !required) return std::string();
  if (cell.size() != digits ||
      !std::all_of(cell.begin(), cell.end(), [](char c) { return absl::ascii_isdigit(c); })) {
    Wrong(absl::StrCat("must be ", digits, " digits; leading zeros belong to a code"));
  }
  return std::string(cell);
}

std::optional<absl::CivilDay> Cells::Day(bool required) {
  const absl::string_view cell = Next();
  if (cell.empty() && !required) return std::nullopt;
  absl::CivilDay day;
  if (cell.size() != 10 || !absl::ParseCivilTime(cell, &day)) {
    Wrong("must be a date YYYY-MM-DD");
    return std::nullopt;
  }
  return day;
}

std::optional<DateRange> Cells::Range() {
  const std::optional<absl::CivilDay> first = Day(/*required=*/true);
  const bool before = ok_;
  const std::optional<absl::CivilDay> end = Day(/*required=*/false);
  if (!first.has_value() || ok_ != before) return std::nullopt;
  const DateRange range{*first, end.value_or(kNoEnd)};
  if (range.end <= range.first) {
    Wrong("must lie after the first date");
    return std::nullopt;
  }
  return range;
}

std::optional<int64_t> Cells::Count(bool required) {
  const absl::string_view cell = Next();
  if (cell.empty() && !required) return std::nullopt;
  int64_t count = 0;
  if (!absl::SimpleAtoi(cell, &count) || count < 0) {
    Wrong("must be a whole number from 0");
    return std::nullopt;
  }
  return count;
}

std::optional<int64_t> Cells::Micros(int limit) {
  const absl::string_view cell = Next();
  if (cell.empty()) return std::nullopt;
  double degrees = 0;
  if (!absl::SimpleAtod(cell, &degrees) || !(std::abs(degrees) <= limit)) {
    Wrong(absl::StrCat("must be degrees from -", limit, " to ", limit));
    return std::nullopt;
  }
  return std::llround(degrees * 1e6);
}

}  // namespace twotier::registry
