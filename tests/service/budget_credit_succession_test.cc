// Credit lines of units that end: what is not drawn goes back, what is owed goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/clock.h"
#include "tests/service/budget_ending.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_decisions.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::SetDate;

constexpr char kLender[] = "provinces/48/accounts/2026.allocated.province48.x.x.x.x.x";

class CreditSuccessionTest : public EndingTest {
 protected:
  // Rules of what the checker finds after a change in the database, which is undone then.
  std::set<std::string> FoundAfter(const std::string& change, const std::string& undo) {
    database_.Run(change);
    const auto report = verify::VerifyBudget(database_.url());
    database_.Run(undo);
    EXPECT_TRUE(report.ok()) << report.status();
    std::set<std::string> rules;
    if (!report.ok()) return rules;
    for (const verify::Finding& finding : report->findings) rules.insert(finding.rule);
    return rules;
  }
  v1::BudgetDecision Decision(const std::string& unit, v1::Body body, int day) {
    v1::BudgetDecision decision;
    decision.set_parent("provinces/48");
    decision.set_unit(unit);
    decision.set_budget_year(2026);
    decision.set_body(body);
    decision.mutable_act()->set_number("7/QĐ-UBND");
    SetDate(decision.mutable_effective_date(), 2026, 11, day);
    return decision;
  }
  // A provisional line of November: a twelfth of 12,000 at most.
  absl::StatusOr<v1::CreditLine> OpenProvisional(const std::string& unit, int64_t limit_vnd,
                                                 int day = 2) {
    v1::OpenCreditLineRequest request;
    *request.mutable_decision() = Decision(unit, v1::BODY_FINANCE_OFFICE, day);
    request.set_kind(v1::CREDIT_KIND_PROVISIONAL);
    request.set_month(11);
    request.set_limit_vnd(limit_vnd);
    request.set_base_vnd(12'000);
    return OpenLine(request);
  }
  absl::StatusOr<v1::CreditLine> OpenLoan(const std::string& unit, int64_t limit_vnd) {
    v1::OpenCreditLineRequest request;
    *request.mutable_decision() = Decision(unit, v1::BODY_COMMITTEE, 2);
    request.set_kind(v1::CREDIT_KIND_LOAN);
    request.set_limit_vnd(limit_vnd);
    SetDate(request.mutable_last_date(), 2027, 11, 1);
    return OpenLine(request);
  }
  absl::StatusOr<v1::CreditLine> OpenLine(v1::OpenCreditLineRequest request) {
    request.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::OpenCreditLine, request);
    if (!response.ok()) return response.status();
    return response->credit_line();
  }
  absl::Status Draw(const std::string& name, int64_t amount_vnd, int day = 2) {
    v1::DrawCreditLineRequest request;
    request.set_name(name);
    request.mutable_line()->set_sub_item("6001");
    request.set_amount_vnd(amount_vnd);
    SetDate(request.mutable_effective_date(), 2026, 11, day);
    request.mutable_act()->set_number("UNC-1");
    request.set_request_id(RequestId());
    return server_.Call(&Stub::DrawCreditLine, request).status();
  }
  absl::Status Repay(const std::string& name, int64_t amount_vnd, int day = 2) {
    v1::RepayCreditLineRequest request;
    request.set_name(name);
    request.mutable_line();
    request.set_amount_vnd(amount_vnd);
    SetDate(request.mutable_effective_date(), 2026, 11, day);
    request.mutable_act()->set_number("8/QĐ-UBND");
    request.set_request_id(RequestId());
    return server_.Call(&Stub::RepayCreditLine, request).status();
  }
  std::map<std::string, v1::CreditLine> Lines(const std::string& unit) {
    v1::ListCreditLinesRequest request;
    request.set_parent("provinces/48");
    request.set_budget_year(2026);
    request.set_unit(unit);
    const auto response = server_.Call(&Stub::ListCreditLines, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::map<std::string, v1::CreditLine> lines;
    if (!response.ok()) return lines;
    for (const v1::CreditLine& line : response->credit_lines()) lines[line.name()] = line;
    return lines;
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(CreditSuccessionTest);

TEST_P(CreditSuccessionTest, AMergerGivesBackWhatIsNotDrawnAndTakesTheDebtAlong) {
  Fund(kDaNang, 5'000);
  const auto month = OpenProvisional(kHaiChau, 1'000);
  ASSERT_TRUE(month.ok()) << month.status();
  ASSERT_TRUE(OpenProvisional(kAnHai, 500).ok());
  const auto loan = OpenLoan(kHaiChau, 1'000);
  ASSERT_TRUE(loan.ok()) << loan.status();
  ASSERT_TRUE(Draw(month->name(), 600).ok());
  ASSERT_TRUE(Draw(loan->name(), 700).ok());
  Fund(kHaiChau, 2'000);
  ASSERT_TRUE(Repay(loan->name(), 200).ok());
  EXPECT_EQ(BalanceOf(kLender).available_vnd(), 4'200);
  End({kHaiChau, kAnHai}, {{kMerged, std::nullopt}});
  Tomorrow();
  AwaitReport(0, 0);

  EXPECT_EQ(BalanceOf(kLender).available_vnd(), 4'500);
  EXPECT_EQ(BalanceOf(month->account()).balance_vnd(), 0);
  for (const auto& [name, line] : Lines(kHaiChau)) {
    EXPECT_EQ(line.state(), v1::CREDIT_STATE_MOVED) << name;
  }
  EXPECT_EQ(ReasonOf(Draw(month->name(), 1, 3)), "CREDIT_LINE_ENDED");
  EXPECT_EQ(MetadataOf(Repay(loan->name(), 1, 3), "owed_vnd"), "0");
  auto lines = Lines(kMerged);
  ASSERT_EQ(lines.size(), 2u);  // The other commune drew nothing.
  const std::string of_month = month->name() + ".commune30001";
  const std::string of_loan = loan->name() + ".commune30001";
  EXPECT_EQ(lines[of_month].drawn_vnd(), 600);
  EXPECT_EQ(lines[of_month].state(), v1::CREDIT_STATE_CLOSED);
  EXPECT_EQ(lines[of_loan].drawn_vnd(), 700);
  EXPECT_EQ(lines[of_loan].repaid_vnd(), 200);

  // What the month has seen is not granted once more.
  const absl::Status above = OpenProvisional(kMerged, 401, 3).status();
  EXPECT_EQ(ReasonOf(above), "CREDIT_ABOVE_LIMIT");
  EXPECT_EQ(MetadataOf(above, "asked_vnd"), "1001");
  // Who follows repays, with what it has, and its year can be closed.
  ASSERT_TRUE(Repay(of_loan, 500, 3).ok());
  const std::string followed = "WHERE credit_id = '2026.l-1.commune20194.commune30001'";
  EXPECT_THAT(FoundAfter("UPDATE credit_line SET repaid_vnd = repaid_vnd - 1 " + followed,
                         "UPDATE credit_line SET repaid_vnd = repaid_vnd + 1 " + followed),
              ElementsAre("repaid"));
  EXPECT_THAT(FoundAfter("UPDATE credit_line SET drawn_vnd = 701, limit_vnd = 701 " + followed,
                         "UPDATE credit_line SET drawn_vnd = 700, limit_vnd = 700 " + followed),
              ElementsAre("drawn"));
  EXPECT_EQ(BalanceOf(kLender).available_vnd(), 5'000);
  ASSERT_TRUE(Repay(of_month, 600, 3).ok());
  EXPECT_EQ(ReasonOf(Repay(of_month, 1, 3)), "REPAYS_TOO_MUCH");
  server_.clock().Set(absl::FromCivil(absl::CivilDay(2027, 1, 15), VietnamTimeZone()));
  v1::CloseBudgetYearRequest close;
  *close.mutable_decision() = Decision(kMerged, v1::BODY_COMMITTEE, 3);
  SetDate(close.mutable_decision()->mutable_effective_date(), 2027, 1, 15);
  close.set_request_id(RequestId());
  const auto closed = server_.Call(&Stub::CloseBudgetYear, close);
  EXPECT_TRUE(closed.ok()) << closed.status();
}

TEST_P(CreditSuccessionTest, TheCheckerAddsUpWhatWasDrawnAndRepaid) {
  Fund(kDaNang, 5'000);
  Fund(kHaiChau, 2'000);
  const auto month = OpenProvisional(kAnHai, 1'000);
  const auto loan = OpenLoan(kHaiChau, 1'000);
  ASSERT_TRUE(month.ok() && loan.ok()) << month.status() << loan.status();
  ASSERT_TRUE(Draw(month->name(), 600).ok());
  ASSERT_TRUE(Draw(loan->name(), 700).ok());
  ASSERT_TRUE(Repay(loan->name(), 200).ok());
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
  EXPECT_THAT(FoundAfter("UPDATE credit_line SET drawn_vnd = 601 WHERE drawn_vnd = 600",
                         "UPDATE credit_line SET drawn_vnd = 600 WHERE drawn_vnd = 601"),
              ElementsAre("drawn"));
  for (const char* repaid : {"0", "201"}) {
    EXPECT_THAT(FoundAfter(absl::StrCat("UPDATE credit_line SET repaid_vnd = ", repaid,
                                        " WHERE drawn_vnd = 700"),
                           "UPDATE credit_line SET repaid_vnd = 200 WHERE drawn_vnd = 700"),
                ElementsAre("repaid"));
  }
}

// What it borrowed of its province stays owed there; the rest goes along.
TEST_P(CreditSuccessionTest, AUnitThatGoesOverTakesItsLinesAlongButForLoans) {
  Fund(kDaNang, 5'000);
  const auto month = OpenProvisional(kHaiChau, 1'000);
  const auto loan = OpenLoan(kHaiChau, 1'000);
  ASSERT_TRUE(month.ok() && loan.ok()) << month.status() << loan.status();
  ASSERT_TRUE(Draw(month->name(), 600).ok());
  ASSERT_TRUE(Draw(loan->name(), 700).ok());
  GoOver({kHaiChau}, "01");
  Tomorrow();
  AwaitReport(0, 0);
  EXPECT_EQ(BalanceOf(kLender).available_vnd(), 4'300);
  auto left = Lines(kHaiChau);
  EXPECT_EQ(left[month->name()].state(), v1::CREDIT_STATE_MOVED);
  EXPECT_EQ(left[loan->name()].state(), v1::CREDIT_STATE_CLOSED);
  EXPECT_EQ(left[loan->name()].drawn_vnd(), 700);
  v1::ListCreditLinesRequest there;
  there.set_parent("provinces/01");
  there.set_budget_year(2026);
  const auto lines = server_.Call(&Stub::ListCreditLines, there);
  ASSERT_TRUE(lines.ok()) << lines.status();
  ASSERT_EQ(lines->credit_lines_size(), 1);
  EXPECT_EQ(lines->credit_lines(0).name(),
            "provinces/01/creditLines/2026.p-11.commune20194.commune20194");
  EXPECT_EQ(lines->credit_lines(0).drawn_vnd(), 600);
}

TEST_P(CreditSuccessionTest, ThoseWhoFollowByAPlanOweWhatItGivesThemOfThePayments) {
  const auto month = OpenProvisional(kHaiChau, 1'000);
  ASSERT_TRUE(month.ok()) << month.status();
  ASSERT_TRUE(Draw(month->name(), 601).ok());
  End({kHaiChau}, {{kMerged, std::nullopt}, {kOther, std::nullopt}});
  Tomorrow();
  AwaitReport(2, 0);  // What it paid, and whence.
  v1::GetSuccessionRequest left;
  left.set_parent("provinces/48");
  left.set_unit(kHaiChau);
  const auto shown = server_.Call(&Stub::GetSuccession, left);
  ASSERT_TRUE(shown.ok()) << shown.status();
  ASSERT_EQ(shown->accounts_size(), 2);
  v1::PlanSuccessionRequest plan;
  plan.set_parent("provinces/48");
  plan.set_unit(kHaiChau);
  plan.mutable_act()->set_number("77/QĐ-UBND");
  plan.set_request_id(RequestId());
  for (const v1::AccountBalance& account : shown->accounts()) {
    const int64_t balance = account.balance().balance_vnd();
    EXPECT_EQ(balance < 0 ? -balance : balance, 601);
    v1::AccountDivision* division = plan.add_accounts();
    division->set_account(account.account());
    const int64_t sign = balance < 0 ? -1 : 1;
    for (const auto& [unit, amount] : {std::pair(kMerged, 400), std::pair(kOther, 201)}) {
      division->add_parts()->set_unit(unit);
      division->mutable_parts(division->parts_size() - 1)->set_amount_vnd(sign * amount);
    }
  }
  const auto moved = server_.Call(&Stub::PlanSuccession, plan);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(Lines(kMerged)[month->name() + ".commune30001"].drawn_vnd(), 400);
  EXPECT_EQ(Lines(kOther)[month->name() + ".commune30002"].drawn_vnd(), 201);
}

}  // namespace
}  // namespace twotier::budget::testing
