#include "services/personnel/domain/quota.h"

#include "common/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace twotier::personnel {
namespace {

// Hồ Chí Minh City in September 2025: 11,689 people on a commune quota of 11,185.
TEST(QuotaTest, AProvinceStartsAboveItsQuota) {
  QuotaBalance balance;
  balance.granted = 11'185;
  balance.allowance = 504;
  balance.used = 11'689;
  EXPECT_EQ(balance.available(), 0);
  const auto reason = error::ReasonOf(CheckAvailable(balance, 1, "units/79", "CIVIL_SERVANT"));
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(reason->reason, "QUOTA_EXCEEDED");
  EXPECT_THAT(reason->metadata, ::testing::Contains(std::make_pair("available", "0")));
  EXPECT_THAT(reason->metadata, ::testing::Contains(std::make_pair("asked", "1")));
  balance.used -= 2;
  balance.held = 1;
  EXPECT_TRUE(CheckAvailable(balance, 1, "units/79", "CIVIL_SERVANT").ok());
  EXPECT_FALSE(CheckAvailable(balance, 2, "units/79", "CIVIL_SERVANT").ok());
}

TEST(QuotaTest, AnAllowanceOnlyFalls) {
  const absl::CivilDay first(2025, 7, 1);
  EXPECT_TRUE(OnlyFalls(std::vector<AllowanceStep>{{first, 504}}));
  EXPECT_TRUE(OnlyFalls(std::vector<AllowanceStep>{{first, 504}, {first + 365, 403}}));
  EXPECT_FALSE(OnlyFalls(std::vector<AllowanceStep>{{first, 504}, {first + 365, 504}}));
  EXPECT_FALSE(OnlyFalls(std::vector<AllowanceStep>{{first, 504}, {first, 400}}));
  EXPECT_FALSE(OnlyFalls(std::vector<AllowanceStep>{{first, -1}}));
}

TEST(QuotaTest, AnActReplacesWhatIsAllowedFromItsFirstStepOn) {
  const absl::CivilDay first(2026, 7, 1);
  const std::vector<AllowanceStep> steps =
      FollowedBy(std::vector<AllowanceStep>{{first, 10}, {first + 100, 9}, {first + 365, 5}},
                 {{first + 184, 8}, {first + 400, 0}});
  EXPECT_EQ(AllowanceOn(steps, first - 1), 0);
  EXPECT_EQ(AllowanceOn(steps, first), 10);
  EXPECT_EQ(AllowanceOn(steps, first + 183), 9);
  EXPECT_EQ(AllowanceOn(steps, first + 184), 8);
  EXPECT_EQ(AllowanceOn(steps, first + 365), 8);
  EXPECT_EQ(AllowanceOn(steps, first + 400), 0);
}

TEST(QuotaTest, RunsDownInFiveYears) {
  const std::vector<AllowanceStep> steps = RunDownOf(504, absl::CivilDay(2025, 7, 1));
  ASSERT_EQ(steps.size(), 6u);
  EXPECT_EQ(AllowanceOn(steps, absl::CivilDay(2025, 6, 30)), 0);
  EXPECT_EQ(AllowanceOn(steps, absl::CivilDay(2025, 7, 1)), 504);
  EXPECT_EQ(AllowanceOn(steps, absl::CivilDay(2026, 7, 1)), 404);  // 403.2, rounded up.
  EXPECT_EQ(AllowanceOn(steps, absl::CivilDay(2030, 6, 30)), 101);
  EXPECT_EQ(AllowanceOn(steps, absl::CivilDay(2030, 7, 1)), 0);
}

RC_GTEST_PROP(QuotaTest, AnAllowanceThatMovesIsTheSameTogether, ()) {
  const absl::CivilDay first(2025, 7, 1);
  const auto steps = [&] {
    return RunDownOf(*rc::gen::inRange<int64_t>(0, 40), first + *rc::gen::inRange(0, 900));
  };
  const std::vector<AllowanceStep> from = steps();
  const std::vector<AllowanceStep> to = steps();
  const int64_t places = *rc::gen::inRange<int64_t>(0, 50);
  std::vector<AllowanceStep> left = from;
  std::vector<AllowanceStep> reached = to;
  MoveAllowance(left, reached, places);
  for (absl::CivilDay day = first - 1; day < first + 3'000; day += 30) {
    const int64_t moved = std::min(places, AllowanceOn(from, day));
    RC_ASSERT(AllowanceOn(left, day) == AllowanceOn(from, day) - moved);
    RC_ASSERT(AllowanceOn(reached, day) == AllowanceOn(to, day) + moved);
  }
}

RC_GTEST_PROP(QuotaTest, EveryRunDownOnlyFallsToZero, ()) {
  const int64_t surplus = *rc::gen::inRange<int64_t>(1, kPostsMax);
  const std::vector<AllowanceStep> steps = RunDownOf(surplus, absl::CivilDay(2025, 7, 1));
  RC_ASSERT(OnlyFalls(steps));
  RC_ASSERT(steps.front().posts == surplus);
  RC_ASSERT(steps.back().posts == 0);
}

// The pools that follow from the number of communes (golden: computed from Decree 300/2025).
TEST(QuotaTest, PoolOfViceChairs) {
  const std::pair<int64_t, int64_t> cases[] = {
      {126, 315}, {56, 140},  {124, 310}, {45, 112},  {38, 95},   {75, 187},  {99, 247},
      {92, 230},  {65, 162},  {54, 135},  {148, 370}, {114, 285}, {104, 260}, {129, 322},
      {166, 415}, {130, 325}, {69, 172},  {78, 195},  {40, 100},  {94, 235},  {96, 240},
      {135, 337}, {102, 255}, {95, 237},  {168, 420}, {103, 257}, {64, 160}};
  for (const auto& [communes, pool] : cases) EXPECT_EQ(ViceChairPool(communes), pool) << communes;
}

}  // namespace
}  // namespace twotier::personnel
