// Shows what lies at the counters of a province: what nobody receives, and what nobody returns.
#ifndef TWOTIER_SERVICES_ROUTING_COUNTER_METRICS_H_
#define TWOTIER_SERVICES_ROUTING_COUNTER_METRICS_H_

#include <array>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/routing/store/alarm_store.h"

namespace twotier::routing {

// No clock runs before a dossier is received and behind its result, so that neither is in a list of
// what is due.
//
// Metrics, all by province_code, of what was numbered there:
// twotier_routing_unreceived_dossiers, twotier_routing_unreturned_dossiers: how many;
// twotier_routing_unreceived_oldest_seconds, twotier_routing_unreturned_oldest_seconds: for how
// long the oldest of them has waited, 0 where there is none; twotier_routing_unreceived_late: those
// handed in online whose eight working hours are over (OnlineToBeAnswered).
//
// Not thread-safe.
class CounterMetrics {
 public:
  explicit CounterMetrics(prometheus::Registry& registry);

  // It is time to count again.
  bool IsDue(const std::string& province_code, absl::Time now) const;
  void Show(const std::string& province_code, const store::AtCounter& counted, absl::Time now);
  // Another process counts.
  void Forget();

 private:
  static constexpr size_t kFamilies = 5;
  struct Shown {
    absl::Time counted;
    std::array<prometheus::Gauge*, kFamilies> gauges = {};
  };

  const std::array<prometheus::Family<prometheus::Gauge>*, kFamilies> families_;
  std::map<std::string, Shown> shown_;  // By province.
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_COUNTER_METRICS_H_
