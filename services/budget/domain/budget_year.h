// Who must do what by when in a budget year: the rules of budget_steps.h with dates.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_BUDGET_YEAR_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_BUDGET_YEAR_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/calendar/calendar.h"
#include "services/budget/domain/budget_steps.h"

namespace twotier::budget {

// A step and which time it happened, from 1: an event may come several times a year, and what
// follows from it follows each time. Every other step has occurrence 1.
using StepKey = std::pair<std::string, int>;
// Days on which steps were done: those of the unit, of its province and of the nation.
using DoneSteps = std::map<StepKey, absl::CivilDay>;

// The numbers are those of the contract.
enum class StepState {
  kUnknown = 0,
  kOverdue = 1,
  kOpen = 2,      // Can be done in time; of a boundary: ahead.
  kNotDated = 3,  // No day, or waits for what it follows from.
  kDone = 4,
  kDoneLate = 5,
  kPassed = 6,  // The last day of a right, or a boundary, is past.
};

struct DatedStep {
  const BudgetStep* step = nullptr;
  int occurrence = 1;
  StepState state = StepState::kUnknown;
  std::optional<absl::CivilDay> last_day;  // The last one in time.
  // Rests on days that are not decided: on a proposed holiday.
  bool provisional = false;
  // Counted from the last day of what it follows from, which was not recorded yet.
  bool from_last_day = false;
  std::string why_not_dated;
  std::optional<absl::CivilDay> done;
};

// Where and when is asked.
struct StepQuestion {
  int budget_year = 0;
  Level level = Level::kUnknown;
  std::string province_code;  // Empty for the nation.
  // Whether a limit in calendar days that ends on a day off moves to the next working day. Neither
  // Law 89/2025/QH15 nor Decree 73/2026/NĐ-CP says so: the data state what is taken.
  bool day_off_moves = false;
  absl::CivilDay today;
};

// The steps of the level, overdue ones first, then by last day, then in the order of the data; the
// rules outlive the answer. A day that the working-day calendar does not hold leaves a step
// undated and says so: nothing is guessed.
std::vector<DatedStep> DatedStepsOf(const BudgetSteps& rules, const calendar::Calendar& calendar,
                                    const StepQuestion& question, const DoneSteps& done);

// One step of the level; its id must be one of them.
DatedStep DatedStepOf(const BudgetSteps& rules, const calendar::Calendar& calendar,
                      const StepQuestion& question, const DoneSteps& done, const StepKey& key);

// What is recorded: that a body did a step.
struct StepRecord {
  StepKey key;
  Body body = Body::kUnknown;
  absl::CivilDay day;
};

// The step that `record` is of. Refuses with NOT_FOUND `STEP_NOT_FOUND` (`step`, `budget_year`);
// and with FAILED_PRECONDITION: `STEP_NOT_RECORDED` (a boundary: nobody does it),
// `BODY_NOT_COMPETENT`, `STEP_AHEAD` (its day is after today), `STEP_OUT_OF_ORDER` (before what it
// follows from, without the event it follows from, or an occurrence whose predecessor is missing),
// `STEP_PAST_ITS_DAY` (a right after its last day). A duty done late is recorded: that is what
// happened.
absl::StatusOr<const BudgetStep*> CheckRecord(const BudgetSteps& rules,
                                              const calendar::Calendar& calendar,
                                              const StepQuestion& question, const DoneSteps& done,
                                              const StepRecord& record);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_BUDGET_YEAR_H_
