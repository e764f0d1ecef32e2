// Accounts that are closed and opened again, in both places that know them.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_CLOSED_ACCOUNTS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_CLOSED_ACCOUNTS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "services/budget/handlers/events.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {

// Closes the account of `row` by an act, or opens it again when `act` is empty; `row` becomes what
// is stored. Errors: those of ledger::CloseAccount and ledger::ReopenAccount, with the ledger's id
// of the account; DATA_LOSS `UNREADABLE_ROW` where the ledger does not have it.
absl::Status SetClosed(Events& events, db::Tx& tx, store::AccountRow& row, absl::string_view act,
                       absl::CivilDay today);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_CLOSED_ACCOUNTS_H_
