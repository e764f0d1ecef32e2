#include "services/personnel/domain/planned_grants.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kToday(2026, 11, 2);
const absl::CivilDay kNewYear(2027, 1, 1);

Quota QuotaOf(const std::string& unit, int64_t granted, std::vector<PlannedGrant> planned = {}) {
  Quota quota;
  quota.unit = unit;
  quota.granted = granted;
  quota.planned = std::move(planned);
  return quota;
}

PlannedGrant Of(absl::CivilDay first, int64_t posts) {
  return {first, static_cast<int>(first.year()), posts, "1/QĐ"};
}

TEST(PlannedGrantsTest, AGrantOfAYearToComeBeginsWithIt) {
  EXPECT_EQ(FirstDayOf(2026, kToday), kToday);
  EXPECT_EQ(FirstDayOf(2025, kToday), kToday);
  EXPECT_EQ(FirstDayOf(2027, kToday), kNewYear);
}

TEST(PlannedGrantsTest, TheLastOfADayCounts) {
  Quota quota = QuotaOf("a", 10);
  Plan(quota, Of(kNewYear, 12));
  Plan(quota, Of(kToday + 1, 11));
  Plan(quota, Of(kNewYear + 1, 13));
  Plan(quota, Of(kNewYear, 9));
  EXPECT_THAT(quota.planned,
              ElementsAre(Of(kToday + 1, 11), Of(kNewYear, 9), Of(kNewYear + 1, 13)));
  EXPECT_EQ(GrantedOn(quota, kToday), 10);
  EXPECT_EQ(GrantedOn(quota, kNewYear - 1), 11);
  EXPECT_EQ(GrantedOn(quota, kNewYear), 9);
}

TEST(PlannedGrantsTest, WhatHasComeIsTakenTogether) {
  Quota quota = QuotaOf("a", 10, {Of(kToday, 11), Of(kToday + 1, 12), Of(kToday + 2, 13)});
  EXPECT_EQ(TakeDue(quota, kToday - 1), std::nullopt);
  EXPECT_EQ(TakeDue(quota, kToday + 1), Of(kToday + 1, 12));
  EXPECT_THAT(quota.planned, ElementsAre(Of(kToday + 2, 13)));
  EXPECT_EQ(TakeDue(quota, kToday + 2), Of(kToday + 2, 13));
  EXPECT_THAT(quota.planned, IsEmpty());
}

TEST(PlannedGrantsTest, CommunesNeverHaveMoreThanTheirProvince) {
  Quota province = QuotaOf("p", 10);
  province.distributed = 8;
  int64_t own_use = 0;
  const auto with = [&](std::vector<PlannedGrant> own, std::vector<Quota> communes) {
    Quota planned = province;
    planned.planned = std::move(own);
    if (!planned.planned.empty()) communes.push_back(planned);
    return FirstShortfall(planned, own_use, communes, kToday);
  };
  EXPECT_EQ(with({}, {QuotaOf("a", 4, {Of(kNewYear, 6)})}), std::nullopt);
  EXPECT_EQ(with({}, {QuotaOf("a", 4, {Of(kNewYear, 7)})}), (Shortfall{kNewYear, 11, 10}));
  // One commune gives what another one gets; the day after it is too much.
  EXPECT_EQ(with({}, {QuotaOf("a", 4, {Of(kNewYear, 7)}), QuotaOf("b", 4, {Of(kNewYear, 3)})}),
            std::nullopt);
  EXPECT_EQ(with({}, {QuotaOf("a", 4, {Of(kNewYear, 7)}),
                      QuotaOf("b", 4, {Of(kNewYear, 3), Of(kNewYear + 1, 4)})}),
            (Shortfall{kNewYear + 1, 11, 10}));
  // The province gets more, or less.
  EXPECT_EQ(with({Of(kNewYear, 11)}, {QuotaOf("a", 4, {Of(kNewYear, 7)})}), std::nullopt);
  EXPECT_EQ(with({Of(kNewYear + 1, 11)}, {QuotaOf("a", 4, {Of(kNewYear, 7)})}),
            (Shortfall{kNewYear, 11, 10}));
  EXPECT_EQ(with({Of(kNewYear, 7)}, {}), (Shortfall{kNewYear, 8, 7}));
  // What is above is allowed for a time.
  province.steps = {{kToday, 2}, {kNewYear + 1, 1}};
  EXPECT_EQ(with({}, {QuotaOf("a", 4, {Of(kNewYear, 8)})}), std::nullopt);
  EXPECT_EQ(with({}, {QuotaOf("a", 4, {Of(kNewYear + 1, 8)})}), (Shortfall{kNewYear + 1, 12, 11}));
  // And what its own people have is not there to be given.
  own_use = 1;
  EXPECT_EQ(with({}, {QuotaOf("a", 4, {Of(kNewYear, 8)})}), (Shortfall{kNewYear, 12, 11}));
}

TEST(PlannedGrantsTest, OnlyWhatIsWorseThanBeforeStandsAgainstAnAllowance) {
  Quota before = QuotaOf("p", 10);
  before.distributed = 10;
  before.steps = {{kToday, 2}, {kNewYear + 1, 0}};
  const std::vector<Quota> communes = {QuotaOf("a", 10, {Of(kNewYear, 12), Of(kNewYear + 1, 13)})};
  Quota after = before;
  EXPECT_EQ(FirstWorsened(before, after, 0, communes, kToday), std::nullopt);
  after.steps = {{kToday, 1}, {kNewYear + 1, 0}};
  EXPECT_EQ(FirstWorsened(before, after, 0, communes, kToday), (Shortfall{kNewYear, 12, 11}));
  after.steps = {{kToday, 4}};
  EXPECT_EQ(FirstWorsened(before, after, 0, communes, kToday), std::nullopt);
}

TEST(PlannedGrantsTest, WhatWaitsSinceAPastDayIsSeenFromTomorrowOn) {
  Quota province = QuotaOf("p", 10);
  province.distributed = 10;
  const std::vector<Quota> communes = {QuotaOf("a", 10, {Of(kToday - 1, 11)}),
                                       QuotaOf("b", 0, {Of(kNewYear, 0)})};
  EXPECT_EQ(FirstShortfall(province, 0, communes, kToday), (Shortfall{kNewYear, 11, 10}));
}

}  // namespace
}  // namespace twotier::personnel
