// The limits the law sets in figures, as dated data.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_LIMITS_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_LIMITS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/budget/domain/law.h"

namespace twotier::budget {

enum class Limit {
  kUnknown = 0,
  kContingencyMinPercent = 1,
  kContingencyMaxPercent = 2,
  kAdvanceMaxPercent = 3,
  kCommuneLoanMonths = 4,
  kProvisionalMonthlyPercent = 5,
  kDayOffMovesLimit = 6,
};

// Name in the data.
absl::string_view NameOf(Limit limit);

struct LimitRule {
  Limit limit = Limit::kUnknown;
  int64_t value = 0;
  YearSpan years;
  Source source;
  std::string unit;  // What the value counts: "PERCENT", "MONTHS", "YES_NO".
};

// Immutable.
class Limits {
 public:
  explicit Limits(std::vector<LimitRule> rules) : rules_(std::move(rules)) {}

  // FAILED_PRECONDITION `LIMIT_NOT_KNOWN` (`limit`, `budget_year`) for a year without a rule: a
  // check without its figure is no check.
  absl::StatusOr<int64_t> ValueOf(Limit limit, int budget_year) const;
  const std::vector<LimitRule>& rules() const { return rules_; }

 private:
  std::vector<LimitRule> rules_;
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_LIMITS_H_
