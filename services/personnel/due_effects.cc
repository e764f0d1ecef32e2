#include "services/personnel/due_effects.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/errors.h"
#include "common/ledger/ledger.h"
#include "common/status_macros.h"
#include "services/personnel/handlers/due.h"

namespace twotier::personnel {
namespace {

// Effects of one look. A national first of January has some thousands.
constexpr int kSliceMax = 500;

// A lost race is over after the first wait; what needs somebody's hand is looked at that often.
constexpr absl::Duration kFirstWait = absl::Seconds(1);
constexpr absl::Duration kWaitMax = absl::Minutes(10);

// Principal of what the process does by itself.
constexpr absl::string_view kOwnPrincipal = "system:personnel";

prometheus::Gauge& Gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

DueEffects::DueEffects(const Parts& parts)
    : parts_(parts),
      applied_(prometheus::BuildCounter()
                   .Name("twotier_personnel_effects_applied_total")
                   .Help("Beginnings, ends and falls that took effect on their day.")
                   .Register(*parts.metrics)
                   .Add({})),
      failed_(Gauge(*parts.metrics, "twotier_personnel_effects_failed",
                    "Effects that could not be applied and wait to be tried again.")),
      lag_(Gauge(*parts.metrics, "twotier_personnel_effect_lag_seconds",
                 "How late the oldest effect is that was found or waits: the largest of some two"
                 " minutes.")),
      looked_(Gauge(*parts.metrics, "twotier_personnel_effects_looked_timestamp_seconds",
                    "Last look that left nothing undone.")) {}

absl::StatusOr<bool> DueEffects::RunSlice() {
  if (!parts_.leading()) return false;
  const absl::Time now = parts_.clock->Now();
  std::vector<store::DueEffect> due;
  RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(due, store::ListDue(tx, VietnamDay(now), now, kSliceMax));
    return absl::OkStatus();
  }));
  for (const store::DueEffect& effect : due) {
    const absl::Status status = Apply(effect, now);
    if (status.ok()) {
      applied_.Increment();
    } else {
      RETURN_IF_ERROR(StandAside(effect, status, now));
    }
  }
  RETURN_IF_ERROR(Report(due.empty() ? nullptr : &due.front(), now));
  return due.size() == kSliceMax;
}

absl::Status DueEffects::Apply(const store::DueEffect& due, absl::Time now) const {
  Call call;
  call.now = now;
  call.principal.name = std::string(kOwnPrincipal);
  call.new_id = parts_.ids->New(now);
  std::vector<db::Key> keys;
  RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(keys, handlers::KeysOf(tx, due));
    return absl::OkStatus();
  }));
  return parts_.database->Write(
      keys, [&](db::Tx& tx) { return handlers::ApplyDue(*parts_.env, call, due, tx); });
}

absl::Status DueEffects::StandAside(const store::DueEffect& due, const absl::Status& why,
                                    absl::Time now) const {
  const std::optional<error::Reason> found = error::ReasonOf(why);
  const std::string reason = found ? found->reason : absl::StatusCodeToString(why.code());
  parts_.log->Write(Severity::kWarning, "effect_not_applied",
                    {{"province_code", due.province_code},
                     {"subject", due.subject},
                     {"reason", reason},
                     {"message", why.ToString()}});
  absl::Duration wait = kFirstWait;
  for (int64_t i = 0; i < due.failures && wait < kWaitMax; ++i) wait *= 2;
  return parts_.database->Write(
      {{due.province_code, std::string(ledger::kKeyName)}}, [&](db::Tx& tx) {
        return store::StandAside(tx, due, reason, now + std::min(wait, kWaitMax));
      });
}

absl::Status DueEffects::Report(const store::DueEffect* oldest, absl::Time now) {
  store::Failing failing;
  RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(failing, store::CountFailing(tx));
    return absl::OkStatus();
  }));
  std::optional<absl::CivilDay> day;
  if (oldest != nullptr) day = oldest->day;
  if (failing.effects > 0) day = day ? std::min(*day, failing.first_day) : failing.first_day;
  const absl::Duration lag =
      day ? now - absl::FromCivil(*day, VietnamTimeZone()) : absl::ZeroDuration();
  lag_.Set(absl::ToDoubleSeconds(shown_lag_.Show(lag, now)));
  failed_.Set(static_cast<double>(failing.effects));
  if (failing.effects == 0) looked_.Set(absl::ToDoubleSeconds(now - absl::UnixEpoch()));
  return absl::OkStatus();
}

}  // namespace twotier::personnel
