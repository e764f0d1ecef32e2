#include "services/routing/alarms.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/routing/handlers/steps.h"
#include "services/routing/store/alarm_store.h"

namespace twotier::routing {
namespace {

// Alarms of one transaction: some ten milliseconds, so that callers' units pass in between.
constexpr int kSliceMax = 500;
// Dossiers that one slice stops: each is a transaction of its own.
constexpr int kStopsMax = 50;

// Principal of what the process does by itself.
constexpr absl::string_view kOwnPrincipal = "system:routing";

prometheus::Family<prometheus::Counter>& Fired(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("twotier_routing_alarms_fired_total")
      .Help("Alarms that the clock of dossiers set off.")
      .Register(registry);
}

}  // namespace

Alarms::Alarms(const Parts& parts)
    : parts_(parts),
      due_soon_(Fired(*parts.metrics).Add({{"kind", "due_soon"}})),
      overdue_(Fired(*parts.metrics).Add({{"kind", "overdue"}})),
      unanswered_(Fired(*parts.metrics).Add({{"kind", "unanswered"}})),
      lag_(prometheus::BuildGauge()
               .Name("twotier_routing_alarm_lag_seconds")
               .Help("How late the last alarms were set off.")
               .Register(*parts.metrics)
               .Add({})),
      looked_(prometheus::BuildGauge()
                  .Name("twotier_routing_alarms_looked_timestamp_seconds")
                  .Help("Up to when every alarm has been set off.")
                  .Register(*parts.metrics)
                  .Add({})) {}

absl::StatusOr<bool> Alarms::RunSlice() {
  if (!parts_.leading()) return false;
  bool more = false;
  bool complete = true;
  const absl::Time began = parts_.clock->Now();
  const std::shared_ptr<const Snapshot> snapshot = parts_.env->snapshots->Get();
  for (const std::string& province_code : snapshot->units->ProvincesOn(VietnamDay(began))) {
    const absl::StatusOr<bool> left = RunProvince(province_code);
    if (left.ok()) {
      more = more || *left;
    } else {
      complete = false;
      parts_.log->Write(Severity::kWarning, "alarms_not_fired",
                        {{"province_code", province_code}, {"message", left.status().ToString()}});
    }
  }
  if (complete && !more) looked_.Set(absl::ToDoubleSeconds(began - absl::UnixEpoch()));
  return more;
}

absl::StatusOr<bool> Alarms::RunProvince(const std::string& province_code) {
  ASSIGN_OR_RETURN(const bool soon, FireDue(province_code, AlarmKind::kDueSoon));
  ASSIGN_OR_RETURN(const bool overdue, FireDue(province_code, AlarmKind::kOverdue));
  ASSIGN_OR_RETURN(const bool unanswered, StopUnanswered(province_code));
  return soon || overdue || unanswered;
}

absl::StatusOr<bool> Alarms::FireDue(const std::string& province_code, AlarmKind kind) {
  const absl::Time now = parts_.clock->Now();
  const absl::Time until = kind == AlarmKind::kDueSoon ? now + kDueSoonBefore : now;
  std::vector<Alarm> due;
  const auto find = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const store::AlarmMark mark, store::LoadAlarmMark(tx, province_code, kind));
    ASSIGN_OR_RETURN(due, store::FindDue(tx, province_code, kind, mark, until, kSliceMax));
    return absl::OkStatus();
  };
  // The mark moves with what is fired; while nothing is due nothing is written.
  RETURN_IF_ERROR(parts_.database->ReadNow(find));
  if (due.empty()) return false;
  const auto fire = [&](db::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(find(tx));
    for (Alarm& alarm : due) {
      alarm.fired = now;
      RETURN_IF_ERROR(store::InsertAlarm(tx, alarm));
    }
    if (due.empty()) return absl::OkStatus();
    return store::StoreAlarmMark(tx, province_code, kind, {due.back().due, due.back().code});
  };
  RETURN_IF_ERROR(parts_.database->Write({{province_code, "alarms"}}, fire));
  if (due.empty()) return false;
  const absl::Duration early = kind == AlarmKind::kDueSoon ? kDueSoonBefore : absl::ZeroDuration();
  Count(kind, due.size(), now - (due.front().due - early));
  return due.size() == kSliceMax;
}

absl::StatusOr<bool> Alarms::StopUnanswered(const std::string& province_code) {
  const absl::Time now = parts_.clock->Now();
  std::vector<Alarm> unanswered;
  const auto find = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(unanswered, store::FindUnanswered(tx, province_code, now, kStopsMax));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(parts_.database->ReadNow(find));
  for (Alarm& alarm : unanswered) {
    Call call;
    call.now = now;
    call.principal.name = std::string(kOwnPrincipal);
    call.new_id = parts_.ids->New(now);
    alarm.fired = now;
    const std::string name = absl::StrCat("provinces/", province_code, "/dossiers/", alarm.code);
    bool stopped = false;
    const auto stop = [&](db::Tx& tx) {
      return handlers::StopUnanswered(*parts_.env, call, alarm, tx, stopped);
    };
    RETURN_IF_ERROR(parts_.database->Write({{province_code, name}}, stop));
    if (stopped) Count(AlarmKind::kUnanswered, 1, now - alarm.due);
  }
  return unanswered.size() == kStopsMax;
}

void Alarms::Count(AlarmKind kind, size_t fired, absl::Duration lag) {
  prometheus::Counter& counter = kind == AlarmKind::kDueSoon   ? due_soon_
                                 : kind == AlarmKind::kOverdue ? overdue_
                                                               : unanswered_;
  counter.Increment(static_cast<double>(fired));
  lag_.Set(absl::ToDoubleSeconds(lag));
}

}  // namespace twotier::routing
