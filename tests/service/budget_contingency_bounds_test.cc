// A contingency stays within the most that the law lets it be, whichever way its estimate changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/ledger/ledger.h"

#include "tests/service/budget_contingency.h"
#include "tests/support/held_lane.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_decisions.h"

namespace twotier::budget::testing {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using Day = absl::CivilDay;

class ContingencyBoundsTest : public ContingencyTest {
 protected:
  void SetUp() override {
    SetDay(Day(2027, 2, 15));
    const auto names =
        Open("48", {Key(kDaNang, v1::STAGE_SOURCE), Key(kDaNang, v1::STAGE_ESTIMATE),
                    Key(kDaNang, v1::STAGE_APPROVED), Key(kDaNang, v1::STAGE_ALLOCATED),
                    Key(kDaNang, v1::STAGE_PAID), Key(kHaiChau, v1::STAGE_APPROVED),
                    Key(kAnHai, v1::STAGE_APPROVED)});
    source_ = names[0];
    estimate_ = names[1];
    province_ = names[2];
    allocated_ = names[3];
    paid_ = names[4];
    commune_ = names[5];
    other_ = names[6];
  }
  void TearDown() override { testing_support::ExpectSound(verify::VerifyBudget(database_.url())); }
  // 10,000 of the province's, of which the commune got 1,000, and 5 % of the rest set aside.
  void SetProvincesContingency() {
    ASSERT_TRUE(
        Post("approve", {PostOf(source_, estimate_, 10'000), PostOf(estimate_, province_, 10'000),
                         PostOf(province_, commune_, 1'000)})
            .ok());
    const absl::Status set = SetProvinces450();
    ASSERT_TRUE(set.ok()) << set;
  }
  absl::Status SetProvinces450() {
    v1::SetContingencyRequest request = Contingency(450);
    *request.mutable_decision() = Decision(kDaNang, v1::BODY_COUNCIL, Day(2027, 1, 4));
    request.mutable_totals()->set_expenditure_vnd(10'000);
    request.mutable_totals()->set_balancing_paid_out_vnd(1'000);
    request.mutable_totals()->set_targeted_received_vnd(0);
    const auto set = server_.Call(&Stub::SetContingency, request);
    if (!set.ok()) return set.status();
    EXPECT_EQ(set->max_vnd(), 450);
    set_journal_ = set->journal().name().substr(set->journal().name().rfind('/') + 1);
    return absl::OkStatus();
  }
  absl::Status Reverse(const std::string& id, const std::string& by) {
    v1::ReverseJournalRequest reverse;
    reverse.set_name("provinces/48/journals/" + id);
    reverse.set_journal_id(by);
    SetDate(reverse.mutable_effective_date(), Day(2027, 2, 15));
    reverse.mutable_act()->set_number("5/QĐ-UBND");
    reverse.set_reason("Giao nhầm");
    reverse.set_request_id(RequestId());
    return server_.Call(&Stub::ReverseJournal, reverse).status();
  }
  std::vector<std::string> ReasonsOf(v1::BatchCreateTransfersRequest request) {
    request.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::BatchCreateTransfers, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> reasons;
    if (!response.ok()) return reasons;
    for (const v1::TransferResult& result : response->results()) reasons.push_back(result.reason());
    return reasons;
  }

  std::string source_, estimate_, province_, allocated_, paid_, commune_, other_;
  std::string set_journal_;
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(ContingencyBoundsTest);

TEST_P(ContingencyBoundsTest, AJournalHandsDownNoMoreThanTheContingencyBears) {
  SetProvincesContingency();
  const absl::Status refused = Post("down", {PostOf(province_, other_, 1)}).status();
  EXPECT_EQ(ReasonOf(refused), "CONTINGENCY_OUT_OF_RANGE");
  EXPECT_EQ(MetadataOf(refused, "asked_vnd"), "450");
  EXPECT_EQ(MetadataOf(refused, "base_vnd"), "8999");
  EXPECT_EQ(MetadataOf(refused, "max_vnd"), "449");
  EXPECT_EQ(BalanceOf(province_).balance_vnd(), 8'550);
  // A grant for a purpose is no balancing supplement, and what is spent is the estimate's.
  v1::AccountKey roads = Key(kHaiChau, v1::STAGE_APPROVED);
  roads.set_purpose("roads");
  EXPECT_TRUE(Post("roads", {PostOf(province_, Open("48", {roads})[0], 500)}).ok());
  v1::PostJournalRequest spent =
      JournalOf("spent", {PostOf(province_, allocated_, 500), PostOf(allocated_, paid_, 500)});
  SetDate(spent.mutable_effective_date(), Day(2027, 2, 15));
  EXPECT_TRUE(Post(spent).ok());
  // From one commune to the other leaves the province what it had; so does what comes and goes on.
  EXPECT_TRUE(
      Post("round", {PostOf(commune_, province_, 600), PostOf(province_, other_, 600)}).ok());
  EXPECT_TRUE(Post("more", {PostOf(source_, estimate_, 100), PostOf(estimate_, province_, 100),
                            PostOf(province_, other_, 100)})
                  .ok());
  // The id of what was refused is free: 20 more of an estimate bear 1 more.
  EXPECT_TRUE(
      Post("base", {PostOf(source_, estimate_, 20), PostOf(estimate_, province_, 20)}).ok());
  EXPECT_TRUE(Post("down", {PostOf(province_, other_, 1)}).ok());
  // And what was entered comes again as it was.
  EXPECT_TRUE(Post("down", {PostOf(province_, other_, 1)}).ok());
}

// How many calls of `method` were started, or handled.
double CallsOf(BudgetServer& server, const std::string& method, const std::string& what) {
  double calls = 0;
  for (const auto& family : server.metrics().Collect()) {
    if (family.name != "grpc_server_" + what + "_total") continue;
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) {
        if (label.value == method) calls += metric.counter.value;
      }
    }
  }
  return calls;
}

// Until so many calls of `method` have come that nobody has answered.
void AwaitCalls(BudgetServer& server, const std::string& method, int calls) {
  BudgetServer::WaitUntil(
      [&] {
        return CallsOf(server, method, "started") - CallsOf(server, method, "handled") >= calls;
      },
      "calls to come");
}

// Both come into one batch, for which the engine reads ahead: that there was no contingency then
// does not count. Whichever comes first, the other one is refused.
TEST_P(ContingencyBoundsTest, WhatWaitsWithTheContingencyIsHeldAgainstIt) {
  ASSERT_TRUE(
      Post("approve", {PostOf(source_, estimate_, 10'000), PostOf(estimate_, province_, 10'000),
                       PostOf(province_, commune_, 1'000)})
          .ok());
  absl::Status set, handed;
  std::thread setter, poster;
  {
    const testing_support::HeldLane held(server_.database(), std::string(ledger::kKeyName));
    setter = std::thread([&] { set = SetProvinces450(); });
    AwaitCalls(server_, "SetContingency", 1);
    poster =
        std::thread([&] { handed = Post("down", {PostOf(province_, other_, 1'000)}).status(); });
    AwaitCalls(server_, "PostJournal", 1);
  }
  setter.join();
  poster.join();
  EXPECT_NE(set.ok(), handed.ok()) << set << "; " << handed;
  EXPECT_THAT(ReasonOf(set.ok() ? handed : set),
              AnyOf("CONTINGENCY_OUT_OF_RANGE", "ESTIMATE_NOT_AS_APPROVED"));
}

// Either may be handed down, but not both. They come into one batch, for which the engine reads
// ahead what is kept of the estimate.
TEST_P(ContingencyBoundsTest, WhatWaitsTogetherIsHeldAgainstItTogether) {
  SetProvincesContingency();
  ASSERT_TRUE(
      Post("base", {PostOf(source_, estimate_, 100), PostOf(estimate_, province_, 100)}).ok());
  absl::Status handed[2];
  std::vector<std::thread> posters;
  {
    const testing_support::HeldLane held(server_.database(), std::string(ledger::kKeyName));
    for (int i = 0; i < 2; ++i) {
      posters.emplace_back([&, i] {
        handed[i] = Post("down-" + std::to_string(i), {PostOf(province_, other_, 60)}).status();
      });
    }
    AwaitCalls(server_, "PostJournal", 2);
  }
  for (std::thread& poster : posters) poster.join();
  EXPECT_NE(handed[0].ok(), handed[1].ok()) << handed[0] << "; " << handed[1];
  EXPECT_EQ(ReasonOf(handed[0].ok() ? handed[1] : handed[0]), "CONTINGENCY_OUT_OF_RANGE");
  EXPECT_EQ(BalanceOf(other_).balance_vnd(), 60);
}

TEST_P(ContingencyBoundsTest, OneThatIsUndoneHoldsNothingUntilAnotherIsSet) {
  SetProvincesContingency();
  ASSERT_EQ(ReasonOf(Post("early", {PostOf(province_, other_, 1)}).status()),
            "CONTINGENCY_OUT_OF_RANGE");
  ASSERT_TRUE(Reverse(set_journal_, "undo").ok());
  EXPECT_TRUE(Post("undone", {PostOf(province_, other_, 10)}).ok());
  ASSERT_TRUE(Post("back", {PostOf(other_, province_, 10)}).ok());
  const absl::Status again = SetProvinces450();
  ASSERT_TRUE(again.ok()) << again;
  EXPECT_EQ(ReasonOf(Post("late", {PostOf(province_, other_, 1)}).status()),
            "CONTINGENCY_OUT_OF_RANGE");
}

TEST_P(ContingencyBoundsTest, AnEstimateThatCannotBeAddedUpIsRefused) {
  SetProvincesContingency();
  ASSERT_TRUE(
      Post("base", {PostOf(source_, estimate_, 100), PostOf(estimate_, province_, 100)}).ok());
  std::vector<v1::AccountKey> keys = {Key(kDaNang, v1::STAGE_SOURCE),
                                      Key(kDaNang, v1::STAGE_ESTIMATE),
                                      Key(kDaNang, v1::STAGE_APPROVED)};
  for (v1::AccountKey& key : keys) key.set_purpose("roads");
  const auto roads = Open("48", keys);
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(
      ReasonOf(Post("most", {PostOf(roads[0], roads[1], kMost), PostOf(roads[1], roads[2], kMost)})
                   .status()),
      "AMOUNT_OVERFLOW");
  EXPECT_EQ(BalanceOf(roads[2]).balance_vnd(), 0);
}

TEST_P(ContingencyBoundsTest, TheCheckerAddsUpWhatIsKept) {
  SetProvincesContingency();
  ASSERT_TRUE(
      Post("base", {PostOf(source_, estimate_, 100), PostOf(estimate_, province_, 100)}).ok());
  for (const std::string column :
       {"set_vnd", "expenditure_vnd", "balancing_paid_out_vnd", "targeted_received_vnd"}) {
    database_.Run("UPDATE budget_contingency SET " + column + " = " + column + " + 1");
    const auto report = verify::VerifyBudget(database_.url());
    ASSERT_TRUE(report.ok()) << report.status();
    ASSERT_EQ(report->findings.size(), 1u) << column;
    EXPECT_EQ(report->findings[0].rule, "contingency");
    database_.Run("UPDATE budget_contingency SET " + column + " = " + column + " - 1");
  }
}

TEST_P(ContingencyBoundsTest, AHoldIsRefusedWhenItIsSettled) {
  SetProvincesContingency();
  v1::PostJournalRequest hold = JournalOf("hold", {HoldOf(province_, other_, 1, 200)});
  ASSERT_TRUE(Post(hold).ok());
  EXPECT_EQ(ReasonOf(Post("settle", {SettleOf("provinces/48/journals/hold", 1, 1)}).status()),
            "CONTINGENCY_OUT_OF_RANGE");
}

TEST_P(ContingencyBoundsTest, TransfersOfABatchAreHeldAgainstItTogether) {
  SetProvincesContingency();
  ASSERT_TRUE(
      Post("base", {PostOf(source_, estimate_, 100), PostOf(estimate_, province_, 100)}).ok());
  v1::BatchCreateTransfersRequest batch;
  batch.set_parent("provinces/48");
  SetDate(batch.mutable_effective_date(), Day(2026, 11, 2));
  batch.mutable_act()->set_number("31/NQ-HĐND");
  batch.set_body(v1::BODY_COUNCIL);
  const auto add = [&](const std::string& id, const std::string& to, int64_t amount_vnd) {
    v1::BatchedTransfer* transfer = batch.add_transfers();
    transfer->set_journal_id(id);
    *transfer->mutable_transfer() = PostOf(province_, to, amount_vnd);
  };
  add("b-1", commune_, 60);
  add("b-2", other_, 60);
  add("b-3", other_, 40);
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("", "CONTINGENCY_OUT_OF_RANGE", ""));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("", "CONTINGENCY_OUT_OF_RANGE", ""));
  EXPECT_EQ(BalanceOf(other_).balance_vnd(), 40);
}

TEST_P(ContingencyBoundsTest, AnEstimateIsNotReversedFromUnderIt) {
  SetProvincesContingency();
  ASSERT_TRUE(
      Post("extra", {PostOf(source_, estimate_, 100), PostOf(estimate_, province_, 100)}).ok());
  ASSERT_TRUE(Post("down", {PostOf(province_, other_, 60)}).ok());
  EXPECT_EQ(ReasonOf(Reverse("extra", "undo-extra")), "CONTINGENCY_OUT_OF_RANGE");
  // What comes back from below makes the base whole again.
  ASSERT_TRUE(Reverse("down", "undo-down").ok());
  EXPECT_TRUE(Reverse("extra", "undo-extra").ok());
  EXPECT_EQ(ReasonOf(Reverse("extra", "again")), "JOURNAL_REVERSED");
}

TEST_P(ContingencyBoundsTest, ACommuneGivesNothingBackFromUnderIt) {
  FundCommune();
  const auto set = server_.Call(&Stub::SetContingency, Contingency(550));
  ASSERT_TRUE(set.ok()) << set.status();
  const absl::Status refused = Post("back", {PostOf(commune_, province_, 1)}).status();
  EXPECT_EQ(ReasonOf(refused), "CONTINGENCY_OUT_OF_RANGE");
  EXPECT_EQ(MetadataOf(refused, "base_vnd"), "10999");
  v1::AccountKey flood = Key(kHaiChau, v1::STAGE_APPROVED);
  v1::AccountKey above = Key(kDaNang, v1::STAGE_APPROVED);
  flood.set_purpose("flood");
  above.set_purpose("flood");
  const auto targeted = Open("48", {flood, above});
  EXPECT_TRUE(Post("unspent", {PostOf(targeted[0], targeted[1], 500)}).ok());
}

}  // namespace
}  // namespace twotier::budget::testing
