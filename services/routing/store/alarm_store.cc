#include "services/routing/store/alarm_store.h"

#include <algorithm>
#include <tuple>

#include "common/status_macros.h"
#include "services/routing/domain/dossier.h"
#include "services/routing/domain/dossier_clock.h"

namespace twotier::routing::store {
namespace {

constexpr db::Statement kLoadMark{
    "routing_load_alarm_mark",
    "SELECT due_us, code FROM alarm_mark WHERE province_code = $1 AND kind = $2"};

constexpr db::Statement kStoreMark{
    "routing_store_alarm_mark",
    "INSERT INTO alarm_mark (province_code, kind, due_us, code) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (province_code, kind) DO UPDATE SET due_us = excluded.due_us,"
    " code = excluded.code"};

#define TWOTIER_DUE_DOSSIERS                                               \
  "SELECT code, open_due_us, center FROM dossier WHERE province_code = $1" \
  " AND open_due_us > 0 AND (open_due_us, code) > ($2, $3) AND open_due_us < $4"
#define TWOTIER_DUE_ORDER " ORDER BY open_due_us, code LIMIT $5"

constexpr db::Statement kFindDueSoon{
    "routing_find_due_soon", TWOTIER_DUE_DOSSIERS
    " AND supplement_us IS NULL AND accept_us <= open_due_us - $6" TWOTIER_DUE_ORDER};

constexpr db::Statement kFindOverdue{
    "routing_find_overdue", TWOTIER_DUE_DOSSIERS
    " AND (supplement_us IS NULL OR supplement_us > open_due_us)" TWOTIER_DUE_ORDER};

// Whose dossiers they are has an index each.
#define TWOTIER_AWAITED_DOSSIERS(owned)                                     \
  "SELECT code, answer_by_us, center FROM dossier WHERE province_code = $1" \
  " AND answer_by_us > 0 AND owning_system " owned                          \
  " AND (answer_by_us, code) > ($2, $3) AND answer_by_us < $4"
#define TWOTIER_SILENT_APPLICANTS TWOTIER_AWAITED_DOSSIERS("<> ''") " AND agency_unit = ''"
#define TWOTIER_SILENT_AGENCIES TWOTIER_AWAITED_DOSSIERS("<> ''") " AND agency_unit <> ''"
#define TWOTIER_ANSWER_ORDER " ORDER BY answer_by_us, code LIMIT $5"

constexpr db::Statement kFindSilentApplicants{"routing_find_silent_applicants",
                                              TWOTIER_SILENT_APPLICANTS TWOTIER_ANSWER_ORDER};

constexpr db::Statement kFindSilentAgencies{"routing_find_silent_agencies",
                                            TWOTIER_SILENT_AGENCIES TWOTIER_ANSWER_ORDER};

#define TWOTIER_NOT_SET_OFF(kind, due)                                        \
  " AND NOT EXISTS (SELECT 1 FROM dossier_alarm a WHERE a.province_code = $1" \
  " AND a.code = dossier.code AND a.kind = " kind " AND a.due_us = dossier." due ")"

constexpr db::Statement kFindMissedDueSoon{
    "routing_find_missed_due_soon", TWOTIER_DUE_DOSSIERS
    " AND supplement_us IS NULL AND accept_us <= open_due_us - $6" TWOTIER_NOT_SET_OFF(
        "$7", "open_due_us") TWOTIER_DUE_ORDER};

constexpr db::Statement kFindMissedOverdue{
    "routing_find_missed_overdue", TWOTIER_DUE_DOSSIERS
    " AND (supplement_us IS NULL OR supplement_us > open_due_us)" TWOTIER_NOT_SET_OFF(
        "$6", "open_due_us") TWOTIER_DUE_ORDER};

constexpr db::Statement kFindMissedSilentApplicants{
    "routing_find_missed_silent_applicants",
    TWOTIER_SILENT_APPLICANTS TWOTIER_NOT_SET_OFF("$6", "answer_by_us") TWOTIER_ANSWER_ORDER};

constexpr db::Statement kFindMissedSilentAgencies{
    "routing_find_missed_silent_agencies",
    TWOTIER_SILENT_AGENCIES TWOTIER_NOT_SET_OFF("$6", "answer_by_us") TWOTIER_ANSWER_ORDER};

constexpr db::Statement kFindUnanswered{"routing_find_unanswered",
                                        TWOTIER_AWAITED_DOSSIERS("= ''") TWOTIER_ANSWER_ORDER};

// The literals in front are those of the index.
#define TWOTIER_AT_COUNTER " FROM dossier WHERE province_code = $1 AND state IN (1, 6, 9)"

constexpr db::Statement kCountRegistered{
    "routing_count_registered",
    "SELECT COUNT(*), MIN(submit_us),"
    " COUNT(*) FILTER (WHERE channel = $3 AND submit_us < $4)" TWOTIER_AT_COUNTER
    " AND state = $2"};

constexpr db::Statement kCountProcessed{"routing_count_processed",
                                        "SELECT COUNT(*), MIN(process_us)" TWOTIER_AT_COUNTER
                                        " AND state = $2"};

constexpr db::Statement kInsertAlarm{
    "routing_insert_alarm",
    "INSERT INTO dossier_alarm (province_code, code, kind, due_us, fired_us, center)"
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"};

// A province's, or a center's; each has an index of its own.
#define TWOTIER_ALARMS                                                                      \
  "SELECT code, kind, due_us, fired_us, center FROM dossier_alarm WHERE province_code = $1" \
  " AND (fired_us, code, kind) > ($2, $3, $4) AND ($5 = 0 OR kind = $5)"
#define TWOTIER_FIRED_ORDER " ORDER BY fired_us, code, kind LIMIT $6"

constexpr db::Statement kListAlarms{"routing_list_alarms", TWOTIER_ALARMS TWOTIER_FIRED_ORDER};

constexpr db::Statement kListAlarmsOfCenter{"routing_list_alarms_of_center",
                                            TWOTIER_ALARMS " AND center = $7" TWOTIER_FIRED_ORDER};

// The statement that looks for what a kind of alarm is about, and the one for what was missed.
struct Finders {
  const db::Statement& due;
  const db::Statement& missed;
};
Finders FindersOf(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::kDueSoon:
      return {kFindDueSoon, kFindMissedDueSoon};
    case AlarmKind::kUnanswered:
      return {kFindSilentApplicants, kFindMissedSilentApplicants};
    case AlarmKind::kAgencySilent:
      return {kFindSilentAgencies, kFindMissedSilentAgencies};
    default:
      return {kFindOverdue, kFindMissedOverdue};
  }
}

// Values of the statements that look for what is due.
std::vector<db::Value> DueValues(absl::string_view province_code, AlarmKind kind,
                                 const AlarmMark& mark, absl::Time until, int limit) {
  std::vector<db::Value> values = {province_code, absl::ToUnixMicros(mark.due), mark.code,
                                   absl::ToUnixMicros(until), limit};
  if (kind == AlarmKind::kDueSoon) values.emplace_back(absl::ToInt64Microseconds(kDueSoonBefore));
  return values;
}

std::vector<Alarm> AlarmsOf(const db::Rows& rows, absl::string_view province_code, AlarmKind kind) {
  std::vector<Alarm> alarms;
  alarms.reserve(rows.size());
  for (const db::Row& row : rows) {
    Alarm alarm;
    alarm.province_code = std::string(province_code);
    alarm.code = row.Text(0);
    alarm.kind = kind;
    alarm.due = absl::FromUnixMicros(row.Int(1));
    alarm.center = row.Text(2);
    alarms.push_back(std::move(alarm));
  }
  return alarms;
}

}  // namespace

absl::StatusOr<AlarmMark> LoadAlarmMark(db::Tx& tx, absl::string_view province_code,
                                        AlarmKind kind) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoadMark, {province_code, static_cast<int>(kind)}));
  if (rows.empty()) return AlarmMark();
  return AlarmMark{absl::FromUnixMicros(rows[0].Int(0)), rows[0].Text(1)};
}

absl::Status StoreAlarmMark(db::Tx& tx, absl::string_view province_code, AlarmKind kind,
                            const AlarmMark& mark) {
  return tx.Write(kStoreMark,
                  {province_code, static_cast<int>(kind), absl::ToUnixMicros(mark.due), mark.code});
}

absl::StatusOr<std::vector<Alarm>> FindDue(db::Tx& tx, absl::string_view province_code,
                                           AlarmKind kind, const AlarmMark& mark, absl::Time until,
                                           int limit) {
  const std::vector<db::Value> values = DueValues(province_code, kind, mark, until, limit);
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(FindersOf(kind).due, db::Values(values)));
  return AlarmsOf(rows, province_code, kind);
}

absl::StatusOr<std::vector<Alarm>> FindMissed(db::Tx& tx, absl::string_view province_code,
                                              AlarmKind kind, const AlarmMark& mark,
                                              absl::Time until, int limit) {
  std::vector<db::Value> values = DueValues(province_code, kind, mark, until, limit);
  values.emplace_back(static_cast<int>(kind));
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(FindersOf(kind).missed, db::Values(values)));
  return AlarmsOf(rows, province_code, kind);
}

absl::StatusOr<std::vector<Alarm>> FindUnanswered(db::Tx& tx, absl::string_view province_code,
                                                  const AlarmMark& mark, absl::Time now,
                                                  int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kFindUnanswered, {province_code, absl::ToUnixMicros(mark.due),
                                              mark.code, absl::ToUnixMicros(now), limit}));
  return AlarmsOf(rows, province_code, AlarmKind::kUnknown);
}

absl::StatusOr<AtCounter> CountAtCounter(db::Tx& tx, absl::string_view province_code,
                                         absl::Time answered_by) {
  ASSIGN_OR_RETURN(
      const db::Rows registered,
      tx.Query(kCountRegistered, {province_code, static_cast<int>(DossierState::kRegistered),
                                  kChannelOnline, absl::ToUnixMicros(answered_by)}));
  ASSIGN_OR_RETURN(
      const db::Rows processed,
      tx.Query(kCountProcessed, {province_code, static_cast<int>(DossierState::kProcessed)}));
  const auto since = [](const db::Row& row) {
    const std::optional<int64_t> us = row.OptInt(1);
    return us ? std::optional(absl::FromUnixMicros(*us)) : std::nullopt;
  };
  return AtCounter{.registered = registered[0].Int(0),
                   .registered_since = since(registered[0]),
                   .late = registered[0].Int(2),
                   .processed = processed[0].Int(0),
                   .processed_since = since(processed[0])};
}

db::Key AlarmsKey(absl::string_view province_code) {
  return {std::string(province_code), "alarms"};
}

absl::StatusOr<bool> InsertAlarm(db::Tx& tx, const Alarm& alarm) {
  ASSIGN_OR_RETURN(
      const int64_t inserted,
      tx.Exec(kInsertAlarm,
              {alarm.province_code, alarm.code, static_cast<int>(alarm.kind),
               absl::ToUnixMicros(alarm.due), absl::ToUnixMicros(alarm.fired), alarm.center}));
  return inserted > 0;
}

absl::StatusOr<std::vector<Alarm>> ListAlarms(db::Tx& tx, const AlarmQuery& query,
                                              absl::Span<const std::string> provinces) {
  const bool of_center = !query.center.empty();
  std::vector<Alarm> alarms;
  for (const std::string& province_code : provinces) {
    std::vector<db::Value> values = {
        province_code,    absl::ToUnixMicros(query.after_fired), query.after_code,
        query.after_kind, static_cast<int>(query.kind),          query.limit};
    if (of_center) values.emplace_back(query.center);
    ASSIGN_OR_RETURN(const db::Rows rows,
                     tx.Query(of_center ? kListAlarmsOfCenter : kListAlarms, db::Values(values)));
    for (const db::Row& row : rows) {
      alarms.push_back({province_code, row.Text(0), static_cast<AlarmKind>(row.Int(1)),
                        absl::FromUnixMicros(row.Int(2)), absl::FromUnixMicros(row.Int(3)),
                        row.Text(4)});
    }
  }
  if (provinces.size() == 1) return alarms;
  std::sort(alarms.begin(), alarms.end(), [](const Alarm& a, const Alarm& b) {
    return std::tie(a.fired, a.code, a.kind) < std::tie(b.fired, b.code, b.kind);
  });
  alarms.resize(std::min(alarms.size(), static_cast<size_t>(query.limit)));
  return alarms;
}

}  // namespace twotier::routing::store
