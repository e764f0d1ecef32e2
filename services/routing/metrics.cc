#include "services/routing/metrics.h"

#include "common/clock.h"
#include "services/routing/domain/competence_report.h"

namespace twotier::routing {
namespace {

prometheus::Family<prometheus::Gauge>& MakeFamily(prometheus::Registry& registry, const char* name,
                                                  const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Gauge>& Procedures(prometheus::Registry& registry) {
  return MakeFamily(registry, "twotier_routing_procedures",
                    "Procedures of the catalogue today, by whether they are routed.");
}

}  // namespace

RoutingMetrics::RoutingMetrics(prometheus::Registry& registry)
    : published_(Procedures(registry).Add({{"state", "published"}})),
      drafts_(Procedures(registry).Add({{"state", "draft"}})),
      holes_(MakeFamily(registry, "twotier_routing_competence_holes",
                        "Questions of procedure, unit and case that no body answers today.")
                 .Add({})),
      overlaps_(MakeFamily(registry, "twotier_routing_competence_overlaps",
                           "Questions of procedure, unit and case that several bodies answer.")
                    .Add({})) {}

void RoutingMetrics::Set(const std::shared_ptr<const Snapshot>& snapshot, absl::Time now) {
  const absl::CivilDay today = VietnamDay(now);
  if (snapshot->catalogue_version == catalogue_version_ &&
      snapshot->units_change == units_change_ && today == day_) {
    return;
  }
  catalogue_version_ = snapshot->catalogue_version;
  units_change_ = snapshot->units_change;
  day_ = today;
  int64_t routed = 0;
  int64_t known = 0;
  for (const CatalogueEntry* entry : snapshot->catalogue->entries()) {
    const ProcedureVersion* version = entry->Shown("", today);
    if (version == nullptr) continue;
    ++known;
    if (entry->Routed(*version, version->province_code, today)) ++routed;
  }
  published_.Set(static_cast<double>(routed));
  drafts_.Set(static_cast<double>(known - routed));
  const CoverageReport report =
      CheckCoverage(*snapshot->catalogue, *snapshot->units, /*province_code=*/"", today);
  holes_.Set(static_cast<double>(report.holes));
  overlaps_.Set(static_cast<double>(report.overlaps));
}

}  // namespace twotier::routing
