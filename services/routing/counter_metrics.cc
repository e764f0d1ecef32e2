#include "services/routing/counter_metrics.h"

#include <optional>

namespace twotier::routing {
namespace {

// Counting reads every dossier that waits; who watches waits for hours.
constexpr absl::Duration kCountedAgain = absl::Minutes(1);

prometheus::Family<prometheus::Gauge>* MakeFamily(prometheus::Registry& registry, const char* name,
                                                  const char* help) {
  return &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

double Age(const std::optional<absl::Time>& since, absl::Time now) {
  return since && *since < now ? absl::ToDoubleSeconds(now - *since) : 0;
}

}  // namespace

CounterMetrics::CounterMetrics(prometheus::Registry& registry)
    : families_{
          MakeFamily(registry, "twotier_routing_unreceived_dossiers",
                     "Dossiers that are neither received nor refused."),
          MakeFamily(registry, "twotier_routing_unreceived_oldest_seconds",
                     "For how long the oldest of them has waited; 0: there is none."),
          MakeFamily(registry, "twotier_routing_unreceived_late",
                     "Of them those handed in online whose eight working hours are over."),
          MakeFamily(registry, "twotier_routing_unreturned_dossiers",
                     "Dossiers that are processed and whose result is not returned."),
          MakeFamily(registry, "twotier_routing_unreturned_oldest_seconds",
                     "For how long the oldest of them has waited; 0: there is none."),
      } {}

bool CounterMetrics::IsDue(const std::string& province_code, absl::Time now) const {
  const auto shown = shown_.find(province_code);
  return shown == shown_.end() || now - shown->second.counted >= kCountedAgain;
}

void CounterMetrics::Show(const std::string& province_code, const store::AtCounter& counted,
                          absl::Time now) {
  Shown& shown = shown_[province_code];
  shown.counted = now;
  const std::array<double, kFamilies> values = {
      static_cast<double>(counted.registered), Age(counted.registered_since, now),
      static_cast<double>(counted.late), static_cast<double>(counted.processed),
      Age(counted.processed_since, now)};
  for (size_t i = 0; i < kFamilies; ++i) {
    prometheus::Gauge*& gauge = shown.gauges[i];
    if (gauge == nullptr) gauge = &families_[i]->Add({{"province_code", province_code}});
    gauge->Set(values[i]);
  }
}

void CounterMetrics::Forget() {
  for (const auto& [province_code, shown] : shown_) {
    for (size_t i = 0; i < kFamilies; ++i) families_[i]->Remove(shown.gauges[i]);
  }
  shown_.clear();
}

}  // namespace twotier::routing
