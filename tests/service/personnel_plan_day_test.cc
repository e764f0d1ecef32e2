// What a plan, or an order, finds on its day: a unit whose founding was taken back, people who have
// left since, others who wait for a place.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_plan_steps.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

constexpr char kFounded[] = "units/commune20300";  // By a change that is recorded for kDay.

class PlanDayTest : public PlanSteps {
 protected:
  // Reasons of what stands against a plan.
  std::vector<std::string> Conflicts(const v1::ReorganisationPlan& plan) {
    v1::CheckReorganisationPlanRequest request;
    request.set_name(plan.name());
    const auto response = server_.Call(&Stub::CheckReorganisationPlan, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> reasons;
    if (!response.ok()) return reasons;
    for (const v1::PlanConflict& conflict : response->conflicts()) {
      reasons.push_back(conflict.reason());
    }
    return reasons;
  }
  absl::Status Cancel(const v1::ReorganisationPlan& plan) {
    v1::GetReorganisationPlanRequest get;
    get.set_name(plan.name());
    v1::CancelReorganisationPlanRequest request;
    request.set_name(plan.name());
    request.set_etag(server_.Call(&Stub::GetReorganisationPlan, get)->plan().etag());
    request.set_request_id(RequestId());
    return server_.Call(&Stub::CancelReorganisationPlan, request).status();
  }
  // Moves the clock to 9 o'clock of `day`, on which something stands aside for `reason`.
  void GoToAndFail(absl::CivilDay day, const std::string& reason) {
    server_.clock().Set(absl::FromCivil(absl::CivilSecond(day) + 9 * 60 * 60, VietnamTimeZone()));
    server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 1; },
                      "an effect to stand aside");
    EXPECT_THAT(database_.Run("SELECT reason FROM due_effect WHERE failures > 0"),
                ElementsAre(reason));
  }

  const absl::CivilDay kDay = kToday + 20;
};

// A plan whose slices are late moves nobody who has left since its day, and what his end has
// brought is not written twice.
TEST_P(PlanDayTest, WhoLeavesBeforeALatePlanIsInForceStaysOut) {
  Grant(kAnHai, v1::QUOTA_KIND_CIVIL_SERVANT, 5);
  std::vector<v1::StaffRow> rows;
  for (int number = 11; number <= 14; ++number) {
    rows.push_back(Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, number, 0));
  }
  Import(rows);
  const v1::ReorganisationPlan plan = Draft({kHaiChau}, kAnHai, kDay, /*carries=*/false);
  ASSERT_TRUE(Sign(plan).ok());
  GoToAndFail(kDay, "PLAN_NOT_HELD");
  const std::string person = Person(5);
  const auto end = [&](const std::string& whose, v1::EndReason reason, absl::CivilDay day) {
    return server_.Call(&Stub::EndAppointment, End(MainOf(whose), reason, hai_chau_chair_, day));
  };
  server_.clock().Advance(absl::Hours(24 * 3));
  ASSERT_TRUE(end(person, v1::END_REASON_DEATH, kDay + 3).ok());
  // Whose end is signed and not due yet is moved, and ends in the new unit.
  ASSERT_TRUE(end(Person(6), v1::END_REASON_RESIGNATION, kDay + 9).ok());
  server_.clock().Advance(absl::Hours(24 * 2));
  ASSERT_TRUE(Execute(plan).ok());
  server_.GoTo(kDay + 5);
  EXPECT_EQ(MainOf(person).unit(), kHaiChau);
  EXPECT_EQ(MainOf(person).end_reason(), v1::END_REASON_DEATH);
  EXPECT_EQ(DayOf(MainOf(person).valid().end_date()), kDay + 3);
  EXPECT_EQ(MainOf(Person(6)).unit(), kAnHai);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 4);
  EXPECT_EQ(QuotaOf(kAnHai).held(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 0);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
  server_.GoTo(kDay + 9);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 3);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(PlanDayTest, IsProposedThePostsThatAreFreeOnItsDay) {
  const v1::Appointment leaving = MainOf(Person(5));
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(leaving, v1::END_REASON_RESIGNATION, hai_chau_chair_, kDay))
                  .ok());
  Register(90);
  const auto later =
      server_.Call(&Stub::AppointCivilServant,
                   Appointment(Person(90), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3),
                               hai_chau_chair_, kDay + 5));
  ASSERT_TRUE(later.ok()) << later.status();
  const v1::ReorganisationPlan plan = Draft({kAnHai}, kHaiChau, kDay);
  EXPECT_EQ(plan.placed(), 1);
  ASSERT_TRUE(Sign(plan).ok());
  ASSERT_TRUE(Execute(plan).ok());
  server_.GoTo(kDay);
  EXPECT_EQ(MainOf(Person(7)).post(), leaving.post());
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

// A full unit moves its people between its posts: whoever waits for a place waits on.
TEST_P(PlanDayTest, ASuccessorWaitsForWhoChangesPostWithinTheUnit) {
  Import({Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 4, 0),
          Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 5, 0),
          Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 6, 0)});
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 4);
  const absl::CivilDay retires = kDay + 10;
  const v1::Appointment left = MainOf(Person(5));
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(left, v1::END_REASON_RETIREMENT, hai_chau_chair_, retires))
                  .ok());
  Register(90);
  const auto follows = server_.Call(&Stub::AppointCivilServant,
                                    Appointment(Person(90), left.post(), hai_chau_chair_, retires));
  ASSERT_TRUE(follows.ok()) << follows.status();
  std::vector<std::pair<std::string, std::string>> choices;
  for (int n = 1; n <= 6; ++n) {
    const std::string post = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, n);
    if (post == left.post() || post == MainOf(Person(6)).post()) continue;
    choices.emplace_back(Person(3 + static_cast<int>(choices.size())), post);
  }
  const v1::ReorganisationPlan plan =
      Choose(Draft({kHaiChau}, kHaiChau, kDay, /*carries=*/false), choices);
  const auto signed_plan = Sign(plan);
  ASSERT_TRUE(signed_plan.ok()) << signed_plan.status();
  ASSERT_TRUE(Execute(plan).ok());
  server_.GoTo(kDay);
  EXPECT_EQ(MainOf(Person(5)).order(), MainOf(Person(6)).order());
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  EXPECT_EQ(QuotaOf(kHaiChau).held(), 0);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
  server_.GoTo(retires);
  EXPECT_EQ(MainOf(Person(90)).post(), left.post());
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

// A unit that a change is to found on kDay, with a chair and two officials, and a quota of two.
class FoundingTest : public PlanDayTest {
 protected:
  void SetUp() override {
    PlanDayTest::SetUp();
    registry::v1::Resource unit =
        testing_support::UnitResource(kFounded, registry::v1::TIER_COMMUNE, "20300", "Xã Hòa Tiến");
    Set(unit.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_first_date(), kDay);
    registry_.Send({unit});
    chair_ = Make(v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_CHAIR, 1);
    Make(v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2);
    Grant(kFounded, v1::QUOTA_KIND_CIVIL_SERVANT, 2);
  }
  // A body of the unit with posts; the name of the last one.
  std::string Make(v1::BodyKind body_kind, v1::PostKind post_kind, int posts) {
    v1::CreateBodyRequest body;
    body.set_parent("provinces/48");
    body.set_unit(kFounded);
    body.set_kind(body_kind);
    body.set_display_name("Xã Hòa Tiến");
    Set(body.mutable_first_date(), kDay);
    body.mutable_act()->set_number("1700/NQ-UBTVQH15");
    absl::StatusOr<v1::CreateBodyResponse> made;
    server_.WaitUntil(
        [&] {
          body.set_request_id(RequestId());
          made = server_.Call(&Stub::CreateBody, body);
          return made.ok();
        },
        "the unit to be known");
    v1::CreatePostRequest post;
    post.set_parent(made->body().name());
    post.set_kind(post_kind);
    post.set_title("Công chức");
    post.set_grade(v1::GRADE_EXPERT);
    Set(post.mutable_first_date(), kDay);
    post.mutable_act()->set_number("1700/NQ-UBTVQH15");
    std::string name;
    for (int i = 0; i < posts; ++i) {
      post.set_request_id(RequestId());
      const auto response = server_.Call(&Stub::CreatePost, post);
      EXPECT_TRUE(response.ok()) << response.status();
      if (response.ok()) name = response->post().name();
    }
    return name;
  }
  // The change is cancelled: the unit never was.
  void TakeBack() {
    registry::v1::Resource unit = registry_.Current(kFounded);
    unit.mutable_unit()->clear_versions();
    registry_.Send({unit});
  }

  std::string chair_;
};

TEST_P(FoundingTest, APlanMovesNobodyIntoAUnitThatNeverWas) {
  const v1::ReorganisationPlan plan = Draft({kAnHai}, kFounded, kDay);
  const v1::ReorganisationPlan draft = Draft({kHaiChau}, kFounded, kDay);
  ASSERT_TRUE(Sign(plan).ok());
  ASSERT_TRUE(Execute(plan).ok());
  TakeBack();
  server_.WaitUntil([&] { return !Conflicts(plan).empty(); }, "the change to be cancelled");
  EXPECT_THAT(Conflicts(plan), ElementsAre("UNIT_ENDED"));
  std::vector<std::string> types;
  for (const auto& violation : error::PreconditionsOf(Sign(draft).status())) {
    types.push_back(violation.type);
  }
  EXPECT_THAT(types, Contains("UNIT_ENDED"));
  GoToAndFail(kDay, "PLAN_CONFLICTS");
  EXPECT_EQ(MainOf(Person(7)).unit(), kAnHai);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 1);
  EXPECT_TRUE(Cancel(plan).ok());
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(FoundingTest, NorDoesAnOrder) {
  const auto moved = server_.Call(&Stub::TransferCivilServant, Transfer(Person(7), chair_, kDay));
  ASSERT_TRUE(moved.ok()) << moved.status();
  const v1::ReorganisationPlan plan = Draft({kHaiChau}, kFounded, kDay);
  TakeBack();
  server_.WaitUntil([&] { return ::testing::Value(Conflicts(plan), Contains("UNIT_ENDED")); },
                    "the change to be cancelled");
  GoToAndFail(kDay, "UNIT_ENDED");
  EXPECT_EQ(QuotaOf(kFounded).used(), 0);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 0);
  // The way back.
  const auto back =
      server_.Call(&Stub::TransferCivilServant, Transfer(Person(7), an_hai_chair_, kDay));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(QuotaOf(kFounded).held(), 0);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 1);
  EXPECT_THAT(database_.Run("SELECT 1 FROM due_effect"), ElementsAre());
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(PlanDayTest);
TWOTIER_PERSONNEL_ON_EVERY_ENGINE(FoundingTest);

}  // namespace
}  // namespace twotier::personnel::testing
