// Which kinds of appointments a post takes, and what places of quotas they take.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_plan_steps.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class KindsTest : public PlanSteps {
 protected:
  absl::StatusOr<v1::AppointCivilServantResponse> Appoint(const std::string& person,
                                                          const std::string& post,
                                                          v1::AppointmentKind kind,
                                                          const std::string& signer) {
    v1::AppointCivilServantRequest request = Appointment(person, post, signer);
    request.set_kind(kind);
    return server_.Call(&Stub::AppointCivilServant, request);
  }
  absl::StatusOr<v1::SecondCivilServantResponse> Second(const std::string& person,
                                                        const std::string& post) {
    v1::SecondCivilServantRequest request;
    request.set_parent("provinces/48");
    request.set_person(person);
    request.set_post(post);
    Set(request.mutable_first_date(), kToday);
    Set(request.mutable_end_date(), kToday + 200);
    *request.mutable_form() = Form(province_chair_);
    request.set_request_id(RequestId());
    return server_.Call(&Stub::SecondCivilServant, request);
  }
};

// Neither does a contract's post take civil servants beside the quota, nor a contract lead.
TEST_P(KindsTest, AContractGoesWithItsPosts) {
  Import({Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_CONTRACT, 1, 0),
          Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_DEPUTY_HEAD, 1, 0)});
  Register(90);
  const std::string person = Person(90);
  const std::string post = PostOf(kHaiChau, v1::POST_KIND_CONTRACT);
  const std::string deputy = PostOf(kHaiChau, v1::POST_KIND_DEPUTY_HEAD);
  const auto appoint = [&](const std::string& to, v1::AppointmentKind kind) {
    return Appoint(person, to, kind, hai_chau_chair_).status();
  };
  const absl::Status refused = appoint(post, v1::APPOINTMENT_KIND_PERMANENT);
  EXPECT_EQ(ReasonOf(refused), "APPOINTMENT_KIND_NOT_ALLOWED") << refused;
  EXPECT_EQ(MetadataOf(refused, "kind"), "PERMANENT");
  EXPECT_EQ(MetadataOf(refused, "post_kind"), "CONTRACT");
  EXPECT_EQ(ReasonOf(appoint(deputy, v1::APPOINTMENT_KIND_CONTRACT)),
            "APPOINTMENT_KIND_NOT_ALLOWED");
  EXPECT_EQ(ReasonOf(Second(Person(7), post).status()), "APPOINTMENT_KIND_NOT_ALLOWED");
  ASSERT_TRUE(appoint(post, v1::APPOINTMENT_KIND_CONTRACT).ok());
  // Nor do they lead beside it, but as who acts.
  EXPECT_EQ(ReasonOf(appoint(deputy, v1::APPOINTMENT_KIND_CONCURRENT)), "NO_MAIN_APPOINTMENT");
  EXPECT_TRUE(appoint(deputy, v1::APPOINTMENT_KIND_ACTING).ok());
  v1::TransferCivilServantRequest transfer = Transfer(person, deputy);
  *transfer.mutable_form() = Form(hai_chau_chair_);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::TransferCivilServant, transfer).status()),
            "APPOINTMENT_KIND_NOT_ALLOWED");
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(KindsTest, ListsAndPlansKeepToItToo) {
  v1::StaffRow leads = Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_DEPUTY_HEAD, 1, 91);
  leads.set_appointment_kind(v1::APPOINTMENT_KIND_CONTRACT);
  const auto listed =
      server_.Call(&Stub::ImportStaff,
                   List({leads, Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_CONTRACT, 1, 92)}));
  const auto violations = error::FieldViolationsOf(listed.status());
  ASSERT_THAT(violations, SizeIs(2)) << listed.status();
  EXPECT_EQ(violations[0].field, "rows[0].appointment_kind");
  EXPECT_EQ(violations[0].description,
            "APPOINTMENT_KIND_NOT_ALLOWED: a post of the kind DEPUTY_HEAD takes none that is "
            "CONTRACT");
  EXPECT_EQ(violations[1].field, "rows[1].appointment_kind");

  v1::StaffRow contract = Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 93);
  contract.set_appointment_kind(v1::APPOINTMENT_KIND_CONTRACT);
  v1::StaffRow other = Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_CONTRACT, 1, 94);
  other.set_appointment_kind(v1::APPOINTMENT_KIND_CONTRACT);
  Import({contract, other, Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_DEPUTY_HEAD, 1, 0),
          Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_CONTRACT, 1, 0),
          Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 0)});
  // Who is in a post for contracts is proposed one, and of the two others one the official's.
  v1::ReorganisationPlan plan = Draft({kAnHai}, kHoaVang, kToday + 20);
  EXPECT_EQ(plan.people(), 3);
  EXPECT_EQ(plan.placed(), 2);
  const std::string deputy = PostOf(kHoaVang, v1::POST_KIND_DEPUTY_HEAD);
  const std::string official = PostOf(kHoaVang, v1::POST_KIND_OFFICIAL);
  plan = Choose(plan, {{Person(93), deputy}, {Person(7), official}});
  const auto preconditions = error::PreconditionsOf(Sign(plan).status());
  ASSERT_THAT(preconditions, SizeIs(1));
  EXPECT_EQ(preconditions[0].type, "APPOINTMENT_KIND_NOT_ALLOWED");
  EXPECT_EQ(preconditions[0].subject, Person(93));
  plan = Choose(plan, {{Person(93), official}, {Person(7), deputy}});
  EXPECT_TRUE(Sign(plan).ok());
}

// Its signer elects nobody, and does not choose who leads the province.
TEST_P(KindsTest, APlanFillsNoPostThatItsSignerMayNot) {
  Import({Row(kHoaVang, v1::BODY_KIND_COUNCIL, v1::POST_KIND_COUNCIL_CHAIR, 1, 0),
          Row(kHoaVang, v1::BODY_KIND_COUNCIL, v1::POST_KIND_COUNCIL_COMMITTEE_HEAD, 1, 0),
          Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_DEPUTY_HEAD, 1, 0)});
  v1::ReorganisationPlan plan = Draft({kAnHai}, kHoaVang, kToday + 20);
  EXPECT_EQ(plan.placed(), 0);
  const auto refused = [&](const v1::ReorganisationPlan& of, int number, const std::string& post) {
    v1::CheckReorganisationPlanRequest check;
    plan = Choose(of, {{Person(number), post}});
    check.set_name(plan.name());
    const auto checked = server_.Call(&Stub::CheckReorganisationPlan, check);
    std::string authority;
    for (const v1::PlanConflict& conflict : checked->conflicts()) {
      if (conflict.reason() == "SIGNER_NOT_COMPETENT") authority = conflict.description();
    }
    EXPECT_EQ(ReasonOf(Sign(plan).status()), "PLAN_CONFLICTS");
    return authority;
  };
  for (const v1::PostKind kind :
       {v1::POST_KIND_COUNCIL_CHAIR, v1::POST_KIND_COUNCIL_COMMITTEE_HEAD}) {
    EXPECT_EQ(refused(plan, 7, PostOf(kHoaVang, kind)), "PROVINCIAL_COUNCIL_CHAIR");
  }
  plan = Choose(plan, {{Person(7), PostOf(kHoaVang, v1::POST_KIND_DEPUTY_HEAD)}});
  EXPECT_TRUE(Sign(plan).ok());
  EXPECT_EQ(refused(Draft({kHaiChau}, kDaNang, kToday + 20), 5, province_chair_), "CENTRE");
}

// The pool counts vice chairs, not people on the commune's own quota.
TEST_P(KindsTest, WhoeverHoldsAViceChairsPostTakesAPlaceOfThePool) {
  Import({Row(kHaiChau, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_VICE_CHAIR, 1, 0),
          Row(kHaiChau, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_VICE_CHAIR, 2, 0)});
  const std::string first = PostOf(kHaiChau, v1::POST_KIND_COMMITTEE_VICE_CHAIR, 1);
  const std::string second = PostOf(kHaiChau, v1::POST_KIND_COMMITTEE_VICE_CHAIR, 2);
  const auto pool = [&] { return QuotaOf(kHaiChau, v1::QUOTA_KIND_VICE_CHAIR); };
  const auto beside = [&] {
    return Appoint(Person(4), second, v1::APPOINTMENT_KIND_CONCURRENT, province_chair_).status();
  };
  EXPECT_EQ(ReasonOf(Second(Person(7), first).status()), "QUOTA_NOT_GRANTED");
  Grant(kDaNang, v1::QUOTA_KIND_VICE_CHAIR, 7);
  Grant(kHaiChau, v1::QUOTA_KIND_VICE_CHAIR, 1);
  const auto seconded = Second(Person(7), first);
  ASSERT_TRUE(seconded.ok()) << seconded.status();
  EXPECT_EQ(pool().used(), 1);
  EXPECT_EQ(ReasonOf(beside()), "QUOTA_EXCEEDED");
  EXPECT_TRUE(Appoint(Person(4), second, v1::APPOINTMENT_KIND_ACTING, province_chair_).ok());
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment, End(seconded->effect().appointments(0).appointment(),
                                                   v1::END_REASON_TERM_END, province_chair_))
                  .ok());
  EXPECT_EQ(pool().used(), 0);
  // Nobody's own quota has changed.
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 1);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

// A concurrent successor waits for the place of the pool that a permanent vice chair leaves.
TEST_P(KindsTest, AConcurrentViceChairFollowsAPermanentOne) {
  Grant(kDaNang, v1::QUOTA_KIND_VICE_CHAIR, 7);
  Grant(kHaiChau, v1::QUOTA_KIND_VICE_CHAIR, 1);
  Import({Row(kHaiChau, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_VICE_CHAIR, 1, 94)});
  const std::string post = PostOf(kHaiChau, v1::POST_KIND_COMMITTEE_VICE_CHAIR);
  const absl::CivilDay day = kToday + 10;
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(MainOf(Person(94)), v1::END_REASON_RETIREMENT, province_chair_, day))
                  .ok());
  v1::AppointCivilServantRequest request = Appointment(Person(4), post, province_chair_, day);
  request.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  const auto follows = server_.Call(&Stub::AppointCivilServant, request);
  ASSERT_TRUE(follows.ok()) << follows.status();
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
  server_.GoTo(day);
  EXPECT_EQ(QuotaOf(kHaiChau, v1::QUOTA_KIND_VICE_CHAIR).used(), 1);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(KindsTest, TheCheckerNamesAKindThatDoesNotGoWithItsPost) {
  database_.Run(
      absl::StrCat("UPDATE appointment SET post_kind = 11 WHERE person = '", Person(6), "'"));
  const absl::StatusOr<verify::Report> report = verify::VerifyStaff(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  std::vector<std::string> rules;
  for (const verify::Finding& finding : report->findings) rules.push_back(finding.rule);
  EXPECT_THAT(rules, ElementsAre("place"));
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(KindsTest);

}  // namespace
}  // namespace twotier::personnel::testing
