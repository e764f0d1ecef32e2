// What a change of units leaves to personnel, and what the registry is told of it.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"
#include "tests/support/metric_families.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::SizeIs;

constexpr char kEvent[] = "changeEvents/merge";
constexpr char kReport[] = "changeEvents/merge/successions/personnel";

class SuccessionTest : public PersonnelTest {
 protected:
  // Posts and places in An Hải for everybody of Hải Châu.
  void MakeRoom() {
    Import({Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2, 0),
            Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 3, 0),
            Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 4, 0)});
    Grant(kAnHai, v1::QUOTA_KIND_CIVIL_SERVANT, 5);
  }
  // Hải Châu is merged into An Hải on `day`; Đà Nẵng answers for what is left.
  void Merge(absl::CivilDay day) { Merge(kHaiChau, kAnHai, day, kEvent); }
  void Merge(const std::string& source, const std::string& target, absl::CivilDay day,
             const std::string& name) {
    registry::v1::Resource event;
    event.set_subject(name);
    event.set_kind("change_event.applied");
    event.mutable_change_event()->set_name(name);
    Set(event.mutable_change_event()->mutable_effective_date(), day);
    event.mutable_change_event()->add_ended_units(source);
    event.mutable_change_event()->set_caretaker(kDaNang);
    event.mutable_change_event()->mutable_act()->set_number("1700/NQ-UBTVQH15");
    registry::v1::Resource unit = registry_.Current(source);
    Set(unit.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_end_date(), day);
    registry::v1::Succession* step = unit.mutable_unit()->add_successions();
    step->set_source(source);
    step->set_target(target);
    Set(step->mutable_effective_date(), day);
    registry_.Send({event, unit});
  }
  v1::ListUnplannedStaffResponse Unplanned() {
    v1::ListUnplannedStaffRequest request;
    request.set_parent("provinces/48");
    const auto response = server_.Call(&Stub::ListUnplannedStaff, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListUnplannedStaffResponse();
  }
  void AwaitReport(int64_t open, int64_t planned, const std::string& name = kReport) {
    server_.WaitUntil(
        [&] {
          const registry::v1::SuccessionReport report = registry_.ReportOf(name);
          return report.version() > 0 && report.open() == open && report.planned() == planned;
        },
        "the report on the merger");
  }
  std::optional<absl::CivilDay> EndOf(const std::string& post) {
    v1::GetPostRequest request;
    request.set_name(post);
    const auto response = server_.Call(&Stub::GetPost, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok() || !response->post().valid().has_end_date()) return std::nullopt;
    return DayOf(response->post().valid().end_date());
  }
  void AwaitEnd(const std::string& post, absl::CivilDay day) {
    server_.WaitUntil([&] { return EndOf(post).has_value(); }, "a post to end");
    EXPECT_EQ(EndOf(post), day);
  }
  // A plan of Hải Châu's staff for `day`, with the posts that are proposed, signed.
  v1::ReorganisationPlan SignPlan(absl::CivilDay day) {
    v1::CreateReorganisationPlanRequest create;
    create.set_parent("provinces/48");
    create.set_display_name("Nhập Hải Châu vào An Hải");
    Set(create.mutable_effective_date(), day);
    create.mutable_act()->set_number("1700/NQ-UBTVQH15");
    create.add_from_units(kHaiChau);
    create.add_to_units(kAnHai);
    create.set_request_id(RequestId());
    const auto plan = server_.Call(&Stub::CreateReorganisationPlan, create);
    EXPECT_TRUE(plan.ok()) << plan.status();
    v1::ProposeReorganisationPlanRequest propose;
    propose.set_name(plan->plan().name());
    const auto proposal = server_.Call(&Stub::ProposeReorganisationPlan, propose);
    EXPECT_TRUE(proposal.ok()) << proposal.status();
    v1::EditReorganisationPlanRequest edit;
    edit.set_name(plan->plan().name());
    edit.set_etag(plan->plan().etag());
    for (const v1::PlanChoice& choice : proposal->choices()) *edit.add_choices() = choice;
    edit.set_request_id(RequestId());
    const auto edited = server_.Call(&Stub::EditReorganisationPlan, edit);
    EXPECT_TRUE(edited.ok()) << edited.status();
    v1::SignReorganisationPlanRequest sign;
    sign.set_name(plan->plan().name());
    sign.set_etag(edited->plan().etag());
    *sign.mutable_form() = Form(province_chair_);
    sign.set_request_id(RequestId());
    const auto signed_plan = server_.Call(&Stub::SignReorganisationPlan, sign);
    EXPECT_TRUE(signed_plan.ok()) << signed_plan.status();
    return signed_plan.ok() ? signed_plan->plan() : v1::ReorganisationPlan();
  }
  void Execute(const v1::ReorganisationPlan& plan) {
    v1::ExecuteReorganisationPlanRequest execute;
    execute.set_name(plan.name());
    execute.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::ExecuteReorganisationPlan, execute);
    EXPECT_TRUE(response.ok()) << response.status();
  }
  // The last appointment of a person that is of `kind`.
  v1::Appointment LastOf(const std::string& person, v1::AppointmentKind kind) {
    v1::GetPersonHistoryRequest request;
    request.set_name(person);
    const auto response = server_.Call(&Stub::GetPersonHistory, request);
    EXPECT_TRUE(response.ok()) << response.status();
    v1::Appointment last;
    for (const v1::Appointment& appointment : response->appointments()) {
      if (appointment.kind() == kind) last = appointment;
    }
    return last;
  }
};

TEST_P(SuccessionTest, IsReportedListedAndLeftToTheCaretaker) {
  const absl::CivilDay day = kToday + 20;
  Merge(day);
  AwaitReport(4, 0);
  EXPECT_THAT(registry_.ReportOf(kReport).unplanned_items(), SizeIs(4));
  const v1::ListUnplannedStaffResponse unplanned = Unplanned();
  ASSERT_EQ(unplanned.total(), 4);
  EXPECT_EQ(unplanned.staff(0).change_event(), kEvent);
  EXPECT_EQ(unplanned.staff(0).caretaker(), kDaNang);
  EXPECT_EQ(server_.Gauge("twotier_personnel_succession_unplanned"), 0);

  // One leaves by an order of his own before the day; nobody is appointed to the unit from it on.
  ASSERT_TRUE(server_
                  .Call(&Stub::TransferCivilServant,
                        Transfer(Person(5), PostOf(kAnHai, v1::POST_KIND_OFFICIAL), day))
                  .ok());
  AwaitReport(3, 0);
  EXPECT_EQ(
      ReasonOf(server_
                   .Call(&Stub::TransferCivilServant,
                         Transfer(Person(7), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), day))
                   .status()),
      "UNIT_ENDED");
  server_.GoTo(day);
  server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_succession_unplanned") == 3; },
                    "those whom no plan moves");
}

// An order that was signed before the change was known.
TEST_P(SuccessionTest, WhoIsToBeginAfterTheUnitsEndIsUnplannedToo) {
  const absl::CivilDay day = kToday + 20;
  Import({Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2, 8),
          Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_DEPUTY_HEAD, 1, 0)});
  const std::string empty = PostOf(kHaiChau, v1::POST_KIND_DEPUTY_HEAD);
  const std::string post = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3);
  const auto later = server_.Call(&Stub::TransferCivilServant, Transfer(Person(8), post, day + 10));
  ASSERT_TRUE(later.ok()) << later.status();
  Merge(day);
  AwaitReport(5, 0);
  bool listed = false;
  const v1::ListUnplannedStaffResponse unplanned = Unplanned();
  for (const v1::UnplannedStaff& one : unplanned.staff()) listed |= one.person() == Person(8);
  EXPECT_TRUE(listed);
  // Its post does not end with the others while somebody is to hold it.
  server_.GoTo(day);
  AwaitEnd(empty, day);
  EXPECT_EQ(EndOf(post), std::nullopt);
}

TEST_P(SuccessionTest, PostsOfAnEndedUnitEndWhenTheyAreEmpty) {
  const absl::CivilDay day = kToday + 20;
  const std::string empty = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3);
  const std::string held = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 1);
  const std::string chair = hai_chau_chair_;
  Merge(day);
  AwaitReport(4, 0);
  server_.GoTo(day - 1);
  EXPECT_EQ(EndOf(empty), std::nullopt);
  server_.GoTo(day);
  AwaitEnd(empty, day);
  EXPECT_EQ(EndOf(held), std::nullopt);
  // The caretaker's: it ends with whoever is still there.
  server_.GoTo(day + 3);
  const auto left =
      server_.Call(&Stub::EndAppointment,
                   End(MainOf(Person(5)), v1::END_REASON_RESIGNATION, hai_chau_chair_, day + 3));
  ASSERT_TRUE(left.ok()) << left.status();
  AwaitEnd(held, day + 3);
  EXPECT_EQ(EndOf(chair), std::nullopt);
  const auto bodies = [&] {
    v1::ListBodiesRequest request;
    request.set_parent("provinces/48");
    request.set_unit(kHaiChau);
    const auto listed = server_.Call(&Stub::ListBodies, request);
    return listed.ok() ? listed->bodies_size() : -1;
  };
  EXPECT_EQ(bodies(), 2);
  for (const int person : {4, 6}) {
    ASSERT_TRUE(
        server_
            .Call(&Stub::EndAppointment,
                  End(MainOf(Person(person)), v1::END_REASON_RESIGNATION, hai_chau_chair_, day + 3))
            .ok());
  }
  server_.WaitUntil([&] { return bodies() == 1; }, "the office to end");
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

// The last day of the last holder is over, and the post still names him.
TEST_P(SuccessionTest, AnEventIsNotSettledWhileItsPostsWaitForTheirHoldersEnd) {
  const absl::CivilDay day = kToday + 20;
  const absl::CivilDay left = day + 3;
  const std::string post = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 1);
  for (int person = 3; person <= 6; ++person) {
    const std::string signer = person == 3 ? province_chair_ : hai_chau_chair_;
    const auto end =
        server_.Call(&Stub::EndAppointment,
                     End(MainOf(Person(person)), v1::END_REASON_RESIGNATION, signer, left));
    ASSERT_TRUE(end.ok()) << person << end.status();
  }
  Merge(day);
  AwaitReport(4, 0);
  database_.Run("UPDATE due_effect SET retry_us = 9223372036854775807");
  server_.GoTo(left);
  AwaitReport(0, 0);
  EXPECT_EQ(EndOf(post), std::nullopt);
  database_.Run("UPDATE due_effect SET retry_us = 0");
  AwaitEnd(post, left);
}

TEST_P(SuccessionTest, AnEventWhosePostsCannotEndHoldsUpNoOther) {
  const absl::CivilDay day = kToday + 20;
  const std::string post = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3);
  Merge(day);
  AwaitReport(4, 0);
  // Its event would be the second with its version.
  const std::string version = database_.Run("SELECT MAX(version) FROM post")[0];
  database_.Run("UPDATE post SET version = 0");
  server_.GoTo(day);
  Merge(kHoaVang, kAnHai, day + 5, "changeEvents/other");
  AwaitReport(0, 0, "changeEvents/other/successions/personnel");
  EXPECT_EQ(EndOf(post), std::nullopt);
  database_.Run("UPDATE post SET version = " + version);
  AwaitEnd(post, day);
}

TEST_P(SuccessionTest, AGrantThatIsPlannedForAnEndedUnitLapses) {
  v1::GrantQuotaRequest request;
  request.set_parent("provinces/48");
  request.set_unit(kHaiChau);
  request.set_quota_kind(v1::QUOTA_KIND_CIVIL_SERVANT);
  request.set_posts(12);
  request.set_year(2026);
  Set(request.mutable_first_date(), kToday + 25);
  request.mutable_act()->set_number("20/NQ-HĐND");
  request.set_etag(QuotaOf(kHaiChau).etag());
  request.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::GrantQuota, request).ok());
  Merge(kToday + 20);
  AwaitReport(4, 0);
  server_.GoTo(kToday + 25);
  EXPECT_EQ(QuotaOf(kHaiChau).planned_grants_size(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).granted(), 10);
}

TEST_P(SuccessionTest, ASignedPlanIsPlanned) {
  const absl::CivilDay day = kToday + 20;
  MakeRoom();
  Merge(day);
  AwaitReport(4, 0);
  const v1::ReorganisationPlan plan = SignPlan(day);
  EXPECT_EQ(plan.people(), 4);
  AwaitReport(4, 4);
  EXPECT_EQ(Unplanned().total(), 0);
  Execute(plan);
  server_.GoTo(day);
  AwaitReport(0, 0);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 5);
}

// A plan may be forgotten, or stand aside and be given up.
TEST_P(SuccessionTest, WhoIsLeftInAUnitThatHasEndedCanBePlannedStill) {
  const absl::CivilDay day = kToday + 20;
  MakeRoom();
  Merge(day);
  AwaitReport(4, 0);
  server_.GoTo(day + 2);
  const v1::ReorganisationPlan plan = SignPlan(day + 5);
  EXPECT_EQ(plan.people(), 4);
  AwaitReport(4, 4);
  Execute(plan);
  server_.GoTo(day + 5);
  AwaitReport(0, 0);
  for (const int person : {3, 4, 5, 6}) EXPECT_EQ(MainOf(Person(person)).unit(), kAnHai);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

// Contracts and whoever is there beside a main post are not on the unit's quota, and are in posts
// that end all the same.
TEST_P(SuccessionTest, NobodyStaysInAUnitThatHasEndedWhateverTheKind) {
  const absl::CivilDay day = kToday + 20;
  const absl::CivilDay contract_end = kToday + 300;
  const auto official = [](const char* unit, int number, int person) {
    return Row(unit, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, number, person);
  };
  v1::StaffRow contract = official(kHaiChau, 5, 8);
  contract.set_appointment_kind(v1::APPOINTMENT_KIND_CONTRACT);
  Import({Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_DEPUTY_HEAD, 1, 0),
          Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_PUBLIC_EMPLOYEE, 1, 0), contract,
          official(kAnHai, 2, 0), official(kAnHai, 3, 0), official(kAnHai, 4, 0),
          official(kAnHai, 5, 0)});
  Grant(kAnHai, v1::QUOTA_KIND_CIVIL_SERVANT, 5);
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment, End(MainOf(Person(8)), v1::END_REASON_TERM_END,
                                                   hai_chau_chair_, contract_end))
                  .ok());
  v1::SecondCivilServantRequest second;
  second.set_parent("provinces/48");
  second.set_person(Person(7));
  second.set_post(PostOf(kHaiChau, v1::POST_KIND_DEPUTY_HEAD));
  Set(second.mutable_first_date(), kToday);
  Set(second.mutable_end_date(), kToday + 200);
  *second.mutable_form() = Form(province_chair_);
  second.set_request_id(RequestId());
  const auto seconded = server_.Call(&Stub::SecondCivilServant, second);
  ASSERT_TRUE(seconded.ok()) << seconded.status();
  v1::AppointCivilServantRequest concurrent =
      Appointment(Person(4), PostOf(kHaiChau, v1::POST_KIND_PUBLIC_EMPLOYEE), hai_chau_chair_);
  concurrent.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  ASSERT_TRUE(server_.Call(&Stub::AppointCivilServant, concurrent).ok());
  v1::AppointCivilServantRequest acting =
      Appointment(Person(5), PostOf(kHaiChau, v1::POST_KIND_HEAD), hai_chau_chair_);
  acting.set_kind(v1::APPOINTMENT_KIND_ACTING);
  ASSERT_TRUE(server_.Call(&Stub::AppointCivilServant, acting).ok());

  Merge(day);
  AwaitReport(8, 0);
  EXPECT_EQ(Unplanned().total(), 8);
  const v1::ReorganisationPlan plan = SignPlan(day);
  EXPECT_EQ(plan.people(), 5);  // Who has his main appointment there.
  AwaitReport(8, 8);
  EXPECT_EQ(Unplanned().total(), 0);
  Execute(plan);
  EXPECT_EQ(QuotaOf(kAnHai).held(), 4);  // A contract is outside of the quota.
  server_.GoTo(day);
  AwaitReport(0, 0);

  const v1::Appointment moved = MainOf(Person(8));
  EXPECT_EQ(moved.unit(), kAnHai);
  EXPECT_EQ(moved.kind(), v1::APPOINTMENT_KIND_CONTRACT);
  EXPECT_EQ(DayOf(moved.valid().end_date()), contract_end);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 5);
  EXPECT_EQ(MainOf(Person(7)).unit(), kAnHai);
  for (const auto& [person, kind] :
       {std::pair{7, v1::APPOINTMENT_KIND_SECONDED}, std::pair{4, v1::APPOINTMENT_KIND_CONCURRENT},
        std::pair{5, v1::APPOINTMENT_KIND_ACTING}}) {
    const v1::Appointment ended = LastOf(Person(person), kind);
    EXPECT_EQ(DayOf(ended.valid().end_date()), day) << person;
    EXPECT_EQ(ended.end_reason(), v1::END_REASON_REORGANISATION) << person;
  }
  // The contract ends on the day that was signed for it, in its new post.
  server_.GoTo(contract_end);
  EXPECT_EQ(MainOf(Person(8)).end_reason(), v1::END_REASON_TERM_END);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
  database_.Run("UPDATE appointment SET end_day = 2932896 WHERE end_reason = 7 AND kind <> 1");
  const absl::StatusOr<verify::Report> altered = verify::VerifyStaff(database_.url());
  ASSERT_TRUE(altered.ok()) << altered.status();
  EXPECT_EQ(std::count_if(altered->findings.begin(), altered->findings.end(),
                          [](const verify::Finding& finding) { return finding.rule == "plan"; }),
            4);  // The contract's line, and three beside a main post.
}

// What a plan ended wrongly goes on after a correction, and the checker finds nothing in it.
TEST_P(SuccessionTest, WhatAPlanEndedMayBeCorrected) {
  const absl::CivilDay day = kToday + 20;
  MakeRoom();
  v1::AppointCivilServantRequest acting =
      Appointment(Person(5), PostOf(kHaiChau, v1::POST_KIND_HEAD), hai_chau_chair_);
  acting.set_kind(v1::APPOINTMENT_KIND_ACTING);
  ASSERT_TRUE(server_.Call(&Stub::AppointCivilServant, acting).ok());
  Execute(SignPlan(day));
  server_.GoTo(day + 5);
  const v1::Appointment ended = LastOf(Person(5), v1::APPOINTMENT_KIND_ACTING);
  EXPECT_EQ(ended.end_reason(), v1::END_REASON_REORGANISATION);
  v1::CorrectAppointmentRequest correct;
  correct.set_appointment(ended.name());
  correct.set_etag(ended.etag());
  correct.set_person(ended.person());
  correct.set_reason("vẫn phụ trách");
  correct.set_no_end(true);
  *correct.mutable_form() = Form(hai_chau_chair_);
  correct.mutable_form()->set_number("9/QĐ-UBND");
  Set(correct.mutable_form()->mutable_sign_date(), day - 1);
  correct.set_request_id(RequestId());
  const auto back = server_.Call(&Stub::CorrectAppointment, correct);
  ASSERT_TRUE(back.ok()) << back.status();
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(SuccessionTest, AListOfAnEndedUnitNamesWhatItBecame) {
  const absl::CivilDay day = kToday + 20;
  Merge(day);
  AwaitReport(4, 0);
  v1::ListIncumbentsRequest request;
  request.set_parent("provinces/48");
  request.set_unit(kHaiChau);
  const auto staff_on = [&](absl::CivilDay as_of) {
    Set(request.mutable_as_of(), as_of);
    const auto response = server_.Call(&Stub::ListIncumbents, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListIncumbentsResponse();
  };
  EXPECT_THAT(staff_on(day - 1).incumbents(), SizeIs(4));
  EXPECT_THAT(staff_on(day - 1).successors(), SizeIs(0));
  EXPECT_THAT(staff_on(day).incumbents(), SizeIs(4)) << "nobody was moved";
  EXPECT_THAT(staff_on(day).successors(), ::testing::ElementsAre(kAnHai));
}

TEST_P(SuccessionTest, HasTheMetricFamiliesThatAlertsRestOn) {
  EXPECT_EQ(testing_support::MetricFamiliesOf(server_.metrics(), "twotier_personnel_"),
            testing_support::KnownMetricFamilies("personnel_metric_families.txt"));
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(SuccessionTest);

}  // namespace
}  // namespace twotier::personnel::testing
