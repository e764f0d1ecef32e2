#include "services/budget/domain/contingency.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget {
namespace {

// Also false when the two supplements together would leave 64 bits.
bool FitInto(int64_t expenditure, int64_t paid_out, int64_t received) {
  return paid_out <= expenditure && received <= expenditure - paid_out;
}

absl::Status Deficit(int64_t revenue, int64_t expenditure, error::Metadata more) {
  error::Metadata metadata = {{"revenue_vnd", absl::StrCat(revenue)},
                              {"expenditure_vnd", absl::StrCat(expenditure)}};
  metadata.insert(metadata.end(), more.begin(), more.end());
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("a commune may not spend ", expenditure, " on a revenue of ", revenue),
      "COMMUNE_DEFICIT", std::move(metadata));
}

bool Fits(Int128 amount) {
  return std::numeric_limits<int64_t>::min() <= amount &&
         amount <= std::numeric_limits<int64_t>::max();
}

absl::Status CheckTotal(absl::string_view name, int64_t stated_vnd, int64_t approved_vnd) {
  if (stated_vnd == approved_vnd) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the accounts have ", approved_vnd, " as ", name, ", not ", stated_vnd),
      "ESTIMATE_NOT_AS_APPROVED",
      {{"total", std::string(name)},
       {"stated_vnd", absl::StrCat(stated_vnd)},
       {"approved_vnd", absl::StrCat(approved_vnd)}});
}

}  // namespace

EstimateFlows& EstimateFlows::operator+=(const EstimateFlows& other) {
  expenditure_vnd += other.expenditure_vnd;
  balancing_paid_out_vnd += other.balancing_paid_out_vnd;
  targeted_received_vnd += other.targeted_received_vnd;
  return *this;
}

Int128 EstimateFlows::Base() const { return std::max<Int128>(0, Left()); }

bool EstimateFlows::Fit() const {
  return Fits(expenditure_vnd) && Fits(balancing_paid_out_vnd) && Fits(targeted_received_vnd) &&
         Fits(Left());
}

Int128 EstimateFlows::Left() const {
  return expenditure_vnd - std::max<Int128>(0, balancing_paid_out_vnd) -
         std::max<Int128>(0, targeted_received_vnd);
}

int64_t LeastBase(int64_t set_vnd, int64_t max_percent) {
  constexpr int kWhole = 100;
  const Int128 base = (Int128{set_vnd} * kWhole + max_percent - 1) / max_percent;
  return static_cast<int64_t>(std::min<Int128>(base, std::numeric_limits<int64_t>::max()));
}

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

absl::Status CheckSupplements(int64_t stated_vnd, int64_t given_vnd) {
  return CheckTotal("supplements_vnd", stated_vnd, given_vnd);
}

absl::Status CheckAsApproved(const EstimateTotals& stated, const ApprovedTotals& approved) {
  const struct {
    absl::string_view name;
    int64_t stated_vnd;
    int64_t approved_vnd;
  } totals[] = {
      {"expenditure_vnd", stated.expenditure_vnd, approved.expenditure_vnd},
      {"balancing_paid_out_vnd", stated.balancing_paid_out_vnd, approved.balancing_paid_out_vnd},
      {"targeted_received_vnd", stated.targeted_received_vnd, approved.targeted_received_vnd}};
  for (const auto& total : totals) {
    RETURN_IF_ERROR(CheckTotal(total.name, total.stated_vnd, total.approved_vnd));
  }
  return absl::OkStatus();
}

int64_t SumUpToMax(int64_t a, int64_t b) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return a > kMax - b ? kMax : a + b;
}

absl::Status CheckNoDeficit(const EstimateTotals& totals) {
  if (totals.level != Level::kCommune || totals.expenditure_vnd <= totals.revenue_vnd) {
    return absl::OkStatus();
  }
  return Deficit(totals.revenue_vnd, totals.expenditure_vnd, {});
}

absl::Status CheckCovered(int64_t revenue_vnd, int64_t approved_vnd, int64_t asked_vnd) {
  if (asked_vnd <= revenue_vnd - approved_vnd) return absl::OkStatus();
  const int64_t available = std::max<int64_t>(0, revenue_vnd - approved_vnd);
  return Deficit(
      revenue_vnd, SumUpToMax(approved_vnd, asked_vnd),
      {{"available_vnd", absl::StrCat(available)}, {"asked_vnd", absl::StrCat(asked_vnd)}});
}

}  // namespace twotier::budget
