// Lawful spending outside the estimate: each kind with its own limit, act and end.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_CREDIT_LINE_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_CREDIT_LINE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/budget/domain/classification.h"
#include "services/budget/domain/limits.h"

namespace twotier::budget {

// The numbers are those of the contract.
enum class CreditKind {
  kUnknown = 0,
  kProvisional = 1,  // Before the estimate is decided (Law 89/2025/QH15, Article 53).
  kAdvance = 2,      // On next year's estimate (Article 59).
  kLoan = 3,         // Of the province to a commune whose cash falls short (Article 60(3)).
};

// What is asked for.
struct CreditRequest {
  CreditKind kind = CreditKind::kUnknown;
  Level level = Level::kUnknown;  // Of the unit that gets it.
  int budget_year = 0;
  int month = 0;            // Provisional: the month it is for, 1 to 12.
  int64_t amount_vnd = 0;   // Its limit.
  int64_t base_vnd = 0;     // Provisional: last year's spending without equipment and repairs;
                            // advance: what the percentage is taken of, as the act states it.
  absl::CivilDay decided;   // Of the act.
  absl::CivilDay last_day;  // Advance and loan: the last day of use, or of repayment.
};

struct CreditTerms {
  int64_t max_vnd = 0;      // Most that the law lets the line be; of a loan: what was asked.
  absl::CivilDay last_day;  // Last day of use; of a loan: of repayment.
};

// What the line would be. FAILED_PRECONDITION `CREDIT_ABOVE_LIMIT` (`asked_vnd`, `max_vnd`) for an
// amount above the law's: a month's mean of last year, or 30 % of the base; `CREDIT_TERM_TOO_LONG`
// (`last_day`, `last_day_max`): a loan beyond 12 months, an advance beyond the budget year;
// `TOO_LATE_IN_YEAR` (`act`, `date`, `last_day`) for an advance decided in its budget year;
// `CREDIT_WRONG_LEVEL` (`level`) for a loan to another than a commune; the error of
// Limits::ValueOf.
absl::StatusOr<CreditTerms> TermsOf(const CreditRequest& request, const Limits& limits);

// Whether a provisional allocation may pay an item: FAILED_PRECONDITION `NOT_WHILE_PROVISIONAL`
// (`item`) for equipment and repairs (Article 53), and for an item without code: nobody knows what
// it is.
absl::Status CheckProvisionalItem(const ClassificationCode& item);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_CREDIT_LINE_H_
