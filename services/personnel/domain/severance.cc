#include "services/personnel/domain/severance.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/personnel/domain/day_range.h"

namespace twotier::personnel {
namespace {

constexpr int kMonthsOfAYear = 12;
// Early retirement is for those who are two to ten (Decree 178) or five (Decree 154) years short.
constexpr int kEarlyMonthsMin = 24;
constexpr int kEarlyMonthsNear = 60;
constexpr int kEarlyMonthsMax = 120;
constexpr int kServiceFullMonths = 240;  // Twenty years.
constexpr int kServiceLeastMonths = 180;
constexpr int kPaidMonthsMax = 60;
constexpr int kRepayMonths = 60;

// Adds quantity (in halves) × rate (in hundredths) × the monthly pay.
class Sheet {
 public:
  explicit Sheet(int64_t monthly_vnd) : monthly_vnd_(monthly_vnd) {}

  void Add(absl::string_view part, absl::string_view article, SeveranceUnit unit,
           int quantity_halves, int rate_hundredths, absl::string_view note = "") {
    SeveranceLine line{std::string(part), std::string(article), unit,
                       quantity_halves,   rate_hundredths,      0,
                       std::string(note)};
    const int64_t product = int64_t{quantity_halves} * rate_hundredths;
    line.amount_vnd = (monthly_vnd_ * product + 100) / 200;
    sum_.total_vnd += line.amount_vnd;
    sum_.lines.push_back(std::move(line));
  }
  void Once(absl::string_view part, absl::string_view article, int salaries,
            absl::string_view note = "") {
    Add(part, article, SeveranceUnit::kOnce, 2, salaries * 100, note);
  }
  const Severance& sum() const { return sum_; }

 private:
  const int64_t monthly_vnd_;
  Severance sum_;
};

absl::Status NotProvided(absl::string_view because) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("the decree provides nothing: ", because),
                           "SEVERANCE_NOT_PROVIDED", {{"because", std::string(because)}});
}

DayRange InForce(SeveranceRule rule) {
  if (rule == SeveranceRule::kDecree178)
    return {absl::CivilDay(2025, 1, 1), absl::CivilDay(2026, 1, 1)};
  return {absl::CivilDay(2025, 6, 16), absl::CivilDay(2031, 1, 1)};
}

absl::Status CheckInForce(const SeveranceFacts& facts) {
  const DayRange valid = InForce(facts.rule);
  if (valid.Contains(facts.leaves)) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           "the decree does not hold on the day of leaving",
                           "SEVERANCE_RULE_NOT_IN_FORCE",
                           {{"first_date", absl::FormatCivilTime(valid.first)},
                            {"end_date", absl::FormatCivilTime(valid.end)}});
}

// Months by which the pension comes earlier.
absl::StatusOr<int> MonthsEarly(const SeveranceFacts& facts, int months_max) {
  if (!facts.pension_from) return NotProvided("the month of the pension is not known");
  const int months = static_cast<int>(*facts.pension_from - absl::CivilMonth(facts.leaves));
  if (months < kEarlyMonthsMin) return NotProvided("less than two years to the age of retirement");
  if (months > months_max) {
    return NotProvided(
        absl::StrCat("more than ", months_max / kMonthsOfAYear, " years to the age of retirement"));
  }
  return months;
}

bool WithinFirstYear(const SeveranceFacts& facts) {
  const absl::CivilDay decision = facts.apparatus_decision.value_or(facts.leaves);
  const absl::CivilDay end(decision.year() + 1, decision.month(), decision.day());
  return facts.leaves < end;
}

// Decree 178 Art. 7. Between 15 and 20 years both rules of the text could be read to apply; the
// published example with 22 years takes the one of 20, so the one of 15 is taken to end there.
absl::StatusOr<Severance> EarlyRetirement178(const SeveranceFacts& facts) {
  constexpr absl::string_view kArticle = "178/2024/NĐ-CP Art. 7";
  ASSIGN_OR_RETURN(const int months, MonthsEarly(facts, kEarlyMonthsMax));
  if (facts.service_months < kServiceLeastMonths)
    return NotProvided("less than 15 years of service");
  const bool near = months <= kEarlyMonthsNear;
  const int full_rate = near ? 100 : 90;
  Sheet sheet(facts.monthly_vnd);
  sheet.Add("early pension", kArticle, SeveranceUnit::kMonth, 2 * std::min(months, kPaidMonthsMax),
            WithinFirstYear(facts) ? full_rate : full_rate / 2,
            near ? "" : "more than five years early: no published example");
  sheet.Add("years early", kArticle, SeveranceUnit::kYear, HalfYearsOf(months), near ? 500 : 400);
  const bool full = facts.service_months >= kServiceFullMonths;
  const int counted_years = full ? 20 : 15;
  sheet.Once(full ? "first 20 years of service" : "first 15 years of service", kArticle,
             full ? 5 : 4, full ? "" : "the 15-year rule ends at 20 years of service");
  sheet.Add("further years of service", kArticle, SeveranceUnit::kYear,
            HalfYearsOf(facts.service_months) - 2 * counted_years, 50);
  return sheet.sum();
}

// Decree 178 Art. 9: civil servants, those of communes too.
Severance Leave178(const SeveranceFacts& facts) {
  constexpr absl::string_view kArticle = "178/2024/NĐ-CP Art. 9";
  Sheet sheet(facts.monthly_vnd);
  sheet.Add("months of service", kArticle, SeveranceUnit::kMonth,
            2 * std::min(facts.service_months, kPaidMonthsMax), WithinFirstYear(facts) ? 80 : 40);
  sheet.Add("years of service", kArticle, SeveranceUnit::kYear, HalfYearsOf(facts.service_months),
            150);
  sheet.Once("search for work", kArticle, 3);
  return sheet.sum();
}

absl::StatusOr<Severance> EarlyRetirement154(const SeveranceFacts& facts) {
  constexpr absl::string_view kArticle = "154/2025/NĐ-CP Art. 6";
  ASSIGN_OR_RETURN(const int months, MonthsEarly(facts, kEarlyMonthsNear));
  if (facts.service_months < kServiceLeastMonths)
    return NotProvided("less than 15 years of service");
  Sheet sheet(facts.monthly_vnd);
  sheet.Add("years early", kArticle, SeveranceUnit::kYear, HalfYearsOf(months), 500);
  if (facts.service_months < kServiceFullMonths) {
    sheet.Once("15 to below 20 years of service", kArticle, 5);
    return sheet.sum();
  }
  sheet.Once("first 20 years of service", kArticle, 5);
  sheet.Add("further years of service", kArticle, SeveranceUnit::kYear,
            HalfYearsOf(facts.service_months) - 2 * 20, 50);
  return sheet.sum();
}

// Art. 7 and the leave at once share their shape: three salaries and a rate for each year.
Severance ThreeAndYears(const SeveranceFacts& facts, absl::string_view article,
                        int rate_hundredths) {
  Sheet sheet(facts.monthly_vnd);
  sheet.Once("search for work", article, 3);
  sheet.Add("years of service", article, SeveranceUnit::kYear, HalfYearsOf(facts.service_months),
            rate_hundredths);
  return sheet.sum();
}

absl::StatusOr<Severance> PartTimer154(const SeveranceFacts& facts) {
  constexpr absl::string_view kArticle = "154/2025/NĐ-CP Art. 9";
  int months = facts.service_months;
  absl::string_view note;
  if (facts.service_months >= kPaidMonthsMax) {
    if (!facts.pension_from) return NotProvided("the month of the pension is not known");
    const int to_the_age = static_cast<int>(*facts.pension_from - absl::CivilMonth(facts.leaves));
    if (to_the_age <= 0) return NotProvided("the age of retirement has been reached");
    months = std::min(to_the_age, kPaidMonthsMax);
    if (to_the_age >= kPaidMonthsMax) note = "60 months by analogy; no published example";
  }
  Sheet sheet(facts.monthly_vnd);
  sheet.Add(facts.service_months >= kPaidMonthsMax ? "months to the age" : "months of work",
            kArticle, SeveranceUnit::kMonth, 2 * months, 80, note);
  sheet.Add("years of work", kArticle, SeveranceUnit::kYear, HalfYearsOf(facts.service_months),
            150);
  sheet.Once("search for work", kArticle, 3);
  return sheet.sum();
}

}  // namespace

int HalfYearsOf(int months) {
  const int odd = months % kMonthsOfAYear;
  const int odd_halves = odd == 0 ? 0 : odd <= 6 ? 1 : 2;
  return 2 * (months / kMonthsOfAYear) + odd_halves;
}

absl::StatusOr<Severance> ComputeSeverance(const SeveranceFacts& facts) {
  RETURN_IF_ERROR(CheckInForce(facts));
  const bool decree_178 = facts.rule == SeveranceRule::kDecree178;
  switch (facts.departure) {
    case Departure::kEarlyRetirement:
      return decree_178 ? EarlyRetirement178(facts) : EarlyRetirement154(facts);
    case Departure::kLeave:
      if (decree_178) return Leave178(facts);
      return ThreeAndYears(facts, "154/2025/NĐ-CP Art. 8", 150);
    case Departure::kMoveOutOfBudget:
      if (decree_178) return NotProvided("Decree 178 has no move out of the budget");
      return ThreeAndYears(facts, "154/2025/NĐ-CP Art. 7", 50);
    case Departure::kPartTimerLeave:
      if (decree_178) return NotProvided("Decree 178 is not for part-timers");
      return PartTimer154(facts);
    case Departure::kUnknown:
      break;
  }
  return NotProvided("the departure is not stated");
}

bool MustRepay(absl::CivilDay left, absl::CivilDay hired) {
  const absl::CivilMonth end = absl::CivilMonth(left) + kRepayMonths;
  return hired >= left && hired < absl::CivilDay(end.year(), end.month(), left.day());
}

}  // namespace twotier::personnel
