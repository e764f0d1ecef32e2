#include "services/routing/alarms.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/routing/handlers/steps.h"
#include "services/routing/settled.h"
#include "services/routing/store/alarm_store.h"

namespace twotier::routing {
namespace {

// Alarms of one transaction: some ten milliseconds, so that callers' units pass in between.
constexpr int kSliceMax = 500;
// Dossiers that one slice stops: each is a transaction of its own.
constexpr int kStopsMax = 50;

// Principal of what the process does by itself.
constexpr absl::string_view kOwnPrincipal = "system:routing";

// How long before its date an alarm is set off.
absl::Duration Ahead(AlarmKind kind) {
  return kind == AlarmKind::kDueSoon ? kDueSoonBefore : absl::ZeroDuration();
}

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
      agency_silent_(Fired(*parts.metrics).Add({{"kind", "agency_silent"}})),
      lags_(
          prometheus::BuildGauge()
              .Name("twotier_routing_alarm_lag_seconds")
              .Help("How late the last look at a province set off alarms; 0 when nothing was due.")
              .Register(*parts.metrics)),
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
  // Of any day: the dossiers of a province that was merged stay under its code.
  const std::set<std::string> provinces = parts_.env->snapshots->Get()->units->Provinces();
  if (provinces.empty()) return false;  // No unit is known yet: nothing can be looked at.
  for (const std::string& province_code : provinces) {
    lag_ = absl::ZeroDuration();
    const absl::StatusOr<bool> left = RunProvince(province_code);
    if (left.ok()) {
      more = more || *left;
    } else {
      complete = false;
      parts_.log->Write(Severity::kWarning, "alarms_not_fired",
                        {{"province_code", province_code}, {"message", left.status().ToString()}});
    }
    // A province that fails is not in time because it has set off nothing.
    if (left.ok() || lag_ > absl::ZeroDuration()) {
      lags_.Add({{"province_code", province_code}}).Set(absl::ToDoubleSeconds(lag_));
    }
    complete = complete && !refusals_[province_code].any();
  }
  if (complete && !more) looked_.Set(absl::ToDoubleSeconds(began - absl::UnixEpoch()));
  return more;
}

absl::StatusOr<bool> Alarms::RunProvince(const std::string& province_code) {
  bool more = false;
  for (const AlarmKind kind :
       {AlarmKind::kDueSoon, AlarmKind::kOverdue, AlarmKind::kAgencySilent}) {
    ASSIGN_OR_RETURN(const bool due, FireDue(province_code, kind));
    ASSIGN_OR_RETURN(const bool missed, FireMissed(province_code, kind));
    more = more || due || missed;
  }
  ASSIGN_OR_RETURN(const bool unanswered, StopUnanswered(province_code));
  return more || unanswered;
}

absl::StatusOr<bool> Alarms::FireDue(const std::string& province_code, AlarmKind kind) {
  const absl::Time now = parts_.clock->Now();
  const auto find = [&](db::Tx& tx) -> absl::StatusOr<std::vector<Alarm>> {
    ASSIGN_OR_RETURN(const store::AlarmMark mark, store::LoadAlarmMark(tx, province_code, kind));
    return store::FindDue(tx, province_code, kind, mark, now + Ahead(kind), kSliceMax);
  };
  // The mark moves with what is fired.
  const auto move = [&](db::Tx& tx, const store::AlarmMark& mark) {
    return store::StoreAlarmMark(tx, province_code, kind, mark);
  };
  ASSIGN_OR_RETURN(const std::vector<Alarm> fired, Fire(province_code, kind, now, find, move));
  return fired.size() == kSliceMax;
}

absl::StatusOr<bool> Alarms::FireMissed(const std::string& province_code, AlarmKind kind) {
  const absl::Time now = parts_.clock->Now();
  const absl::Time until = now - kSettled + Ahead(kind);
  store::AlarmMark& behind = settled_[{province_code, kind}];
  // Now and then is enough, unless a look is under way.
  if (behind.code.empty() && until - behind.due < kSettled) return false;
  store::AlarmMark from = behind;
  // What has passed is not announced any more.
  if (kind == AlarmKind::kDueSoon && from.due < now) from = {now, ""};
  const auto find = [&](db::Tx& tx) {
    return store::FindMissed(tx, province_code, kind, from, until, kSliceMax);
  };
  const auto stay = [](db::Tx&, const store::AlarmMark&) { return absl::OkStatus(); };
  ASSIGN_OR_RETURN(const std::vector<Alarm> fired, Fire(province_code, kind, now, find, stay));
  const bool more = fired.size() == kSliceMax;
  behind =
      more ? store::AlarmMark{fired.back().due, fired.back().code} : store::AlarmMark{until, ""};
  return more;
}

absl::StatusOr<std::vector<Alarm>> Alarms::Fire(const std::string& province_code, AlarmKind kind,
                                                absl::Time now, const Find& find,
                                                const Move& move) {
  std::vector<Alarm> due;
  const auto look = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(due, find(tx));
    return absl::OkStatus();
  };
  // While nothing is due nothing is written.
  RETURN_IF_ERROR(parts_.database->ReadNow(look));
  if (due.empty()) return due;
  const auto fire = [&](db::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(look(tx));
    for (Alarm& alarm : due) {
      alarm.fired = now;
      RETURN_IF_ERROR(store::InsertAlarm(tx, alarm));
    }
    if (due.empty()) return absl::OkStatus();
    return move(tx, {due.back().due, due.back().code});
  };
  RETURN_IF_ERROR(parts_.database->Write({{province_code, "alarms"}}, fire));
  if (!due.empty()) Count(kind, due.size(), now - (due.front().due - Ahead(kind)));
  return due;
}

absl::StatusOr<bool> Alarms::StopUnanswered(const std::string& province_code) {
  const absl::Time now = parts_.clock->Now();
  Refusals& look = refusals_[province_code];
  if (now < look.again) return false;
  std::vector<Alarm> unanswered;
  const auto find = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(unanswered,
                     store::FindUnanswered(tx, province_code, look.behind, now, kStopsMax));
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
    const absl::Status stored = parts_.database->Write({{province_code, name}}, stop);
    // That is the database and not the dossier.
    if (absl::IsUnavailable(stored) || absl::IsResourceExhausted(stored)) return stored;
    if (!stored.ok()) {
      look.refused = true;
      parts_.log->Write(Severity::kWarning, "dossier_not_stopped",
                        {{"dossier", name}, {"message", stored.ToString()}});
    } else if (stopped) {
      Count(AlarmKind::kUnanswered, 1, now - alarm.due);
    }
  }
  if (unanswered.size() == kStopsMax) {
    look.behind = {unanswered.back().due, unanswered.back().code};
    return true;
  }
  const bool refused = std::exchange(look, {}).refused;
  if (refused) look.again = now + kSettled;
  return false;
}

void Alarms::Count(AlarmKind kind, size_t fired, absl::Duration lag) {
  prometheus::Counter& counter = kind == AlarmKind::kDueSoon        ? due_soon_
                                 : kind == AlarmKind::kOverdue      ? overdue_
                                 : kind == AlarmKind::kAgencySilent ? agency_silent_
                                                                    : unanswered_;
  counter.Increment(static_cast<double>(fired));
  lag_ = std::max(lag_, lag);
}

}  // namespace twotier::routing
