// Units that merge and units that are divided: their money goes on, to the đồng.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/clock.h"
#include "tests/service/budget_commands.h"
#include "tests/service/budget_ending.h"

namespace twotier::budget::testing {
namespace {

using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::SetDate;

class SuccessionTest : public EndingTest {
 protected:
  absl::StatusOr<v1::GetSuccessionResponse> Left(const std::string& unit) {
    v1::GetSuccessionRequest request;
    request.set_parent("provinces/48");
    request.set_unit(unit);
    return server_.Call(&Stub::GetSuccession, request);
  }
  // Of a committee, on the budget of 2026.
  static v1::BudgetDecision DecisionOf(const std::string& unit, int year, int month, int day) {
    v1::BudgetDecision decision;
    decision.set_parent("provinces/48");
    decision.set_unit(unit);
    decision.set_budget_year(2026);
    decision.set_body(v1::BODY_COMMITTEE);
    decision.mutable_act()->set_number("7/QĐ-UBND");
    SetDate(decision.mutable_effective_date(), year, month, day);
    return decision;
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(SuccessionTest);

TEST_P(SuccessionTest, AMergerMovesBalancesAndHoldsInOneJournalOfEachUnit) {
  auto first = Fund(kHaiChau, 1'000'003);
  auto second = Fund(kAnHai, 500'000);
  ASSERT_TRUE(
      Post("pay", {PostOf(first[v1::STAGE_ALLOCATED], first[v1::STAGE_PAID], 250'000)}).ok());
  ASSERT_TRUE(
      Post("hold", {HoldOf(first[v1::STAGE_ALLOCATED], first[v1::STAGE_PAID], 100'001, 5)}).ok());
  End({kHaiChau, kAnHai}, {{kMerged, std::nullopt}});
  // Source, allocated and paid of the one, source and allocated of the other.
  AwaitReport(5, 5);
  EXPECT_EQ(Money(kHaiChau, "allocated"), 750'003);  // Not before the day.
  Tomorrow();
  AwaitReport(0, 0);
  EXPECT_EQ(Money(kHaiChau, "allocated"), 0);
  EXPECT_EQ(Money(kHaiChau, "source"), 0);
  EXPECT_EQ(Money(kAnHai, "allocated"), 0);
  EXPECT_EQ(Money(kMerged, "source"), -1'500'003);
  EXPECT_EQ(Money(kMerged, "paid"), 250'000);
  const v1::Balance allocated = BalanceOf(AccountOf(kMerged, "allocated"));
  EXPECT_EQ(allocated.balance_vnd(), 1'250'003);
  EXPECT_EQ(allocated.held_vnd(), 100'001);
  EXPECT_EQ(allocated.available_vnd(), 1'150'002);

  v1::GetJournalRequest get;
  get.set_name("provinces/48/journals/succession~e1-commune20194-1");
  const auto journal = server_.Call(&Stub::GetJournal, get);
  ASSERT_TRUE(journal.ok()) << journal.status();
  EXPECT_EQ(journal->journal().act().number(), kAct);
  EXPECT_EQ(journal->journal().principal(), "system:budget");

  // The hold goes on with its last day, and can be settled.
  v1::ListHoldsRequest list;
  list.set_parent(AccountOf(kMerged, "allocated"));
  const auto holds = server_.Call(&Stub::ListHolds, list);
  ASSERT_TRUE(holds.ok());
  ASSERT_EQ(holds->holds_size(), 1);
  EXPECT_EQ(holds->holds(0).expiry_date().day(), 9);
  v1::PostJournalRequest settle = JournalOf(
      "settle",
      {SettleOf(holds->holds(0).ref().journal(), holds->holds(0).ref().number(), 100'001)});
  SetDate(settle.mutable_effective_date(), 2026, 11, 3);
  EXPECT_TRUE(Post(settle).ok());
}

TEST_P(SuccessionTest, ADivisionWithKnownSharesConservesToTheDong) {
  Fund(kHaiChau, 1'000'001);
  End({kHaiChau}, {{kMerged, 333'333}, {kOther, 666'667}});
  Tomorrow();
  testing_support::ServiceHost::WaitUntil([&] { return Money(kHaiChau, "allocated") == 0; },
                                          "the money to move");
  EXPECT_EQ(Money(kMerged, "allocated"), 333'333);
  EXPECT_EQ(Money(kOther, "allocated"), 666'668);
  EXPECT_EQ(Money(kMerged, "source") + Money(kOther, "source"), -1'000'001);
}

TEST_P(SuccessionTest, MoneyOfBooksThatAreClosedForTheDayIsNotTakenForMoved) {
  Fund(kHaiChau, 1'000);
  int version = 0;
  const auto close_through = [&](int day) {
    v1::ClosePeriodRequest close;
    close.set_name("provinces/48/periods/2026");
    SetDate(close.mutable_through_date(), 2026, 11, day);
    close.mutable_act()->set_number("10/QĐ-UBND");
    close.set_etag(absl::StrCat("\"", version++, "\""));
    close.set_request_id(RequestId());
    const auto closed = server_.Call(&Stub::ClosePeriod, close);
    ASSERT_TRUE(closed.ok()) << closed.status();
  };
  close_through(2);
  End({kHaiChau}, {{kMerged, std::nullopt}, {kOther, std::nullopt}});
  AwaitReport(2, 0);  // Source and allocated.
  EXPECT_EQ(Left(kHaiChau)->accounts_size(), 2);
  Tomorrow();
  close_through(3);
  v1::PlanSuccessionRequest plan;
  plan.set_parent("provinces/48");
  plan.set_unit(kHaiChau);
  plan.mutable_act()->set_number("77/QĐ-UBND");
  plan.set_request_id(RequestId());
  const absl::Status early = server_.Call(&Stub::PlanSuccession, plan).status();
  EXPECT_EQ(ReasonOf(early), "PERIOD_CLOSED");
  EXPECT_EQ(MetadataOf(early, "through_date"), "2026-11-03");
  Tomorrow();
  plan.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::PlanSuccession, plan).status()), "PLAN_INCOMPLETE");
}

TEST_P(SuccessionTest, ADivisionWithoutSharesWaitsForAPlanThatIsExact) {
  auto accounts = Fund(kHaiChau, 1'000);
  const auto hold =
      Post("hold", {HoldOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_PAID], 100, 5)});
  End({kHaiChau}, {{kMerged, std::nullopt}, {kOther, std::nullopt}});
  v1::PlanSuccessionRequest plan;
  plan.set_parent("provinces/48");
  plan.set_unit(kHaiChau);
  plan.mutable_act()->set_number("77/QĐ-UBND");
  const auto ask = [&] {
    plan.set_request_id(RequestId());
    return server_.Call(&Stub::PlanSuccession, plan);
  };
  AwaitReport(3, 0);  // Source, allocated, and paid for the hold.
  const auto early = ask();
  EXPECT_EQ(ReasonOf(early.status()), "SUCCESSION_NOT_DUE");
  EXPECT_EQ(MetadataOf(early.status(), "effective_date"), "2026-11-03");
  Tomorrow();

  const auto left = Left(kHaiChau);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->plan_reason(), "SHARES_UNKNOWN");
  EXPECT_EQ(left->change_event(), kEvent);
  ASSERT_EQ(left->successors_size(), 2);
  EXPECT_FALSE(left->successors(0).has_ppm());
  ASSERT_EQ(left->accounts_size(), 2);
  ASSERT_EQ(left->holds_size(), 1);

  const auto add = [](auto* division, const std::string& unit, int64_t amount) {
    v1::SuccessionPart* part = division->add_parts();
    part->set_unit(unit);
    part->set_amount_vnd(amount);
  };
  v1::AccountDivision* money = plan.add_accounts();
  money->set_account(accounts[v1::STAGE_ALLOCATED]);
  add(money, kMerged, 600);
  add(money, kOther, 399);
  const auto inexact = ask();
  EXPECT_EQ(ReasonOf(inexact.status()), "PLAN_NOT_EXACT");
  EXPECT_EQ(MetadataOf(inexact.status(), "left"), "1000");
  EXPECT_EQ(MetadataOf(inexact.status(), "planned"), "999");
  // Parts that no account could hold are added up all the same.
  money->mutable_parts(1)->set_unit(kMerged);
  for (v1::SuccessionPart& part : *money->mutable_parts()) {
    part.set_amount_vnd(std::numeric_limits<int64_t>::max());
  }
  EXPECT_EQ(MetadataOf(ask().status(), "planned"), "18446744073709551614");
  money->mutable_parts(0)->set_amount_vnd(600);
  money->mutable_parts(1)->set_unit(kOther);
  money->mutable_parts(1)->set_amount_vnd(400);
  const auto incomplete = ask();
  EXPECT_EQ(ReasonOf(incomplete.status()), "PLAN_INCOMPLETE");
  EXPECT_EQ(MetadataOf(incomplete.status(), "item"), accounts[v1::STAGE_SOURCE]);
  v1::AccountDivision* source = plan.add_accounts();
  source->set_account(accounts[v1::STAGE_SOURCE]);
  add(source, kMerged, -600);
  add(source, kDaNang, -400);
  EXPECT_EQ(ReasonOf(ask().status()), "NOT_A_SUCCESSOR");
  source->mutable_parts(1)->set_unit(kOther);
  EXPECT_EQ(MetadataOf(ask().status(), "item"), hold->name() + "#1");
  v1::HoldDivision* held = plan.add_holds();
  held->mutable_hold()->set_journal(hold->name());
  held->mutable_hold()->set_number(1);
  add(held, kOther, 100);
  v1::HoldDivision* unknown = plan.add_holds();
  *unknown = *held;
  const absl::Status twice = ask().status();
  EXPECT_EQ(error::FieldViolationsOf(twice).at(0).field, "holds[1].hold");
  unknown->mutable_hold()->set_number(2);
  EXPECT_EQ(MetadataOf(ask().status(), "item"), hold->name() + "#2");
  plan.mutable_holds()->RemoveLast();
  v1::AccountDivision* elsewhere = plan.add_accounts();
  elsewhere->set_account(AccountOf(kAnHai, "allocated"));
  add(elsewhere, kOther, 1);
  const auto not_its = ask();
  EXPECT_EQ(ReasonOf(not_its.status()), "PLAN_NOT_EXACT");
  EXPECT_EQ(MetadataOf(not_its.status(), "left"), "0");
  plan.mutable_accounts()->RemoveLast();
  EXPECT_EQ(Money(kHaiChau, "allocated"), 1'000);  // Nothing was moved by what was refused.
  const auto moved = ask();
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->journal().act().number(), "77/QĐ-UBND");
  EXPECT_EQ(Money(kMerged, "allocated"), 600);
  EXPECT_EQ(BalanceOf(AccountOf(kOther, "allocated")).available_vnd(), 300);
  EXPECT_EQ(ReasonOf(ask().status()), "NOTHING_LEFT");
  server_.clock().Advance(absl::Minutes(2));
  AwaitReport(0, 0);
}

TEST_P(SuccessionTest, WhatWasAddedLateIsCarriedOverByThoseWhoFollow) {
  std::vector<std::string> names;
  for (const v1::Stage stage :
       {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE, v1::STAGE_APPROVED, v1::STAGE_ALLOCATED}) {
    names.push_back(Open("48", {Key(kHaiChau, stage)})[0]);
  }
  const auto fund = [&](const std::string& id, int month, int64_t amount_vnd) {
    v1::PostJournalRequest request = JournalOf(
        id, {PostOf(names[0], names[1], amount_vnd), PostOf(names[1], names[2], amount_vnd),
             PostOf(names[2], names[3], amount_vnd)});
    SetDate(request.mutable_effective_date(), 2026, month, 1);
    ASSERT_TRUE(Post(request).ok());
  };
  fund("early", 9, 1'000);
  fund("late", 10, 300);
  End({kHaiChau}, {{kMerged, 250'000}, {kOther, 750'000}});
  Tomorrow();
  AwaitReport(0, 0);
  server_.clock().Set(absl::FromCivil(absl::CivilDay(2027, 1, 15), VietnamTimeZone()));
  const auto carried = [this](const std::string& unit) {
    v1::CloseBudgetYearRequest request;
    *request.mutable_decision() = DecisionOf(unit, 2027, 1, 15);
    request.set_request_id(RequestId());
    const auto closed = server_.Call(&Stub::CloseBudgetYear, request);
    EXPECT_TRUE(closed.ok()) << closed.status();
    return closed.ok() ? closed->carried_vnd() : -1;
  };
  EXPECT_EQ(carried(kMerged), 75);
  EXPECT_EQ(carried(kOther), 225);
}

// Its own money for a purpose, whose source stands below zero, and 30 of its province's.
TEST_P(SuccessionTest, TargetedMoneyGoesBackFromThoseWhoFollow) {
  const auto open = [this](const std::string& unit, v1::Stage stage) {
    v1::AccountKey key = Key(unit, stage);
    key.set_purpose("flood");
    return Open("48", {key})[0];
  };
  std::map<std::string, std::map<v1::Stage, std::string>> of;
  for (const char* unit : {kHaiChau, kDaNang}) {
    for (const v1::Stage stage :
         {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE, v1::STAGE_APPROVED, v1::STAGE_ALLOCATED}) {
      of[unit][stage] = open(unit, stage);
    }
  }
  auto& own = of[kHaiChau];
  auto& city = of[kDaNang];
  // Before October: what is added later is carried over.
  const auto post = [this](const std::string& id, const std::vector<v1::Transfer>& transfers) {
    v1::PostJournalRequest request = JournalOf(id, transfers);
    SetDate(request.mutable_effective_date(), 2026, 9, 1);
    ASSERT_TRUE(Post(request).ok());
  };
  post("own", {PostOf(own[v1::STAGE_SOURCE], own[v1::STAGE_ESTIMATE], 100),
               PostOf(own[v1::STAGE_ESTIMATE], own[v1::STAGE_APPROVED], 100)});
  post("given", {PostOf(city[v1::STAGE_SOURCE], city[v1::STAGE_ESTIMATE], 30),
                 PostOf(city[v1::STAGE_ESTIMATE], city[v1::STAGE_APPROVED], 30),
                 PostOf(city[v1::STAGE_APPROVED], own[v1::STAGE_APPROVED], 30),
                 PostOf(own[v1::STAGE_APPROVED], own[v1::STAGE_ALLOCATED], 130)});
  End({kHaiChau}, {{kMerged, std::nullopt}});
  Tomorrow();
  AwaitReport(0, 0);
  ASSERT_NE(ReturnsTenOfThirty(DecisionOf(kMerged, 2026, 11, 3),
                               "provinces/48/accounts/2026.allocated.commune30001.x.x.x.x.flood"),
            "");

  server_.clock().Set(absl::FromCivil(absl::CivilDay(2027, 1, 15), VietnamTimeZone()));
  v1::CloseBudgetYearRequest close;
  *close.mutable_decision() = DecisionOf(kMerged, 2027, 1, 15);
  close.set_request_id(RequestId());
  const auto closed = server_.Call(&Stub::CloseBudgetYear, close);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->returned_vnd(), 20);
  EXPECT_EQ(closed->cancelled_vnd(), 100);
}

TEST_P(SuccessionTest, WhoFollowsSetsAContingencyOnlyOfWhatCameWithoutOne) {
  const std::vector<std::string> names =
      Open("48", {Key(kHaiChau, v1::STAGE_SOURCE), Key(kHaiChau, v1::STAGE_ESTIMATE),
                  Key(kHaiChau, v1::STAGE_APPROVED)});
  ASSERT_TRUE(
      Post("fund", {PostOf(names[0], names[1], 10'000), PostOf(names[1], names[2], 10'000)}).ok());
  const auto set = [this](const std::string& unit, int day, int64_t expenditure_vnd,
                          int64_t contingency_vnd = 200) {
    v1::SetContingencyRequest request;
    *request.mutable_decision() = DecisionOf(unit, 2026, 11, day);
    request.mutable_decision()->set_body(v1::BODY_COUNCIL);
    request.mutable_totals()->set_revenue_vnd(expenditure_vnd);
    request.mutable_totals()->set_expenditure_vnd(expenditure_vnd);
    request.set_contingency_vnd(contingency_vnd);
    request.set_request_id(RequestId());
    return server_.Call(&Stub::SetContingency, request).status();
  };
  const absl::Status before = set(kHaiChau, 2, 10'000);
  ASSERT_TRUE(before.ok()) << before;
  // The other one that is merged has set none.
  const std::vector<std::string> without =
      Open("48", {Key(kAnHai, v1::STAGE_SOURCE), Key(kAnHai, v1::STAGE_ESTIMATE),
                  Key(kAnHai, v1::STAGE_APPROVED)});
  ASSERT_TRUE(Post("without",
                   {PostOf(without[0], without[1], 2'000), PostOf(without[1], without[2], 2'000)})
                  .ok());
  End({kHaiChau, kAnHai}, {{kMerged, std::nullopt}});
  Tomorrow();
  AwaitReport(0, 0);
  // 200 of 10,000 came with the contingency that was set of them; nobody set one of 2,000.
  const absl::Status twice = set(kMerged, 3, 11'800);
  EXPECT_EQ(ReasonOf(twice), "CONTINGENCY_OUT_OF_RANGE");
  EXPECT_EQ(MetadataOf(twice, "base_vnd"), "2000");
  EXPECT_EQ(MetadataOf(twice, "max_vnd"), "100");
  const absl::Status after = set(kMerged, 3, 11'800, 100);
  EXPECT_TRUE(after.ok()) << after;
  EXPECT_EQ(ReasonOf(set(kMerged, 3, 11'800, 100)), "CONTINGENCY_SET");
}

TEST_P(SuccessionTest, AUnitThatStandsHasNoSuccession) {
  EXPECT_EQ(ReasonOf(Left(kHaiChau).status()), "UNIT_NOT_ENDED");
  EXPECT_EQ(ReasonOf(Left("units/nowhere").status()), "UNIT_NOT_FOUND");
}

TEST_P(SuccessionTest, MoneyThatComesLateMovesToo) {
  auto accounts = Fund(kHaiChau, 1'000);
  const auto payment =
      Post("pay", {PostOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_PAID], 300)});
  End({kHaiChau}, {{kMerged, std::nullopt}});
  Tomorrow();
  AwaitReport(0, 0);
  v1::PostJournalRequest back =
      JournalOf("late", {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], 5)});
  SetDate(back.mutable_effective_date(), 2026, 11, 3);
  ASSERT_TRUE(Post(back).ok());
  server_.clock().Advance(absl::Minutes(2));
  testing_support::ServiceHost::WaitUntil([&] { return Money(kMerged, "estimate") == 5; },
                                          "the late money to move");
  EXPECT_EQ(Money(kHaiChau, "estimate"), 0);
}

TEST_P(SuccessionTest, MoneyThatCannotMoveIsToldAndMovesOnceItCan) {
  auto accounts = Fund(kHaiChau, 1'000);
  End({kHaiChau}, {{kMerged, std::nullopt}});
  Tomorrow();
  AwaitReport(0, 0);
  v1::CloseAccountRequest close;
  close.set_name(Open("48", {Key(kMerged, v1::STAGE_ESTIMATE)}).front());
  close.mutable_act()->set_number("9/QĐ-UBND");
  close.set_etag("\"1\"");
  close.set_request_id(RequestId());
  const auto closed = server_.Call(&Stub::CloseAccount, close);
  ASSERT_TRUE(closed.ok()) << closed.status();
  const auto late = [&](const std::string& id, v1::Stage from, v1::Stage to) {
    v1::PostJournalRequest request = JournalOf(id, {PostOf(accounts[from], accounts[to], 5)});
    SetDate(request.mutable_effective_date(), 2026, 11, 3);
    const auto posted = Post(request);
    EXPECT_TRUE(posted.ok()) << posted.status();
    server_.clock().Advance(absl::Minutes(2));
  };
  late("late", v1::STAGE_SOURCE, v1::STAGE_ESTIMATE);
  AwaitReport(2, 0);
  EXPECT_EQ(Money(kHaiChau, "estimate"), 5);
  // What stands on the accounts that are open goes on as soon as nothing hinders it.
  late("on", v1::STAGE_ESTIMATE, v1::STAGE_APPROVED);
  AwaitReport(0, 0);
  EXPECT_EQ(Money(kMerged, "approved"), 5);
}

// twotierctl writes the plan, and sends it once the amounts are filled in.
TEST_P(SuccessionTest, TheCommandLineShowsAndSendsAPlan) {
  const auto run = [&](std::vector<std::string> arguments) {
    const Shown shown = RunCommand(server_, std::move(arguments));
    EXPECT_TRUE(shown.status.ok()) << shown.err;
    return shown.out;
  };
  Fund(kHaiChau, 1'000);
  End({kHaiChau}, {{kMerged, std::nullopt}, {kOther, std::nullopt}});
  AwaitReport(2, 0);
  Tomorrow();
  const std::string shown = run({"budget", "succession", "show", "48", kHaiChau});
  EXPECT_THAT(shown, ::testing::HasSubstr("SHARES_UNKNOWN"));
  EXPECT_THAT(shown, ::testing::HasSubstr("-1,000"));
  std::string plan = run({"budget", "succession", "show", "48", kHaiChau, "--csv"});
  plan = absl::StrReplaceAll(
      plan, {{absl::StrCat(",1000,", kMerged, ","), absl::StrCat(",1000,", kMerged, ",600")},
             {absl::StrCat(",1000,", kOther, ","), absl::StrCat(",1000,", kOther, ",400")},
             {absl::StrCat(",-1000,", kMerged, ","), absl::StrCat(",-1000,", kMerged, ",-600")},
             {absl::StrCat(",-1000,", kOther, ","), absl::StrCat(",-1000,", kOther, ",-400")}});
  EXPECT_THAT(
      run({"budget", "succession", "plan", "48", kHaiChau, FileOf(plan), "--act", "12/NQ-HĐND"}),
      ::testing::HasSubstr("with 4 entries"));
  EXPECT_EQ(Money(kMerged, "allocated"), 600);
  EXPECT_EQ(Money(kOther, "allocated"), 400);
}

}  // namespace
}  // namespace twotier::budget::testing
