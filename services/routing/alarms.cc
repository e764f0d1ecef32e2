#include "services/routing/alarms.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/status_macros.h"
#include "services/routing/domain/dossier_clock.h"
#include "services/routing/handlers/steps.h"
#include "services/routing/settled.h"
#include "services/routing/store/alarm_store.h"

namespace twotier::routing {
namespace {

// Alarms of one transaction: some ten milliseconds, so that callers' units pass in between.
constexpr int kSliceMax = 500;
// Unanswered dossiers that one slice lets go on: each is a transaction of its own.
constexpr int kUnansweredMax = 50;

// How long before its date an alarm is set off.
absl::Duration Ahead(AlarmKind kind) {
  return kind == AlarmKind::kDueSoon ? kDueSoonBefore : absl::ZeroDuration();
}

prometheus::Family<prometheus::Counter>& Fired(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("twotier_routing_alarms_fired_total")
      .Help(
          "Alarms that looks at dates have set off; those that a step or an import brings with it"
          " are not counted.")
      .Register(registry);
}

}  // namespace

Alarms::Alarms(const Parts& parts)
    : parts_(parts),
      due_soon_(Fired(*parts.metrics).Add({{"kind", "due_soon"}})),
      overdue_(Fired(*parts.metrics).Add({{"kind", "overdue"}})),
      unanswered_(Fired(*parts.metrics).Add({{"kind", "unanswered"}})),
      agency_silent_(Fired(*parts.metrics).Add({{"kind", "agency_silent"}})),
      lags_(prometheus::BuildGauge()
                .Name("twotier_routing_alarm_lag_seconds")
                .Help("How late looks at a province have set off alarms: the largest of some two"
                      " minutes; 0 when nothing was due.")
                .Register(*parts.metrics)),
      looked_(prometheus::BuildGauge()
                  .Name("twotier_routing_alarms_looked_timestamp_seconds")
                  .Help("Up to when every alarm has been set off.")
                  .Register(*parts.metrics)),
      at_counter_(*parts.metrics) {}

absl::StatusOr<bool> Alarms::RunSlice() {
  if (!parts_.leading()) {
    SayNothing();
    return false;
  }
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
    if (left.ok() || lag_ > absl::ZeroDuration()) ShowLag(province_code);
    complete = complete && !refusals_[province_code].any();
  }
  if (looked_gauge_ == nullptr) looked_gauge_ = &looked_.Add({});
  if (complete && !more) looked_gauge_->Set(absl::ToDoubleSeconds(began - absl::UnixEpoch()));
  return more;
}

void Alarms::ShowLag(const std::string& province_code) {
  Lag& shown = shown_[province_code];
  if (shown.gauge == nullptr) shown.gauge = &lags_.Add({{"province_code", province_code}});
  shown.gauge->Set(absl::ToDoubleSeconds(shown.lag.Show(lag_, parts_.clock->Now())));
}

void Alarms::SayNothing() {
  for (const auto& [province_code, lag] : shown_) lags_.Remove(lag.gauge);
  shown_.clear();
  at_counter_.Forget();
  if (looked_gauge_ != nullptr) looked_.Remove(looked_gauge_);
  looked_gauge_ = nullptr;
}

absl::StatusOr<bool> Alarms::RunProvince(const std::string& province_code) {
  const absl::Time now = parts_.clock->Now();
  std::vector<Look> looks;
  for (const AlarmKind kind : {AlarmKind::kDueSoon, AlarmKind::kOverdue, AlarmKind::kUnanswered,
                               AlarmKind::kAgencySilent}) {
    looks.push_back(FirstLook(province_code, kind, now));
    if (auto second = SecondLook(province_code, kind, now)) looks.push_back(*std::move(second));
  }
  const store::AlarmMark& behind = refusals_[province_code].behind;
  std::vector<Alarm> unanswered;
  std::optional<store::AtCounter> at_counter;
  // Mostly nothing is due, which one read tells.
  RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    for (Look& look : looks) {
      ASSIGN_OR_RETURN(look.found, look.find(tx));
    }
    ASSIGN_OR_RETURN(unanswered,
                     store::FindUnanswered(tx, province_code, behind, now, kUnansweredMax));
    if (at_counter_.IsDue(province_code, now)) {
      ASSIGN_OR_RETURN(at_counter,
                       store::CountAtCounter(tx, province_code, AnsweredBy(province_code, now)));
    }
    return absl::OkStatus();
  }));
  if (at_counter) at_counter_.Show(province_code, *at_counter, now);
  bool more = false;
  for (Look& look : looks) {
    RETURN_IF_ERROR(Fire(province_code, now, look));
    const bool left = look.found.size() == kSliceMax;
    if (look.ended) look.ended(look.found, left);
    more = more || left;
  }
  ASSIGN_OR_RETURN(const bool left, GoOn(province_code, now, std::move(unanswered)));
  return more || left;
}

absl::Time Alarms::AnsweredBy(const std::string& province_code, absl::Time now) const {
  const std::shared_ptr<const Snapshot> snapshot = parts_.env->snapshots->Get();
  // Without a calendar nobody can receive anything.
  if (snapshot->calendar == nullptr) return absl::UnixEpoch();
  return OnlineToBeAnswered(*snapshot->calendar, now, province_code).value_or(absl::UnixEpoch());
}

Alarms::Look Alarms::FirstLook(const std::string& province_code, AlarmKind kind, absl::Time now) {
  Look look{.kind = kind};
  look.find = [=](db::Tx& tx) -> absl::StatusOr<std::vector<Alarm>> {
    ASSIGN_OR_RETURN(const store::AlarmMark mark, store::LoadAlarmMark(tx, province_code, kind));
    return store::FindDue(tx, province_code, kind, mark, now + Ahead(kind), kSliceMax);
  };
  // The mark moves with what is fired.
  look.move = [=](db::Tx& tx, const store::AlarmMark& mark) {
    return store::StoreAlarmMark(tx, province_code, kind, mark);
  };
  return look;
}

std::optional<Alarms::Look> Alarms::SecondLook(const std::string& province_code, AlarmKind kind,
                                               absl::Time now) {
  const absl::Time until = now - kSettled + Ahead(kind);
  store::AlarmMark& behind = settled_[{province_code, kind}];
  // Now and then is enough, unless a look is under way.
  if (behind.code.empty() && until - behind.due < kSettled) return std::nullopt;
  store::AlarmMark from = behind;
  // What has passed is not announced any more.
  if (kind == AlarmKind::kDueSoon && from.due < now) from = {now, ""};
  Look look{.kind = kind};
  look.find = [=](db::Tx& tx) {
    return store::FindMissed(tx, province_code, kind, from, until, kSliceMax);
  };
  look.move = [](db::Tx&, const store::AlarmMark&) { return absl::OkStatus(); };
  look.ended = [&behind, until](const std::vector<Alarm>& fired, bool more) {
    behind =
        more ? store::AlarmMark{fired.back().due, fired.back().code} : store::AlarmMark{until, ""};
  };
  return look;
}

absl::Status Alarms::Fire(const std::string& province_code, absl::Time now, Look& look) {
  if (look.found.empty()) return absl::OkStatus();
  // A step may have set off some of them by itself.
  size_t fired = 0;
  absl::Time longest_ago;
  const auto fire = [&](db::Tx& tx) -> absl::Status {
    fired = 0;
    ASSIGN_OR_RETURN(look.found, look.find(tx));
    for (Alarm& alarm : look.found) {
      alarm.fired = now;
      ASSIGN_OR_RETURN(const bool inserted, store::InsertAlarm(tx, alarm));
      if (inserted && ++fired == 1) longest_ago = alarm.due;
    }
    if (look.found.empty()) return absl::OkStatus();
    return look.move(tx, {look.found.back().due, look.found.back().code});
  };
  RETURN_IF_ERROR(parts_.database->Write({store::AlarmsKey(province_code)}, fire));
  if (fired > 0) Count(look.kind, fired, now - (longest_ago - Ahead(look.kind)));
  return absl::OkStatus();
}

absl::StatusOr<bool> Alarms::GoOn(const std::string& province_code, absl::Time now,
                                  std::vector<Alarm> unanswered) {
  Refusals& refusals = refusals_[province_code];
  for (Alarm& alarm : unanswered) {
    const auto before = refusals.again.find(alarm.code);
    if (before != refusals.again.end() && now < before->second) {
      refusals.met.insert(*before);
      continue;
    }
    Call call;
    call.now = now;
    call.principal.name = std::string(handlers::kOwnPrincipal);
    call.new_id = parts_.ids->New(now);
    alarm.fired = now;
    const std::string name = alarm.DossierName();
    std::optional<AlarmKind> set_off;
    const auto go_on = [&](db::Tx& tx) {
      return handlers::GoOnUnanswered(*parts_.env, call, alarm, tx, set_off);
    };
    const absl::Status stored = parts_.database->Write({{province_code, name}}, go_on);
    // That is the database and not the dossier.
    if (absl::IsUnavailable(stored) || absl::IsResourceExhausted(stored)) return stored;
    if (!stored.ok()) {
      refusals.met[alarm.code] = now + kSettled;
      const absl::Status told =
          parts_.database->Write({{province_code, name}, store::AlarmsKey(province_code)},
                                 [&](db::Tx& tx) { return handlers::TellUnanswered(alarm, tx); });
      parts_.log->Write(Severity::kWarning, "dossier_still_unanswered",
                        {{"dossier", name},
                         {"message", stored.ToString()},
                         {"alarm", told.ok() ? "recorded" : told.ToString()}});
    } else if (set_off) {
      Count(*set_off, 1, now - alarm.due);
    }
  }
  if (unanswered.size() == kUnansweredMax) {
    refusals.behind = {unanswered.back().due, unanswered.back().code};
    return true;
  }
  // What nobody has met any more has gone on otherwise.
  refusals = {.behind = {}, .again = std::move(refusals.met), .met = {}};
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
