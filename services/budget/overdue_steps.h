// Steps of the legal year of a whole province: its own, and those of its communes.
#ifndef TWOTIER_SERVICES_BUDGET_OVERDUE_STEPS_H_
#define TWOTIER_SERVICES_BUDGET_OVERDUE_STEPS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/budget/snapshot.h"
#include "services/budget/store/step_store.h"

namespace twotier::budget {

// What was done in a budget year, by unit; the province's own under "".
class StepsDone {
 public:
  StepsDone(const std::vector<store::StepRow>& nation, const std::vector<store::StepRow>& province);

  // Of the nation, the province and one unit: steps of one level are named once. Empty: the
  // province itself.
  DoneSteps Of(absl::string_view unit) const;

 private:
  DoneSteps above_;
  std::map<std::string, DoneSteps, std::less<>> units_;
};

// A unit that has steps.
struct StepUnit {
  std::string unit;  // Empty: the province itself.
  std::string code;
  Level level = Level::kUnknown;
};

// The province and its communes of a day, in order of code.
std::vector<StepUnit> StepUnitsOf(const units::Units& units, absl::string_view province_code,
                                  absl::CivilDay day);

// Steps of a unit that are overdue on a day, by their last day. The snapshot has reference data.
std::vector<DatedStep> OverdueOf(const Snapshot& snapshot, const StepUnit& unit,
                                 absl::string_view province_code, int budget_year,
                                 absl::CivilDay day, const StepsDone& done);

// Whether the reference data move a limit off a day off; false where they do not say.
bool DayOffMoves(const Reference& reference, int budget_year);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_OVERDUE_STEPS_H_
