// Single looks at due dates, by a clock of their own: what each of them sets off, and what a look
// before it has missed. On both engines.
#include <gmock/gmock.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/id.h"
#include "common/log.h"
#include "common/status_macros.h"
#include "prometheus/registry.h"
#include "services/routing/alarms.h"
#include "services/routing/handlers/steps.h"
#include "services/routing/snapshot.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_reform.h"

namespace twotier::routing::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Stub = v1::RoutingService::Stub;

// Monday 2 November 2026 and the days behind it.
absl::Time At(int day, int hour) {
  return absl::FromCivil(absl::CivilHour(2026, 11, day, hour), VietnamTimeZone());
}

// The service's own looks find nothing: its clock stands before every due date.
class RoutingAlarmLooksTest : public RoutingTest {
 protected:
  RoutingAlarmLooksTest() {
    env_.snapshots = &snapshots_;
    env_.appended = [] {};
    Begin();
  }

  void SetUp() override { Know(); }

  // As a process does.
  void Begin() {
    alarms_ = std::make_unique<Alarms>(Alarms::Parts{.database = &server_.database(),
                                                     .clock = &clock_,
                                                     .ids = &ids_,
                                                     .log = &log_,
                                                     .env = &env_,
                                                     .metrics = &metrics_,
                                                     .leading = [] { return true; }});
  }

  // The units that the database has.
  void Know() {
    std::shared_ptr<const Snapshot> snapshot;
    const absl::Status read = server_.database().ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(snapshot, LoadSnapshot(tx, Snapshot()));
      return absl::OkStatus();
    });
    ASSERT_EQ(read, absl::OkStatus());
    snapshots_.Set(std::move(snapshot));
  }

  void LookAt(absl::Time now) {
    clock_.Set(now);
    const auto more = alarms_->RunSlice();
    ASSERT_TRUE(more.ok()) << more.status();
    EXPECT_FALSE(*more);
  }

  // Value of a gauge that the looks set, by the province that it is labelled with; nothing where it
  // is not there.
  std::optional<double> Gauge(const std::string& name, const std::string& province_code = "") {
    for (const prometheus::MetricFamily& family : metrics_.Collect()) {
      if (family.name != name) continue;
      for (const prometheus::ClientMetric& metric : family.metric) {
        const std::string label = metric.label.empty() ? "" : metric.label[0].value;
        if (label == province_code) return metric.gauge.value;
      }
    }
    return std::nullopt;
  }
  std::optional<double> Looked() {
    return Gauge("twotier_routing_alarms_looked_timestamp_seconds");
  }

  v1::Dossier Accepted() {
    const auto accepted = Accept(server_, Submit(server_, Submission()).value_or(v1::Dossier()));
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    return accepted.value_or(v1::Dossier());
  }

  static v1::Body BodyOf(const std::string& title) {
    v1::Body body;
    body.set_unit(kDaNang);
    body.set_title(title);
    return body;
  }
  static v1::Body Justice() { return BodyOf("Sở Tư pháp"); }
  static v1::Body Police() { return BodyOf("Công an Thành phố Đà Nẵng"); }

  v1::Dossier Forward(const v1::Dossier& dossier, const v1::Body& body, absl::Time answer_by) {
    const auto forwarded = testing::Forward(server_, dossier, body.unit(), body.title(), answer_by);
    EXPECT_TRUE(forwarded.ok()) << forwarded.status();
    return forwarded.value_or(v1::Dossier());
  }

  v1::Dossier Read(const v1::Dossier& dossier) {
    v1::GetDossierRequest request;
    request.set_name(dossier.name());
    const auto response = Invoke(&Stub::GetDossier, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::GetDossierResponse()).dossier();
  }

  v1::DossierState StateOf(const v1::Dossier& dossier) { return Read(dossier).state(); }

  // Dossiers that an alarm of the kind was set off for, with its date.
  std::vector<std::pair<std::string, absl::Time>> SetOff(v1::AlarmKind kind) {
    v1::ListAlarmsRequest request;
    request.set_parent("provinces/48");
    request.set_kind(kind);
    const auto response = Invoke(&Stub::ListAlarms, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::pair<std::string, absl::Time>> alarms;
    if (!response.ok()) return alarms;
    for (const v1::Alarm& alarm : response->alarms()) {
      alarms.emplace_back(alarm.dossier(), absl::FromUnixSeconds(alarm.due_time().seconds()));
    }
    return alarms;
  }

  FakeClock clock_{Monday()};
  IdSource ids_;
  Log log_{STDERR_FILENO};
  prometheus::Registry metrics_;
  SnapshotHolder snapshots_;
  handlers::Env env_;
  std::unique_ptr<Alarms> alarms_;
};

TWOTIER_ON_EVERY_ENGINE(RoutingAlarmLooksTest);

TEST_P(RoutingAlarmLooksTest, NothingWasLookedAtWhereNoUnitIsKnown) {
  snapshots_.Set(std::make_shared<const Snapshot>());
  LookAt(Monday());
  EXPECT_EQ(Looked(), 0);
  Know();
  LookAt(Monday());
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(Monday()));
}

TEST_P(RoutingAlarmLooksTest, TheLagIsOfAProvinceAndOfTheLastLook) {
  constexpr char kLag[] = "twotier_routing_alarm_lag_seconds";
  Accepted();
  LookAt(At(4, 17) + absl::Seconds(3));  // A day before Thursday, 17:00.
  EXPECT_EQ(Gauge(kLag, "48"), 3);
  EXPECT_EQ(Gauge(kLag, "01"), 0);
  LookAt(At(4, 18));
  EXPECT_EQ(Gauge(kLag, "48"), 0);
}

// A step is admitted before the due time and ends behind the look that has passed it. The other
// dossier moves the mark.
TEST_P(RoutingAlarmLooksTest, WhatWasUnderWayWhenADateWasLookedAtIsSetOffAfterwards) {
  const v1::Dossier waiting = *RequestSupplement(server_, Accepted());
  const v1::Dossier other = Accepted();
  ASSERT_LT(waiting.name(), other.name());
  const absl::Time due = At(5, 17);
  LookAt(due + absl::Microseconds(1));
  ASSERT_THAT(SetOff(v1::ALARM_KIND_OVERDUE), ElementsAre(Pair(other.name(), due)));
  // Answered on the day of the request: the date stays.
  const auto answered = ProvideSupplement(server_, waiting);
  ASSERT_TRUE(answered.ok()) << answered.status();
  ASSERT_EQ(absl::FromUnixSeconds(answered->due_time().seconds()), due);
  LookAt(due + absl::Seconds(1));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_OVERDUE), ElementsAre(Pair(other.name(), due)));
  LookAt(due + absl::Minutes(3));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_OVERDUE),
              ElementsAre(Pair(other.name(), due), Pair(waiting.name(), due)));
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(due + absl::Minutes(3)));
}

TEST_P(RoutingAlarmLooksTest, WhatWasUnderWayADayBeforeADateIsAnnouncedAfterwards) {
  const v1::Dossier waiting = *RequestSupplement(server_, Accepted());
  const v1::Dossier other = Accepted();
  const absl::Time due = At(5, 17);
  LookAt(At(4, 17) + absl::Microseconds(1));
  ASSERT_THAT(SetOff(v1::ALARM_KIND_DUE_SOON), ElementsAre(Pair(other.name(), due)));
  ASSERT_TRUE(ProvideSupplement(server_, waiting).ok());
  LookAt(At(4, 17) + absl::Minutes(3));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_DUE_SOON),
              ElementsAre(Pair(other.name(), due), Pair(waiting.name(), due)));
}

// What has passed is not announced any more, and nothing is set off twice by a process that begins.
TEST_P(RoutingAlarmLooksTest, AProcessThatBeginsSetsOffOnlyWhatIsMissing) {
  const v1::Dossier dossier = Accepted();
  const absl::Time due = At(5, 17);
  LookAt(due + absl::Hours(1));
  database_.Run("DELETE FROM dossier_alarm");
  Begin();
  LookAt(due + absl::Hours(2));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_DUE_SOON), IsEmpty());
  EXPECT_THAT(SetOff(v1::ALARM_KIND_OVERDUE), ElementsAre(Pair(dossier.name(), due)));
}

TEST_P(RoutingAlarmLooksTest, TheDossiersOfAProvinceThatEndedAreStillLookedAt) {
  const v1::Dossier dossier = Accepted();
  const v1::Dossier waiting = *RequestSupplement(server_, Accepted());
  registry_.Send(EndOfProvince(registry_));
  RoutingServer::WaitUntil(
      [&] {
        Know();
        return snapshots_.Get()->units->ProvincesOn(VietnamDay(At(5, 17))).count("48") == 0;
      },
      "the province to end");
  LookAt(At(5, 17) + absl::Seconds(1));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_OVERDUE), ElementsAre(Pair(dossier.name(), At(5, 17))));
  LookAt(Monday() + absl::Hours(24 * 30) + absl::Seconds(1));
  EXPECT_EQ(StateOf(waiting), v1::DOSSIER_STATE_STOPPED);
}

// Its term of three working days ends on Thursday. The agency has it from Monday on and is to
// answer by Wednesday noon: two working days.
TEST_P(RoutingAlarmLooksTest, WhatAnAgencyDoesNotAnswerIsTakenBackAndItsTermGoesOn) {
  const v1::Dossier away = Forward(Accepted(), Justice(), At(4, 12));
  LookAt(At(4, 12));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_AGENCY_SILENT), IsEmpty());
  EXPECT_EQ(Read(away).version(), away.version());
  LookAt(At(4, 13));
  const v1::Dossier back = Read(away);
  EXPECT_EQ(back.version(), away.version() + 1);
  EXPECT_EQ(back.state(), v1::DOSSIER_STATE_IN_PROGRESS);
  EXPECT_FALSE(back.has_agency());
  EXPECT_FALSE(back.has_answer_by_time());
  EXPECT_EQ(back.clock_holder(), v1::CLOCK_HOLDER_AUTHORITY);
  EXPECT_EQ(absl::FromUnixSeconds(back.due_time().seconds()), At(9, 17));
  const v1::TimelineEntry entry = Timeline(server_, away.name()).back();
  EXPECT_EQ(entry.kind(), "dossier.forwarded");
  EXPECT_EQ(entry.principal(), "system:routing");
  EXPECT_EQ(entry.note(), "no answer in time");
  v1::DossierEventBody body;
  ASSERT_TRUE(body.ParseFromString(entry.body()));
  EXPECT_EQ(body.time_us(), absl::ToUnixMicros(At(4, 13)));
  EXPECT_EQ(body.forwarded_to().title(), away.competent_body().title());
  const auto silent = Pair(away.name(), At(4, 12));
  LookAt(At(4, 14));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_AGENCY_SILENT), ElementsAre(silent));
  EXPECT_EQ(Read(away).version(), back.version()) << "once";
  // It may be asked again, and is taken back again.
  const v1::Dossier again = Forward(back, Justice(), At(6, 12));
  LookAt(At(6, 13));
  EXPECT_FALSE(Read(again).has_agency());
  EXPECT_THAT(SetOff(v1::ALARM_KIND_AGENCY_SILENT),
              ElementsAre(silent, Pair(away.name(), At(6, 12))));
}

// It is due on the Friday on which it comes back; the later dossier has moved the mark behind that.
TEST_P(RoutingAlarmLooksTest, WhatComesBackNearItsDateIsAnnouncedAtOnce) {
  const v1::Dossier accepted = Accepted();
  server_.clock().Set(At(3, 9));
  const v1::Dossier later = Accepted();
  server_.clock().Set(At(5, 10));
  const v1::Dossier away = Forward(accepted, Justice(), At(6, 12));
  LookAt(At(5, 17) + absl::Seconds(1));
  const auto announced = [&] { return SetOff(v1::ALARM_KIND_DUE_SOON); };
  ASSERT_THAT(announced(), Contains(Pair(later.name(), At(6, 17))));
  LookAt(At(6, 13));
  EXPECT_FALSE(Read(away).has_agency());
  EXPECT_THAT(announced(), Contains(Pair(away.name(), At(6, 17))));
}

TEST_P(RoutingAlarmLooksTest, WhatAPersonDidAboutASilenceStands) {
  const v1::Dossier first = Forward(Accepted(), Justice(), At(4, 12));
  const v1::Dossier second = Forward(first, Police(), At(6, 12));
  LookAt(At(4, 13));
  EXPECT_EQ(Read(second).version(), second.version()) << "it was handed on";
  const v1::Dossier back = Forward(second, second.competent_body(), At(6, 12));
  LookAt(At(6, 13));
  EXPECT_EQ(Read(back).version(), back.version());
  EXPECT_THAT(SetOff(v1::ALARM_KIND_AGENCY_SILENT), IsEmpty());
  // It was found before, and that person was faster.
  std::optional<AlarmKind> set_off = AlarmKind::kAgencySilent;
  const v1::Dossier third = Forward(back, Police(), At(9, 12));
  Alarm found;
  found.province_code = "48";
  found.code = third.code();
  found.due = At(6, 12);
  Call call;
  call.now = At(6, 13);
  call.new_id = ids_.New(call.now);
  const absl::Status gone_on = server_.database().Write({{"48", third.name()}}, [&](db::Tx& tx) {
    return handlers::GoOnUnanswered(env_, call, found, tx, set_off);
  });
  EXPECT_EQ(gone_on, absl::OkStatus());
  EXPECT_EQ(set_off, std::nullopt);
  EXPECT_EQ(Read(third).version(), third.version());
}

// It takes its own steps: whoever acts here would act twice.
TEST_P(RoutingAlarmLooksTest, OfWhatAnotherSystemOwnsASilenceIsToldOnceAndNothingElse) {
  const auto owned = [&] {
    auto request = Submission();
    request.set_owning_system("provinces/48/informationSystems/land");
    const auto accepted = Accept(server_, Submit(server_, request).value_or(v1::Dossier()));
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    return accepted.value_or(v1::Dossier());
  };
  const v1::Dossier away = Forward(owned(), Justice(), At(4, 12));
  const v1::Dossier asked = *RequestSupplement(server_, owned());
  const absl::Time late = Monday() + absl::Hours(24 * 30) + absl::Seconds(1);
  LookAt(At(4, 13));
  LookAt(late);
  const auto told = [&] {
    EXPECT_THAT(SetOff(v1::ALARM_KIND_AGENCY_SILENT), ElementsAre(Pair(away.name(), At(4, 12))));
    EXPECT_THAT(SetOff(v1::ALARM_KIND_UNANSWERED),
                ElementsAre(Pair(asked.name(), late - absl::Seconds(1))));
  };
  told();
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(late)) << "nothing is left to be done";
  for (const v1::Dossier& dossier : {away, asked}) {
    EXPECT_EQ(Read(dossier).version(), dossier.version());
    EXPECT_EQ(Read(dossier).clock_holder(), dossier.clock_holder());
  }
  // What a look has missed is told by a later one.
  database_.Run("DELETE FROM dossier_alarm");
  Begin();
  LookAt(late + absl::Hours(1));
  told();
}

// Province 01 comes before 48 in every look.
TEST_P(RoutingAlarmLooksTest, AProvinceThatFailsHoldsUpNoOther) {
  const v1::Dossier damaged = Accepted();
  const v1::Dossier other = Accepted();
  database_.Run(
      absl::StrCat("UPDATE dossier SET province_code = '01' WHERE code = '", damaged.code(), "'"));
  const absl::Time due = At(5, 17);
  const absl::Time announced = due - absl::Hours(24) + absl::Seconds(1);
  LookAt(announced);
  ASSERT_EQ(Looked(), absl::ToUnixSeconds(announced));
  // It has its mark of what was announced, and can have no other one.
  database_.Run(
      "CREATE UNIQUE INDEX damage ON alarm_mark (province_code) WHERE province_code = '01'");
  LookAt(due + absl::Seconds(1));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_OVERDUE), ElementsAre(Pair(other.name(), due)));
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(announced)) << "something is left";
  database_.Run("DROP INDEX damage");
  const absl::Time mended = due + absl::Seconds(2);
  LookAt(mended);
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(mended));
  EXPECT_EQ(database_.Run("SELECT code FROM dossier_alarm WHERE province_code = '01'"),
            std::vector<std::string>(2, damaged.code()));
}

TEST_P(RoutingAlarmLooksTest, ADossierThatCannotBeStoppedHoldsUpNoOther) {
  const v1::Dossier damaged = *RequestSupplement(server_, Accepted());
  const v1::Dossier other = *RequestSupplement(server_, Accepted());
  // Where its next entry would stand is one.
  const std::string where = absl::StrCat(" WHERE subject = '", damaged.name(), "' AND version = ");
  database_.Run(absl::StrCat("UPDATE event SET version = 4", where, 3));
  const absl::Time late = Monday() + absl::Hours(24 * 30) + absl::Seconds(1);
  LookAt(late);
  EXPECT_EQ(StateOf(damaged), v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED);
  EXPECT_EQ(StateOf(other), v1::DOSSIER_STATE_STOPPED);
  EXPECT_EQ(Looked(), 0) << "something is left";
  const absl::Time answer_by = late - absl::Seconds(1);
  const auto told =
      UnorderedElementsAre(Pair(damaged.name(), answer_by), Pair(other.name(), answer_by));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_UNANSWERED), told) << "somebody has to know";
  database_.Run(absl::StrCat("UPDATE event SET version = 3", where, 4));
  LookAt(late + absl::Minutes(1));
  EXPECT_EQ(StateOf(damaged), v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED) << "not at every look";
  EXPECT_EQ(Looked(), 0);
  const absl::Time again = late + absl::Minutes(2);
  LookAt(again);
  EXPECT_EQ(StateOf(damaged), v1::DOSSIER_STATE_STOPPED);
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(again));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_UNANSWERED), told) << "once";
}

}  // namespace
}  // namespace twotier::routing::testing
