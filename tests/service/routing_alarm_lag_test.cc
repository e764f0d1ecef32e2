// How looks at due dates tell how far they are, and that what fails holds up nothing else. On both
// engines.
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/routing_alarm_looks_fixture.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kLag[] = "twotier_routing_alarm_lag_seconds";

using RoutingAlarmLagTest = RoutingAlarmLooksTest;
TWOTIER_ON_EVERY_ENGINE(RoutingAlarmLagTest);

TEST_P(RoutingAlarmLagTest, NothingWasLookedAtWhereNoUnitIsKnown) {
  snapshots_.Set(std::make_shared<const Snapshot>());
  LookAt(Monday());
  EXPECT_EQ(Looked(), std::nullopt);
  Know();
  LookAt(Monday());
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(Monday()));
}

TEST_P(RoutingAlarmLagTest, TheLagIsOfAProvinceAndStaysUntilItIsScraped) {
  Accepted();
  LookAt(At(4, 17) + absl::Seconds(3));  // A day before Thursday, 17:00.
  EXPECT_EQ(Gauge(kLag, "48"), 3);
  EXPECT_EQ(Gauge(kLag, "01"), 0);
  LookAt(At(4, 17) + absl::Seconds(5));
  EXPECT_EQ(Gauge(kLag, "48"), 3);
  LookAt(At(4, 18));
  EXPECT_EQ(Gauge(kLag, "48"), 0);
}

TEST_P(RoutingAlarmLagTest, WhatAStepHasSetOffIsNoLagOfALook) {
  const v1::Dossier accepted = Accepted();
  server_.clock().Set(At(5, 10));
  const v1::Dossier away = Forward(accepted, Justice(), At(9, 12));
  server_.clock().Set(At(6, 10));
  Forward(away, away.competent_body(), At(9, 12));
  const auto announced = ElementsAre(Pair(accepted.name(), At(6, 17)));
  ASSERT_THAT(SetOff(v1::ALARM_KIND_DUE_SOON), announced);
  LookAt(At(6, 11));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_DUE_SOON), announced);
  EXPECT_EQ(Gauge(kLag, "48"), 0);
}

TEST_P(RoutingAlarmLagTest, WhatNobodyReceivesOrReturnsIsShown) {
  const auto shown = [&](const std::string& what) {
    return Gauge(absl::StrCat("twotier_routing_", what), "48");
  };
  Accepted();
  ASSERT_TRUE(Submit(server_, Submission()).ok()) << "not online: nothing says by when";
  server_.clock().Advance(absl::Hours(1));
  auto online = Submission();
  online.set_channel(v1::CHANNEL_ONLINE);
  const auto submitted = Submit(server_, online);
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  const absl::Time handed_in = server_.clock().Now();
  LookAt(handed_in + absl::Hours(24));
  EXPECT_EQ(shown("unreceived_dossiers"), 2);
  EXPECT_EQ(shown("unreceived_oldest_seconds"), 25 * 60 * 60);
  EXPECT_EQ(shown("unreceived_late"), 0);
  EXPECT_EQ(shown("unreturned_dossiers"), 0);
  EXPECT_EQ(shown("unreturned_oldest_seconds"), 0);
  LookAt(handed_in + absl::Hours(24) + absl::Seconds(1));
  EXPECT_EQ(shown("unreceived_late"), 0) << "a minute is soon enough";
  LookAt(handed_in + absl::Hours(24) + absl::Minutes(1));
  EXPECT_EQ(shown("unreceived_late"), 1);
  EXPECT_EQ(Gauge("twotier_routing_unreceived_dossiers", "01"), 0);

  const auto processed = Complete(server_, *Accept(server_, *submitted));
  ASSERT_TRUE(processed.ok()) << processed.status();
  LookAt(handed_in + absl::Hours(25));
  EXPECT_EQ(shown("unreceived_dossiers"), 1);
  EXPECT_EQ(shown("unreceived_late"), 0);
  EXPECT_EQ(shown("unreturned_dossiers"), 1);
  EXPECT_EQ(shown("unreturned_oldest_seconds"), 25 * 60 * 60);
  ASSERT_TRUE(Return(server_, *processed).ok());
  LookAt(handed_in + absl::Hours(26));
  EXPECT_EQ(shown("unreturned_dossiers"), 0);
  leading_ = false;
  LookAt(handed_in + absl::Hours(27));
  EXPECT_EQ(shown("unreceived_dossiers"), std::nullopt);
}

TEST_P(RoutingAlarmLagTest, WhoDoesNotLookSaysNothing) {
  Accepted();
  LookAt(At(4, 17) + absl::Seconds(3));
  ASSERT_EQ(Gauge(kLag, "48"), 3);
  ASSERT_NE(Looked(), std::nullopt);
  leading_ = false;
  LookAt(At(4, 18));
  EXPECT_EQ(Gauge(kLag, "48"), std::nullopt);
  EXPECT_EQ(Looked(), std::nullopt);
  leading_ = true;
  LookAt(At(4, 19));
  EXPECT_EQ(Gauge(kLag, "48"), 0);
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(At(4, 19)));
}

TEST_P(RoutingAlarmLagTest, AProvinceThatFailsHoldsUpNoOther) {
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

TEST_P(RoutingAlarmLagTest, ADossierThatCannotBeStoppedHoldsUpNoOther) {
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
  const v1::Dossier away = Forward(Accepted(), Justice(), late + absl::Seconds(30));
  database_.Run(absl::StrCat("UPDATE event SET version = 3", where, 4));
  LookAt(late + absl::Minutes(1));
  EXPECT_EQ(StateOf(damaged), v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED) << "not at every look";
  EXPECT_FALSE(Read(away).has_agency()) << "which is looked at all the same";
  EXPECT_EQ(Looked(), 0);
  const absl::Time again = late + absl::Minutes(2);
  LookAt(again);
  EXPECT_EQ(StateOf(damaged), v1::DOSSIER_STATE_STOPPED);
  EXPECT_EQ(Looked(), absl::ToUnixSeconds(again));
  EXPECT_THAT(SetOff(v1::ALARM_KIND_UNANSWERED), told) << "once";
}

}  // namespace
}  // namespace twotier::routing::testing
