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
#include "services/routing/snapshot.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_reform.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
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

  v1::DossierState StateOf(const v1::Dossier& dossier) {
    v1::GetDossierRequest request;
    request.set_name(dossier.name());
    const auto response = Invoke(&Stub::GetDossier, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->dossier().state() : v1::DOSSIER_STATE_UNSPECIFIED;
  }

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

// The agency has it until Wednesday noon, another one until Friday noon: the silence of each is
// told once, nothing is stopped by it, and the dossier may be taken back.
TEST_P(RoutingAlarmLooksTest, AnAgencyThatKeepsADossierBeyondItsDateIsTold) {
  const v1::Dossier accepted = Accepted();
  const auto forward = [&](const v1::Dossier& dossier, const v1::Body& body, absl::Time date) {
    v1::ForwardDossierRequest request;
    request.set_unit(body.unit());
    request.set_body_title(body.title());
    request.set_reason("xin ý kiến");
    request.mutable_answer_by_time()->set_seconds(absl::ToUnixSeconds(date));
    const auto forwarded = TakeStep(&Stub::ForwardDossier, server_, dossier, request);
    EXPECT_TRUE(forwarded.ok()) << forwarded.status();
    return forwarded.value_or(v1::Dossier());
  };
  v1::Body justice, police;
  justice.set_unit(kDaNang);
  justice.set_title("Sở Tư pháp");
  police.set_unit(kDaNang);
  police.set_title("Công an Thành phố Đà Nẵng");
  const v1::Dossier first = forward(accepted, justice, At(4, 12));
  EXPECT_EQ(first.answer_by_time().seconds(), absl::ToUnixSeconds(At(4, 12)));
  LookAt(At(4, 12));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_AGENCY_SILENT), IsEmpty());
  LookAt(At(4, 13));
  LookAt(At(4, 14));
  const auto silent = Pair(accepted.name(), At(4, 12));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_AGENCY_SILENT), ElementsAre(silent));
  const v1::Dossier second = forward(first, police, At(6, 12));
  LookAt(At(6, 13));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_AGENCY_SILENT),
              ElementsAre(silent, Pair(accepted.name(), At(6, 12))));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_OVERDUE), IsEmpty()) << "its clock stands still";
  EXPECT_EQ(StateOf(accepted), v1::DOSSIER_STATE_IN_PROGRESS);
  const v1::Dossier back = forward(second, accepted.competent_body(), At(6, 12));
  EXPECT_EQ(back.clock_holder(), v1::CLOCK_HOLDER_AUTHORITY);
  EXPECT_FALSE(back.has_answer_by_time());
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
  database_.Run(absl::StrCat("UPDATE event SET version = 3", where, 4));
  LookAt(late + absl::Minutes(1));
  EXPECT_EQ(StateOf(damaged), v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED) << "not at every look";
  EXPECT_EQ(Looked(), 0);
  const absl::Time again = late + absl::Minutes(2);
  LookAt(again);
  EXPECT_EQ(StateOf(damaged), v1::DOSSIER_STATE_STOPPED);
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(again));
}

}  // namespace
}  // namespace twotier::routing::testing
