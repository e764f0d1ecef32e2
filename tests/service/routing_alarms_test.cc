// What the clock of dossiers sets off by itself, on both engines.
#include <gmock/gmock.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Stub = v1::RoutingService::Stub;

class RoutingAlarmsTest : public RoutingTest {
 protected:
  v1::ListAlarmsResponse List(v1::AlarmKind kind = v1::ALARM_KIND_UNSPECIFIED, int page_size = 0,
                              const std::string& token = "") {
    v1::ListAlarmsRequest request;
    request.set_parent("provinces/48");
    request.set_kind(kind);
    request.set_page_size(page_size);
    request.set_page_token(token);
    const auto response = Invoke(&Stub::ListAlarms, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListAlarmsResponse();
  }

  void AwaitAlarms(v1::AlarmKind kind, int count) {
    RoutingServer::WaitUntil([&] { return List(kind).alarms_size() >= count; }, "alarms");
  }

  v1::Dossier Accepted() {
    const auto submitted = Submit(server_, Submission());
    EXPECT_TRUE(submitted.ok()) << submitted.status();
    const auto accepted = Accept(server_, *submitted);
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    return *accepted;
  }

  v1::Dossier Read(const std::string& name) {
    v1::GetDossierRequest request;
    request.set_name(name);
    const auto response = Invoke(&Stub::GetDossier, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->dossier() : v1::Dossier();
  }

  static absl::Time TimeOf(const google::protobuf::Timestamp& time) {
    return absl::FromUnixSeconds(time.seconds());
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingAlarmsTest);

TEST_P(RoutingAlarmsTest, ADossierIsAnnouncedOnceAndOverdueOnce) {
  const v1::Dossier late = Accepted();
  const v1::Dossier done = Accepted();
  const absl::Time due = TimeOf(late.due_time());
  server_.clock().Set(due - absl::Hours(25));
  EXPECT_THAT(List().alarms(), IsEmpty());
  server_.clock().Set(due - absl::Hours(23));
  AwaitAlarms(v1::ALARM_KIND_DUE_SOON, 2);
  ASSERT_TRUE(Complete(server_, done).ok());
  server_.clock().Set(due + absl::Seconds(1));
  AwaitAlarms(v1::ALARM_KIND_OVERDUE, 1);
  // Everything that could fire has fired when a later dossier's alarm is there.
  server_.clock().Set(due + absl::Hours(1));
  const v1::Dossier later = Accepted();
  server_.clock().Set(TimeOf(later.due_time()) + absl::Seconds(1));
  AwaitAlarms(v1::ALARM_KIND_OVERDUE, 2);
  const v1::ListAlarmsResponse overdue = List(v1::ALARM_KIND_OVERDUE);
  ASSERT_EQ(overdue.alarms_size(), 2);
  EXPECT_EQ(overdue.alarms(0).dossier(), late.name());
  EXPECT_EQ(TimeOf(overdue.alarms(0).due_time()), due);
  EXPECT_EQ(overdue.alarms(0).center(), kCenter);
  EXPECT_EQ(overdue.alarms(1).dossier(), later.name());
  EXPECT_EQ(Read(late.name()).version(), late.version()) << "an alarm is no step";
}

TEST_P(RoutingAlarmsTest, WhatWaitsForTheApplicantIsNotOverdueAndIsStoppedUnanswered) {
  const v1::Dossier accepted = Accepted();
  const auto asked = RequestSupplement(server_, accepted);
  ASSERT_TRUE(asked.ok()) << asked.status();
  server_.clock().Set(TimeOf(accepted.due_time()) + absl::Hours(1));
  const v1::Dossier other = Accepted();
  server_.clock().Set(TimeOf(other.due_time()) + absl::Seconds(1));
  AwaitAlarms(v1::ALARM_KIND_OVERDUE, 1);
  EXPECT_EQ(List(v1::ALARM_KIND_OVERDUE).alarms(0).dossier(), other.name());

  server_.clock().Set(TimeOf(asked->answer_by_time()) + absl::Seconds(1));
  AwaitAlarms(v1::ALARM_KIND_UNANSWERED, 1);
  const v1::Dossier stopped = Read(accepted.name());
  EXPECT_EQ(stopped.state(), v1::DOSSIER_STATE_STOPPED);
  const std::vector<v1::TimelineEntry> timeline = Timeline(server_, accepted.name());
  EXPECT_EQ(timeline.back().kind(), "dossier.stopped");
  EXPECT_EQ(timeline.back().principal(), "system:routing");
  EXPECT_EQ(ReasonOf(ProvideSupplement(server_, *asked).status()), "STALE_ETAG");
}

// What was to be received with its fee is not received; a result that waits for it is kept.
TEST_P(RoutingAlarmsTest, AnUnpaidFeeEndsWhatWasNotReceivedAndKeepsAResult) {
  const auto submitted = Submit(server_, Submission());
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  v1::CompleteProcessingRequest complete;
  complete.set_result_id("KQ-1");
  const auto processed = TakeStep(&Stub::CompleteProcessing, server_, Accepted(), complete);
  ASSERT_TRUE(processed.ok()) << processed.status();
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(8'000);
  const auto at_reception = TakeStep(&Stub::RequestPayment, server_, *submitted, ask);
  ASSERT_TRUE(at_reception.ok()) << at_reception.status();
  const auto at_result = TakeStep(&Stub::RequestPayment, server_, *processed, ask);
  ASSERT_TRUE(at_result.ok()) << at_result.status();
  server_.clock().Set(TimeOf(at_result->answer_by_time()) + absl::Seconds(1));
  AwaitAlarms(v1::ALARM_KIND_UNANSWERED, 2);
  const v1::Dossier refused = Read(submitted->name());
  EXPECT_EQ(refused.state(), v1::DOSSIER_STATE_NOT_RECEIVED);
  EXPECT_TRUE(refused.has_end_time());
  EXPECT_FALSE(refused.has_answer_by_time());
  const v1::Dossier kept = Read(processed->name());
  EXPECT_EQ(kept.state(), v1::DOSSIER_STATE_PROCESSED);
  EXPECT_FALSE(kept.has_payment());
  EXPECT_FALSE(kept.overdue());
  EXPECT_EQ(Timeline(server_, kept.name()).back().principal(), "system:routing");
}

// Everything up to the new date has been looked at, because of the other dossier: the step says it.
TEST_P(RoutingAlarmsTest, ADateThatIsSetWhereAllWasLookedAtIsAnnouncedAtOnce) {
  const v1::Dossier accepted = Accepted();
  const absl::Time due = TimeOf(accepted.due_time());
  server_.clock().Set(server_.clock().Now() + absl::Hours(24));
  const v1::Dossier later = Accepted();
  const absl::Time later_due = TimeOf(later.due_time());
  ASSERT_EQ(later_due, due + absl::Hours(24));
  server_.clock().Set(due + absl::Minutes(30));
  AwaitAlarms(v1::ALARM_KIND_DUE_SOON, 2);

  v1::ExtendDueDateRequest extend;
  const absl::CivilDay new_day = VietnamDay(later_due);
  SetDate(extend.mutable_new_due_date(), static_cast<int>(new_day.year()), new_day.month(),
          new_day.day());
  extend.set_apology_number("01/XL");
  extend.set_reason("Chờ ý kiến của cơ quan phối hợp");
  const auto extended = TakeStep(&Stub::ExtendDueDate, server_, accepted, extend);
  ASSERT_TRUE(extended.ok()) << extended.status();
  ASSERT_EQ(TimeOf(extended->due_time()), later_due);
  std::vector<std::pair<std::string, absl::Time>> announced;
  const v1::ListAlarmsResponse soon = List(v1::ALARM_KIND_DUE_SOON);
  for (const v1::Alarm& alarm : soon.alarms()) {
    announced.emplace_back(alarm.dossier(), TimeOf(alarm.due_time()));
  }
  EXPECT_THAT(announced,
              UnorderedElementsAre(Pair(accepted.name(), due), Pair(later.name(), later_due),
                                   Pair(accepted.name(), later_due)));
}

TEST_P(RoutingAlarmsTest, ManyAlarmsAreSetOffOnceEachAndPaged) {
  constexpr int kDossiers = 40;
  std::set<std::string> names;
  absl::Time due;
  for (int i = 0; i < kDossiers; ++i) {
    const v1::Dossier dossier = Accepted();
    names.insert(dossier.name());
    due = TimeOf(dossier.due_time());
  }
  server_.clock().Set(due + absl::Seconds(1));
  AwaitAlarms(v1::ALARM_KIND_OVERDUE, kDossiers);
  std::set<std::string> listed;
  std::string token;
  int rows = 0;
  do {
    const v1::ListAlarmsResponse page = List(v1::ALARM_KIND_OVERDUE, 7, token);
    for (const v1::Alarm& alarm : page.alarms()) listed.insert(alarm.dossier());
    rows += page.alarms_size();
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(rows, kDossiers);
  EXPECT_EQ(listed, names);
}

}  // namespace
}  // namespace twotier::routing::testing
