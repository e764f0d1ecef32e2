// Plans of reorganisation over gRPC.

#include <set>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::Contains;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Hải Châu's officials (5, 6), head (4) and chair (3) go to Hòa Vang, which has posts for them.
class PlanTest : public PersonnelTest {
 protected:
  void SetUp() override {
    PersonnelTest::SetUp();
    Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 5);
    Import({Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 0),
            Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2, 0),
            Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 3, 0),
            Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 4, 0)});
    Create();
  }
  // A plan of Hải Châu's staff, which the other steps are about from then on.
  void Create() {
    v1::CreateReorganisationPlanRequest request;
    request.set_parent("provinces/48");
    request.set_display_name("Sắp xếp Hải Châu");
    Set(request.mutable_effective_date(), kDay);
    request.mutable_act()->set_number("30/NQ-HĐND");
    request.add_from_units(kHaiChau);
    request.add_to_units(kHoaVang);
    request.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::CreateReorganisationPlan, request);
    ASSERT_TRUE(response.ok()) << response.status();
    plan_ = response->plan();
  }

  static constexpr int kDays = 20;
  const absl::CivilDay kDay = kToday + kDays;

  v1::ReorganisationPlan Plan() {
    v1::GetReorganisationPlanRequest request;
    request.set_name(plan_.name());
    const auto response = server_.Call(&Stub::GetReorganisationPlan, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->plan() : v1::ReorganisationPlan();
  }
  absl::StatusOr<v1::EditReorganisationPlanResponse> Choose(
      const std::vector<std::pair<std::string, std::string>>& choices) {
    v1::EditReorganisationPlanRequest request;
    request.set_name(plan_.name());
    for (const auto& [person, post] : choices) {
      v1::PlanChoice* choice = request.add_choices();
      choice->set_person(person);
      choice->set_post(post);
    }
    request.set_etag(Plan().etag());
    request.set_request_id(RequestId());
    return server_.Call(&Stub::EditReorganisationPlan, request);
  }
  v1::ProposeReorganisationPlanResponse Propose() {
    v1::ProposeReorganisationPlanRequest request;
    request.set_name(plan_.name());
    const auto response = server_.Call(&Stub::ProposeReorganisationPlan, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ProposeReorganisationPlanResponse();
  }
  void Adopt() {
    std::vector<std::pair<std::string, std::string>> choices;
    const v1::ProposeReorganisationPlanResponse proposal = Propose();
    for (const v1::PlanChoice& choice : proposal.choices()) {
      choices.emplace_back(choice.person(), choice.post());
    }
    ASSERT_TRUE(Choose(choices).ok());
  }
  v1::CheckReorganisationPlanResponse Check() {
    v1::CheckReorganisationPlanRequest request;
    request.set_name(plan_.name());
    const auto response = server_.Call(&Stub::CheckReorganisationPlan, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::CheckReorganisationPlanResponse();
  }
  std::vector<std::string> Conflicts() {
    std::vector<std::string> reasons;
    const v1::CheckReorganisationPlanResponse check = Check();
    for (const v1::PlanConflict& conflict : check.conflicts()) reasons.push_back(conflict.reason());
    return reasons;
  }
  absl::StatusOr<v1::SignReorganisationPlanResponse> Sign() {
    v1::SignReorganisationPlanRequest request;
    request.set_name(plan_.name());
    *request.mutable_form() = Form(province_chair_);
    request.set_etag(Plan().etag());
    request.set_request_id(RequestId());
    return server_.Call(&Stub::SignReorganisationPlan, request);
  }
  absl::StatusOr<v1::ExecuteReorganisationPlanResponse> Execute(int people) {
    v1::ExecuteReorganisationPlanRequest request;
    request.set_name(plan_.name());
    request.set_people_max(people);
    request.set_request_id(RequestId());
    return server_.Call(&Stub::ExecuteReorganisationPlan, request);
  }
  absl::StatusOr<v1::CancelReorganisationPlanResponse> Cancel() {
    v1::CancelReorganisationPlanRequest request;
    request.set_name(plan_.name());
    request.set_etag(Plan().etag());
    request.set_request_id(RequestId());
    return server_.Call(&Stub::CancelReorganisationPlan, request);
  }

  v1::ReorganisationPlan plan_;
};

TEST_P(PlanTest, IsProposedSignedHeldAndPutInForceAtOnce) {
  EXPECT_EQ(plan_.people(), 4);
  EXPECT_EQ(ReasonOf(Sign().status()), "PLAN_UNPLACED");
  const v1::ProposeReorganisationPlanResponse proposal = Propose();
  EXPECT_EQ(proposal.unplaced(), 0);
  ASSERT_THAT(proposal.choices(), SizeIs(4));
  EXPECT_EQ(Propose().SerializeAsString(), proposal.SerializeAsString());
  Adopt();
  EXPECT_EQ(Plan().placed(), 4);
  EXPECT_THAT(Conflicts(), SizeIs(0));
  ASSERT_TRUE(Sign().ok());
  EXPECT_EQ(QuotaOf(kHoaVang).held(), 0);

  // Slices hold; nobody sees anything else of it before its day.
  auto progress = Execute(3);
  ASSERT_TRUE(progress.ok()) << progress.status();
  EXPECT_EQ(progress->plan().held(), 3);
  EXPECT_EQ(QuotaOf(kHoaVang).held(), 3);
  server_.clock().Set(server_.clock().Now() + absl::Hours(24 * (kDays - 1)));
  EXPECT_EQ(MainOf(Person(5)).unit(), kHaiChau);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  progress = Execute(3);
  ASSERT_TRUE(progress.ok()) << progress.status();
  EXPECT_EQ(progress->plan().held(), 4);
  EXPECT_EQ(Execute(3)->plan().held(), 4);

  server_.GoTo(kDay);
  EXPECT_EQ(Plan().state(), v1::PLAN_STATE_IN_FORCE);
  for (const int person : {3, 4, 5, 6}) {
    const v1::Appointment main = MainOf(Person(person));
    EXPECT_EQ(main.unit(), kHoaVang);
    EXPECT_EQ(DayOf(main.valid().first_date()), kDay);
    EXPECT_EQ(main.order(), Plan().order());
  }
  EXPECT_EQ(QuotaOf(kHoaVang).used(), 4);
  EXPECT_EQ(QuotaOf(kHoaVang).held(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 0);
  v1::GetOrderRequest order;
  order.set_name(Plan().order());
  EXPECT_THAT(server_.Call(&Stub::GetOrder, order)->appointments(), SizeIs(4));
  EXPECT_EQ(ReasonOf(Cancel().status()), "PLAN_STATE_NOT_ALLOWED");
  v1::ListPlanLinesRequest lines;
  lines.set_parent(plan_.name());
  EXPECT_THAT(server_.Call(&Stub::ListPlanLines, lines)->lines(), SizeIs(4));
}

TEST_P(PlanTest, WaitsForItsSlices) {
  Adopt();
  ASSERT_TRUE(Sign().ok());
  server_.clock().Set(server_.clock().Now() + absl::Hours(24 * kDays));
  server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 1; },
                    "the plan that is not held");
  EXPECT_NE(server_.LogText().find("PLAN_NOT_HELD"), std::string::npos);
  EXPECT_EQ(MainOf(Person(5)).unit(), kHaiChau);
  ASSERT_TRUE(Execute(0).ok());
  server_.GoTo(kDay);
  EXPECT_EQ(MainOf(Person(5)).unit(), kHoaVang);
}

// A slice of the clock's work full of effects that fail stands before an order of the same day.
TEST_P(PlanTest, WhatFailsStandsAsideHoweverManyItAre) {
  Adopt();
  ASSERT_TRUE(Sign().ok());
  const std::string id = plan_.name().substr(plan_.name().rfind('/') + 1);
  database_.Run(absl::StrCat(
      "WITH RECURSIVE n(day) AS (SELECT 1 UNION ALL SELECT day + 1 FROM n WHERE day < 500)"
      " INSERT INTO due_effect (province_code, day, kind, subject) SELECT '48', day, 6, '",
      id, "' FROM n"));
  const std::string chair = Person(7);
  const auto ended = server_.Call(
      &Stub::EndAppointment, End(MainOf(chair), v1::END_REASON_RETIREMENT, province_chair_, kDay));
  ASSERT_TRUE(ended.ok()) << ended.status();
  server_.clock().Set(server_.clock().Now() + absl::Hours(24 * kDays));
  server_.WaitUntil([&] { return QuotaOf(kAnHai).used() == 0; }, "the chair to retire");
  server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 501; },
                    "what fails to stand aside");
  EXPECT_GT(server_.Gauge("twotier_personnel_effect_lag_seconds"), 24 * 60 * 60);
  EXPECT_EQ(database_.Run("SELECT DISTINCT reason FROM due_effect WHERE failures > 0"),
            std::vector<std::string>{"PLAN_NOT_HELD"});
  // Whoever holds the last slice does not wait for the next try; the others wait for theirs.
  ASSERT_TRUE(Execute(0).ok());
  server_.WaitUntil([&] { return MainOf(Person(5)).unit() == kHoaVang; }, "the plan");
  server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 500; },
                    "the plan's own effect to be done");
  server_.clock().Set(server_.clock().Now() + absl::Minutes(10));
  server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 0; },
                    "the next try");
}

TEST_P(PlanTest, TellsWhatStandsAgainstIt) {
  const std::string free_post = PostOf(kHoaVang, v1::POST_KIND_OFFICIAL, 1);
  ASSERT_TRUE(Choose({{Person(3), free_post},
                      {Person(4), free_post},
                      {Person(5), PostOf(kAnHai, v1::POST_KIND_OFFICIAL)},
                      {Person(6), "provinces/48/posts/none"}})
                  .ok());
  EXPECT_THAT(Conflicts(), UnorderedElementsAre("POST_OCCUPIED", "POST_OCCUPIED",
                                                "POST_OF_OTHER_UNIT", "POST_NOT_FOUND"));
  const absl::Status refused = Sign().status();
  EXPECT_EQ(ReasonOf(refused), "PLAN_CONFLICTS");
  EXPECT_THAT(error::PreconditionsOf(refused), SizeIs(4));
  EXPECT_EQ(ReasonOf(Choose({{Person(7), free_post}}).status()), "PERSON_NOT_IN_PLAN");
  v1::GetReorganisationPlanRequest none;
  none.set_name("provinces/48/reorganisationPlans/none");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetReorganisationPlan, none).status()), "PLAN_NOT_FOUND");
}

// From the signature on, before any slice: neither an order, nor a list, nor an end of the post.
TEST_P(PlanTest, ReservesPostsAndLetsThemGo) {
  Adopt();
  ASSERT_TRUE(Sign().ok());
  const std::string post = PostOf(kHoaVang, v1::POST_KIND_OFFICIAL, 1);
  const auto refused = [&](const absl::Status& status) {
    EXPECT_EQ(ReasonOf(status), "POST_RESERVED") << status;
    EXPECT_EQ(MetadataOf(status, "post"), post);
  };
  refused(server_.Call(&Stub::TransferCivilServant, Transfer(Person(7), post)).status());
  refused(EndPost(post));
  const auto listed =
      server_.Call(&Stub::ImportStaff,
                   List({Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 90)}));
  ASSERT_THAT(error::FieldViolationsOf(listed.status()), SizeIs(1)) << listed.status();
  EXPECT_EQ(error::FieldViolationsOf(listed.status())[0].description,
            "POST_RESERVED: a signed plan has the post");
  ASSERT_TRUE(Execute(0).ok());
  ASSERT_TRUE(Cancel().ok());
  EXPECT_EQ(QuotaOf(kHoaVang).held(), 0);
  EXPECT_EQ(QuotaOf(kHoaVang).available(), 5);
  EXPECT_TRUE(server_.Call(&Stub::TransferCivilServant, Transfer(Person(7), post)).ok());
}

// Whatever may have come into a post all the same, or ended it: nobody of the plan moves then.
TEST_P(PlanTest, LooksAgainAtItsPostsOnItsDay) {
  Adopt();
  ASSERT_TRUE(Sign().ok());
  ASSERT_TRUE(Execute(0).ok());
  database_.Run("DELETE FROM plan_post");
  const std::string post = PostOf(kHoaVang, v1::POST_KIND_OFFICIAL, 1);
  const std::string intruder = Person(7);
  const auto came = server_.Call(&Stub::TransferCivilServant, Transfer(intruder, post));
  ASSERT_TRUE(came.ok()) << came.status();
  const auto keeps_out = [&] {
    server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 1; },
                      "the plan to stand aside");
    EXPECT_EQ(database_.Run("SELECT reason FROM due_effect WHERE failures > 0"),
              std::vector<std::string>{"PLAN_CONFLICTS"});
    for (const int person : {3, 4, 5, 6}) EXPECT_EQ(MainOf(Person(person)).unit(), kHaiChau);
    EXPECT_EQ(MainOf(intruder).post(), post);
  };
  server_.clock().Set(server_.clock().Now() + absl::Hours(24 * kDays));
  keeps_out();
  const auto left = server_.Call(&Stub::TransferCivilServant,
                                 Transfer(intruder, PostOf(kAnHai, v1::POST_KIND_OFFICIAL), kDay));
  ASSERT_TRUE(left.ok()) << left.status();
  server_.clock().Advance(absl::Minutes(10));
  server_.WaitUntil([&] { return Plan().state() == v1::PLAN_STATE_IN_FORCE; }, "the next try");
  EXPECT_EQ(MainOf(Person(5)).unit(), kHoaVang);
}

TEST_P(PlanTest, APostThatHasEndedKeepsThePlanOut) {
  Adopt();
  ASSERT_TRUE(Sign().ok());
  ASSERT_TRUE(Execute(0).ok());
  database_.Run("DELETE FROM plan_post");
  ASSERT_TRUE(EndPost(PostOf(kHoaVang, v1::POST_KIND_OFFICIAL, 1)).ok());
  server_.clock().Set(server_.clock().Now() + absl::Hours(24 * kDays));
  server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 1; },
                    "the plan to stand aside");
  EXPECT_EQ(database_.Run("SELECT reason FROM due_effect WHERE failures > 0"),
            std::vector<std::string>{"PLAN_CONFLICTS"});
  EXPECT_EQ(MainOf(Person(5)).unit(), kHaiChau);
  EXPECT_TRUE(Cancel().ok());
}

// Weeks go by while posts are chosen.
TEST_P(PlanTest, ADraftFollowsItsPeople) {
  Adopt();
  const v1::Appointment fifth = MainOf(Person(5));
  ASSERT_TRUE(
      server_.Call(&Stub::EndAppointment, End(fifth, v1::END_REASON_DEATH, hai_chau_chair_)).ok());
  v1::TransferCivilServantRequest within =
      Transfer(Person(6), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), kToday + 1);
  *within.mutable_form() = Form(hai_chau_chair_);
  ASSERT_TRUE(server_.Call(&Stub::TransferCivilServant, within).ok());
  Register(90);
  ASSERT_TRUE(server_
                  .Call(&Stub::AppointCivilServant,
                        Appointment(Person(90), fifth.post(), hai_chau_chair_, kToday + 2))
                  .ok());
  EXPECT_THAT(Conflicts(), ::testing::ElementsAre("PLAN_UNPLACED"));
  const absl::Status unplaced = Sign().status();
  EXPECT_EQ(ReasonOf(unplaced), "PLAN_UNPLACED");
  ASSERT_THAT(error::PreconditionsOf(unplaced), SizeIs(1));
  EXPECT_EQ(error::PreconditionsOf(unplaced)[0].subject, Person(90));
  Adopt();
  EXPECT_THAT(Conflicts(), SizeIs(0));
  const auto signed_plan = Sign();
  ASSERT_TRUE(signed_plan.ok()) << signed_plan.status();
  EXPECT_EQ(signed_plan->plan().people(), 4);
  EXPECT_EQ(signed_plan->plan().placed(), 4);
  ASSERT_TRUE(Execute(0).ok());
  server_.GoTo(kDay);
  EXPECT_EQ(Plan().state(), v1::PLAN_STATE_IN_FORCE);
  for (const int person : {3, 4, 6, 90}) EXPECT_EQ(MainOf(Person(person)).unit(), kHoaVang);
  EXPECT_EQ(MainOf(Person(5)).unit(), kHaiChau);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 0);
}

// Of one that was drafted before plans knew which units they empty nothing tells who came.
TEST_P(PlanTest, AnOldDraftKeepsItsLines) {
  Adopt();
  database_.Run("DELETE FROM plan_unit");
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(MainOf(Person(5)), v1::END_REASON_DEATH, hai_chau_chair_))
                  .ok());
  const auto signed_plan = Sign();
  ASSERT_TRUE(signed_plan.ok()) << signed_plan.status();
  EXPECT_EQ(signed_plan->plan().people(), 3);
  ASSERT_TRUE(Execute(0).ok());
  server_.GoTo(kDay);
  for (const int person : {3, 4, 6}) EXPECT_EQ(MainOf(Person(person)).unit(), kHoaVang);
}

// Nobody leaves a post on the day on which it is taken.
TEST_P(PlanTest, WhoBeginsOnItsDayIsNotInIt) {
  Register(90);
  ASSERT_TRUE(server_
                  .Call(&Stub::AppointCivilServant,
                        Appointment(Person(90), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3),
                                    hai_chau_chair_, kDay))
                  .ok());
  Create();
  EXPECT_EQ(plan_.people(), 4);
  Adopt();
  EXPECT_TRUE(Sign().ok());
}

TEST_P(PlanTest, WhoLeavesMeanwhileStaysOut) {
  Adopt();
  ASSERT_TRUE(Sign().ok());
  ASSERT_TRUE(Execute(0).ok());
  const auto ended = server_.Call(&Stub::EndAppointment,
                                  End(MainOf(Person(5)), v1::END_REASON_DEATH, hai_chau_chair_));
  ASSERT_TRUE(ended.ok()) << ended.status();
  server_.GoTo(kDay);
  EXPECT_EQ(QuotaOf(kHoaVang).used(), 3);
  EXPECT_EQ(QuotaOf(kHoaVang).held(), 0);
  EXPECT_EQ(MainOf(Person(5)).unit(), kHaiChau);
}

// Whoever is to retire later is moved and retires from the new post, also where the order came
// after the plan was signed.
TEST_P(PlanTest, WhoLeavesLaterLeavesFromTheNewPost) {
  const auto retire = [&](const std::string& person) {
    return server_
        .Call(&Stub::EndAppointment,
              End(MainOf(person), v1::END_REASON_RETIREMENT, hai_chau_chair_, kDay + 10))
        .status();
  };
  ASSERT_TRUE(retire(Person(5)).ok());
  Adopt();
  ASSERT_TRUE(Sign().ok());
  ASSERT_TRUE(Execute(0).ok());
  ASSERT_TRUE(retire(Person(6)).ok());
  server_.GoTo(kDay);
  EXPECT_EQ(QuotaOf(kHoaVang).used(), 4);
  for (const int person : {5, 6}) {
    const v1::Appointment main = MainOf(Person(person));
    EXPECT_EQ(main.unit(), kHoaVang);
    EXPECT_EQ(DayOf(main.valid().end_date()), kDay + 10);
    EXPECT_EQ(main.end_reason(), v1::END_REASON_RETIREMENT);
  }
  server_.GoTo(kDay + 10);
  EXPECT_EQ(QuotaOf(kHoaVang).used(), 2);
  for (const int person : {5, 6}) {
    v1::GetPersonRequest request;
    request.set_name(Person(person));
    const auto found = server_.Call(&Stub::GetPerson, request);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->person().state(), v1::PERSON_STATE_RETIRED);
    v1::GetOrderRequest order;
    order.set_name(MainOf(Person(person)).end_order());
    EXPECT_TRUE(server_.Call(&Stub::GetOrder, order)->order().in_force());
  }
}

TEST_P(PlanTest, TheQuotaStandsAboveEveryPlan) {
  Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 3);
  Adopt();
  const v1::CheckReorganisationPlanResponse check = Check();
  ASSERT_THAT(check.conflicts(), SizeIs(1));
  EXPECT_EQ(check.conflicts(0).reason(), "QUOTA_EXCEEDED");
  EXPECT_EQ(check.conflicts(0).person(), "");
  EXPECT_EQ(check.conflicts(0).description(),
            absl::StrCat(kHoaVang, " has 3 free places of CIVIL_SERVANT, not 4"));
  // The grant may come later than the signature.
  ASSERT_TRUE(Sign().ok());
  EXPECT_TRUE(Execute(3).ok());
  EXPECT_THAT(Conflicts(), UnorderedElementsAre("QUOTA_EXCEEDED"));
  EXPECT_EQ(ReasonOf(Execute(3).status()), "QUOTA_EXCEEDED");
  EXPECT_EQ(Plan().held(), 3);
  Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 4);
  EXPECT_THAT(Conflicts(), SizeIs(0));
  EXPECT_EQ(Execute(3)->plan().held(), 4);
}

// It would leave him out silently, and his post vacant.
TEST_P(PlanTest, MovesNobodyWhomAnotherSignedPlanMoves) {
  Import({Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 5, 0)});
  Adopt();
  ASSERT_TRUE(Sign().ok());
  Create();
  const std::string person = Person(5);
  ASSERT_TRUE(Choose({{person, PostOf(kHoaVang, v1::POST_KIND_OFFICIAL, 5)}}).ok());
  EXPECT_THAT(Conflicts(), Contains("PERSON_IN_OTHER_PLAN"));
  const absl::Status refused = Sign().status();
  EXPECT_EQ(ReasonOf(refused), "PLAN_CONFLICTS");
  bool named = false;
  for (const auto& violation : error::PreconditionsOf(refused)) {
    named |= violation.type == "PERSON_IN_OTHER_PLAN" && violation.subject == person;
  }
  EXPECT_TRUE(named);
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(PlanTest);

}  // namespace
}  // namespace twotier::personnel::testing
