// What the registry is told of dossiers that rest on units which end, on both engines.
#include <gmock/gmock.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/service/routing_reroute_fixture.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Stub = v1::RoutingService::Stub;

class RoutingSuccessionTest : public RoutingRerouteTest {
 protected:
  registry::v1::SuccessionReport Report() {
    return registry_.ReportOf(absl::StrCat(kEvent, "/successions/routing"));
  }

  bool Told(int64_t open, int64_t planned) {
    const registry::v1::SuccessionReport report = Report();
    return report.version() > 0 && report.open() == open && report.planned() == planned;
  }

  // The chair of Hải Châu decides the residence procedure from 1 November on.
  std::string Delegated() {
    const auto published = Invoke(&Stub::PublishAssignment, server_.stub(), Delegation());
    EXPECT_TRUE(published.ok()) << published.status();
    return published.ok() ? published->assignment().name() : "";
  }

  absl::StatusOr<v1::Competence> Resolve(const std::string& unit) {
    v1::ResolveCompetenceRequest request;
    request.set_procedure_code(kResidence);
    request.set_unit(unit);
    SetTuesday(request.mutable_as_of());
    auto response = Invoke(&Stub::ResolveCompetence, server_.stub(), request);
    if (!response.ok()) return response.status();
    return response->competence();
  }

  // It goes from its body to the police of a ward.
  v1::Dossier Forwarded(const v1::Dossier& dossier, const std::string& unit) {
    v1::ForwardDossierRequest request;
    request.set_unit(unit);
    request.set_body_title("Công an xã");
    request.set_reason("Xác minh cư trú");
    const auto forwarded = TakeStep(&Stub::ForwardDossier, server_, dossier, request);
    EXPECT_TRUE(forwarded.ok()) << forwarded.status();
    return forwarded.value_or(dossier);
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingSuccessionTest);

TEST_P(RoutingSuccessionTest, TheRegistryIsToldHowFarItIs) {
  const v1::Dossier first = Accepted();
  const v1::Dossier second = Open(kOtherCenter, kAnHai);
  const v1::Dossier decided = *Complete(server_, Accepted());
  // The first attempts meet a registry that is away, and somebody who reports at the same time.
  registry_.RefuseReports(2, grpc::StatusCode::UNAVAILABLE);
  Merge();
  RoutingServer::WaitUntil([&] { return Told(2, 0); }, "the report of what lies ahead");
  EXPECT_THAT(Report().unplanned_items(), ElementsAre(first.name(), second.name()));
  registry_.RefuseReports(2, grpc::StatusCode::ABORTED);
  server_.clock().Advance(absl::Hours(24));
  ASSERT_THAT(Run(Slice())->dossiers(), SizeIs(2));
  server_.clock().Advance(absl::Minutes(2));
  RoutingServer::WaitUntil([&] { return Told(2, 2); }, "the report of what is done");
  EXPECT_THAT(Report().unplanned_items(), IsEmpty());
  EXPECT_EQ(Report().version(), 2) << "what has not changed is not sent again";
  EXPECT_EQ(Read(decided.name()).version(), decided.version());
}

TEST_P(RoutingSuccessionTest, ADossierThatRestsOnAnEndedUnitByItsAgencyAloneIsAskedForAndTold) {
  const v1::Dossier away = Forwarded(Accepted(kProvincialCenter, kHoaVang), kHaiChau);
  Accepted(kProvincialCenter, kHoaVang);
  Merge();
  RoutingServer::WaitUntil([&] { return Told(1, 0); }, "the report of what lies ahead");
  EXPECT_THAT(Report().unplanned_items(), ElementsAre(away.name()));
  server_.clock().Advance(absl::Hours(24));
  v1::ReroutingSelection of_event;
  of_event.set_change_event(kEvent);
  const auto rerouted = Run(Slice(of_event));
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  ASSERT_THAT(rerouted->dossiers(), SizeIs(1));
  EXPECT_EQ(rerouted->dossiers(0).rerouting().change_event(), kEvent);
  const v1::Dossier after = Read(away.name());
  EXPECT_EQ(after.unit(), kHoaVang);
  EXPECT_EQ(after.agency().unit(), kMerged);
  server_.clock().Advance(absl::Minutes(2));
  RoutingServer::WaitUntil([&] { return Told(1, 1); }, "the report of what is done");
}

// It is numbered in Hà Nội, and the police of Hải Châu have it.
TEST_P(RoutingSuccessionTest, WhatAnAgencyHasOfAnotherProvinceIsToldToo) {
  constexpr char kWard[] = "units/commune01001";
  registry_.Send({UnitResource(kWard, registry::v1::TIER_COMMUNE, "01001", "Phường Hoàn Kiếm")});
  AwaitOn(2, [&] { return Resolves("01001", 2); });
  Accepted(kHaNoiCenter, kWard);
  const v1::Dossier away = Forwarded(Accepted(kHaNoiCenter, kWard), kHaiChau);
  Merge();
  RoutingServer::WaitUntil([&] { return Told(1, 0); }, "the report of what lies ahead");
  EXPECT_THAT(Report().unplanned_items(), ElementsAre(away.name()));
  server_.clock().Advance(absl::Hours(24));
  auto slice = Slice();
  slice.set_parent("provinces/01");
  ASSERT_THAT(Run(slice)->dossiers(), SizeIs(1));
  server_.clock().Advance(absl::Minutes(2));
  RoutingServer::WaitUntil([&] { return Told(1, 1); }, "the report of what is done");
}

// The ward goes on, and so does the province that it leaves.
TEST_P(RoutingSuccessionTest, WhatAWardLeavesThatGoesOverIsToldToo) {
  const v1::Dossier open = Accepted(kOtherCenter, kAnHai);
  Accepted();
  ASSERT_TRUE(Complete(server_, Accepted(kOtherCenter, kAnHai)).ok());
  auto delegation = Delegation();
  delegation.set_territory(kAnHai);
  const auto given = Invoke(&Stub::PublishAssignment, server_.stub(), delegation);
  ASSERT_TRUE(given.ok()) << given.status();
  registry_.Send({AnHaiGoesOver(registry_), EventOfGoingOver()});
  RoutingServer::WaitUntil([&] { return Told(2, 0); }, "the report of what lies ahead");
  EXPECT_THAT(Report().unplanned_items(), ElementsAre(given->assignment().name(), open.name()));
  server_.clock().Advance(absl::Hours(24));
  v1::ReroutingSelection of_event;
  of_event.set_change_event(kEvent);
  const auto rerouted = Run(Slice(of_event));
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  ASSERT_THAT(rerouted->dossiers(), SizeIs(1));
  EXPECT_EQ(rerouted->dossiers(0).name(), open.name());
  EXPECT_EQ(rerouted->dossiers(0).rerouting().change_event(), kEvent);
  server_.clock().Advance(absl::Minutes(2));
  RoutingServer::WaitUntil([&] { return Told(2, 1); }, "the report of what is done");
  EXPECT_THAT(Report().unplanned_items(), ElementsAre(given->assignment().name()))
      << "the province that it left gave it";
}

TEST_P(RoutingSuccessionTest, AnAssignmentThatComesWhenAnEventIsSettledOpensItAgain) {
  Divide();
  RoutingServer::WaitUntil([&] { return Told(0, 0); }, "the report");
  const int asked = registry_.reports_asked_for();
  server_.clock().Advance(absl::Hours(48));
  RoutingServer::WaitUntil([&] { return registry_.reports_asked_for() > asked; },
                           "it to be settled");
  const std::string assignment = Delegated();
  RoutingServer::WaitUntil([&] { return Told(1, 0); }, "the report of what came late");
  EXPECT_THAT(Report().unplanned_items(), ElementsAre(assignment));
}

TEST_P(RoutingSuccessionTest, AnAssignmentGoesOnInTheWardThatItsWardBecame) {
  const std::string assignment = Delegated();
  Merge();
  const auto competence = Resolve(kMerged);
  ASSERT_TRUE(competence.ok()) << competence.status();
  EXPECT_EQ(competence->assignment(), assignment);
  EXPECT_EQ(competence->competent_body().title(), "Chủ tịch Ủy ban nhân dân Phường Sông Hàn");
  bool explained = false;
  for (const v1::ExplanationStep& step : competence->explanation()) {
    explained = explained || (step.kept() && step.considered().starts_with(kHaiChau) &&
                              absl::StrContains(step.because(), kMerged));
  }
  EXPECT_TRUE(explained);
}

TEST_P(RoutingSuccessionTest, AnAssignmentOfADividedWardIsToldUntilItIsEnded) {
  const std::string assignment = Delegated();
  Divide();
  RoutingServer::WaitUntil([&] { return Told(1, 0); }, "the report");
  EXPECT_THAT(Report().unplanned_items(), ElementsAre(assignment));
  const auto competence = Resolve(kAnHai);
  ASSERT_TRUE(competence.ok()) << competence.status();
  EXPECT_EQ(competence->assignment(), "") << "nobody has said that it goes on there";
  v1::EndAssignmentRequest end;
  end.set_name(assignment);
  SetTuesday(end.mutable_end_date());
  end.mutable_act()->set_number("45/QĐ-UBND");
  end.set_etag("\"1\"");
  end.set_request_id(RequestId());
  const auto ended = Invoke(&Stub::EndAssignment, server_.stub(), end);
  ASSERT_TRUE(ended.ok()) << ended.status();
  server_.clock().Advance(absl::Minutes(2));
  RoutingServer::WaitUntil([&] { return Told(0, 0); }, "the report of what is decided");
}

}  // namespace
}  // namespace twotier::routing::testing
