// Decisions, and answers that ask for it, rest on what is committed.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/routing/handlers/assignments.h"
#include "services/routing/handlers/competences.h"
#include "services/routing/handlers/procedures.h"
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

// Whoever publishes and asks at once, of whichever process.
TEST_P(RoutingMemoryTest, AnAnswerRestsOnTheVersionThatIsAskedFor) {
  StillProcess process(database_);
  const auto minted = Publish(server_, Minted());
  ASSERT_TRUE(minted.ok()) << minted.status();
  v1::GetProcedureRequest get;
  get.set_name(absl::StrCat("provinces/48/procedures/", minted->procedure().code()));
  const absl::Status from_memory = process.Ask(handlers::GetProcedure, get).status();
  EXPECT_EQ(ReasonOf(from_memory), "PROCEDURE_NOT_FOUND") << from_memory;
  get.set_min_catalogue_version(minted->catalogue_version());
  const auto committed = process.Ask(handlers::GetProcedure, get);
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(committed->catalogue_version(), minted->catalogue_version());

  const auto delegated = Invoke(&Stub::PublishAssignment, server_.stub(), Delegation());
  ASSERT_TRUE(delegated.ok()) << delegated.status();
  EXPECT_EQ(delegated->catalogue_version(), minted->catalogue_version() + 1);
  v1::ResolveCompetenceRequest request;
  request.set_procedure_code(kResidence);
  request.set_unit(kHaiChau);
  request.set_min_catalogue_version(delegated->catalogue_version());
  const auto resolved = Invoke(&Stub::ResolveCompetence, server_.stub(), request);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->competence().assignment(), delegated->assignment().name());
  EXPECT_EQ(resolved->catalogue_version(), delegated->catalogue_version());
  request.set_min_catalogue_version(delegated->catalogue_version() + 1);
  const absl::Status early = Invoke(&Stub::ResolveCompetence, server_.stub(), request).status();
  EXPECT_EQ(early.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(early), "SNAPSHOT_NOT_READY") << early;
}

TEST_P(RoutingMemoryTest, EveryEndingOfTheCatalogueNamesItsVersion) {
  const auto published = Publish(server_, Minted());
  ASSERT_TRUE(published.ok()) << published.status();
  v1::EndProcedureRequest end;
  end.set_name(absl::StrCat("provinces/48/procedures/", published->procedure().code()));
  SetDate(end.mutable_end_date(), 2026, 12, 1);
  end.mutable_act()->set_number("45/QĐ-UBND");
  end.set_etag(published->etag());
  end.set_request_id(RequestId());
  const auto ended = Invoke(&Stub::EndProcedure, server_.stub(), end);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->catalogue_version(), published->catalogue_version() + 1);

  const auto delegated = Invoke(&Stub::PublishAssignment, server_.stub(), Delegation());
  ASSERT_TRUE(delegated.ok()) << delegated.status();
  v1::EndAssignmentRequest last;
  last.set_name(delegated->assignment().name());
  SetDate(last.mutable_end_date(), 2026, 12, 1);
  last.mutable_act()->set_number("45/QĐ-UBND");
  last.set_etag(delegated->assignment().etag());
  last.set_request_id(RequestId());
  const auto over = Invoke(&Stub::EndAssignment, server_.stub(), last);
  ASSERT_TRUE(over.ok()) << over.status();
  EXPECT_EQ(over->catalogue_version(), ended->catalogue_version() + 2);

  v1::ListCompetencesRequest competences;
  competences.set_unit(kHaiChau);
  competences.set_min_catalogue_version(over->catalogue_version());
  const auto lines = Invoke(&Stub::ListCompetences, server_.stub(), competences);
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_EQ(lines->catalogue_version(), over->catalogue_version());
  v1::ListAssignmentsRequest assignments;
  assignments.set_min_catalogue_version(over->catalogue_version());
  const auto listed = Invoke(&Stub::ListAssignments, server_.stub(), assignments);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->catalogue_version(), over->catalogue_version());
  ASSERT_EQ(listed->assignments_size(), 1);
  EXPECT_EQ(listed->assignments(0).end_act().number(), "45/QĐ-UBND");
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
