// The ledger's tables, and what a unit of work does with them. Functions of the caller's own
// transaction: nothing here has a thread, and nothing is committed apart from what the caller
// writes beside it.
//
// A unit that calls these names a db::Key{province_code, kKeyName} for each province whose accounts
// it touches. Errors of all functions: those of db::Tx; DATA_LOSS `UNREADABLE_ROW`. What a rule
// refuses is an outcome or a typed status, and writes nothing but the memory of a failed journal.
#ifndef TWOTIER_COMMON_LEDGER_STORE_H_
#define TWOTIER_COMMON_LEDGER_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/db/migrate.h"
#include "common/ledger/ledger.h"

namespace twotier::ledger {

// Tables of the ledger: module "ledger". After those of the feed in a service's list.
std::vector<db::Migration> Migrations();

// Opens accounts with empty totals; `totals`, `closed_day` and `version` are ignored. All or none:
// ALREADY_EXISTS, without a reason, when an id is taken.
absl::Status OpenAccounts(db::Tx& tx, absl::Span<const Account> accounts);
absl::Status OpenAccount(db::Tx& tx, const Account& account);

// nullopt: there is none.
absl::StatusOr<std::optional<Account>> FindAccount(db::Tx& tx, const AccountId& id);

// Every account of `ids`, in order. One flight.
absl::StatusOr<std::vector<std::optional<Account>>> FindAccounts(db::Tx& tx,
                                                                 absl::Span<const AccountId> ids);

// Closes an account, whatever its balance is: a caller that wants it empty posts it away before.
// `account` as it was found in this transaction. FAILED_PRECONDITION `ACCOUNT_CLOSED` when it is
// closed, `HOLDS_OPEN` when something is held on either side (metadata `account`, `held`).
absl::Status CloseAccount(db::Tx& tx, const Account& account, absl::CivilDay closed_day);
// Opens a closed account again. FAILED_PRECONDITION `ACCOUNT_NOT_CLOSED`.
absl::Status ReopenAccount(db::Tx& tx, const Account& account);

// Posts journals in order: each succeeds or fails as a whole and for itself, and one answer for
// each is returned. All that succeeded is committed together with the caller's unit.
//
// A failure that is to be remembered (IsRemembered) is written too. A handler that answers such a
// refusal with an error must keep what it wrote (error::WithWritesKept), or the id would be free
// again. Nothing else is written for a journal that was refused or repeated.
//
// More than kLinesMax lines are the service's to refuse: here they are INTERNAL `BROKEN_INVARIANT`.
absl::StatusOr<std::vector<Outcome>> Post(db::Tx& tx, const Context& context,
                                          absl::Span<const Journal> journals);
absl::StatusOr<Outcome> Post(db::Tx& tx, const Context& context, const Journal& journal);

// An account that a posting has changed, as it is then, and what was added to it.
struct ChangedAccount {
  Account account;
  Totals added;
};
// The same as Post of one journal; says in `changed` what it has done to which account.
absl::StatusOr<Outcome> Post(db::Tx& tx, const Context& context, const Journal& journal,
                             std::vector<ChangedAccount>& changed);

// What Post of this journal asks first (db::Unit::first): on PostgreSQL a batch of postings then
// waits for one answer instead of one for each, also when all of them touch one account. Of the
// journal only its id, `reverses`, and the accounts and holds of its lines matter.
std::vector<db::BoundStatement> FirstQueries(const Context& context, const Journal& journal);
// What FindAccounts asks for each account, for callers that ask for some before Post does.
db::BoundStatement FindAccountQuery(const AccountId& id);

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_STORE_H_
