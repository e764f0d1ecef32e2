#include "services/budget/store/allocation_store.h"

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget::store {
namespace {

const absl::CivilDay kEpoch(1970, 1, 1);

#define RUN_COLUMNS                                                                        \
  "province_code, run_id, norm_set, norm_set_version, year, as_of_day, state, units,"      \
  " total_vnd, assumed_inputs, inputs_sha256, creator, create_us, approver, approval_act," \
  " approve_us, journal, post_us, version, chain_hash, approval_body, approval_day"

constexpr db::Statement kFind{"budget_find_allocation_run",
                              "SELECT " RUN_COLUMNS
                              " FROM allocation_run WHERE province_code = $1 AND run_id = $2"};
constexpr db::Statement kList{"budget_list_allocation_runs",
                              "SELECT " RUN_COLUMNS
                              " FROM allocation_run"
                              " WHERE province_code = $1 AND ($2 = 0 OR year = $2) AND run_id > $3"
                              " ORDER BY run_id LIMIT $4"};
constexpr db::Statement kInsert{
    "budget_insert_allocation_run",
    "INSERT INTO allocation_run (" RUN_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
    " $19, $20, $21, $22)"};
constexpr db::Statement kUpdate{
    "budget_update_allocation_run",
    "UPDATE allocation_run SET state = $3, approver = $4, approval_act = $5, approve_us = $6,"
    " journal = $7, post_us = $8, version = $9, chain_hash = $10, approval_body = $11,"
    " approval_day = $12"
    " WHERE province_code = $1 AND run_id = $2 AND version = $9 - 1"};
constexpr db::Statement kInsertPlan{
    "budget_insert_allocation_plan",
    "INSERT INTO allocation_plan (province_code, run_id, plan) VALUES ($1, $2, $3)"};
constexpr db::Statement kLoadPlan{
    "budget_load_allocation_plan",
    "SELECT plan FROM allocation_plan WHERE province_code = $1 AND run_id = $2"};
constexpr db::Statement kInsertPart{
    "budget_insert_allocation_part",
    "INSERT INTO allocation_part (province_code, run_id, unit_code, unit, full_name,"
    " unit_province_code, amount_vnd) VALUES ($1, $2, $3, $4, $5, $6, $7)"};
constexpr db::Statement kListParts{
    "budget_list_allocation_parts",
    "SELECT unit_code, unit, full_name, unit_province_code, amount_vnd FROM allocation_part"
    " WHERE province_code = $1 AND run_id = $2 ORDER BY unit_code"};

RunRow RunOf(const db::Row& row) {
  RunRow run;
  run.province_code = row.Text(0);
  run.run_id = row.Text(1);
  run.norm_set = row.Text(2);
  run.norm_set_version = row.Int(3);
  run.year = row.Int(4);
  run.as_of = kEpoch + row.Int(5);
  run.state = static_cast<RunState>(row.Int(6));
  run.units = row.Int(7);
  run.total_vnd = row.Int(8);
  run.assumed_inputs = row.Int(9);
  run.inputs_sha256 = row.Text(10);
  run.creator = row.Text(11);
  run.create_time = absl::FromUnixMicros(row.Int(12));
  run.approver = row.Text(13);
  run.approval_act = row.Text(14);
  run.approve_time = absl::FromUnixMicros(row.Int(15));
  run.journal = row.Text(16);
  run.post_time = absl::FromUnixMicros(row.Int(17));
  run.version = row.Int(18);
  run.chain_hash = row.Bytes(19);
  run.approval_body = static_cast<Body>(row.Int(20));
  run.approval_day = kEpoch + row.Int(21);
  return run;
}

}  // namespace

absl::StatusOr<std::optional<RunRow>> FindRun(db::Tx& tx, absl::string_view province_code,
                                              absl::string_view run_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFind, {province_code, run_id}));
  if (rows.empty()) return std::nullopt;
  return RunOf(rows[0]);
}

absl::StatusOr<std::vector<RunRow>> ListRuns(db::Tx& tx, absl::string_view province_code,
                                             int64_t year, absl::string_view after_id, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kList, {province_code, year, after_id, limit}));
  std::vector<RunRow> all;
  for (const db::Row& row : rows) all.push_back(RunOf(row));
  return all;
}

absl::StatusOr<std::vector<PartRow>> ListParts(db::Tx& tx, absl::string_view province_code,
                                               absl::string_view run_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListParts, {province_code, run_id}));
  std::vector<PartRow> all;
  all.reserve(rows.size());
  for (const db::Row& row : rows) {
    all.push_back({row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Int(4)});
  }
  return all;
}

absl::StatusOr<std::string> LoadPlan(db::Tx& tx, absl::string_view province_code,
                                     absl::string_view run_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadPlan, {province_code, run_id}));
  if (!rows.empty()) return rows[0].Bytes(0);
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("allocation run ", run_id, " has no plan"),
                           "UNREADABLE_ROW", {{"subject", std::string(run_id)}});
}

absl::Status InsertRun(db::Tx& tx, const RunRow& run, absl::string_view plan,
                       const std::vector<PartRow>& parts) {
  RETURN_IF_ERROR(tx.Write(kInsert, {run.province_code,
                                     run.run_id,
                                     run.norm_set,
                                     run.norm_set_version,
                                     run.year,
                                     int64_t{run.as_of - kEpoch},
                                     static_cast<int64_t>(run.state),
                                     run.units,
                                     run.total_vnd,
                                     run.assumed_inputs,
                                     run.inputs_sha256,
                                     run.creator,
                                     absl::ToUnixMicros(run.create_time),
                                     run.approver,
                                     run.approval_act,
                                     absl::ToUnixMicros(run.approve_time),
                                     run.journal,
                                     absl::ToUnixMicros(run.post_time),
                                     run.version,
                                     db::Blob{run.chain_hash},
                                     static_cast<int64_t>(run.approval_body),
                                     int64_t{run.approval_day - kEpoch}}));
  RETURN_IF_ERROR(tx.Write(kInsertPlan, {run.province_code, run.run_id, db::Blob{plan}}));
  for (const PartRow& part : parts) {
    RETURN_IF_ERROR(tx.Write(kInsertPart, {run.province_code, run.run_id, part.unit_code, part.unit,
                                           part.full_name, part.province_code, part.amount_vnd}));
  }
  return absl::OkStatus();
}

absl::Status UpdateRun(db::Tx& tx, const RunRow& run) {
  return tx.Write(kUpdate,
                  {run.province_code, run.run_id, static_cast<int64_t>(run.state), run.approver,
                   run.approval_act, absl::ToUnixMicros(run.approve_time), run.journal,
                   absl::ToUnixMicros(run.post_time), run.version, db::Blob{run.chain_hash},
                   static_cast<int64_t>(run.approval_body), int64_t{run.approval_day - kEpoch}});
}

}  // namespace twotier::budget::store
