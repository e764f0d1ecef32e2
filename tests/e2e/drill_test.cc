// A reform that is planned, awaited and lived through: three wards of Đà Nẵng merge and a fourth is
// divided, on the national data, with routing beside the registry. Both are in this process because
// the date they live through lies ahead; everything else is as deployed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/service/registry_fixture.h"
#include "tests/service/routing_fixture.h"
#include "tools/verify/verify_units.h"

namespace twotier {
namespace {

using registry::Reason;
using registry::RegistryServer;
using routing::testing::Invoke;
using routing::testing::RoutingServer;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using RegistryStub = registry::v1::RegistryService::Stub;
using RoutingStub = routing::v1::RoutingService::Stub;

// A Monday.
constexpr absl::CivilDay kDay(2026, 12, 7);
constexpr char kHaiChau[] = "20242";
constexpr char kHoaCuong[] = "20257";
constexpr char kThanhKhe[] = "20209";
constexpr char kCamLe[] = "20260";       // Is divided between the new ward and ...
constexpr char kNguHanhSon[] = "20285";  // ... this one, which goes on.
constexpr char kNew[] = "20999";

std::string SiteOf(absl::string_view code) {
  return absl::StrCat("provinces/48/centers/H48.", code);
}

class DrillTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  absl::StatusOr<registry::v1::Unit> UnitByCode(const std::string& code, absl::CivilDay day) {
    registry::v1::GetUnitRequest request;
    request.set_code(code);
    registry::SetDate(day, request.mutable_as_of());
    const auto response = registry_.Call(&RegistryStub::GetUnit, request);
    if (!response.ok()) return response.status();
    return response->unit();
  }

  registry::v1::ApplyChangeEventRequest Reform() {
    registry::v1::ApplyChangeEventRequest request;
    request.mutable_act()->set_number("999/NQ-UBTVQH16");
    registry::SetDate(kDay, request.mutable_effective_date());
    request.set_request_id("d0000000-0000-4000-8000-000000000001");
    registry::v1::ChangeTarget* founded = request.add_targets();
    founded->set_key("new");
    founded->set_code(kNew);
    founded->set_type(registry::v1::UNIT_TYPE_WARD);
    founded->set_full_name("Phường Sông Hàn");
    founded->set_short_name("Sông Hàn");
    founded->set_parent(UnitByCode("48", kDay)->name());
    request.set_caretaker("new");
    for (const std::string code : {kHaiChau, kHoaCuong, kThanhKhe, kCamLe, kNguHanhSon}) {
      const registry::v1::Unit unit = *UnitByCode(code, kDay - 1);
      registry::v1::ChangeSource* source = request.add_sources();
      source->set_unit(unit.name());
      source->set_etag(unit.etag());
      registry::v1::ChangeEdge* edge = request.add_edges();
      edge->set_source(unit.name());
      edge->set_target(code == kNguHanhSon ? unit.name() : "new");
      if (code == kNguHanhSon) request.add_targets()->set_unit(unit.name());
    }
    registry::v1::ChangeEdge* part = request.add_edges();
    part->set_source(request.sources(3).unit());
    part->set_target(request.sources(4).unit());
    return request;
  }

  absl::StatusOr<routing::v1::Competence> Competence(const std::string& code) {
    routing::v1::ResolveCompetenceRequest request;
    request.set_procedure_code(routing::testing::kResidence);
    request.set_unit_code(code);
    const auto response = Invoke(&RoutingStub::ResolveCompetence, routing_.stub(), request);
    if (!response.ok()) return response.status();
    return response->competence();
  }

  absl::StatusOr<routing::v1::Dossier> Submit(const std::string& unit, absl::string_view site) {
    return routing::testing::Submit(
        routing_, routing::testing::Submission(routing::testing::kResidence, SiteOf(site), unit));
  }

  testing_support::TestDatabase registry_database_ = GetParam().make();
  testing_support::TestDatabase routing_database_ = GetParam().make();
  RegistryServer registry_{registry_database_, "services/registry/data"};
  RoutingServer routing_{routing_database_, registry_.address()};
};

INSTANTIATE_TEST_SUITE_P(All, DrillTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(DrillTest, AReformTakesEffectByDateAndNobodyIsLeftWithoutACenter) {
  const absl::Time eve = absl::FromCivil(absl::CivilSecond(kDay) - 12 * 3600, VietnamTimeZone());
  registry_.clock().Set(eve);
  routing_.clock().Set(eve);
  const std::string hai_chau = UnitByCode(kHaiChau, kDay - 1)->name();
  const auto dossier = Submit(hai_chau, kHaiChau);
  ASSERT_TRUE(dossier.ok()) << dossier.status();

  const auto applied = registry_.Call(&RegistryStub::ApplyChangeEvent, Reform());
  ASSERT_TRUE(applied.ok()) << applied.status();
  const std::string event = applied->change_event().name();
  const std::string founded = applied->change_event().founded_units(0);
  registry_.Await(event, 1);
  routing::v1::ResolveCompetenceRequest ahead;
  ahead.set_procedure_code(routing::testing::kResidence);
  ahead.set_unit_code(kNew);
  registry::SetDate(kDay, ahead.mutable_as_of());
  RoutingServer::WaitUntil(
      [&] { return Invoke(&RoutingStub::ResolveCompetence, routing_.stub(), ahead).ok(); },
      "routing to know of the reform");
  EXPECT_EQ(Competence(kNew).status().code(), absl::StatusCode::kNotFound) << "not yet";
  EXPECT_TRUE(Competence(kHaiChau).ok());

  // The plan says what is left to be done: four centers, and the dossier that routing reports.
  registry_.Await(absl::StrCat(event, "/successions/routing"), 1);
  registry::v1::GetSuccessionPlanRequest ask_plan;
  ask_plan.set_name(event);
  auto plan = registry_.Call(&RegistryStub::GetSuccessionPlan, ask_plan);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->plan().unplanned(), 5);
  EXPECT_THAT(
      plan->plan().reports(0).unplanned_items(),
      UnorderedElementsAre(SiteOf(kHaiChau), SiteOf(kHoaCuong), SiteOf(kThanhKhe), SiteOf(kCamLe)));
  EXPECT_EQ(plan->plan().answerable_unit(), "");

  // Midnight passes while callers ask.
  std::atomic<bool> done{false};
  std::atomic<int> failed{0};
  std::atomic<int> answered{0};
  std::thread caller([&] {
    while (!done) {
      const bool ok = Competence(kNguHanhSon).ok() && UnitByCode(kNguHanhSon, kDay).ok();
      ++(ok ? answered : failed);
    }
  });
  RoutingServer::WaitUntil([&] { return answered > 20; }, "answers before midnight");
  registry_.clock().Set(eve + absl::Hours(21));
  routing_.clock().Set(eve + absl::Hours(21));
  const int at_midnight = answered;
  RoutingServer::WaitUntil([&] { return answered > at_midnight + 20; }, "answers after midnight");
  done = true;
  caller.join();
  EXPECT_EQ(failed, 0);

  // The morning after, without a restart.
  EXPECT_EQ(registry_.Call(&RegistryStub::GetCoverage, registry::v1::GetCoverageRequest())
                ->coverage()
                .uncovered_units_size(),
            0);
  const auto competence = Competence(kNew);
  ASSERT_TRUE(competence.ok()) << competence.status();
  std::vector<std::string> places;
  for (const auto& place : competence->reception_places()) places.push_back(place.center());
  EXPECT_THAT(places, Contains(SiteOf(kHaiChau)));
  EXPECT_THAT(places, Contains(SiteOf(kCamLe)));
  const absl::Status gone = Submit(hai_chau, kHaiChau).status();
  EXPECT_EQ(Reason(gone), "UNIT_ENDED");
  EXPECT_EQ(routing::testing::MetadataOf(gone, "successors"), founded);
  const auto next = Submit(founded, kHaiChau);
  EXPECT_TRUE(next.ok()) << next.status();
  const auto accepted = routing::testing::Accept(routing_, *dossier);
  EXPECT_TRUE(accepted.ok()) << "the dossier of before goes on: " << accepted.status();

  plan = registry_.Call(&RegistryStub::GetSuccessionPlan, ask_plan);
  EXPECT_EQ(plan->plan().answerable_unit(), founded) << "the caretaker, while something is open";

  // The dossier goes to the new ward, and routing tells that it is done.
  routing::v1::RerouteDossiersRequest reroute;
  reroute.set_parent("provinces/48");
  reroute.mutable_selection()->set_change_event(event);
  reroute.set_reason("999/NQ-UBTVQH16");
  reroute.set_request_id("d0000000-0000-4000-8000-000000000003");
  const auto rerouted = Invoke(&RoutingStub::RerouteDossiers, routing_.stub(), reroute);
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  ASSERT_EQ(rerouted->dossiers_size(), 1);
  EXPECT_EQ(rerouted->dossiers(0).name(), dossier->name());
  EXPECT_EQ(rerouted->dossiers(0).rerouting().to().unit(), founded);
  routing_.clock().Advance(absl::Minutes(2));
  RoutingServer::WaitUntil(
      [&] {
        plan = registry_.Call(&RegistryStub::GetSuccessionPlan, ask_plan);
        return plan.ok() && plan->plan().unplanned() == 4;
      },
      "the report of what is done");
  const auto verified = verify::VerifyUnits(registry_database_.url());
  ASSERT_TRUE(verified.ok()) << verified.status();
  for (const verify::Finding& finding : verified->findings) {
    ADD_FAILURE() << finding.rule << ": " << finding.what;
  }
}

}  // namespace
}  // namespace twotier
