// A commune goes over to another province: who signs for its posts, who grants, what is counted
// where.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "tests/service/personnel_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::SizeIs;

constexpr char kOther[] = "provinces/01";
constexpr v1::QuotaKind kLine = v1::QUOTA_KIND_CIVIL_SERVANT;

// An Hải goes over to Hà Nội, which has a quota of 50 and a chair.
class ReparentTest : public PersonnelTest {
 protected:
  void SetUp() override {
    PersonnelTest::SetUp();
    Grant(kHaNoi, kLine, 50, kOther);
    Import({Row(kHaNoi, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_CHAIR, 1, 8)}, kOther);
    other_chair_ = PostOf(kHaNoi, v1::POST_KIND_COMMITTEE_CHAIR, 1, kOther);
  }

  // An Hải lies in the province with `code` from `day` on.
  void GoOver(absl::CivilDay day, const std::string& code = "01") {
    registry::v1::Resource unit = registry_.Current(kAnHai);
    const int last = unit.unit().versions_size() - 1;
    registry::v1::Unit* before = unit.mutable_unit()->mutable_versions(last);
    registry::v1::Unit after = *before;
    Set(before->mutable_valid()->mutable_end_date(), day);
    Set(after.mutable_valid()->mutable_first_date(), day);
    after.set_province_code(code);
    after.mutable_act()->set_number("1700/NQ-UBTVQH15");
    *unit.mutable_unit()->add_versions() = after;
    registry_.Send({unit});
    const std::string left = absl::StrCat("provinces/", before->province_code());
    server_.WaitUntil([&] { return ReasonOf(ShownFor(day, left)) == "UNIT_OUTSIDE_PROVINCE"; },
                      "the commune to go over");
  }
  // The day on which it does, and its grant has gone along.
  void GoOverTo(absl::CivilDay day, const std::string& code = "01") {
    GoOver(day, code);
    server_.GoTo(day);
    AwaitCountedIn(absl::StrCat("provinces/", code));
  }
  void AwaitCountedIn(const std::string& province) {
    server_.WaitUntil([&] { return !QuotaOf(kAnHai, kLine, province).name().empty(); },
                      "the commune's grant to go along");
  }
  // What a grant of `day` would be refused for.
  absl::Status ShownFor(absl::CivilDay day, const std::string& province) {
    v1::GrantQuotaRequest request;
    request.set_parent(province);
    request.set_unit(kAnHai);
    request.set_quota_kind(kLine);
    request.set_posts(4);
    request.set_year(static_cast<int32_t>(day.year()));
    Set(request.mutable_first_date(), day);
    request.mutable_act()->set_number("15/QĐ-UBND");
    request.set_etag(QuotaOf(kAnHai, kLine, province).etag());
    request.set_request_id(RequestId());
    request.set_validate_only(true);
    return server_.Call(&Stub::GrantQuota, request).status();
  }
  // A plan of An Hải's people into Hải Châu, with their places.
  absl::StatusOr<v1::CreateReorganisationPlanResponse> Create(absl::CivilDay day) {
    v1::CreateReorganisationPlanRequest request;
    request.set_parent("provinces/48");
    request.set_display_name("Nhập An Hải vào Hải Châu");
    Set(request.mutable_effective_date(), day);
    request.mutable_act()->set_number("1700/NQ-UBTVQH15");
    request.add_from_units(kAnHai);
    request.add_to_units(kHaiChau);
    request.set_carries_places(true);
    request.set_request_id(RequestId());
    return server_.Call(&Stub::CreateReorganisationPlan, request);
  }
  // The same with a post for its only one.
  v1::ReorganisationPlan Draft(absl::CivilDay day) {
    const auto created = Create(day);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return {};
    v1::EditReorganisationPlanRequest edit;
    edit.set_name(created->plan().name());
    edit.set_etag(created->plan().etag());
    v1::PlanChoice* choice = edit.add_choices();
    choice->set_person(Person(7));
    choice->set_post(PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3));
    edit.set_request_id(RequestId());
    const auto edited = server_.Call(&Stub::EditReorganisationPlan, edit);
    EXPECT_TRUE(edited.ok()) << edited.status();
    return edited.ok() ? edited->plan() : v1::ReorganisationPlan();
  }
  absl::StatusOr<v1::SignReorganisationPlanResponse> Sign(const v1::ReorganisationPlan& plan) {
    v1::SignReorganisationPlanRequest request;
    request.set_name(plan.name());
    request.set_etag(plan.etag());
    *request.mutable_form() = Form(province_chair_);
    request.set_request_id(RequestId());
    return server_.Call(&Stub::SignReorganisationPlan, request);
  }
  absl::Status Appoints(const std::string& post, const std::string& signer, int national_id) {
    Register(national_id);
    return server_
        .Call(&Stub::AppointCivilServant,
              Appointment(Person(national_id), post, signer, VietnamDay(server_.clock().Now())))
        .status();
  }
  v1::UnitStaffing StaffingOf(const std::string& province) {
    v1::GetStaffingRequest request;
    request.set_parent(province);
    const auto response = server_.Call(&Stub::GetStaffing, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->total() : v1::UnitStaffing();
  }
  void ExpectQuota(const std::string& unit, const std::string& province, int64_t granted,
                   int64_t distributed, int64_t used) {
    const v1::Quota quota = QuotaOf(unit, kLine, province);
    EXPECT_EQ(quota.granted(), granted) << unit;
    EXPECT_EQ(quota.distributed(), distributed) << unit;
    EXPECT_EQ(quota.used(), used) << unit;
    EXPECT_EQ(quota.province(), province) << unit;
  }

  std::string other_chair_;
};

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(ReparentTest);

TEST_P(ReparentTest, ItsGrantGoesAlongAndItsPeopleStay) {
  const v1::Quota before = QuotaOf(kAnHai);
  const v1::Appointment chair = MainOf(Person(7));
  GoOverTo(kToday + 1);
  ExpectQuota(kDaNang, "provinces/48", 97, 10, 2);
  ExpectQuota(kHaNoi, kOther, 53, 3, 1);
  ExpectQuota(kAnHai, kOther, 3, 0, 1);
  EXPECT_EQ(QuotaOf(kAnHai, kLine, kOther).name(), before.name());
  EXPECT_EQ(QuotaOf(kAnHai).name(), "") << "counted twice";
  const v1::Appointment after = MainOf(Person(7));
  EXPECT_EQ(after.name(), chair.name());
  EXPECT_EQ(after.version(), chair.version());
  // Three posts of Đà Nẵng and Hải Châu's; a chair of Hà Nội, and what came along.
  EXPECT_EQ(StaffingOf("provinces/48").lines(0).granted(), 97);
  EXPECT_EQ(StaffingOf(kOther).lines(0).granted(), 53);
  EXPECT_EQ(StaffingOf(kOther).lines(0).posts(), 3);
  EXPECT_EQ(StaffingOf("").lines(0).granted(), 150);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(ReparentTest, TheOtherProvinceSignsFromThatDayOn) {
  const std::string official = PostOf(kAnHai, v1::POST_KIND_OFFICIAL);
  GoOverTo(kToday + 1);
  EXPECT_TRUE(Appoints(official, an_hai_chair_, 20).ok());
  v1::EndAppointmentRequest end =
      End(MainOf(Person(7)), v1::END_REASON_RESIGNATION, province_chair_, kToday + 1);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::EndAppointment, end).status()), "SIGNER_NOT_COMPETENT");
  *end.mutable_form() = Form(other_chair_);
  end.set_request_id(RequestId());
  const auto ended = server_.Call(&Stub::EndAppointment, end);
  EXPECT_TRUE(ended.ok()) << ended.status();
  EXPECT_TRUE(Appoints(an_hai_chair_, other_chair_, 21).ok());
  // Who leaves the province needs the other's agreement, though both are kept under one code.
  v1::TransferCivilServantRequest transfer =
      Transfer(Person(20), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), kToday + 1);
  *transfer.mutable_form() = Form(other_chair_);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::TransferCivilServant, transfer).status()),
            "AGREEMENT_MISSING");
  transfer.mutable_agreement()->set_number("77/UBND-NV");
  transfer.set_request_id(RequestId());
  const auto moved = server_.Call(&Stub::TransferCivilServant, transfer);
  EXPECT_TRUE(moved.ok()) << moved.status();
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(ReparentTest, TheProvinceInWhichItLiesGrants) {
  GoOver(kToday + 1);
  for (const char* province : {"provinces/48", kOther}) {
    EXPECT_EQ(ReasonOf(ShownFor(kToday + 1, province)), "UNIT_OUTSIDE_PROVINCE") << province;
  }
  server_.GoTo(kToday + 1);
  AwaitCountedIn(kOther);
  EXPECT_EQ(ReasonOf(TryGrant(kAnHai, kLine, 5).status()), "UNIT_OUTSIDE_PROVINCE");
  Grant(kAnHai, kLine, 5, kOther);
  ExpectQuota(kHaNoi, kOther, 53, 5, 1);
  ExpectQuota(kDaNang, "provinces/48", 97, 10, 2);
  // A line that the province which it left never granted.
  Grant(kHaNoi, v1::QUOTA_KIND_PART_TIMER, 4, kOther);
  Grant(kAnHai, v1::QUOTA_KIND_PART_TIMER, 2, kOther);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(ReparentTest, WhatWasPlannedForItLapses) {
  v1::GrantQuotaRequest planned;
  planned.set_parent("provinces/48");
  planned.set_unit(kAnHai);
  planned.set_quota_kind(kLine);
  planned.set_posts(6);
  planned.set_year(2026);
  Set(planned.mutable_first_date(), kToday + 2);
  planned.mutable_act()->set_number("15/QĐ-UBND");
  planned.set_etag(QuotaOf(kAnHai).etag());
  planned.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::GrantQuota, planned).ok());
  GoOverTo(kToday + 1);
  EXPECT_THAT(QuotaOf(kAnHai, kLine, kOther).planned_grants(), SizeIs(0));
  server_.GoTo(kToday + 2);
  ExpectQuota(kAnHai, kOther, 3, 0, 1);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

// What stands on the other province's allowance takes that along, and its steps.
TEST_P(ReparentTest, AnAllowanceGoesAlongWhereTheGrantIsUsedUp) {
  ASSERT_TRUE(Allow(kDaNang, {{kToday, 13}, {kToday + 5, 0}}).ok());
  Grant(kDaNang, kLine, 2);
  GoOverTo(kToday + 1);
  ExpectQuota(kDaNang, "provinces/48", 0, 10, 2);
  EXPECT_EQ(QuotaOf(kDaNang).allowance(), 12);
  ExpectQuota(kHaNoi, kOther, 52, 3, 1);
  EXPECT_EQ(QuotaOf(kHaNoi, kLine, kOther).allowance(), 1);
  EXPECT_THAT(QuotaOf(kHaNoi, kLine, kOther).allowance_steps(), SizeIs(2));
  server_.GoTo(kToday + 5);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(ReparentTest, AProvinceMayGetAnotherCode) {
  std::vector<registry::v1::Resource> units;
  for (const char* name : {kDaNang, kHaiChau, kAnHai, kHoaVang}) {
    registry::v1::Resource unit = registry_.Current(name);
    registry::v1::Unit* before = unit.mutable_unit()->mutable_versions(0);
    registry::v1::Unit after = *before;
    Set(before->mutable_valid()->mutable_end_date(), kToday + 1);
    Set(after.mutable_valid()->mutable_first_date(), kToday + 1);
    after.set_province_code("49");
    if (after.tier() == registry::v1::TIER_PROVINCE) after.set_code("49");
    *unit.mutable_unit()->add_versions() = after;
    units.push_back(unit);
  }
  registry_.Send(units);
  server_.GoTo(kToday + 1);
  AwaitCountedIn("provinces/49");
  server_.WaitUntil([&] { return QuotaOf(kDaNang, kLine, "provinces/49").granted() == 100; },
                    "the province's own quota to be counted under its code");
  ExpectQuota(kDaNang, "provinces/49", 100, 13, 2);
  ExpectQuota(kAnHai, "provinces/49", 3, 0, 1);
  Grant(kAnHai, kLine, 5, "provinces/49");
  server_.WaitUntil([&] { return QuotaOf(kHaiChau, kLine, "provinces/49").granted() == 10; },
                    "the last commune's quota");
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(ReparentTest, APlanMovesPeopleWithinOneProvince) {
  const v1::ReorganisationPlan early = Draft(kToday + 4);
  GoOver(kToday + 3);
  EXPECT_EQ(ReasonOf(Create(kToday + 3).status()), "UNIT_OUTSIDE_PROVINCE");
  EXPECT_TRUE(Create(kToday + 2).ok()) << "on that day it has not gone over yet";
  EXPECT_EQ(ReasonOf(Sign(early).status()), "UNIT_OUTSIDE_PROVINCE");
}

// Between provinces a grant goes with its commune alone.
TEST_P(ReparentTest, APlanThatCarriesPlacesAcrossStandsAside) {
  const auto signed_plan = Sign(Draft(kToday + 4));
  ASSERT_TRUE(signed_plan.ok()) << signed_plan.status();
  v1::ExecuteReorganisationPlanRequest execute;
  execute.set_name(signed_plan->plan().name());
  execute.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::ExecuteReorganisationPlan, execute).ok());
  GoOverTo(kToday + 3);
  server_.clock().Advance(absl::Hours(24));
  server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 1; },
                    "the plan to stand aside");
  EXPECT_EQ(database_.Run("SELECT DISTINCT reason FROM due_effect WHERE failures > 0"),
            std::vector<std::string>{"UNIT_OUTSIDE_PROVINCE"});
  EXPECT_EQ(MainOf(Person(7)).unit(), kAnHai);
  ExpectQuota(kAnHai, kOther, 3, 0, 1);
}

// Grants of both provinces and the commune, there and back, while it is staffed.
TEST_P(ReparentTest, HoweverItGoesOverBothProvincesHaveWhatTheyHad) {
  const std::vector<std::string> provinces = {"provinces/48", kOther};
  const std::string official = PostOf(kAnHai, v1::POST_KIND_OFFICIAL);
  std::vector<int64_t> of_provinces = {100, 50};
  int64_t granted = 3;  // To An Hải.
  absl::CivilDay day = kToday;
  int national_id = 40;
  int holder = 0;  // Of the official's post.
  size_t at = 0;
  const auto sequence = [&] {
    for (int step = 0; step < 6; ++step) {
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          of_provinces[at] -= granted;
          at = 1 - at;
          of_provinces[at] += granted;
          GoOverTo(++day, at == 0 ? "48" : "01");
          break;
        case 1: {
          const int64_t posts = *rc::gen::inRange(1, 8);
          if (TryGrant(kAnHai, kLine, posts, provinces[at]).ok()) granted = posts;
          RC_ASSERT(!TryGrant(kAnHai, kLine, posts, provinces[1 - at]).ok());
          break;
        }
        case 2: {
          const std::string unit = at == 0 ? kDaNang : kHaNoi;
          const int64_t posts = of_provinces[at] + *rc::gen::inRange(-2, 3);
          if (TryGrant(unit, kLine, posts, provinces[at]).ok()) of_provinces[at] = posts;
          break;
        }
        default:
          if (Appoints(official, an_hai_chair_, ++national_id).ok()) {
            holder = national_id;
          } else if (holder > 0) {
            const v1::Appointment held = MainOf(Person(std::exchange(holder, 0)));
            const auto ended = server_.Call(
                &Stub::EndAppointment, End(held, v1::END_REASON_RESIGNATION, an_hai_chair_, day));
            RC_ASSERT(ended.ok());
          }
      }
      for (size_t i = 0; i < 2; ++i) {
        const v1::Quota quota = QuotaOf(i == 0 ? kDaNang : kHaNoi, kLine, provinces[i]);
        RC_ASSERT(quota.granted() == of_provinces[i]);
        RC_ASSERT(quota.distributed() == (i == 0 ? 10 : 0) + (i == at ? granted : 0));
      }
    }
    const absl::StatusOr<verify::Report> report = verify::VerifyStaff(database_.url());
    RC_ASSERT(report.ok());
    for (const verify::Finding& finding : report->findings) RC_FAIL(finding.what);
  };
  ASSERT_TRUE(rc::check("both provinces have what they had", sequence));
}

}  // namespace
}  // namespace twotier::personnel::testing
