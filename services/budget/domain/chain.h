// Which way money may take from the estimate to the final accounts.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_CHAIN_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_CHAIN_H_

#include <vector>

#include "absl/status/status.h"
#include "services/budget/domain/account.h"

namespace twotier::budget {

// Stages that money of `from` may go to.
std::vector<Stage> StagesAfter(Stage from);

// OK when money of `debit` may go to `credit`:
//   stages       as the table in chain.cc says, which is the chain of the law;
//   year         the same, but what was carried over goes on in the next year;
//   unit         the same but where money is given to another one: what one unit was allocated no
//                other one pays (Article 12);
//   line         a payment is of the line it was allocated to, or of a part of it;
//   purpose      targeted money keeps it: a targeted supplement is for one task (Law 89/2025/QH15,
//                Article 4).
// FAILED_PRECONDITION `STEP_NOT_ALLOWED` (metadata `from`, `to`, `allowed`), `WRONG_YEAR`,
// `WRONG_UNIT`, `WRONG_LINE`, `WRONG_PURPOSE`; each with metadata `account`, the credit account.
absl::Status CheckStep(const AccountKey& debit, const AccountKey& credit);

// Money of a credit line, which counts what it has drawn (Law 89/2025/QH15, Articles 53, 59, 60).
bool IsOfCreditLine(const AccountKey& key);
// Of a loan to a commune, which may outlive its budget year.
bool IsOfLoan(const AccountKey& key);

// Purposes whose money only the rules of its own may move: the contingency (Law 89/2025/QH15,
// Article 10) and credit lines (Articles 53, 59, 60). FAILED_PRECONDITION `PURPOSE_RESERVED`
// (metadata `account`, `purpose`).
absl::Status CheckReserved(const AccountKey& key);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_CHAIN_H_
