#include "services/personnel/domain/retirement.h"

#include <algorithm>
#include <iterator>

namespace twotier::personnel {
namespace {

// Appendix I as printed: who is born from `year`/`month` on retires at this age, until the next
// line. The steps are those of Art. 4: three months a year to 62 for men, four months a year to 60
// for women.
struct Line {
  int year;
  int month;
  int age_months;
};

constexpr Line kMen[] = {
    {1961, 1, 60 * 12 + 3}, {1961, 10, 60 * 12 + 6}, {1962, 7, 60 * 12 + 9}, {1963, 4, 61 * 12},
    {1964, 1, 61 * 12 + 3}, {1964, 10, 61 * 12 + 6}, {1965, 7, 61 * 12 + 9}, {1966, 4, 62 * 12},
};

// From 1968 on the printed table leaves May 1969 with the line before, where the steps of Art. 4
// would begin the next one.
constexpr Line kWomen[] = {
    {1966, 1, 55 * 12 + 4}, {1966, 9, 55 * 12 + 8}, {1967, 5, 56 * 12},     {1968, 1, 56 * 12 + 4},
    {1968, 9, 56 * 12 + 8}, {1969, 6, 57 * 12},     {1970, 1, 57 * 12 + 4}, {1970, 9, 57 * 12 + 8},
    {1971, 5, 58 * 12},     {1972, 1, 58 * 12 + 4}, {1972, 9, 58 * 12 + 8}, {1973, 5, 59 * 12},
    {1974, 1, 59 * 12 + 4}, {1974, 9, 59 * 12 + 8}, {1975, 5, 60 * 12},
};

template <size_t n>
std::optional<int> AgeIn(const Line (&lines)[n], absl::CivilMonth birth) {
  const auto next = std::upper_bound(std::begin(lines), std::end(lines), birth,
                                     [](absl::CivilMonth month, const Line& line) {
                                       return month < absl::CivilMonth(line.year, line.month);
                                     });
  if (next == std::begin(lines)) return std::nullopt;
  return std::prev(next)->age_months;
}

}  // namespace

std::optional<int> RetirementAgeMonths(Sex sex, absl::CivilMonth birth) {
  switch (sex) {
    case Sex::kMale:
      return AgeIn(kMen, birth);
    case Sex::kFemale:
      return AgeIn(kWomen, birth);
    case Sex::kUnknown:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<absl::CivilMonth> PensionFrom(Sex sex, absl::CivilDay birth) {
  const absl::CivilMonth month(birth);
  const std::optional<int> age = RetirementAgeMonths(sex, month);
  if (!age) return std::nullopt;
  return month + *age + 1;
}

}  // namespace twotier::personnel
