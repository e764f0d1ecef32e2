#include "services/budget/domain/allocation_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace twotier::budget {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

const absl::CivilDay kReform(2025, 7, 1);
const absl::CivilDay kToday(2026, 11, 2);

std::shared_ptr<units::UnitRecord> UnitFrom(std::string name, absl::CivilDay first) {
  auto unit = std::make_shared<units::UnitRecord>();
  unit->name = std::move(name);
  units::UnitVersion version;
  version.tier = units::Tier::kCommune;
  version.valid.first = first;
  unit->versions.push_back(version);
  return unit;
}

// Ended by the reform, with steps to (name, people in parts per million; 0: not known).
std::shared_ptr<units::UnitRecord> Ended(std::string name,
                                         const std::vector<std::pair<std::string, int>>& steps) {
  auto unit = UnitFrom(std::move(name), absl::CivilDay(2000, 1, 1));
  unit->versions[0].valid.end = kReform;
  for (const auto& [to, ppm] : steps) {
    units::UnitSuccessor& step = unit->successors.emplace_back();
    step.unit = to;
    step.effective = kReform;
    if (ppm > 0) step.population_ppm = ppm;
  }
  return unit;
}

TEST(CarryOverTest, MergedUnitsHaveTheSumAndDividedOnesExactShares) {
  units::UnitChanges all;
  all.units = {UnitFrom("units/new", kReform),
               UnitFrom("units/other", kReform),
               Ended("units/a", {{"units/new", 0}}),
               Ended("units/b", {{"units/new", 0}}),
               Ended("units/c", {{"units/new", 333'333}, {"units/other", 666'667}}),
               Ended("units/d", {{"units/new", 0}, {"units/other", 0}})};
  const auto known = units::Units::With(units::Units(), all);
  const EarlierAmounts earlier = CarryOver(*known, kToday,
                                           {{"units/a", 10},
                                            {"units/b", 20},
                                            {"units/c", 100},
                                            {"units/d", 7},
                                            {"units/nowhere", 5},
                                            {"units/other", 1}});
  EXPECT_THAT(earlier.by_unit,
              UnorderedElementsAre(Pair("units/new", 10 + 20 + 33), Pair("units/other", 67 + 1)));
  EXPECT_EQ(earlier.unplaced, 12);
}

TEST(CarryOverTest, BeforeTheReformEveryUnitKeepsItsOwn) {
  units::UnitChanges all;
  all.units = {UnitFrom("units/new", kReform), Ended("units/a", {{"units/new", 0}})};
  const auto known = units::Units::With(units::Units(), all);
  EXPECT_THAT(CarryOver(*known, absl::CivilDay(2025, 6, 30), {{"units/a", 10}}).by_unit,
              UnorderedElementsAre(Pair("units/a", 10)));
}

TEST(CarryOverTest, ACircleInTheDataEnds) {
  units::UnitChanges all;
  all.units = {Ended("units/a", {{"units/b", 0}}), Ended("units/b", {{"units/a", 0}})};
  const auto known = units::Units::With(units::Units(), all);
  EXPECT_EQ(CarryOver(*known, kToday, {{"units/a", 10}}).unplaced, 10);
}

}  // namespace
}  // namespace twotier::budget
