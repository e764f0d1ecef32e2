#include "services/budget/store/contingency_store.h"

#include <limits>

namespace twotier::budget::store {
namespace {

constexpr db::Statement kFind{
    "budget_find_contingency",
    "SELECT c.level, c.set_vnd, c.expenditure_vnd, c.balancing_paid_out_vnd,"
    " c.targeted_received_vnd FROM ledger_account a LEFT JOIN budget_contingency c"
    " ON c.province_code = a.province_code AND c.account_id = a.account_id"
    " WHERE a.province_code = $1 AND a.account_id = $2"};

// A mate of the batch, which has read what this one read, may have been faster.
constexpr db::Statement kInsert{
    "budget_insert_contingency",
    "INSERT INTO budget_contingency (province_code, account_id, level, set_vnd, expenditure_vnd,"
    " balancing_paid_out_vnd, targeted_received_vnd) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT DO NOTHING"};

// Adds instead of setting, and asks for what must be left: what was read may be older than what a
// batch mate has written since.
constexpr db::Statement kAdd{
    "budget_add_to_contingency",
    "UPDATE budget_contingency SET expenditure_vnd = expenditure_vnd + $3,"
    " balancing_paid_out_vnd = balancing_paid_out_vnd + $4,"
    " targeted_received_vnd = targeted_received_vnd + $5"
    " WHERE province_code = $1 AND account_id = $2 AND expenditure_vnd + $3"
    " - CASE WHEN balancing_paid_out_vnd + $4 > 0 THEN balancing_paid_out_vnd + $4 ELSE 0 END"
    " - CASE WHEN targeted_received_vnd + $5 > 0 THEN targeted_received_vnd + $5 ELSE 0 END"
    " >= $6"};

constexpr db::Statement kDelete{
    "budget_delete_contingency",
    "DELETE FROM budget_contingency WHERE province_code = $1 AND account_id = $2"};

// Changes nothing: told is only whether the account is there.
constexpr db::Statement kTouchAccount{"budget_touch_account",
                                      "UPDATE ledger_account SET closed_day = closed_day WHERE "
                                      "province_code = $1 AND account_id = $2"};

int64_t Exact(Int128 amount) { return static_cast<int64_t>(amount); }

}  // namespace

db::BoundStatement FindContingencyQuery(const ledger::AccountId& account) {
  return {kFind, {account.province_code, account.id}, {}, /*shared=*/true};
}

FoundContingency ReadContingency(const db::Rows& rows) {
  FoundContingency found{.has_account = !rows.empty()};
  if (rows.empty() || rows[0].IsNull(0)) return found;
  const db::Row& row = rows[0];
  found.row = ContingencyRow{.level = static_cast<Level>(row.Int(0)), .set_vnd = row.Int(1)};
  found.row->flows.expenditure_vnd = row.Int(2);
  found.row->flows.balancing_paid_out_vnd = row.Int(3);
  found.row->flows.targeted_received_vnd = row.Int(4);
  return found;
}

absl::Status InsertContingency(db::Tx& tx, const ledger::AccountId& account,
                               const ContingencyRow& row) {
  return tx.Write(kInsert,
                  {account.province_code, account.id, static_cast<int64_t>(row.level), row.set_vnd,
                   Exact(row.flows.expenditure_vnd), Exact(row.flows.balancing_paid_out_vnd),
                   Exact(row.flows.targeted_received_vnd)});
}

absl::Status AddToContingency(db::Tx& tx, const ledger::AccountId& account,
                              const EstimateFlows& added, std::optional<int64_t> least_base_vnd) {
  return tx.Write(kAdd, {account.province_code, account.id, Exact(added.expenditure_vnd),
                         Exact(added.balancing_paid_out_vnd), Exact(added.targeted_received_vnd),
                         least_base_vnd.value_or(std::numeric_limits<int64_t>::min())});
}

absl::Status DeleteContingency(db::Tx& tx, const ledger::AccountId& account) {
  return tx.Exec(kDelete, {account.province_code, account.id}).status();
}

absl::Status ConfirmNoContingency(db::Tx& tx, const ledger::AccountId& account) {
  return tx.Write(kTouchAccount, {account.province_code, account.id}, /*rows_expected=*/0);
}

}  // namespace twotier::budget::store
