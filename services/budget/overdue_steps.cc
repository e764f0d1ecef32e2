#include "services/budget/overdue_steps.h"

#include <algorithm>

namespace twotier::budget {

StepsDone::StepsDone(const std::vector<store::StepRow>& nation,
                     const std::vector<store::StepRow>& province) {
  for (const store::StepRow& row : nation) above_[row.key] = row.day;
  for (const store::StepRow& row : province) {
    (row.unit.empty() ? above_ : units_[row.unit])[row.key] = row.day;
  }
}

DoneSteps StepsDone::Of(absl::string_view unit) const {
  DoneSteps done = above_;
  const auto own = units_.find(unit);
  if (own != units_.end()) done.insert(own->second.begin(), own->second.end());
  return done;
}

std::vector<StepUnit> StepUnitsOf(const units::Units& units, absl::string_view province_code,
                                  absl::CivilDay day) {
  std::vector<StepUnit> found;
  for (const units::UnitRecord* unit : units.UnitsOn(day)) {
    const units::UnitVersion& version = *unit->On(day);
    if (version.province_code != province_code) continue;
    if (version.tier == units::Tier::kProvince) {
      found.push_back({"", version.code, Level::kProvince});
    } else if (version.tier == units::Tier::kCommune) {
      found.push_back({unit->name, version.code, Level::kCommune});
    }
  }
  // A province's code is shorter than those of its communes and, as text, need not be before them.
  std::sort(found.begin(), found.end(), [](const StepUnit& a, const StepUnit& b) {
    return std::make_pair(a.level, a.code) < std::make_pair(b.level, b.code);
  });
  return found;
}

std::vector<DatedStep> OverdueOf(const Snapshot& snapshot, const StepUnit& unit,
                                 absl::string_view province_code, int budget_year,
                                 absl::CivilDay day, const StepsDone& done) {
  const Reference& reference = *snapshot.reference;
  const StepQuestion question{budget_year, unit.level, std::string(province_code),
                              DayOffMoves(reference, budget_year), day};
  std::vector<DatedStep> steps =
      DatedStepsOf(reference.steps, *reference.calendar, question, done.Of(unit.unit));
  const auto behind = std::find_if(steps.begin(), steps.end(), [](const DatedStep& step) {
    return step.state != StepState::kOverdue;
  });
  steps.erase(behind, steps.end());  // Overdue ones come first.
  return steps;
}

bool DayOffMoves(const Reference& reference, int budget_year) {
  return reference.limits.ValueOf(Limit::kDayOffMovesLimit, budget_year).value_or(0) != 0;
}

}  // namespace twotier::budget
