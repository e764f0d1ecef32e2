// Publications beside others, beside imports, and seen from another process.
#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_publications.h"

namespace twotier::routing::testing {
namespace {

using ::testing::Contains;
using Stub = v1::RoutingService::Stub;

using RoutingPublishRaceTest = RoutingTest;
TWOTIER_ON_EVERY_ENGINE(RoutingPublishRaceTest);

TEST_P(RoutingPublishRaceTest, OfRacingPublicationsOneIsAccepted) {
  std::vector<absl::Status> outcomes(8);
  std::vector<std::thread> callers;
  for (absl::Status& outcome : outcomes) {
    callers.emplace_back([this, &outcome] { outcome = Publish(server_, Shortened()).status(); });
  }
  for (std::thread& caller : callers) caller.join();
  int accepted = 0;
  for (const absl::Status& outcome : outcomes) {
    if (outcome.ok()) {
      ++accepted;
    } else {
      EXPECT_EQ(ReasonOf(outcome), "PROCEDURE_VERSIONS_CONFLICT") << outcome;
    }
  }
  EXPECT_EQ(accepted, 1);
}

TEST_P(RoutingPublishRaceTest, AnImportDoesNotUndoAPublication) {
  ASSERT_TRUE(Publish(server_, Shortened(2, "")).ok());
  v1::ImportCatalogueRequest import;
  import.add_files()->set_file_name("procedures.csv");
  import.mutable_files(0)->set_content(absl::StrCat(
      "code,name,field,ministry,level,line,body_title,former_level,proven,term_value,term_unit,"
      "term_cases,cutoff_minute,fee_vnd,online_level,boundary,acts,decentralisation_acts,"
      "known_from\n",
      kResidence, ",Đăng ký,,Bộ Công an,COMMUNE,POLICE,,,1,5,WORKING_DAY,,,,,,,,2026-06-01\n"));
  import.set_request_id(RequestId());
  const auto imported = Invoke(&Stub::ImportCatalogue, server_.stub(), import);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->changed(), 1);
  const auto dossier = Submit(server_, Submission());
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(dossier->procedure_version(), 2);
  // The same content again is no news, whatever was published since.
  import.set_request_id(RequestId());
  EXPECT_EQ(Invoke(&Stub::ImportCatalogue, server_.stub(), import)->unchanged(), 1);
  v1::ListProcedureVersionsRequest list;
  list.set_name(absl::StrCat("procedures/", kResidence));
  RoutingServer::WaitUntil(
      [&] {
        return Invoke(&Stub::ListProcedureVersions, server_.stub(), list)->versions_size() == 3;
      },
      "the imported version");
}

TEST_P(RoutingPublishRaceTest, AnotherProcessOnTheDatabaseSeesIt) {
  if (!database_.is_postgres()) {
    // One process owns a file; what a restarted one reads is what was committed.
    ASSERT_TRUE(Publish(server_, Shortened()).ok());
    RoutingServer again(database_, registry_.address());
    EXPECT_EQ(Submit(again, Submission())->procedure_version(), 2);
    return;
  }
  RoutingServer second(database_, registry_.address());
  ASSERT_TRUE(Publish(server_, Shortened()).ok());
  v1::GetProcedureRequest get;
  get.set_name("provinces/48/procedures/1.004194");
  RoutingServer::WaitUntil(
      [&] { return Invoke(&Stub::GetProcedure, second.stub(), get)->procedure().version() == 2; },
      "the other process");
  EXPECT_THAT(database_.Run("SELECT kind FROM event WHERE subject = 'catalogue'"),
              Contains("catalogue.procedure_published"));
}

}  // namespace
}  // namespace twotier::routing::testing
