#include "services/routing/store/due_date_store.h"

#include "common/status_macros.h"

namespace twotier::routing::store {
namespace {

constexpr db::Statement kLoadImport{
    "routing_load_calendar_import",
    "SELECT version, imported_us FROM calendar_version ORDER BY version DESC LIMIT 1"};

constexpr db::Statement kLoadMark{
    "routing_load_calendar_mark",
    "SELECT calendar_version, pass, code FROM calendar_mark WHERE province_code = $1"};

constexpr db::Statement kStoreMark{
    "routing_store_calendar_mark",
    "INSERT INTO calendar_mark (province_code, calendar_version, pass, code)"
    " VALUES ($1, $2, $3, $4) ON CONFLICT (province_code) DO UPDATE"
    " SET calendar_version = excluded.calendar_version, pass = excluded.pass,"
    " code = excluded.code"};

// The conditions are those of the index that it reads.
constexpr db::Statement kFind{
    "routing_find_provisional",
    "SELECT code FROM dossier WHERE province_code = $1 AND code > $2 AND due_provisional = 1"
    " AND open_due_us > 0 ORDER BY code LIMIT $3"};

}  // namespace

absl::StatusOr<CalendarImport> LoadCalendarImport(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadImport, {}));
  if (rows.empty()) return CalendarImport();
  return CalendarImport{rows[0].Int(0), absl::FromUnixMicros(rows[0].Int(1))};
}

absl::StatusOr<CalendarMark> LoadCalendarMark(db::Tx& tx, absl::string_view province_code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadMark, {province_code}));
  if (rows.empty()) return CalendarMark();
  return CalendarMark{rows[0].Int(0), rows[0].Int(1), rows[0].Text(2)};
}

absl::Status StoreCalendarMark(db::Tx& tx, absl::string_view province_code,
                               const CalendarMark& mark) {
  return tx.Write(kStoreMark, {province_code, mark.calendar_version, mark.pass, mark.code});
}

absl::StatusOr<std::vector<std::string>> FindProvisional(db::Tx& tx,
                                                         absl::string_view province_code,
                                                         absl::string_view after_code, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFind, {province_code, after_code, limit}));
  std::vector<std::string> codes;
  codes.reserve(rows.size());
  for (const db::Row& row : rows) codes.push_back(row.Text(0));
  return codes;
}

}  // namespace twotier::routing::store
