// Contingency and balance of an estimate (Law 89/2025/QH15, Articles 7 and 10).
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_CONTINGENCY_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_CONTINGENCY_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/budget/domain/int128.h"
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

// What the accounts of a unit were approved of an estimate. The revenue is not in them.
struct ApprovedTotals {
  int64_t expenditure_vnd = 0;
  int64_t balancing_paid_out_vnd = 0;
  int64_t targeted_received_vnd = 0;
};

// The same as sums of what came and went, each below 0 where more went than came.
struct EstimateFlows {
  Int128 expenditure_vnd = 0;
  Int128 balancing_paid_out_vnd = 0;
  Int128 targeted_received_vnd = 0;

  EstimateFlows& operator+=(const EstimateFlows& other);
  friend EstimateFlows operator+(EstimateFlows a, const EstimateFlows& b) { return a += b; }
  friend bool operator==(const EstimateFlows&, const EstimateFlows&) = default;

  // Of what a contingency is set; 0 where the supplements leave nothing.
  Int128 Base() const;
  // Whether 64 bits can keep them and what is left of them.
  bool Fit() const;

 private:
  Int128 Left() const;
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

// The least base of which a contingency of `set_vnd` is no more than `max_percent`, which is above
// 0.
int64_t LeastBase(int64_t set_vnd, int64_t max_percent);

// FAILED_PRECONDITION `CONTINGENCY_OUT_OF_RANGE` (`asked_vnd`, `base_vnd`, `min_vnd`, `max_vnd`).
absl::Status CheckContingency(const ContingencyRange& range, int64_t asked_vnd);

// The law's percentages are of what was approved, not of what a caller says was:
// FAILED_PRECONDITION `ESTIMATE_NOT_AS_APPROVED` (`total`: its name, `stated_vnd`, `approved_vnd`)
// for the first total that is stated otherwise.
absl::Status CheckAsApproved(const EstimateTotals& stated, const ApprovedTotals& approved);

// The same of the supplements that a commune's estimate counts on: the level above gives them
// before.
absl::Status CheckSupplements(int64_t stated_vnd, int64_t given_vnd);

// Only a province may borrow: FAILED_PRECONDITION `COMMUNE_DEFICIT` (`revenue_vnd`,
// `expenditure_vnd`) for a commune whose expenditure is above its revenue (Article 7(5)).
absl::Status CheckNoDeficit(const EstimateTotals& totals);

// The sum of two amounts that are not negative, or the largest one where it would leave 64 bits.
int64_t SumUpToMax(int64_t a, int64_t b);

// The same of a commune's estimate of `revenue_vnd` for which `approved_vnd` are approved and
// `asked_vnd` are to be, none of them negative: also tells `available_vnd`, what the revenue still
// covers, and `asked_vnd`.
absl::Status CheckCovered(int64_t revenue_vnd, int64_t approved_vnd, int64_t asked_vnd);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_CONTINGENCY_H_
