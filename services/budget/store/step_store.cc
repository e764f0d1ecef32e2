#include "services/budget/store/step_store.h"

#include "common/status_macros.h"
#include "services/budget/convert.h"

namespace twotier::budget::store {
namespace {

#define TWOTIER_STEP_ROWS                                                                    \
  "SELECT province_code, budget_year, unit, step, occurrence, version, body, done_day, act," \
  " act_title, recorded_us, chain_hash FROM budget_step WHERE province_code = $1"            \
  " AND budget_year = $2 AND newest = 1"

constexpr db::Statement kLoad{"budget_load_steps",
                              TWOTIER_STEP_ROWS " AND unit = $3 ORDER BY step, occurrence"};

constexpr db::Statement kLoadProvince{"budget_load_province_steps",
                                      TWOTIER_STEP_ROWS " ORDER BY unit, step, occurrence"};

constexpr db::Statement kSupersede{
    "budget_supersede_step",
    "UPDATE budget_step SET newest = 0 WHERE province_code = $1 AND budget_year = $2"
    " AND unit = $3 AND step = $4 AND occurrence = $5 AND version = $6"};

constexpr db::Statement kInsert{
    "budget_insert_step",
    "INSERT INTO budget_step (province_code, budget_year, unit, step, occurrence, version, newest,"
    " body, done_day, act, act_title, recorded_us, chain_hash)"
    " VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, $12)"};

std::vector<StepRow> Read(const db::Rows& rows) {
  std::vector<StepRow> steps;
  steps.reserve(rows.size());
  for (const db::Row& row : rows) {
    steps.push_back({.province_code = row.Text(0),
                     .budget_year = static_cast<int>(row.Int(1)),
                     .unit = row.Text(2),
                     .key = {row.Text(3), static_cast<int>(row.Int(4))},
                     .version = row.Int(5),
                     .body = static_cast<Body>(row.Int(6)),
                     .day = DayOfNumber(row.Int(7)),
                     .act = row.Text(8),
                     .act_title = row.Text(9),
                     .recorded = absl::FromUnixMicros(row.Int(10)),
                     .chain_hash = row.Bytes(11)});
  }
  return steps;
}

}  // namespace

absl::StatusOr<std::vector<StepRow>> LoadSteps(db::Tx& tx, absl::string_view province_code,
                                               int budget_year, absl::string_view unit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoad, {province_code, budget_year, unit}));
  return Read(rows);
}

absl::StatusOr<std::vector<StepRow>> LoadProvinceSteps(db::Tx& tx, absl::string_view province_code,
                                                       int budget_year) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadProvince, {province_code, budget_year}));
  return Read(rows);
}

absl::Status InsertStep(db::Tx& tx, const StepRow& row) {
  const auto& [step, occurrence] = row.key;
  if (row.version > 1) {
    RETURN_IF_ERROR(tx.Write(kSupersede, {row.province_code, row.budget_year, row.unit, step,
                                          occurrence, row.version - 1}));
  }
  return tx.Write(kInsert,
                  {row.province_code, row.budget_year, row.unit, step, occurrence, row.version,
                   static_cast<int>(row.body), DayNumber(row.day), row.act, row.act_title,
                   absl::ToUnixMicros(row.recorded), db::Blob{row.chain_hash}});
}

}  // namespace twotier::budget::store
