// What routing tells of its subject matter, apart from how its RPCs fare.
#ifndef TWOTIER_SERVICES_ROUTING_METRICS_H_
#define TWOTIER_SERVICES_ROUTING_METRICS_H_

#include <memory>

#include "absl/time/time.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/routing/snapshot.h"

namespace twotier::routing {

// twotier_routing_procedures{state}, _competence_holes, _competence_overlaps: of today.
// Not thread-safe.
class RoutingMetrics {
 public:
  explicit RoutingMetrics(prometheus::Registry& registry);

  // Sets every series as of `now`. Computes nothing while neither date nor data have changed.
  void Set(const std::shared_ptr<const Snapshot>& snapshot, absl::Time now);

 private:
  prometheus::Gauge& published_;
  prometheus::Gauge& drafts_;
  prometheus::Gauge& holes_;
  prometheus::Gauge& overlaps_;
  int64_t catalogue_version_ = -1;
  int64_t units_change_ = -1;
  absl::CivilDay day_;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_METRICS_H_
