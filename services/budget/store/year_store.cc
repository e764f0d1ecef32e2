#include "services/budget/store/year_store.h"

#include "common/status_macros.h"

namespace twotier::budget::store {
namespace {

constexpr db::Statement kLoad{
    "budget_load_year_parts",
    "SELECT ordinal, journal, act, reopened_by, closed_us FROM year_close WHERE province_code = $1"
    " AND unit = $2 AND budget_year = $3 ORDER BY ordinal"};

constexpr db::Statement kLoadAccounts{
    "budget_load_year_accounts",
    "SELECT account_id FROM year_close_account WHERE province_code = $1 AND unit = $2"
    " AND budget_year = $3 AND ordinal = $4 ORDER BY account_id"};

constexpr db::Statement kInsert{
    "budget_insert_year_part",
    "INSERT INTO year_close (province_code, unit, budget_year, ordinal, journal, act, reopened_by,"
    " closed_us) VALUES ($1, $2, $3, $4, $5, $6, '', $7)"};

constexpr db::Statement kInsertAccount{
    "budget_insert_year_account",
    "INSERT INTO year_close_account (province_code, unit, budget_year, ordinal, account_id)"
    " VALUES ($1, $2, $3, $4, $5)"};

constexpr db::Statement kReopen{
    "budget_reopen_year_part",
    "UPDATE year_close SET reopened_by = $5 WHERE province_code = $1 AND unit = $2"
    " AND budget_year = $3 AND ordinal = $4 AND reopened_by = ''"};

}  // namespace

absl::StatusOr<std::vector<YearPart>> LoadYearParts(db::Tx& tx, const UnitYear& year) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoad, {year.province_code, year.unit, year.budget_year}));
  std::vector<YearPart> parts;
  for (const db::Row& row : rows) {
    parts.push_back({.ordinal = row.Int(0),
                     .journal = row.Text(1),
                     .act = row.Text(2),
                     .reopened_by = row.Text(3),
                     .closed = absl::FromUnixMicros(row.Int(4))});
  }
  return parts;
}

absl::StatusOr<std::vector<std::string>> LoadYearAccounts(db::Tx& tx, const UnitYear& year,
                                                          int64_t ordinal) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadAccounts, {year.province_code, year.unit,
                                                                 year.budget_year, ordinal}));
  std::vector<std::string> accounts;
  for (const db::Row& row : rows) accounts.push_back(row.Text(0));
  return accounts;
}

absl::Status InsertYearPart(db::Tx& tx, const UnitYear& year, const YearPart& part,
                            const std::vector<std::string>& account_ids) {
  RETURN_IF_ERROR(tx.Write(kInsert, {year.province_code, year.unit, year.budget_year, part.ordinal,
                                     part.journal, part.act, absl::ToUnixMicros(part.closed)}));
  for (const std::string& account : account_ids) {
    RETURN_IF_ERROR(tx.Write(
        kInsertAccount, {year.province_code, year.unit, year.budget_year, part.ordinal, account}));
  }
  return absl::OkStatus();
}

absl::Status ReopenYearPart(db::Tx& tx, const UnitYear& year, int64_t ordinal,
                            absl::string_view act) {
  return tx.Write(kReopen, {year.province_code, year.unit, year.budget_year, ordinal, act});
}

}  // namespace twotier::budget::store
