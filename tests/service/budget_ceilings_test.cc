// Ceilings of quarters and months: what is paid beyond them is refused, whoever races.
#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/budget_decisions.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_ledger.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using testing_support::kHaiChau;
using testing_support::kHoaVang;
using Day = absl::CivilDay;

constexpr char kQuarter[] = "provinces/48/accounts/2027.ceiling.commune20194.x.x.x.x.q2";
constexpr char kMonth[] = "provinces/48/accounts/2027.ceiling.commune20194.x.x.x.x.m05";

class CeilingsTest : public DecisionsTest {
 protected:
  void SetUp() override {
    SetDay(Day(2027, 8, 16));
    accounts_ = Fund(kHaiChau, 1'000);
  }

  v1::GrantPeriodCeilingRequest Granting(int quarter, int month, int64_t amount_vnd,
                                         Day day = Day(2027, 4, 1)) {
    v1::GrantPeriodCeilingRequest request;
    *request.mutable_decision() = Decision(kHaiChau, v1::BODY_FINANCE_OFFICE, day);
    request.set_quarter(quarter);
    request.set_month(month);
    request.set_amount_vnd(amount_vnd);
    request.set_request_id(RequestId());
    return request;
  }
  absl::StatusOr<v1::GrantPeriodCeilingResponse> Grant(
      const v1::GrantPeriodCeilingRequest& request) {
    return server_.Call(&Stub::GrantPeriodCeiling, request);
  }
  void MustGrant(int quarter, int month, int64_t amount_vnd) {
    const auto granted = Grant(Granting(quarter, month, amount_vnd));
    ASSERT_TRUE(granted.ok()) << granted.status();
  }

  absl::StatusOr<v1::Journal> PostOn(Day day, const std::string& id,
                                     const std::vector<v1::Transfer>& transfers) {
    v1::PostJournalRequest request = JournalOf(id, transfers);
    SetDate(request.mutable_effective_date(), day);
    return Post(request);
  }
  v1::Transfer Payment(int64_t amount_vnd) {
    return PostOf(accounts_[v1::STAGE_ALLOCATED], accounts_[v1::STAGE_PAID], amount_vnd);
  }
  absl::StatusOr<v1::Journal> Pay(Day day, const std::string& id, int64_t amount_vnd) {
    return PostOn(day, id, {Payment(amount_vnd)});
  }
  absl::Status Reverse(const std::string& journal, Day day) {
    v1::ReverseJournalRequest request;
    request.set_name(journal);
    request.set_journal_id("r-" + journal.substr(journal.rfind('/') + 1));
    SetDate(request.mutable_effective_date(), day);
    request.mutable_act()->set_number("9/QĐ-UBND");
    request.set_reason("sai");
    request.set_request_id(RequestId());
    return server_.Call(&Stub::ReverseJournal, request).status();
  }
  int64_t Paid() { return BalanceOf(accounts_[v1::STAGE_PAID]).balance_vnd(); }

  std::map<v1::Stage, std::string> accounts_;
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(CeilingsTest);

TEST_P(CeilingsTest, APaymentTakesFromTheCeilingsOfItsQuarterAndMonth) {
  MustGrant(2, 0, 100);
  MustGrant(0, 5, 60);
  const auto paid = Pay(Day(2027, 5, 3), "p-1", 50);
  ASSERT_TRUE(paid.ok()) << paid.status();
  std::vector<std::string> debits;
  for (const v1::Entry& entry : paid->entries()) debits.push_back(entry.debit_account());
  EXPECT_THAT(debits, ElementsAre(accounts_[v1::STAGE_ALLOCATED], kMonth, kQuarter));
  EXPECT_EQ(AvailableOf(kMonth), 10);
  EXPECT_EQ(AvailableOf(kQuarter), 50);

  const absl::Status beyond = Pay(Day(2027, 5, 31), "p-2", 11).status();
  EXPECT_EQ(ReasonOf(beyond), "LIMIT_EXCEEDED");
  EXPECT_EQ(MetadataOf(beyond, "account"), kMonth);
  EXPECT_EQ(MetadataOf(beyond, "available"), "10");
  EXPECT_EQ(MetadataOf(beyond, "asked"), "11");
  EXPECT_EQ(MetadataOf(beyond, "held"), "0");
  // June has no ceiling of its own; the quarter has 50 left. July is of another quarter.
  EXPECT_EQ(ReasonOf(Pay(Day(2027, 6, 1), "p-3", 51).status()), "LIMIT_EXCEEDED");
  EXPECT_TRUE(Pay(Day(2027, 6, 1), "p-4", 50).ok());
  EXPECT_TRUE(Pay(Day(2027, 7, 1), "p-5", 300).ok());
  EXPECT_EQ(Paid(), 400);
  EXPECT_EQ(AvailableOf(accounts_[v1::STAGE_ALLOCATED]), 600);
}

TEST_P(CeilingsTest, GrantsAddUpAndAreTakenBackByReversal) {
  v1::GrantPeriodCeilingRequest request = Granting(2, 0, 100);
  request.set_validate_only(true);
  const auto shown = Grant(request);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->ceiling().left_vnd(), 100);
  EXPECT_TRUE(Pay(Day(2027, 5, 3), "before", 200).ok());  // Nothing was granted.

  MustGrant(2, 0, 100);
  const auto raised = Grant(Granting(2, 0, 30));
  ASSERT_TRUE(raised.ok()) << raised.status();
  EXPECT_TRUE(Pay(Day(2027, 5, 3), "p-1", 110).ok());
  v1::ListPeriodCeilingsRequest list;
  list.set_parent("provinces/48");
  const auto listed = server_.Call(&Stub::ListPeriodCeilings, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->ceilings_size(), 1);
  EXPECT_EQ(listed->ceilings(0).account(), kQuarter);
  EXPECT_EQ(listed->ceilings(0).unit(), kHaiChau);
  EXPECT_EQ(listed->ceilings(0).quarter(), 2);
  EXPECT_EQ(listed->ceilings(0).month(), 0);
  EXPECT_EQ(listed->ceilings(0).granted_vnd(), 130);
  EXPECT_EQ(listed->ceilings(0).paid_vnd(), 110);  // Since it was granted.
  EXPECT_EQ(listed->ceilings(0).left_vnd(), 20);

  // What is paid cannot be taken back; a reversed payment gives its ceiling back.
  const absl::Status spent = Reverse(raised->journal().name(), Day(2027, 8, 16));
  EXPECT_EQ(ReasonOf(spent), "LIMIT_EXCEEDED");
  EXPECT_EQ(MetadataOf(spent, "available"), "20");
  ASSERT_TRUE(Reverse("provinces/48/journals/p-1", Day(2027, 8, 16)).ok());
  EXPECT_EQ(AvailableOf(kQuarter), 130);
}

TEST_P(CeilingsTest, WhatIsPaidTogetherFitsOneJournalWithItsCeilings) {
  MustGrant(2, 0, 100);
  v1::BatchCreateTransfersRequest batch;
  batch.set_parent("provinces/48");
  SetDate(batch.mutable_effective_date(), Day(2027, 5, 3));
  batch.mutable_act()->set_number("31/NQ-HĐND");
  for (int i = 0; i < 8'000; ++i) {
    v1::BatchedTransfer* transfer = batch.add_transfers();
    if (i == 0) transfer->set_journal_id("all");
    *transfer->mutable_transfer() = Payment(1);
    transfer->set_linked(i < 7'999);
  }
  batch.set_request_id(RequestId());
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::BatchCreateTransfers, batch).status()),
              ElementsAre("transfers"));
}

TEST_P(CeilingsTest, AHoldTakesWhenItIsSettled) {
  MustGrant(0, 5, 60);
  MustGrant(0, 6, 25);
  const auto held =
      PostOn(Day(2027, 5, 3), "h-1",
             {HoldOf(accounts_[v1::STAGE_ALLOCATED], accounts_[v1::STAGE_PAID], 100, 120)});
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(AvailableOf(kMonth), 60);
  EXPECT_TRUE(PostOn(Day(2027, 5, 4), "s-1", {SettleOf(held->name(), 1, 60)}).ok());
  EXPECT_EQ(AvailableOf(kMonth), 0);
  EXPECT_EQ(ReasonOf(PostOn(Day(2027, 6, 1), "s-2", {SettleOf(held->name(), 1, 26)}).status()),
            "LIMIT_EXCEEDED");
  EXPECT_TRUE(PostOn(Day(2027, 6, 1), "s-3", {SettleOf(held->name(), 1, 25)}).ok());
}

TEST_P(CeilingsTest, AJournalThatIsRepeatedIsWhatItWas) {
  const Day day(2027, 1, 4);
  v1::PostJournalRequest before = JournalOf("p-1", {Payment(40)});
  SetDate(before.mutable_effective_date(), day);
  ASSERT_TRUE(Post(before).ok());
  const auto granted = Grant(Granting(1, 0, 10, day));
  ASSERT_TRUE(granted.ok()) << granted.status();
  v1::PostJournalRequest again = before;
  again.set_request_id(RequestId());
  const auto repeated = Post(again);
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->entries_size(), 1);
  const auto under = Pay(day, "p-2", 10);
  ASSERT_TRUE(under.ok()) << under.status();
  EXPECT_EQ(under->entries_size(), 2);
  EXPECT_EQ(Pay(day, "p-2", 10)->entries_size(), 2);
  const absl::Status other = Pay(day, "p-2", 9).status();
  EXPECT_EQ(ReasonOf(other), "JOURNAL_ID_TAKEN");
  EXPECT_EQ(Paid(), 50);

  // Lifted by an act: journals of before are still what they were.
  const std::string ceiling = "provinces/48/accounts/2027.ceiling.commune20194.x.x.x.x.q1";
  v1::CloseAccountRequest lift;
  lift.set_name(ceiling);
  lift.set_etag(server_
                    .Call(&Stub::GetAccount,
                          [&] {
                            v1::GetAccountRequest get;
                            get.set_name(ceiling);
                            return get;
                          }())
                    ->account()
                    .etag());
  lift.mutable_act()->set_number("10/QĐ-UBND");
  lift.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::CloseAccount, lift).ok());
  EXPECT_TRUE(Pay(day, "p-3", 100).ok());
  EXPECT_EQ(Pay(day, "p-2", 10)->entries_size(), 2);
}

TEST_P(CeilingsTest, ALiftedCeilingTakesBackWhatWasPaidAndIsGrantedAnew) {
  MustGrant(2, 0, 100);
  ASSERT_TRUE(Pay(Day(2027, 5, 3), "p-1", 60).ok());
  ASSERT_TRUE(Pay(Day(2027, 5, 3), "p-2", 10).ok());
  v1::CloseAccountRequest lift;
  lift.set_name(kQuarter);
  lift.set_etag("\"1\"");
  lift.mutable_act()->set_number("10/QĐ-UBND");
  lift.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::CloseAccount, lift).ok());
  ASSERT_TRUE(Reverse("provinces/48/journals/p-1", Day(2027, 8, 16)).ok());
  EXPECT_EQ(Paid(), 10);
  EXPECT_EQ(AvailableOf(kQuarter), 90);
  EXPECT_TRUE(Pay(Day(2027, 5, 3), "p-3", 500).ok()) << "it is lifted still";
  v1::GetAccountRequest get;
  get.set_name(kQuarter);
  EXPECT_EQ(server_.Call(&Stub::GetAccount, get)->account().close_act().number(), "10/QĐ-UBND");

  const auto anew = Grant(Granting(2, 0, 20, Day(2027, 8, 16)));
  ASSERT_TRUE(anew.ok()) << anew.status();
  EXPECT_FALSE(anew->ceiling().lifted());
  EXPECT_EQ(anew->ceiling().left_vnd(), 20);
  EXPECT_EQ(anew->ceiling().paid_vnd(), 10);
  EXPECT_EQ(ReasonOf(Pay(Day(2027, 5, 3), "p-4", 21).status()), "LIMIT_EXCEEDED");
  // What was lifted does not come back with its reversal.
  ASSERT_TRUE(Reverse(anew->journal().name(), Day(2027, 8, 16)).ok());
  EXPECT_EQ(AvailableOf(kQuarter), 0);
  testing_support::ExpectSound(verify::VerifyLedger(database_.url()));
}

TEST_P(CeilingsTest, InABatchEachChainHasItsAnswer) {
  MustGrant(2, 0, 100);
  v1::BatchCreateTransfersRequest request;
  request.set_parent("provinces/48");
  SetDate(request.mutable_effective_date(), Day(2027, 5, 3));
  request.mutable_act()->set_number("31/NQ-HĐND");
  const auto add = [&](const std::string& id, int64_t amount_vnd, bool linked) {
    v1::BatchedTransfer* transfer = request.add_transfers();
    transfer->set_journal_id(id);
    *transfer->mutable_transfer() = Payment(amount_vnd);
    transfer->set_linked(linked);
  };
  add("b-1", 60, false);
  add("b-2", 30, true);
  add("", 11, false);  // Together 41 of the 40 that are left.
  add("b-3", 40, false);
  request.set_request_id(RequestId());
  const auto response = server_.Call(&Stub::BatchCreateTransfers, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->entered(), 2);
  EXPECT_EQ(response->results(0).reason(), "");
  for (const int i : {1, 2}) {
    EXPECT_EQ(response->results(i).reason(), "LIMIT_EXCEEDED");
    EXPECT_EQ(response->results(i).account(), kQuarter);
    EXPECT_EQ(response->results(i).available_vnd(), 40);
    EXPECT_EQ(response->results(i).asked_vnd(), 41);
  }
  EXPECT_EQ(response->results(3).reason(), "");
  EXPECT_EQ(AvailableOf(kQuarter), 0);
}

TEST_P(CeilingsTest, RacingCallersPayNoMoreThanTheCeiling) {
  constexpr int kCallers = 32;
  MustGrant(2, 0, 100);
  std::atomic<int> paid = 0;
  std::vector<std::string> reasons(kCallers);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      const auto journal = Pay(Day(2027, 5, 3), absl::StrCat("race-", i), 7);
      if (journal.ok()) {
        ++paid;
      } else {
        reasons[static_cast<size_t>(i)] = ReasonOf(journal.status());
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(paid, 14);  // 14 × 7 = 98.
  EXPECT_EQ(AvailableOf(kQuarter), 2);
  EXPECT_EQ(Paid(), 98);
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "LIMIT_EXCEEDED"), kCallers - 14);
  testing_support::ExpectSound(verify::VerifyLedger(database_.url()));
}

TEST_P(CeilingsTest, WhoDecidesAndWhatIsMalformed) {
  v1::GrantPeriodCeilingRequest request = Granting(2, 0, 100);
  request.mutable_decision()->set_body(v1::BODY_COMMITTEE);
  const absl::Status refused = Grant(request).status();
  EXPECT_EQ(ReasonOf(refused), "BODY_NOT_COMPETENT");
  EXPECT_EQ(MetadataOf(refused, "competent"), "FINANCE_OFFICE");
  EXPECT_THAT(FieldsOf(Grant(Granting(5, 13, 0)).status()),
              UnorderedElementsAre("quarter", "month", "quarter", "amount_vnd"));
  EXPECT_THAT(FieldsOf(Grant(Granting(0, 0, 1)).status()), ElementsAre("quarter"));
  // Nobody else opens such an account, and PostJournal moves nothing of it.
  v1::OpenAccountsRequest open;
  open.set_parent("provinces/48");
  *open.add_keys() = Key(kHoaVang, v1::STAGE_CEILING);
  open.set_request_id(RequestId());
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::OpenAccounts, open).status()),
              ElementsAre("keys[0].stage"));
  MustGrant(2, 0, 100);
  EXPECT_EQ(ReasonOf(Post("x-1", {PostOf(kQuarter, accounts_[v1::STAGE_PAID], 1)}).status()),
            "STEP_NOT_ALLOWED");
}

}  // namespace
}  // namespace twotier::budget::testing
