#include "services/budget/store/staff_store.h"

#include "common/status_macros.h"
#include "services/budget/domain/account.h"

namespace twotier::budget::store {
namespace {

// Codes of provinces have digits alone. A range of them, one or all, is read by the primary key.
constexpr absl::string_view kAfterProvinces = "~";

constexpr db::Statement kList{
    "budget_list_staff",
    "SELECT f.province_code, f.unit, f.quota_kind, f.from_day, f.told, f.vacant, f.used"
    " FROM staff_figure AS f"
    " WHERE f.province_code >= $1 AND f.province_code <= $2 AND f.from_day ="
    " (SELECT MAX(g.from_day) FROM staff_figure AS g WHERE g.province_code = f.province_code"
    " AND g.unit = f.unit AND g.quota_kind = f.quota_kind AND g.from_day <= $3)"
    " ORDER BY f.province_code, f.unit, f.quota_kind"};
constexpr db::Statement kInsert{
    "budget_insert_staff",
    "INSERT INTO staff_figure (province_code, unit, quota_kind, from_day, told, vacant, used)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"};
constexpr db::Statement kUpdate{
    "budget_update_staff",
    "UPDATE staff_figure SET told = $5, vacant = $6, used = $7"
    " WHERE province_code = $1 AND unit = $2 AND quota_kind = $3 AND from_day = $4"};
constexpr db::Statement kFindHeard{"budget_find_staff_heard",
                                   "SELECT first_day, last_day FROM staff_heard"
                                   " WHERE first_day <= $1 ORDER BY first_day DESC LIMIT 1"};
constexpr db::Statement kInsertHeard{
    "budget_insert_staff_heard", "INSERT INTO staff_heard (first_day, last_day) VALUES ($1, $1)"};
constexpr db::Statement kUpdateHeard{
    "budget_update_staff_heard",
    "UPDATE staff_heard SET last_day = $2 WHERE first_day = $1 AND last_day = $2 - 1"};

}  // namespace

absl::StatusOr<std::vector<StaffRow>> ListStaff(db::Tx& tx, absl::string_view province_code,
                                                absl::CivilDay day) {
  const absl::string_view last = province_code.empty() ? kAfterProvinces : province_code;
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kList, {province_code, last, DayNumber(day)}));
  std::vector<StaffRow> staff;
  staff.reserve(rows.size());
  for (const db::Row& row : rows) {
    StaffRow& read = staff.emplace_back();
    read.key = {row.Text(0), row.Text(1), row.Int(2)};
    read.from = DayOfNumber(row.Int(3));
    if (row.Int(4) != 0) read.figure = {row.Int(5), row.Int(6)};
  }
  return staff;
}

absl::Status PutStaff(db::Tx& tx, const StaffRow& row, const StaffRow* before) {
  const bool replaces = before != nullptr && before->from == row.from;
  const StaffFigure figure = row.figure.value_or(StaffFigure());
  return tx.Write(replaces ? kUpdate : kInsert,
                  {row.key.province_code, row.key.unit, row.key.quota_kind, DayNumber(row.from),
                   int64_t{row.figure.has_value()}, figure.vacant, figure.used});
}

absl::StatusOr<std::optional<HeardSpan>> FindHeard(db::Tx& tx, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFindHeard, {DayNumber(day)}));
  if (rows.empty()) return std::nullopt;
  return HeardSpan{DayOfNumber(rows[0].Int(0)), DayOfNumber(rows[0].Int(1))};
}

absl::Status PutHeard(db::Tx& tx, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const std::optional<HeardSpan> span, FindHeard(tx, day));
  if (span && day <= span->last) return absl::OkStatus();
  if (span && day == span->last + 1) {
    return tx.Write(kUpdateHeard, {DayNumber(span->first), DayNumber(day)});
  }
  return tx.Write(kInsertHeard, {DayNumber(day)});
}

}  // namespace twotier::budget::store
