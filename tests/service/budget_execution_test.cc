// How far a budget is spent, by any segment, unit and month.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/service/budget_decisions.h"

namespace twotier::budget::testing {
namespace {

using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::SetDate;
using Day = absl::CivilDay;

class ExecutionTest : public BudgetTest {
 protected:
  // Pays in a month of 2026 out of the accounts of the budget year 2026.
  void Pay(const std::string& id, int month, int64_t amount_vnd) {
    v1::PostJournalRequest request = JournalOf(id, {PostOf(allocated_, paid_, amount_vnd)});
    SetDate(request.mutable_effective_date(), 2026, month, 5);
    ASSERT_TRUE(Post(request).ok());
  }
  void SetUp() override {
    std::vector<v1::AccountKey> keys;
    for (const v1::Stage stage : {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE, v1::STAGE_APPROVED,
                                  v1::STAGE_ALLOCATED, v1::STAGE_PAID}) {
      keys.push_back(Key(kHaiChau, stage, 2026));
      keys.back().mutable_line()->set_item("341");
    }
    const std::vector<std::string> names = Open("48", keys);
    allocated_ = names[3];
    paid_ = names[4];
    v1::PostJournalRequest fund =
        JournalOf("fund", {PostOf(names[0], names[1], 1'000), PostOf(names[1], names[2], 1'000),
                           PostOf(names[2], names[3], 900)});
    SetDate(fund.mutable_effective_date(), 2026, 1, 2);
    ASSERT_TRUE(Post(fund).ok());
    Pay("jan", 1, 100);
    Pay("mar", 3, 200);
    ASSERT_TRUE(Post("hold", {HoldOf(allocated_, paid_, 50, 3)}).ok());
  }
  v1::GetExecutionRequest Ask(const std::vector<v1::ExecutionGroup>& groups) {
    v1::GetExecutionRequest request;
    request.set_parent("provinces/48");
    request.set_year(2026);
    for (const v1::ExecutionGroup group : groups) request.add_groups(group);
    return request;
  }
  v1::GetExecutionResponse Execution(const v1::GetExecutionRequest& request) {
    const auto response = server_.Call(&Stub::GetExecution, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::GetExecutionResponse();
  }

  std::string allocated_, paid_;
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(ExecutionTest);

TEST_P(ExecutionTest, IsAddedUpByUnitAndLine) {
  const auto response = Execution(Ask({v1::EXECUTION_GROUP_UNIT, v1::EXECUTION_GROUP_ITEM}));
  ASSERT_EQ(response.rows_size(), 1);
  const v1::ExecutionRow& row = response.rows(0);
  EXPECT_EQ(row.unit(), kHaiChau);
  EXPECT_EQ(row.line().item(), "341");
  EXPECT_EQ(row.approved_vnd(), 100);
  EXPECT_EQ(row.allocated_vnd(), 900);
  EXPECT_EQ(row.held_vnd(), 50);
  EXPECT_EQ(row.paid_vnd(), 300);
  EXPECT_EQ(row.paid_ppm(), 333'333);
  EXPECT_EQ(response.total().paid_vnd(), 300);
}

TEST_P(ExecutionTest, AMonthHasWhatWasPaidInIt) {
  const auto response = Execution(Ask({v1::EXECUTION_GROUP_MONTH}));
  ASSERT_EQ(response.rows_size(), 11);  // November has begun.
  EXPECT_EQ(response.rows(0).paid_vnd(), 100);
  EXPECT_EQ(response.rows(1).paid_vnd(), 0);
  EXPECT_EQ(response.rows(2).paid_vnd(), 200);
  EXPECT_EQ(response.rows(2).allocated_vnd(), 900);
  EXPECT_EQ(response.rows(1).paid_ppm(), 111'111);
  EXPECT_EQ(response.total().paid_vnd(), 300);
}

TEST_P(ExecutionTest, IsOfAnyDateUnitAndSegment) {
  v1::GetExecutionRequest request = Ask({});
  SetDate(request.mutable_as_of(), 2026, 2, 1);
  EXPECT_EQ(Execution(request).total().paid_vnd(), 100);
  request.clear_as_of();
  request.mutable_filter()->set_unit(kAnHai);
  EXPECT_EQ(Execution(request).total().paid_vnd(), 0);
  EXPECT_FALSE(Execution(request).total().has_paid_ppm());
  request.mutable_filter()->set_unit(kDaNang);  // The province and its communes.
  EXPECT_EQ(Execution(request).total().paid_vnd(), 300);
  request.mutable_filter()->mutable_line()->set_item("072");
  EXPECT_EQ(Execution(request).total().paid_vnd(), 0);
}

class YearEndExecutionTest : public DecisionsTest {
 protected:
  void PostOn(Day day, const std::string& id, const std::vector<v1::Transfer>& transfers) {
    v1::PostJournalRequest request = JournalOf(id, transfers);
    DecisionsTest::SetDate(request.mutable_effective_date(), day);
    const auto posted = Post(request);
    ASSERT_TRUE(posted.ok()) << posted.status();
  }
  // Allocated: 1,000, and 100 on 1 October; paid: 550. Approved: 50 more.
  void FundYear() {
    std::map<v1::Stage, std::string> accounts = Fund(kHaiChau, 1'000);
    const std::string &source = accounts[v1::STAGE_SOURCE],
                      &estimate = accounts[v1::STAGE_ESTIMATE],
                      &approved = accounts[v1::STAGE_APPROVED],
                      &allocated = accounts[v1::STAGE_ALLOCATED];
    PostOn(Day(2027, 3, 1), "pay", {PostOf(allocated, accounts[v1::STAGE_PAID], 550)});
    PostOn(Day(2027, 10, 1), "late",
           {PostOf(source, estimate, 150), PostOf(estimate, approved, 150),
            PostOf(approved, allocated, 100)});
  }
  v1::GetExecutionResponse ByMonth() {
    v1::GetExecutionRequest request;
    request.set_parent("provinces/48");
    request.set_year(2027);
    request.add_groups(v1::EXECUTION_GROUP_MONTH);
    const auto response = server_.Call(&Stub::GetExecution, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::GetExecutionResponse());
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(YearEndExecutionTest);

TEST_P(YearEndExecutionTest, AYearThatIsClosedWasNotSpentMoreForIt) {
  SetDay(Day(2028, 1, 20));
  FundYear();
  EXPECT_EQ(ByMonth().total().allocated_vnd(), 1'100);
  EXPECT_EQ(ByMonth().total().paid_ppm(), 500'000);
  v1::CloseBudgetYearRequest close;
  *close.mutable_decision() = Decision(kHaiChau, v1::BODY_COMMITTEE, Day(2028, 1, 15));
  close.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::CloseBudgetYear, close).ok());
  const v1::GetExecutionResponse closed = ByMonth();
  EXPECT_EQ(closed.total().allocated_vnd(), 1'100);
  EXPECT_EQ(closed.total().paid_vnd(), 550);
  EXPECT_EQ(closed.total().paid_ppm(), 500'000);
  EXPECT_EQ(closed.total().carried_vnd(), 100);
  EXPECT_EQ(closed.total().lapsed_vnd(), 450);  // And 50 that were never allocated.
  ASSERT_EQ(closed.rows_size(), 12);
  EXPECT_EQ(closed.rows(10).lapsed_vnd(), 0);
  EXPECT_EQ(closed.rows(10).allocated_vnd(), 1'100);
  EXPECT_EQ(closed.rows(11).lapsed_vnd(), 450);
  EXPECT_EQ(closed.rows(11).paid_ppm(), 500'000);
  v1::ReopenBudgetYearRequest reopen;
  *reopen.mutable_decision() = Decision(kHaiChau, v1::BODY_COMMITTEE, Day(2028, 1, 20));
  reopen.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::ReopenBudgetYear, reopen).ok());
  EXPECT_EQ(ByMonth().total().allocated_vnd(), 1'100);
  EXPECT_EQ(ByMonth().total().lapsed_vnd(), 0);
  EXPECT_EQ(ByMonth().total().carried_vnd(), 0);
}

TEST_P(ExecutionTest, NamesEveryMalformedField) {
  v1::GetExecutionRequest request = Ask({v1::EXECUTION_GROUP_UNIT, v1::EXECUTION_GROUP_UNIT});
  request.set_year(1);
  request.mutable_filter()->set_stage(v1::STAGE_PAID);
  const auto refused = server_.Call(&Stub::GetExecution, request);
  EXPECT_EQ(error::FieldViolationsOf(refused.status()).size(), 3u);
}

}  // namespace
}  // namespace twotier::budget::testing
