// A reform that is planned, awaited and lived through: three wards of Đà Nẵng merge and a fourth is
// divided, on the national data, with routing beside the registry.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/e2e/drill.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_units.h"

namespace twotier::e2e {
namespace {

using registry::Reason;
using routing::testing::Invoke;
using routing::testing::RoutingServer;
using ::testing::Contains;
using ::testing::UnorderedElementsAre;

constexpr char kThanhKhe[] = "20209";
constexpr char kCamLe[] = "20260";       // Is divided between the new ward and ...
constexpr char kNguHanhSon[] = "20285";  // ... this one, which goes on.

class ReformTest : public DrillTest {
 protected:
  registry::v1::ApplyChangeEventRequest Reform() {
    registry::v1::ApplyChangeEventRequest request =
        Merger({kHaiChau, kHoaCuong, kThanhKhe, kCamLe});
    const registry::v1::Unit goes_on = *UnitByCode(kNguHanhSon, kDay - 1);
    registry::v1::ChangeSource* source = request.add_sources();
    source->set_unit(goes_on.name());
    source->set_etag(goes_on.etag());
    request.add_targets()->set_unit(goes_on.name());
    for (const std::string& from : {goes_on.name(), request.sources(3).unit()}) {
      registry::v1::ChangeEdge* edge = request.add_edges();
      edge->set_source(from);
      edge->set_target(goes_on.name());
    }
    return request;
  }
};

INSTANTIATE_TEST_SUITE_P(All, ReformTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(ReformTest, AReformTakesEffectByDateAndNobodyIsLeftWithoutACenter) {
  registry_.clock().Set(kEve);
  routing_.clock().Set(kEve);
  const std::string hai_chau = UnitByCode(kHaiChau, kDay - 1)->name();
  const auto dossier = Submit(hai_chau, kHaiChau);
  ASSERT_TRUE(dossier.ok()) << dossier.status();

  const auto applied = registry_.Call(&RegistryStub::ApplyChangeEvent, Reform());
  ASSERT_TRUE(applied.ok()) << applied.status();
  const std::string event = applied->change_event().name();
  const std::string founded = applied->change_event().founded_units(0);
  registry_.Await(event, 1);
  AwaitRouting();
  EXPECT_EQ(Competence(kNew).status().code(), absl::StatusCode::kNotFound) << "not yet";
  EXPECT_TRUE(Competence(kHaiChau).ok());

  // The plan says what is left to be done: four centers, and the dossier that routing reports.
  registry_.Await(absl::StrCat(event, "/successions/routing"), 1);
  const registry::v1::SuccessionPlan plan = PlanOf(event);
  EXPECT_EQ(plan.unplanned(), 5);
  ASSERT_GT(plan.reports_size(), 0);
  EXPECT_THAT(
      plan.reports(0).unplanned_items(),
      UnorderedElementsAre(SiteOf(kHaiChau), SiteOf(kHoaCuong), SiteOf(kThanhKhe), SiteOf(kCamLe)));
  EXPECT_EQ(plan.answerable_unit(), "");

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
  registry_.clock().Set(kEve + absl::Hours(21));
  routing_.clock().Set(kEve + absl::Hours(21));
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

  EXPECT_EQ(PlanOf(event).answerable_unit(), founded) << "the caretaker, while something is open";

  // The dossier goes to the new ward, and routing tells that it is done.
  const auto rerouted = Reroute(event);
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  ASSERT_EQ(rerouted->dossiers_size(), 1);
  EXPECT_EQ(rerouted->dossiers(0).name(), dossier->name());
  EXPECT_EQ(rerouted->dossiers(0).rerouting().to().unit(), founded);
  routing_.clock().Advance(absl::Minutes(2));
  RoutingServer::WaitUntil([&] { return PlanOf(event).unplanned() == 4; },
                           "the report of what is done");
  testing_support::ExpectSound(verify::VerifyUnits(registry_database_.url()));
}

}  // namespace
}  // namespace twotier::e2e
