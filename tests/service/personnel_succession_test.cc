// What a change of units leaves to personnel, and what the registry is told of it.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"
#include "tests/support/metric_families.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::SizeIs;

constexpr char kEvent[] = "changeEvents/merge";
constexpr char kReport[] = "changeEvents/merge/successions/personnel";

class SuccessionTest : public PersonnelTest {
 protected:
  // Hải Châu is merged into An Hải on `day`; Đà Nẵng answers for what is left.
  void Merge(absl::CivilDay day) {
    registry::v1::Resource event;
    event.set_subject(kEvent);
    event.set_kind("change_event.applied");
    event.mutable_change_event()->set_name(kEvent);
    Set(event.mutable_change_event()->mutable_effective_date(), day);
    event.mutable_change_event()->add_ended_units(kHaiChau);
    event.mutable_change_event()->set_caretaker(kDaNang);
    event.mutable_change_event()->mutable_act()->set_number("1700/NQ-UBTVQH15");
    registry::v1::Resource unit = registry_.Current(kHaiChau);
    Set(unit.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_end_date(), day);
    registry::v1::Succession* step = unit.mutable_unit()->add_successions();
    step->set_source(kHaiChau);
    step->set_target(kAnHai);
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
  void AwaitReport(int64_t open, int64_t planned) {
    server_.WaitUntil(
        [&] {
          const registry::v1::SuccessionReport report = registry_.ReportOf(kReport);
          return report.version() > 0 && report.open() == open && report.planned() == planned;
        },
        "the report on the merger");
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

TEST_P(SuccessionTest, ASignedPlanIsPlanned) {
  const absl::CivilDay day = kToday + 20;
  Import({Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2, 0),
          Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 3, 0),
          Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 4, 0)});
  Grant(kAnHai, v1::QUOTA_KIND_CIVIL_SERVANT, 5);
  Merge(day);
  AwaitReport(4, 0);
  v1::CreateReorganisationPlanRequest create;
  create.set_parent("provinces/48");
  create.set_display_name("Nhập Hải Châu vào An Hải");
  Set(create.mutable_effective_date(), day);
  create.mutable_act()->set_number("1700/NQ-UBTVQH15");
  create.add_from_units(kHaiChau);
  create.add_to_units(kAnHai);
  create.set_request_id(RequestId());
  const auto plan = server_.Call(&Stub::CreateReorganisationPlan, create);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->plan().people(), 4);
  v1::ProposeReorganisationPlanRequest propose;
  propose.set_name(plan->plan().name());
  const auto proposal = server_.Call(&Stub::ProposeReorganisationPlan, propose);
  ASSERT_TRUE(proposal.ok()) << proposal.status();
  v1::EditReorganisationPlanRequest edit;
  edit.set_name(plan->plan().name());
  edit.set_etag(plan->plan().etag());
  for (const v1::PlanChoice& choice : proposal->choices()) *edit.add_choices() = choice;
  edit.set_request_id(RequestId());
  const auto edited = server_.Call(&Stub::EditReorganisationPlan, edit);
  ASSERT_TRUE(edited.ok()) << edited.status();
  v1::SignReorganisationPlanRequest sign;
  sign.set_name(plan->plan().name());
  sign.set_etag(edited->plan().etag());
  *sign.mutable_form() = Form(province_chair_);
  sign.set_request_id(RequestId());
  const auto signed_plan = server_.Call(&Stub::SignReorganisationPlan, sign);
  ASSERT_TRUE(signed_plan.ok()) << signed_plan.status();
  AwaitReport(4, 4);
  EXPECT_EQ(Unplanned().total(), 0);
  v1::ExecuteReorganisationPlanRequest execute;
  execute.set_name(plan->plan().name());
  execute.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::ExecuteReorganisationPlan, execute).ok());
  server_.GoTo(day);
  AwaitReport(0, 0);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 5);
}

TEST_P(SuccessionTest, HasTheMetricFamiliesThatAlertsRestOn) {
  EXPECT_EQ(testing_support::MetricFamiliesOf(server_.metrics(), "twotier_personnel_"),
            testing_support::KnownMetricFamilies("personnel_metric_families.txt"));
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(SuccessionTest);

}  // namespace
}  // namespace twotier::personnel::testing
