// Which way money may take from the estimate to the final accounts.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_CHAIN_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_CHAIN_H_

#include <vector>

#include "absl/status/status.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/law.h"

namespace twotier::budget {

// Who moves money along the chain. What has an RPC of its own (an adjustment between units,
// targeted money that goes back, the end of a year) is checked there.
enum class Mover {
  kTransfer,  // A transfer as somebody asks for it, in a journal or a batch.
  kRun,       // An allocation run that was approved.
};

// Stages that a mover may bring money of `from` to.
std::vector<Stage> StagesAfter(Stage from, Mover mover);

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

// An account, and whose budget it is of; kUnknown where nobody knows its unit.
struct Holder {
  const AccountKey& key;
  Level level = Level::kUnknown;
};

// OK when `mover` may take a step of the chain:
//   carried over     by who closes the year, only: he says by which category of Article 66(3);
//   adjustments      within the unit: between units the province's Committee decides (Article
//                    54(3)), which AdjustEstimate asks;
//   approved money   to the budget below, which is supplemented or assigned it by who decides above
//                    (Articles 4, 46(7)); not assigned, also back to the budget above. Never to a
//                    unit beside it: what was given to one is not another one's;
//   back, allocated  to the unit's own approved money, or to that of the budget above, which
//                    assigned it (46(7));
//   an allocation    from approved money of whose run it is, the province or the centre, to
//   run              approved or allocated money (31(2), 31(9)): an estimate is the Council's of
//                    its own level, and a payment has checks that no run has.
// FAILED_PRECONDITION `STEP_NOT_ALLOWED`, `WRONG_UNIT`, with the metadata of CheckStep.
absl::Status CheckMover(Mover mover, const Holder& debit, const Holder& credit);

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
