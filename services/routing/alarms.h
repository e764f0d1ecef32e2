// Sets off what the clock of dossiers says: due soon, overdue, stopped because nobody answered.
#ifndef TWOTIER_SERVICES_ROUTING_ALARMS_H_
#define TWOTIER_SERVICES_ROUTING_ALARMS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/server/work_parts.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/routing/domain/alarm.h"
#include "services/routing/handlers/env.h"

namespace twotier::routing {

// Nothing is kept for each dossier: due dates stand in an index, and a mark for each province says
// up to where it has been looked at. A slice fires what lies between mark and now and moves the
// mark, in one transaction; so an alarm is set off once, also across restarts and processes. A
// province that fails does not hold up the others.
//
// Metrics: twotier_routing_alarms_fired_total{kind}; twotier_routing_alarm_lag_seconds: how late
// the last slice that fired anything was; twotier_routing_alarms_looked_timestamp_seconds: the
// instant of the last look that left nothing to be set off in any province, which stands still when
// a province fails.
//
// Not thread-safe.
class Alarms {
 public:
  using Parts = server::WorkParts<handlers::Env>;
  explicit Alarms(const Parts& parts);

  // One slice of every province. True: there is more at once. Never fails as a whole.
  absl::StatusOr<bool> RunSlice();

 private:
  absl::StatusOr<bool> RunProvince(const std::string& province_code);
  absl::StatusOr<bool> FireDue(const std::string& province_code, AlarmKind kind);
  absl::StatusOr<bool> StopUnanswered(const std::string& province_code);
  void Count(AlarmKind kind, size_t fired, absl::Duration lag);

  const Parts parts_;
  prometheus::Counter& due_soon_;
  prometheus::Counter& overdue_;
  prometheus::Counter& unanswered_;
  prometheus::Gauge& lag_;
  prometheus::Gauge& looked_;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_ALARMS_H_
