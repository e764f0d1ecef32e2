// The steps of a dossier besides its straight way, over gRPC, on both engines.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "common/clock.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_publications.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using Stub = v1::RoutingService::Stub;

class RoutingStepsTest : public RoutingTest {
 protected:
  void SetUp() override {
    const auto submitted = Submit(server_, Submission());
    ASSERT_TRUE(submitted.ok()) << submitted.status();
    dossier_ = *submitted;
  }

  // Takes a step on the dossier as it is; keeps what it became.
  template <typename Request, typename Response>
  absl::Status Take(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    Request request) {
    const auto after = TakeStep(method, server_, dossier_, request);
    if (after.ok()) dossier_ = *after;
    return after.status();
  }

  absl::Status AcceptIt() { return Take(&Stub::AcceptDossier, v1::AcceptDossierRequest()); }

  absl::Status ForwardTo(const std::string& unit, const std::string& title) {
    v1::ForwardDossierRequest request;
    request.set_unit(unit);
    request.set_body_title(title);
    request.set_reason("xin ý kiến");
    return Take(&Stub::ForwardDossier, request);
  }

  static absl::Time TimeOf(const google::protobuf::Timestamp& time) {
    return absl::FromUnixSeconds(time.seconds());
  }

  std::vector<std::string> Kinds() {
    std::vector<std::string> kinds;
    for (const v1::TimelineEntry& entry : Timeline(server_, dossier_.name())) {
      kinds.push_back(entry.kind());
    }
    return kinds;
  }

  v1::Dossier dossier_;
};

TWOTIER_ON_EVERY_ENGINE(RoutingStepsTest);

TEST_P(RoutingStepsTest, ARefusedDossierIsNotReceived) {
  v1::RefuseDossierRequest refuse;
  refuse.set_reason("không thuộc thẩm quyền");
  ASSERT_EQ(Take(&Stub::RefuseDossier, refuse), absl::OkStatus());
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_NOT_RECEIVED);
  EXPECT_TRUE(dossier_.has_end_time());
  const absl::Status again = AcceptIt();
  EXPECT_EQ(ReasonOf(again), "TRANSITION_NOT_ALLOWED");
  EXPECT_EQ(MetadataOf(again, "allowed"), "");
}

// Monday 2 November 2026, three working days: due on Thursday.
TEST_P(RoutingStepsTest, APaymentStopsTheClockAndIsExact) {
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  const absl::Time due = TimeOf(dossier_.due_time());
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(0);
  EXPECT_EQ(Take(&Stub::RequestPayment, ask).code(), absl::StatusCode::kInvalidArgument);
  ask.set_due_vnd(8'000);
  ask.mutable_answer_by_time()->set_seconds(absl::ToUnixSeconds(Monday()));
  EXPECT_EQ(ReasonOf(Take(&Stub::RequestPayment, ask)), "ANSWER_DATE_PAST");
  ask.clear_answer_by_time();
  ASSERT_EQ(Take(&Stub::RequestPayment, ask), absl::OkStatus());
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_PAYMENT_REQUESTED);
  EXPECT_EQ(dossier_.clock_holder(), v1::CLOCK_HOLDER_APPLICANT);
  EXPECT_EQ(TimeOf(dossier_.answer_by_time()), Monday() + absl::Hours(24 * 30));

  server_.clock().Advance(absl::Hours(48));
  v1::ConfirmPaymentRequest confirm;
  confirm.set_paid_vnd(7'999);
  confirm.set_gateway(v1::PAYMENT_GATEWAY_NATIONAL_PORTAL);
  confirm.set_reference("DVCQG-1");
  const absl::Status less = Take(&Stub::ConfirmPayment, confirm);
  EXPECT_EQ(ReasonOf(less), "PAYMENT_DIFFERS");
  EXPECT_EQ(MetadataOf(less, "due_vnd"), "8000");
  confirm.set_paid_vnd(8'000);
  ASSERT_EQ(Take(&Stub::ConfirmPayment, confirm), absl::OkStatus());
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_IN_PROGRESS);
  EXPECT_EQ(dossier_.payment().paid_vnd(), 8'000);
  EXPECT_EQ(dossier_.payment().due_vnd(), 8'000);
  // Two working days later: Thursday becomes the Monday after.
  EXPECT_EQ(TimeOf(dossier_.due_time()), due + absl::Hours(24 * 4));
  EXPECT_FALSE(dossier_.has_answer_by_time());
}

// It is received when it is paid, whoever asks; the clock begins then.
TEST_P(RoutingStepsTest, AFeeAtReceptionIsPaidBeforeItIsReceived) {
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(8'000);
  ASSERT_EQ(Take(&Stub::RequestPayment, ask), absl::OkStatus());
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_PAYMENT_REQUESTED);
  EXPECT_EQ(dossier_.payment().due_at(), v1::FEE_DUE_AT_RECEPTION);
  EXPECT_EQ(dossier_.clock_holder(), v1::CLOCK_HOLDER_UNSPECIFIED);
  EXPECT_TRUE(dossier_.has_answer_by_time());
  const absl::Status unpaid = AcceptIt();
  EXPECT_EQ(ReasonOf(unpaid), "TRANSITION_NOT_ALLOWED");
  EXPECT_EQ(MetadataOf(unpaid, "allowed"),
            "RefuseDossier,ConfirmPayment,CancelPaymentRequest,WithdrawDossier");
  v1::ConfirmPaymentRequest confirm;
  confirm.set_paid_vnd(8'000);
  confirm.set_gateway(v1::PAYMENT_GATEWAY_NATIONAL_PORTAL);
  confirm.set_reference("DVCQG-1");
  ASSERT_EQ(Take(&Stub::ConfirmPayment, confirm), absl::OkStatus());
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_REGISTERED);
  EXPECT_FALSE(dossier_.has_answer_by_time());
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  EXPECT_EQ(dossier_.payment().paid_total_vnd(), 8'000);
  EXPECT_TRUE(dossier_.has_due_time());
}

// It was processed in time, however long the applicant takes to pay for the result.
TEST_P(RoutingStepsTest, AFeeAtTheResultIsPaidBeforeItIsReturned) {
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  v1::CompleteProcessingRequest complete;
  complete.set_result_id("KQ-1");
  ASSERT_EQ(Take(&Stub::CompleteProcessing, complete), absl::OkStatus());
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(8'000);
  ASSERT_EQ(Take(&Stub::RequestPayment, ask), absl::OkStatus());
  EXPECT_EQ(dossier_.payment().due_at(), v1::FEE_DUE_AT_RESULT);
  server_.clock().Advance(absl::Hours(24 * 10));
  const absl::Status unpaid = Take(&Stub::ReturnResult, v1::ReturnResultRequest());
  EXPECT_EQ(ReasonOf(unpaid), "TRANSITION_NOT_ALLOWED");
  EXPECT_EQ(MetadataOf(unpaid, "allowed"), "ConfirmPayment,CancelPaymentRequest");
  v1::ConfirmPaymentRequest confirm;
  confirm.set_paid_vnd(8'000);
  confirm.set_gateway(v1::PAYMENT_GATEWAY_LOCAL);
  confirm.set_reference("BL-1");
  ASSERT_EQ(Take(&Stub::ConfirmPayment, confirm), absl::OkStatus());
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_PROCESSED);
  ASSERT_EQ(Take(&Stub::ReturnResult, v1::ReturnResultRequest()), absl::OkStatus());
  EXPECT_FALSE(dossier_.overdue());
}

TEST_P(RoutingStepsTest, AFeeThatWasAskedForByMistakeIsTakenBack) {
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(80'000);
  ASSERT_EQ(Take(&Stub::RequestPayment, ask), absl::OkStatus());
  v1::CancelPaymentRequestRequest cancel;
  EXPECT_EQ(Take(&Stub::CancelPaymentRequest, cancel).code(), absl::StatusCode::kInvalidArgument);
  cancel.set_reason("nhầm mức phí");
  cancel.set_validate_only(true);
  const auto effect = TakeStep(&Stub::CancelPaymentRequest, server_, dossier_, cancel);
  ASSERT_TRUE(effect.ok()) << effect.status();
  cancel.set_validate_only(false);
  ASSERT_EQ(Take(&Stub::CancelPaymentRequest, cancel), absl::OkStatus());
  EXPECT_EQ(effect->state(), dossier_.state());
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_IN_PROGRESS);
  EXPECT_EQ(dossier_.clock_holder(), v1::CLOCK_HOLDER_AUTHORITY);
  EXPECT_FALSE(dossier_.has_payment());
  EXPECT_EQ(Kinds().back(), "dossier.payment_request_cancelled");
  EXPECT_EQ(ReasonOf(Take(&Stub::CancelPaymentRequest, cancel)), "TRANSITION_NOT_ALLOWED");
}

// In parts as at once: what was paid counts, and stays known while the next part is awaited.
TEST_P(RoutingStepsTest, PaymentsStayTogetherWithinTheFee) {
  auto publication = Shortened(3, "");
  publication.mutable_content()->set_fee_vnd(50'000);
  const auto published = Publish(server_, publication);
  ASSERT_TRUE(published.ok()) << published.status();
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(30'000);
  ASSERT_EQ(Take(&Stub::RequestPayment, ask), absl::OkStatus());
  v1::ConfirmPaymentRequest confirm;
  confirm.set_paid_vnd(30'000);
  confirm.set_gateway(v1::PAYMENT_GATEWAY_LOCAL);
  confirm.set_reference("BL-1");
  ASSERT_EQ(Take(&Stub::ConfirmPayment, confirm), absl::OkStatus());
  ask.set_due_vnd(20'001);
  const absl::Status above = Take(&Stub::RequestPayment, ask);
  EXPECT_EQ(ReasonOf(above), "FEE_EXCEEDED") << above;
  EXPECT_EQ(MetadataOf(above, "fee_vnd"), "50000");
  EXPECT_EQ(MetadataOf(above, "paid_vnd"), "30000");
  ask.set_due_vnd(20'000);
  ASSERT_EQ(Take(&Stub::RequestPayment, ask), absl::OkStatus());
  EXPECT_EQ(dossier_.payment().due_vnd(), 20'000);
  EXPECT_EQ(dossier_.payment().reference(), "BL-1");
  EXPECT_EQ(dossier_.payment().paid_total_vnd(), 30'000);
  confirm.set_paid_vnd(20'000);
  confirm.set_reference("BL-2");
  ASSERT_EQ(Take(&Stub::ConfirmPayment, confirm), absl::OkStatus());
  EXPECT_EQ(dossier_.payment().reference(), "BL-2");
  EXPECT_EQ(dossier_.payment().paid_total_vnd(), 50'000);
}

// Thursday the 5th; away from Tuesday on and extended on Friday the 6th, back on Monday the 9th.
TEST_P(RoutingStepsTest, WhatIsPromisedWhileAnotherAgencyHasItMovesByTheRest) {
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  const v1::Body home = dossier_.competent_body();
  server_.clock().Advance(absl::Hours(24));
  ASSERT_EQ(ForwardTo(kDaNang, "Sở Tư pháp"), absl::OkStatus());
  server_.clock().Advance(absl::Hours(24 * 3));
  v1::ExtendDueDateRequest extend;
  extend.set_reason("chờ đo đạc");
  extend.set_apology_number("04/XL");
  SetDate(extend.mutable_new_due_date(), 2026, 11, 10);
  EXPECT_EQ(ReasonOf(Take(&Stub::ExtendDueDate, extend)), "EXTENSION_NOT_LATER")
      << "back today it would be due on the 10th anyway";
  SetDate(extend.mutable_new_due_date(), 2026, 11, 12);
  ASSERT_EQ(Take(&Stub::ExtendDueDate, extend), absl::OkStatus());
  server_.clock().Advance(absl::Hours(24 * 3));
  ASSERT_EQ(ForwardTo(home.unit(), home.title()), absl::OkStatus());
  const absl::Time friday_13 =
      absl::FromCivil(absl::CivilHour(2026, 11, 13, 17), VietnamTimeZone());
  EXPECT_EQ(TimeOf(dossier_.due_time()), friday_13);
  EXPECT_EQ(TimeOf(dossier_.first_due_time()), friday_13 - absl::Hours(24 * 2));
}

TEST_P(RoutingStepsTest, AnotherAgencyHoldsTheClockUntilItGivesTheDossierBack) {
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  const absl::Time due = TimeOf(dossier_.due_time());
  const v1::Body home = dossier_.competent_body();
  EXPECT_EQ(ReasonOf(ForwardTo(home.unit(), home.title())), "FORWARDED_TO_HOLDER");
  EXPECT_EQ(ReasonOf(ForwardTo("units/nobody", "Sở Tư pháp")), "UNIT_NOT_FOUND");
  EXPECT_EQ(ReasonOf(ForwardTo(kEnded, "Sở Tư pháp")), "UNIT_ENDED");
  ASSERT_EQ(ForwardTo(kDaNang, "Công an Thành phố Đà Nẵng"), absl::OkStatus());
  EXPECT_EQ(dossier_.clock_holder(), v1::CLOCK_HOLDER_OTHER_AGENCY);
  EXPECT_EQ(dossier_.agency().title(), "Công an Thành phố Đà Nẵng");
  v1::CompleteProcessingRequest complete;
  complete.set_result_id("KQ");
  EXPECT_EQ(ReasonOf(Take(&Stub::CompleteProcessing, complete)), "TRANSITION_NOT_ALLOWED");
  server_.clock().Advance(absl::Hours(24));
  ASSERT_EQ(ForwardTo(home.unit(), home.title()), absl::OkStatus());
  EXPECT_EQ(dossier_.clock_holder(), v1::CLOCK_HOLDER_AUTHORITY);
  EXPECT_FALSE(dossier_.has_agency());
  EXPECT_EQ(TimeOf(dossier_.due_time()), due + absl::Hours(24));
  EXPECT_EQ(Take(&Stub::CompleteProcessing, complete), absl::OkStatus());
}

TEST_P(RoutingStepsTest, AnExtensionNeedsALaterWorkingDayAndKeepsTheFirstDate) {
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  const absl::Time due = TimeOf(dossier_.due_time());
  v1::ExtendDueDateRequest extend;
  extend.set_reason("chờ đo đạc");
  google::type::Date* date = extend.mutable_new_due_date();
  date->set_year(2026);
  date->set_month(11);
  date->set_day(5);
  EXPECT_EQ(Take(&Stub::ExtendDueDate, extend).code(), absl::StatusCode::kInvalidArgument)
      << "without an apology";
  extend.set_apology_number("04/XL");
  EXPECT_EQ(ReasonOf(Take(&Stub::ExtendDueDate, extend)), "EXTENSION_NOT_LATER");
  date->set_day(7);
  const absl::Status saturday = Take(&Stub::ExtendDueDate, extend);
  EXPECT_EQ(ReasonOf(saturday), "NO_WORKING_DAY");
  EXPECT_EQ(MetadataOf(saturday, "next_working_day"), "2026-11-09");
  date->set_day(9);
  ASSERT_EQ(Take(&Stub::ExtendDueDate, extend), absl::OkStatus());
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_RECEIVED) << "no other state by it";
  EXPECT_EQ(TimeOf(dossier_.first_due_time()), due);
  EXPECT_EQ(TimeOf(dossier_.due_time()), due + absl::Hours(24 * 4));
  EXPECT_EQ(dossier_.extensions(), 1);
  // Waiting for the applicant is no delay of the authority, behind an extension too.
  v1::RequestSupplementRequest request;
  request.set_reason("thiếu bản chính");
  ASSERT_EQ(Take(&Stub::RequestSupplement, request), absl::OkStatus());
  server_.clock().Advance(absl::Hours(24 * 2));
  ASSERT_EQ(Take(&Stub::ProvideSupplement, v1::ProvideSupplementRequest()), absl::OkStatus());
  EXPECT_EQ(TimeOf(dossier_.due_time()), due + absl::Hours(24 * 6));
  EXPECT_EQ(TimeOf(dossier_.first_due_time()), due + absl::Hours(24 * 4));
}

TEST_P(RoutingStepsTest, EveryStepStandsInAChainedTimeline) {
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  v1::AssignDossierRequest assign;
  assign.set_assignee("provinces/48/posts/20194-tu-phap");
  ASSERT_EQ(Take(&Stub::AssignDossier, assign), absl::OkStatus());
  EXPECT_EQ(dossier_.assignee(), "provinces/48/posts/20194-tu-phap");
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_IN_PROGRESS);
  v1::StopDossierRequest stop;
  stop.set_reason("người nộp chết");
  v1::StopDossierRequest dry = stop;
  dry.set_name(dossier_.name());
  dry.set_etag(dossier_.etag());
  dry.set_request_id(RequestId());
  dry.set_validate_only(true);
  const auto shown = Invoke(&Stub::StopDossier, server_.stub(), dry);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->dossier().state(), v1::DOSSIER_STATE_STOPPED);
  ASSERT_EQ(Take(&Stub::StopDossier, stop), absl::OkStatus());
  v1::WithdrawDossierRequest withdraw;
  withdraw.set_reason("đổi ý");
  EXPECT_EQ(ReasonOf(Take(&Stub::WithdrawDossier, withdraw)), "TRANSITION_NOT_ALLOWED");
  EXPECT_THAT(Kinds(), ElementsAre("dossier.submitted", "dossier.accepted", "dossier.assigned",
                                   "dossier.stopped"));
}

TEST_P(RoutingStepsTest, AFullTimelineIsReadAsAWholeAndItsDossierEnds) {
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  const v1::Body home = dossier_.competent_body();
  ASSERT_EQ(ForwardTo(kDaNang, "Công an Thành phố Đà Nẵng"), absl::OkStatus());
  ASSERT_EQ(ForwardTo(home.unit(), home.title()), absl::OkStatus());
  const absl::Status full = FillTimeline(server_, dossier_);
  EXPECT_EQ(ReasonOf(full), "TIMELINE_FULL") << full;
  EXPECT_EQ(MetadataOf(full, "entries"), "900");
  EXPECT_EQ(ReasonOf(ForwardTo(kDaNang, "Công an Thành phố Đà Nẵng")), "TIMELINE_FULL");
  v1::CompleteProcessingRequest complete;
  complete.set_result_id("KQ");
  ASSERT_EQ(Take(&Stub::CompleteProcessing, complete), absl::OkStatus());
  ASSERT_EQ(Take(&Stub::ReturnResult, v1::ReturnResultRequest()), absl::OkStatus());
  v1::RateDossierRequest rate;
  rate.set_satisfaction(v1::SATISFACTION_SATISFIED);
  EXPECT_EQ(ReasonOf(Take(&Stub::RateDossier, rate)), "TIMELINE_FULL");
  EXPECT_EQ(Timeline(server_, dossier_.name()).size(), 902u);
}

TEST_P(RoutingStepsTest, AnApplicantMayWithdrawWhatWaits) {
  ASSERT_EQ(AcceptIt(), absl::OkStatus());
  v1::RequestSupplementRequest ask;
  ask.set_reason("thiếu bản chính");
  ask.mutable_answer_by_time()->set_seconds(absl::ToUnixSeconds(Monday()) + 86'400);
  ASSERT_EQ(Take(&Stub::RequestSupplement, ask), absl::OkStatus());
  EXPECT_EQ(TimeOf(dossier_.answer_by_time()), Monday() + absl::Hours(24));
  v1::WithdrawDossierRequest withdraw;
  withdraw.set_reason("đổi ý");
  ASSERT_EQ(Take(&Stub::WithdrawDossier, withdraw), absl::OkStatus());
  EXPECT_EQ(dossier_.state(), v1::DOSSIER_STATE_WITHDRAWN);
  EXPECT_FALSE(dossier_.overdue());
  EXPECT_EQ(dossier_.clock_holder(), v1::CLOCK_HOLDER_UNSPECIFIED);
}

}  // namespace
}  // namespace twotier::routing::testing
