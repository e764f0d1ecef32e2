#include "services/registry/metrics.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/clock.h"
#include "services/registry/domain/information_system.h"
#include "services/registry/domain/succession_plan.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {
namespace {

prometheus::Family<prometheus::Gauge>& MakeFamily(prometheus::Registry& registry, const char* name,
                                                  const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

void SetByProvince(prometheus::Family<prometheus::Gauge>& family,
                   const std::map<std::string, int>& numbers) {
  for (const auto& [province_code, number] : numbers) {
    family.Add({{"province_code", province_code}}).Set(number);
  }
}

// The label of a service that reports: callers choose its name, and series must not grow with what
// they send. Systems outside of the suite share one label; the plan of an event names them.
std::string LabelOf(const std::string& service) {
  for (const absl::string_view own :
       {kOwnService, absl::string_view("routing"), absl::string_view("personnel"),
        absl::string_view("budget")}) {
    if (service == own) return service;
  }
  return "other";
}

}  // namespace

RegisterMetrics::RegisterMetrics(prometheus::Registry& registry)
    : systems_(MakeFamily(registry, "twotier_registry_systems",
                          "Connected information systems by the age of their last heartbeat.")),
      incidents_open_(MakeFamily(registry, "twotier_registry_incidents_open",
                                 "Incidents that are not resolved.")),
      incidents_overdue_(MakeFamily(registry, "twotier_registry_incidents_overdue",
                                    "Incidents that are not resolved after their due date.")),
      overrides_(MakeFamily(registry, "twotier_registry_center_overrides",
                            "Rules that changes of centers were allowed to break.")),
      uncovered_(MakeFamily(registry, "twotier_registry_communes_uncovered",
                            "Communes without an operating center today.")
                     .Add({})),
      unplanned_(MakeFamily(registry, "twotier_registry_succession_unplanned",
                            "Things that rest on units a change ends, without a decision; due once "
                            "the change is in force.")) {}

void RegisterMetrics::Set(const Snapshot& snapshot, const Heartbeats& heartbeats, absl::Time now) {
  const absl::CivilDay today = VietnamDay(now);
  std::map<ConnectionState, int> states;
  std::map<std::string, int> open;
  std::map<std::string, int> overdue;
  std::map<std::string, int> overrides;
  for (const CenterHistory& center : snapshot.centers()) {
    overrides[center.province_code] += static_cast<int>(center.overrides.size());
  }
  for (const InformationSystem& system : snapshot.operations().systems()) {
    ++states[ConnectionOf(system, heartbeats.LastOf(system.province_code, system.id), now)];
    open[system.province_code];
    overdue[system.province_code];
  }
  for (const Incident& incident : snapshot.operations().incidents()) {
    if (!incident.resolved.has_value()) ++open[incident.province_code];
    if (IsOverdue(incident, today)) ++overdue[incident.province_code];
  }
  systems_.Add({{"state", "connected"}}).Set(states[ConnectionState::kConnected]);
  systems_.Add({{"state", "silent"}}).Set(states[ConnectionState::kSilent]);
  systems_.Add({{"state", "down"}}).Set(states[ConnectionState::kDown]);
  SetByProvince(incidents_open_, open);
  SetByProvince(incidents_overdue_, overdue);
  SetByProvince(overrides_, overrides);
  std::map<std::pair<std::string, bool>, int64_t> unplanned;  // By service, and whether due.
  unplanned[{std::string(kOwnService), true}];
  unplanned[{std::string(kOwnService), false}];
  for (const ChangeEvent& event : snapshot.changes().events()) {
    if (event.origin != Origin::kRecorded) continue;
    const bool due = event.effective <= today;
    for (const SuccessionReport& report : snapshot.changes().PlanOf(event, snapshot.centers())) {
      const std::string label = LabelOf(report.service);
      unplanned[{label, true}];  // A series that was there goes to zero, not away.
      unplanned[{label, false}];
      if (!event.cancelled) unplanned[{label, due}] += report.open - report.planned;
    }
  }
  for (const auto& [key, number] : unplanned) {
    unplanned_.Add({{"service", key.first}, {"when", key.second ? "due" : "ahead"}})
        .Set(static_cast<double>(number));
  }
  if (kDataBegins <= today) {
    const v1::Coverage coverage = snapshot.CoverageOn(today);
    uncovered_.Set(coverage.communes() - coverage.communes_covered());
  }
}

}  // namespace twotier::registry
