// What still works while the registry or the database is away.
#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <thread>

#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

using RoutingContinuityTest = RoutingTest;
TWOTIER_ON_EVERY_ENGINE(RoutingContinuityTest);

absl::StatusOr<v1::ResolveCompetenceResponse> Resolve(RoutingServer& server) {
  v1::ResolveCompetenceRequest request;
  request.set_procedure_code(kResidence);
  request.set_unit_code("20194");
  return Invoke(&Stub::ResolveCompetence, server.stub(), request);
}

TEST_P(RoutingContinuityTest, CompetenceIsAnsweredWhileRegistryAndDatabaseAreAway) {
  const auto dossier = Submit(server_, Submission());
  ASSERT_TRUE(dossier.ok());
  std::atomic<bool> done{false};
  std::atomic<int> answered{0};
  std::atomic<int> failed{0};
  std::thread caller([&] {
    while (!done) {
      ++(Resolve(server_).ok() ? answered : failed);
    }
  });
  registry_.Stop();
  if (database_.is_postgres()) {
    database_.AllowConnections(false);
    database_.KillConnections();
    v1::GetDossierRequest get;
    get.set_name(dossier->name());
    RoutingServer::WaitUntil(
        [&] {
          return ReasonOf(Invoke(&Stub::GetDossier, server_.stub(), get).status()) ==
                 "DATABASE_AWAY";
        },
        "the database to be away");
  }
  const int before = answered;
  RoutingServer::WaitUntil([&] { return answered >= before + 100; }, "a hundred answers");
  EXPECT_TRUE(server_.ready());
  if (database_.is_postgres()) {
    database_.AllowConnections(true);
    const auto request = Submission();
    RoutingServer::WaitUntil([&] { return Submit(server_, request).ok(); }, "writes to work again");
  }
  done = true;
  caller.join();
  EXPECT_EQ(failed, 0);
  // Each reader comes back by itself.
  v1::ListDossierEntriesRequest list;
  list.set_name(dossier->name());
  int entries = 0;
  RoutingServer::WaitUntil(
      [&] {
        const auto response = Invoke(&Stub::ListDossierEntries, server_.stub(), list);
        if (response.ok()) entries = response->entries_size();
        return response.ok();
      },
      "reads to work again");
  EXPECT_EQ(entries, 1);
}

TEST_P(RoutingContinuityTest, AStoppedRegistryDoesNotStopSubmissions) {
  registry_.Stop();
  EXPECT_TRUE(Submit(server_, Submission()).ok());
}

TEST_P(RoutingContinuityTest, ASuspensionArrivesThroughTheFeed) {
  ASSERT_TRUE(Submit(server_, Submission()).ok());
  registry_.SetCenterState(kCenter, registry::v1::CENTER_STATE_SUSPENDED);
  RoutingServer::WaitUntil(
      [&] { return ReasonOf(Submit(server_, Submission()).status()) == "CENTER_NOT_ACCEPTING"; },
      "the suspension");
  RoutingServer::WaitUntil(
      [&] {
        const auto competence = Resolve(server_);
        return competence.ok() &&
               competence->competence().reception_places(0).center() == kProvincialCenter;
      },
      "the provincial center to take over");
}

}  // namespace
}  // namespace twotier::routing::testing
