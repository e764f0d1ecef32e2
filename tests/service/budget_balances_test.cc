// What accounts hold on any date, as it was known at any instant; statements; closed periods.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/status_macros.h"
#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {
namespace {

using testing_support::kAnHai;
using testing_support::kHaiChau;
using testing_support::SetDate;

class BalancesTest : public BudgetTest {
 protected:
  // Pays effective on a day of October 2026.
  void Pay(const std::string& id, int64_t amount_vnd, int day) {
    v1::PostJournalRequest request = JournalOf(id, {PostOf(allocated_, paid_, amount_vnd)});
    SetDate(request.mutable_effective_date(), 2026, 10, day);
    ASSERT_TRUE(Post(request).ok());
  }

  // An instant at which all that was committed is known, and nothing that comes later.
  google::protobuf::Timestamp Known() {
    constexpr db::Statement kPending{"test_pending_events",
                                     "SELECT COUNT(*) FROM event WHERE position IS NULL"};
    testing_support::ServiceHost::WaitUntil(
        [&] {
          int64_t pending = 0;
          const absl::Status read = server_.database().ReadNow([&](db::Tx& tx) -> absl::Status {
            ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kPending, {}));
            pending = rows[0].Int(0);
            return absl::OkStatus();
          });
          return read.ok() && pending == 0;
        },
        "the feed to number what was committed");
    google::protobuf::Timestamp now;
    now.set_seconds(absl::ToUnixSeconds(server_.clock().Now()) + 1);
    server_.clock().Advance(absl::Seconds(10));
    testing_support::ServiceHost::WaitUntil(
        [&] {
          v1::GetBalancesRequest request;
          request.set_parent("provinces/48");
          *request.mutable_as_known_at() = now;
          return server_.Call(&Stub::GetBalances, request).ok();
        },
        "the feed to stand behind the instant");
    return now;
  }

  std::map<v1::Stage, std::string> accounts_ =
      Fund(kHaiChau, 1'000'000, 2026, absl::CivilDay(2026, 10, 1));
  const std::string allocated_ = accounts_[v1::STAGE_ALLOCATED];
  const std::string paid_ = accounts_[v1::STAGE_PAID];
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(BalancesTest);

TEST_P(BalancesTest, AreOfAnyDateAndOfAnyKnowledge) {
  Pay("a", 100, 10);
  const google::protobuf::Timestamp before = Known();
  Pay("b", 20, 9);  // Entered later for an earlier day.
  v1::GetBalancesRequest request;
  request.set_parent("provinces/48");
  request.mutable_filter()->set_unit(kHaiChau);
  request.mutable_filter()->set_stage(v1::STAGE_PAID);
  const auto balance = [&](int day, bool known_then) {
    SetDate(request.mutable_as_of(), 2026, 10, day);
    request.clear_as_known_at();
    if (known_then) *request.mutable_as_known_at() = before;
    const auto response = server_.Call(&Stub::GetBalances, request);
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->balances_size(), 1);
    return response->balances(0).balance().balance_vnd();
  };
  EXPECT_EQ(balance(8, false), 0);
  EXPECT_EQ(balance(9, false), 20);
  EXPECT_EQ(balance(10, false), 120);
  EXPECT_EQ(balance(9, true), 0);
  EXPECT_EQ(balance(10, true), 100);

  request.mutable_as_known_at()->set_seconds(absl::ToUnixSeconds(server_.clock().Now()) + 3600);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetBalances, request).status()), "NOT_KNOWN_YET");
}

// Nothing is spent or held on a day on which it had not come, whatever there is today.
TEST_P(BalancesTest, AJournalDatedBackSpendsNothingThatCameLater) {
  for (const v1::Transfer& transfer :
       {PostOf(allocated_, paid_, 1), HoldOf(allocated_, paid_, 1, 60)}) {
    v1::PostJournalRequest request = JournalOf("early", {transfer});
    request.set_journal_id(transfer.kind() == v1::TRANSFER_KIND_HOLD ? "early-2" : "early-1");
    SetDate(request.mutable_effective_date(), 2026, 9, 30);
    const auto refused = Post(request);
    EXPECT_EQ(ReasonOf(refused.status()), "LIMIT_EXCEEDED");
    EXPECT_EQ(MetadataOf(refused.status(), "field"), "effective_day");
    EXPECT_EQ(MetadataOf(refused.status(), "account"), allocated_);
    EXPECT_EQ(MetadataOf(refused.status(), "available"), "0");
  }
  // What was spent and refilled since does not go back to the day of its original.
  Pay("all", 1'000'000, 10);
  v1::ReverseJournalRequest back;
  back.set_name("provinces/48/journals/all");
  back.set_journal_id("back");
  SetDate(back.mutable_effective_date(), 2026, 10, 20);
  back.mutable_act()->set_number("12/QĐ-UBND");
  back.set_reason("Thu hồi");
  back.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::ReverseJournal, back).ok());
  v1::PostJournalRequest between = JournalOf("between", {PostOf(allocated_, paid_, 1)});
  SetDate(between.mutable_effective_date(), 2026, 10, 15);
  EXPECT_EQ(ReasonOf(Post(between).status()), "LIMIT_EXCEEDED");
  Pay("after", 1'000'000, 20);
}

// By item, as of a day, whatever was classified otherwise later; and as it was known before.
TEST_P(BalancesTest, AreClassifiedAsTheyWereOnTheDay) {
  std::vector<v1::AccountKey> keys = {Key(kHaiChau, v1::STAGE_ADJUSTED),
                                      Key(kHaiChau, v1::STAGE_ALLOCATED)};
  keys[1].mutable_line()->set_item("341");
  const std::vector<std::string> names = Open("48", keys);
  const google::protobuf::Timestamp before = Known();
  v1::PostJournalRequest otherwise =
      JournalOf("otherwise", {PostOf(allocated_, names[0], 300), PostOf(names[0], names[1], 300)});
  SetDate(otherwise.mutable_effective_date(), 2026, 10, 10);
  ASSERT_TRUE(Post(otherwise).ok());
  v1::GetBalancesRequest request;
  request.set_parent("provinces/48");
  request.mutable_filter()->set_unit(kHaiChau);
  request.mutable_filter()->set_stage(v1::STAGE_ALLOCATED);
  request.mutable_filter()->mutable_line()->set_item("341");
  const auto of_item = [&](int day) {
    SetDate(request.mutable_as_of(), 2026, 10, day);
    const auto response = server_.Call(&Stub::GetBalances, request);
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->balances_size(), 1);
    return response->balances(0).balance().balance_vnd();
  };
  EXPECT_EQ(of_item(9), 0);
  EXPECT_EQ(of_item(10), 300);
  *request.mutable_as_known_at() = before;
  EXPECT_EQ(of_item(10), 0);
}

TEST_P(BalancesTest, AreSelectedByWhatAccountsStandFor) {
  v1::AccountKey targeted = Key(kAnHai, v1::STAGE_ALLOCATED);
  targeted.mutable_line()->set_item("341");
  targeted.set_purpose("flood");
  const std::vector<std::string> opened = Open("48", {targeted, Key(kAnHai, v1::STAGE_PAID, 2028)});
  v1::GetBalancesRequest request;
  request.set_parent("provinces/48");
  request.mutable_filter()->mutable_line()->set_item("341");
  request.mutable_filter()->set_purpose("flood");
  const auto by_line = server_.Call(&Stub::GetBalances, request);
  ASSERT_TRUE(by_line.ok()) << by_line.status();
  ASSERT_EQ(by_line->balances_size(), 1);
  EXPECT_EQ(by_line->balances(0).account(), opened[0]);
  EXPECT_TRUE(by_line->balances(0).has_balance());

  request.clear_filter();
  request.set_page_size(4);
  int accounts = 0;
  do {
    const auto page = server_.Call(&Stub::GetBalances, request);
    ASSERT_TRUE(page.ok()) << page.status();
    accounts += page->balances_size();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(accounts, 11);

  v1::ListAccountsRequest list;
  list.set_parent("provinces/48");
  list.set_unit(kAnHai);
  list.set_year(2028);
  const auto listed = server_.Call(&Stub::ListAccounts, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->accounts_size(), 1);
  EXPECT_EQ(listed->accounts(0).name(), opened[1]);
}

TEST_P(BalancesTest, AStatementIsTheSameInAnyPagesAndInASecondRun) {
  for (int i = 1; i <= 5; ++i) Pay("pay-" + std::to_string(i), i, i);
  v1::GetStatementRequest request;
  request.set_name(allocated_);
  SetDate(request.mutable_first_date(), 2026, 10, 2);
  SetDate(request.mutable_end_date(), 2026, 11, 1);
  const auto whole = server_.Call(&Stub::GetStatement, request);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->opening().balance_vnd(), 999'999);
  ASSERT_EQ(whole->entries_size(), 4);
  EXPECT_EQ(whole->entries(0).journal(), "provinces/48/journals/pay-2");
  EXPECT_TRUE(whole->entries(0).debit());
  EXPECT_EQ(whole->entries(0).other_account(), paid_);
  EXPECT_EQ(whole->entries(3).after().balance_vnd(), 999'985);
  EXPECT_EQ(whole->closing().balance_vnd(), 999'985);
  EXPECT_EQ(whole->sha256().size(), 64u);

  request.set_page_size(3);
  Known();
  const auto first = server_.Call(&Stub::GetStatement, request);
  ASSERT_TRUE(first.ok()) << first.status();
  Pay("pay-meanwhile", 7, 2);  // Its place is on the page that was read.
  Known();
  request.set_page_token(first->next_page_token());
  const auto last = server_.Call(&Stub::GetStatement, request);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->sha256(), whole->sha256());
  EXPECT_EQ(last->closing().SerializeAsString(), whole->closing().SerializeAsString());
  EXPECT_TRUE(last->next_page_token().empty());
  request.set_name(paid_);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetStatement, request).status()), "WRONG_PAGE_TOKEN");

  v1::GetStatementRequest nowhere;
  nowhere.set_name("provinces/48/accounts/2026.paid.commune20195.x.x.x.x.x");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetStatement, nowhere).status()), "ACCOUNT_NOT_FOUND");
}

TEST_P(BalancesTest, AStatementIsTheSameAnotherDayWithWhatItSaysOfItself) {
  for (int i = 1; i <= 3; ++i) Pay("pay-" + std::to_string(i), i, i);
  Known();
  v1::GetStatementRequest request;
  request.set_name(allocated_);
  request.set_page_size(2);
  const auto first = server_.Call(&Stub::GetStatement, request);
  ASSERT_TRUE(first.ok()) << first.status();
  request.set_page_token(first->next_page_token());
  const auto last = server_.Call(&Stub::GetStatement, request);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->entries_size(), 2);
  EXPECT_EQ(first->first_date().year(), 1970);
  EXPECT_EQ(last->end_date().day(), 3);  // The day after Monday.
  EXPECT_EQ(last->as_known_at().SerializeAsString(), first->as_known_at().SerializeAsString());

  server_.clock().Advance(absl::Hours(24));
  Pay("pay-late", 7, 2);
  Known();
  v1::GetStatementRequest again;
  again.set_name(allocated_);
  *again.mutable_as_known_at() = last->as_known_at();
  const auto by_instant = server_.Call(&Stub::GetStatement, again);
  ASSERT_TRUE(by_instant.ok()) << by_instant.status();
  EXPECT_EQ(by_instant->sha256(), last->sha256());
  *again.mutable_first_date() = last->first_date();
  *again.mutable_end_date() = last->end_date();
  EXPECT_EQ(server_.Call(&Stub::GetStatement, again)->sha256(), last->sha256());
  again.clear_as_known_at();
  const auto now = server_.Call(&Stub::GetStatement, again);
  EXPECT_FALSE(now->has_as_known_at());
  EXPECT_NE(now->sha256(), last->sha256());
}

TEST_P(BalancesTest, PagesOfBalancesAreOfOneInstant) {
  Known();
  v1::GetBalancesRequest request;
  request.set_parent("provinces/48");
  request.set_page_size(2);
  int64_t sum = 0;
  std::string known;
  do {
    const auto page = server_.Call(&Stub::GetBalances, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::AccountBalance& balance : page->balances()) {
      sum += balance.balance().balance_vnd();
    }
    if (known.empty()) known = page->as_known_at().SerializeAsString();
    EXPECT_EQ(page->as_known_at().SerializeAsString(), known);
    // From an account of a page before to one of a page to come.
    if (request.page_token().empty()) Pay("meanwhile", 5, 5);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(sum, 0);
}

TEST_P(BalancesTest, AClosedAccountTakesNothing) {
  v1::CloseAccountRequest close;
  close.set_name(paid_);
  close.mutable_act()->set_number("9/QĐ-UBND");
  close.set_etag("\"7\"");
  close.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CloseAccount, close).status()), "STALE_ETAG");
  close.set_etag("\"1\"");
  close.set_request_id(RequestId());
  const auto closed = server_.Call(&Stub::CloseAccount, close);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->account().state(), v1::ACCOUNT_STATE_CLOSED);
  EXPECT_EQ(closed->account().close_act().number(), "9/QĐ-UBND");
  const auto refused = Post("late", {PostOf(allocated_, paid_, 1)});
  EXPECT_EQ(ReasonOf(refused.status()), "ACCOUNT_CLOSED");
  EXPECT_EQ(MetadataOf(refused.status(), "account"), paid_);
  close.set_etag(closed->account().etag());
  close.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CloseAccount, close).status()), "ACCOUNT_CLOSED");
  close.set_name("provinces/48/accounts/2026.paid.commune20195.x.x.x.x.x");
  close.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CloseAccount, close).status()), "ACCOUNT_NOT_FOUND");
}

TEST_P(BalancesTest, AnAccountThatHoldsMoneyIsNotClosed) {
  const int64_t balance = BalanceOf(allocated_).balance_vnd();
  ASSERT_GT(balance, 0);
  v1::CloseAccountRequest close;
  close.set_name(allocated_);
  close.mutable_act()->set_number("9/QĐ-UBND");
  close.set_etag("\"1\"");
  close.set_request_id(RequestId());
  const absl::Status refused = server_.Call(&Stub::CloseAccount, close).status();
  EXPECT_EQ(ReasonOf(refused), "ACCOUNT_NOT_EMPTY");
  EXPECT_EQ(MetadataOf(refused, "account"), allocated_);
  EXPECT_EQ(MetadataOf(refused, "available"), absl::StrCat(balance));
  // It is open still; once all of it is paid nothing hinders.
  ASSERT_TRUE(Post("pay", {PostOf(allocated_, paid_, balance)}).ok());
  close.set_request_id(RequestId());
  EXPECT_TRUE(server_.Call(&Stub::CloseAccount, close).ok());
}

TEST_P(BalancesTest, AClosedPeriodTakesNothingUntilAnActOpensIt) {
  const std::vector<v1::Transfer> early = {PostOf(allocated_, paid_, 1),
                                           HoldOf(allocated_, paid_, 1, 5)};
  ASSERT_TRUE(Post("early", early).ok());
  v1::BatchCreateTransfersRequest batch;
  batch.set_parent("provinces/48");
  SetDate(batch.mutable_effective_date(), 2026, 11, 2);
  batch.mutable_act()->set_number("UNC-2");
  v1::BatchedTransfer* batched = batch.add_transfers();
  batched->set_journal_id("batched");
  *batched->mutable_transfer() = PostOf(allocated_, paid_, 1);
  batch.set_request_id(RequestId());
  ASSERT_EQ(server_.Call(&Stub::BatchCreateTransfers, batch)->entered(), 1);
  v1::ClosePeriodRequest close;
  close.set_name("provinces/48/periods/2026");
  SetDate(close.mutable_through_date(), 2026, 11, 2);
  close.mutable_act()->set_number("10/QĐ-UBND");
  close.set_etag("\"0\"");
  close.set_request_id(RequestId());
  SetDate(close.mutable_through_date(), 2026, 11, 3);
  const absl::Status ahead = server_.Call(&Stub::ClosePeriod, close).status();
  EXPECT_EQ(ReasonOf(ahead), "EFFECTIVE_IN_FUTURE");
  EXPECT_EQ(MetadataOf(ahead, "today"), "2026-11-02");
  close.set_request_id(RequestId());
  SetDate(close.mutable_through_date(), 2026, 11, 2);
  const auto closed = server_.Call(&Stub::ClosePeriod, close);
  ASSERT_TRUE(closed.ok()) << closed.status();
  const auto refused = Post("late", {PostOf(allocated_, paid_, 1)});
  EXPECT_EQ(ReasonOf(refused.status()), "PERIOD_CLOSED");
  EXPECT_EQ(MetadataOf(refused.status(), "through_date"), "2026-11-02");
  EXPECT_EQ(MetadataOf(refused.status(), "act"), "10/QĐ-UBND");
  EXPECT_EQ(MetadataOf(refused.status(), "account"), allocated_);
  // What was entered before has its answer all the same, and is not taken for something else.
  const auto again = Post("early", early);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->entries_size(), 2);
  const absl::Status other = Post("early", {early[0], HoldOf(allocated_, paid_, 2, 5)}).status();
  EXPECT_EQ(ReasonOf(other), "JOURNAL_ID_TAKEN");
  EXPECT_EQ(MetadataOf(other, "field"), "lines[1].amount");
  batch.set_request_id(RequestId());
  auto repeated = server_.Call(&Stub::BatchCreateTransfers, batch);
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_TRUE(repeated->results(0).repeated());
  EXPECT_EQ(repeated->results(0).reason(), "");
  batch.mutable_transfers(0)->mutable_transfer()->set_amount_vnd(2);
  batch.set_request_id(RequestId());
  repeated = server_.Call(&Stub::BatchCreateTransfers, batch);
  EXPECT_EQ(repeated->results(0).reason(), "JOURNAL_ID_TAKEN");

  close.set_etag(closed->period().etag());
  close.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ClosePeriod, close).status()), "PERIOD_CLOSED");

  v1::ReopenPeriodRequest reopen;
  reopen.set_name(close.name());
  SetDate(reopen.mutable_from_date(), 2026, 11, 3);
  reopen.mutable_act()->set_number("11/QĐ-UBND");
  reopen.set_etag(closed->period().etag());
  reopen.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ReopenPeriod, reopen).status()), "PERIOD_OPEN");
  SetDate(reopen.mutable_from_date(), 2026, 11, 1);
  reopen.set_request_id(RequestId());
  const auto reopened = server_.Call(&Stub::ReopenPeriod, reopen);
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ(reopened->period().version(), 2);
  EXPECT_TRUE(Post("late", {PostOf(allocated_, paid_, 1)}).ok());

  v1::GetPeriodRequest get;
  get.set_name(close.name());
  const auto got = server_.Call(&Stub::GetPeriod, get);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->period().through_date().day(), 31);
  get.set_name("provinces/48/periods/1999");
  EXPECT_EQ(error::FieldViolationsOf(server_.Call(&Stub::GetPeriod, get).status()).size(), 1u);
}

}  // namespace
}  // namespace twotier::budget::testing
