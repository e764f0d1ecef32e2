// Budget is killed under load, again and again; what was acknowledged is there, once.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/status_macros.h"
#include "tests/e2e/crowd.h"
#include "tests/e2e/suite.h"
#include "tests/load/ledger_calls.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_ledger.h"
#include "twotier/budget/v1/budget_service.grpc.pb.h"

namespace twotier::e2e {
namespace {

namespace v1 = budget::v1;
using v1::BudgetService;

constexpr int kCallers = 32;
constexpr int kKills = 4;
constexpr int64_t kJournalsBetweenKills = 200;

struct Posted {
  v1::PostJournalRequest request;
  v1::Journal journal;
};

// Treasurers: half of them take from one pool, half pay from the accounts of communes.
class Treasurers {
 public:
  Treasurers(std::string address, load::LedgerCalls calls)
      : address_(std::move(address)),
        calls_(std::move(calls)),
        crowd_(kCallers, [this](int caller) { return Start(caller); }) {}

  Crowd& crowd() { return crowd_; }
  // After the crowd's end.
  const std::vector<Posted>& posted() const { return posted_; }
  int64_t repeated() const { return repeated_; }

 private:
  Crowd::Step Start(int caller) {
    const std::shared_ptr<BudgetService::Stub> stub = BudgetService::NewStub(ConnectTo(address_));
    const auto ids = std::make_shared<load::RequestIds>();
    const auto& requests = (caller % 2 == 0 ? calls_.hot : calls_.uniform)->requests;
    return [this, stub, ids, &requests,
            next = static_cast<size_t>(caller)]() mutable -> absl::Status {
      Posted posted;
      const std::string& request = requests[next++ % requests.size()];
      if (!posted.request.ParseFromString(load::WithIds(request, ids->Next()))) {
        return absl::InternalError("not a request");
      }
      ASSIGN_OR_RETURN(const auto response,
                       Insist(*stub, &BudgetService::Stub::PostJournal, posted.request, repeated_));
      posted.journal = response.journal();
      absl::MutexLock lock(&mutex_);
      posted_.push_back(std::move(posted));
      return absl::OkStatus();
    };
  }

  const std::string address_;
  const load::LedgerCalls calls_;
  std::atomic<int64_t> repeated_{0};
  absl::Mutex mutex_;
  std::vector<Posted> posted_;  // Guarded by mutex_ until the crowd ends.
  Crowd crowd_;                 // Ends first.
};

class BudgetKillTest : public SuiteTest, public testing::WithParamInterface<const char*> {
 protected:
  // Names of all journals of the province that is posted to.
  static std::set<std::string> JournalsAt(BudgetService::Stub& stub) {
    std::set<std::string> names;
    v1::ListJournalsRequest request;
    request.set_parent("provinces/79");
    request.set_page_size(1000);
    do {
      const auto page = load::Ask(stub, &BudgetService::Stub::ListJournals, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return names;
      for (const v1::Journal& journal : page->journals()) {
        EXPECT_EQ(journal.refused(), "") << journal.name();
        EXPECT_TRUE(names.insert(journal.name()).second) << journal.name();
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  // What was answered is what stands, and is answered again.
  static void ExpectAsAnswered(BudgetService::Stub& stub, const Posted& posted) {
    const auto again = load::Ask(stub, &BudgetService::Stub::PostJournal, posted.request);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->journal().SerializeAsString(), posted.journal.SerializeAsString());
    v1::GetJournalRequest get;
    get.set_name(posted.journal.name());
    const auto stored = load::Ask(stub, &BudgetService::Stub::GetJournal, get);
    ASSERT_TRUE(stored.ok()) << stored.status();
    EXPECT_EQ(stored->journal().SerializeAsString(), posted.journal.SerializeAsString());
  }
};

TEST_P(BudgetKillTest, WhatWasAcknowledgedIsThereExactlyOnce) {
  const auto database = NewDatabase(GetParam());
  ASSERT_TRUE(database.ok()) << database.status();
  auto budget = load::StartBudget(places_, "budget", *database, registry_->address());
  ASSERT_TRUE(budget.ok()) << budget.status();
  auto calls = load::PrepareLedger(registry_->address(), budget->address());
  ASSERT_TRUE(calls.ok()) << calls.status();
  const auto stub = load::StubOf<BudgetService>(budget->address());
  const std::set<std::string> before = JournalsAt(*stub);

  Treasurers treasurers(budget->address(), *std::move(calls));
  const absl::Status lived = KillUnder(treasurers.crowd(), *budget, kKills, kJournalsBetweenKills);
  ASSERT_TRUE(lived.ok()) << lived;
  EXPECT_GE(treasurers.repeated(), kKills) << "no kill hit a call under way";

  std::set<std::string> acknowledged;
  for (const Posted& posted : treasurers.posted()) {
    EXPECT_TRUE(acknowledged.insert(posted.journal.name()).second) << posted.journal.name();
    ExpectAsAnswered(*stub, posted);
  }
  std::set<std::string> entered;
  const std::set<std::string> after = JournalsAt(*stub);
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::inserter(entered, entered.end()));
  EXPECT_EQ(entered, acknowledged);
  testing_support::ExpectSound(verify::VerifyLedger(*database));
  RecordProperty("acknowledged", static_cast<int>(acknowledged.size()));
  RecordProperty("repeated", static_cast<int>(treasurers.repeated()));
}

INSTANTIATE_TEST_SUITE_P(Engines, BudgetKillTest, testing::Values(kSqlite, kPostgres),
                         [](const auto& engine) { return std::string(engine.param); });

}  // namespace
}  // namespace twotier::e2e
