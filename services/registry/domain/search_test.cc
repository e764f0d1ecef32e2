#include "services/registry/domain/search.h"

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "services/registry/domain/place_text.h"
#include "services/registry/domain/testing.h"

namespace twotier::registry {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using testing::NationalTree;

constexpr absl::CivilDay kToday(2026, 11, 22);
constexpr absl::CivilDay kBefore(2025, 6, 30);

const NameIndex& NationalNames() {
  static const NameIndex* const names = new NameIndex(NationalTree());
  return *names;
}

// Hits in their order.
std::vector<SearchHit> Find(SearchQuery query) {
  if (query.as_of == absl::CivilDay()) query.as_of = kToday;
  std::vector<SearchHit> hits = Search(NationalTree(), NationalNames(), query);
  std::sort(hits.begin(), hits.end(), [](const SearchHit& a, const SearchHit& b) {
    return RanksBefore(NationalTree(), a, b);
  });
  return hits;
}

std::vector<std::string> Names(const std::vector<SearchHit>& hits) {
  std::vector<std::string> names;
  for (const SearchHit& hit : hits) names.push_back(NationalTree().version(hit.unit).full_name);
  return names;
}

struct Case {
  std::string text;
  std::string found;  // A name among the hits that match best.
  NameMatch match;
};

void PrintTo(const Case& test, std::ostream* out) { *out << test.text; }

class SearchTextTest : public ::testing::TestWithParam<Case> {};

TEST_P(SearchTextTest, FindsTheName) {
  const std::vector<SearchHit> hits = Find({.text = GetParam().text});
  ASSERT_FALSE(hits.empty());
  EXPECT_EQ(hits[0].match, GetParam().match);
  std::vector<SearchHit> best;
  for (const SearchHit& hit : hits) {
    if (hit.match == hits[0].match && hit.edits == hits[0].edits) best.push_back(hit);
  }
  EXPECT_THAT(Names(best), Contains(GetParam().found));
}

INSTANTIATE_TEST_SUITE_P(Texts, SearchTextTest,
                         ::testing::Values(
                             // With and without diacritics and type, in any case, composed or not.
                             Case{"Phường Trúc Bạch", "Phường Trúc Bạch", NameMatch::kExact},
                             Case{"truc bach", "Phường Trúc Bạch", NameMatch::kExact},
                             Case{"TRUCBACH", "Phường Trúc Bạch", NameMatch::kExact},
                             Case{"Tru\u0301c Ba\u0323ch", "Phường Trúc Bạch", NameMatch::kExact},
                             // Of before the merger: a district, a province, a township.
                             Case{"quan ba dinh", "Quận Ba Đình", NameMatch::kExact},
                             Case{"Bắc Kạn", "Tỉnh Bắc Kạn", NameMatch::kExact},
                             Case{"tt loc ninh", "Thị trấn Lộc Ninh", NameMatch::kExact},
                             // Spellings that differ from list to list.
                             Case{"Bac Can", "Tỉnh Bắc Kạn", NameMatch::kExact},
                             Case{"Đắc Lắc", "Tỉnh Đắk Lắk", NameMatch::kExact},
                             Case{"Đăk Lua", "Xã Đak Lua", NameMatch::kExact},
                             Case{"Mĩ Tho", "Thành phố Mỹ Tho", NameMatch::kExact},
                             // Numbers and abbreviations.
                             Case{"P. 1", "Phường 1", NameMatch::kExact},
                             Case{"p1", "Phường 1", NameMatch::kExact},
                             Case{"Phường 01", "Phường 1", NameMatch::kExact},
                             Case{"1", "Phường 1", NameMatch::kExact},
                             Case{"Q.1", "Quận 1", NameMatch::kExact},
                             // Parts.
                             Case{"truc ba", "Phường Trúc Bạch", NameMatch::kStart},
                             Case{"k", "Tỉnh Khánh Hòa", NameMatch::kStart},
                             Case{"phuong truc b", "Phường Trúc Bạch", NameMatch::kStart},
                             Case{"uc bach", "Phường Trúc Bạch", NameMatch::kPart},
                             // A letter that is wrong, missing, too many, or in another place.
                             Case{"truc bahc", "Phường Trúc Bạch", NameMatch::kNear},
                             Case{"trucc bach", "Phường Trúc Bạch", NameMatch::kNear},
                             Case{"phuong tru bach", "Phường Trúc Bạch", NameMatch::kNear},
                             Case{"hoan kyem", "Quận Hoàn Kiếm", NameMatch::kExact}),
                         [](const auto& test) { return absl::StrCat("N", test.index); });

TEST(SearchTest, SpellingsWithApostropheAreOne) {
  std::string marked;
  for (const UnitHistory& unit : NationalTree().units()) {
    const std::string& name = unit.versions[0].short_name;
    if (absl::StrContains(name, "'")) marked = name;
  }
  ASSERT_NE(marked, "") << "the data hold names such as K'Dang";
  std::string plain = marked, spaced = marked;
  plain.erase(plain.find('\''), 1);
  spaced[spaced.find('\'')] = ' ';
  const std::vector<std::string> names = Names(Find({.text = marked}));
  EXPECT_THAT(names, ::testing::Not(IsEmpty()));
  EXPECT_EQ(Names(Find({.text = plain})), names);
  EXPECT_EQ(Names(Find({.text = spaced})), names);
}

TEST(SearchTest, TellsWhenTheNameWasValid) {
  const std::vector<SearchHit> hits = Find({.text = "Phường Trúc Bạch"});
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].named, (DateRange{kDataBegins, absl::CivilDay(2025, 7, 1)}));
  EXPECT_FALSE(hits[0].current);
  EXPECT_FALSE(hits[0].without_type);
  EXPECT_TRUE(Find({.text = "trúc bạch"})[0].without_type);
}

TEST(SearchTest, AUnitIsFoundUnderEachOfItsNames) {
  // Xã Lộc Ninh became Phường Lộc Ninh on 30 April 2026; before the merger there was a township.
  const std::vector<std::string> names = Names(Find({.text = "loc ninh", .province_code = "75"}));
  EXPECT_THAT(names, IsSupersetOf({"Phường Lộc Ninh", "Xã Lộc Ninh"}));
  EXPECT_EQ(names[0], "Phường Lộc Ninh") << "the name of today comes first";
}

TEST(SearchTest, NamesOfTheFutureAreNotFound) {
  const auto names = [](absl::CivilDay as_of) {
    return Names(Find({.text = "Phường Lộc Ninh", .province_code = "75", .as_of = as_of}));
  };
  EXPECT_THAT(names(absl::CivilDay(2026, 4, 29)), ::testing::Not(Contains("Phường Lộc Ninh")));
  EXPECT_THAT(names(absl::CivilDay(2026, 4, 30)), Contains("Phường Lộc Ninh"));
}

TEST(SearchTest, Filters) {
  EXPECT_THAT(Names(Find({.text = "ba dinh", .tier = Tier::kDistrict})),
              ElementsAre("Quận Ba Đình"));
  EXPECT_THAT(Names(Find({.text = "ba dinh", .tier = Tier::kCommune, .province_code = "01"})),
              ElementsAre("Phường Ba Đình"));
  for (const SearchHit& hit : Find({.text = "tan thanh", .only_current = true})) {
    EXPECT_TRUE(NationalTree().version(hit.unit).valid.Contains(kToday));
  }
  EXPECT_THAT(Find({.text = "truc bach", .only_current = true}), IsEmpty());
  EXPECT_THAT(Names(Find({.text = "truc bach", .only_current = true, .as_of = kBefore})),
              ElementsAre("Phường Trúc Bạch"));
}

TEST(SearchTest, UnitsAboveNarrowTheHits) {
  EXPECT_GT(Find({.text = "phuong 1"}).size(), 20u);
  const std::vector<SearchHit> hits = Find({.text = "P. 1, Q. 5, TP.HCM"});
  EXPECT_THAT(Names(hits), ::testing::UnorderedElementsAre("Phường 1", "Phường 11", "Phường 12",
                                                           "Phường 13", "Phường 14"));
  EXPECT_EQ(NationalTree().version(hits.at(0).unit).full_name, "Phường 1");
  EXPECT_EQ(hits.at(1).match, NameMatch::kStart);
  EXPECT_THAT(Find({.text = "truc bach, hue"}), IsEmpty());
}

TEST(SearchTest, WhatNamesNothingFindsNothing) {
  EXPECT_THAT(Find({.text = ""}), IsEmpty());
  EXPECT_THAT(Find({.text = " ,;"}), IsEmpty());
  EXPECT_THAT(Find({.text = "\xFF\xFE"}), IsEmpty());
  EXPECT_THAT(Find({.text = "zqzqzqzq"}), IsEmpty());
  EXPECT_THAT(Search(UnitTree(), NameIndex(), {.text = "ba dinh", .as_of = kToday}), IsEmpty());
}

TEST(SearchTest, RankKeysHaveTheOrderOfTheRank) {
  const std::vector<SearchHit> hits = Find({.text = "tan"});
  ASSERT_GT(hits.size(), 200u);
  std::vector<std::string> keys;
  for (const SearchHit& hit : hits) keys.push_back(RankKey(NationalTree(), hit));
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size());
}

// Every part of every name finds it, whatever the version.
RC_GTEST_PROP(SearchPropertyTest, EveryPartOfANameFindsTheUnit, ()) {
  const auto& units = NationalTree().units();
  const auto unit = *rc::gen::inRange<uint32_t>(0, static_cast<uint32_t>(units.size()));
  const auto version =
      *rc::gen::inRange<uint32_t>(0, static_cast<uint32_t>(units[unit].versions.size()));
  const std::string name = IndexName(units[unit].versions[version].full_name);
  const auto begin = *rc::gen::inRange<size_t>(0, name.size() - 2);
  const auto size = *rc::gen::inRange<size_t>(3, 1 + name.size() - begin);
  std::vector<FoundName> found = NationalNames().Find({name.substr(begin, size)});
  // Spaces are no letters: what is left may be too short to be searched within names.
  RC_PRE(SearchKey(name.substr(begin, size)).size() >= 3u);
  const bool there = std::any_of(found.begin(), found.end(), [&](const FoundName& one) {
    const auto versions = NationalNames().VersionsOf(one.name);
    return one.match != NameMatch::kNear &&
           std::find(versions.begin(), versions.end(), VersionRef{unit, version}) != versions.end();
  });
  RC_ASSERT(there);
}

// The distance by its definition, as different code.
size_t SlowEdits(const std::string& a, const std::string& b) {
  if (a.empty()) return b.size();
  if (b.empty()) return a.size();
  const std::string a1 = a.substr(1), b1 = b.substr(1);
  size_t best = std::min(SlowEdits(a1, b) + 1, SlowEdits(a, b1) + 1);
  best = std::min(best, SlowEdits(a1, b1) + (a[0] == b[0] ? 0 : 1));
  if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0]) {
    best = std::min(best, SlowEdits(a.substr(2), b.substr(2)) + 1);
  }
  return best;
}

RC_GTEST_PROP(SearchPropertyTest, EditsAreTheFewest, ()) {
  const auto letters = rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c'));
  const std::string a = *rc::gen::resize(6, letters);
  const std::string b = *rc::gen::resize(6, letters);
  RC_PRE(a.size() < 7u && b.size() < 7u);
  const size_t slow = SlowEdits(a, b);
  for (size_t max = 0; max < 8; ++max) RC_ASSERT(Edits(a, b, max) == std::min(slow, max + 1));
}

TEST(SearchKeyTest, WhatSpellingsShare) {
  EXPECT_EQ(SearchKey("dak lak"), "daclac");
  EXPECT_EQ(SearchKey("k dang"), SearchKey("kdang"));
  EXPECT_EQ(SearchKey("khanh hoa"), "khanhhoa");
  EXPECT_EQ(SearchKey("my tho"), SearchKey("mi tho"));
}

}  // namespace
}  // namespace twotier::registry
