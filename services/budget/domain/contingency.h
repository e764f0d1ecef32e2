// Contingency and balance of an estimate (Law 89/2025/QH15, Articles 7 and 10).
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_CONTINGENCY_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_CONTINGENCY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/budget/domain/limits.h"

namespace twotier::budget {

// The totals of one level's estimate.
struct EstimateTotals {
  Level level = Level::kUnknown;
  int64_t revenue_vnd = 0;  // With supplements received.
  int64_t expenditure_vnd = 0;
  int64_t balancing_paid_out_vnd = 0;  // To the level below.
  int64_t targeted_received_vnd = 0;   // From the level above.
};

struct ContingencyRange {
  int64_t base_vnd = 0;
  int64_t min_vnd = 0;
  int64_t max_vnd = 0;
};

// What the contingency may be: 2 to 5 % of the level's expenditure, for an upper level without the
// balancing supplements it pays out, for a lower one without the targeted supplements it receives
// (Article 10(1)); a province is both. Whole đồng inside the range. INVALID_ARGUMENT
// `MALFORMED_REQUEST` when the supplements exceed the expenditure or a commune pays some out; the
// error of Limits::ValueOf.
absl::StatusOr<ContingencyRange> ContingencyRangeOf(const EstimateTotals& totals,
                                                    const Limits& limits, int budget_year);

// FAILED_PRECONDITION `CONTINGENCY_OUT_OF_RANGE` (`asked_vnd`, `base_vnd`, `min_vnd`, `max_vnd`).
absl::Status CheckContingency(const ContingencyRange& range, int64_t asked_vnd);

// Only a province may borrow: FAILED_PRECONDITION `COMMUNE_DEFICIT` (`revenue_vnd`,
// `expenditure_vnd`) for a commune whose expenditure is above its revenue (Article 7(5)).
absl::Status CheckNoDeficit(const EstimateTotals& totals);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_CONTINGENCY_H_
