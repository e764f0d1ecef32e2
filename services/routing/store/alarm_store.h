// Alarms of dossiers in the database, and how far the clock has been looked at. Errors of all
// functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_ALARM_STORE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_ALARM_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/db/database.h"
#include "common/db/db.h"
#include "services/routing/domain/alarm.h"

namespace twotier::routing::store {

// A place in the order of (due time, code): everything up to it has been looked at.
struct AlarmMark {
  absl::Time due = absl::UnixEpoch();
  std::string code;
};
absl::StatusOr<AlarmMark> LoadAlarmMark(db::Tx& tx, absl::string_view province_code,
                                        AlarmKind kind);
absl::Status StoreAlarmMark(db::Tx& tx, absl::string_view province_code, AlarmKind kind,
                            const AlarmMark& mark);

// Dossiers behind `mark` that are due before `until` and that nobody waits for: at most `limit`, in
// order of (due time, code). For kOverdue a pause that began after the due time does not count; for
// kDueSoon what was received within kDueSoonBefore of its due time does not. For kUnanswered and
// kAgencySilent those of other systems whose applicant, or whose agency, was to answer, in order of
// (date to answer by, code).
absl::StatusOr<std::vector<Alarm>> FindDue(db::Tx& tx, absl::string_view province_code,
                                           AlarmKind kind, const AlarmMark& mark, absl::Time until,
                                           int limit);

// Those of FindDue whose alarm of the kind was not set off.
absl::StatusOr<std::vector<Alarm>> FindMissed(db::Tx& tx, absl::string_view province_code,
                                              AlarmKind kind, const AlarmMark& mark,
                                              absl::Time until, int limit);

// Dossiers of this system behind `mark` that were to be answered before `now`: at most `limit`,
// longest ago first. Of which kind the alarms are is not looked at.
absl::StatusOr<std::vector<Alarm>> FindUnanswered(db::Tx& tx, absl::string_view province_code,
                                                  const AlarmMark& mark, absl::Time now, int limit);

// What lies at the counters of a province.
struct AtCounter {
  int64_t registered = 0;                      // Neither received nor refused.
  std::optional<absl::Time> registered_since;  // The oldest of them; nullopt: there is none.
  int64_t late = 0;                            // Of them handed in online before `answered_by`.
  int64_t processed = 0;                       // Its result is not returned.
  std::optional<absl::Time> processed_since;
};
absl::StatusOr<AtCounter> CountAtCounter(db::Tx& tx, absl::string_view province_code,
                                         absl::Time answered_by);

// Whoever sets off alarms of a province that it has found, or moves them, rests on it.
db::Key AlarmsKey(absl::string_view province_code);

// Sets it off. False: it was before; the same alarm twice is one.
absl::StatusOr<bool> InsertAlarm(db::Tx& tx, const Alarm& alarm);

struct AlarmQuery {
  std::string center;                    // Empty: any.
  AlarmKind kind = AlarmKind::kUnknown;  // kUnknown: any.
  // Key of the last alarm before the page.
  absl::Time after_fired = absl::UnixEpoch();
  std::string after_code;
  int after_kind = 0;
  int limit = 0;
};
// In order of (fired, code, kind), of the dossiers of all `provinces`.
absl::StatusOr<std::vector<Alarm>> ListAlarms(db::Tx& tx, const AlarmQuery& query,
                                              absl::Span<const std::string> provinces);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_ALARM_STORE_H_
