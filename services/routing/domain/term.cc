#include "services/routing/domain/term.h"

#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace twotier::routing {
namespace {

constexpr int kHoursOfDay = 24;
// Hour at which the last day of a term in days ends (calendar::CountingRule).
constexpr int kDayEndsHour = 17;
constexpr size_t kUnits = 5;

// Halves of the unit, so that no fraction is lost.
int64_t HalvesOf(const Term& term) { return int64_t{term.value} * 2 + int64_t{term.half}; }

// What is received late in the day counts on the next working day under `term` only where it does
// under `other`. Without a cut-off a day takes in all of it, and one that is to be answered within
// it ends with the office.
bool CutoffNoEarlier(const Term& term, const Term& other) {
  const int whole_day = 60 * (term.unit == TermUnit::kImmediate ? kDayEndsHour : kHoursOfDay);
  return other.cutoff_minute.value_or(whole_day) <= term.cutoff_minute.value_or(whole_day);
}

// A term of hours begun at the very end of a day is over before the last day of `days` ends.
bool HoursWithin(const Term& hours, const Term& days) {
  return days.value > 0 &&
         HalvesOf(hours) <= 2 * (int64_t{kHoursOfDay} * (days.value - 1) + kDayEndsHour);
}

std::string Amount(int64_t halves, TermUnit unit) {
  const auto name = [unit]() -> absl::string_view {
    switch (unit) {
      case TermUnit::kWorkingDay:
        return "working day";
      case TermUnit::kCalendarDay:
        return "calendar day";
      case TermUnit::kHour:
        return "hour";
      case TermUnit::kImmediate:
      case TermUnit::kUnknown:
        break;
    }
    return "immediate";
  };
  return absl::StrCat(halves / 2, halves % 2 == 1 ? ".5 " : " ", name(), halves == 2 ? "" : "s");
}

// Halves of each unit, by its number.
std::array<int64_t, kUnits> SumOf(const std::vector<TermStep>& steps) {
  std::array<int64_t, kUnits> sum = {};
  for (const TermStep& step : steps) {
    sum[static_cast<size_t>(step.term.unit)] += HalvesOf(step.term);
  }
  return sum;
}

}  // namespace

bool NeverLater(const Term& term, const Term& other) {
  using enum TermUnit;
  if (term.unit == kUnknown || other.unit == kUnknown) return false;
  if (term.unit == kHour) {
    if (other.unit == kHour) return HalvesOf(term) <= HalvesOf(other);
    return other.unit != kImmediate && HoursWithin(term, other);
  }
  if (other.unit == kHour) return false;
  if (term.unit == kImmediate && other.unit != kImmediate) {
    // Within the day, or the next working day after a cut-off: no later than any whole day.
    return other.value > 0;
  }
  if (!CutoffNoEarlier(term, other)) return false;
  if (term.unit == other.unit) return HalvesOf(term) <= HalvesOf(other);
  // As many working days never end before as many calendar days.
  return term.unit == kCalendarDay && other.unit == kWorkingDay && term.value <= other.value;
}

bool AddUp(const std::vector<TermStep>& steps, const Term& term) {
  std::array<int64_t, kUnits> sum = SumOf(steps);
  int64_t& of_unit = sum[static_cast<size_t>(term.unit)];
  if (of_unit != HalvesOf(term)) return false;
  of_unit = 0;
  for (const int64_t halves : sum) {
    if (halves != 0) return false;
  }
  return true;
}

std::string SumText(const std::vector<TermStep>& steps) {
  const std::array<int64_t, kUnits> sum = SumOf(steps);
  std::string text;
  for (size_t unit = 0; unit < kUnits; ++unit) {
    if (sum[unit] == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : " and ",
                    Amount(sum[unit], static_cast<TermUnit>(unit)));
  }
  return text.empty() ? "immediate" : text;
}

std::string TextOf(const Term& term) {
  std::string text =
      term.unit == TermUnit::kImmediate ? "immediate" : Amount(HalvesOf(term), term.unit);
  if (term.cutoff_minute) absl::StrAppend(&text, ", until minute ", *term.cutoff_minute);
  return text;
}

}  // namespace twotier::routing
