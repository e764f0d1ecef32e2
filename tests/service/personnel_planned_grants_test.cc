// Quotas that are granted for a day to come.

#include <string>

#include "common/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::CivilDay kNewYear(2027, 1, 1);

class PlannedGrantsTest : public PersonnelTest {
 protected:
  v1::GrantQuotaRequest Of(const std::string& unit, int64_t posts, int year) {
    v1::GrantQuotaRequest request;
    request.set_parent("provinces/48");
    request.set_unit(unit);
    request.set_quota_kind(v1::QUOTA_KIND_CIVIL_SERVANT);
    request.set_posts(posts);
    request.set_year(year);
    request.mutable_act()->set_number("20/NQ-HĐND");
    request.set_etag(QuotaOf(unit).etag());
    request.set_request_id(RequestId());
    return request;
  }
  absl::StatusOr<v1::GrantQuotaResponse> PlanFor(const std::string& unit, int64_t posts,
                                                 absl::CivilDay first) {
    v1::GrantQuotaRequest request = Of(unit, posts, static_cast<int>(first.year()));
    Set(request.mutable_first_date(), first);
    return server_.Call(&Stub::GrantQuota, request);
  }
  void AwaitWaiting(int effects) {
    server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == effects; },
                      "a grant to wait");
  }
};

TEST_P(PlannedGrantsTest, AGrantOfTheNextYearTakesEffectWithIt) {
  const auto planned = server_.Call(&Stub::GrantQuota, Of(kHaiChau, 12, 2027));
  ASSERT_TRUE(planned.ok()) << planned.status();
  EXPECT_THAT(planned->changes(), IsEmpty());
  EXPECT_EQ(planned->quota().granted(), 10);
  EXPECT_EQ(planned->quota().year(), 2026);
  ASSERT_THAT(planned->quota().planned_grants(), SizeIs(1));
  const v1::PlannedGrant grant = QuotaOf(kHaiChau).planned_grants(0);
  EXPECT_EQ(DayOf(grant.first_date()), kNewYear);
  EXPECT_EQ(grant.posts(), 12);
  EXPECT_EQ(grant.act().number(), "20/NQ-HĐND");
  server_.GoTo(kNewYear - 1);
  EXPECT_EQ(QuotaOf(kHaiChau).granted(), 10);
  server_.GoTo(kNewYear);
  EXPECT_EQ(QuotaOf(kHaiChau).granted(), 12);
  EXPECT_EQ(QuotaOf(kHaiChau).year(), 2027);
  EXPECT_THAT(QuotaOf(kHaiChau).planned_grants(), IsEmpty());
  EXPECT_EQ(QuotaOf(kDaNang).available(), 83);
}

// Four people on a quota of two with an allowance; another act cuts it to one.
TEST_P(PlannedGrantsTest, ASecondCutIsAllowedForAsTheFirst) {
  const absl::CivilDay later = kNewYear + 100;
  ASSERT_TRUE(Allow(kHaiChau, {{kToday, 2}, {later, 1}}).ok());
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 2);
  EXPECT_EQ(MetadataOf(Allow(kHaiChau, {{kNewYear, 3}}).status(), "allowed"), "2");
  ASSERT_TRUE(PlanFor(kHaiChau, 1, kNewYear).ok());
  // Not before the cut, nor by more than it, nor beyond what had fallen by then.
  EXPECT_EQ(MetadataOf(Allow(kHaiChau, {{kNewYear - 1, 3}}).status(), "allowed"), "2");
  EXPECT_EQ(MetadataOf(Allow(kHaiChau, {{kNewYear, 4}}).status(), "allowed"), "3");
  EXPECT_EQ(MetadataOf(Allow(kHaiChau, {{kNewYear, 3}}).status(), "date"), "2027-04-11");
  const auto allowed = Allow(kHaiChau, {{kNewYear, 3}, {later, 2}});
  ASSERT_TRUE(allowed.ok()) << allowed.status();
  server_.GoTo(kNewYear);
  EXPECT_EQ(QuotaOf(kHaiChau).granted(), 1);
  EXPECT_EQ(QuotaOf(kHaiChau).allowance(), 3);
  EXPECT_EQ(QuotaOf(kHaiChau).available(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).overdue(), 0);
  EXPECT_EQ(MetadataOf(Allow(kHaiChau, {{kNewYear, 4}}).status(), "allowed"), "3");
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(PlannedGrantsTest, CommunesNeverHaveMoreThanTheirProvinceOnAnyDay) {
  ASSERT_TRUE(PlanFor(kHoaVang, 85, kNewYear).ok());
  const absl::Status above = PlanFor(kHaiChau, 12, kNewYear + 5).status();
  EXPECT_EQ(ReasonOf(above), "QUOTA_EXCEEDED") << above;
  EXPECT_EQ(MetadataOf(above, "unit"), kDaNang);
  EXPECT_EQ(MetadataOf(above, "date"), "2027-01-06");
  EXPECT_EQ(MetadataOf(above, "asked"), "100");
  EXPECT_EQ(MetadataOf(above, "available"), "98");
  // What is free today is promised for then.
  const absl::Status today = TryGrant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 13).status();
  EXPECT_EQ(ReasonOf(today), "QUOTA_EXCEEDED") << today;
  EXPECT_EQ(MetadataOf(today, "date"), "2027-01-01");
  // Nor may the province be cut below it.
  EXPECT_EQ(ReasonOf(PlanFor(kDaNang, 97, kNewYear + 1).status()), "QUOTA_EXCEEDED");
  ASSERT_TRUE(PlanFor(kDaNang, 120, kNewYear).ok());
  EXPECT_TRUE(PlanFor(kHaiChau, 12, kNewYear).ok());
  server_.GoTo(kNewYear);
  EXPECT_EQ(QuotaOf(kDaNang).available(), 120 - 85 - 12 - 3 - 2);
}

TEST_P(PlannedGrantsTest, WhatIsPlannedForAUnitThatWillHaveEndedIsNotCounted) {
  ASSERT_TRUE(PlanFor(kHaiChau, 80, kNewYear).ok());
  EXPECT_EQ(ReasonOf(PlanFor(kAnHai, 60, kNewYear).status()), "QUOTA_EXCEEDED");
  registry::v1::Resource unit = registry_.Current(kHaiChau);
  Set(unit.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_end_date(), kNewYear - 30);
  registry_.Send({unit});
  server_.WaitUntil([&] { return PlanFor(kAnHai, 60, kNewYear).ok(); },
                    "the end of the unit to be known");
}

TEST_P(PlannedGrantsTest, OneOfTheSameDayReplacesTheOther) {
  ASSERT_TRUE(PlanFor(kHaiChau, 12, kNewYear).ok());
  ASSERT_TRUE(PlanFor(kHaiChau, 8, kNewYear).ok());
  ASSERT_TRUE(PlanFor(kHaiChau, 9, kNewYear + 1).ok());
  EXPECT_THAT(QuotaOf(kHaiChau).planned_grants(), SizeIs(2));
  server_.GoTo(kNewYear);
  EXPECT_EQ(QuotaOf(kHaiChau).granted(), 8);
  server_.GoTo(kNewYear + 1);
  EXPECT_EQ(QuotaOf(kHaiChau).granted(), 9);
}

TEST_P(PlannedGrantsTest, ACutBelowItsUseWaitsForAnAllowance) {
  // Four people; three places are granted from tomorrow on.
  ASSERT_TRUE(PlanFor(kHaiChau, 3, kToday + 1).ok());
  server_.clock().Advance(absl::Hours(24));
  AwaitWaiting(1);
  EXPECT_EQ(QuotaOf(kHaiChau).granted(), 10);
  EXPECT_THAT(QuotaOf(kHaiChau).planned_grants(), SizeIs(1));
  ASSERT_TRUE(Allow(kHaiChau, {{kToday + 1, 1}, {kToday + 100, 0}}).ok());
  AwaitWaiting(0);
  EXPECT_EQ(QuotaOf(kHaiChau).granted(), 3);
  EXPECT_EQ(QuotaOf(kHaiChau).available(), 0);
  EXPECT_THAT(QuotaOf(kHaiChau).planned_grants(), IsEmpty());
}

TEST_P(PlannedGrantsTest, AnAllowanceIsNotCutBelowWhatCommunesWerePromised) {
  ASSERT_TRUE(Allow(kDaNang, {{kToday, 10}, {kNewYear + 100, 0}}).ok());
  ASSERT_TRUE(PlanFor(kHoaVang, 90, kNewYear).ok());
  // The province has 100 places, two of them used; communes were granted 13.
  const absl::Status cut = Allow(kDaNang, {{kToday + 1, 4}, {kNewYear + 100, 0}}).status();
  EXPECT_EQ(ReasonOf(cut), "QUOTA_EXCEEDED") << cut;
  EXPECT_EQ(MetadataOf(cut, "date"), "2027-01-01");
  EXPECT_EQ(MetadataOf(cut, "asked"), "103");
  EXPECT_EQ(MetadataOf(cut, "available"), "102");
  EXPECT_EQ(QuotaOf(kDaNang).allowance(), 10);
  EXPECT_TRUE(Allow(kDaNang, {{kToday + 1, 5}, {kNewYear + 100, 0}}).ok());
  // What the province lacks anyway hinders no allowance that makes nothing worse.
  Import({Row(kDaNang, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 1, 20)});
  EXPECT_TRUE(Allow(kDaNang, {{kToday + 2, 5}, {kNewYear + 50, 0}}).ok());
}

TEST_P(PlannedGrantsTest, AGrantThatWaitsForItsProvinceTakesTheProvincesAllowance) {
  ASSERT_TRUE(PlanFor(kHoaVang, 85, kToday + 1).ok());
  Import({Row(kDaNang, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 1, 20)});
  server_.clock().Advance(absl::Hours(24));
  AwaitWaiting(1);
  // Today's goes to it at once; one that begins later, on its day.
  ASSERT_TRUE(Allow(kDaNang, {{kToday + 1, 1}, {kToday + 3, 0}}).ok());
  AwaitWaiting(0);
  EXPECT_EQ(QuotaOf(kHoaVang).granted(), 85);
}

TEST_P(PlannedGrantsTest, AGrantOfTodayReplacesOneThatWaits) {
  ASSERT_TRUE(PlanFor(kHaiChau, 3, kToday + 1).ok());
  server_.clock().Advance(absl::Hours(24));
  AwaitWaiting(1);
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 6);
  EXPECT_THAT(QuotaOf(kHaiChau).planned_grants(), IsEmpty());
  server_.GoTo(kToday + 2);
  EXPECT_EQ(QuotaOf(kHaiChau).granted(), 6);
}

TEST_P(PlannedGrantsTest, TheCheckerMissesWhatPutsOneInForce) {
  ASSERT_TRUE(PlanFor(kHaiChau, 12, kNewYear).ok());
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
  database_.Run("DELETE FROM due_effect");
  const absl::StatusOr<verify::Report> report = verify::VerifyStaff(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_THAT(report->findings, SizeIs(1));
  EXPECT_EQ(report->findings[0].rule, "planned grant");
}

TEST_P(PlannedGrantsTest, RefusesWithAReason) {
  EXPECT_EQ(ReasonOf(PlanFor(kHaiChau, 12, kToday - 1).status()), "DATE_PAST");
  v1::GrantQuotaRequest other_year = Of(kHaiChau, 12, 2027);
  Set(other_year.mutable_first_date(), absl::CivilDay(2028, 1, 1));
  other_year.mutable_act()->set_number("1\n2");
  const absl::Status malformed = server_.Call(&Stub::GrantQuota, other_year).status();
  EXPECT_EQ(ReasonOf(malformed), "MALFORMED_REQUEST");
  EXPECT_THAT(error::FieldViolationsOf(malformed), SizeIs(2)) << malformed;
  EXPECT_EQ(ReasonOf(PlanFor(testing_support::kEnded, 1, kNewYear).status()), "UNIT_ENDED");
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(PlanFor(kHaiChau, 9, kNewYear + i).ok());
  EXPECT_EQ(ReasonOf(PlanFor(kHaiChau, 9, kNewYear + 20).status()), "MALFORMED_REQUEST");
  v1::GrantQuotaRequest dry = Of(kAnHai, 5, 2027);
  dry.set_validate_only(true);
  const auto shown = server_.Call(&Stub::GrantQuota, dry);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_THAT(shown->quota().planned_grants(), SizeIs(1));
  EXPECT_THAT(QuotaOf(kAnHai).planned_grants(), IsEmpty());
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(PlannedGrantsTest);

}  // namespace
}  // namespace twotier::personnel::testing
