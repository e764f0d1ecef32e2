#include "services/budget/domain/limits.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/errors.h"

namespace twotier::budget {
namespace {

constexpr absl::string_view kNames[] = {
    "UNSPECIFIED",         "CONTINGENCY_MIN",          "CONTINGENCY_MAX",    "ADVANCE_MAX",
    "COMMUNE_LOAN_MONTHS", "PROVISIONAL_MONTHLY_MEAN", "DAY_OFF_MOVES_LIMIT"};

}  // namespace

absl::string_view NameOf(Limit limit) { return kNames[static_cast<size_t>(limit)]; }

absl::StatusOr<int64_t> Limits::ValueOf(Limit limit, int budget_year) const {
  for (const LimitRule& rule : rules_) {
    if (rule.limit == limit && rule.years.Has(budget_year)) return rule.value;
  }
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the reference data have no ", NameOf(limit), " for budget year ", budget_year),
      "LIMIT_NOT_KNOWN",
      {{"limit", std::string(NameOf(limit))}, {"budget_year", absl::StrCat(budget_year)}});
}

}  // namespace twotier::budget
