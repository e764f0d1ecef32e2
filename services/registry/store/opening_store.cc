#include "services/registry/store/opening_store.h"

#include <string>
#include <tuple>
#include <utility>

#include "common/status_macros.h"
#include "services/registry/store/rows.h"

namespace twotier::registry::store {
namespace {

#define TWOTIER_OPENING_RECORD_ROWS \
  "SELECT province_code, center_id, since_version, change_kind FROM opening_record"
#define TWOTIER_OPENING_RECORD_ORDER " ORDER BY province_code, center_id"
#define TWOTIER_OPENING_WEEK_ROWS \
  "SELECT province_code, center_id, first_day, end_day, week, act FROM opening_week"
#define TWOTIER_OPENING_WEEK_ORDER " ORDER BY province_code, center_id, first_day"
#define TWOTIER_OPENING_EXCEPTION_ROWS \
  "SELECT province_code, center_id, exception_day, intervals, note FROM opening_exception"
#define TWOTIER_OPENING_EXCEPTION_ORDER " ORDER BY province_code, center_id, exception_day"
#define TWOTIER_OPENING_NOW TWOTIER_HELD_IN_PROVINCES " AND ($4 = '' OR center_id = $4)"
#define TWOTIER_OPENING_BELIEVED_AT(table)     \
  TWOTIER_BELIEVED_AT(table ".province_code",  \
                      "'provinces/' || " table \
                      ".province_code || '/centers/' || center_id || '/openingHours'")

constexpr db::Statement kLoadRecords{
    "registry_load_opening_records",
    TWOTIER_OPENING_RECORD_ROWS TWOTIER_OPENING_NOW TWOTIER_OPENING_RECORD_ORDER};

constexpr db::Statement kLoadRecordsAt{"registry_load_opening_records_at",
                                       TWOTIER_OPENING_RECORD_ROWS TWOTIER_OPENING_BELIEVED_AT(
                                           "opening_record") TWOTIER_OPENING_RECORD_ORDER};

constexpr db::Statement kLoadWeeks{
    "registry_load_opening_weeks",
    TWOTIER_OPENING_WEEK_ROWS TWOTIER_OPENING_NOW TWOTIER_OPENING_WEEK_ORDER};

constexpr db::Statement kLoadWeeksAt{"registry_load_opening_weeks_at",
                                     TWOTIER_OPENING_WEEK_ROWS TWOTIER_OPENING_BELIEVED_AT(
                                         "opening_week") TWOTIER_OPENING_WEEK_ORDER};

constexpr db::Statement kLoadExceptions{
    "registry_load_opening_exceptions",
    TWOTIER_OPENING_EXCEPTION_ROWS TWOTIER_OPENING_NOW TWOTIER_OPENING_EXCEPTION_ORDER};

constexpr db::Statement kLoadExceptionsAt{
    "registry_load_opening_exceptions_at",
    TWOTIER_OPENING_EXCEPTION_ROWS TWOTIER_OPENING_BELIEVED_AT("opening_exception")
        TWOTIER_OPENING_EXCEPTION_ORDER};

constexpr db::Statement kInsertRecord{
    "registry_insert_opening_record",
    "INSERT INTO opening_record (province_code, center_id, since_version, until_version,"
    " change_kind) VALUES ($1, $2, $3, $4, $5)"};

constexpr db::Statement kInsertWeek{
    "registry_insert_opening_week",
    "INSERT INTO opening_week (province_code, center_id, first_day, since_version, until_version,"
    " end_day, week, act) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};

constexpr db::Statement kInsertException{
    "registry_insert_opening_exception",
    "INSERT INTO opening_exception (province_code, center_id, exception_day, since_version,"
    " until_version, intervals, note) VALUES ($1, $2, $3, $4, $5, $6, $7)"};

constexpr db::Statement kEndRecord{
    "registry_end_opening_record",
    "UPDATE opening_record SET until_version = $1"
    " WHERE province_code = $2 AND center_id = $3 AND until_version = $4"};

constexpr db::Statement kEndWeeks{
    "registry_end_opening_weeks",
    "UPDATE opening_week SET until_version = $1"
    " WHERE province_code = $2 AND center_id = $3 AND until_version = $4"};

constexpr db::Statement kEndException{
    "registry_end_opening_exception",
    "UPDATE opening_exception SET until_version = $1 WHERE province_code = $2 AND center_id = $3"
    " AND exception_day = $4 AND until_version = $5"};

// The record that a row belongs to; rows and records have one order.
OpeningHours* Next(std::vector<OpeningHours>& all, size_t& next, const db::Row& row) {
  while (next < all.size() && std::tie(all[next].province_code, all[next].center_id) <
                                  std::tie(row.Text(0), row.Text(1))) {
    ++next;
  }
  return next < all.size() ? &all[next] : nullptr;
}

absl::StatusOr<std::vector<OpeningHours>> Join(const db::Rows& records, const db::Rows& weeks,
                                               const db::Rows& exceptions) {
  std::vector<OpeningHours> all;
  for (const db::Row& row : records) {
    all.push_back({row.Text(0), row.Text(1), row.Int(2), {}, {}, row.Text(3)});
  }
  size_t next = 0;
  for (const db::Row& row : weeks) {
    OpeningHours* hours = Next(all, next, row);
    if (hours == nullptr) break;
    WeeklyHours week;
    week.valid = {ToDay(row.Int(2)), ToDay(row.Int(3))};
    RETURN_IF_ERROR(WeekFromText(row.Text(4), week));
    week.act = row.Text(5);
    hours->weeks.push_back(std::move(week));
  }
  next = 0;
  for (const db::Row& row : exceptions) {
    OpeningHours* hours = Next(all, next, row);
    if (hours == nullptr) break;
    ASSIGN_OR_RETURN(std::vector<DayInterval> intervals, IntervalsFromText(row.Text(3)));
    hours->exceptions.push_back({ToDay(row.Int(2)), std::move(intervals), row.Text(4)});
  }
  return all;
}

absl::StatusOr<std::vector<OpeningHours>> Load(db::Tx& tx, absl::string_view province_code,
                                               absl::string_view center_id) {
  const std::initializer_list<db::Value> which = {kStillHolds, province_code,
                                                  LastProvince(province_code), center_id};
  ASSIGN_OR_RETURN(const db::Rows records, tx.Query(kLoadRecords, which));
  ASSIGN_OR_RETURN(const db::Rows weeks, tx.Query(kLoadWeeks, which));
  ASSIGN_OR_RETURN(const db::Rows exceptions, tx.Query(kLoadExceptions, which));
  return Join(records, weeks, exceptions);
}

// Those of `from` that `other` has not, or not alike. Both in order of the dates.
std::vector<const OpeningException*> OnlyIn(const std::vector<OpeningException>& from,
                                            const std::vector<OpeningException>& other) {
  std::vector<const OpeningException*> only;
  auto at = other.begin();
  for (const OpeningException& exception : from) {
    while (at != other.end() && at->day < exception.day) ++at;
    if (at == other.end() || *at != exception) only.push_back(&exception);
  }
  return only;
}

// A date that did not change keeps its row: the rows grow with the changes, not with their square.
absl::Status WriteExceptions(db::Tx& tx, const OpeningHours& before, const OpeningHours& hours) {
  for (const OpeningException* ended : OnlyIn(before.exceptions, hours.exceptions)) {
    RETURN_IF_ERROR(tx.Exec(kEndException, {hours.version, hours.province_code, hours.center_id,
                                            ToColumn(ended->day), kStillHolds})
                        .status());
  }
  for (const OpeningException* added : OnlyIn(hours.exceptions, before.exceptions)) {
    RETURN_IF_ERROR(tx.Write(kInsertException,
                             {hours.province_code, hours.center_id, ToColumn(added->day),
                              hours.version, kStillHolds, ToText(added->intervals), added->note}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<OpeningHours>> LoadOpeningHours(db::Tx& tx) { return Load(tx, "", ""); }

absl::StatusOr<std::vector<OpeningHours>> LoadOpeningHoursAt(db::Tx& tx, int64_t position) {
  ASSIGN_OR_RETURN(const db::Rows records, tx.Query(kLoadRecordsAt, {position}));
  ASSIGN_OR_RETURN(const db::Rows weeks, tx.Query(kLoadWeeksAt, {position}));
  ASSIGN_OR_RETURN(const db::Rows exceptions, tx.Query(kLoadExceptionsAt, {position}));
  return Join(records, weeks, exceptions);
}

absl::StatusOr<OpeningHours> LoadOpeningHours(db::Tx& tx, absl::string_view province_code,
                                              absl::string_view center_id) {
  ASSIGN_OR_RETURN(std::vector<OpeningHours> found, Load(tx, province_code, center_id));
  if (!found.empty()) return std::move(found.front());
  OpeningHours none;
  none.province_code = std::string(province_code);
  none.center_id = std::string(center_id);
  return none;
}

absl::Status WriteOpeningHours(db::Tx& tx, const OpeningHours& before, const OpeningHours& hours) {
  if (hours.version > 1) {
    const std::initializer_list<db::Value> which = {hours.version, hours.province_code,
                                                    hours.center_id, kStillHolds};
    RETURN_IF_ERROR(tx.Exec(kEndRecord, which).status());
    RETURN_IF_ERROR(tx.Exec(kEndWeeks, which).status());
  }
  RETURN_IF_ERROR(tx.Write(kInsertRecord, {hours.province_code, hours.center_id, hours.version,
                                           kStillHolds, hours.last_change}));
  for (const WeeklyHours& week : hours.weeks) {
    RETURN_IF_ERROR(tx.Write(kInsertWeek, {hours.province_code, hours.center_id,
                                           ToColumn(week.valid.first), hours.version, kStillHolds,
                                           ToColumn(week.valid.end), ToText(week), week.act}));
  }
  return WriteExceptions(tx, before, hours);
}

}  // namespace twotier::registry::store
