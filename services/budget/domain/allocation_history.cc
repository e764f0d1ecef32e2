#include "services/budget/domain/allocation_history.h"

#include "services/budget/domain/apportion.h"

namespace twotier::budget {
namespace {

// Reforms that one unit goes through between two runs; more is a circle in the data.
constexpr int kReformsMax = 16;

class Carrier {
 public:
  Carrier(const units::Units& units, absl::CivilDay day) : units_(units), day_(day) {}

  void Carry(const std::string& name, int64_t amount, int reforms) {
    const units::UnitRecord* unit = units_.FindUnit(name);
    if (unit != nullptr && unit->On(day_) != nullptr) {
      earlier_.by_unit[name] += amount;
      return;
    }
    std::vector<Claim> claims;
    if (unit != nullptr && reforms < kReformsMax) claims = ClaimsOf(*unit);
    const absl::StatusOr<std::vector<int64_t>> parts = Apportion(amount, claims);
    if (!parts.ok()) {
      earlier_.unplaced += amount;
      return;
    }
    for (size_t i = 0; i < claims.size(); ++i) {
      Carry(std::string(claims[i].key), (*parts)[i], reforms + 1);
    }
  }

  EarlierAmounts Take() { return std::move(earlier_); }

 private:
  // Empty: who gets how much is not known.
  std::vector<Claim> ClaimsOf(const units::UnitRecord& unit) const {
    std::vector<const units::UnitSuccessor*> steps;
    for (const units::UnitSuccessor& step : unit.successors) {
      if (step.effective <= day_) steps.push_back(&step);
    }
    if (steps.size() == 1) return {{steps[0]->unit, 1}};
    std::vector<Claim> claims;
    for (const units::UnitSuccessor* step : steps) {
      if (!step->population_ppm) return {};
      claims.push_back({step->unit, *step->population_ppm});
    }
    return claims;
  }

  const units::Units& units_;
  const absl::CivilDay day_;
  EarlierAmounts earlier_;
};

}  // namespace

EarlierAmounts CarryOver(const units::Units& units, absl::CivilDay day,
                         const std::vector<std::pair<std::string, int64_t>>& amounts) {
  Carrier carrier(units, day);
  for (const auto& [unit, amount] : amounts) carrier.Carry(unit, amount, 0);
  return carrier.Take();
}

}  // namespace twotier::budget
