// Chains over several reforms, on made-up data: divisions, reunions, codes used again, shares and
// hamlets.

#include "services/registry/domain/succession_walk.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/registry/domain/resolution.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Three reforms.
constexpr absl::CivilDay kFirst(2025, 7, 1);
constexpr absl::CivilDay kSecond(2026, 1, 1);
constexpr absl::CivilDay kThird(2026, 7, 1);
constexpr absl::CivilDay kBefore = kFirst - 1;

struct Part {
  std::string target;
  Relation relation = Relation::kPart;
  std::optional<int64_t> population_ppm{};
  std::vector<std::string> hamlets{};
};

// Units of one province, made step by step.
class World {
 public:
  World() {
    Add("P", Tier::kProvince, "48", {kDataBegins}, "");
    Add("D", Tier::kDistrict, "490", {kDataBegins, kFirst}, "P");
  }

  // A commune named like its id.
  void Commune(const std::string& id, const std::string& code, DateRange valid) {
    Add(id, Tier::kCommune, code, valid, valid.first < kFirst ? "D" : "P");
  }

  void Divide(const std::string& source, absl::CivilDay day, const std::vector<Part>& parts) {
    for (const Part& part : parts) {
      Succession step{part.target, day, part.relation, "act of " + source};
      step.population_ppm = part.population_ppm;
      step.hamlets = part.hamlets;
      units_.at(source).successions.push_back(std::move(step));
    }
  }

  UnitTree Build() const {
    std::vector<UnitHistory> units;
    for (const auto& [id, unit] : units_) units.push_back(unit);
    return UnitTree::Build(std::move(units)).value();
  }

 private:
  void Add(const std::string& id, Tier tier, const std::string& code, DateRange valid,
           const std::string& parent) {
    UnitHistory& unit = units_[id];
    unit.id = id;
    unit.tier = tier;
    unit.version = 1;
    UnitVersion version;
    version.valid = valid;
    version.type = tier == Tier::kCommune ? UnitType::kCommune : UnitType::kProvince;
    version.code = code;
    version.full_name = version.short_name = id;
    version.parent_id = parent;
    version.province_code = "48";
    unit.versions.push_back(version);
  }

  std::map<std::string, UnitHistory> units_;
};

Resolution Ask(const UnitTree& tree, const std::string& id, absl::CivilDay from,
               absl::CivilDay to) {
  UnitQuery query;
  query.unit_id = id;
  query.from_day = from;
  Resolution resolution = Resolve(tree, query, to);
  EXPECT_TRUE(resolution.status.ok()) << resolution.status;
  return resolution;
}

// Results by unit.
std::map<std::string, ResolvedUnit> ById(const UnitTree& tree, const Resolution& resolution) {
  std::map<std::string, ResolvedUnit> results;
  for (const ResolvedUnit& result : resolution.results) {
    EXPECT_TRUE(results.emplace(tree.unit(result.unit.unit).id, result).second);
  }
  return results;
}

std::vector<std::string> ActsOf(const ResolvedUnit& result) {
  std::vector<std::string> acts;
  for (const PathStep& step : result.path) acts.emplace_back(step.act);
  return acts;
}

// A goes into B (first reform), B is divided into C and E (second), C goes into F (third). Code
// 00001 is A's, then C's; code 00002 is B's, then F's.
World ThreeReforms() {
  World world;
  world.Commune("A", "00001", {kDataBegins, kFirst});
  world.Commune("B", "00002", {kFirst, kSecond});
  world.Commune("C", "00001", {kSecond, kThird});
  world.Commune("E", "00003", {kSecond});
  world.Commune("F", "00002", {kThird});
  world.Divide("A", kFirst, {{"B", Relation::kWhole}});
  world.Divide("B", kSecond,
               {{"C", Relation::kPart, 300'000, {"Thôn 1", "Thôn 2"}},
                {"E", Relation::kPart, 700'000, {"Thôn 3"}}});
  world.Divide("C", kThird, {{"F", Relation::kWhole}});
  return world;
}

TEST(WalkTest, FollowsThreeReformsWithTheActs) {
  const UnitTree tree = ThreeReforms().Build();
  const Resolution resolution = Ask(tree, "A", kBefore, kThird);
  const auto results = ById(tree, resolution);
  ASSERT_THAT(results, UnorderedElementsAre(Pair("E", ::testing::_), Pair("F", ::testing::_)));
  EXPECT_THAT(ActsOf(results.at("F")), ElementsAre("act of A", "act of B", "act of C"));
  EXPECT_THAT(ActsOf(results.at("E")), ElementsAre("act of A", "act of B"));
  EXPECT_EQ(results.at("F").relation, Relation::kPart);
  EXPECT_EQ(results.at("F").population_ppm, 300'000);
  EXPECT_EQ(results.at("F").area_ppm, std::nullopt) << "no share of the area was stated";
  EXPECT_EQ(results.at("E").population_ppm, 700'000);
  EXPECT_EQ(resolution.discriminator, Discriminator::kHamlet);
  EXPECT_THAT(results.at("F").hamlets, ElementsAre("Thôn 1", "Thôn 2"));
  EXPECT_THAT(results.at("E").hamlets, ElementsAre("Thôn 3"));
}

TEST(WalkTest, StopsOnTheDateAskedFor) {
  const UnitTree tree = ThreeReforms().Build();
  EXPECT_THAT(ById(tree, Ask(tree, "A", kBefore, kBefore)), ElementsAre(Pair("A", ::testing::_)));
  EXPECT_THAT(ById(tree, Ask(tree, "A", kBefore, kFirst)), ElementsAre(Pair("B", ::testing::_)));
  EXPECT_THAT(ById(tree, Ask(tree, "A", kBefore, kSecond - 1)),
              ElementsAre(Pair("B", ::testing::_)));
  EXPECT_THAT(ById(tree, Ask(tree, "A", kBefore, kThird - 1)),
              ElementsAre(Pair("C", ::testing::_), Pair("E", ::testing::_)));
  const Resolution whole = Ask(tree, "A", kBefore, kFirst);
  EXPECT_EQ(whole.discriminator, Discriminator::kUnspecified);
  EXPECT_EQ(whole.results[0].population_ppm, kWholePpm);
  EXPECT_THAT(whole.results[0].hamlets, IsEmpty());
}

TEST(WalkTest, BackwardsOverThreeReforms) {
  const UnitTree tree = ThreeReforms().Build();
  const Resolution resolution = Ask(tree, "F", kThird, kBefore);
  const auto results = ById(tree, resolution);
  ASSERT_THAT(results, ElementsAre(Pair("A", ::testing::_)));
  EXPECT_THAT(ActsOf(results.at("A")), ElementsAre("act of A", "act of B", "act of C"));
  EXPECT_EQ(results.at("A").population_ppm, 300'000) << "of A, 30 % are in F";
  EXPECT_EQ(results.at("A").relation, Relation::kPart);
  EXPECT_EQ(resolution.discriminator, Discriminator::kUnspecified) << "nothing is to be chosen";
}

TEST(WalkTest, ACodeOfThreeUnitsNeedsADate) {
  const UnitTree tree = ThreeReforms().Build();
  UnitQuery query;
  query.code = "00002";
  const Resolution ambiguous = Resolve(tree, query, kThird);
  ASSERT_TRUE(error::ReasonOf(ambiguous.status).has_value()) << ambiguous.status;
  EXPECT_EQ(error::ReasonOf(ambiguous.status)->reason, "AMBIGUOUS_CODE");
  EXPECT_THAT(ambiguous.candidates, SizeIs(2));
  query.from_day = kSecond - 1;
  const Resolution dated = Resolve(tree, query, kThird);
  EXPECT_EQ(tree.unit(dated.queried.unit).id, "B");
  EXPECT_THAT(ById(tree, dated),
              UnorderedElementsAre(Pair("E", ::testing::_), Pair("F", ::testing::_)));
}

TEST(WalkTest, WithoutHamletsOnlyTheLocationTells) {
  World world;
  world.Commune("A", "00001", {kDataBegins, kFirst});
  world.Commune("B", "00002", {kFirst, kSecond});
  world.Commune("C", "00003", {kFirst});
  world.Commune("E", "00004", {kSecond});
  world.Commune("F", "00005", {kSecond});
  world.Divide(
      "A", kFirst,
      {{"B", Relation::kPart, 500'000, {"Thôn 1"}}, {"C", Relation::kPart, 500'000, {"Thôn 2"}}});
  world.Divide("B", kSecond, {{"E"}, {"F"}});
  const UnitTree tree = world.Build();
  EXPECT_EQ(Ask(tree, "A", kBefore, kFirst).discriminator, Discriminator::kHamlet);
  const Resolution resolution = Ask(tree, "A", kBefore, kSecond);
  const auto results = ById(tree, resolution);
  EXPECT_THAT(results, SizeIs(3));
  EXPECT_EQ(resolution.discriminator, Discriminator::kLocation);
  for (const auto& [id, result] : results) EXPECT_THAT(result.hamlets, IsEmpty()) << id;
  EXPECT_EQ(results.at("C").population_ppm, 500'000);
  EXPECT_EQ(results.at("E").population_ppm, std::nullopt) << "a share of a share not known";
}

TEST(WalkTest, WhatWasDividedAndRejoinedIsWholeAgain) {
  World world;
  world.Commune("A", "00001", {kDataBegins, kFirst});
  world.Commune("B", "00002", {kFirst, kSecond});
  world.Commune("C", "00003", {kFirst, kThird});
  world.Commune("E", "00004", {kSecond});
  world.Divide("A", kFirst, {{"B"}, {"C"}});
  world.Divide("B", kSecond, {{"E", Relation::kWhole}});
  world.Divide("C", kThird, {{"E", Relation::kWhole}});
  const UnitTree tree = world.Build();
  EXPECT_THAT(Ask(tree, "A", kBefore, kSecond).results, SizeIs(2));
  const Resolution resolution = Ask(tree, "A", kBefore, kThird);
  ASSERT_THAT(resolution.results, SizeIs(1));
  EXPECT_EQ(resolution.results[0].relation, Relation::kWhole);
  EXPECT_EQ(resolution.results[0].population_ppm, kWholePpm);
  EXPECT_EQ(resolution.discriminator, Discriminator::kUnspecified);
  // Backwards every way counts, too.
  EXPECT_THAT(ById(tree, Ask(tree, "E", kThird, kBefore)), ElementsAre(Pair("A", ::testing::_)));
}

TEST(WalkTest, AUnitThatGivesAPartAwayGoesOn) {
  World world;
  world.Commune("A", "00001", {kFirst});
  world.Commune("B", "00002", {kSecond});
  world.Divide(
      "A", kSecond,
      {{"A", Relation::kPart, 900'000, {"Thôn 1"}}, {"B", Relation::kPart, 100'000, {"Thôn 2"}}});
  const UnitTree tree = world.Build();
  const Resolution resolution = Ask(tree, "A", kFirst, kThird);
  const auto results = ById(tree, resolution);
  ASSERT_THAT(results, ElementsAre(Pair("A", ::testing::_), Pair("B", ::testing::_)));
  EXPECT_EQ(results.at("A").relation, Relation::kPart);
  EXPECT_EQ(results.at("A").population_ppm, 900'000);
  EXPECT_THAT(results.at("A").hamlets, ElementsAre("Thôn 1"));
  EXPECT_THAT(results.at("A").path, SizeIs(1));
  EXPECT_EQ(resolution.discriminator, Discriminator::kHamlet);
  EXPECT_EQ(ById(tree, Ask(tree, "B", kSecond, kFirst)).at("A").population_ppm, 100'000);
  EXPECT_EQ(ById(tree, Ask(tree, "A", kSecond, kFirst)).at("A").population_ppm, 900'000);
}

TEST(WalkTest, APartThatStaysWithoutAStepIsAPartToo) {
  World world;
  world.Commune("A", "00001", {kFirst});
  world.Commune("B", "00002", {kSecond});
  world.Divide("A", kSecond, {{"B", Relation::kPartOfArea}});
  const UnitTree tree = world.Build();
  const Resolution resolution = Ask(tree, "A", kFirst, kThird);
  const auto results = ById(tree, resolution);
  ASSERT_THAT(results, ElementsAre(Pair("A", ::testing::_), Pair("B", ::testing::_)));
  EXPECT_EQ(results.at("A").relation, Relation::kPart);
  EXPECT_EQ(results.at("A").population_ppm, std::nullopt);
  EXPECT_EQ(resolution.discriminator, Discriminator::kLocation);
}

// Communes "0-0" … of four generations, each divided among those of the next in shares that sum to
// all.
RC_GTEST_PROP(WalkPropertyTest, SharesOfAllSuccessorsAreTheWhole, ()) {
  constexpr int kGenerations = 4;
  constexpr int kUnits = 3;
  const absl::CivilDay begins[] = {kBefore, kFirst, kSecond, kThird, kNoEnd};
  const auto name = [](int generation, int unit) { return absl::StrCat(generation, "-", unit); };
  World world;
  for (int g = 0; g < kGenerations; ++g) {
    for (int u = 0; u < kUnits; ++u) {
      world.Commune(name(g, u), absl::StrCat("0000", u), {begins[g], begins[g + 1]});
    }
  }
  for (int g = 0; g + 1 < kGenerations; ++g) {
    for (int u = 0; u < kUnits; ++u) {
      const int64_t first = *rc::gen::inRange<int64_t>(1, 500'000);
      const int64_t second = *rc::gen::inRange<int64_t>(1, 500'000);
      world.Divide(name(g, u), begins[g + 1],
                   {{name(g + 1, 0), Relation::kPart, first},
                    {name(g + 1, 1), Relation::kPart, second},
                    {name(g + 1, 2), Relation::kPart, kWholePpm - first - second}});
    }
  }
  const UnitTree tree = world.Build();
  int64_t sum = 0;
  const Resolution resolution = Ask(tree, name(0, 0), kBefore, kThird);
  RC_ASSERT(resolution.results.size() == size_t{kUnits});
  for (const ResolvedUnit& result : resolution.results) {
    RC_ASSERT(result.population_ppm.has_value());
    sum += *result.population_ppm;
  }
  // Each of the 3 + 9 + 27 ways may lose one to rounding at each step.
  RC_ASSERT(sum <= kWholePpm && kWholePpm - 40 <= sum);

  // Backwards: what the last generation has of each first commune sums to that commune.
  int64_t back = 0;
  for (int u = 0; u < kUnits; ++u) {
    for (const ResolvedUnit& result : Ask(tree, name(3, u), kThird, kBefore).results) {
      if (tree.unit(result.unit.unit).id == name(0, 0)) back += *result.population_ppm;
    }
  }
  RC_ASSERT(back <= kWholePpm && kWholePpm - 40 <= back);
}

}  // namespace
}  // namespace twotier::registry
