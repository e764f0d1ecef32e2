#include "tests/service/unit_model.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace twotier::registry::model {
namespace {

constexpr int64_t kAll = 1'000'000;
enum Kind { kMerge = 1, kSplit, kPartialTransfer, kRename, kRetype, kReparent, kRecode };

bool IsSource(const Change& change, const std::string& unit) {
  return std::count(change.sources.begin(), change.sources.end(), unit) > 0;
}

std::vector<Edge> OutOf(const Change& change, const std::string& unit) {
  std::vector<Edge> edges;
  for (const Edge& edge : change.edges) {
    if (edge.source == unit) edges.push_back(edge);
  }
  return edges;
}

std::vector<Edge> Into(const Change& change, const std::string& unit) {
  std::vector<Edge> edges;
  for (const Edge& edge : change.edges) {
    if (edge.target == unit) edges.push_back(edge);
  }
  return edges;
}

bool GoesOn(const Change& change, const std::string& unit) {
  const std::vector<Edge> out = OutOf(change, unit);
  return std::any_of(out.begin(), out.end(), [&](const Edge& e) { return e.target == unit; });
}

// Nothing comes to it and nothing goes from it.
bool IsAlone(const Change& change, const std::string& unit) {
  return GoesOn(change, unit) && OutOf(change, unit).size() == 1 && Into(change, unit).size() == 1;
}

Facts After(const World& world, const Change& change, const Target& target) {
  Facts facts;
  if (!target.founded) {
    facts = *world.On(target.unit, change.day - 1);
    if (!IsAlone(change, target.unit)) {
      facts.population.reset();
      facts.area = 0;
    }
  }
  facts.act = change.act;
  if (!target.code.empty()) facts.code = target.code;
  if (target.type != 0) facts.type = target.type;
  if (!target.full_name.empty()) facts.full_name = target.full_name;
  if (!target.short_name.empty()) facts.short_name = target.short_name;
  if (!target.parent.empty()) facts.parent = target.parent;
  if (!facts.is_province) {
    const Facts* parent = world.On(facts.parent, change.day);
    facts.province = parent == nullptr ? "" : parent->code;
  }
  return facts;
}

std::set<int> KindsOf(const World& before, const World& after, const Change& change) {
  std::set<int> kinds;
  for (const std::string& source : change.sources) {
    if (OutOf(change, source).size() > 1) {
      kinds.insert(GoesOn(change, source) ? kPartialTransfer : kSplit);
    }
  }
  for (const Target& target : change.targets) {
    const std::vector<Edge> in = Into(change, target.unit);
    for (const Edge& edge : in) {
      const bool whole = OutOf(change, edge.source).size() == 1;
      if (in.size() > 1 && whole && edge.source != target.unit) kinds.insert(kMerge);
    }
    std::string was = target.unit;
    if (target.founded) {
      if (in.size() > 1 || OutOf(change, in[0].source).size() > 1) continue;
      was = in[0].source;
    }
    const Facts& a = *before.On(was, change.day - 1);
    const Facts& b = *after.On(target.unit, change.day);
    const bool same_type = a.type == b.type;
    if (a.short_name != b.short_name || (same_type && a.full_name != b.full_name)) {
      kinds.insert(kRename);
    }
    if (!same_type) kinds.insert(kRetype);
    if (a.province != b.province) kinds.insert(kReparent);
    if (a.code != b.code) kinds.insert(kRecode);
  }
  return kinds;
}

// ---- Centers

// Makes `day` a beginning, and returns the first site that begins on or after it.
std::map<Day, Site>::iterator SplitAt(std::map<Day, Site>& sites, Day day) {
  auto after = sites.upper_bound(day);
  if (after != sites.begin()) sites.emplace(day, std::prev(after)->second);
  return sites.lower_bound(day);
}

// The provincial center serves from the day on what nobody serves then.
void Cover(World& world, const std::string& unit, Day day) {
  const Facts* facts = world.On(unit, day);
  if (facts == nullptr || facts->is_province || world.IsServed(unit, day)) return;
  for (auto& [name, center] : world.centers) {
    if (!center.is_provincial || center.province != facts->province) continue;
    for (auto it = SplitAt(center.sites, day); it != center.sites.end(); ++it) {
      if (it->second.open) it->second.served.insert(unit);
    }
  }
}

void CarrySites(const World& world, const Change& change, Center& center) {
  const auto lies_here = [&](const std::string& unit) {
    const Facts* facts = world.On(unit, change.day);
    return facts != nullptr && facts->province == center.province;
  };
  for (auto it = SplitAt(center.sites, change.day); it != center.sites.end(); ++it) {
    Site& site = it->second;
    if (!site.open) continue;
    std::set<std::string> served;
    for (const std::string& unit : site.served) {
      const bool ends = IsSource(change, unit) && !GoesOn(change, unit);
      if (!ends && (!IsSource(change, unit) || lies_here(unit))) served.insert(unit);
      for (const Edge& edge : OutOf(change, unit)) {
        const bool founded = !IsSource(change, edge.target);
        if ((ends || founded) && lies_here(edge.target)) served.insert(edge.target);
      }
    }
    if (served.empty() && !site.served.empty()) {
      center.closed_by_law = std::min(center.closed_by_law.value_or(it->first), it->first);
    }
    site.served = served;
  }
}

void CarryCenters(World& world, const Change& change) {
  std::set<std::string> closed;
  for (auto& [name, center] : world.centers) {
    const std::optional<Day> before = center.closed_by_law;
    CarrySites(world, change, center);
    if (center.closed_by_law != before) closed.insert(name);
  }
  for (const Target& target : change.targets) Cover(world, target.unit, change.day);
  // Whoever relied on a center that is closed now.
  for (const std::string& name : closed) {
    const Center center = world.centers.at(name);
    for (const Day day : world.Days()) {
      if (day < *center.closed_by_law) continue;
      for (const std::string& unit : std::prev(center.sites.upper_bound(day))->second.served) {
        const Facts* facts = world.On(unit, day);
        if (facts != nullptr && facts->province == center.province) Cover(world, unit, day);
      }
    }
  }
}

// ---- Deeds

void Apply(World& world, const Change& change) {
  const World before = world;
  for (const std::string& source : change.sources) {
    if (!GoesOn(change, source)) world.units[source][change.day] = std::nullopt;
  }
  for (const Target& target : change.targets) {
    world.units[target.unit][change.day] = After(before, change, target);
  }
  for (const Edge& edge : change.edges) {
    const bool whole = OutOf(change, edge.source).size() == 1;
    Step step{edge.source, edge.target, change.day, edge.shares, RelationOf(edge.shares)};
    if (whole) {
      step.shares = {kAll, kAll};
      step.relation = edge.source == edge.target ? 0 : RelationOf({kAll, kAll});
    }
    world.steps.push_back(step);
  }
  world.events[change.event] = {change, KindsOf(before, world, change)};
  CarryCenters(world, change);
}

void Apply(World& world, const FactCorrection& correction) {
  const auto unit = world.units.find(correction.unit);
  if (unit == world.units.end()) return;
  const auto found = unit->second.find(correction.first);
  if (found == unit->second.end() || !found->second.has_value()) return;
  if (!correction.full_name.empty()) found->second->full_name = correction.full_name;
  if (!correction.code.empty()) found->second->code = correction.code;
  if (correction.type != 0) found->second->type = correction.type;
}

void Apply(World& world, const ShareCorrection& correction) {
  for (Step& step : world.steps) {
    if (step.source == correction.source && step.day == correction.day) {
      step.shares = correction.shares.at(step.target);
      if (step.shares.population || step.shares.area) step.relation = RelationOf(step.shares);
    }
  }
}

void Apply(World& world, const Closing& closing) {
  Center& center = world.centers.at(closing.center);
  Center& successor = world.centers.at(closing.successor);
  SplitAt(center.sites, closing.day);
  SplitAt(successor.sites, closing.day);
  for (const auto& [day, site] : center.sites) {
    if (closing.day <= day) SplitAt(successor.sites, day);
  }
  for (auto& [day, site] : successor.sites) {
    if (day < closing.day) continue;
    const std::set<std::string>& served = std::prev(center.sites.upper_bound(day))->second.served;
    site.served.insert(served.begin(), served.end());
  }
  for (auto& [day, site] : center.sites) {
    if (closing.day <= day) site = {false, {}};
  }
}

}  // namespace

const Facts* World::On(const std::string& unit, Day day) const {
  const auto found = units.find(unit);
  if (found == units.end()) return nullptr;
  const auto after = found->second.upper_bound(day);
  if (after == found->second.begin()) return nullptr;
  const std::optional<Facts>& facts = std::prev(after)->second;
  return facts.has_value() ? &*facts : nullptr;
}

Day World::LastChange(const std::string& unit) const { return units.at(unit).rbegin()->first; }

Site World::SiteOn(const std::string& center, Day day) const {
  const Center& found = centers.at(center);
  if (found.closed_by_law.has_value() && *found.closed_by_law <= day) return {false, {}};
  return std::prev(found.sites.upper_bound(day))->second;
}

bool World::IsServed(const std::string& unit, Day day) const {
  return std::any_of(centers.begin(), centers.end(), [&](const auto& center) {
    const Site site = SiteOn(center.first, day);
    return site.open && site.served.contains(unit);
  });
}

std::set<Day> World::Days() const {
  std::set<Day> days;
  for (const auto& [name, history] : units) {
    for (const auto& [day, facts] : history) days.insert(day);
  }
  for (const auto& [name, center] : centers) {
    for (const auto& [day, site] : center.sites) days.insert(day);
  }
  return days;
}

std::set<std::string> World::UnitsOn(Day day) const {
  std::set<std::string> names;
  for (const auto& [name, history] : units) {
    if (On(name, day) != nullptr) names.insert(name);
  }
  return names;
}

bool UnitModel::IsTaken(const FactCorrection& correction) const {
  const History& corrected = world_.units.at(correction.unit);
  const auto end = corrected.upper_bound(correction.first);
  for (const auto& [name, history] : world_.units) {
    if (name == correction.unit) continue;
    for (auto it = history.begin(); it != history.end(); ++it) {
      const auto next = std::next(it);
      const bool before = next != history.end() && next->first <= correction.first;
      const bool after = end != corrected.end() && end->first <= it->first;
      if (before || after || !it->second.has_value()) continue;
      if (it->second->code == correction.code) return true;
    }
  }
  return false;
}

std::set<std::string> UnitModel::Broken(const Change& change) const {
  std::set<std::string> broken;
  for (const std::string& source : change.sources) {
    if (world_.On(source, change.day - 1) == nullptr) {
      broken.insert("UNIT_ENDED");
    } else if (change.day <= world_.LastChange(source)) {
      broken.insert("LATER_CHANGE_PLANNED");
    }
  }
  if (!broken.empty()) return broken;
  std::set<std::string> codes;
  for (const Target& target : change.targets) {
    const Facts facts = After(world_, change, target);
    if (!facts.is_province && facts.province.empty()) broken.insert("WRONG_PARENT");
    if (!codes.insert(facts.code).second) broken.insert("CODE_IN_USE");
    for (const auto& [name, history] : world_.units) {
      if (IsSource(change, name)) continue;
      for (auto it = history.begin(); it != history.end(); ++it) {
        const auto next = std::next(it);
        if (next != history.end() && next->first <= change.day) continue;
        if (it->second.has_value() && it->second->code == facts.code) broken.insert("CODE_IN_USE");
      }
    }
    if (target.founded || !IsAlone(change, target.unit)) continue;
    Facts before = *world_.On(target.unit, change.day - 1);
    before.act = facts.act;
    if (before == facts) broken.insert("NOTHING_CHANGES");
  }
  const bool to_target =
      std::any_of(change.targets.begin(), change.targets.end(),
                  [&](const Target& target) { return target.unit == change.caretaker; });
  if (!change.caretaker.empty() && !to_target &&
      (IsSource(change, change.caretaker) || world_.On(change.caretaker, change.day) == nullptr)) {
    broken.insert("CARETAKER_MISSING");
  }
  if (!broken.empty()) return broken;
  World after = world_;
  Apply(after, change);
  if (after.events.at(change.event).kinds.empty()) broken.insert("NOTHING_CHANGES");
  return broken;
}

std::set<std::string> UnitModel::BrokenByCancelling(const std::string& event, Day today) const {
  if (cancelled_.contains(event)) return {"CHANGE_EVENT_CANCELLED"};
  const Change& change = world_.events.at(event).change;
  if (change.day <= today) return {"CHANGE_EVENT_IN_FORCE"};
  std::set<std::string> touched(change.sources.begin(), change.sources.end());
  for (const Target& target : change.targets) touched.insert(target.unit);
  for (const std::string& unit : touched) {
    if (world_.LastChange(unit) != change.day) return {"LATER_CHANGE_PLANNED"};
  }
  for (const auto& [name, other] : world_.events) {
    if (name != event && !IsSource(change, other.change.caretaker) &&
        touched.contains(other.change.caretaker)) {
      return {"LATER_CHANGE_PLANNED"};  // A unit that would not be founded answers for it.
    }
  }
  // A unit that would not have ended may have a code that another one has been given since.
  std::map<std::string, std::set<std::string>> by_code;
  for (const std::string& source : change.sources) {
    const Facts& facts = *world_.On(source, change.day - 1);
    for (const auto& [name, history] : world_.units) {
      if (touched.contains(name)) continue;
      for (auto it = history.begin(); it != history.end(); ++it) {
        const auto next = std::next(it);
        const bool over = next != history.end() && next->first <= change.day;
        if (!over && it->second.has_value() && it->second->code == facts.code) {
          return {"CONFLICTS_WITH_STORED"};
        }
      }
    }
  }
  return {};
}

void UnitModel::Cancel(const std::string& event) {
  cancelled_[event] = world_.events.at(event);
  std::erase_if(deeds_, [&](const Deed& deed) {
    const Change* change = std::get_if<Change>(&deed);
    return change != nullptr && change->event == event;
  });
  DoAgain();
}

void UnitModel::CancelClosing(const std::string& center) {
  std::erase_if(deeds_, [&](const Deed& deed) {
    const Closing* closing = std::get_if<Closing>(&deed);
    return closing != nullptr && closing->center == center;
  });
  DoAgain();
}

std::vector<Closing> UnitModel::Closings() const {
  std::vector<Closing> closings;
  for (const Deed& deed : deeds_) {
    if (const Closing* closing = std::get_if<Closing>(&deed)) closings.push_back(*closing);
  }
  return closings;
}

void UnitModel::DoAgain() {
  world_ = start_;
  for (const Deed& deed : deeds_) {
    std::visit([&](const auto& one) { Apply(world_, one); }, deed);
  }
}

void UnitModel::Add(Deed deed) {
  std::visit([&](const auto& one) { Apply(world_, one); }, deed);
  deeds_.push_back(std::move(deed));
}

}  // namespace twotier::registry::model
