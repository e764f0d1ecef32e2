// Lets orders take effect on their day, allowances fall, posts begin and end.
#ifndef TWOTIER_SERVICES_PERSONNEL_DUE_EFFECTS_H_
#define TWOTIER_SERVICES_PERSONNEL_DUE_EFFECTS_H_

#include "absl/status/statusor.h"
#include "common/server/work_parts.h"
#include "common/shown_lag.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/personnel/handlers/env.h"
#include "services/personnel/store/due_store.h"

namespace twotier::personnel {

// Each effect is a unit of work of its own that takes its row off the list: it happens once, also
// across restarts and processes. One that fails stands aside with its reason and holds up no other,
// however many fail; it is tried again after a second, and after twice as long each further time.
//
// Metrics: twotier_personnel_effects_applied_total; twotier_personnel_effects_failed: those that
// wait to be tried again; twotier_personnel_effect_lag_seconds: how late the oldest effect of the
// last look or of those that wait is, from the beginning of its day: the largest of some two
// minutes, 0 when there was none;
// twotier_personnel_effects_looked_timestamp_seconds: instant of the last look that left nothing
// undone.
//
// Not thread-safe.
class DueEffects {
 public:
  using Parts = server::WorkParts<handlers::Env>;
  explicit DueEffects(const Parts& parts);

  // Applies what is due, a bounded number. True: there is more at once. Errors: those of the
  // database.
  absl::StatusOr<bool> RunSlice();

 private:
  absl::Status Apply(const store::DueEffect& due, absl::Time now) const;
  absl::Status StandAside(const store::DueEffect& due, const absl::Status& why,
                          absl::Time now) const;
  // Tells how late things are when `oldest` was the first of what this look found.
  absl::Status Report(const store::DueEffect* oldest, absl::Time now);

  const Parts parts_;
  prometheus::Counter& applied_;
  prometheus::Gauge& failed_;
  prometheus::Gauge& lag_;
  prometheus::Gauge& looked_;
  ShownLag shown_lag_;
};

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DUE_EFFECTS_H_
