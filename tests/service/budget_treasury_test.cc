#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/service/budget_decisions.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using testing_support::kAnHai;
using testing_support::kHaiChau;
using testing_support::kHaNoi;
using Day = absl::CivilDay;

constexpr char kHeader[] = "line_id,value_date,direction,amount_vnd,reference,treasury_code,text\n";

class TreasuryTest : public DecisionsTest {
 protected:
  void SetUp() override {
    SetDay(Day(2027, 4, 1));
    accounts_ = Fund(kHaiChau, 10'000);
  }

  void Pay(const std::string& id, int64_t amount_vnd, Day day) {
    v1::PostJournalRequest request = JournalOf(
        id, {PostOf(accounts_[v1::STAGE_ALLOCATED], accounts_[v1::STAGE_PAID], amount_vnd)});
    SetDate(request.mutable_effective_date(), day);
    const auto posted = Post(request);
    ASSERT_TRUE(posted.ok()) << posted.status();
  }
  v1::ImportTreasuryStatementRequest Statement(const std::string& rows) {
    v1::ImportTreasuryStatementRequest request;
    request.set_parent("provinces/48");
    request.set_unit(kHaiChau);
    request.set_budget_year(2027);
    SetDate(request.mutable_first_date(), Day(2027, 3, 1));
    SetDate(request.mutable_last_date(), Day(2027, 3, 31));
    request.set_content(kHeader + rows);
    request.set_request_id(RequestId());
    return request;
  }
  absl::StatusOr<v1::ImportTreasuryStatementResponse> Import(const std::string& rows) {
    return server_.Call(&Stub::ImportTreasuryStatement, Statement(rows));
  }
  v1::ListBreaksResponse Breaks(int page_size = 0, const std::string& token = "") {
    v1::ListBreaksRequest request;
    request.set_parent("provinces/48");
    request.set_unit(kHaiChau);
    request.set_budget_year(2027);
    request.set_page_size(page_size);
    request.set_page_token(token);
    const auto response = server_.Call(&Stub::ListBreaks, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ListBreaksResponse());
  }
  v1::ResolveBreakRequest Resolution(const std::string& line_id, const std::string& journal_id) {
    v1::ResolveBreakRequest request;
    request.set_parent("provinces/48");
    request.set_unit(kHaiChau);
    request.set_budget_year(2027);
    request.set_line_id(line_id);
    if (!journal_id.empty()) {
      request.mutable_entry()->set_province_code("48");
      request.mutable_entry()->set_journal_id(journal_id);
      request.mutable_entry()->set_line(1);
    }
    request.set_text("Đối chiếu");
    request.mutable_act()->set_number("BB-1");
    request.set_request_id(RequestId());
    return request;
  }
  std::string Resolve(const v1::ResolveBreakRequest& request) {
    const auto response = server_.Call(&Stub::ResolveBreak, request);
    return response.ok() ? v1::MatchRule_Name(response->rule()) : ReasonOf(response.status());
  }

  std::map<v1::Stage, std::string> accounts_;
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(TreasuryTest);

TEST_P(TreasuryTest, LinesFindTheirPaymentsAndTheRestIsABreakWithItsAge) {
  Pay("UNC-1", 100, Day(2027, 3, 1));
  Pay("UNC-2", 200, Day(2027, 3, 2));
  Pay("UNC-3", 300, Day(2027, 3, 3));
  Pay("UNC-4", 400, Day(2027, 3, 4));
  Pay("UNC-5", 500, Day(2027, 2, 26));  // Of a month that no statement covers.
  const std::string rows =
      "1,2027-03-01,OUT,100,UNC-1,,exact\n"
      "2,2027-03-05,OUT,200,UNC-2,,three working days later\n"
      "3,2027-03-03,OUT,301,UNC-3,,another amount\n"
      "4,2027-03-04,OUT,400,,,no paper\n"
      "5,2027-03-10,IN,7,X,,nobody knows\n";
  v1::ImportTreasuryStatementRequest dry = Statement(rows);
  dry.set_validate_only(true);
  const auto shown = server_.Call(&Stub::ImportTreasuryStatement, dry);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->lines_open(), 2);
  EXPECT_EQ(Breaks().breaks_size(), 0);

  const auto imported = Import(rows);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->lines_new(), 5);
  EXPECT_EQ(imported->lines_open(), 2);
  std::vector<std::string> found;
  for (const v1::MatchCount& count : imported->matches()) {
    found.push_back(v1::MatchRule_Name(count.rule()) + " " + std::to_string(count.count()));
  }
  EXPECT_THAT(found,
              ElementsAre("MATCH_RULE_EXACT 1", "MATCH_RULE_REFERENCE 1", "MATCH_RULE_AMOUNT 1"));

  const v1::ListBreaksResponse first = Breaks(2);
  ASSERT_EQ(first.breaks_size(), 2);
  EXPECT_EQ(first.breaks(0).kind(), v1::BREAK_KIND_NOT_IN_STATEMENT);
  EXPECT_EQ(first.breaks(0).entry().journal_id(), "UNC-3");
  EXPECT_EQ(first.breaks(0).age_days(), 29);
  EXPECT_EQ(first.breaks(1).kind(), v1::BREAK_KIND_AMOUNT_DIFFERS);
  EXPECT_EQ(first.breaks(1).candidates(0).entry().journal_id(), "UNC-3");
  const v1::ListBreaksResponse second = Breaks(2, first.next_page_token());
  ASSERT_EQ(second.breaks_size(), 1);
  EXPECT_EQ(second.breaks(0).kind(), v1::BREAK_KIND_NOT_IN_BOOKS);
  EXPECT_EQ(second.breaks(0).line().line_id(), "5");
}

TEST_P(TreasuryTest, RepeatingAFileOrALineChangesNothing) {
  Pay("UNC-1", 100, Day(2027, 3, 1));
  const auto first = Import("1,2027-03-01,OUT,100,UNC-1,,a\n");
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = Import("1,2027-03-01,OUT,100,UNC-1,,a\n");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->repeated_file());
  EXPECT_EQ(again->statement().SerializeAsString(), first->statement().SerializeAsString());
  const auto overlapping = Import("1,2027-03-01,OUT,100,UNC-1,,a\n2,2027-03-02,OUT,50,UNC-2,,b\n");
  ASSERT_TRUE(overlapping.ok()) << overlapping.status();
  EXPECT_EQ(overlapping->lines_new(), 1);
  const absl::Status other = Import("1,2027-03-01,OUT,101,UNC-1,,a\n").status();
  EXPECT_EQ(ReasonOf(other), "STATEMENT_LINE_INVALID");
  EXPECT_THAT(FieldsOf(other), ElementsAre("statement.csv:2:line_id"));
}

TEST_P(TreasuryTest, ABrokenLineRefusesTheWholeFile) {
  const absl::Status refused =
      Import("1,2027-03-01,OUT,100,,,a\n2,2027-04-01,OUT,x,,,b\n").status();
  EXPECT_EQ(ReasonOf(refused), "STATEMENT_LINE_INVALID");
  EXPECT_THAT(FieldsOf(refused),
              ElementsAre("statement.csv:3:value_date", "statement.csv:3:amount_vnd"));
  EXPECT_EQ(Breaks().breaks_size(), 0);
  v1::ImportTreasuryStatementRequest backwards = Statement("");
  SetDate(backwards.mutable_last_date(), Day(2027, 2, 1));
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::ImportTreasuryStatement, backwards).status()),
              ElementsAre("last_date"));
  v1::ImportTreasuryStatementRequest outside = Statement("1,2027-03-01,OUT,100,,,a\n");
  outside.set_unit(kHaNoi);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ImportTreasuryStatement, outside).status()),
            "UNIT_OUTSIDE_PROVINCE");
}

TEST_P(TreasuryTest, PaymentsThatComeLaterAreFoundWhenLookedForAgain) {
  ASSERT_TRUE(Import("1,2027-03-01,OUT,100,UNC-1,,a\n").ok());
  Pay("UNC-1", 100, Day(2027, 3, 2));
  v1::MatchTreasuryLinesRequest request;
  request.set_parent("provinces/48");
  request.set_unit(kHaiChau);
  request.set_budget_year(2027);
  request.set_request_id(RequestId());
  const auto matched = server_.Call(&Stub::MatchTreasuryLines, request);
  ASSERT_TRUE(matched.ok()) << matched.status();
  EXPECT_EQ(matched->lines_open(), 0);
  ASSERT_EQ(matched->matches_size(), 1);
  EXPECT_EQ(matched->matches(0).rule(), v1::MATCH_RULE_REFERENCE);
}

TEST_P(TreasuryTest, BreaksAreResolvedByHandOrExplained) {
  Pay("UNC-1", 100, Day(2027, 3, 1));
  Pay("UNC-2", 50, Day(2027, 3, 1));
  ASSERT_TRUE(Import("1,2027-03-20,OUT,100,SP-9,,a\n2,2027-03-20,OUT,60,SP-8,,b\n").ok());
  EXPECT_EQ(Breaks().breaks_size(), 4);
  EXPECT_EQ(Resolve(Resolution("2", "UNC-2")), "AMOUNT_DIFFERS");
  EXPECT_EQ(Resolve(Resolution("1", "UNC-1")), "MATCH_RULE_BY_HAND");
  EXPECT_EQ(Resolve(Resolution("1", "")), "BREAK_NOT_OPEN");
  EXPECT_EQ(Resolve(Resolution("2", "UNC-1")), "BREAK_NOT_OPEN");
  EXPECT_EQ(Resolve(Resolution("2", "")), "MATCH_RULE_EXPLAINED");
  EXPECT_EQ(Resolve(Resolution("", "UNC-2")), "MATCH_RULE_EXPLAINED");
  EXPECT_EQ(Breaks().breaks_size(), 0);
  v1::ResolveBreakRequest empty = Resolution("", "");
  empty.mutable_act()->clear_number();
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::ResolveBreak, empty).status()),
              ElementsAre("line_id", "act.number"));
}

TEST_P(TreasuryTest, APaymentThatWasUndoneAndNeverSentIsNoBreak) {
  Pay("UNC-1", 100, Day(2027, 3, 1));
  Pay("UNC-2", 50, Day(2027, 3, 1));
  v1::ReverseJournalRequest reverse;
  reverse.set_name("provinces/48/journals/UNC-1");
  reverse.set_journal_id("UNC-1-back");
  SetDate(reverse.mutable_effective_date(), Day(2027, 3, 2));
  reverse.mutable_act()->set_number("BB-2");
  reverse.set_reason("Sai người nhận");
  reverse.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::ReverseJournal, reverse).ok());
  ASSERT_TRUE(Import("1,2027-03-01,OUT,50,UNC-2,,a\n").ok());
  EXPECT_EQ(Breaks().breaks_size(), 0);
}

TEST_P(TreasuryTest, ALineOfJanuaryIsOfTheYearWhosePaymentItIs) {
  std::vector<v1::AccountKey> keys;
  for (const v1::Stage stage : {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE, v1::STAGE_APPROVED,
                                v1::STAGE_ALLOCATED, v1::STAGE_PAID}) {
    keys.push_back(Key(kHaiChau, stage, 2026));
  }
  const auto old = Open("48", keys);
  const auto post_on = [&](Day day, const std::string& id,
                           const std::vector<v1::Transfer>& transfers) {
    v1::PostJournalRequest request = JournalOf(id, transfers);
    SetDate(request.mutable_effective_date(), day);
    const auto posted = Post(request);
    ASSERT_TRUE(posted.ok()) << posted.status();
  };
  post_on(Day(2026, 1, 5), "old",
          {PostOf(old[0], old[1], 100), PostOf(old[1], old[2], 100), PostOf(old[2], old[3], 100)});
  post_on(Day(2026, 12, 31), "hold", {HoldOf(old[3], old[4], 70, 80)});
  post_on(Day(2027, 1, 5), "UNC-1", {SettleOf("provinces/48/journals/hold", 1, 70)});
  Pay("UNC-2", 30, Day(2027, 1, 6));
  Pay("UNC-3", 40, Day(2027, 1, 7));
  v1::ImportTreasuryStatementRequest january = Statement(
      "1,2027-01-05,OUT,70,UNC-1,,a\n2,2027-01-06,OUT,30,UNC-2,,b\n"
      "3,2027-01-20,OUT,40,SP-1,,c\n4,2027-01-20,OUT,9,SP-2,,d\n");
  SetDate(january.mutable_first_date(), Day(2027, 1, 1));
  SetDate(january.mutable_last_date(), Day(2027, 1, 31));
  january.set_budget_year(2026);
  const auto of_old = server_.Call(&Stub::ImportTreasuryStatement, january);
  ASSERT_TRUE(of_old.ok()) << of_old.status();
  EXPECT_EQ(of_old->lines_new(), 4);
  EXPECT_EQ(of_old->lines_open(), 3);
  january.set_budget_year(2027);
  january.set_request_id(RequestId());
  const auto of_new = server_.Call(&Stub::ImportTreasuryStatement, january);
  ASSERT_TRUE(of_new.ok()) << of_new.status();
  EXPECT_EQ(of_new->lines_new(), 0);
  EXPECT_EQ(of_new->lines_open(), 0);
  ASSERT_EQ(of_new->matches_size(), 1);
  EXPECT_EQ(of_new->matches(0).rule(), v1::MATCH_RULE_EXACT);
  EXPECT_EQ(Breaks().breaks_size(), 1);
  EXPECT_EQ(Resolve(Resolution("3", "UNC-3")), "MATCH_RULE_BY_HAND");
  EXPECT_EQ(Breaks().breaks_size(), 0);
  v1::ResolveBreakRequest rest = Resolution("3", "");
  rest.set_budget_year(2026);
  EXPECT_EQ(Resolve(rest), "BREAK_NOT_OPEN");
  rest.set_line_id("4");
  rest.set_request_id(RequestId());
  EXPECT_EQ(Resolve(rest), "MATCH_RULE_EXPLAINED");
}

TEST_P(TreasuryTest, FinalAccountsMoveNoCash) {
  Pay("UNC-1", 100, Day(2027, 3, 1));
  v1::PostJournalRequest settling =
      JournalOf("QT-1", {PostOf(accounts_[v1::STAGE_PAID], accounts_[v1::STAGE_SETTLED], 100)});
  SetDate(settling.mutable_effective_date(), Day(2027, 3, 10));
  ASSERT_TRUE(Post(settling).ok());
  // Money that comes back without a paper is not the Treasury's side of them.
  ASSERT_TRUE(Import("1,2027-03-01,OUT,100,UNC-1,,a\n2,2027-03-10,IN,100,,,b\n").ok());
  const v1::ListBreaksResponse breaks = Breaks();
  ASSERT_EQ(breaks.breaks_size(), 1);
  EXPECT_EQ(breaks.breaks(0).kind(), v1::BREAK_KIND_NOT_IN_BOOKS);
  EXPECT_EQ(breaks.breaks(0).line().line_id(), "2");
}

}  // namespace
}  // namespace twotier::budget::testing
