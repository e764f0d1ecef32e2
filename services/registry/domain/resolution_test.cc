#include "services/registry/domain/resolution.h"

#include <ostream>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/domain/place_text.h"
#include "services/registry/domain/testing.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::NationalTree;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr absl::CivilDay kToday(2026, 11, 22);
constexpr absl::CivilDay kBefore(2025, 6, 30);

Resolution ByText(absl::string_view text, std::optional<absl::CivilDay> from = std::nullopt,
                  absl::CivilDay to = kToday) {
  UnitQuery query;
  query.text = text;
  query.from_day = from;
  return Resolve(NationalTree(), query, to);
}

Resolution ByCode(absl::string_view code, std::optional<absl::CivilDay> from = std::nullopt,
                  absl::CivilDay to = kToday) {
  UnitQuery query;
  query.code = code;
  query.from_day = from;
  return Resolve(NationalTree(), query, to);
}

std::string ReasonOf(const Resolution& resolution) {
  const auto reason = error::ReasonOf(resolution.status);
  return reason.has_value() ? reason->reason : "";
}

std::vector<std::string> Names(const Resolution& resolution) {
  std::vector<std::string> names;
  for (const ResolvedUnit& result : resolution.results) {
    names.push_back(NationalTree().version(result.unit).full_name);
  }
  return names;
}

TEST(ResolveTest, OldWardByCodeAndDate) {
  const Resolution resolution = ByCode("00004", kBefore);
  ASSERT_TRUE(resolution.status.ok());
  EXPECT_EQ(NationalTree().version(resolution.queried).full_name, "Phường Trúc Bạch");
  ASSERT_THAT(Names(resolution), ElementsAre("Phường Ba Đình"));
  EXPECT_EQ(resolution.results[0].relation, Relation::kWhole);
  ASSERT_THAT(resolution.results[0].path, SizeIs(1));
  EXPECT_EQ(resolution.results[0].path[0].act, "1656/NQ-UBTVQH15");
  EXPECT_EQ(resolution.results[0].path[0].effective, absl::CivilDay(2025, 7, 1));
}

TEST(ResolveTest, ReusedCodeWithoutDateIsAmbiguous) {
  const Resolution resolution = ByCode("00004");
  EXPECT_EQ(resolution.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(resolution), "AMBIGUOUS_CODE");
  std::vector<std::string> names;
  for (const VersionRef ref : resolution.candidates) {
    names.push_back(NationalTree().version(ref).full_name);
  }
  EXPECT_THAT(names, UnorderedElementsAre("Phường Trúc Bạch", "Phường Ba Đình"));
  EXPECT_EQ(error::ReasonOf(resolution.status)->metadata[0].first, "candidates");
}

TEST(ResolveTest, AnyNameThatTheProvinceHadDuringTheVersionCounts) {
  // Đồng Nai was a province until 30 April 2026 and is a city since; the ward goes on.
  EXPECT_THAT(Names(ByText("Phường Trấn Biên, Thành phố Đồng Nai", kToday)),
              ElementsAre("Phường Trấn Biên"));
  EXPECT_EQ(ReasonOf(ByText("Phường Trấn Biên, Tỉnh Đồng Nai", kToday)), "UNIT_NOT_FOUND");
  EXPECT_THAT(Names(ByText("Phường Trấn Biên, Thành phố Đồng Nai")),
              ElementsAre("Phường Trấn Biên"));
  EXPECT_THAT(Names(ByText("Phường Trấn Biên, Tỉnh Đồng Nai")), ElementsAre("Phường Trấn Biên"));
}

TEST(ResolveTest, OldAndNewUnitOfOneAddressAreBothCandidates) {
  // Thành phố Bắc Ninh was a district of Tỉnh Bắc Ninh and is what that province became.
  const Resolution resolution = ByText("Phường Kinh Bắc, Thành phố Bắc Ninh");
  ASSERT_EQ(ReasonOf(resolution), "AMBIGUOUS_NAME") << resolution.status;
  EXPECT_THAT(resolution.candidates, SizeIs(2));
  EXPECT_THAT(std::string(resolution.status.message()), ::testing::HasSubstr("`from_date`"));
  EXPECT_THAT(Names(ByText("Phường Kinh Bắc, Thành phố Bắc Ninh", kToday)),
              ElementsAre("Phường Kinh Bắc"));
}

TEST(ResolveTest, DividedUnitGivesEverySuccessor) {
  // Phường Ngọc Hà of Quận Ba Đình was divided among three wards.
  const Resolution resolution = ByCode("00016", kBefore);
  ASSERT_TRUE(resolution.status.ok());
  EXPECT_GT(resolution.results.size(), 1u);
  for (const ResolvedUnit& result : resolution.results) {
    EXPECT_EQ(result.relation, Relation::kPart);
  }
}

TEST(ResolveTest, FollowsLaterChangesOfTheSuccessor) {
  // Thị trấn Lộc Ninh (old 25270) → xã Lộc Ninh (2025) → phường Lộc Ninh (30 April 2026).
  const Resolution resolution = ByCode("25270", kBefore);
  ASSERT_TRUE(resolution.status.ok());
  ASSERT_THAT(Names(resolution), ElementsAre("Phường Lộc Ninh"));
  ASSERT_THAT(resolution.results[0].path, SizeIs(2));
  EXPECT_EQ(resolution.results[0].path[1].relation, Relation::kTypeChanged);
  EXPECT_EQ(resolution.results[0].path[1].act, "237/NQ-UBTVQH16");
  EXPECT_EQ(resolution.results[0].path[1].source, resolution.results[0].path[1].target);
  EXPECT_EQ(resolution.results[0].relation, Relation::kWhole);

  EXPECT_THAT(Names(ByCode("25270", kBefore, absl::CivilDay(2026, 4, 29))),
              ElementsAre("Xã Lộc Ninh"));
}

TEST(ResolveTest, UnitThatGoesOnIsItsOwnSuccessor) {
  const Resolution resolution = ByCode("04603", kBefore);
  ASSERT_TRUE(resolution.status.ok());
  ASSERT_THAT(Names(resolution), ElementsAre("Xã Tà Xi Láng"));
  EXPECT_EQ(resolution.results[0].relation, Relation::kUnchanged);
  EXPECT_EQ(resolution.results[0].unit.unit, resolution.queried.unit);
  // Its code means one unit only, so no date is needed.
  EXPECT_TRUE(ByCode("04603").status.ok());
  EXPECT_THAT(ByCode("04603").results[0].path, IsEmpty());
}

TEST(ResolveTest, DistrictBecomesTheCommunesOnItsLand) {
  const Resolution resolution = ByText("Quận Ba Đình, Hà Nội");
  ASSERT_TRUE(resolution.status.ok()) << resolution.status;
  EXPECT_THAT(Names(resolution),
              ::testing::IsSupersetOf({"Phường Ba Đình", "Phường Ngọc Hà", "Phường Giảng Võ"}));
  for (const ResolvedUnit& result : resolution.results) {
    EXPECT_EQ(result.relation, Relation::kPart);
  }
}

TEST(ResolveTest, BackwardsToThePredecessors) {
  const Resolution resolution = ByCode("00004", absl::CivilDay(2025, 7, 1), kBefore);
  ASSERT_TRUE(resolution.status.ok());
  EXPECT_THAT(Names(resolution),
              ::testing::IsSupersetOf({"Phường Trúc Bạch", "Phường Quán Thánh"}));
}

TEST(ResolveTest, Refusals) {
  EXPECT_EQ(ReasonOf(ByCode("99999")), "UNIT_NOT_FOUND");
  EXPECT_EQ(ReasonOf(ByCode("26740", absl::CivilDay(2025, 6, 29))), "DATE_BEFORE_DATA");
  EXPECT_EQ(ReasonOf(ByCode("26740", kBefore, absl::CivilDay(2020, 1, 1))), "DATE_BEFORE_DATA");
  EXPECT_EQ(ReasonOf(ByText("Xã Không Có Thật")), "UNIT_NOT_FOUND");
  EXPECT_EQ(ReasonOf(ByText(" , ;")), "UNIT_NOT_FOUND");
  EXPECT_EQ(ReasonOf(ByText("\xFF\xFE")), "UNIT_NOT_FOUND");
  UnitQuery query;
  query.unit_id = "nobody";
  EXPECT_EQ(ReasonOf(Resolve(NationalTree(), query, kToday)), "UNIT_NOT_FOUND");
}

TEST(ResolveTest, AmbiguousNameGivesABoundedListOfCandidates) {
  const Resolution resolution = ByText("Tân Thành");
  EXPECT_EQ(ReasonOf(resolution), "AMBIGUOUS_NAME");
  EXPECT_THAT(error::ReasonOf(resolution.status)->metadata,
              ::testing::Contains(::testing::Pair("candidate_count", "42")));
  EXPECT_THAT(resolution.candidates, SizeIs(kCandidatesMax));
}

struct Spelling {
  std::string text;
  std::string queried;
};

void PrintTo(const Spelling& spelling, std::ostream* out) { *out << spelling.text; }

class SpellingTest : public ::testing::TestWithParam<Spelling> {};

TEST_P(SpellingTest, FindsTheUnit) {
  const Resolution resolution = ByText(GetParam().text);
  ASSERT_TRUE(resolution.status.ok()) << GetParam().text << " " << resolution.status;
  EXPECT_EQ(NationalTree().version(resolution.queried).full_name, GetParam().queried);
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, SpellingTest,
    ::testing::Values(Spelling{"Phường Trúc Bạch, Quận Ba Đình, Hà Nội", "Phường Trúc Bạch"},
                      Spelling{"truc bach, ha noi", "Phường Trúc Bạch"},
                      Spelling{"TRUC BACH", "Phường Trúc Bạch"},
                      Spelling{"P. Trúc Bạch, Q. Ba Đình, TP. Hà Nội", "Phường Trúc Bạch"},
                      Spelling{"  phường  trúc   bạch ,hà nội ", "Phường Trúc Bạch"},
                      // The same in decomposed form (NFD).
                      Spelling{"Phu\u031Bo\u031B\u0300ng Tru\u0301c Ba\u0323ch",
                               "Phường Trúc Bạch"},
                      Spelling{"Phường Bến Nghé, Quận 1, TP.HCM", "Phường Bến Nghé"},
                      Spelling{"phuong ben nghe, quan 01, ho chi minh", "Phường Bến Nghé"},
                      Spelling{"Đặc khu Phú Quốc", "Đặc khu Phú Quốc"},
                      Spelling{"dac khu cat hai", "Đặc khu Cát Hải"},
                      Spelling{"Xã Đak Lua", "Xã Đak Lua"},
                      Spelling{"Phường Đúc, Thành phố Huế", "Phường Phường Đúc"},
                      Spelling{"Tỉnh Bắc Kạn", "Tỉnh Bắc Kạn"},
                      Spelling{"Khu vực bãi bồi ven biển do huyện Kim Sơn quản lý",
                               "Khu vực bãi bồi ven biển do huyện Kim Sơn quản lý"}),
    [](const auto& test) { return absl::StrCat("N", test.index); });

TEST(SpellingRuleTest, DiacriticsDecideWhenWritten) {
  // Without marks both "Ba Đình" and its look-alikes match; with marks only what is written so.
  const Resolution plain = ByText("ba dinh", absl::CivilDay(2026, 1, 1));
  const Resolution marked = ByText("Ba Đình", absl::CivilDay(2026, 1, 1));
  const size_t plain_count = plain.candidates.size();
  EXPECT_EQ(plain_count, 3u);
  EXPECT_LT(std::max<size_t>(marked.candidates.size(), 1), plain_count);
}

TEST(PlaceTextTest, IndexNameDropsLeadingZerosOnly) {
  EXPECT_EQ(IndexName("Phường 01"), "phuong 1");
  EXPECT_EQ(IndexName("Phường 10"), "phuong 10");
  EXPECT_EQ(IndexName("Khu 0"), "khu 0");
}

TEST(WeakerTest, OrdersWholeAbovePart) {
  EXPECT_EQ(Weaker(Relation::kWhole, Relation::kPart), Relation::kPart);
  EXPECT_EQ(Weaker(Relation::kTypeChanged, Relation::kWhole), Relation::kWhole);
  EXPECT_EQ(Weaker(Relation::kUnchanged, Relation::kUnchanged), Relation::kUnchanged);
}

}  // namespace
}  // namespace twotier::registry
