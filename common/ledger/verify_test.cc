// The independent checker finds nothing wrong with what the ledger writes, and what is wrong when
// somebody else writes.
#include "tools/verify/verify_ledger.h"

#include "common/ledger/ledger_fixture.h"

namespace twotier::ledger {
namespace {

using testing::Contains;
using testing::IsEmpty;

class VerifyLedgerTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    OpenAll({MakeAccount("state"), MakeAccount("budget", Limit::kDebitsWithinCredits),
             MakeAccount("school"), MakeAccount("staff", Limit::kNone, "post"),
             MakeAccount("jobs", Limit::kNone, "post")});
    PostOne(MakeJournal("J0", {PostLine("state", "budget", 100)}));
    EXPECT_EQ(PostOne(MakeJournal(
                  "J1", {PostLine("state", "budget", 100), PostLine("budget", "school", 10)})),
              "OK");
    PostOne(MakeJournal("J2", {HoldLine("budget", "school", 30), HoldLine("budget", "school", 5),
                               HoldLine("budget", "school", 4)}));
    PostOne(MakeJournal("J3", {SettleLine({"J2", 1}, 12), VoidLine({"J2", 2})}));
    PostOne(MakeJournal("F1", {PostLine("state", "budget", 1), PostLine("budget", "school", 500)}));
    PostOne(MakeJournal("J4", {PostLine("staff", "jobs", 3)}));
    EXPECT_EQ(PostOne(MakeReversal("R1", "J1")), "OK");
    PostOne(MakeReversal("F2", "J9"));
  }

  std::vector<std::string> Findings(bool told = false) {
    const auto report = verify::VerifyLedger(test_database_.url(), told);
    EXPECT_TRUE(report.ok()) << report.status();
    std::vector<std::string> findings;
    for (const verify::Finding& finding : report->findings) {
      findings.push_back(absl::StrCat(finding.rule, ": ", finding.what));
    }
    return findings;
  }
};

TEST_P(VerifyLedgerTest, NothingIsWrongWithWhatTheLedgerWrites) {
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_P(VerifyLedgerTest, WhatSomebodyElseWritesIsFound) {
  const struct {
    const char* sql;
    const char* undo;
    const char* finding;
  } cases[] = {
      {"UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE account_id = 'budget'",
       "UPDATE ledger_account SET credits_posted = credits_posted - 1 WHERE account_id = 'budget'",
       "totals: 48 budget is not what its transfers add up to"},
      {"UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE account_id = 'budget'",
       "UPDATE ledger_account SET credits_posted = credits_posted - 1 WHERE account_id = 'budget'",
       "balance: debits and credits in VND differ"},
      {"UPDATE ledger_transfer SET effective_day = effective_day - 1"
       " WHERE journal = 'J2' AND line = 2",
       "UPDATE ledger_transfer SET effective_day = effective_day + 1"
       " WHERE journal = 'J2' AND line = 2",
       "limit: 48 budget is beyond its limit on day 20783"},
      {"UPDATE ledger_account SET opened_day = 30000 WHERE account_id = 'jobs'",
       "UPDATE ledger_account SET opened_day = 20454 WHERE account_id = 'jobs'",
       "transfer: 48 J4 line 1 is older than an account of it"},
      {"UPDATE ledger_account SET unit = 'VND' WHERE account_id = 'jobs'",
       "UPDATE ledger_account SET unit = 'post' WHERE account_id = 'jobs'",
       "transfer: 48 J4 line 1 moves between units of measure"},
      {"UPDATE ledger_transfer SET credit_account = 'staff' WHERE journal = 'J4'",
       "UPDATE ledger_transfer SET credit_account = 'jobs' WHERE journal = 'J4'",
       "transfer: 48 J4 line 1 has not two accounts"},
      {"UPDATE ledger_transfer SET amount = 0 WHERE journal = 'J4'",
       "UPDATE ledger_transfer SET amount = 3 WHERE journal = 'J4'",
       "transfer: 48 J4 line 1 moves nothing"},
      {"UPDATE ledger_transfer SET kind = 6 WHERE journal = 'J4'",
       "UPDATE ledger_transfer SET kind = 1 WHERE journal = 'J4'",
       "transfer: 48 J4 line 1 is half a reversal"},
      {"UPDATE ledger_transfer SET line = 9 WHERE journal = 'J1' AND line = 2",
       "UPDATE ledger_transfer SET line = 2 WHERE journal = 'J1' AND line = 9",
       "journal: 48 J1 line 9 follows a gap"},
      {"UPDATE ledger_transfer SET result = 1 WHERE journal = 'J1' AND line = 2",
       "UPDATE ledger_transfer SET result = 0 WHERE journal = 'J1' AND line = 2",
       "journal: 48 J1 line 2 did not fare as its mates"},
      {"UPDATE ledger_transfer SET act = 'x' WHERE journal = 'J1' AND line = 2",
       "UPDATE ledger_transfer SET act = '12/NQ-HĐND' WHERE journal = 'J1' AND line = 2",
       "journal: 48 J1 line 2 says something else of its journal"},
      {"UPDATE ledger_refusal SET refused_journal = 'J1' WHERE refused_journal = 'F1'",
       "UPDATE ledger_refusal SET refused_journal = 'F1' WHERE refused_journal = 'J1'",
       "journal: 48 F1 failed without a refusal"},
      {"UPDATE ledger_refusal SET refused_journal = 'J1' WHERE refused_journal = 'F1'",
       "UPDATE ledger_refusal SET refused_journal = 'F1' WHERE refused_journal = 'J1'",
       "journal: 48 J1 is refused and stands, or is missing"},
      {"UPDATE ledger_hold SET remaining = 17 WHERE line = 1",
       "UPDATE ledger_hold SET remaining = 18 WHERE line = 1",
       "hold: 48 J2 line 1 has 17 left, which is not its amount less what followed it"},
      {"UPDATE ledger_hold SET ended = 3 WHERE line = 2",
       "UPDATE ledger_hold SET ended = 2 WHERE line = 2",
       "hold: 48 J2 line 2 did not end as it says"},
      {"UPDATE ledger_hold SET expiry_day = expiry_day + 1 WHERE line = 3",
       "UPDATE ledger_hold SET expiry_day = expiry_day - 1 WHERE line = 3",
       "hold: 48 J2 line 3 is not what its transfer says"},
      {"UPDATE ledger_hold SET line = 7 WHERE line = 3",
       "UPDATE ledger_hold SET line = 3 WHERE line = 7",
       "hold: 48 J2 line 3 has no row of its own, or is no hold"},
      {"UPDATE ledger_hold SET line = 7 WHERE line = 3",
       "UPDATE ledger_hold SET line = 3 WHERE line = 7",
       "hold: 48 J2 line 7 is a hold without a transfer"},
      {"UPDATE ledger_transfer SET debit_account = 'school', credit_account = 'budget'"
       " WHERE journal = 'J3' AND line = 1",
       "UPDATE ledger_transfer SET debit_account = 'budget', credit_account = 'school'"
       " WHERE journal = 'J3' AND line = 1",
       "hold: 48 J3 line 1 does not follow its hold"},
      {"UPDATE ledger_transfer SET reverses = 'J2' WHERE journal = 'R1'",
       "UPDATE ledger_transfer SET reverses = 'J1' WHERE journal = 'R1'",
       "reversal: 48 J2 is reversed by something else"},
      {"UPDATE ledger_transfer SET reverses = 'F1' WHERE journal = 'R1'",
       "UPDATE ledger_transfer SET reverses = 'J1' WHERE journal = 'R1'",
       "reversal: 48 F1 is reversed and does not stand"},
  };
  for (const auto& [sql, undo, finding] : cases) {
    test_database_.Run(sql);
    EXPECT_THAT(Findings(), Contains(std::string(finding))) << sql;
    test_database_.Run(undo);
    ASSERT_THAT(Findings(), IsEmpty()) << undo;
  }
  EXPECT_THAT(Findings(/*told=*/true), Contains("told: 48 J1 is told by no event of the feed"));
}

INSTANTIATE_TEST_SUITE_P(All, VerifyLedgerTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::ledger
