// Posting to tables: what is written, what a repeated or failed id does, and in how few flights.
#include "common/ledger/store.h"

#include "common/errors.h"
#include "common/ledger/ledger_fixture.h"

namespace twotier::ledger {
namespace {

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

INSTANTIATE_TEST_SUITE_P(All, StoreTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::ledger
