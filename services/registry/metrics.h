// What the register tells of its subject matter, apart from how its RPCs fare. Province codes are
// labels, ids of units, centers and systems never.
#ifndef TWOTIER_SERVICES_REGISTRY_METRICS_H_
#define TWOTIER_SERVICES_REGISTRY_METRICS_H_

#include "absl/time/time.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/registry/heartbeats.h"
#include "services/registry/snapshot.h"

namespace twotier::registry {

// twotier_registry_systems{state}, _incidents_open{province_code},
// _incidents_overdue{province_code}, _center_overrides{province_code}, _communes_uncovered,
// _succession_unplanned{service, when}: what changes of units leave open and nobody planned, "due"
// for those in force, "ahead" for those to come; services outside of the suite are "other".
// Thread-safe.
class RegisterMetrics {
 public:
  explicit RegisterMetrics(prometheus::Registry& registry);

  // Sets every series as of `now`.
  void Set(const Snapshot& snapshot, const Heartbeats& heartbeats, absl::Time now);

 private:
  prometheus::Family<prometheus::Gauge>& systems_;
  prometheus::Family<prometheus::Gauge>& incidents_open_;
  prometheus::Family<prometheus::Gauge>& incidents_overdue_;
  prometheus::Family<prometheus::Gauge>& overrides_;
  prometheus::Gauge& uncovered_;
  prometheus::Family<prometheus::Gauge>& unplanned_;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_METRICS_H_
