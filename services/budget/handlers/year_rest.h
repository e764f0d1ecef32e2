// What must come to rest before a budget year of a unit is closed.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_YEAR_REST_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_YEAR_REST_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {

// An account that the year leaves open.
struct OpenAccount {
  store::AccountRow row;
  ledger::Account account;
};

// Those in which money waits that may not be spent after the year, in order of stage and id. What
// is lent is not among them: undrawn it waits to be given back (CloseCreditLine). DATA_LOSS
// `UNREADABLE_ROW` for an account that the ledger does not have.
absl::StatusOr<std::vector<OpenAccount>> LoadOpen(db::Tx& tx, const Acting& acting);

// FAILED_PRECONDITION `YEAR_NOT_AT_REST`, with a precondition for each:
//   ADJUSTMENT   money on its way to another line;
//   CREDIT_LINE  an account of a credit line that holds money, or a line of which something is
//                owed: what it paid was paid beside the estimate until it is repaid from it, and
//                the accounts of the year may not show more than was estimated (Law 89/2025/QH15,
//                Article 67(5)). Only a loan outlives its year (60(3));
//   SUPPLEMENT   targeted money of a province that a commune of it still holds: what is not spent
//                comes back (Article 4), so communes close first.
// Holds are told by Settle.
absl::Status CheckAtRest(db::Tx& tx, const Acting& acting, const std::vector<OpenAccount>& open);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_YEAR_REST_H_
