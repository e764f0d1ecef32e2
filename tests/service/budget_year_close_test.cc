#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/budget/store/account_store.h"
#include "tests/service/budget_decisions.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_decisions.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using Day = absl::CivilDay;

constexpr char kAllocated[] = "provinces/48/accounts/2027.allocated.commune20194.x.x.x.x.x";
constexpr char kTargeted[] = "provinces/48/accounts/2027.allocated.commune20194.x.x.x.x.bao-so-5";
constexpr char kApprovedAtCity[] =
    "provinces/48/accounts/2027.approved.province48.x.x.x.x.bao-so-5";

class YearCloseTest : public DecisionsTest {
 protected:
  void SetUp() override { SetDay(Day(2028, 1, 20)); }

  v1::CloseBudgetYearRequest Closing(Day day = Day(2028, 1, 15)) {
    v1::CloseBudgetYearRequest request;
    *request.mutable_decision() = Decision(kHaiChau, v1::BODY_COMMITTEE, day);
    request.set_request_id(RequestId());
    return request;
  }
  absl::StatusOr<v1::CloseBudgetYearResponse> Close(const v1::CloseBudgetYearRequest& request) {
    return server_.Call(&Stub::CloseBudgetYear, request);
  }
  absl::StatusOr<v1::ReopenBudgetYearResponse> Reopen(v1::Body body = v1::BODY_COMMITTEE) {
    v1::ReopenBudgetYearRequest request;
    *request.mutable_decision() = Decision(kHaiChau, body, Day(2028, 1, 20));
    request.set_request_id(RequestId());
    return server_.Call(&Stub::ReopenBudgetYear, request);
  }
  absl::Status OpenAccount(const v1::AccountKey& key) {
    v1::OpenAccountsRequest request;
    request.set_parent("provinces/48");
    *request.add_keys() = key;
    request.set_request_id(RequestId());
    return server_.Call(&Stub::OpenAccounts, request).status();
  }
  v1::AccountKey Targeted(const std::string& unit, v1::Stage stage) {
    v1::AccountKey key = Key(unit, stage);
    key.set_purpose("bao-so-5");
    return key;
  }
  // A journal of a day.
  void PostOn(Day day, const std::string& id, const std::vector<v1::Transfer>& transfers) {
    v1::PostJournalRequest request = JournalOf(id, transfers);
    SetDate(request.mutable_effective_date(), day);
    const auto posted = Post(request);
    ASSERT_TRUE(posted.ok()) << posted.status();
  }
  // Allocated: 10,000 early, of which 4,000 are paid, and 500 on 1 October. Targeted: 800, from the
  // city, of which 300 are paid.
  std::map<v1::Stage, std::string> FundYear() {
    auto accounts = Fund(kHaiChau, 10'000);
    PostOn(Day(2027, 3, 1), "pay",
           {PostOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_PAID], 4'000)});
    PostOn(Day(2027, 10, 1), "late",
           {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], 500),
            PostOf(accounts[v1::STAGE_ESTIMATE], accounts[v1::STAGE_APPROVED], 500),
            PostOf(accounts[v1::STAGE_APPROVED], accounts[v1::STAGE_ALLOCATED], 500)});
    const auto city =
        Open("48", {Targeted(kDaNang, v1::STAGE_SOURCE), Targeted(kDaNang, v1::STAGE_ESTIMATE),
                    Targeted(kDaNang, v1::STAGE_APPROVED), Targeted(kHaiChau, v1::STAGE_ALLOCATED),
                    Targeted(kHaiChau, v1::STAGE_PAID)});
    PostOn(Day(2027, 5, 1), "targeted",
           {PostOf(city[0], city[1], 800), PostOf(city[1], city[2], 800),
            PostOf(city[2], city[3], 800), PostOf(city[3], city[4], 300)});
    return accounts;
  }
  static std::map<std::string, v1::AccountSettlement> ByAccount(
      const v1::CloseBudgetYearResponse& response) {
    std::map<std::string, v1::AccountSettlement> settlements;
    for (const v1::AccountSettlement& each : response.settlements()) {
      settlements[each.account()] = each;
    }
    return settlements;
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(YearCloseTest);

TEST_P(YearCloseTest, WhatIsLeftIsCarriedOverGoesBackOrLapses) {
  FundYear();
  v1::CloseBudgetYearRequest request = Closing();
  request.set_validate_only(true);
  const auto shown = Close(request);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->carried_vnd(), 500);
  EXPECT_EQ(shown->returned_vnd(), 500);
  EXPECT_EQ(shown->cancelled_vnd(), 6'000);
  EXPECT_EQ(AvailableOf(kAllocated), 6'500);  // Nothing happened.

  const auto closed = Close(Closing());
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->accounts_left(), 0);
  EXPECT_EQ(closed->settlements().size(), shown->settlements().size());
  auto settlements = ByAccount(*closed);
  EXPECT_EQ(settlements[kAllocated].category(), v1::CARRY_CATEGORY_ADDED_AFTER_30_SEPTEMBER);
  EXPECT_EQ(settlements[kTargeted].returned_vnd(), 500);
  EXPECT_EQ(AvailableOf(kAllocated), 0);
  EXPECT_EQ(AvailableOf(kApprovedAtCity), 500);
  EXPECT_EQ(AvailableOf("provinces/48/accounts/2028.allocated.commune20194.x.x.x.x.x"), 500);
  EXPECT_EQ(AvailableOf("provinces/48/accounts/2027.cancelled.commune20194.x.x.x.x.x"), 6'000);
  // Nothing is entered any more.
  v1::PostJournalRequest late =
      JournalOf("too-late",
                {PostOf("provinces/48/accounts/2027.paid.commune20194.x.x.x.x.x", kAllocated, 1)});
  SetDate(late.mutable_effective_date(), Day(2028, 1, 20));
  EXPECT_EQ(ReasonOf(Post(late).status()), "ACCOUNT_CLOSED");
  EXPECT_EQ(ReasonOf(Close(Closing()).status()), "YEAR_CLOSED");
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
  const std::string allocated = "WHERE account_id = '2027.allocated.commune20194.x.x.x.x.x'";
  database_.Run("UPDATE budget_account SET close_act = '' " + allocated);
  database_.Run("UPDATE ledger_account SET closed_day = NULL " + allocated);
  const auto report = verify::VerifyBudget(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->findings.size(), 1u);
  EXPECT_EQ(report->findings[0].rule, "closed year");
}

TEST_P(YearCloseTest, ACategoryThatIsStatedLetsTheRestGoOn) {
  FundYear();
  v1::CloseBudgetYearRequest request = Closing();
  v1::CarryOver* carry = request.add_carry_overs();
  carry->set_account(kAllocated);
  carry->set_category(v1::CARRY_CATEGORY_SALARY_REFORM);
  const auto closed = Close(request);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(ByAccount(*closed)[kAllocated].carried_vnd(), 6'500);
  EXPECT_EQ(closed->cancelled_vnd(), 0);
}

TEST_P(YearCloseTest, ACategoryWithoutARuleIsRefused) {
  FundYear();
  // Reference data of a year without rules of what is carried over.
  v1::ImportReferenceDataRequest import;
  import.set_request_id(RequestId());
  v1::ReferenceFile* file = import.add_files();
  file->set_file_name("carry_over.csv");
  file->set_content(
      "category,first_budget_year,last_budget_year,act,article,proven,what,note\n"
      "SALARY_REFORM,2026,,89/2025/QH15,66(3),0,source of the salary reform,\n");
  ASSERT_TRUE(server_.Call(&Stub::ImportReferenceData, import).ok());
  const absl::Status refused = Close(Closing()).status();
  EXPECT_EQ(ReasonOf(refused), "CARRY_CATEGORY_NOT_KNOWN");
  EXPECT_EQ(MetadataOf(refused, "category"), "ADDED_AFTER_30_SEPTEMBER");
}

TEST_P(YearCloseTest, AYearIsClosedInPartsAndReopenedByAnAct) {
  FundYear();
  EXPECT_EQ(ReasonOf(Reopen().status()), "YEAR_NOT_CLOSED");
  v1::CloseBudgetYearRequest request = Closing();
  request.set_accounts_max(1);
  int64_t left = -1;
  int parts = 0;
  int64_t carried = 0;
  do {
    request.set_request_id(RequestId());
    const auto part = Close(request);
    ASSERT_TRUE(part.ok()) << part.status();
    EXPECT_EQ(part->settlements_size(), 1);
    left = part->accounts_left();
    carried += part->carried_vnd();
    ++parts;
  } while (left > 0);
  EXPECT_GT(parts, 2);
  EXPECT_EQ(carried, 500);

  EXPECT_EQ(ReasonOf(Reopen(v1::BODY_CHAIR).status()), "BODY_NOT_COMPETENT");
  const auto reopened = Reopen();
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ(reopened->reversed_journal_ids_size(), 2);
  EXPECT_EQ(AvailableOf(kAllocated), 6'500);
  EXPECT_EQ(AvailableOf(kTargeted), 500);
  EXPECT_EQ(AvailableOf(kApprovedAtCity), 0);
  EXPECT_EQ(ReasonOf(Reopen().status()), "YEAR_NOT_CLOSED");
  EXPECT_TRUE(Close(Closing(Day(2028, 1, 20))).ok());
}

TEST_P(YearCloseTest, WhatWasCarriedOverAndSpentKeepsTheYearClosed) {
  FundYear();
  ASSERT_TRUE(Close(Closing()).ok());
  const std::string next = "provinces/48/accounts/2028.allocated.commune20194.x.x.x.x.x";
  const auto paid = Open("48", {Key(kHaiChau, v1::STAGE_PAID, 2028)});
  PostOn(Day(2028, 1, 20), "spent", {PostOf(next, paid[0], 1)});
  EXPECT_EQ(ReasonOf(Reopen().status()), "LIMIT_EXCEEDED");
  // And nothing of the year was opened on the way.
  EXPECT_EQ(ReasonOf(Close(Closing()).status()), "YEAR_CLOSED");
}

TEST_P(YearCloseTest, AClosedYearTakesNoMoneyByANewAccount) {
  FundYear();
  ASSERT_TRUE(Close(Closing()).ok());
  for (const v1::Stage stage : {v1::STAGE_APPROVED, v1::STAGE_ALLOCATED, v1::STAGE_ADJUSTED}) {
    v1::AccountKey key = Key(kHaiChau, stage);
    key.set_purpose("new");
    const absl::Status refused = OpenAccount(key);
    EXPECT_EQ(ReasonOf(refused), "YEAR_CLOSED");
    EXPECT_EQ(MetadataOf(refused, "unit"), kHaiChau);
    EXPECT_EQ(MetadataOf(refused, "budget_year"), "2027");
  }
  v1::AccountKey next = Key(kHaiChau, v1::STAGE_ALLOCATED, 2028);
  next.set_purpose("new");
  EXPECT_TRUE(OpenAccount(next).ok());
  ASSERT_TRUE(Reopen().ok());
  next.set_year(2027);
  EXPECT_TRUE(OpenAccount(next).ok());
}

TEST_P(YearCloseTest, NoYearIsClosedAheadOfItsEnd) {
  Open("48", {Key(kHaiChau, v1::STAGE_ALLOCATED)});  // With nothing in it.
  SetDay(Day(2027, 6, 1));
  const absl::Status ahead = Close(Closing(Day(2027, 12, 31))).status();
  EXPECT_EQ(ReasonOf(ahead), "EFFECTIVE_IN_FUTURE");
  EXPECT_EQ(MetadataOf(ahead, "date"), "2027-12-31");
  EXPECT_EQ(MetadataOf(ahead, "today"), "2027-06-01");
}

TEST_P(YearCloseTest, CommunesGiveBackBeforeTheirProvinceCloses) {
  const Day last(2027, 12, 31);
  SetDay(last);
  FundYear();
  v1::CloseBudgetYearRequest city = Closing(last);
  city.mutable_decision()->set_unit(kDaNang);
  // What is held may come back too.
  PostOn(Day(2027, 12, 1), "held",
         {HoldOf(kTargeted, "provinces/48/accounts/2027.paid.commune20194.x.x.x.x.bao-so-5", 500,
                 22)});
  EXPECT_EQ(ReasonOf(Close(city).status()), "YEAR_NOT_AT_REST");
  PostOn(last, "void", {VoidOf("provinces/48/journals/held", 1)});
  SetDay(Day(2028, 1, 20));
  city.set_request_id(RequestId());
  SetDate(city.mutable_decision()->mutable_effective_date(), Day(2028, 1, 15));
  const absl::Status early = Close(city).status();
  EXPECT_EQ(ReasonOf(early), "YEAR_NOT_AT_REST");
  ASSERT_EQ(error::PreconditionsOf(early).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(early)[0].type, "SUPPLEMENT");
  EXPECT_EQ(error::PreconditionsOf(early)[0].subject, kTargeted);
  ASSERT_TRUE(Close(Closing()).ok());
  city.set_request_id(RequestId());
  const auto closed = Close(city);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->cancelled_vnd(), 500);
}

TEST_P(YearCloseTest, ReopeningAsksWhatAReversalAsks) {
  FundYear();
  ASSERT_TRUE(Close(Closing()).ok());
  v1::ClosePeriodRequest period;
  period.set_name("provinces/48/periods/2027");
  SetDate(period.mutable_through_date(), Day(2028, 1, 20));
  period.mutable_act()->set_number("10/QĐ-UBND");
  period.set_etag("\"0\"");
  period.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::ClosePeriod, period).ok());
  const absl::Status refused = Reopen().status();
  EXPECT_EQ(ReasonOf(refused), "PERIOD_CLOSED");
  EXPECT_EQ(MetadataOf(refused, "through_date"), "2028-01-20");
  EXPECT_EQ(ReasonOf(Close(Closing()).status()), "YEAR_CLOSED");
}

TEST_P(YearCloseTest, MoneyInMotionComesToRestFirst) {
  const Day last(2027, 12, 31);
  SetDay(last);
  auto accounts = FundYear();
  PostOn(Day(2027, 12, 1), "adjusting",
         {PostOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_ADJUSTED], 10)});
  const absl::Status moving = Close(Closing(last)).status();
  EXPECT_EQ(ReasonOf(moving), "YEAR_NOT_AT_REST");
  ASSERT_EQ(error::PreconditionsOf(moving).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(moving)[0].type, "ADJUSTMENT");
  PostOn(Day(2027, 12, 2), "adjusted",
         {PostOf(accounts[v1::STAGE_ADJUSTED], accounts[v1::STAGE_ALLOCATED], 10)});
  // Until the end of 31 December.
  PostOn(Day(2027, 12, 1), "held",
         {HoldOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_PAID], 5, 22)});
  const absl::Status held = Close(Closing(last)).status();
  EXPECT_EQ(ReasonOf(held), "HOLDS_OPEN");
  ASSERT_EQ(error::PreconditionsOf(held).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(held)[0].subject, kAllocated);
}

TEST_P(YearCloseTest, TheYearEndsOn31DecemberAndCorrectionsOn31January) {
  FundYear();
  EXPECT_EQ(ReasonOf(Close(Closing(Day(2027, 12, 30))).status()), "YEAR_NOT_OVER");
  SetDay(Day(2028, 2, 10));
  EXPECT_EQ(ReasonOf(Close(Closing(Day(2028, 2, 1))).status()), "TOO_LATE_IN_YEAR");
  v1::CloseBudgetYearRequest chair = Closing();
  chair.mutable_decision()->set_body(v1::BODY_CHAIR);
  EXPECT_EQ(ReasonOf(Close(chair).status()), "BODY_NOT_COMPETENT");
  EXPECT_TRUE(Close(Closing(Day(2028, 1, 31))).ok());
}

TEST_P(YearCloseTest, WhatWasAddedLateAndTakenBackIsNotCarriedOver) {
  auto accounts = FundYear();
  PostOn(Day(2027, 10, 5), "back",
         {PostOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_APPROVED], 200)});
  const auto closed = Close(Closing());
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->carried_vnd(), 300);
  EXPECT_EQ(closed->cancelled_vnd(), 6'200);
}

TEST_P(YearCloseTest, WhatWasApprovedEarlyLapsesHoweverLateItIsHandedOut) {
  auto accounts = FundYear();  // 6,500 are left, 500 of them were added late.
  const std::string &approved = accounts[v1::STAGE_APPROVED],
                    &allocated = accounts[v1::STAGE_ALLOCATED];
  PostOn(Day(2027, 9, 1), "early",
         {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], 6'000),
          PostOf(accounts[v1::STAGE_ESTIMATE], approved, 6'000)});
  PostOn(Day(2027, 12, 20), "assigned", {PostOf(approved, allocated, 5'000)});
  // 200 more are added; what is handed out together with them is that first.
  PostOn(Day(2027, 12, 21), "more",
         {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], 200),
          PostOf(accounts[v1::STAGE_ESTIMATE], approved, 200), PostOf(approved, allocated, 700)});
  PostOn(Day(2027, 12, 22), "back", {PostOf(allocated, approved, 50)});
  v1::PostJournalRequest late = JournalOf("assigned-late", {PostOf(approved, allocated, 1)});
  SetDate(late.mutable_effective_date(), Day(2028, 1, 10));
  const absl::Status refused = Post(late).status();
  EXPECT_EQ(ReasonOf(refused), "TOO_LATE_IN_YEAR");
  EXPECT_EQ(MetadataOf(refused, "last_day"), "2027-12-31");
  const auto closed = Close(Closing());
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->carried_vnd(), 650);
}

TEST_P(YearCloseTest, AProvincesTargetedMoneyGoesBackAsFarAsTheCentreGaveIt) {
  const auto city =
      Open("48", {Targeted(kDaNang, v1::STAGE_SOURCE), Targeted(kDaNang, v1::STAGE_ESTIMATE),
                  Targeted(kDaNang, v1::STAGE_APPROVED), Targeted(kDaNang, v1::STAGE_ALLOCATED)});
  GiveFromCentre(city[2], "bao-so-5", 70, Day(2027, 5, 1));
  // 30 are the city's own, for the same purpose.
  PostOn(
      Day(2027, 5, 1), "given",
      {PostOf(city[0], city[1], 30), PostOf(city[1], city[2], 30), PostOf(city[2], city[3], 90)});
  v1::CloseBudgetYearRequest request = Closing();
  request.mutable_decision()->set_unit(kDaNang);
  const absl::Status unnamed = Close(request).status();
  EXPECT_EQ(ReasonOf(unnamed), "LEDGER_NOT_NAMED");
  EXPECT_EQ(MetadataOf(unnamed, "ledgers"), "provinces/00");
  request.set_return_to("provinces/00");
  request.set_request_id(RequestId());
  const auto closed = Close(request);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->returned_vnd(), 70);
  EXPECT_EQ(closed->cancelled_vnd(), 30);
  EXPECT_EQ(AvailableOf("provinces/00/accounts/2027.approved.x.x.x.x.x.bao-so-5"), 70);
  v1::ReopenBudgetYearRequest reopen;
  *reopen.mutable_decision() = Decision(kDaNang, v1::BODY_COMMITTEE, Day(2028, 1, 20));
  reopen.set_request_id(RequestId());
  const absl::Status of_centre = server_.Call(&Stub::ReopenBudgetYear, reopen).status();
  EXPECT_EQ(ReasonOf(of_centre), "LEDGER_NOT_NAMED");
  EXPECT_EQ(MetadataOf(of_centre, "ledgers"), "provinces/00");
  reopen.set_return_to("provinces/00");
  reopen.set_request_id(RequestId());
  EXPECT_TRUE(server_.Call(&Stub::ReopenBudgetYear, reopen).ok());
  EXPECT_EQ(AvailableOf("provinces/00/accounts/2027.approved.x.x.x.x.x.bao-so-5"), 0);
}

TEST_P(YearCloseTest, TargetedMoneyThatWasCarriedOverStillGoesBack) {
  const auto city =
      Open("48", {Targeted(kDaNang, v1::STAGE_SOURCE), Targeted(kDaNang, v1::STAGE_ESTIMATE),
                  Targeted(kDaNang, v1::STAGE_APPROVED), Targeted(kHaiChau, v1::STAGE_ALLOCATED),
                  Targeted(kHaiChau, v1::STAGE_PAID)});
  PostOn(Day(2027, 10, 5), "targeted",
         {PostOf(city[0], city[1], 100), PostOf(city[1], city[2], 100),
          PostOf(city[2], city[3], 100), PostOf(city[3], city[4], 40)});
  const auto closed = Close(Closing());
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->carried_vnd(), 60);
  v1::ReturnTargetedMoneyRequest back;
  *back.mutable_decision() = Decision(kHaiChau, v1::BODY_COMMITTEE, Day(2028, 1, 20), 2028);
  back.set_account("provinces/48/accounts/2028.allocated.commune20194.x.x.x.x.bao-so-5");
  back.set_amount_vnd(61);
  back.set_request_id(RequestId());
  EXPECT_EQ(MetadataOf(server_.Call(&Stub::ReturnTargetedMoney, back).status(), "owed_vnd"), "60");
  back.set_amount_vnd(10);
  back.set_request_id(RequestId());
  const auto returned = server_.Call(&Stub::ReturnTargetedMoney, back);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->account(), "provinces/48/accounts/2028.approved.province48.x.x.x.x.bao-so-5");
  SetDay(Day(2029, 1, 15));
  v1::CloseBudgetYearRequest next = Closing(Day(2029, 1, 15));
  next.mutable_decision()->set_budget_year(2028);
  const auto closed_next = Close(next);
  ASSERT_TRUE(closed_next.ok()) << closed_next.status();
  EXPECT_EQ(closed_next->returned_vnd(), 50);
  EXPECT_EQ(closed_next->cancelled_vnd(), 0);
}

TEST_P(YearCloseTest, NoAccountIsLeftOutWhereThereAreMany) {
  const int count = store::kAccountsOfPage + 1;
  std::vector<v1::AccountKey> keys;
  for (int i = 0; i < count; ++i) {
    keys.push_back(Key(kHaiChau, v1::STAGE_ALLOCATED));
    keys.back().set_purpose(absl::StrCat("p-", i));
  }
  ASSERT_THAT(Open("48", keys), SizeIs(count));
  v1::CloseBudgetYearRequest request = Closing();
  request.set_accounts_max(10);
  const auto begun = Close(request);
  ASSERT_TRUE(begun.ok()) << begun.status();
  EXPECT_EQ(begun->accounts_left(), count - 10);
  request.set_accounts_max(count);
  request.set_request_id(RequestId());
  const auto closed = Close(request);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_THAT(closed->settlements(), SizeIs(count - 10));
  EXPECT_EQ(closed->accounts_left(), 0);
}

TEST_P(YearCloseTest, EveryMalformedFieldIsToldAtOnce) {
  v1::CloseBudgetYearRequest request = Closing();
  request.set_accounts_max(1'001);
  for (const char* account :
       {kAllocated, kAllocated, "provinces/48/accounts/2027.paid.commune20194.x.x.x.x.x"}) {
    v1::CarryOver* carry = request.add_carry_overs();
    carry->set_account(account);
    carry->set_category(v1::CARRY_CATEGORY_SCIENCE);
  }
  EXPECT_THAT(FieldsOf(Close(request).status()),
              ElementsAre("accounts_max", "carry_overs[1].account", "carry_overs[2].account"));
}

}  // namespace
}  // namespace twotier::budget::testing
