#include "services/budget/store/period_store.h"

#include "common/status_macros.h"
#include "services/budget/domain/account.h"

namespace twotier::budget::store {
namespace {

constexpr db::Statement kLoad{"budget_load_periods",
                              "SELECT province_code, year, through_day, act, version, chain_hash"
                              " FROM budget_period WHERE province_code = $1 ORDER BY year"};
constexpr db::Statement kInsert{
    "budget_insert_period",
    "INSERT INTO budget_period (province_code, year, through_day, act, version, chain_hash)"
    " VALUES ($1, $2, $3, $4, $5, $6)"};
constexpr db::Statement kUpdate{
    "budget_update_period",
    "UPDATE budget_period SET through_day = $3, act = $4, version = $5, chain_hash = $6"
    " WHERE province_code = $1 AND year = $2 AND version = $5 - 1"};

}  // namespace

db::BoundStatement LoadPeriodsQuery(absl::string_view province_code) {
  return {kLoad, {std::string(province_code)}, {}, /*shared=*/true};
}

absl::StatusOr<std::vector<PeriodRow>> LoadPeriods(db::Tx& tx, absl::string_view province_code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoad, {province_code}));
  std::vector<PeriodRow> periods;
  periods.reserve(rows.size());
  for (const db::Row& row : rows) {
    periods.push_back({row.Text(0), static_cast<int>(row.Int(1)), DayOfNumber(row.Int(2)),
                       row.Text(3), row.Int(4), row.Bytes(5)});
  }
  return periods;
}

absl::Status PutPeriod(db::Tx& tx, const PeriodRow& row) {
  return tx.Write(row.version == 1 ? kInsert : kUpdate,
                  {row.province_code, row.year, DayNumber(row.through), row.act, row.version,
                   db::Blob{row.chain_hash}});
}

}  // namespace twotier::budget::store
