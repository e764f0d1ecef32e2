// No decision rests on units that are not known yet.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "services/routing/handlers/assignments.h"
#include "services/routing/handlers/competences.h"
#include "services/routing/handlers/publications.h"
#include "services/routing/handlers/steps.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_publications.h"
#include "tests/service/routing_still_process.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

constexpr char kNewCommune[] = "units/commune20197";
constexpr char kNewProvince[] = "units/province99";

class RoutingMemoryTest : public RoutingTest {
 protected:
  // Sends a unit, and waits until it is in the tables.
  void Learn(const std::string& unit, registry::v1::Tier tier, const std::string& code,
             const std::string& full_name) {
    registry_.Send({UnitResource(unit, tier, code, full_name)});
    v1::ListCompetencesRequest request;
    request.set_unit(unit);
    RoutingServer::WaitUntil(
        [&] { return Invoke(&Stub::ListCompetences, server_.stub(), request).ok(); }, "the unit");
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingMemoryTest);

// A refusal is remembered under its request id: it must not rest on what was old already.
TEST_P(RoutingMemoryTest, ADossierIsForwardedToAUnitThatIsCommitted) {
  StillProcess process(database_);
  const auto dossier = process.Accept(*process.Submit(Submission()));
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  auto request = StepOf<v1::ForwardDossierRequest>(*dossier);
  request.set_unit(kNewCommune);
  request.set_body_title("Công an cấp xã");
  request.set_reason("xin ý kiến");
  EXPECT_EQ(ReasonOf(process.Write(handlers::ForwardDossier, request).status()), "UNIT_NOT_FOUND");
  Learn(kNewCommune, registry::v1::TIER_COMMUNE, "20197", "Phường Mới");
  const auto forwarded = process.Write(handlers::ForwardDossier, request);
  ASSERT_TRUE(forwarded.ok()) << forwarded.status();
  EXPECT_EQ(forwarded->dossier().agency().unit(), kNewCommune);
}

TEST_P(RoutingMemoryTest, AnAssignmentHoldsInATerritoryThatIsCommitted) {
  StillProcess process(database_);
  auto request = Delegation();
  request.set_territory(kNewCommune);
  EXPECT_EQ(ReasonOf(process.Write(handlers::PublishAssignment, request).status()),
            "UNIT_NOT_FOUND");
  Learn(kNewCommune, registry::v1::TIER_COMMUNE, "20197", "Phường Mới");
  const auto published = process.Write(handlers::PublishAssignment, request);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->assignment().territory(), kNewCommune);
}

TEST_P(RoutingMemoryTest, AProvinceThatIsCommittedPublishesItsTerms) {
  StillProcess process(database_);
  const v1::PublishProcedureRequest request = Shortened(2, "provinces/99");
  EXPECT_EQ(ReasonOf(process.Write(handlers::PublishProcedure, request).status()),
            "UNIT_NOT_FOUND");
  Learn(kNewProvince, registry::v1::TIER_PROVINCE, "99", "Tỉnh Mới");
  const auto published = process.Write(handlers::PublishProcedure, request);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->procedure().province_code(), "99");
}

// The country gives three days, Hà Nội two.
TEST_P(RoutingMemoryTest, AReceptionHasTheTermOfTheProvinceThatIsCommitted) {
  const auto published = Publish(server_, Shortened(2, "provinces/01"));
  ASSERT_TRUE(published.ok()) << published.status();
  StillProcess process(database_);
  const auto submitted = process.Submit(Submission(kResidence, kOtherCenter, kAnHai));
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_EQ(submitted->term().value(), 3);
  const auto state = [&] {
    return database_.Run("SELECT change FROM snapshot_state WHERE id = 2");
  };
  const std::vector<std::string> before = state();
  registry::v1::Resource moved =
      UnitResource(kAnHai, registry::v1::TIER_COMMUNE, "20195", "Phường An Hải");
  moved.set_version(2);
  moved.mutable_unit()->mutable_versions(0)->set_province_code("01");
  registry_.Send({moved});
  RoutingServer::WaitUntil([&] { return state() != before; }, "the commune to be moved");
  const auto accepted = process.Accept(*submitted);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->procedure_version(), published->procedure().version());
  EXPECT_EQ(accepted->term().value(), 2);
}

TEST_P(RoutingMemoryTest, CoverageIsProvenOfWhatIsCommitted) {
  StillProcess process(database_);
  const auto before = process.Write(handlers::CheckCoverage, v1::CheckCoverageRequest());
  ASSERT_TRUE(before.ok()) << before.status();
  ASSERT_TRUE(Publish(server_, Minted()).ok());
  const auto after = process.Write(handlers::CheckCoverage, v1::CheckCoverageRequest());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->procedures(), before->procedures() + 1);
}

// Before the registry was followed for the first time.
TEST_P(RoutingMemoryTest, NothingIsSaidOfUnitsBeforeAnyIsKnown) {
  const testing_support::TestDatabase empty = GetParam().make();
  StillProcess process(empty);
  const absl::Status coverage =
      process.Write(handlers::CheckCoverage, v1::CheckCoverageRequest()).status();
  EXPECT_EQ(ReasonOf(coverage), "SNAPSHOT_NOT_READY") << coverage;
  v1::ListCompetencesRequest list;
  list.set_unit(kHaiChau);
  const absl::Status competences = process.Ask(handlers::ListCompetences, list).status();
  EXPECT_EQ(ReasonOf(competences), "SNAPSHOT_NOT_READY") << competences;
}

}  // namespace
}  // namespace twotier::routing::testing
