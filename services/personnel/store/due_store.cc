#include "services/personnel/store/due_store.h"

#include "common/status_macros.h"
#include "services/personnel/store/days.h"

namespace twotier::personnel::store {
namespace {

#define TWOTIER_DUE_KEY " WHERE province_code = $1 AND day = $2 AND kind = $3 AND subject = $4"

constexpr db::Statement kInsert{
    "personnel_insert_due",
    "INSERT INTO due_effect (province_code, day, kind, subject) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT DO NOTHING"};
constexpr db::Statement kDelete{"personnel_delete_due", "DELETE FROM due_effect" TWOTIER_DUE_KEY};
// Places come free before they are taken: 2 is an end, 1 a beginning.
constexpr db::Statement kList{
    "personnel_list_due",
    "SELECT province_code, day, kind, subject, failures FROM due_effect"
    " WHERE day <= $1 AND retry_us <= $2"
    " ORDER BY day, province_code, CASE WHEN kind = 2 THEN 0 ELSE kind END, subject LIMIT $3"};
constexpr db::Statement kStandAside{
    "personnel_stand_aside",
    "UPDATE due_effect SET failures = failures + 1, reason = $5, retry_us = $6" TWOTIER_DUE_KEY};
constexpr db::Statement kTryAgain{"personnel_try_again",
                                  "UPDATE due_effect SET retry_us = 0" TWOTIER_DUE_KEY};
constexpr db::Statement kCountFailing{
    "personnel_count_failing",
    "SELECT COUNT(*), COALESCE(MIN(day), 0) FROM due_effect WHERE failures > 0"};

// Runs a statement whose parameters are the key.
absl::Status ExecOnKey(db::Tx& tx, const db::Statement& statement, const DueEffect& due) {
  return tx
      .Exec(statement,
            {due.province_code, NumberOf(due.day), static_cast<int>(due.kind), due.subject})
      .status();
}

}  // namespace

absl::Status InsertDue(db::Tx& tx, const DueEffect& due) { return ExecOnKey(tx, kInsert, due); }

absl::Status DeleteDue(db::Tx& tx, const DueEffect& due) { return ExecOnKey(tx, kDelete, due); }

absl::StatusOr<std::vector<DueEffect>> ListDue(db::Tx& tx, absl::CivilDay today, absl::Time now,
                                               int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kList, {NumberOf(today), absl::ToUnixMicros(now), limit}));
  std::vector<DueEffect> due;
  for (const db::Row& row : rows) {
    due.push_back({row.Text(0), DayOf(row.Int(1)), static_cast<DueKind>(row.Int(2)), row.Text(3),
                   row.Int(4)});
  }
  return due;
}

absl::Status StandAside(db::Tx& tx, const DueEffect& due, absl::string_view reason,
                        absl::Time retry) {
  return tx
      .Exec(kStandAside, {due.province_code, NumberOf(due.day), static_cast<int>(due.kind),
                          due.subject, reason, absl::ToUnixMicros(retry)})
      .status();
}

absl::Status TryAgain(db::Tx& tx, const DueEffect& due) { return ExecOnKey(tx, kTryAgain, due); }

absl::StatusOr<Failing> CountFailing(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kCountFailing, {}));
  return Failing{rows[0].Int(0), DayOf(rows[0].Int(1))};
}

}  // namespace twotier::personnel::store
