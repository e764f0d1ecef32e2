// Posting to tables: what is written, what a repeated or failed id does, and in how few flights.
#include "common/ledger/store.h"

#include <atomic>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/ledger/ledger_fixture.h"

namespace twotier::ledger {
namespace {

std::string ReasonOf(const absl::Status& status) {
  const std::optional<error::Reason> reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

// Counts the ledger's statements.
class StatementCount final : public db::Observer {
 public:
  void OnStatement(absl::string_view name, absl::Duration, bool) override {
    if (absl::StartsWith(name, "ledger_")) ++statements;
  }
  void OnBatch(int, absl::Duration) override {}
  void OnConflict() override {}
  void OnReconnect() override {}
  void OnQueue(bool, int64_t) override {}
  void OnWal(int64_t) override {}
  std::atomic<int> statements{0};
};

class StoreTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    OpenAll({MakeAccount("state"), MakeAccount("budget", Limit::kDebitsWithinCredits),
             MakeAccount("school")});
  }
};

TEST_P(StoreTest, APostMovesTheAmountOnBothAccounts) {
  EXPECT_EQ(PostOne(MakeJournal("J1", {PostLine("state", "budget", 100)})), "OK");
  EXPECT_EQ(TotalsOf("state"), "100+0, 0+0");
  EXPECT_EQ(TotalsOf("budget"), "0+0, 100+0");
}

TEST_P(StoreTest, TheLimitHoldsAndTheRefusalSaysWhatWasThere) {
  PostOne(MakeJournal("J1", {PostLine("state", "budget", 100)}));
  PostOne(MakeJournal("J2", {HoldLine("budget", "school", 30)}));
  EXPECT_EQ(PostOne(MakeJournal("J3", {PostLine("budget", "school", 71)})),
            "LIMIT_EXCEEDED line 1 budget asked 71 of 70 held 30");
  EXPECT_EQ(PostOne(MakeJournal("J4", {PostLine("budget", "school", 70)})), "OK");
  EXPECT_EQ(TotalsOf("budget"), "70+30, 100+0");
}

TEST_P(StoreTest, AHoldIsSettledInPartsAndVoided) {
  PostOne(MakeJournal("J1", {PostLine("state", "budget", 100)}));
  PostOne(MakeJournal("J2", {HoldLine("budget", "school", 60)}));
  EXPECT_EQ(PostOne(MakeJournal("J3", {SettleLine({"J2", 1}, 25)})), "OK");
  EXPECT_EQ(TotalsOf("budget"), "25+35, 100+0");
  EXPECT_EQ(PostOne(MakeJournal("J4", {SettleLine({"J2", 1}, 36)})),
            "BEYOND_HOLD line 1 asked 36 of 35 held 35");
  EXPECT_EQ(PostOne(MakeJournal("J5", {VoidLine({"J2", 1})})), "OK");
  EXPECT_EQ(TotalsOf("budget"), "25+0, 100+0");
  EXPECT_EQ(PostOne(MakeJournal("J6", {SettleLine({"J2", 1}, 1)})),
            "HOLD_VOIDED line 1 asked 1 of 0 held 0");
}

TEST_P(StoreTest, ARepeatedJournalAnswersAsTheFirstTimeAndMovesNothing) {
  const Journal journal = MakeJournal("J1", {PostLine("state", "budget", 100)});
  EXPECT_EQ(PostOne(journal), "OK");
  EXPECT_EQ(PostOne(journal), "OK again");
  EXPECT_EQ(TotalsOf("budget"), "0+0, 100+0");
  EXPECT_EQ(PostOne(MakeJournal("J1", {PostLine("state", "budget", 101)})),
            "JOURNAL_ID_TAKEN line 1 lines[0].amount");
}

TEST_P(StoreTest, AFailedIdStaysFailed) {
  const Journal journal = MakeJournal("J1", {PostLine("budget", "school", 5)});
  EXPECT_EQ(PostOne(journal), "LIMIT_EXCEEDED line 1 budget asked 5 of 0 held 0");
  EXPECT_EQ(PostOne(MakeJournal("J2", {PostLine("state", "budget", 100)})), "OK");
  EXPECT_EQ(PostOne(journal), "LIMIT_EXCEEDED line 1 budget asked 5 of 0 held 0 again");
  EXPECT_EQ(TotalsOf("budget"), "0+0, 100+0");
}

TEST_P(StoreTest, AJournalIsReversedOnce) {
  PostOne(MakeJournal("J1", {PostLine("state", "budget", 100), PostLine("budget", "school", 40)}));
  EXPECT_EQ(PostOne(MakeReversal("R1", "J1")), "OK");
  EXPECT_EQ(TotalsOf("state"), "100+0, 100+0");
  EXPECT_EQ(TotalsOf("budget"), "140+0, 140+0");
  EXPECT_EQ(PostOne(MakeReversal("R2", "J1")), "JOURNAL_REVERSED reverses");
  EXPECT_EQ(PostOne(MakeReversal("R1", "J1")), "OK again");
}

TEST_P(StoreTest, ABatchHasOneAnswerForEachJournal) {
  std::vector<Journal> journals;
  for (size_t i = 0; i < kLinesMax; ++i) {
    // Every fourth asks for more than the ones before it have brought.
    journals.push_back(MakeJournal(
        absl::StrCat("B", i),
        {i % 4 == 3 ? PostLine("budget", "school", 4) : PostLine("state", "budget", 1)}));
  }
  const std::vector<Outcome> outcomes = PostAll(journals);
  ASSERT_EQ(outcomes.size(), kLinesMax);
  // Three come, four are asked for and refused; three more come, four go, two are left, and so on.
  int64_t left = 0;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const bool stands = i % 4 != 3 || left >= 4;
    ASSERT_EQ(outcomes[i].ok(), stands) << i;
    left += i % 4 != 3 ? 1 : stands ? -4 : 0;
  }
  EXPECT_EQ(AvailableOf(Find("budget")), left);
}

TEST_P(StoreTest, ALongJournalStandsOrFallsAsOne) {
  std::vector<Line> lines(kLinesMax, PostLine("state", "budget", 1));
  lines.back() = PostLine("budget", "school", 8000);
  EXPECT_EQ(PostOne(MakeJournal("L1", lines)),
            "LIMIT_EXCEEDED line 8000 budget asked 8000 of 7999 held 0");
  EXPECT_EQ(TotalsOf("budget"), "0+0, 0+0");
  lines.back().amount = 7999;
  EXPECT_EQ(PostOne(MakeJournal("L2", lines)), "OK");
  EXPECT_EQ(PostOne(MakeJournal("L2", lines)), "OK again");
  EXPECT_EQ(TotalsOf("school"), "0+0, 7999+0");
}

// Eight of them go as one statement, the rest one by one: each is its own hold all the same.
TEST_P(StoreTest, ManyHoldsAreSettledByOneJournal) {
  std::vector<Line> holds = {PostLine("state", "budget", 1000)};
  std::vector<Line> settled;
  for (int64_t i = 1; i <= 11; ++i) {
    holds.push_back(HoldLine("budget", "school", 2 * i));
    settled.push_back(SettleLine({"J1", i + 1}, i));
  }
  EXPECT_EQ(PostOne(MakeJournal("J1", holds)), "OK");
  EXPECT_EQ(PostOne(MakeJournal("J2", settled)), "OK");
  EXPECT_EQ(TotalsOf("school"), "0+0, 66+66");
  for (int64_t i = 1; i <= 11; ++i) {
    const std::string id = absl::StrCat("rest", i);
    EXPECT_EQ(PostOne(MakeJournal(id, {SettleLine({"J1", i + 1}, i)})), "OK");
    EXPECT_EQ(PostOne(MakeJournal(id + "more", {VoidLine({"J1", i + 1})})), "HOLD_SETTLED line 1");
  }
  EXPECT_EQ(TotalsOf("school"), "0+0, 132+0");
}

TEST_P(StoreTest, MoreThanABatchIsRefusedUnread) {
  const std::vector<Journal> journals(kLinesMax + 1,
                                      MakeJournal("B", {PostLine("state", "budget", 1)}));
  const absl::Status status =
      Try([&](db::Tx& tx) { return Post(tx, InBook(), journals).status(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << status;
}

TEST_P(StoreTest, AccountsAreOpenedTogetherOrNotAtAll) {
  const auto open = [&](const std::vector<Account>& accounts) {
    return Try([&](db::Tx& tx) { return OpenAccounts(tx, accounts); });
  };
  const absl::Status taken = open({MakeAccount("new"), MakeAccount("budget")});
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists) << taken;
  EXPECT_EQ(open({MakeAccount("new"), MakeAccount("new")}).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(open({MakeAccount("new"), MakeAccount("newer")}).ok());
  EXPECT_EQ(Find("new").opened_day, kOpened);
  EXPECT_EQ(Find("budget").limit, Limit::kDebitsWithinCredits);
}

TEST_P(StoreTest, AnAccountIsClosedAndOpenedAgain) {
  const auto change = [&](const std::string& name, bool close) {
    return Try([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Account> account, FindAccount(tx, Id(name)));
      return close ? CloseAccount(tx, *account, kToday) : ReopenAccount(tx, *account);
    });
  };
  EXPECT_EQ(ReasonOf(change("school", false)), "ACCOUNT_NOT_CLOSED");
  PostOne(MakeJournal("J1", {PostLine("state", "budget", 9), HoldLine("budget", "school", 5)}));
  const absl::Status held = change("school", true);
  EXPECT_EQ(ReasonOf(held), "HOLDS_OPEN");
  EXPECT_EQ(error::ReasonOf(held)->metadata,
            (error::Metadata{{"account", "school"}, {"held", "5"}}));
  PostOne(MakeJournal("J2", {VoidLine({"J1", 2})}));
  EXPECT_TRUE(change("school", true).ok());
  EXPECT_EQ(Find("school").closed_day, kToday);
  EXPECT_EQ(Find("school").version, 2);
  EXPECT_EQ(ReasonOf(change("school", true)), "ACCOUNT_CLOSED");
  EXPECT_EQ(PostOne(MakeJournal("J3", {PostLine("budget", "school", 1)})),
            "ACCOUNT_CLOSED line 1 school");
  EXPECT_TRUE(change("school", false).ok());
  EXPECT_EQ(PostOne(MakeJournal("J4", {PostLine("budget", "school", 1)})), "OK");
  EXPECT_EQ(PostOne(MakeJournal("J3", {PostLine("budget", "school", 1)})),
            "ACCOUNT_CLOSED line 1 school again");
}

TEST_P(StoreTest, OneJournalMovesBetweenTheCentreAndAProvince) {
  Account centre = MakeAccount("supplements", Limit::kDebitsWithinCredits);
  centre.id.province_code = "00";
  Account treasury = MakeAccount("treasury");
  treasury.id.province_code = "00";
  OpenAll({centre, treasury});
  Line fund = PostLine("treasury", "supplements", 50);
  fund.debit.province_code = fund.credit.province_code = "00";
  Line pay = PostLine("supplements", "budget", 50);
  pay.debit.province_code = "00";
  EXPECT_EQ(PostOne(MakeJournal("J1", {fund, pay}), InBook("00")), "OK");
  EXPECT_EQ(TotalsOf("budget"), "0+0, 50+0");
  EXPECT_EQ(PostOne(MakeJournal("J1", {PostLine("budget", "school", 1)}), InBook("48")), "OK")
      << "each book has ids of its own";
}

TEST_P(StoreTest, TheEngineKeepsTheLimitWhateverAStatementSays) {
  PostOne(MakeJournal("J1", {PostLine("state", "budget", 10)}));
  constexpr db::Statement kOverspend{
      "overspend", "UPDATE ledger_account SET debits_posted = 11 WHERE account_id = 'budget'"};
  const absl::Status status = Try([&](db::Tx& tx) { return tx.Exec(kOverspend, {}).status(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(TotalsOf("budget"), "0+0, 10+0");
}

TEST_P(StoreTest, NothingIsSpentOnADayBeforeItCame) {
  PostOne(MakeJournal("J1", {PostLine("state", "budget", 30)}, kToday - 20));
  PostOne(MakeJournal("J2", {PostLine("state", "budget", 70), HoldLine("budget", "school", 5)},
                      kToday - 5));
  // The last of a call is told what the ones before it have left of each day.
  const std::vector<Outcome> outcomes =
      PostAll({MakeJournal("J3", {PostLine("budget", "school", 31)}, kToday - 10),
               MakeJournal("J4", {PostLine("budget", "school", 25)}, kToday - 10),
               MakeJournal("J5", {PostLine("state", "budget", 40)}),
               MakeJournal("J6", {PostLine("budget", "school", 71)}, kToday - 4)});
  EXPECT_EQ(Told(outcomes[0]), "LIMIT_EXCEEDED line 1 budget effective_day asked 31 of 30 held 0");
  EXPECT_EQ(Told(outcomes[1]), "OK");
  EXPECT_EQ(Told(outcomes[3]), "LIMIT_EXCEEDED line 1 budget effective_day asked 71 of 70 held 5");
  Journal reversal = MakeReversal("R1", "J1");
  reversal.effective_day = kToday - 10;
  EXPECT_EQ(PostOne(reversal), "LIMIT_EXCEEDED line 1 budget effective_day asked 30 of 5 held 0");
  reversal.id = "R2";
  reversal.effective_day = kToday - 5;
  EXPECT_EQ(PostOne(reversal), "OK");
  EXPECT_EQ(TotalsOf("budget"), "55+5, 140+0");
}

// What a posting costs, in statements: the pages of indexes follow from them.
TEST_P(StoreTest, APostingTakesFiveStatements) {
  StatementCount observer;
  db::DatabaseOptions options;
  options.observer = &observer;
  Open(options);
  EXPECT_EQ(PostOne(MakeJournal("J1", {PostLine("state", "budget", 10)})), "OK");
  EXPECT_EQ(observer.statements, 5);  // Two accounts, the id; the line, both accounts.
  observer.statements = 0;
  EXPECT_EQ(PostOne(MakeJournal("J2", {PostLine("state", "budget", 10)}, kToday - 1)), "OK");
  EXPECT_EQ(observer.statements, 7) << "and the days of both accounts";
  database_.reset();
}

INSTANTIATE_TEST_SUITE_P(All, StoreTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::ledger
