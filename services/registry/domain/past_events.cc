#include "services/registry/domain/past_events.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace twotier::registry {
namespace {

using UnitOnDay = std::pair<absl::string_view, absl::CivilDay>;

// Units that recorded events changed, with the date.
std::set<UnitOnDay> Recorded(absl::Span<const ChangeEvent> events) {
  std::set<UnitOnDay> touched;
  for (const ChangeEvent& event : events) {
    if (event.cancelled) continue;
    for (const ChangeEdge& edge : event.edges) {
      touched.emplace(edge.source_id, event.effective);
      touched.emplace(edge.target_id, event.effective);
    }
  }
  return touched;
}

std::string IdOf(absl::CivilDay day, absl::string_view act) {
  return absl::StrFormat("%04d%02d%02d-%s", day.year(), day.month(), day.day(),
                         absl::StrReplaceAll(act, {{"/", "."}, {" ", "-"}}));
}

const UnitVersion* VersionOn(const UnitTree& tree, const std::string& id, absl::CivilDay day) {
  const std::optional<uint32_t> unit = tree.Find(id);
  if (!unit.has_value()) return nullptr;
  const std::optional<VersionRef> ref = tree.On(*unit, day);
  return ref.has_value() ? &tree.version(*ref) : nullptr;
}

}  // namespace

std::vector<ChangeEvent> DerivePastEvents(const UnitTree& tree,
                                          absl::Span<const ChangeEvent> recorded) {
  const std::set<UnitOnDay> touched = Recorded(recorded);
  std::map<std::pair<absl::CivilDay, std::string>, ChangeEvent> events;
  const auto add = [&](absl::CivilDay day, const std::string& act, ChangeEdge edge) {
    events[{day, act}].edges.push_back(std::move(edge));
  };
  for (const UnitHistory& unit : tree.units()) {
    std::set<absl::CivilDay> divided;  // Where the unit has a step to itself.
    for (const Succession& step : unit.successions) {
      if (step.target_id == unit.id) divided.insert(step.effective);
      if (step.origin == Origin::kDerived || touched.contains({unit.id, step.effective})) continue;
      add(step.effective, step.act,
          {unit.id, step.target_id, step.relation, step.population_ppm, step.area_ppm,
           step.hamlets});
    }
    for (size_t i = 1; i < unit.versions.size(); ++i) {
      const UnitVersion& version = unit.versions[i];
      const absl::CivilDay day = version.valid.first;
      if (touched.contains({unit.id, day}) || divided.contains(day)) continue;
      add(day, version.act, {unit.id, unit.id, version.change, kWholePpm, kWholePpm, {}});
    }
  }
  std::vector<ChangeEvent> past;
  past.reserve(events.size());
  for (auto& [key, event] : events) {
    const absl::CivilDay day = key.first;
    event.id = IdOf(key.first, key.second);
    event.effective = day;
    event.act = key.second;
    event.origin = Origin::kDerived;
    for (const std::string& target : TargetsOf(event)) {
      const UnitHistory& unit = tree.unit(*tree.Find(target));
      if (unit.versions.front().valid.first == event.effective) event.founded_ids.push_back(target);
    }
    event.kinds = KindsOf(
        event, [&](const std::string& id) { return VersionOn(tree, id, day - 1); },
        [&](const std::string& id) { return VersionOn(tree, id, day); });
    past.push_back(std::move(event));
  }
  return past;
}

}  // namespace twotier::registry
