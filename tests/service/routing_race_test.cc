// Many callers at once, on one process and on two that share a database.
#include <gmock/gmock.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/feed/follower.h"
#include "common/rpc/request_log.h"
#include "common/status_macros.h"
#include "services/routing/routing.h"
#include "services/routing/store/replica_store.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_import_fixture.h"

namespace twotier::routing::testing {
namespace {

constexpr int kCallers = 64;
constexpr int kDossiersEach = 4;

std::vector<std::string> CodesUpTo(int count) {
  std::vector<std::string> codes;
  for (int i = 1; i <= count; ++i) codes.push_back(absl::StrFormat("H48.20194-261102-%04d", i));
  return codes;
}

// Each of kCallers submits kDossiersEach dossiers, the callers shared out among the servers.
// Refusals for want of room or of luck are tried again with the same request id, as a client does.
// Returns the codes, sorted.
std::vector<std::string> Race(const std::vector<RoutingServer*>& servers) {
  std::vector<std::vector<std::string>> codes(kCallers);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      RoutingServer& server = *servers[static_cast<size_t>(i) % servers.size()];
      for (int n = 0; n < kDossiersEach; ++n) {
        const auto request = Submission();
        absl::StatusOr<v1::Dossier> dossier = Submit(server, request);
        while (absl::IsUnavailable(dossier.status())) dossier = Submit(server, request);
        ASSERT_TRUE(dossier.ok()) << dossier.status();
        codes[static_cast<size_t>(i)].push_back(dossier->code());
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  std::multiset<std::string> all;
  for (const auto& some : codes) all.insert(some.begin(), some.end());
  return {all.begin(), all.end()};
}

using RoutingRaceTest = RoutingTest;
TWOTIER_ON_EVERY_ENGINE(RoutingRaceTest);

TEST_P(RoutingRaceTest, RacingCallersGetEachNumberOnce) {
  EXPECT_EQ(Race({&server_}), CodesUpTo(kCallers * kDossiersEach));
}

TEST_P(RoutingRaceTest, ASecondProcessTakesFromTheSameNumbers) {
  if (!database_.is_postgres()) {
    // One process owns a file; that a restarted one goes on is what SQLite has instead.
    ASSERT_EQ(Submit(server_, Submission())->code(), CodesUpTo(1)[0]);
    EXPECT_EQ(database_.Run("SELECT last FROM dossier_counter")[0], "1");
    return;
  }
  RoutingServer second(database_, registry_.address());
  EXPECT_EQ(Race({&server_, &second}), CodesUpTo(kCallers * kDossiersEach));
  // Each dossier can be read where it was not written.
  v1::ListDossiersRequest request;
  request.set_parent("provinces/48");
  request.set_page_size(1000);
  for (RoutingServer* server : {&server_, &second}) {
    const auto page = Invoke(&v1::RoutingService::Stub::ListDossiers, server->stub(), request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->dossiers_size(), kCallers * kDossiersEach);
  }
}

TEST_P(RoutingRaceTest, OfRacingStepsOnOneEtagExactlyOneIsTaken) {
  const auto submitted = Submit(server_, Submission());
  ASSERT_TRUE(submitted.ok());
  std::vector<absl::Status> outcomes(16);
  std::vector<std::thread> callers;
  for (absl::Status& outcome : outcomes) {
    callers.emplace_back([&] { outcome = Accept(server_, *submitted).status(); });
  }
  for (std::thread& caller : callers) caller.join();
  int taken = 0;
  for (const absl::Status& outcome : outcomes) {
    if (outcome.ok()) {
      ++taken;
    } else {
      EXPECT_EQ(ReasonOf(outcome), "STALE_ETAG") << outcome;
    }
  }
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(Timeline(server_, submitted->name()).size(), 2u);
}

// What is committed to the replica counts at once, whatever is in memory.
TEST_P(RoutingRaceTest, ASuspendedCenterHandsOutNoNumberOnceThatIsCommitted) {
  ASSERT_TRUE(Submit(server_, Submission()).ok());
  std::vector<db::Migration> migrations = rpc::Migrations();
  for (db::Migration& migration : RoutingMigrations()) migrations.push_back(std::move(migration));
  const auto other = db::Database::Open(database_.url(), migrations, {});
  ASSERT_TRUE(other.ok()) << other.status();
  google::protobuf::RepeatedPtrField<registry::v1::Resource> resources;
  *resources.Add() = registry_.CenterIn(kCenter, registry::v1::CENTER_STATE_SUSPENDED);
  ASSERT_EQ((*other)->Write({},
                            [&](db::Tx& tx) -> absl::Status {
                              ASSIGN_OR_RETURN(const int64_t snapshot_id,
                                               feed::SnapshotInUse(tx, units::kRegistrySource));
                              return store::ApplyResources(tx, snapshot_id, resources);
                            }),
            absl::OkStatus());
  const absl::Status refused = Submit(server_, Submission()).status();
  EXPECT_EQ(ReasonOf(refused), "CENTER_NOT_ACCEPTING") << refused;
  EXPECT_EQ(MetadataOf(refused, "state"), "SUSPENDED");
  EXPECT_EQ(database_.Run("SELECT last FROM dossier_counter")[0], "1");
}

TEST_P(RoutingRaceTest, AReplicaThatIsNewerThanMemoryIsDecidedOn) {
  // The same center under a version that memory has not seen.
  database_.Run("UPDATE replica_center SET version = version + 1");
  const auto dossier = Submit(server_, Submission());
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(dossier->code(), CodesUpTo(1)[0]);
}

// Submissions and imports of one center and day, at once: each gets a number of its own, and one
// dossier that several import is imported once.
TEST_P(RoutingRaceTest, RacingSubmissionsAndImportsShareTheNumbers) {
  constexpr int kEach = 12;
  std::vector<std::vector<std::string>> codes(4);
  std::vector<int> added(2, 0);
  const auto submit = [&](std::vector<std::string>& out) {
    for (int i = 0; i < kEach; ++i) {
      const auto request = Submission();
      auto dossier = Submit(server_, request);
      while (absl::IsUnavailable(dossier.status())) dossier = Submit(server_, request);
      ASSERT_TRUE(dossier.ok()) << dossier.status();
      out.push_back(dossier->code());
    }
  };
  const auto import = [&](int caller, std::vector<std::string>& out) {
    for (int i = 0; i < kEach; ++i) {
      const auto request =
          ImportOf({Told(absl::StrCat("OWN-", caller, "-", i)), Told(absl::StrCat("SHARED-", i))});
      auto response = Import(server_, request);
      while (absl::IsUnavailable(response.status())) response = Import(server_, request);
      ASSERT_TRUE(response.ok()) << response.status();
      for (const v1::ImportResult& result : response->results()) {
        if (result.outcome() == v1::IMPORT_OUTCOME_ADDED) out.push_back(result.dossier().code());
      }
      added[static_cast<size_t>(caller)] += response->added();
    }
  };
  std::vector<std::thread> callers;
  callers.emplace_back([&] { submit(codes[0]); });
  callers.emplace_back([&] { submit(codes[1]); });
  callers.emplace_back([&] { import(0, codes[2]); });
  callers.emplace_back([&] { import(1, codes[3]); });
  for (std::thread& caller : callers) caller.join();
  std::set<std::string> all;
  for (const auto& some : codes) all.insert(some.begin(), some.end());
  EXPECT_EQ(added[0] + added[1], 3 * kEach);
  EXPECT_EQ(all.size(), static_cast<size_t>(5 * kEach));
  EXPECT_EQ(*all.rbegin(), "H48.20194-261102-0060");
}

}  // namespace
}  // namespace twotier::routing::testing
