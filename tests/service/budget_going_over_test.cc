// A commune goes over to another province, and provinces merge: the money goes along, to the đồng,
// and the province that it comes to decides from the day.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/budget_ending.h"
#include "tools/verify/verify_decisions.h"

namespace twotier::budget::testing {
namespace {

using ::testing::HasSubstr;
using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::kHaNoi;
using testing_support::SetDate;

constexpr char kThere[] = "01";

class GoingOverTest : public EndingTest {
 protected:
  // The day after Monday(), by when all money has gone along.
  void Arrive(const std::string& event = kEvent) {
    Tomorrow();
    AwaitReport(0, 0, event);
  }
  // A journal of the province that a unit came to, on that day.
  v1::PostJournalRequest JournalThere(const std::string& id,
                                      const std::vector<v1::Transfer>& transfers) {
    v1::PostJournalRequest request = JournalOf(id, transfers);
    request.set_parent("provinces/01");
    SetDate(request.mutable_effective_date(), 2026, 11, 3);
    return request;
  }
  v1::BudgetDecision Deciding(const std::string& province_code, const std::string& unit,
                              v1::Body body, int day) {
    v1::BudgetDecision decision;
    decision.set_parent(absl::StrCat("provinces/", province_code));
    decision.set_unit(unit);
    decision.set_budget_year(2026);
    decision.set_body(body);
    decision.mutable_act()->set_number("7/QĐ-UBND");
    SetDate(decision.mutable_effective_date(), 2026, 11, day);
    return decision;
  }
  v1::ExecutionRow Executed(const std::string& province_code) {
    v1::GetExecutionRequest request;
    request.set_parent(absl::StrCat("provinces/", province_code));
    request.set_year(2026);
    const auto response = server_.Call(&Stub::GetExecution, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->total() : v1::ExecutionRow();
  }
  std::vector<v1::Hold> HoldsOf(const std::string& account) {
    v1::ListHoldsRequest list;
    list.set_parent(account);
    const auto holds = server_.Call(&Stub::ListHolds, list);
    EXPECT_TRUE(holds.ok()) << holds.status();
    if (!holds.ok()) return {};
    return {holds->holds().begin(), holds->holds().end()};
  }
  absl::StatusOr<v1::Journal> JournalNamed(const std::string& name) {
    v1::GetJournalRequest get;
    get.set_name(name);
    const auto response = server_.Call(&Stub::GetJournal, get);
    if (!response.ok()) return response.status();
    return response->journal();
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(GoingOverTest);

TEST_P(GoingOverTest, BalancesAndHoldsGoAlongInLinkedJournals) {
  auto own = Fund(kHaiChau, 1'000'003);
  const std::string &allocated = own[v1::STAGE_ALLOCATED], &paid = own[v1::STAGE_PAID];
  ASSERT_TRUE(Post("pay", {PostOf(allocated, paid, 250'000)}).ok());
  ASSERT_TRUE(Post("hold", {HoldOf(allocated, paid, 100'001, 5)}).ok());
  auto city = Fund(kDaNang, 70);
  ASSERT_TRUE(Post("more", {PostOf(city[v1::STAGE_ALLOCATED], city[v1::STAGE_APPROVED], 70),
                            HoldOf(city[v1::STAGE_APPROVED], allocated, 60, 5)})
                  .ok());
  const v1::ExecutionRow before = Executed("48");
  GoOver({kHaiChau}, kThere);
  AwaitReport(3, 3);
  EXPECT_EQ(Money(kHaiChau, "allocated"), 750'003);  // Not before the day.
  Arrive();
  for (const char* stage : {"source", "allocated", "paid"}) {
    EXPECT_EQ(Money(kHaiChau, stage), 0) << stage;
  }
  EXPECT_EQ(Money(kHaiChau, "source", kThere), -1'000'003);
  EXPECT_EQ(Money(kHaiChau, "paid", kThere), 250'000);
  const std::string there = AccountOf(kHaiChau, "allocated", kThere);
  EXPECT_EQ(BalanceOf(there).balance_vnd(), 750'003);
  EXPECT_EQ(BalanceOf(there).available_vnd(), 650'002);
  // The year counts it once, and where it is.
  EXPECT_EQ(Executed("48").paid_vnd(), 0);
  EXPECT_EQ(Executed("48").approved_vnd(), 70);
  EXPECT_EQ(Executed(kThere).paid_vnd(), before.paid_vnd());
  EXPECT_EQ(Executed(kThere).allocated_vnd(), before.allocated_vnd());

  const std::string left = "provinces/48/journals/succession~e1-commune20194-1";
  const auto closing = JournalNamed(left);
  ASSERT_TRUE(closing.ok()) << closing.status();
  const auto opening = JournalNamed("provinces/01/journals/succession~e1-commune20194-1");
  ASSERT_TRUE(opening.ok()) << opening.status();
  EXPECT_EQ(closing->act().number(), kAct);
  EXPECT_EQ(opening->act().number(), kAct);
  EXPECT_THAT(closing->text(), HasSubstr("gone over to provinces/01: changeEvents/e1"));
  EXPECT_THAT(opening->text(), HasSubstr(left));

  // The hold lies with the money, and keeps its last day; the city's own is free.
  EXPECT_EQ(BalanceOf(city[v1::STAGE_APPROVED]).available_vnd(), 70);
  const std::vector<v1::Hold> holds = HoldsOf(there);
  ASSERT_EQ(holds.size(), 1u);
  EXPECT_EQ(holds[0].expiry_date().day(), 9);
  EXPECT_TRUE(Post(JournalThere("settle", {SettleOf(holds[0].ref().journal(), 1, 100'001)})).ok());
  const auto found_after = [this](const std::string& change) {
    database_.Run(change);
    const auto report = verify::VerifyBudget(database_.url());
    std::set<std::string> rules;
    for (const verify::Finding& finding : report->findings) rules.insert(finding.rule);
    return rules;
  };
  const std::string opening_lines = " WHERE journal LIKE 'succession~%' AND kind = 2";
  EXPECT_TRUE(found_after("UPDATE ledger_transfer SET debit_province = '48'" + opening_lines)
                  .count("succession"));
  database_.Run("UPDATE ledger_transfer SET debit_province = '01'" + opening_lines);
  // Nothing moves twice.
  server_.clock().Advance(absl::Minutes(2));
  AwaitReport(0, 0);
  EXPECT_FALSE(JournalNamed("provinces/48/journals/succession~e1-commune20194-2").ok());
}

TEST_P(GoingOverTest, TheProvinceThatItComesToDecidesFromTheDay) {
  auto own = Fund(kHaiChau, 1'000);
  const std::vector<std::string> city =
      Open("01", {Key(kHaNoi, v1::STAGE_SOURCE), Key(kHaNoi, v1::STAGE_ESTIMATE),
                  Key(kHaNoi, v1::STAGE_APPROVED)});
  GoOver({kHaiChau}, kThere);
  Arrive();
  const std::string approved = Open("01", {Key(kHaiChau, v1::STAGE_APPROVED)})[0];
  const auto given =
      Post(JournalThere("given", {PostOf(city[0], city[1], 50), PostOf(city[1], city[2], 50),
                                  PostOf(city[2], approved, 50)}));
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ(Money(kHaiChau, "approved", kThere), 50);
  const std::string there = AccountOf(kHaiChau, "allocated", kThere);
  const auto beyond = Post(
      JournalThere("pay", {PostOf(there, Open("01", {Key(kHaiChau, v1::STAGE_PAID)})[0], 1'001)}));
  EXPECT_EQ(ReasonOf(beyond.status()), "LIMIT_EXCEEDED");
  EXPECT_EQ(MetadataOf(beyond.status(), "available"), "1000");

  v1::SetContingencyRequest set;
  *set.mutable_decision() = Deciding("48", kHaiChau, v1::BODY_COUNCIL, 3);
  set.mutable_totals()->set_revenue_vnd(1'050);
  set.mutable_totals()->set_expenditure_vnd(1'050);
  set.set_contingency_vnd(30);
  set.set_request_id(RequestId());
  const absl::Status left = server_.Call(&Stub::SetContingency, set).status();
  EXPECT_EQ(ReasonOf(left), "UNIT_OUTSIDE_PROVINCE");
  EXPECT_EQ(MetadataOf(left, "province_code"), "01");
  // What it was approved and given before is its estimate there.
  set.mutable_decision()->set_parent("provinces/01");
  set.set_request_id(RequestId());
  const auto decided = server_.Call(&Stub::SetContingency, set);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->base_vnd(), 1'050);

  // What still comes to its accounts here goes along as well.
  v1::PostJournalRequest late =
      JournalOf("late", {PostOf(own[v1::STAGE_SOURCE], own[v1::STAGE_ESTIMATE], 5)});
  SetDate(late.mutable_effective_date(), 2026, 11, 3);
  ASSERT_TRUE(Post(late).ok());
  server_.clock().Advance(absl::Minutes(2));
  testing_support::ServiceHost::WaitUntil([&] { return Money(kHaiChau, "estimate", kThere) == 5; },
                                          "the late money to move");
}

TEST_P(GoingOverTest, WhatWasGivenForAPurposeGoesBackToTheProvinceThatItCameTo) {
  const auto targeted = [this](const std::string& unit, v1::Stage stage) {
    v1::AccountKey key = Key(unit, stage);
    key.set_purpose("flood");
    return Open("48", {key})[0];
  };
  const std::string own = targeted(kHaiChau, v1::STAGE_APPROVED);
  const std::string source = targeted(kDaNang, v1::STAGE_SOURCE);
  const std::string estimate = targeted(kDaNang, v1::STAGE_ESTIMATE);
  const std::string city = targeted(kDaNang, v1::STAGE_APPROVED);
  ASSERT_TRUE(Post("given", {PostOf(source, estimate, 30), PostOf(estimate, city, 30),
                             PostOf(city, own, 30)})
                  .ok());
  GoOver({kHaiChau}, kThere);
  Arrive();
  EXPECT_EQ(ReturnsTenOfThirty(Deciding(kThere, kHaiChau, v1::BODY_COMMITTEE, 3),
                               "provinces/01/accounts/2026.approved.commune20194.x.x.x.x.flood"),
            "provinces/01/accounts/2026.approved.province01.x.x.x.x.flood");
  // What came back counts when it goes over once more, to where it was.
  GoOver({kHaiChau}, "48", "changeEvents/e2", 4);
  Arrive("changeEvents/e2");
  EXPECT_EQ(BalanceOf(own).balance_vnd(), 20);
  v1::ReturnTargetedMoneyRequest request;
  *request.mutable_decision() = Deciding("48", kHaiChau, v1::BODY_COMMITTEE, 4);
  request.set_account(own);
  request.set_amount_vnd(31);
  request.set_request_id(RequestId());
  const absl::Status again = server_.Call(&Stub::ReturnTargetedMoney, request).status();
  EXPECT_EQ(ReasonOf(again), "REPAYS_TOO_MUCH") << again;
}

// Đà Nẵng becomes a part of Hà Nội: Hải Châu goes on there, An Hải becomes a ward of it.
TEST_P(GoingOverTest, ProvincesThatMergeTakeTheirMoneyAlong) {
  Fund(kHaiChau, 1'000);
  Fund(kAnHai, 200);
  Fund(kDaNang, 30);
  GoOver({kHaiChau}, kThere, "changeEvents/e2");
  End({kDaNang}, {{kHaNoi, std::nullopt}}, 3, kThere, "changeEvents/e3");
  End({kAnHai}, {{kMerged, std::nullopt}}, 3, kThere);
  for (const char* event : {kEvent, "changeEvents/e2", "changeEvents/e3"}) {
    AwaitReport(2, 2, event);
  }
  Arrive();
  for (const char* event : {"changeEvents/e2", "changeEvents/e3"}) AwaitReport(0, 0, event);
  EXPECT_EQ(Money(kHaiChau, "allocated", kThere), 1'000);
  EXPECT_EQ(Money(kMerged, "allocated", kThere), 200);
  EXPECT_EQ(Money(kHaNoi, "allocated", kThere), 30);
  EXPECT_EQ(Executed("48").allocated_vnd(), 0);
  EXPECT_EQ(Executed(kThere).allocated_vnd(), 1'230);
}

}  // namespace
}  // namespace twotier::budget::testing
