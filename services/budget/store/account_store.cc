#include "services/budget/store/account_store.h"

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget::store {
namespace {

constexpr db::Statement kFind{
    "budget_find_account",
    "SELECT province_code, account_id, close_act, open_us, version, chain_hash"
    " FROM budget_account WHERE province_code = $1 AND account_id = $2"};
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

}  // namespace twotier::budget::store
