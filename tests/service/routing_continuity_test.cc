// What still works while the registry or the database is away.
#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_reform.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

class RoutingContinuityTest : public RoutingTest {
 protected:
  // Until AllowConnections(true). SQLite cannot go away.
  void StopDatabase() {
    database_.AllowConnections(false);
    database_.KillConnections();
    v1::GetDossierRequest get;
    get.set_name("provinces/48/dossiers/H17-261103-0001");
    RoutingServer::WaitUntil(
        [&] {
          return ReasonOf(Invoke(&Stub::GetDossier, server_.stub(), get).status()) ==
                 "DATABASE_AWAY";
        },
        "the database to be away");
  }
};
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
  if (database_.is_postgres()) StopDatabase();
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

// Counters of a province: each submits and accepts one dossier after the other for the unit of
// today, at the place that competence names, and repeats whatever was not answered. Somebody else
// asks who is competent all the time.
class Load {
 public:
  struct Acknowledged {
    v1::SubmitDossierRequest request;
    v1::Dossier submitted;
    v1::Dossier accepted;
  };

  explicit Load(RoutingServer& server) : server_(server) {
    threads_.emplace_back([this] { Ask(); });
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { Hand(); });
  }
  ~Load() { Stop(); }

  void AwaitMore(size_t more) {
    const size_t enough = size() + more;
    RoutingServer::WaitUntil([&] { return size() >= enough; }, "more dossiers");
  }
  void AwaitMoreAnswers(int more) {
    const int enough = answered_ + more;
    RoutingServer::WaitUntil([&] { return answered_ >= enough; }, "more answers");
  }
  void Stop() {
    done_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  int answered() const { return answered_; }
  int failed() const { return failed_; }
  std::vector<Acknowledged> acknowledged() {
    absl::MutexLock lock(&mutex_);
    return acknowledged_;
  }

 private:
  size_t size() {
    absl::MutexLock lock(&mutex_);
    return acknowledged_.size();
  }

  void Ask() {
    v1::ResolveCompetenceRequest before;
    before.set_procedure_code(kResidence);
    before.set_unit(kHaiChau);
    SetDate(before.mutable_as_of(), 2026, 11, 2);
    v1::ResolveCompetenceRequest today;
    today.set_procedure_code(kResidence);
    today.set_unit(kHoaVang);
    while (!done_) {
      for (const auto& request : {before, today}) {
        ++(Invoke(&Stub::ResolveCompetence, server_.stub(), request).ok() ? answered_ : failed_);
      }
      WardOfToday();
    }
  }

  // The ward that stands at Hải Châu today, and where its dossiers are handed in. The old one may
  // only be refused because it has ended, and the one that follows it not at all then.
  struct Ward {
    std::string unit;
    std::string place;  // Empty: it was not told, which has been counted.
  };
  Ward WardOfToday() {
    v1::ResolveCompetenceRequest request;
    request.set_procedure_code(kResidence);
    request.set_unit(kHaiChau);
    auto response = Invoke(&Stub::ResolveCompetence, server_.stub(), request);
    if (ReasonOf(response.status()) == "UNIT_ENDED") {
      request.set_unit(kMerged);
      response = Invoke(&Stub::ResolveCompetence, server_.stub(), request);
    }
    const bool told = response.ok() && response->competence().reception_places_size() > 0;
    ++(told ? answered_ : failed_);
    return {request.unit(), told ? response->competence().reception_places(0).center() : ""};
  }

  void Hand() {
    while (!done_) {
      const Ward ward = WardOfToday();
      if (ward.place.empty()) continue;
      Acknowledged one;
      one.request = Submission(kResidence, ward.place, ward.unit);
      absl::StatusOr<v1::Dossier> submitted = Submit(server_, one.request);
      while (absl::IsUnavailable(submitted.status())) submitted = Submit(server_, one.request);
      // Center or unit changed between the question and the submission: nothing was taken.
      if (!submitted.ok()) continue;
      one.submitted = *submitted;
      one.accepted = AcceptSurely(*submitted);
      absl::MutexLock lock(&mutex_);
      acknowledged_.push_back(std::move(one));
    }
  }

  // Whoever got no answer looks what became of the step.
  v1::Dossier AcceptSurely(v1::Dossier dossier) {
    while (dossier.state() != v1::DOSSIER_STATE_RECEIVED) {
      const auto accepted = Accept(server_, dossier);
      v1::Dossier now = accepted.ok() ? *accepted : Read(dossier.name());
      if (!now.name().empty()) dossier = std::move(now);
    }
    return dossier;
  }

  v1::Dossier Read(const std::string& name) {
    v1::GetDossierRequest request;
    request.set_name(name);
    const auto response = Invoke(&Stub::GetDossier, server_.stub(), request);
    return response.ok() ? response->dossier() : v1::Dossier();
  }

  RoutingServer& server_;
  std::atomic<bool> done_{false};
  std::atomic<int> answered_{0};
  std::atomic<int> failed_{0};
  absl::Mutex mutex_;
  std::vector<Acknowledged> acknowledged_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

// Re-routes until a whole round finds nothing: dossiers are handed in meanwhile. Returns how many.
int RerouteAll(RoutingServer& server) {
  int all = 0;
  for (int round = 1; round > 0;) {
    round = 0;
    v1::RerouteDossiersRequest request;
    request.set_parent("provinces/48");
    request.set_reason("12/NQ-HĐND");
    request.set_page_size(20);
    do {
      request.set_request_id(RequestId());
      auto slice = Invoke(&Stub::RerouteDossiers, server.stub(), request);
      while (absl::IsUnavailable(slice.status())) {
        slice = Invoke(&Stub::RerouteDossiers, server.stub(), request);
      }
      EXPECT_TRUE(slice.ok()) << slice.status();
      if (!slice.ok()) return all;
      EXPECT_EQ(slice->blocked_size(), 0);
      round += slice->dossiers_size();
      request.set_page_token(slice->next_page_token());
    } while (!request.page_token().empty());
    all += round;
  }
  return all;
}

TEST_P(RoutingContinuityTest, UnderLoadOpenDossiersGoOnWhileEverythingAroundThemChanges) {
  Load load(server_);
  load.AwaitMore(20);
  registry_.SetCenterState(kCenter, registry::v1::CENTER_STATE_SUSPENDED);
  RoutingServer::WaitUntil(
      [&] {
        return Resolve(server_)->competence().reception_places(0).center() == kProvincialCenter;
      },
      "the suspension");
  EXPECT_GE(RerouteAll(server_), 20);
  load.AwaitMore(10);
  // Two wards merge tomorrow, and the center opens again for the new one; then the registry goes.
  registry_.Send(Merger(registry_));
  v1::ResolveCompetenceRequest tomorrow;
  tomorrow.set_procedure_code(kResidence);
  tomorrow.set_unit(kMerged);
  SetTuesday(tomorrow.mutable_as_of());
  RoutingServer::WaitUntil(
      [&] { return Invoke(&Stub::ResolveCompetence, server_.stub(), tomorrow).ok(); },
      "the merger to be known");
  registry_.Stop();
  load.AwaitMore(10);
  if (database_.is_postgres()) {
    StopDatabase();  // In the middle of commits.
    load.AwaitMoreAnswers(500);
    database_.AllowConnections(true);
    load.AwaitMore(10);
  }
  server_.clock().Advance(absl::Hours(24));
  EXPECT_GE(RerouteAll(server_), 40) << "every open dossier of the wards";
  load.AwaitMore(10);
  load.Stop();
  RerouteAll(server_);
  EXPECT_EQ(load.failed(), 0);
  EXPECT_GT(load.answered(), 0);

  const std::vector<Load::Acknowledged> acknowledged = load.acknowledged();
  std::set<std::string> names;
  for (const Load::Acknowledged& one : acknowledged) {
    EXPECT_TRUE(names.insert(one.submitted.name()).second) << one.submitted.name() << " twice";
    const auto again = Submit(server_, one.request);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->name(), one.submitted.name());
    v1::GetDossierRequest get;
    get.set_name(one.submitted.name());
    const v1::Dossier now = Invoke(&Stub::GetDossier, server_.stub(), get)->dossier();
    EXPECT_EQ(now.code(), one.submitted.code());
    EXPECT_EQ(now.term().SerializeAsString(), one.submitted.term().SerializeAsString());
    EXPECT_EQ(now.due_time().seconds(), one.accepted.due_time().seconds());
    EXPECT_EQ(now.unit(), kMerged);
    EXPECT_EQ(now.competent_body().unit(), kMerged);
    EXPECT_THAT(now.center(), ::testing::AnyOf(kCenter, kProvincialCenter));
    EXPECT_EQ(static_cast<int64_t>(Timeline(server_, now.name()).size()), now.version());
  }
  testing_support::ExpectSound(verify::VerifyDossiers(database_.url()));
}

}  // namespace
}  // namespace twotier::routing::testing
