// Where the people and the area of a unit go, and how that relates to it.
#include <algorithm>
#include <iterator>
#include <utility>

#include "tests/service/unit_model.h"

namespace twotier::registry::model {
namespace {

constexpr int64_t kAll = 1'000'000;
enum Relation {
  kWhole = 1,
  kPart,
  kPartOfArea,
  kPartOfAreaAllPopulation,
  kAllArea,
  kPartOfPopulation,
  kUnchanged,
  kBecameSpecialZone,
  kTypeChanged,
  kRenamed
};

Share PartOf(Share share, Share of) {
  if (!share.has_value() || !of.has_value()) return std::nullopt;
  return *share * *of / kAll;
}

// The one that says less about the whole of a unit.
int Weaker(int a, int b) {
  static constexpr int kOrder[] = {kUnchanged,
                                   kRenamed,
                                   kTypeChanged,
                                   kBecameSpecialZone,
                                   kWhole,
                                   kAllArea,
                                   kPartOfAreaAllPopulation,
                                   kPart,
                                   kPartOfArea,
                                   kPartOfPopulation};
  const auto rank = [](int relation) { return std::find(kOrder, std::end(kOrder), relation); };
  return rank(a) < rank(b) ? b : a;
}

void AddTo(std::map<std::string, Reached>& all, const std::string& unit, const Reached& reached) {
  const auto [it, added] = all.emplace(unit, reached);
  if (added) return;
  const auto sum = [](Share a, Share b) -> Share {
    if (!a.has_value() || !b.has_value()) return std::nullopt;
    return *a + *b;
  };
  Reached& there = it->second;
  there.shares.population = sum(there.shares.population, reached.shares.population);
  there.shares.area = sum(there.shares.area, reached.shares.area);
  there.relation = Weaker(there.relation, reached.relation);
  there.rejoined = true;
}

Shares Times(const Shares& a, const Shares& b) {
  return {PartOf(a.population, b.population), PartOf(a.area, b.area)};
}

Reached Over(const World& world, const Step& step, const Reached& before) {
  int relation = step.relation;
  if (relation == 0) {
    const Facts& was = *world.On(step.source, step.day - 1);
    const Facts& is = *world.On(step.target, step.day);
    const bool renamed = was.full_name != is.full_name || was.short_name != is.short_name;
    relation = was.type != is.type ? kTypeChanged : renamed ? kRenamed : kUnchanged;
  }
  return {Times(step.shares, before.shares), Weaker(before.relation, relation), before.rejoined};
}

}  // namespace

int RelationOf(const Shares& shares) {
  const bool all_people = shares.population == kAll;
  const bool all_area = shares.area == kAll;
  if (all_people && all_area) return kWhole;
  if (all_area) return kAllArea;
  if (all_people) return kPartOfAreaAllPopulation;
  if (shares.area == 0) return kPartOfPopulation;
  return shares.population == 0 ? kPartOfArea : kPart;
}

std::map<std::string, Reached> World::Forwards(const std::string& unit, Day from, Day to) const {
  std::map<std::string, Reached> now = {{unit, {{kAll, kAll}, kUnchanged}}};
  for (const Day day : Days()) {
    if (day <= from || to < day) continue;
    std::map<std::string, Reached> next;
    for (const auto& [name, reached] : now) {
      bool moved = false;
      for (const Step& step : steps) {
        if (step.source != name || step.day != day) continue;
        moved = true;
        AddTo(next, step.target, Over(*this, step, reached));
      }
      if (!moved) AddTo(next, name, reached);
    }
    now = std::move(next);
  }
  if (now.size() == 1) {
    Reached& all = now.begin()->second;
    all.shares = {kAll, kAll};
    if (all.rejoined) all.relation = kWhole;
  }
  return now;
}

std::map<std::string, Reached> World::Backwards(const std::string& unit, Day from, Day to) const {
  std::map<std::string, Reached> now = {{unit, {{kAll, kAll}, kUnchanged}}};
  const std::set<Day> days = Days();
  for (auto day = days.rbegin(); day != days.rend(); ++day) {
    if (*day <= to || from < *day) continue;
    std::map<std::string, Reached> next;
    for (const auto& [name, reached] : now) {
      bool moved = false;
      for (const Step& step : steps) {
        if (step.target != name || step.day != *day) continue;
        moved = true;
        AddTo(next, step.source, Over(*this, step, reached));
      }
      if (!moved) AddTo(next, name, reached);
    }
    now = std::move(next);
  }
  return now;
}

}  // namespace twotier::registry::model
