#include "services/budget/store/credit_store.h"

#include "common/status_macros.h"
#include "services/budget/convert.h"

namespace twotier::budget::store {
namespace {

#define TWOTIER_CREDIT_ROWS                                                                    \
  "SELECT province_code, credit_id, unit, budget_year, kind, month, limit_vnd, legal_max_vnd," \
  " drawn_vnd, repaid_vnd, last_day, account_id, source_account_id, closed, act, version,"     \
  " chain_hash, moved FROM credit_line WHERE province_code = $1"

// Lines of a unit over all years: some dozen.
constexpr int kOfUnitMax = 1000;

constexpr db::Statement kFind{"budget_find_credit", TWOTIER_CREDIT_ROWS " AND credit_id = $2"};

constexpr db::Statement kList{"budget_list_credits", TWOTIER_CREDIT_ROWS
                              " AND budget_year = $2 AND ($3 = '' OR unit = $3) AND credit_id > $4"
                              " ORDER BY credit_id LIMIT $5"};

constexpr db::Statement kListOf{"budget_list_credits_of_unit", TWOTIER_CREDIT_ROWS
                                " AND unit = $2 AND moved = 0 ORDER BY credit_id LIMIT $3"};

constexpr db::Statement kInsert{
    "budget_insert_credit",
    "INSERT INTO credit_line (province_code, credit_id, unit, budget_year, kind, month, limit_vnd,"
    " legal_max_vnd, drawn_vnd, repaid_vnd, last_day, account_id, source_account_id, closed, act,"
    " version, chain_hash, moved)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"};

constexpr db::Statement kUpdate{
    "budget_update_credit",
    "UPDATE credit_line SET drawn_vnd = $3, repaid_vnd = $4, closed = $5, version = $6,"
    " chain_hash = $7, moved = $8 WHERE province_code = $1 AND credit_id = $2 AND version = $6 - "
    "1"};

CreditRow RowOf(const db::Row& row) {
  return {.province_code = row.Text(0),
          .id = row.Text(1),
          .unit = row.Text(2),
          .budget_year = static_cast<int>(row.Int(3)),
          .kind = static_cast<CreditKind>(row.Int(4)),
          .month = static_cast<int>(row.Int(5)),
          .limit_vnd = row.Int(6),
          .legal_max_vnd = row.Int(7),
          .drawn_vnd = row.Int(8),
          .repaid_vnd = row.Int(9),
          .last_day = DayOfNumber(row.Int(10)),
          .account_id = row.Text(11),
          .source_account_id = row.Text(12),
          .closed = row.Bool(13),
          .moved = row.Bool(17),
          .act = row.Text(14),
          .version = row.Int(15),
          .chain_hash = row.Bytes(16)};
}

}  // namespace

absl::StatusOr<std::optional<CreditRow>> FindCredit(db::Tx& tx, absl::string_view province_code,
                                                    absl::string_view credit_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFind, {province_code, credit_id}));
  if (rows.empty()) return std::nullopt;
  return RowOf(rows[0]);
}

absl::StatusOr<std::vector<CreditRow>> ListCredits(db::Tx& tx, absl::string_view province_code,
                                                   int budget_year, absl::string_view unit,
                                                   absl::string_view after_id, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kList, {province_code, budget_year, unit, after_id, limit}));
  std::vector<CreditRow> credits;
  for (const db::Row& row : rows) credits.push_back(RowOf(row));
  return credits;
}

absl::StatusOr<std::vector<CreditRow>> ListCreditsOf(db::Tx& tx, absl::string_view province_code,
                                                     absl::string_view unit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListOf, {province_code, unit, kOfUnitMax}));
  std::vector<CreditRow> credits;
  for (const db::Row& row : rows) credits.push_back(RowOf(row));
  return credits;
}

absl::Status InsertCredit(db::Tx& tx, const CreditRow& row) {
  return tx.Write(
      kInsert, {row.province_code, row.id, row.unit, row.budget_year, static_cast<int>(row.kind),
                row.month, row.limit_vnd, row.legal_max_vnd, row.drawn_vnd, row.repaid_vnd,
                DayNumber(row.last_day), row.account_id, row.source_account_id, row.closed, row.act,
                row.version, db::Blob{row.chain_hash}, row.moved});
}

absl::Status UpdateCredit(db::Tx& tx, const CreditRow& row) {
  return tx.Write(kUpdate, {row.province_code, row.id, row.drawn_vnd, row.repaid_vnd, row.closed,
                            row.version, db::Blob{row.chain_hash}, row.moved});
}

}  // namespace twotier::budget::store
