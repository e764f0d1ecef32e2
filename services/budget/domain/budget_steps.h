// The legal year of the budget as dated rules: which steps a budget year has in a place.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_BUDGET_STEPS_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_BUDGET_STEPS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/budget/domain/law.h"

namespace twotier::budget {

enum class Phase { kUnknown = 0, kPreparation = 1, kExecution = 2, kClosing = 3, kAccounts = 4 };

enum class StepKind {
  kUnknown = 0,
  kDuty = 1,      // Must be done; late when it is not.
  kRight = 2,     // May be done, until its last day.
  kEvent = 3,     // Happens when it happens, maybe several times; what follows from it has a term.
  kBoundary = 4,  // A day on which the rules change; nobody acts.
};

enum class StepLimit {
  kUnknown = 0,
  kNone = 1,          // The law names no day.
  kBefore = 2,        // Before a date: that day itself is late.
  kBy = 3,            // By a date: that day itself is in time.
  kCalendarDays = 4,  // So many calendar days after another step.
  kWorkingDays = 5,   // So many working days after another step.
  kNotAfter = 6,      // No later than another step, which rests on it.
};

struct BudgetStep {
  std::string id;
  YearSpan years;
  std::string province_code;  // Empty: the whole country.
  Phase phase = Phase::kUnknown;
  StepKind kind = StepKind::kUnknown;
  Level level = Level::kUnknown;  // Each unit of it has the step once.
  Body body = Body::kUnknown;
  std::string what;
  StepLimit limit = StepLimit::kUnknown;
  int year_offset = 0;  // Of the date: -1 is the year before the budget year.
  int month = 0;
  int day = 0;
  int days = 0;
  std::string after;  // The step a term is counted from; empty: none.
  Source source;
};

// The rules of every year and province. Immutable.
class BudgetSteps {
 public:
  explicit BudgetSteps(std::vector<BudgetStep> rows) : rows_(std::move(rows)) {}

  // Those of a year in a province (empty: of the nation), in the order of the data. A row of the
  // province stands instead of the national one of the same id.
  std::vector<const BudgetStep*> Of(int budget_year, absl::string_view province_code) const;

  // Null when the year has no such step there.
  const BudgetStep* Find(absl::string_view id, int budget_year,
                         absl::string_view province_code) const;

  const std::vector<BudgetStep>& rows() const { return rows_; }

 private:
  std::vector<BudgetStep> rows_;
};

// What is wrong with row `index` beside the others: empty when nothing is. Two rows of one step in
// one place must not meet in a year; a term is counted from a step that every year of the row has,
// of the same level or one above, and never in a circle.
std::string WrongAmong(const std::vector<BudgetStep>& rows, size_t index);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_BUDGET_STEPS_H_
