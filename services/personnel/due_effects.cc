#include "services/personnel/due_effects.h"

#include <string>
#include <vector>

#include "common/status_macros.h"
#include "services/personnel/handlers/due.h"

namespace twotier::personnel {
namespace {

// Effects of one look. A national first of January has some thousands.
constexpr int kSliceMax = 500;

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
                    "Effects that could not be applied at the last look.")),
      lag_(Gauge(*parts.metrics, "twotier_personnel_effect_lag_seconds",
                 "How late the oldest effect of the last look was.")),
      looked_(Gauge(*parts.metrics, "twotier_personnel_effects_looked_timestamp_seconds",
                    "Last look that left nothing undone.")) {}

absl::StatusOr<bool> DueEffects::RunSlice() {
  if (!parts_.leading()) return false;
  const absl::Time now = parts_.clock->Now();
  std::vector<store::DueEffect> due;
  RETURN_IF_ERROR(parts_.database->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(due, store::ListDue(tx, VietnamDay(now), kSliceMax));
    return absl::OkStatus();
  }));
  if (!due.empty()) {
    lag_.Set(absl::ToDoubleSeconds(now - absl::FromCivil(due.front().day, VietnamTimeZone())));
  }
  size_t failed = 0;
  for (const store::DueEffect& effect : due) {
    const absl::Status status = Apply(effect, now);
    if (status.ok()) {
      applied_.Increment();
      continue;
    }
    ++failed;
    parts_.log->Write(Severity::kWarning, "effect_not_applied",
                      {{"province_code", effect.province_code},
                       {"subject", effect.subject},
                       {"message", status.ToString()}});
  }
  failed_.Set(static_cast<double>(failed));
  if (failed == 0) looked_.Set(absl::ToDoubleSeconds(now - absl::UnixEpoch()));
  // With failures the next look waits: it begins with the same ones.
  return failed == 0 && due.size() == kSliceMax;
}

absl::Status DueEffects::Apply(const store::DueEffect& due, absl::Time now) {
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

}  // namespace twotier::personnel
