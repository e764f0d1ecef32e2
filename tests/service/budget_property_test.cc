// Whatever is asked in whatever order: debits equal credits, no account is beyond its limit, a
// repeated call changes nothing, and what all that leaves goes on to the đồng when units end.
// Through the service, on both engines.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "rapidcheck.h"
#include "tests/service/budget_ending.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_decisions.h"

namespace twotier::budget::testing {
namespace {

using testing_support::kAnHai;
using testing_support::kHaiChau;
using testing_support::kHoaVang;

// Journals of one run, which goes on where the one before has ended.
constexpr int kSteps = 5;

class PropertyTest : public EndingTest {
 protected:
  std::string NextId() { return absl::StrCat("j", ++last_id_); }

  // Sum of the balances of every account; the ledger is one whole, so it is 0.
  int64_t Sum(bool& within_limits) {
    v1::GetBalancesRequest request;
    request.set_parent("provinces/48");
    request.set_page_size(1000);
    const auto response = server_.Call(&Stub::GetBalances, request);
    RC_ASSERT(response.ok());
    int64_t sum = 0;
    within_limits = true;
    for (const v1::AccountBalance& account : response->balances()) {
      sum += account.balance().balance_vnd();
      if (account.balance().has_available_vnd()) {
        within_limits = within_limits && account.balance().available_vnd() >= 0;
      }
    }
    return sum;
  }

  // A transfer that may or may not be one that the chain allows.
  v1::Transfer Arbitrary(const std::vector<std::string>& accounts,
                         const std::vector<std::string>& holds) {
    const auto account = [&] { return *rc::gen::elementOf(accounts); };
    const auto amount = *rc::gen::inRange<int64_t>(0, 300);
    switch (holds.empty() ? *rc::gen::inRange(0, 2) : *rc::gen::inRange(0, 4)) {
      case 0:
        return PostOf(account(), account(), amount);
      case 1:
        return HoldOf(account(), account(), amount, 3);
      case 2:
        return SettleOf(*rc::gen::elementOf(holds), 1, amount);
      default:
        return VoidOf(*rc::gen::elementOf(holds), 1);
    }
  }

  // What the accounts of each stage hold and what is held of them, of `unit` or of all.
  std::map<std::string, std::pair<int64_t, int64_t>> ByStage(const std::string& unit = "") {
    v1::GetBalancesRequest request;
    request.set_parent("provinces/48");
    request.mutable_filter()->set_unit(unit);
    request.set_page_size(1000);
    const auto response = server_.Call(&Stub::GetBalances, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::map<std::string, std::pair<int64_t, int64_t>> stages;
    if (!response.ok()) return stages;
    for (const v1::AccountBalance& account : response->balances()) {
      const v1::Balance& balance = account.balance();
      if (balance.balance_vnd() == 0 && balance.held_vnd() == 0) continue;
      const std::vector<std::string> parts = absl::StrSplit(account.account(), '.');
      stages[parts[1]].first += balance.balance_vnd();
      stages[parts[1]].second += balance.held_vnd();
    }
    return stages;
  }

  int last_id_ = 0;
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(PropertyTest);

TEST_P(PropertyTest, AnySequenceKeepsTheLedgerWhole) {
  std::vector<std::string> accounts;
  for (const char* unit : {kHaiChau, kAnHai, kHoaVang}) {
    for (const auto& [stage, name] : Fund(unit, 1'000)) accounts.push_back(name);
  }
  std::vector<std::string> holds;
  const bool whole = rc::check("any sequence keeps the ledger whole", [&] {
    for (int step = 0; step < kSteps; ++step) {
      std::vector<v1::Transfer> transfers;
      const int count = *rc::gen::inRange(1, 4);
      for (int i = 0; i < count; ++i) transfers.push_back(Arbitrary(accounts, holds));
      v1::PostJournalRequest request = JournalOf(NextId(), transfers);
      const auto first = Post(request);
      if (first.ok() && transfers[0].kind() == v1::TRANSFER_KIND_HOLD) {
        holds.push_back(first->name());
      }
      bool within_limits = false;
      RC_ASSERT(Sum(within_limits) == 0);
      RC_ASSERT(within_limits);
      // The same journal in another call: the same answer, and no other balance.
      const std::string before = BalanceOf(accounts[3]).SerializeAsString();
      request.set_request_id(RequestId());
      const auto again = Post(request);
      RC_ASSERT(again.ok() == first.ok());
      RC_ASSERT(ReasonOf(again.status()) == ReasonOf(first.status()));
      RC_ASSERT(BalanceOf(accounts[3]).SerializeAsString() == before);
    }
  });
  EXPECT_TRUE(whole);

  // All three end; two follow, whose shares leave a rest of nearly everything.
  const auto before = ByStage();
  End({kHaiChau, kAnHai, kHoaVang}, {{kMerged, 333'333}, {kOther, 666'667}});
  Tomorrow();
  AwaitReport(0, 0);
  EXPECT_EQ(ByStage(), before);
  for (const char* unit : {kHaiChau, kAnHai, kHoaVang}) EXPECT_TRUE(ByStage(unit).empty()) << unit;
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
}

}  // namespace
}  // namespace twotier::budget::testing
