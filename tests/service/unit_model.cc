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

void CarryCenters(World& world, const Change& change) {
  const auto lies_in = [&](const std::string& unit, const std::string& province) {
    const Facts* facts = world.On(unit, change.day);
    return facts != nullptr && facts->province == province;
  };
  for (auto& [name, center] : world.centers) {
    for (auto it = SplitAt(center.sites, change.day); it != center.sites.end(); ++it) {
      Site& site = it->second;
      if (!site.open) continue;
      std::set<std::string> served;
      for (const std::string& unit : site.served) {
        const bool ends = IsSource(change, unit) && !GoesOn(change, unit);
        if (!ends && (!IsSource(change, unit) || lies_in(unit, center.province))) {
          served.insert(unit);
        }
        for (const Edge& edge : OutOf(change, unit)) {
          const bool founded = !IsSource(change, edge.target);
          if ((ends || founded) && lies_in(edge.target, center.province)) {
            served.insert(edge.target);
          }
        }
      }
      if (served.empty() && !site.served.empty()) site.open = false;
      site.served = served;
    }
  }
  for (const Target& target : change.targets) {
    const Facts& facts = *world.On(target.unit, change.day);
    if (facts.is_province) continue;
    bool served = false;
    for (const auto& [name, center] : world.centers) {
      const Site& site = world.SiteOn(name, change.day);
      served = served || (site.open && site.served.contains(target.unit));
    }
    for (auto& [name, center] : world.centers) {
      if (served || !center.is_provincial || center.province != facts.province) continue;
      for (auto it = SplitAt(center.sites, change.day); it != center.sites.end(); ++it) {
        if (it->second.open) it->second.served.insert(target.unit);
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
    world.steps.push_back(
        {edge.source, edge.target, change.day, whole ? Shares{kAll, kAll} : edge.shares});
  }
  world.events[change.event] = {change, KindsOf(before, world, change)};
  CarryCenters(world, change);
}

void Apply(World& world, const NameCorrection& correction) {
  const auto unit = world.units.find(correction.unit);
  if (unit == world.units.end()) return;
  const auto found = unit->second.find(correction.first);
  if (found != unit->second.end()) found->second->full_name = correction.full_name;
}

void Apply(World& world, const ShareCorrection& correction) {
  for (Step& step : world.steps) {
    if (step.source == correction.source && step.day == correction.day) {
      step.shares = correction.shares.at(step.target);
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

Share PartOf(Share share, Share of) {
  if (!share.has_value() || !of.has_value()) return std::nullopt;
  return *share * *of / kAll;
}

void AddTo(std::map<std::string, Shares>& all, const std::string& unit, const Shares& shares) {
  const auto [it, added] = all.emplace(unit, shares);
  if (added) return;
  const auto sum = [](Share a, Share b) -> Share {
    if (!a.has_value() || !b.has_value()) return std::nullopt;
    return *a + *b;
  };
  it->second.population = sum(it->second.population, shares.population);
  it->second.area = sum(it->second.area, shares.area);
}

Shares Times(const Shares& a, const Shares& b) {
  return {PartOf(a.population, b.population), PartOf(a.area, b.area)};
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

const Site& World::SiteOn(const std::string& center, Day day) const {
  return std::prev(centers.at(center).sites.upper_bound(day))->second;
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

std::map<std::string, Shares> World::Forwards(const std::string& unit, Day from, Day to) const {
  std::map<std::string, Shares> now = {{unit, {kAll, kAll}}};
  for (const Day day : Days()) {
    if (day <= from || to < day) continue;
    std::map<std::string, Shares> next;
    for (const auto& [name, shares] : now) {
      bool moved = false;
      for (const Step& step : steps) {
        if (step.source != name || step.day != day) continue;
        moved = true;
        AddTo(next, step.target, Times(step.shares, shares));
      }
      if (!moved) AddTo(next, name, shares);
    }
    now = std::move(next);
  }
  if (now.size() == 1) now.begin()->second = {kAll, kAll};
  return now;
}

std::map<std::string, Shares> World::Backwards(const std::string& unit, Day from, Day to) const {
  std::map<std::string, Shares> now = {{unit, {kAll, kAll}}};
  const std::set<Day> days = Days();
  for (auto day = days.rbegin(); day != days.rend(); ++day) {
    if (*day <= to || from < *day) continue;
    std::map<std::string, Shares> next;
    for (const auto& [name, shares] : now) {
      bool moved = false;
      for (const Step& step : steps) {
        if (step.target != name || step.day != *day) continue;
        moved = true;
        AddTo(next, step.source, Times(step.shares, shares));
      }
      if (!moved) AddTo(next, name, shares);
    }
    now = std::move(next);
  }
  return now;
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

bool UnitModel::ClosesACenter(const Change& change) const {
  World after = world_;
  Apply(after, change);
  for (const auto& [name, center] : world_.centers) {
    if (world_.SiteOn(name, change.day).open != after.SiteOn(name, change.day).open) return true;
  }
  return false;
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
