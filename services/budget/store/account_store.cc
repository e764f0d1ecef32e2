#include "services/budget/store/account_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget::store {
namespace {

constexpr db::Statement kFind{
    "budget_find_account",
    "SELECT province_code, account_id, close_act, open_us, version, chain_hash"
    " FROM budget_account WHERE province_code = $1 AND account_id = $2"};
constexpr db::Statement kList{
    "budget_list_accounts",
    "SELECT province_code, account_id, close_act, open_us, version, chain_hash"
    " FROM budget_account WHERE province_code = $1 AND account_id > $2"
    " AND ($3 = '' OR unit = $3) AND ($4 = 0 OR year = $4) AND ($5 = 0 OR stage = $5)"
    " AND ($6 = '' OR chapter = $6) AND ($7 = '' OR item = $7) AND ($8 = '' OR sub_item = $8)"
    " AND ($9 = '' OR source = $9) AND ($10 = '' OR purpose = $10)"
    " ORDER BY account_id LIMIT $11"};
constexpr db::Statement kListUnits{"budget_list_units",
                                   "SELECT DISTINCT unit FROM budget_account"
                                   " WHERE province_code = $1 AND unit <> '' ORDER BY unit"};
constexpr db::Statement kListLedgersOf{"budget_list_ledgers_of",
                                       "SELECT province_code FROM budget_account WHERE unit = $1"
                                       " GROUP BY province_code ORDER BY province_code"};
constexpr db::Statement kUpdate{
    "budget_update_account",
    "UPDATE budget_account SET close_act = $3, version = $4, chain_hash = $5"
    " WHERE province_code = $1 AND account_id = $2 AND version = $4 - 1"};
constexpr db::Statement kInsert{
    "budget_insert_account",
    "INSERT INTO budget_account (province_code, account_id, unit, year, stage, chapter, item,"
    " sub_item, source, purpose, close_act, open_us, version, chain_hash)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"};

absl::StatusOr<AccountRow> AccountOf(const db::Row& row) {
  const std::optional<AccountKey> key = KeyOf(row.Text(0), row.Text(1));
  if (!key) {
    return error::WithReason(absl::StatusCode::kDataLoss,
                             absl::StrCat("the account ", row.Text(1), " cannot be read"),
                             "UNREADABLE_ROW", {{"subject", row.Text(1)}});
  }
  return AccountRow{*key, row.Text(2), absl::FromUnixMicros(row.Int(3)), row.Int(4), row.Bytes(5)};
}

}  // namespace

absl::StatusOr<std::optional<AccountRow>> FindAccount(db::Tx& tx, absl::string_view province_code,
                                                      absl::string_view account_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFind, {province_code, account_id}));
  if (rows.empty()) return std::nullopt;
  return AccountOf(rows[0]);
}

absl::Status InsertAccount(db::Tx& tx, const AccountRow& row) {
  const AccountKey& key = row.key;
  return tx.Write(
      kInsert,
      {key.province_code, AccountIdOf(key), key.unit, key.year, static_cast<int64_t>(key.stage),
       key.line.chapter, key.line.item, key.line.sub_item, key.line.source, key.purpose,
       row.close_act, absl::ToUnixMicros(row.open_time), row.version, db::Blob{row.chain_hash}});
}

absl::StatusOr<std::vector<AccountRow>> ListAccounts(db::Tx& tx, const AccountFilter& filter,
                                                     absl::string_view after_id, int limit) {
  const Line& line = filter.line;
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kList, {filter.province_code, after_id, filter.unit, filter.year,
                                    static_cast<int64_t>(filter.stage), line.chapter, line.item,
                                    line.sub_item, line.source, filter.purpose, limit}));
  std::vector<AccountRow> accounts;
  accounts.reserve(rows.size());
  for (const db::Row& row : rows) {
    ASSIGN_OR_RETURN(AccountRow account, AccountOf(row));
    accounts.push_back(std::move(account));
  }
  return accounts;
}

absl::Status ForEachPage(db::Tx& tx, const AccountFilter& filter,
                         absl::FunctionRef<absl::Status(absl::Span<const AccountRow>)> take) {
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<AccountRow> rows,
                     ListAccounts(tx, filter, after, kAccountsOfPage));
    RETURN_IF_ERROR(take(rows));
    if (rows.size() < static_cast<size_t>(kAccountsOfPage)) return absl::OkStatus();
    after = AccountIdOf(rows.back().key);
  }
}

absl::Status UpdateAccount(db::Tx& tx, const AccountRow& row) {
  return tx.Write(kUpdate, {row.key.province_code, AccountIdOf(row.key), row.close_act, row.version,
                            db::Blob{row.chain_hash}});
}

absl::StatusOr<std::vector<std::string>> ListUnits(db::Tx& tx, absl::string_view province_code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListUnits, {province_code}));
  std::vector<std::string> units;
  units.reserve(rows.size());
  for (const db::Row& row : rows) units.push_back(row.Text(0));
  return units;
}

absl::StatusOr<std::vector<std::string>> ListLedgersOf(db::Tx& tx, absl::string_view unit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListLedgersOf, {unit}));
  std::vector<std::string> ledgers;
  ledgers.reserve(rows.size());
  for (const db::Row& row : rows) ledgers.push_back(row.Text(0));
  return ledgers;
}

}  // namespace twotier::budget::store
