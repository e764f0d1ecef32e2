// The State's table of relations between the units before and since 1 July 2025, in both
// directions.

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
#include "services/registry/domain/resolution.h"
#include "services/registry/domain/testing.h"

namespace twotier::registry {
namespace {

using testing::NationalTree;
using testing::ReadFileForTest;

constexpr absl::CivilDay kBefore(2025, 6, 30);
constexpr absl::CivilDay kReform(2025, 7, 1);
constexpr absl::CivilDay kToday(2026, 11, 22);

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
  std::string type = {};           // Of the old unit, as the table writes it.
  std::string district_code = {};  // Of the district it lay in, or was.
  std::string province_code = {};
};

std::vector<std::vector<std::string>> Facts(const std::string& name, size_t columns) {
  std::vector<std::vector<std::string>> rows;
  const std::string file = ReadFileForTest(absl::StrCat("../shared/data/", name));
  // No cell of these files is quoted.
  for (const absl::string_view line : absl::StrSplit(file, '\n', absl::SkipEmpty())) {
    rows.push_back(absl::StrSplit(absl::StripSuffix(line, "\r"), ','));
    EXPECT_EQ(rows.back().size(), columns) << line;
  }
  if (!rows.empty()) rows.erase(rows.begin());  // The header.
  return rows;
}

// The table from which the data of this repository were written, when it lies beside the checkout;
// else the repository's own rows.
std::vector<TableRow> Table() {
  std::vector<TableRow> table;
  for (const std::vector<std::string>& cells : Facts("predecessors.csv", 9)) {
    table.push_back({cells[3] == "district" ? cells[4] : cells[0], cells[1], cells[7],
                     TableRelation(cells[8]), cells[2], cells[4], cells[6]});
  }
  if (!table.empty()) return table;
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

TEST(NationalTableTest, ResolvesEveryRelationOfTheTableForwards) {
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

TEST(NationalTableTest, ResolvesEveryRelationOfTheTableBackwards) {
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

UnitType OldType(const std::string& word) {
  static const std::map<std::string, UnitType> words = {{"commune", UnitType::kCommune},
                                                        {"ward", UnitType::kWard},
                                                        {"township", UnitType::kTownship},
                                                        {"island_district", UnitType::kDistrict},
                                                        {"", UnitType::kUnassignedArea}};
  return words.at(word);
}

TEST(NationalTableTest, OldUnitsHaveTheTypesDistrictsAndProvincesOfTheTable) {
  const UnitTree& tree = NationalTree();
  const std::vector<TableRow> table = Table();
  if (table.front().district_code.empty()) {
    GTEST_SKIP() << "the table does not lie beside the checkout";
  }
  for (const TableRow& row : table) {
    const Resolution resolution = Resolve(tree, QueryOf(row), kBefore);
    ASSERT_TRUE(resolution.status.ok()) << row.old_name << " " << resolution.status;
    const UnitVersion& old = tree.version(resolution.queried);
    EXPECT_EQ(old.full_name, row.old_name);
    EXPECT_EQ(old.type, OldType(row.type)) << row.old_name;
    EXPECT_EQ(old.province_code, row.province_code) << row.old_name;
    if (old.type == UnitType::kDistrict) continue;
    const auto district = tree.ByCode(row.district_code, kBefore);
    ASSERT_TRUE(district.has_value()) << row.district_code;
    EXPECT_EQ(old.parent_id, tree.unit(district->unit).id) << row.old_name;
  }
}

TEST(NationalTableTest, TheTypeChangesOf2026AreThoseOfTheList) {
  const UnitTree& tree = NationalTree();
  const std::vector<std::vector<std::string>> changes = Facts("unit_changes.csv", 6);
  if (changes.empty()) GTEST_SKIP() << "the list does not lie beside the checkout";
  ASSERT_EQ(changes.size(), 25u);
  for (const std::vector<std::string>& cells : changes) {
    absl::CivilDay day;
    ASSERT_TRUE(absl::ParseCivilTime(cells[4], &day)) << cells[4];
    const auto before = tree.ByCode(cells[1], day - 1);
    const auto after = tree.ByCode(cells[1], day);
    ASSERT_TRUE(before.has_value() && after.has_value()) << cells[1];
    EXPECT_EQ(before->unit, after->unit);
    EXPECT_EQ(tree.version(*before).full_name, cells[2]);
    EXPECT_EQ(tree.version(*after).full_name, cells[3]);
    EXPECT_EQ(tree.version(*after).valid.first, day);
  }
}

std::set<uint32_t> UnitsOf(const Resolution& resolution) {
  std::set<uint32_t> units;
  for (const ResolvedUnit& result : resolution.results) units.insert(result.unit.unit);
  return units;
}

// All of them, where the property tries some: nobody is lost on the way to the units of today,
// which only changed their type since, and from each of those the way back leads to all who went
// into it.
TEST(NationalTableTest, EveryOldUnitLeadsToUnitsOfTodayAndBack) {
  const UnitTree& tree = NationalTree();
  std::map<uint32_t, std::set<uint32_t>> became;  // By the unit of today.
  int64_t relations = 0;
  int64_t old_units = 0;
  for (uint32_t i = 0; i < tree.units().size(); ++i) {
    if (tree.unit(i).tier != Tier::kCommune || !tree.On(i, kBefore).has_value()) continue;
    ++old_units;
    UnitQuery query;
    query.unit_id = tree.unit(i).id;
    query.from_day = kBefore;
    const Resolution reform = Resolve(tree, query, kReform);
    const Resolution today = Resolve(tree, query, kToday);
    ASSERT_TRUE(reform.status.ok() && today.status.ok()) << tree.unit(i).id;
    EXPECT_EQ(UnitsOf(today), UnitsOf(reform)) << tree.unit(i).id;
    for (const uint32_t unit : UnitsOf(today)) became[unit].insert(i);
    relations += static_cast<int64_t>(today.results.size());
  }
  EXPECT_EQ(old_units, 10036);      // One of them an area that belonged to no commune.
  EXPECT_EQ(relations, 10568);      // Five of the table's are of island districts.
  EXPECT_EQ(became.size(), 3316u);  // The five came out of districts alone.
  for (const auto& [unit, sources] : became) {
    UnitQuery query;
    query.unit_id = tree.unit(unit).id;
    query.from_day = kToday;
    std::set<uint32_t> found;
    for (const uint32_t source : UnitsOf(Resolve(tree, query, kBefore))) {
      if (tree.unit(source).tier == Tier::kCommune) found.insert(source);
    }
    EXPECT_EQ(found, sources) << tree.unit(unit).id;
  }
}

}  // namespace
}  // namespace twotier::registry
