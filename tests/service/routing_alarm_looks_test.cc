// Single looks at due dates: what each of them sets off, and what a look before it has missed. On
// both engines.
#include <gmock/gmock.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/request_log.h"
#include "common/status_macros.h"
#include "services/routing/handlers/steps.h"
#include "services/routing/routing.h"
#include "services/routing/store/alarm_store.h"
#include "tests/service/routing_alarm_looks_fixture.h"
#include "tests/service/routing_reform.h"

namespace twotier::routing::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using Stub = v1::RoutingService::Stub;

TWOTIER_ON_EVERY_ENGINE(RoutingAlarmLooksTest);

// It comes back on the Friday on which it is due; that is announced by the step.

// Another process looks, and says how it goes.

// The look has found it at the center that it leaves meanwhile, by another lane.

TEST_P(RoutingAlarmLooksTest, AnAlarmBesideAReroutingNamesTheCenterThatTookOver) {
  const v1::Dossier dossier = Accepted();
  registry_.SetCenterState(kCenter, registry::v1::CENTER_STATE_SUSPENDED);
  const auto move = [&] {
    v1::RerouteDossiersRequest request;
    request.set_parent("provinces/48");
    request.set_reason("tạm dừng");
    RoutingServer::WaitUntil(
        [&] {
          request.set_request_id(RequestId());
          const auto moved = Invoke(&Stub::RerouteDossiers, server_.stub(), request);
          return moved.ok() && moved->dossiers_size() == 1;
        },
        "the dossier to move");
  };
  std::vector<db::Migration> migrations = rpc::Migrations();
  for (db::Migration& migration : RoutingMigrations()) migrations.push_back(std::move(migration));
  std::unique_ptr<db::Database> other;  // Lanes of its own, on PostgreSQL.
  if (database_.is_postgres()) {
    auto opened = db::Database::Open(database_.url(), migrations, {});
    ASSERT_TRUE(opened.ok()) << opened.status();
    other = *std::move(opened);
  }
  std::atomic<bool> moved = false;
  std::thread mover;
  const auto look = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Alarm> found,
                     store::FindDue(tx, "48", AlarmKind::kOverdue, {}, At(6, 0), 10));
    if (other != nullptr && !mover.joinable()) {
      mover = std::thread([&] {
        move();
        moved = true;
      });
      const std::string waits =
          "SELECT COUNT(*) FROM pg_stat_activity WHERE"
          " wait_event_type = 'Lock' AND datname = current_database()";
      RoutingServer::WaitUntil([&] { return moved || database_.Run(waits)[0] != "0"; },
                               "the re-routing to end, or to wait for this look");
    }
    for (Alarm alarm : found) {
      alarm.fired = At(6, 0);
      RETURN_IF_ERROR(store::InsertAlarm(tx, alarm).status());
    }
    return absl::OkStatus();
  };
  db::Database& database = other != nullptr ? *other : server_.database();
  ASSERT_EQ(database.Write({store::AlarmsKey("48")}, look), absl::OkStatus());
  if (mover.joinable()) mover.join();
  if (!moved) move();
  EXPECT_EQ(database_.Run("SELECT center FROM dossier_alarm"),
            std::vector<std::string>{Read(dossier).center()});
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

}  // namespace
}  // namespace twotier::routing::testing
