#include "services/registry/domain/succession_walk.h"

#include <algorithm>
#include <utility>

namespace twotier::registry {
namespace {

int Weakness(Relation relation) {
  switch (relation) {
    case Relation::kUnspecified:
    case Relation::kUnchanged:
      return 0;
    case Relation::kRenamed:
      return 1;
    case Relation::kTypeChanged:
      return 2;
    case Relation::kBecameSpecialZone:
      return 3;
    case Relation::kWhole:
      return 4;
    case Relation::kAllArea:
      return 5;
    case Relation::kPartOfAreaAllPopulation:
      return 6;
    case Relation::kPart:
      return 7;
    case Relation::kPartOfArea:
      return 8;
    case Relation::kPartOfPopulation:
      return 9;
  }
  return 9;
}

// A place on the way, and how it was reached. `result.path` is in the order of the walk.
struct Visit {
  absl::CivilDay arrival;
  ResolvedUnit result;
  bool whole = true;      // Nothing was divided so far: every hamlet came along.
  bool rejoined = false;  // Several ways led here.

  void Add(const PathStep& step) {
    result.relation = Weaker(result.relation, step.relation);
    result.path.push_back(step);
  }
};

PathStep OwnStep(uint32_t unit, const UnitVersion& version) {
  return {unit, unit, version.change, version.valid.first, version.act};
}

// Adds the changes of the unit's own versions that took effect after the visit's version, up to and
// including `last`.
void LaterVersions(const UnitTree& tree, absl::CivilDay last, Visit& visit) {
  VersionRef& ref = visit.result.unit;
  const std::vector<UnitVersion>& versions = tree.unit(ref.unit).versions;
  while (ref.version + 1 < versions.size() && versions[ref.version + 1].valid.first <= last) {
    ++ref.version;
    visit.Add(OwnStep(ref.unit, versions[ref.version]));
  }
}

// The same backwards: undoes versions that began after `last`.
void EarlierVersions(const UnitTree& tree, absl::CivilDay last, Visit& visit) {
  VersionRef& ref = visit.result.unit;
  const std::vector<UnitVersion>& versions = tree.unit(ref.unit).versions;
  while (ref.version > 0 && last < versions[ref.version].valid.first) {
    visit.Add(OwnStep(ref.unit, versions[ref.version]));
    --ref.version;
  }
}

// `share` of a share; absent when either is not known.
std::optional<int64_t> Part(std::optional<int64_t> share, std::optional<int64_t> of) {
  if (!share.has_value() || !of.has_value()) return std::nullopt;
  return *share * *of / kWholePpm;
}

std::optional<int64_t> Sum(std::optional<int64_t> a, std::optional<int64_t> b) {
  if (!a.has_value() || !b.has_value()) return std::nullopt;
  return *a + *b;
}

// In how many parts the unit went on at `day`: its steps of that day and, when it goes on without a
// step to itself, the part that stayed.
struct Division {
  int steps = 0;
  bool stays = false;

  int parts() const { return steps + int{stays}; }
};

Division DivisionOf(const UnitTree& tree, uint32_t unit, absl::CivilDay day) {
  Division division;
  bool to_itself = false;
  for (const Edge& edge : tree.Out(unit)) {
    if (edge.step->effective != day) continue;
    ++division.steps;
    to_itself = to_itself || edge.target == unit;
  }
  division.stays = !to_itself && tree.On(unit, day).has_value();
  return division;
}

class Walker {
 public:
  Walker(const UnitTree& tree, absl::CivilDay to_day, bool forwards)
      : tree_(tree), to_day_(to_day), forwards_(forwards) {}

  Walked Run(Visit start) {
    visits_.push_back(std::move(start));
    while (const std::optional<absl::CivilDay> day = NextDay()) {
      for (Visit& visit : std::exchange(visits_, {})) Step(std::move(visit), *day);
    }
    return Finish();
  }

 private:
  absl::Span<const Edge> EdgesOf(const Visit& visit) const {
    const uint32_t unit = visit.result.unit.unit;
    return forwards_ ? tree_.Out(unit) : tree_.In(unit);
  }

  bool Ahead(const Visit& visit, absl::CivilDay day) const {
    return forwards_ ? visit.arrival < day && day <= to_day_
                     : day <= visit.arrival && to_day_ < day;
  }

  // The nearest day on which a step leads on from any visit.
  std::optional<absl::CivilDay> NextDay() const {
    std::optional<absl::CivilDay> next;
    for (const Visit& visit : visits_) {
      for (const Edge& edge : EdgesOf(visit)) {
        const absl::CivilDay day = edge.step->effective;
        if (!Ahead(visit, day)) continue;
        if (!next.has_value() || (forwards_ ? day < *next : *next < day)) next = day;
      }
    }
    return next;
  }

  // Moves a visit over `day`, by all its steps of that day.
  void Step(Visit visit, absl::CivilDay day) {
    bool leads_on = false;
    for (const Edge& edge : EdgesOf(visit)) {
      leads_on = leads_on || (edge.step->effective == day && Ahead(visit, day));
    }
    if (!leads_on) return Join(std::move(visit));
    forwards_ ? LaterVersions(tree_, day - 1, visit) : EarlierVersions(tree_, day, visit);
    if (const Division own = DivisionOf(tree_, visit.result.unit.unit, day);
        own.stays && tree_.On(visit.result.unit.unit, day - 1).has_value()) {
      Stay(visit, own, day);
    }
    for (const Edge& edge : EdgesOf(visit)) {
      if (edge.step->effective == day) Follow(visit, edge);
    }
  }

  // The part of a unit that goes on without a step to itself.
  void Stay(Visit visit, const Division& division, absl::CivilDay day) {
    visit.arrival = forwards_ ? day : day - 1;
    if (division.parts() > 1) {
      visit.result.relation = Weaker(visit.result.relation, Relation::kPart);
      visit.result.population_ppm = visit.result.area_ppm = std::nullopt;
      visit.whole = false;
      hamlets_missing_ = true;
    }
    Join(std::move(visit));
  }

  void Follow(Visit visit, const Edge& edge) {
    const Succession& step = *edge.step;
    const bool divided = DivisionOf(tree_, edge.source, step.effective).parts() > 1;
    ResolvedUnit& result = visit.result;
    visit.Add({edge.source, edge.target, step.relation, step.effective, step.act});
    // The tree checked that both exist.
    result.unit = forwards_ ? *tree_.On(edge.target, step.effective)
                            : *tree_.On(edge.source, step.effective - 1);
    visit.arrival = forwards_ ? step.effective : step.effective - 1;
    if (divided) {
      result.population_ppm = Part(step.population_ppm, result.population_ppm);
      result.area_ppm = Part(step.area_ppm, result.area_ppm);
      KeepHamlets(step, visit);
    }
    Join(std::move(visit));
  }

  // Of the hamlets that came so far, those that went this way.
  void KeepHamlets(const Succession& step, Visit& visit) {
    hamlets_missing_ = hamlets_missing_ || step.hamlets.empty();
    std::vector<absl::string_view> kept;
    for (const std::string& hamlet : step.hamlets) {
      const auto& before = visit.result.hamlets;
      if (visit.whole || std::find(before.begin(), before.end(), hamlet) != before.end()) {
        kept.push_back(hamlet);
      }
    }
    visit.result.hamlets = std::move(kept);
    visit.whole = false;
  }

  // Adds a visit; one to a unit where another one already is becomes one with it.
  void Join(Visit visit) {
    const auto there = std::find_if(visits_.begin(), visits_.end(), [&](const Visit& other) {
      return other.result.unit.unit == visit.result.unit.unit;
    });
    if (there == visits_.end()) {
      visits_.push_back(std::move(visit));
      return;
    }
    ResolvedUnit& result = there->result;
    result.relation = Weaker(result.relation, visit.result.relation);
    result.population_ppm = Sum(result.population_ppm, visit.result.population_ppm);
    result.area_ppm = Sum(result.area_ppm, visit.result.area_ppm);
    result.hamlets.insert(result.hamlets.end(), visit.result.hamlets.begin(),
                          visit.result.hamlets.end());
    there->rejoined = true;
  }

  Walked Finish() {
    Walked walked;
    bool rejoined = false;
    for (Visit& visit : visits_) {
      if (!tree_.On(visit.result.unit.unit, to_day_).has_value()) continue;
      forwards_ ? LaterVersions(tree_, to_day_, visit) : EarlierVersions(tree_, to_day_, visit);
      if (!forwards_) std::reverse(visit.result.path.begin(), visit.result.path.end());
      rejoined = visit.rejoined;
      walked.results.push_back(std::move(visit.result));
    }
    if (!forwards_) return walked;
    if (visits_.size() == 1 && walked.results.size() == 1 && rejoined) {
      ResolvedUnit& all = walked.results[0];
      all.relation = Relation::kWhole;
      all.population_ppm = all.area_ppm = kWholePpm;
    }
    if (walked.results.size() > 1) {
      walked.discriminator = hamlets_missing_ ? Discriminator::kLocation : Discriminator::kHamlet;
    }
    if (walked.discriminator != Discriminator::kHamlet) {
      for (ResolvedUnit& result : walked.results) result.hamlets.clear();
    }
    return walked;
  }

  const UnitTree& tree_;
  const absl::CivilDay to_day_;
  const bool forwards_;
  std::vector<Visit> visits_;     // Where the walk stands, each unit once.
  bool hamlets_missing_ = false;  // A division said not which hamlets went where.
};

}  // namespace

Relation Weaker(Relation a, Relation b) { return Weakness(a) < Weakness(b) ? b : a; }

Walked Walk(const UnitTree& tree, VersionRef from, absl::CivilDay from_day, absl::CivilDay to_day) {
  Visit start;
  start.arrival = from_day;
  start.result.unit = from;
  return Walker(tree, to_day, from_day <= to_day).Run(std::move(start));
}

}  // namespace twotier::registry
