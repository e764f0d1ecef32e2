// Rows of accounts: what the ledger's accounts stand for. Amounts stand in the ledger.
//
// Errors of all functions: those of db::Tx; DATA_LOSS `UNREADABLE_ROW` for a row that cannot be
// read.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_ACCOUNT_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_ACCOUNT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "services/budget/domain/account.h"

namespace twotier::budget::store {

struct AccountRow {
  AccountKey key = {};
  std::string close_act = {};  // Empty: it is open.
  absl::Time open_time = {};
  int64_t version = 1;
  std::string chain_hash = {};  // Of its last event.
};

// Values that an account must have; empty and 0 stand for any.
struct AccountFilter {
  std::string province_code = {};
  std::string unit = {};
  int year = 0;
  Stage stage = Stage::kUnknown;
  Line line = {};
  std::string purpose = {};
};

absl::StatusOr<std::optional<AccountRow>> FindAccount(db::Tx& tx, absl::string_view province_code,
                                                      absl::string_view account_id);

// Accounts after `after_id`, in byte order of their ids.
absl::StatusOr<std::vector<AccountRow>> ListAccounts(db::Tx& tx, const AccountFilter& filter,
                                                     absl::string_view after_id, int limit);

// Accounts of which ForEachPage reads the rows, and its callers their balances, at once.
inline constexpr int kAccountsOfPage = 500;
// Calls `take` with every account that fits, in byte order of their ids, some at a time. Ends with
// the first error.
absl::Status ForEachPage(db::Tx& tx, const AccountFilter& filter,
                         absl::FunctionRef<absl::Status(absl::Span<const AccountRow>)> take);

// Units that have accounts in a province, in byte order.
absl::StatusOr<std::vector<std::string>> ListUnits(db::Tx& tx, absl::string_view province_code);

// Provinces in whose ledgers a unit has accounts, in byte order: several once it went over.
absl::StatusOr<std::vector<std::string>> ListLedgersOf(db::Tx& tx, absl::string_view unit);

absl::Status InsertAccount(db::Tx& tx, const AccountRow& row);

// Stores `close_act`, version and hash; the version is one more than what is stored.
absl::Status UpdateAccount(db::Tx& tx, const AccountRow& row);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_ACCOUNT_STORE_H_
