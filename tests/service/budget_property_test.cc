// Whatever is asked in whatever order: debits equal credits, no account is beyond its limit, a
// repeated call changes nothing, and what all that leaves goes on to the đồng when units go over to
// another province and when they end.
// Through the service, on both engines.
#include <gtest/gtest.h>

#include <iostream>
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
using testing_support::SetDate;

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

  // Accounts of three communes with money in every stage, and a contingency of the first one.
  void FundAll() {
    for (const char* unit : {kHaiChau, kAnHai, kHoaVang}) {
      auto accounts = Fund(unit, 1'000);
      const auto more =
          Post(NextId(), {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], 1'000),
                          PostOf(accounts[v1::STAGE_ESTIMATE], accounts[v1::STAGE_APPROVED], 1'000),
                          PostOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_PAID], 300)});
      ASSERT_TRUE(more.ok()) << more.status();
      for (const auto& [stage, name] : accounts) {
        accounts_.push_back(name);
        of_stage_[stage].push_back(name);
      }
    }
    v1::SetContingencyRequest set;
    set.mutable_decision()->set_parent("provinces/48");
    set.mutable_decision()->set_unit(kHaiChau);
    set.mutable_decision()->set_budget_year(2026);
    set.mutable_decision()->set_body(v1::BODY_COUNCIL);
    set.mutable_decision()->mutable_act()->set_number("7/NQ-HĐND");
    SetDate(set.mutable_decision()->mutable_effective_date(), 2026, 11, 2);
    set.mutable_totals()->set_revenue_vnd(2'000);
    set.mutable_totals()->set_expenditure_vnd(2'000);
    set.set_contingency_vnd(60);
    set.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::SetContingency, set);
    ASSERT_TRUE(response.ok()) << response.status();
  }

  // From where to where: mostly as the chain lets money go, and often to another unit.
  std::pair<std::string, std::string> AnyWay() {
    const auto any = [&] { return *rc::gen::elementOf(accounts_); };
    if (*rc::gen::inRange(0, 4) == 0) return {any(), any()};
    using Step = std::pair<v1::Stage, v1::Stage>;
    static const std::vector<Step> steps = {
        {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE},    {v1::STAGE_ESTIMATE, v1::STAGE_APPROVED},
        {v1::STAGE_APPROVED, v1::STAGE_APPROVED},  {v1::STAGE_APPROVED, v1::STAGE_ALLOCATED},
        {v1::STAGE_ALLOCATED, v1::STAGE_APPROVED}, {v1::STAGE_ALLOCATED, v1::STAGE_PAID},
        {v1::STAGE_PAID, v1::STAGE_ALLOCATED}};
    const auto [from, to] = *rc::gen::elementOf(steps);
    const size_t unit = *rc::gen::inRange<size_t>(0, 3);
    const size_t other = *rc::gen::arbitrary<bool>() ? unit : *rc::gen::inRange<size_t>(0, 3);
    return {of_stage_[from][unit], of_stage_[to][other]};
  }

  // A transfer that may or may not be one that is allowed.
  v1::Transfer Arbitrary() {
    const auto amount = *rc::gen::inRange<int64_t>(0, 300);
    const auto [from, to] = AnyWay();
    switch (holds_.empty() ? *rc::gen::inRange(0, 3) : *rc::gen::inRange(0, 5)) {
      case 0:
      case 1:
        return PostOf(from, to, amount);
      case 2:
        return HoldOf(from, to, amount, 10);
      case 3:
        return SettleOf(*rc::gen::elementOf(holds_), 1, amount);
      default:
        return VoidOf(*rc::gen::elementOf(holds_), 1);
    }
  }

  // Posts a journal, and remembers what may be settled or undone.
  absl::Status Posts() {
    std::vector<v1::Transfer> transfers;
    const int count = *rc::gen::weightedElement<int>({{3, 1}, {1, 2}, {1, 3}});
    for (int i = 0; i < count; ++i) transfers.push_back(Arbitrary());
    v1::PostJournalRequest request = JournalOf(NextId(), transfers);
    const auto first = Post(request);
    if (first.ok()) {
      posted_.push_back(first->name());
      if (transfers[0].kind() == v1::TRANSFER_KIND_HOLD) holds_.push_back(first->name());
    }
    // The same journal in another call: the same answer, and no other balance.
    const std::string before = Balances();
    request.set_request_id(RequestId());
    const auto again = Post(request);
    RC_ASSERT(again.ok() == first.ok());
    RC_ASSERT(ReasonOf(again.status()) == ReasonOf(first.status()));
    RC_ASSERT(Balances() == before);
    return first.status();
  }
  absl::Status PostsABatch() {
    v1::BatchCreateTransfersRequest batch;
    batch.set_parent("provinces/48");
    SetDate(batch.mutable_effective_date(), 2026, 11, 2);
    batch.mutable_act()->set_number("31/NQ-HĐND");
    batch.set_body(v1::BODY_COUNCIL);
    for (int i = 0; i < 3; ++i) {
      v1::BatchedTransfer* transfer = batch.add_transfers();
      transfer->set_journal_id(NextId());
      const auto [from, to] = AnyWay();
      *transfer->mutable_transfer() = PostOf(from, to, *rc::gen::inRange<int64_t>(1, 300));
    }
    batch.set_request_id(RequestId());
    return server_.Call(&Stub::BatchCreateTransfers, batch).status();
  }
  absl::Status Reverses() {
    if (posted_.empty()) return absl::OkStatus();
    v1::ReverseJournalRequest request;
    request.set_name(*rc::gen::elementOf(posted_));
    request.set_journal_id(NextId());
    SetDate(request.mutable_effective_date(), 2026, 11, 2);
    request.mutable_act()->set_number("5/QĐ-UBND");
    request.set_reason("Giao nhầm");
    request.set_request_id(RequestId());
    return server_.Call(&Stub::ReverseJournal, request).status();
  }
  std::string Balances() {
    v1::GetBalancesRequest request;
    request.set_parent("provinces/48");
    request.set_page_size(1000);
    const auto response = server_.Call(&Stub::GetBalances, request);
    RC_ASSERT(response.ok());
    return response->SerializeAsString();
  }

  // What the accounts of each stage hold and what is held of them, of `unit` or of all.
  std::map<std::string, std::pair<int64_t, int64_t>> ByStage(
      const std::string& unit = "", const std::string& province_code = "48") {
    v1::GetBalancesRequest request;
    request.set_parent("provinces/" + province_code);
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

  std::vector<std::string> accounts_;
  std::map<v1::Stage, std::vector<std::string>> of_stage_;  // By commune.
  std::vector<std::string> holds_;
  std::vector<std::string> posted_;
  int last_id_ = 0;
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(PropertyTest);

TEST_P(PropertyTest, AnySequenceKeepsTheLedgerWhole) {
  FundAll();
  std::map<std::string, int> done;  // By what became of it.
  const bool whole = rc::check("any sequence keeps the ledger whole", [&] {
    for (int step = 0; step < kSteps; ++step) {
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
          ++done["reverse " + ReasonOf(Reverses())];
          break;
        case 1:
          ++done["batch " + ReasonOf(PostsABatch())];
          break;
        default:
          ++done["post " + ReasonOf(Posts())];
      }
      bool within_limits = false;
      RC_ASSERT(Sum(within_limits) == 0);
      RC_ASSERT(within_limits);
    }
    const absl::StatusOr<verify::Report> report = verify::VerifyBudget(database_.url());
    RC_ASSERT(report.ok());
    for (const verify::Finding& finding : report->findings) RC_FAIL(finding.what);
  });
  for (const auto& [what, times] : done) std::cout << what << ": " << times << "\n";
  EXPECT_TRUE(whole);

  // All three go over to another province, and come back on the day after.
  const std::vector<std::string> units = {kHaiChau, kAnHai, kHoaVang};
  const auto before = ByStage();
  std::map<std::string, decltype(ByStage())> of_unit;
  for (const std::string& unit : units) of_unit[unit] = ByStage(unit);
  GoOver(units, "01", "changeEvents/over");
  Tomorrow();
  AwaitReport(0, 0, "changeEvents/over");
  EXPECT_TRUE(ByStage().empty());
  for (const std::string& unit : units) EXPECT_EQ(ByStage(unit, "01"), of_unit[unit]) << unit;
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
  GoOver(units, "48", "changeEvents/back", 4);
  Tomorrow();
  AwaitReport(0, 0, "changeEvents/back");
  for (const std::string& unit : units) EXPECT_EQ(ByStage(unit), of_unit[unit]) << unit;
  EXPECT_TRUE(ByStage("", "01").empty());

  // All three end; two follow, whose shares leave a rest of nearly everything.
  End(units, {{kMerged, 333'333}, {kOther, 666'667}}, 5);
  Tomorrow();
  AwaitReport(0, 0);
  EXPECT_EQ(ByStage(), before);
  for (const std::string& unit : units) EXPECT_TRUE(ByStage(unit).empty()) << unit;
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
}

}  // namespace
}  // namespace twotier::budget::testing
