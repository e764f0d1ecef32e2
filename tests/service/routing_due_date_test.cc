// Due dates that rest on proposed holidays are computed again when a calendar decides them, on both
// engines.
#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/service/routing_calendar.h"
#include "tests/service/routing_import_fixture.h"
#include "tests/service/routing_reform.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

absl::Time DueOf(const v1::Dossier& dossier) {
  return absl::FromUnixSeconds(dossier.due_time().seconds());
}

class RoutingDueDateTest : public RoutingTest {
 protected:
  void SetUp() override { server_.clock().Set(Hanoi(2, 9)); }

  void Import(const std::map<int, std::string>& kinds) {
    const absl::Status imported = ImportCalendar(server_, kinds);
    ASSERT_TRUE(imported.ok()) << imported;
  }

  v1::Dossier Accepted() {
    const auto accepted = Accept(server_, *Submit(server_, Submission()));
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    return accepted.value_or(v1::Dossier());
  }

  v1::Dossier Read(const std::string& name) {
    v1::GetDossierRequest request;
    request.set_name(name);
    const auto response = Invoke(&Stub::GetDossier, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->dossier() : v1::Dossier();
  }

  v1::Dossier AwaitSettled(const v1::Dossier& dossier) {
    RoutingServer::WaitUntil([&] { return !Read(dossier.name()).due_provisional(); },
                             "the due date to be certain");
    return Read(dossier.name());
  }

  v1::Dossier Forwarded(const v1::Dossier& dossier, bool home) {
    const v1::Body& body = dossier.competent_body();
    const auto forwarded = home ? Forward(server_, dossier, body.unit(), body.title())
                                : Forward(server_, dossier, kDaNang, "Sở Tư pháp");
    EXPECT_TRUE(forwarded.ok()) << forwarded.status();
    return forwarded.value_or(v1::Dossier());
  }

  void TearDown() override {
    const auto report = verify::VerifyDossiers(database_.url());
    ASSERT_TRUE(report.ok()) << report.status();
    for (const verify::Finding& finding : report->findings) {
      if (two_calendars_at_once_ && finding.rule == "due dates") continue;
      ADD_FAILURE() << finding.rule << ": " << finding.what;
    }
  }

  // The clock was set back behind an import: no entry tells any more which calendar it was of.
  bool two_calendars_at_once_ = false;
};

TWOTIER_ON_EVERY_ENGINE(RoutingDueDateTest);

TEST_P(RoutingDueDateTest, ADecidedHolidayMovesWhatRestedOnItByAVisibleEntry) {
  const v1::Dossier dossier = Accepted();
  const v1::Dossier done = *Complete(server_, Accepted());
  ASSERT_EQ(DueOf(dossier), Hanoi(5, 17));
  ASSERT_TRUE(dossier.due_provisional());
  Import(Tet());
  const v1::Dossier settled = AwaitSettled(dossier);
  EXPECT_EQ(DueOf(settled), Hanoi(15, 17)) << "3, 4 and 15 February";
  EXPECT_EQ(settled.version(), dossier.version() + 1);
  EXPECT_EQ(settled.state(), dossier.state());
  const v1::TimelineEntry entry = Timeline(server_, dossier.name()).back();
  EXPECT_EQ(entry.kind(), "dossier.due_date_recomputed");
  EXPECT_EQ(entry.principal(), "system:routing");
  v1::DossierEventBody body;
  ASSERT_TRUE(body.ParseFromString(entry.body()));
  EXPECT_EQ(body.recomputation().previous_due_time_us(), absl::ToUnixMicros(Hanoi(5, 17)));
  EXPECT_EQ(body.due_time_us(), absl::ToUnixMicros(Hanoi(15, 17)));
  EXPECT_EQ(body.recomputation().calendar_version(), 2);
  EXPECT_FALSE(body.recomputation().provisional());
  EXPECT_EQ(Read(done.name()).version(), done.version()) << "it is decided: nothing is owed";
  EXPECT_EQ(ReasonOf(Complete(server_, dossier).status()), "STALE_ETAG");
  EXPECT_TRUE(Complete(server_, settled).ok());
}

TEST_P(RoutingDueDateTest, ADateThatStaysIsConfirmed) {
  const v1::Dossier dossier = Accepted();
  std::map<int, std::string> worked;
  for (const int day : {4, 5, 8, 9, 10, 11, 12}) worked[day] = "ordinary";
  Import(worked);
  const v1::Dossier settled = AwaitSettled(dossier);
  EXPECT_EQ(DueOf(settled), DueOf(dossier));
  EXPECT_EQ(settled.version(), dossier.version() + 1);
}

TEST_P(RoutingDueDateTest, PausesAndExtensionsCountAgainOnTheNewCalendar) {
  // Asked on the 2nd, answered on the 3rd; away from the 3rd to the 4th; given another date.
  const v1::Dossier asked = *RequestSupplement(server_, Accepted());
  const v1::Dossier away = Forwarded(Accepted(), /*home=*/false);
  const v1::Dossier waiting = *RequestSupplement(server_, Accepted());
  v1::ExtendDueDateRequest extend;
  SetDate(extend.mutable_new_due_date(), 2027, 2, 10);
  extend.set_apology_number("04/XL");
  extend.set_reason("chờ đo đạc");
  const auto extended = TakeStep(&Stub::ExtendDueDate, server_, Accepted(), extend);
  ASSERT_TRUE(extended.ok()) << extended.status();
  server_.clock().Set(Hanoi(3, 9));
  const v1::Dossier answered = *ProvideSupplement(server_, asked);
  server_.clock().Set(Hanoi(4, 9));
  const v1::Dossier back = Forwarded(away, /*home=*/true);
  Import(Tet());
  // Three working days from the 2nd, and the days that it stood still: one, two, none yet.
  EXPECT_EQ(DueOf(AwaitSettled(answered)), Hanoi(16, 17));
  EXPECT_EQ(DueOf(AwaitSettled(back)), Hanoi(17, 17));
  const v1::Dossier still = AwaitSettled(waiting);
  EXPECT_EQ(DueOf(still), Hanoi(15, 17));
  EXPECT_EQ(still.state(), v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED);
  EXPECT_EQ(still.answer_by_time().seconds(), waiting.answer_by_time().seconds());
  const v1::Dossier promised = AwaitSettled(*extended);
  EXPECT_EQ(DueOf(promised), Hanoi(15, 17)) << "the promised day is a holiday now";
  EXPECT_EQ(promised.first_due_time().seconds(), absl::ToUnixSeconds(Hanoi(15, 17)))
      << "what would have been lawful without the extension";
  EXPECT_TRUE(ProvideSupplement(server_, still).ok());
}

// A dossier that is accepted on the 2nd and stands still once or twice.
struct Life {
  int kind = 0;  // For a supplement, a payment, another agency.
  absl::Time begin;
  absl::Duration length;
  bool twice = false;
};

TEST_P(RoutingDueDateTest, ALateCalendarGivesWhatItWouldHaveGivenFromTheStart) {
  std::vector<Life> lives;
  for (const int kind : {0, 1, 2}) {
    for (const absl::Time begin : {Hanoi(2, 16, 30), Hanoi(3, 10), Hanoi(6, 8)}) {
      for (const int hours : {2, 30, 100}) {
        for (const bool twice : {false, true}) {
          lives.push_back({kind, begin, absl::Hours(hours), twice});
        }
      }
    }
  }
  const auto pause = [&](const Life& life, v1::Dossier dossier, absl::Time begin) {
    server_.clock().Set(begin);
    if (life.kind == 0) dossier = *RequestSupplement(server_, dossier);
    if (life.kind == 1) {
      v1::RequestPaymentRequest ask;
      ask.set_due_vnd(8'000);
      dossier = *TakeStep(&Stub::RequestPayment, server_, dossier, ask);
    }
    if (life.kind == 2) dossier = Forwarded(dossier, /*home=*/false);
    server_.clock().Set(begin + life.length);
    if (life.kind == 0) return *ProvideSupplement(server_, dossier);
    if (life.kind == 2) return Forwarded(dossier, /*home=*/true);
    v1::ConfirmPaymentRequest paid;
    paid.set_paid_vnd(8'000);
    paid.set_gateway(v1::PAYMENT_GATEWAY_LOCAL);
    paid.set_reference("BL-1");
    return *TakeStep(&Stub::ConfirmPayment, server_, dossier, paid);
  };
  const auto live = [&](const Life& life) {
    server_.clock().Set(Hanoi(2, 9));
    const v1::Dossier once = pause(life, Accepted(), life.begin);
    return life.twice ? pause(life, once, life.begin + life.length + absl::Hours(20)) : once;
  };
  two_calendars_at_once_ = true;
  std::vector<v1::Dossier> early;
  for (const Life& life : lives) early.push_back(live(life));
  Import(Tet());
  for (size_t i = 0; i < lives.size(); ++i) {
    const v1::Dossier late = AwaitSettled(early[i]);
    EXPECT_EQ(DueOf(late), DueOf(live(lives[i])))
        << "kind " << lives[i].kind << " from " << lives[i].begin << " for " << lives[i].length
        << (lives[i].twice ? ", twice" : "");
  }
}

TEST_P(RoutingDueDateTest, ADossierOfAnotherSystemIsComputedFromWhatWasTold) {
  server_.clock().Set(Hanoi(3, 9));
  const auto told_at = [](absl::Time time, google::protobuf::Timestamp* out) {
    out->Clear();
    out->set_seconds(absl::ToUnixSeconds(time));
  };
  v1::ImportedDossier told = Told("X-1");
  v1::ImportedRecord& record = *told.mutable_record();
  record.clear_history();
  told_at(Hanoi(1, 9), record.mutable_submit_time());
  told_at(Hanoi(2, 9), record.mutable_accept_time());
  v1::ClockPause& pause = AddPause(told, v1::PAUSE_KIND_SUPPLEMENT);
  told_at(Hanoi(2, 10), pause.mutable_start_time());
  told_at(Hanoi(3, 8), pause.mutable_end_time());
  const auto imported = testing::Import(server_, ImportOf({told}));
  ASSERT_TRUE(imported.ok()) << imported.status();
  const v1::Dossier dossier = imported->results(0).dossier();
  ASSERT_TRUE(dossier.due_provisional());
  Import(Tet());
  EXPECT_EQ(DueOf(AwaitSettled(dossier)), Hanoi(16, 17)) << "3, 4, 15, and the day it stood still";
}

// By it alone they are found when a calendar decides them.
TEST_P(RoutingDueDateTest, TheCheckerNamesADossierThatIsWronglyMarked) {
  const v1::Dossier dossier = Accepted();
  const auto mark = [&](int provisional) {
    database_.Run(absl::StrCat("UPDATE dossier SET due_provisional = ", provisional));
  };
  const auto expect_named = [&](const char* what) {
    const auto report = verify::VerifyDossiers(database_.url());
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_THAT(report->findings, ::testing::ElementsAre(::testing::Field(
                                      &verify::Finding::what, ::testing::HasSubstr(absl::StrCat(
                                                                  dossier.code(), " ", what)))));
  };
  mark(0);
  expect_named("rests on days that are not decided and is not marked provisional");
  mark(1);
  Import(Tet());
  AwaitSettled(dossier);
  mark(1);
  expect_named("is marked provisional and rests on decided days alone");
  mark(0);
}

TEST_P(RoutingDueDateTest, ManyAreTakenInSlicesAndEachOnce) {
  constexpr int kDossiers = 120;
  std::vector<v1::Dossier> dossiers;
  for (int i = 0; i < kDossiers; ++i) dossiers.push_back(Accepted());
  Import(Tet());
  for (const v1::Dossier& dossier : dossiers) {
    const v1::Dossier settled = AwaitSettled(dossier);
    EXPECT_EQ(DueOf(settled), Hanoi(15, 17));
    EXPECT_EQ(settled.version(), dossier.version() + 1);
  }
}

TEST_P(RoutingDueDateTest, ATimelineThatCannotBeReadHoldsUpNoOther) {
  const v1::Dossier damaged = Accepted();
  const v1::Dossier other = Accepted();
  const std::string entry = absl::StrCat(" WHERE subject = '", damaged.name(), "' AND version = 2");
  database_.Run("UPDATE event SET kind = 'dossier.returned'" + entry);
  Import(Tet());
  EXPECT_EQ(DueOf(AwaitSettled(other)), Hanoi(15, 17));
  EXPECT_TRUE(Read(damaged.name()).due_provisional());
  RoutingServer::WaitUntil([&] { return absl::StrContains(server_.LogText(), damaged.name()); },
                           "the log to name it");
  database_.Run("UPDATE event SET kind = 'dossier.accepted'" + entry);
  // With the second pass.
  server_.clock().Advance(absl::Minutes(2));
  EXPECT_EQ(DueOf(AwaitSettled(damaged)), Hanoi(15, 17));
}

TEST_P(RoutingDueDateTest, TheDossiersOfAProvinceThatEndedAreComputedAgainToo) {
  const v1::Dossier dossier = Accepted();
  registry_.Send(EndOfProvince(registry_));
  auto probe = Submission();
  probe.set_validate_only(true);
  RoutingServer::WaitUntil([&] { return !Submit(server_, probe).ok(); }, "the province to end");
  Import(Tet());
  EXPECT_EQ(DueOf(AwaitSettled(dossier)), Hanoi(15, 17));
}

// There is nothing left to announce of a date that has passed.
TEST_P(RoutingDueDateTest, AnEarlierDateThatHasPassedIsOverdueAtOnce) {
  server_.clock().Set(Hanoi(4, 9));
  const v1::Dossier dossier = Accepted();
  ASSERT_EQ(DueOf(dossier), Hanoi(9, 17));
  const auto alarms = [&](absl::Time due) {
    v1::ListAlarmsRequest request;
    request.set_parent("provinces/48");
    const auto response = Invoke(&Stub::ListAlarms, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<v1::AlarmKind> kinds;
    for (const v1::Alarm& alarm : response->alarms()) {
      if (absl::FromUnixSeconds(alarm.due_time().seconds()) == due) kinds.push_back(alarm.kind());
    }
    return kinds;
  };
  server_.clock().Set(Hanoi(8, 17, 30));
  RoutingServer::WaitUntil([&] { return !alarms(Hanoi(9, 17)).empty(); }, "due soon");
  std::map<int, std::string> made_up = {{6, "makeup_work"}};
  for (const int day : {4, 5, 8, 9, 10, 11, 12}) made_up[day] = "ordinary";
  Import(made_up);
  EXPECT_EQ(DueOf(AwaitSettled(dossier)), Hanoi(8, 17));
  EXPECT_THAT(alarms(Hanoi(8, 17)), ::testing::ElementsAre(v1::ALARM_KIND_OVERDUE));
}

}  // namespace
}  // namespace twotier::routing::testing
