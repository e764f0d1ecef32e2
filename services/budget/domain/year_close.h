// The end of a budget year (Law 89/2025/QH15, Articles 55 and 66): until when what may be done, and
// what becomes of what is left.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_YEAR_CLOSE_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_YEAR_CLOSE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/budget_year.h"
#include "services/budget/domain/limits.h"

namespace twotier::budget {

// Why something is carried over (Article 66(3)). The numbers are those of the contract.
enum class CarryCategory {
  kNone = 0,  // Nothing of the list: it lapses.
  kAddedAfterSeptember = 1,
  kInvestment = 2,
  kContractedPurchase = 3,
  kSalaryReform = 4,
  kAutonomy = 5,
  kScience = 6,
};

// Name of the contract without prefix.
absl::string_view NameOf(CarryCategory category);

struct CarryRule {
  CarryCategory category = CarryCategory::kNone;
  YearSpan years;
  Source source;
  std::string what;
};

// Stages in which money waits that may not be spent after the year, in the order in which a year is
// closed.
inline constexpr Stage kWaitingStages[] = {Stage::kAllocated, Stage::kAdjusted, Stage::kApproved};

// What is done with a year's money.
enum class YearAct { kUnitAdjustment, kDecision, kPayment, kCorrection };

// FAILED_PRECONDITION `TOO_LATE_IN_YEAR` (`act`, `date`, `last_day`) for a day after the last one
// that the steps of the level name for it: changes of spending units' estimates before 15 December,
// what Council and Committee decide and payments until 31 December, corrections until 31 January.
// `TOO_EARLY_IN_YEAR` (`act`, `date`, `first_day`) for a payment before the budget year, which is
// the calendar year: what is spent before is an advance, within its own limit (Law 89/2025/QH15,
// Article 59).
absl::Status CheckYearAct(const BudgetSteps& rules, const calendar::Calendar& calendar,
                          StepQuestion question, YearAct act, absl::CivilDay day);

// The last day whose additions to the estimate lapse with it: 30 September. FAILED_PRECONDITION
// `LIMIT_NOT_KNOWN` when the steps of the year do not name it.
absl::StatusOr<absl::CivilDay> LapsesUntil(const BudgetSteps& rules,
                                           const calendar::Calendar& calendar,
                                           const StepQuestion& question);

// What an allotment still holds when its year is closed.
struct Remainder {
  std::string account;
  int64_t available_vnd = 0;
  int64_t held_vnd = 0;                           // Of commitments that are open.
  int64_t added_late_vnd = 0;                     // Added after 30 September.
  std::string purpose;                            // Of targeted money; empty: it is not targeted.
  CarryCategory category = CarryCategory::kNone;  // As the competent body states it.
};

// What becomes of it. The three amounts add up to what was available.
struct Settlement {
  std::string account;
  int64_t carried_vnd = 0;
  CarryCategory category = CarryCategory::kNone;  // By which it is carried.
  int64_t returned_vnd = 0;                       // To the level that gave it.
  int64_t cancelled_vnd = 0;
};

// How much of the targeted money of each purpose the level above gave, and may get back.
using SupplementByPurpose = std::map<std::string, int64_t>;

// Of each remainder: what the stated category lets go on, else what was added after 30 September,
// is carried; of the rest goes back what is of a targeted supplement, and every other rest lapses.
// FAILED_PRECONDITION `HOLDS_OPEN` names every account with open commitments,
// `CARRY_CATEGORY_NOT_KNOWN` (`category`) a category that the rules of the year do not have.
absl::StatusOr<std::vector<Settlement>> Settle(absl::Span<const Remainder> remainders,
                                               absl::Span<const CarryRule> rules, int budget_year,
                                               SupplementByPurpose supplements);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_YEAR_CLOSE_H_
