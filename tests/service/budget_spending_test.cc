// The use of contingency, adjustments and credit lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/service/budget_contingency.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using Day = absl::CivilDay;

v1::Line LineOf(const std::string& item, const std::string& sub_item = "") {
  v1::Line line;
  line.set_item(item);
  line.set_sub_item(sub_item);
  return line;
}

class SpendingTest : public ContingencyTest {
 protected:
  void SetUp() override { SetDay(Day(2027, 2, 15)); }

  absl::StatusOr<v1::UseContingencyResponse> Use(v1::Body body, int64_t amount_vnd, Day day) {
    v1::UseContingencyRequest request;
    *request.mutable_decision() = Decision(kHaiChau, body, day);
    *request.mutable_line() = LineOf("341");
    request.set_amount_vnd(amount_vnd);
    request.set_text("Bão số 5");
    request.set_request_id(RequestId());
    return server_.Call(&Stub::UseContingency, request);
  }
  v1::AdjustEstimateRequest Adjust(v1::Matter matter, v1::Body body, Day day) {
    v1::AdjustEstimateRequest request;
    *request.mutable_decision() = Decision(kHaiChau, body, day);
    request.set_matter(matter);
    *request.mutable_to_line() = LineOf("341");
    request.set_amount_vnd(100);
    request.set_request_id(RequestId());
    return request;
  }

  v1::OpenCreditLineRequest Provisional(int64_t limit_vnd) {
    v1::OpenCreditLineRequest request;
    *request.mutable_decision() = Decision(kHaiChau, v1::BODY_FINANCE_OFFICE, Day(2027, 2, 1));
    request.set_kind(v1::CREDIT_KIND_PROVISIONAL);
    request.set_month(2);
    request.set_limit_vnd(limit_vnd);
    request.set_base_vnd(12'000);
    request.set_request_id(RequestId());
    return request;
  }
  v1::OpenCreditLineRequest Dated(v1::CreditKind kind, int64_t limit_vnd, int64_t base_vnd,
                                  Day last_day) {
    v1::OpenCreditLineRequest request;
    *request.mutable_decision() = Decision(kHaiChau, v1::BODY_COMMITTEE, Day(2027, 2, 1));
    request.set_kind(kind);
    request.set_limit_vnd(limit_vnd);
    request.set_base_vnd(base_vnd);
    SetDate(request.mutable_last_date(), last_day);
    request.set_request_id(RequestId());
    return request;
  }
  absl::StatusOr<v1::CreditLine> Open(const v1::OpenCreditLineRequest& request) {
    const auto response = server_.Call(&Stub::OpenCreditLine, request);
    if (!response.ok()) return response.status();
    return response->credit_line();
  }
  absl::StatusOr<v1::CreditLine> Draw(const std::string& name, int64_t amount_vnd,
                                      const std::string& sub_item, Day day) {
    v1::DrawCreditLineRequest request;
    request.set_name(name);
    *request.mutable_line() = LineOf("341", sub_item);
    request.set_amount_vnd(amount_vnd);
    SetDate(request.mutable_effective_date(), day);
    request.mutable_act()->set_number("UNC-1");
    request.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::DrawCreditLine, request);
    if (!response.ok()) return response.status();
    last_draw_ = response->journal().name();
    return response->credit_line();
  }
  absl::StatusOr<v1::CreditLine> Repay(const std::string& name, int64_t amount_vnd,
                                       Day day = Day(2027, 2, 15)) {
    v1::RepayCreditLineRequest request;
    request.set_name(name);
    request.mutable_line();
    request.set_amount_vnd(amount_vnd);
    SetDate(request.mutable_effective_date(), day);
    request.mutable_act()->set_number("8/QĐ-UBND");
    request.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::RepayCreditLine, request);
    if (!response.ok()) return response.status();
    return response->credit_line();
  }
  absl::StatusOr<v1::CreditLine> Close(const std::string& name, const std::string& etag,
                                       Day day = Day(2027, 2, 15)) {
    v1::CloseCreditLineRequest request;
    request.set_name(name);
    request.set_etag(etag);
    SetDate(request.mutable_effective_date(), day);
    request.mutable_act()->set_number("9/QĐ-UBND");
    request.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::CloseCreditLine, request);
    if (!response.ok()) return response.status();
    return response->credit_line();
  }

  std::string last_draw_;  // Its journal.
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(SpendingTest);

TEST_P(SpendingTest, TheCommitteeUsesTheContingencyAndTellsTheStandingCommittee) {
  FundCommune();
  ASSERT_TRUE(server_.Call(&Stub::SetContingency, Contingency(300)).ok());
  EXPECT_EQ(ReasonOf(Use(v1::BODY_CHAIR, 100, Day(2027, 2, 15)).status()), "BODY_NOT_COMPETENT");
  const auto used = Use(v1::BODY_COMMITTEE, 100, Day(2027, 2, 15));
  ASSERT_TRUE(used.ok()) << used.status();
  EXPECT_EQ(used->told(), v1::BODY_STANDING_COMMITTEE);
  EXPECT_EQ(used->report_by().month(), 4);
  EXPECT_EQ(used->report_by().day(), 19);
  const std::string line = used->journal().entries(0).credit_account();
  EXPECT_EQ(AvailableOf(line), 100);
  const absl::Status beyond = Use(v1::BODY_COMMITTEE, 201, Day(2027, 2, 15)).status();
  EXPECT_EQ(ReasonOf(beyond), "LIMIT_EXCEEDED");
  EXPECT_EQ(MetadataOf(beyond, "available"), "200");
  SetDay(Day(2028, 1, 10));
  EXPECT_EQ(ReasonOf(Use(v1::BODY_COMMITTEE, 1, Day(2028, 1, 3)).status()), "TOO_LATE_IN_YEAR");
}

TEST_P(SpendingTest, WhoMayAdjustWhatAndUntilWhen) {
  FundCommune();
  const auto refused = [this](const v1::AdjustEstimateRequest& request) {
    return ReasonOf(server_.Call(&Stub::AdjustEstimate, request).status());
  };
  const Day day(2027, 2, 15);
  EXPECT_EQ(refused(Adjust(v1::MATTER_ADJUSTMENT, v1::BODY_CHAIR, day)), "BODY_NOT_COMPETENT");
  EXPECT_EQ(refused(Adjust(v1::MATTER_ADJUSTMENT, v1::BODY_COUNCIL, day)), "BODY_NOT_COMPETENT");
  const auto moved =
      server_.Call(&Stub::AdjustEstimate, Adjust(v1::MATTER_ADJUSTMENT, v1::BODY_COMMITTEE, day));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->told(), v1::BODY_COUNCIL);
  EXPECT_EQ(moved->journal().entries_size(), 2);
  EXPECT_EQ(AvailableOf(moved->journal().entries(1).credit_account()), 100);

  v1::AdjustEstimateRequest other = Adjust(v1::MATTER_ADJUSTMENT, v1::BODY_COMMITTEE, day);
  other.set_to_unit(kAnHai);
  EXPECT_TRUE(server_.Call(&Stub::AdjustEstimate, other).ok());
  v1::AdjustEstimateRequest nowhere = other;
  nowhere.set_to_unit("units/nowhere");
  nowhere.set_request_id(RequestId());
  EXPECT_EQ(refused(nowhere), "UNIT_NOT_FOUND");
  v1::AdjustEstimateRequest reserved = Adjust(v1::MATTER_ADJUSTMENT, v1::BODY_COMMITTEE, day);
  reserved.set_purpose("contingency");
  EXPECT_EQ(refused(reserved), "PURPOSE_RESERVED");

  SetDay(Day(2027, 12, 20));
  EXPECT_TRUE(server_
                  .Call(&Stub::AdjustEstimate, Adjust(v1::MATTER_UNIT_ADJUSTMENT,
                                                      v1::BODY_LEVEL_ONE_UNITS, Day(2027, 12, 14)))
                  .ok());
  const absl::Status late =
      server_
          .Call(&Stub::AdjustEstimate,
                Adjust(v1::MATTER_UNIT_ADJUSTMENT, v1::BODY_LEVEL_ONE_UNITS, Day(2027, 12, 15)))
          .status();
  EXPECT_EQ(ReasonOf(late), "TOO_LATE_IN_YEAR");
  EXPECT_EQ(MetadataOf(late, "last_day"), "2027-12-14");
}

TEST_P(SpendingTest, EveryMalformedFieldIsToldAtOnce) {
  v1::AdjustEstimateRequest adjust =
      Adjust(v1::MATTER_SPENDING, v1::BODY_COMMITTEE, Day(2027, 2, 15));
  adjust.mutable_decision()->set_budget_year(1999);
  adjust.mutable_decision()->mutable_act()->clear_number();
  adjust.mutable_to_line()->set_item("3x1");
  adjust.set_amount_vnd(0);
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::AdjustEstimate, adjust).status()),
              UnorderedElementsAre("decision.budget_year", "decision.act.number", "to_line.item",
                                   "amount_vnd", "matter"));
  v1::OpenCreditLineRequest open = Provisional(0);
  open.set_month(13);
  open.set_base_vnd(0);
  SetDate(open.mutable_last_date(), Day(2027, 1, 1));
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::OpenCreditLine, open).status()),
              UnorderedElementsAre("limit_vnd", "month", "base_vnd", "last_date"));
}

TEST_P(SpendingTest, BeforeTheEstimateIsDecidedAMonthsMeanMayBeSpent) {
  const absl::Status above = Open(Provisional(1'001)).status();
  EXPECT_EQ(ReasonOf(above), "CREDIT_ABOVE_LIMIT");
  EXPECT_EQ(MetadataOf(above, "max_vnd"), "1000");
  const auto line = Open(Provisional(1'000));
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->name(), "provinces/48/creditLines/2027.p-02.commune20194");
  EXPECT_EQ(line->last_date().day(), 28);
  EXPECT_EQ(ReasonOf(Open(Provisional(1)).status()), "CREDIT_LINE_EXISTS");

  const absl::Status equipment = Draw(line->name(), 100, "6951", Day(2027, 2, 15)).status();
  EXPECT_EQ(ReasonOf(equipment), "NOT_WHILE_PROVISIONAL");
  EXPECT_EQ(MetadataOf(equipment, "item"), "6950");
  EXPECT_EQ(ReasonOf(Draw(line->name(), 100, "6900", Day(2027, 2, 15)).status()),
            "NOT_WHILE_PROVISIONAL");
  const absl::Status untold = Draw(line->name(), 100, "", Day(2027, 2, 15)).status();
  EXPECT_EQ(ReasonOf(untold), "NOT_WHILE_PROVISIONAL");
  EXPECT_EQ(MetadataOf(untold, "item"), "");
  EXPECT_EQ(ReasonOf(Draw(line->name(), 1, "6001", Day(2026, 12, 31)).status()),
            "TOO_EARLY_IN_YEAR");
  const auto drawn = Draw(line->name(), 600, "6001", Day(2027, 2, 15));
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_EQ(drawn->drawn_vnd(), 600);
  EXPECT_EQ(AvailableOf(line->account()), 400);
  // A draw is not undone behind the back of the line, which counts it.
  v1::ReverseJournalRequest reverse;
  reverse.set_name(last_draw_);
  reverse.set_journal_id("undone");
  SetDate(reverse.mutable_effective_date(), Day(2027, 2, 15));
  reverse.mutable_act()->set_number("UNC-1");
  reverse.set_reason("Chi nhầm dòng");
  reverse.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ReverseJournal, reverse).status()), "PURPOSE_RESERVED");
  EXPECT_EQ(ReasonOf(Draw(line->name(), 401, "6001", Day(2027, 2, 15)).status()), "LIMIT_EXCEEDED");

  // The Council decides on 10 February: then it is over.
  v1::RecordBudgetStepRequest council;
  council.set_parent("provinces/48");
  council.set_unit(kHaiChau);
  council.set_budget_year(2027);
  council.set_step("commune-council");
  council.set_body(v1::BODY_COUNCIL);
  SetDate(council.mutable_date(), Day(2027, 2, 10));
  council.mutable_act()->set_number("1/NQ-HĐND");
  council.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::RecordBudgetStep, council).ok());
  const absl::Status decided = Draw(line->name(), 1, "6001", Day(2027, 2, 15)).status();
  EXPECT_EQ(ReasonOf(decided), "ESTIMATE_DECIDED");
  EXPECT_EQ(MetadataOf(decided, "decided_date"), "2027-02-10");

  // What was spent is charged to the estimate that was decided.
  Fund(kHaiChau, 10'000);
  EXPECT_EQ(ReasonOf(Repay(line->name(), 601).status()), "REPAYS_TOO_MUCH");
  const auto repaid = Repay(line->name(), 600);
  ASSERT_TRUE(repaid.ok()) << repaid.status();
  EXPECT_EQ(repaid->repaid_vnd(), 600);
  EXPECT_EQ(ReasonOf(Close(line->name(), line->etag()).status()), "STALE_ETAG");
  const auto closed = Close(line->name(), repaid->etag());
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->state(), v1::CREDIT_STATE_CLOSED);
  EXPECT_EQ(AvailableOf(line->account()), 0);
  EXPECT_EQ(ReasonOf(Close(line->name(), closed->etag()).status()), "CREDIT_LINE_ENDED");
  EXPECT_EQ(ReasonOf(Draw("provinces/48/creditLines/none", 1, "6001", Day(2027, 2, 15)).status()),
            "CREDIT_LINE_NOT_FOUND");
}

TEST_P(SpendingTest, MoneyThatIsApprovedEndsProvisionalSpendingThoughNobodyRecordsTheStep) {
  const auto line = Open(Provisional(1'000));
  ASSERT_TRUE(line.ok()) << line.status();
  ASSERT_TRUE(Draw(line->name(), 100, "6001", Day(2027, 2, 1)).ok());
  Fund(kHaiChau, 10'000);
  // Also what is dated back to a day on which nothing was decided.
  for (const Day day : {Day(2027, 2, 1), Day(2027, 2, 15)}) {
    const absl::Status decided = Draw(line->name(), 1, "6001", day).status();
    EXPECT_EQ(ReasonOf(decided), "ESTIMATE_DECIDED") << decided;
  }
  v1::OpenCreditLineRequest march = Provisional(1'000);
  march.set_month(3);
  EXPECT_EQ(ReasonOf(Open(march).status()), "ESTIMATE_DECIDED");
}

TEST_P(SpendingTest, AdvancesOnTheNextYearAreThirtyPercentTogether) {
  SetDay(Day(2026, 12, 31));
  const auto advance = [this](int64_t limit_vnd, Day last_day, Day decided = Day(2026, 12, 21)) {
    v1::OpenCreditLineRequest request = Dated(v1::CREDIT_KIND_ADVANCE, limit_vnd, 1'000, last_day);
    SetDate(request.mutable_decision()->mutable_effective_date(), decided);
    return Open(request);
  };
  ASSERT_TRUE(advance(200, Day(2027, 12, 31)).ok());
  const absl::Status together = advance(101, Day(2027, 12, 31)).status();
  EXPECT_EQ(ReasonOf(together), "CREDIT_ABOVE_LIMIT");
  EXPECT_EQ(MetadataOf(together, "asked_vnd"), "301");
  EXPECT_EQ(ReasonOf(advance(std::numeric_limits<int64_t>::max(), Day(2027, 12, 31)).status()),
            "CREDIT_ABOVE_LIMIT");
  const auto second = advance(100, Day(2027, 6, 30));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->name(), "provinces/48/creditLines/2027.a-2.commune20194");
  EXPECT_EQ(ReasonOf(advance(1, Day(2028, 1, 1)).status()), "CREDIT_TERM_TOO_LONG");
  // It is there to be drawn on before its year.
  EXPECT_TRUE(Draw(second->name(), 1, "6001", Day(2026, 12, 31)).ok());
  SetDay(Day(2027, 7, 1));
  EXPECT_EQ(ReasonOf(Draw(second->name(), 1, "6001", Day(2027, 6, 30)).status()),
            "CREDIT_LINE_ENDED");
  // The year itself has its estimate.
  const absl::Status late = advance(1, Day(2027, 12, 31), Day(2027, 1, 1)).status();
  EXPECT_EQ(ReasonOf(late), "TOO_LATE_IN_YEAR");
  EXPECT_EQ(MetadataOf(late, "act"), "ADVANCE");
  EXPECT_EQ(MetadataOf(late, "last_day"), "2026-12-31");
}

TEST_P(SpendingTest, AProvinceLendsToACommuneForTwelveMonths) {
  Fund(kDaNang, 5'000);
  EXPECT_EQ(ReasonOf(Open(Dated(v1::CREDIT_KIND_LOAN, 100, 0, Day(2028, 2, 2))).status()),
            "CREDIT_TERM_TOO_LONG");
  v1::OpenCreditLineRequest to_province = Dated(v1::CREDIT_KIND_LOAN, 100, 0, Day(2028, 2, 1));
  to_province.mutable_decision()->set_unit(kDaNang);
  EXPECT_EQ(ReasonOf(Open(to_province).status()), "CREDIT_WRONG_LEVEL");
  v1::OpenCreditLineRequest without_lender = Dated(v1::CREDIT_KIND_LOAN, 100, 0, Day(2028, 2, 1));
  without_lender.mutable_decision()->set_parent("provinces/99");
  without_lender.mutable_decision()->set_unit(testing_support::kLonely);
  EXPECT_EQ(ReasonOf(Open(without_lender).status()), "UNIT_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Open(Dated(v1::CREDIT_KIND_LOAN, 5'001, 0, Day(2028, 2, 1))).status()),
            "LIMIT_EXCEEDED");
  const auto loan = Open(Dated(v1::CREDIT_KIND_LOAN, 1'000, 0, Day(2028, 2, 1)));
  ASSERT_TRUE(loan.ok()) << loan.status();
  EXPECT_EQ(AvailableOf("provinces/48/accounts/2027.allocated.province48.x.x.x.x.x"), 4'000);
  ASSERT_TRUE(Draw(loan->name(), 700, "6001", Day(2027, 2, 15)).ok());
  ASSERT_TRUE(Open(Provisional(1)).ok());
  Fund(kHaiChau, 2'000);
  ASSERT_TRUE(Repay(loan->name(), 300).ok());
  EXPECT_EQ(AvailableOf("provinces/48/accounts/2027.allocated.province48.x.x.x.x.x"), 4'300);

  v1::ListCreditLinesRequest list;
  list.set_parent("provinces/48");
  list.set_budget_year(2027);
  list.set_page_size(1);
  SetDay(Day(2028, 2, 2));
  const auto first = server_.Call(&Stub::ListCreditLines, list);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->credit_lines_size(), 1);
  EXPECT_EQ(first->credit_lines(0).kind(), v1::CREDIT_KIND_LOAN);
  EXPECT_TRUE(first->credit_lines(0).overdue());
  list.set_page_token(first->next_page_token());
  const auto second = server_.Call(&Stub::ListCreditLines, list);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->credit_lines(0).kind(), v1::CREDIT_KIND_PROVISIONAL);
  EXPECT_EQ(second->next_page_token(), "");
  list.set_budget_year(2028);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ListCreditLines, list).status()), "WRONG_PAGE_TOKEN");
}

TEST_P(SpendingTest, ALoanOutlivesItsBudgetYear) {
  Fund(kDaNang, 5'000);
  const auto loan = Open(Dated(v1::CREDIT_KIND_LOAN, 1'000, 0, Day(2028, 2, 1)));
  ASSERT_TRUE(loan.ok()) << loan.status();
  ASSERT_TRUE(Draw(loan->name(), 700, "6001", Day(2027, 2, 15)).ok());
  Fund(kHaiChau, 2'000);
  SetDay(Day(2028, 1, 20));
  // Its money is of the year that is over.
  EXPECT_EQ(ReasonOf(Draw(loan->name(), 1, "6001", Day(2028, 1, 3)).status()), "TOO_LATE_IN_YEAR");
  for (const char* unit : {kHaiChau, kDaNang}) {
    v1::CloseBudgetYearRequest close;
    *close.mutable_decision() = Decision(unit, v1::BODY_COMMITTEE, Day(2028, 1, 15));
    close.set_request_id(RequestId());
    const auto closed = server_.Call(&Stub::CloseBudgetYear, close);
    ASSERT_TRUE(closed.ok()) << closed.status();
  }
  const std::vector<std::string> next = BudgetTest::Open(
      "48", {Key(kHaiChau, v1::STAGE_SOURCE, 2028), Key(kHaiChau, v1::STAGE_ESTIMATE, 2028),
             Key(kHaiChau, v1::STAGE_APPROVED, 2028), Key(kHaiChau, v1::STAGE_ALLOCATED, 2028)});
  v1::PostJournalRequest fund =
      JournalOf("fund-2028", {PostOf(next[0], next[1], 600), PostOf(next[1], next[2], 600),
                              PostOf(next[2], next[3], 600)});
  SetDate(fund.mutable_effective_date(), Day(2028, 1, 3));
  ASSERT_TRUE(Post(fund).ok());
  const auto repaid = Repay(loan->name(), 600, Day(2028, 1, 20));
  ASSERT_TRUE(repaid.ok()) << repaid.status();
  const std::string lender = "provinces/48/accounts/2028.allocated.province48.x.x.x.x.x";
  EXPECT_EQ(AvailableOf(lender), 600);
  const auto given_back = Close(loan->name(), repaid->etag(), Day(2028, 1, 20));
  ASSERT_TRUE(given_back.ok()) << given_back.status();
  EXPECT_EQ(AvailableOf(lender), 900);
  EXPECT_EQ(AvailableOf(loan->account()), 0);
}

TEST_P(SpendingTest, TheYearIsClosedOnceWhatWasDrawnIsRepaid) {
  const auto line = Open(Provisional(1'000));
  ASSERT_TRUE(line.ok()) << line.status();
  const auto drawn = Draw(line->name(), 600, "6001", Day(2027, 2, 1));
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  ASSERT_TRUE(Close(line->name(), drawn->etag()).ok());
  Fund(kHaiChau, 10'000);
  SetDay(Day(2028, 1, 20));
  v1::CloseBudgetYearRequest close;
  *close.mutable_decision() = Decision(kHaiChau, v1::BODY_COMMITTEE, Day(2028, 1, 15));
  close.set_request_id(RequestId());
  const absl::Status owed = server_.Call(&Stub::CloseBudgetYear, close).status();
  EXPECT_EQ(ReasonOf(owed), "YEAR_NOT_AT_REST");
  ASSERT_EQ(error::PreconditionsOf(owed).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(owed)[0].type, "CREDIT_LINE");
  EXPECT_EQ(error::PreconditionsOf(owed)[0].subject, line->name());
  ASSERT_TRUE(Repay(line->name(), 600, Day(2028, 1, 15)).ok());
  close.set_request_id(RequestId());
  const auto closed = server_.Call(&Stub::CloseBudgetYear, close);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->cancelled_vnd(), 9'400);
}

}  // namespace
}  // namespace twotier::budget::testing
