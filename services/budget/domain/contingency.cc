#include "services/budget/domain/contingency.h"

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget {
namespace {

// Also false when the two supplements together would leave 64 bits.
bool FitInto(int64_t expenditure, int64_t paid_out, int64_t received) {
  return paid_out <= expenditure && received <= expenditure - paid_out;
}

}  // namespace

absl::StatusOr<ContingencyRange> ContingencyRangeOf(const EstimateTotals& totals,
                                                    const Limits& limits, int budget_year) {
  error::Violations violations;
  if (totals.level == Level::kCommune && totals.balancing_paid_out_vnd != 0) {
    violations.Add("balancing_paid_out_vnd", "must be 0: no level is below a commune");
  }
  if (!FitInto(totals.expenditure_vnd, totals.balancing_paid_out_vnd,
               totals.targeted_received_vnd)) {
    violations.Add("expenditure_vnd", "must not be below the supplements that it contains");
  }
  RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_RETURN(const int64_t min, limits.ValueOf(Limit::kContingencyMinPercent, budget_year));
  ASSIGN_OR_RETURN(const int64_t max, limits.ValueOf(Limit::kContingencyMaxPercent, budget_year));
  ContingencyRange range;
  range.base_vnd =
      totals.expenditure_vnd - totals.balancing_paid_out_vnd - totals.targeted_received_vnd;
  range.min_vnd = PercentUp(range.base_vnd, min);
  range.max_vnd = PercentDown(range.base_vnd, max);
  return range;
}

absl::Status CheckContingency(const ContingencyRange& range, int64_t asked_vnd) {
  if (range.min_vnd <= asked_vnd && asked_vnd <= range.max_vnd) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("a contingency of ", asked_vnd, " is not between ",
                                        range.min_vnd, " and ", range.max_vnd),
                           "CONTINGENCY_OUT_OF_RANGE",
                           {{"asked_vnd", absl::StrCat(asked_vnd)},
                            {"base_vnd", absl::StrCat(range.base_vnd)},
                            {"min_vnd", absl::StrCat(range.min_vnd)},
                            {"max_vnd", absl::StrCat(range.max_vnd)}});
}

absl::Status CheckNoDeficit(const EstimateTotals& totals) {
  if (totals.level != Level::kCommune || totals.expenditure_vnd <= totals.revenue_vnd) {
    return absl::OkStatus();
  }
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("a commune may not spend ", totals.expenditure_vnd,
                                        " on a revenue of ", totals.revenue_vnd),
                           "COMMUNE_DEFICIT",
                           {{"revenue_vnd", absl::StrCat(totals.revenue_vnd)},
                            {"expenditure_vnd", absl::StrCat(totals.expenditure_vnd)}});
}

}  // namespace twotier::budget
