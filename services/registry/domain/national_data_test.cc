// The national data as a whole: published facts, invariants at every date, and the table of
// relations.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/counts.h"
#include "services/registry/domain/resolution.h"
#include "services/registry/domain/testing.h"

namespace twotier::registry {
namespace {

using testing::National;
using testing::NationalTree;
using testing::ReadFileForTest;

constexpr absl::CivilDay kBefore(2025, 6, 30);
constexpr absl::CivilDay kReform(2025, 7, 1);

struct CountsOn {
  absl::CivilDay day;
  int64_t provinces, cities, districts, all, communes, wards, townships, special_zones;
};

class CountsTest : public ::testing::TestWithParam<CountsOn> {};

TEST_P(CountsTest, PerType) {
  const CountsOn& want = GetParam();
  const auto count = [&](absl::string_view what) {
    return CountUnits(NationalTree(), what, want.day).value();
  };
  EXPECT_EQ(count("provinces"), want.provinces);
  EXPECT_EQ(count("centrally_run_cities"), want.cities);
  EXPECT_EQ(count("districts"), want.districts);
  EXPECT_EQ(count("communes_of_any_type"), want.all);
  EXPECT_EQ(count("communes"), want.communes);
  EXPECT_EQ(count("wards"), want.wards);
  EXPECT_EQ(count("townships"), want.townships);
  EXPECT_EQ(count("special_zones"), want.special_zones);
}

INSTANTIATE_TEST_SUITE_P(
    Days, CountsTest,
    ::testing::Values(CountsOn{absl::CivilDay(2025, 6, 30), 63, 6, 696, 10035, 7692, 1726, 617, 0},
                      CountsOn{absl::CivilDay(2025, 7, 1), 34, 6, 0, 3321, 2621, 687, 0, 13},
                      CountsOn{absl::CivilDay(2026, 4, 29), 34, 6, 0, 3321, 2621, 687, 0, 13},
                      CountsOn{absl::CivilDay(2026, 4, 30), 34, 7, 0, 3321, 2611, 697, 0, 13},
                      CountsOn{absl::CivilDay(2026, 9, 1), 34, 8, 0, 3321, 2611, 697, 0, 13},
                      CountsOn{absl::CivilDay(2026, 9, 20), 34, 9, 0, 3321, 2599, 709, 0, 13}),
    [](const auto& test) {
      return absl::StrCat("Y", absl::FormatCivilTime(absl::CivilYear(test.param.day)), "M",
                          test.param.day.month(), "D", test.param.day.day());
    });

TEST(NationalDataTest, BaCheIsNotTheCodeOfAnOldMistake) {
  const auto ref = NationalTree().ByCode("06970", absl::CivilDay(2026, 1, 1));
  ASSERT_TRUE(ref.has_value());
  EXPECT_EQ(NationalTree().version(*ref).short_name, "Ba Chẽ");
  EXPECT_FALSE(NationalTree().ByCode("06978", absl::CivilDay(2026, 1, 1)).has_value());
}

TEST(NationalDataTest, OldProvince44IsQuangBinh) {
  const auto ref = NationalTree().ByCode("44", kBefore);
  ASSERT_TRUE(ref.has_value());
  EXPECT_EQ(NationalTree().version(*ref).full_name, "Tỉnh Quảng Bình");
}

TEST(NationalDataTest, CodesKeepTheirZeros) {
  int leading_zeros = 0;
  for (const UnitHistory& unit : NationalTree().units()) {
    const UnitVersion& last = unit.versions.back();
    if (unit.tier == Tier::kCommune && last.valid.end == kNoEnd && last.code[0] == '0') {
      ++leading_zeros;
    }
  }
  EXPECT_EQ(leading_zeros, 994);
}

// Relations of communes.csv and successions.csv together, as the published table counts them.
TEST(NationalDataTest, HoldsEveryRelationAndEveryDivision) {
  std::map<Relation, int> relations;
  int divided = 0;
  for (const UnitHistory& unit : NationalTree().units()) {
    if (unit.versions.front().valid.first != kBefore) continue;
    int published = 0;
    for (const Succession& step : unit.successions) {
      if (step.origin == Origin::kDerived || unit.tier == Tier::kProvince) continue;
      ++relations[step.relation];
      ++published;
    }
    if (published > 1) ++divided;
    if (unit.tier == Tier::kCommune && unit.versions.size() > 1 &&
        unit.versions[1].valid.first == kReform) {
      ++relations[unit.versions[1].change];
    }
  }
  EXPECT_EQ(divided, 441);
  EXPECT_EQ(relations[Relation::kWhole], 9466);
  EXPECT_EQ(relations[Relation::kPart], 826);
  EXPECT_EQ(relations[Relation::kPartOfArea], 83);
  EXPECT_EQ(relations[Relation::kPartOfAreaAllPopulation], 58);
  EXPECT_EQ(relations[Relation::kAllArea], 1);
  EXPECT_EQ(relations[Relation::kPartOfPopulation], 2);
  EXPECT_EQ(relations[Relation::kUnchanged], 127);
  EXPECT_EQ(relations[Relation::kBecameSpecialZone], 6);
  EXPECT_EQ(relations[Relation::kTypeChanged], 2);
  EXPECT_EQ(relations[Relation::kRenamed], 2);
}

Relation TableRelation(const std::string& word) {
  static const std::map<std::string, Relation> words = {
      {"whole", Relation::kWhole},
      {"part", Relation::kPart},
      {"part_area", Relation::kPartOfArea},
      {"part_area_all_population", Relation::kPartOfAreaAllPopulation},
      {"all_area", Relation::kAllArea},
      {"part_population", Relation::kPartOfPopulation},
      {"unchanged", Relation::kUnchanged},
      {"became_special_zone", Relation::kBecameSpecialZone},
      {"type_changed", Relation::kTypeChanged},
      {"renamed", Relation::kRenamed}};
  return words.at(word);
}

struct TableRow {
  std::string old_code;  // Of the district where the source is one; empty: the area without a code.
  std::string old_name;
  std::string new_code;
  Relation relation;
};

// The table from which the data of this repository were written, when it lies beside the checkout;
// else the repository's own rows.
std::vector<TableRow> Table() {
  std::vector<TableRow> table;
  const std::string facts = ReadFileForTest("../shared/data/predecessors.csv");
  if (!facts.empty()) {
    // No cell of that file is quoted.
    for (const absl::string_view line : absl::StrSplit(facts, '\n', absl::SkipEmpty())) {
      const std::vector<std::string> cells = absl::StrSplit(absl::StripSuffix(line, "\r"), ',');
      if (cells[0] == "old_code") continue;
      EXPECT_EQ(cells.size(), 9u) << line;
      table.push_back({cells[3] == "district" ? cells[4] : cells[0], cells[1], cells[7],
                       TableRelation(cells[8])});
    }
    return table;
  }
  for (const UnitHistory& unit : NationalTree().units()) {
    const UnitVersion& old = unit.versions.front();
    if (old.valid.first != kBefore || unit.tier == Tier::kProvince) continue;
    for (const Succession& step : unit.successions) {
      if (step.origin == Origin::kDerived) continue;
      const uint32_t target = *NationalTree().Find(step.target_id);
      table.push_back({old.code, old.full_name,
                       NationalTree().version(*NationalTree().On(target, kReform)).code,
                       step.relation});
    }
    if (unit.tier == Tier::kCommune && unit.versions.size() > 1) {
      table.push_back({old.code, old.full_name, unit.versions[1].code, unit.versions[1].change});
    }
  }
  return table;
}

UnitQuery QueryOf(const TableRow& row) {
  UnitQuery query;
  row.old_code.empty() ? query.text = row.old_name : query.code = row.old_code;
  query.from_day = kBefore;
  return query;
}

TEST(NationalDataTest, ResolvesEveryRelationOfTheTableForwards) {
  const std::vector<TableRow> table = Table();
  ASSERT_EQ(table.size(), 10573u);
  std::map<std::string, std::map<std::string, Relation>> expected;
  std::map<std::string, const TableRow*> rows;
  for (const TableRow& row : table) {
    const std::string key = row.old_code.empty() ? row.old_name : row.old_code;
    expected[key][row.new_code] = row.relation;
    rows[key] = &row;
  }
  for (const auto& [key, row] : rows) {
    const Resolution resolution = Resolve(NationalTree(), QueryOf(*row), kReform);
    ASSERT_TRUE(resolution.status.ok()) << key << " " << resolution.status;
    std::map<std::string, Relation> found;
    for (const ResolvedUnit& result : resolution.results) {
      found[NationalTree().version(result.unit).code] = result.relation;
      EXPECT_FALSE(result.path.empty()) << key;
      EXPECT_FALSE(result.path.back().act.empty()) << key;
    }
    EXPECT_EQ(found, expected[key]) << key;
  }
}

TEST(NationalDataTest, ResolvesEveryRelationOfTheTableBackwards) {
  std::map<std::string, std::multimap<std::string, Relation>> expected;
  for (const TableRow& row : Table()) expected[row.new_code].emplace(row.old_name, row.relation);
  ASSERT_EQ(expected.size(), 3321u);
  for (const auto& [code, sources] : expected) {
    UnitQuery query;
    query.code = code;
    query.from_day = kReform;
    const Resolution resolution = Resolve(NationalTree(), query, kBefore);
    ASSERT_TRUE(resolution.status.ok()) << code << " " << resolution.status;
    std::multiset<std::pair<std::string, int>> found;
    std::multiset<std::pair<std::string, int>> want;
    for (const ResolvedUnit& result : resolution.results) {
      // A district's steps are derived, apart from those of the island districts.
      const bool district = NationalTree().unit(result.unit.unit).tier == Tier::kDistrict;
      if (district && result.relation != Relation::kBecameSpecialZone) continue;
      found.emplace(NationalTree().version(result.unit).full_name,
                    static_cast<int>(result.relation));
    }
    for (const auto& [name, relation] : sources) want.emplace(name, static_cast<int>(relation));
    EXPECT_EQ(found, want) << code;
  }
}

// The address that a citizen writes today finds the commune: with a date alone, without one at
// least among the units that once had the name.
TEST(NationalDataTest, EveryAddressOfTodayIsFound) {
  const UnitTree& tree = NationalTree();
  constexpr absl::CivilDay kToday(2026, 11, 22);
  int current = 0;
  for (uint32_t i = 0; i < tree.units().size(); ++i) {
    const auto ref = tree.On(i, kToday);
    if (tree.unit(i).tier != Tier::kCommune || !ref.has_value()) continue;
    ++current;
    const UnitVersion& commune = tree.version(*ref);
    const auto province = tree.ByCode(commune.province_code, kToday);
    ASSERT_TRUE(province.has_value()) << commune.full_name;
    const std::string text =
        absl::StrCat(commune.full_name, ", ", tree.version(*province).full_name);
    UnitQuery query;
    query.text = text;
    const Resolution undated = Resolve(tree, query, kToday);
    const bool found = undated.status.ok()
                           ? undated.queried == *ref
                           : std::any_of(undated.candidates.begin(), undated.candidates.end(),
                                         [&](VersionRef candidate) { return candidate.unit == i; });
    EXPECT_TRUE(found) << text << " " << undated.status;
    query.from_day = kToday;
    const Resolution dated = Resolve(tree, query, kToday);
    ASSERT_TRUE(dated.status.ok()) << text << " " << dated.status;
    EXPECT_EQ(dated.queried, *ref) << text;
  }
  EXPECT_EQ(current, 3321);
}

// Dates at which anything changes, the days around them, and today.
rc::Gen<absl::CivilDay> AnyDay() {
  return rc::gen::map(rc::gen::inRange(0, 600), [](int days) { return kBefore + days; });
}

RC_GTEST_PROP(NationalPropertyTest, EveryUnitIsOrBecameSomethingOnEveryLaterDay, ()) {
  const UnitTree& tree = NationalTree();
  const auto unit = *rc::gen::inRange<uint32_t>(0, static_cast<uint32_t>(tree.units().size()));
  const DateRange& valid = tree.unit(unit).versions.front().valid;
  const absl::CivilDay day = *AnyDay();
  RC_PRE(valid.first <= day);
  UnitQuery query;
  query.unit_id = tree.unit(unit).id;
  query.from_day = valid.first;
  const Resolution resolution = Resolve(tree, query, day);
  RC_ASSERT(resolution.status.ok());
  RC_ASSERT(!resolution.results.empty());
  std::set<uint32_t> once;
  for (const ResolvedUnit& result : resolution.results) {
    RC_ASSERT(tree.version(result.unit).valid.Contains(day));
    RC_ASSERT(once.insert(result.unit.unit).second);
  }
}

RC_GTEST_PROP(NationalPropertyTest, ThereAndBackMeetsTheStart, ()) {
  const UnitTree& tree = NationalTree();
  const auto unit = *rc::gen::inRange<uint32_t>(0, static_cast<uint32_t>(tree.units().size()));
  const absl::CivilDay from = tree.unit(unit).versions.front().valid.first;
  const absl::CivilDay to = *AnyDay();
  RC_PRE(from <= to);
  UnitQuery there;
  there.unit_id = tree.unit(unit).id;
  there.from_day = from;
  for (const ResolvedUnit& result : Resolve(tree, there, to).results) {
    UnitQuery back;
    back.unit_id = tree.unit(result.unit.unit).id;
    back.from_day = to;
    bool met = false;
    for (const ResolvedUnit& source : Resolve(tree, back, from).results) {
      if (source.unit.unit != unit) continue;
      met = true;
      RC_ASSERT(source.relation == result.relation);
      RC_ASSERT(source.path.size() == result.path.size());
    }
    RC_ASSERT(met);
  }
}

RC_GTEST_PROP(NationalPropertyTest, EveryCommuneHasOneParentOnEveryDay, ()) {
  const UnitTree& tree = NationalTree();
  const absl::CivilDay day = *AnyDay();
  for (uint32_t i = 0; i < tree.units().size(); ++i) {
    int alive = 0;
    for (const UnitVersion& version : tree.unit(i).versions) {
      if (!version.valid.Contains(day)) continue;
      ++alive;
      if (tree.unit(i).tier == Tier::kProvince) continue;
      const auto parent = tree.Find(version.parent_id);
      RC_ASSERT(parent.has_value());
      const auto above = tree.On(*parent, day);
      RC_ASSERT(above.has_value());
      RC_ASSERT(tree.version(*above).province_code == version.province_code);
    }
    RC_ASSERT(alive <= 1);
    const DateRange life{tree.unit(i).versions.front().valid.first,
                         tree.unit(i).versions.back().valid.end};
    RC_ASSERT((alive == 1) == life.Contains(day));
  }
}

TEST(CoverageTest, FiguresOfTheFirstOfAugust2025) {
  const RegisterState& state = National().state;
  const Coverage coverage = ComputeCoverage(NationalTree(), state.centers, state.tier_models,
                                            state.counts, absl::CivilDay(2025, 8, 1));
  EXPECT_EQ(coverage.provinces, 34);
  EXPECT_EQ(coverage.two_level_provinces_covered, 32);
  EXPECT_EQ(coverage.single_level_provinces_covered, 2);
  EXPECT_EQ(coverage.communes, 3321);
  EXPECT_EQ(coverage.communes_covered, 3321);
  EXPECT_EQ(coverage.provincial_centers, 34);
  EXPECT_EQ(coverage.commune_centers, 3141);
  EXPECT_EQ(coverage.branches, 54);           // Quảng Ninh
  EXPECT_EQ(coverage.reception_points, 126);  // Hà Nội
  EXPECT_EQ(coverage.published_commune_centers, 3127);
  EXPECT_EQ(coverage.published_day, absl::CivilDay(2025, 8, 1));
  EXPECT_TRUE(coverage.uncovered_unit_ids.empty());
}

TEST(CoverageTest, NothingIsCoveredBeforeTheCentersBegan) {
  const RegisterState& state = National().state;
  const Coverage coverage =
      ComputeCoverage(NationalTree(), state.centers, state.tier_models, state.counts, kBefore);
  EXPECT_EQ(coverage.provinces, 63);
  EXPECT_EQ(coverage.communes, 10035);
  EXPECT_EQ(coverage.communes_covered, 0);
  EXPECT_EQ(coverage.uncovered_unit_ids.size(), kUncoveredMax);
  EXPECT_FALSE(coverage.published_commune_centers.has_value());
}

TEST(CoverageTest, TakesTheNumberPublishedLastBefore) {
  const RegisterState& state = National().state;
  const Coverage coverage = ComputeCoverage(NationalTree(), state.centers, state.tier_models,
                                            state.counts, absl::CivilDay(2025, 9, 1));
  EXPECT_EQ(coverage.published_commune_centers, 3139);
  EXPECT_EQ(coverage.published_day, absl::CivilDay(2025, 8, 19));
}

TEST(DeriveCentersTest, FollowsTheTierModelAndTheNamesOfTheUnit) {
  std::map<std::string, const CenterHistory*> centers;
  for (const CenterHistory& center : National().state.centers) centers[center.id] = &center;
  ASSERT_TRUE(centers.contains("H75.25270"));
  const CenterHistory& loc_ninh = *centers["H75.25270"];
  ASSERT_EQ(loc_ninh.versions.size(), 2u);
  EXPECT_EQ(loc_ninh.versions[0].display_name, "Trung tâm Phục vụ hành chính công xã Lộc Ninh");
  EXPECT_EQ(loc_ninh.versions[1].display_name, "Trung tâm Phục vụ hành chính công phường Lộc Ninh");
  EXPECT_EQ(loc_ninh.versions[1].valid.first, absl::CivilDay(2026, 4, 30));
  EXPECT_EQ(loc_ninh.versions[1].organisation_id, "H75.25270");
  EXPECT_TRUE(loc_ninh.versions[1].organisation_id_provisional);
  EXPECT_EQ(loc_ninh.versions[1].origin, Origin::kDerived);

  const CenterVersion& ba_dinh = centers["H01.00004"]->versions[0];
  EXPECT_EQ(ba_dinh.kind, CenterKind::kReceptionPoint);
  EXPECT_EQ(ba_dinh.parent_id, "H01");
  EXPECT_EQ(ba_dinh.organisation_id, "H26.00004");
  EXPECT_TRUE(ba_dinh.organisation_id_provisional);
  EXPECT_EQ(centers["H79"]->versions[0].organisation_id, "H29");
  EXPECT_FALSE(centers["H79"]->versions[0].organisation_id_provisional);
  const CenterVersion& ba_che = centers["H22.06970"]->versions[0];
  EXPECT_EQ(ba_che.kind, CenterKind::kBranch);
  EXPECT_EQ(ba_che.parent_id, "H22");
  EXPECT_EQ(centers["H22"]->versions.size(), 2u);  // A centrally-run city since 1 September 2026.
}

}  // namespace
}  // namespace twotier::registry
