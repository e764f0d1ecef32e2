// Who decides what in public finance. Competence to handle procedures is routing's.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_COMPETENCE_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_COMPETENCE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/budget/domain/law.h"

namespace twotier::budget {

// What is decided. The numbers are those of the contract.
enum class Matter {
  kUnknown = 0,
  kNorms = 1,
  kSharedTaxes = 2,
  kDecentralisation = 3,
  kRewardRule = 4,
  kEstimate = 5,
  kAllocation = 6,
  kAccounts = 7,
  kInvestmentPlan = 8,
  kAssignment = 9,
  kSupplementaryEstimate = 10,
  kContingencyUse = 11,
  kAdjustment = 12,
  kExtraRevenue = 13,
  kUnitAdjustment = 14,
  kSpending = 15,
  kProvisionalAllocation = 16,
  kAdvance = 17,
  kLoanToCommune = 18,
  kYearClose = 19,
  kReopening = 20,
  kChangeOfCommuneBudget = 21,
  kPeriodCeiling = 22,
  kTargetedReturn = 23,
};

// Name of the contract without prefix.
absl::string_view NameOf(Matter matter);

struct Competency {
  Matter matter = Matter::kUnknown;
  Level level = Level::kUnknown;
  Body body = Body::kUnknown;
  Body told = Body::kUnknown;  // To whom the decision is reported; kUnknown: nobody is named.
  YearSpan years;
  Source source;
};

// What decides, in the words of a caller.
struct Decision {
  std::vector<Matter> matters;  // Each of which would do.
  Level level = Level::kUnknown;
  Body body = Body::kUnknown;
  int budget_year = 0;
};

// The rule that gives `decision` to its body. FAILED_PRECONDITION `BODY_NOT_COMPETENT` (`matter`,
// `level`, `body`, `competent`: who would be, comma-separated) when none does; in particular for
// the chair alone, whom no rule of the law names (Law 72/2025/QH15).
absl::StatusOr<const Competency*> CompetencyOf(absl::Span<const Competency> competencies,
                                               const Decision& decision);

// Whether the body decides for every budget year of `years`, which has a last one; the
// `budget_year` of `decision` is not looked at. The refusal is that of the first year for which it
// does not, with `budget_years`: all of them, as "2028,2030-2031". Each range for which others
// decide is a precondition that says who.
absl::Status CheckCompetentIn(absl::Span<const Competency> competencies, Decision decision,
                              const YearSpan& years);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_COMPETENCE_H_
