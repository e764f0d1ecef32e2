// 64 callers at once, on all lanes: no limit is exceeded, no id counts twice, nothing is undone
// twice. The callers share the ledger's key, as services do, or have keys of their own and meet on
// different lanes: the limit must hold in the transaction either way.
#include <atomic>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "common/ledger/ledger_fixture.h"
#include "common/ledger/reads.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_ledger.h"

namespace twotier::ledger {
namespace {

constexpr int kCallers = 64;

class RaceTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    db::DatabaseOptions options;
    options.lanes_postgres = 8;
    // Callers without a common key lose to each other often; that is what is tested.
    options.retry_max = 1000;
    Open(options);
    OpenAll({MakeAccount("state"), MakeAccount("budget", Limit::kDebitsWithinCredits),
             MakeAccount("school")});
    ASSERT_EQ(PostOne(MakeJournal("J0", {PostLine("state", "budget", 1000)})), "OK");
  }

  // Everybody posts a journal at once. What became of each; "" when the unit failed.
  std::vector<std::string> PostAtOnce(
      const std::vector<Journal>& journals, bool with_key,
      const std::function<void()>& when_submitted = [] {}) {
    std::vector<std::string> told(journals.size());
    absl::BlockingCounter left(static_cast<int>(journals.size()));
    for (size_t i = 0; i < journals.size(); ++i) {
      db::Unit unit;
      unit.keys = {{"48", with_key ? std::string(kKeyName) : absl::StrCat("caller ", i)}};
      // With the key they are batch mates, and know accounts as they were before any of them.
      if (with_key) unit.first = FirstQueries(InBook(), journals[i]);
      unit.work = [&, i](db::Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const Outcome outcome, Post(tx, InBook(), journals[i]));
        told[i] = Told(outcome);
        return absl::OkStatus();
      };
      unit.done = [&, i](const absl::Status& status) {
        if (!status.ok()) {
          ADD_FAILURE() << status;
          told[i].clear();
        }
        left.DecrementCount();
      };
      database_->Submit(std::move(unit));
    }
    when_submitted();
    left.Wait();
    return told;
  }

  static int64_t CountOf(const std::vector<std::string>& told, const std::string& wanted) {
    return std::count(told.begin(), told.end(), wanted);
  }

  static std::vector<Journal> JournalOfEach(const std::function<std::vector<Line>(int)>& lines,
                                            const std::string& prefix = "C") {
    std::vector<Journal> journals;
    journals.reserve(kCallers);
    for (int i = 0; i < kCallers; ++i) {
      journals.push_back(MakeJournal(absl::StrCat(prefix, i), lines(i)));
    }
    return journals;
  }

  void ExpectSound() {
    testing_support::ExpectSound(verify::VerifyLedger(test_database_.url(), /*told=*/false));
  }
};

TEST_P(RaceTest, NoLimitIsExceeded) {
  for (const bool with_key : {true, false}) {
    const std::vector<std::string> told = PostAtOnce(
        JournalOfEach([](int i) { return std::vector{PostLine("budget", "school", 30 + i % 2)}; },
                      with_key ? "A" : "B"),
        with_key);
    EXPECT_GE(CountOf(told, "OK"), with_key ? 32 : 0);
    ExpectSound();
    // What is left is less than anybody had asked for, or nobody was refused.
    EXPECT_LT(AvailableOf(Find("budget")), 31);
  }
  EXPECT_EQ(Find("budget").totals.debits_posted, Find("school").totals.credits_posted);
}

// The accounts are fetched for the batch: the mate that crosses the limit learns it from the table.
TEST_P(RaceTest, MatesSeeWhatMatesHaveSpent) {
  absl::Notification held;
  absl::Notification release;
  db::Unit holder;
  holder.keys = {{"48", std::string(kKeyName)}};
  holder.work = [&](db::Tx&) {
    held.Notify();
    release.WaitForNotification();
    return absl::OkStatus();
  };
  holder.done = [](const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; };
  database_->Submit(std::move(holder));
  held.WaitForNotification();
  const std::vector<std::string> told =
      PostAtOnce(JournalOfEach([](int) { return std::vector{PostLine("budget", "school", 90)}; }),
                 /*with_key=*/true, [&] { release.Notify(); });
  EXPECT_EQ(CountOf(told, "OK"), 11);
  EXPECT_EQ(CountOf(told, "LIMIT_EXCEEDED line 1 budget asked 90 of 10 held 0"), kCallers - 11);
  EXPECT_EQ(TotalsOf("budget"), "990+0, 1000+0");
  ExpectSound();
}

TEST_P(RaceTest, NoLimitIsExceededOnADayBefore) {
  ASSERT_EQ(PostOne(MakeJournal("J1", {PostLine("state", "budget", 500)}, kToday - 3)), "OK");
  for (const bool with_key : {true, false}) {
    std::vector<Journal> journals = JournalOfEach(
        [](int) { return std::vector{PostLine("budget", "school", 20)}; }, with_key ? "A" : "B");
    for (size_t i = 0; i < journals.size(); i += 2) journals[i].effective_day = kToday - 2;
    const std::vector<std::string> told = PostAtOnce(journals, with_key);
    // Of the 500 of before 25 are paid that are dated back, and of the 1,000 all 32 of today: of
    // what is left 18 more of today.
    EXPECT_EQ(CountOf(told, "OK"), with_key ? 25 + 32 : 18);
    ExpectSound();
  }
  EXPECT_EQ(AvailableOf(Find("budget")), 0);
}

TEST_P(RaceTest, HoldsAndPostingsShareOneLimit) {
  const std::vector<std::string> told =
      PostAtOnce(JournalOfEach([](int i) {
                   return std::vector{i % 2 == 0 ? HoldLine("budget", "school", 40)
                                                 : PostLine("budget", "school", 40)};
                 }),
                 /*with_key=*/false);
  EXPECT_EQ(CountOf(told, "OK"), 25);
  EXPECT_EQ(AvailableOf(Find("budget")), 0);
  ExpectSound();
}

TEST_P(RaceTest, AHoldIsSettledForNoMoreThanItsAmount) {
  ASSERT_EQ(PostOne(MakeJournal("H", {HoldLine("budget", "school", 100)})), "OK");
  const std::vector<std::string> told =
      PostAtOnce(JournalOfEach([](int i) {
                   return std::vector{i == 40 ? VoidLine({"H", 1}) : SettleLine({"H", 1}, 7)};
                 }),
                 /*with_key=*/false);
  EXPECT_LE(CountOf(told, "OK"), 15);
  EXPECT_EQ(Find("budget").totals.debits_pending, 0) << "voided, or settled but for less than 7";
  ExpectSound();
}

TEST_P(RaceTest, OneIdCountsOnce) {
  const std::vector<Journal> journals(kCallers,
                                      MakeJournal("J", {PostLine("budget", "school", 10)}));
  const std::vector<std::string> told = PostAtOnce(journals, /*with_key=*/false);
  EXPECT_EQ(CountOf(told, "OK"), 1);
  EXPECT_EQ(CountOf(told, "OK again"), kCallers - 1);
  EXPECT_EQ(TotalsOf("school"), "0+0, 10+0");
}

TEST_P(RaceTest, AFailureIsRememberedOnce) {
  const std::vector<Journal> journals(kCallers,
                                      MakeJournal("J", {PostLine("budget", "school", 5000)}));
  const std::vector<std::string> told = PostAtOnce(journals, /*with_key=*/false);
  const std::string refusal = "LIMIT_EXCEEDED line 1 budget asked 5000 of 1000 held 0";
  EXPECT_EQ(CountOf(told, refusal), 1);
  EXPECT_EQ(CountOf(told, refusal + " again"), kCallers - 1);
}

TEST_P(RaceTest, AJournalIsReversedOnce) {
  ASSERT_EQ(PostOne(MakeJournal("J", {PostLine("budget", "school", 10)})), "OK");
  std::vector<Journal> journals;
  journals.reserve(kCallers);
  for (int i = 0; i < kCallers; ++i) journals.push_back(MakeReversal(absl::StrCat("R", i), "J"));
  const std::vector<std::string> told = PostAtOnce(journals, /*with_key=*/false);
  EXPECT_EQ(CountOf(told, "OK"), 1);
  EXPECT_EQ(CountOf(told, "JOURNAL_REVERSED reverses"), kCallers - 1);
  ExpectSound();
}

TEST_P(RaceTest, AnAccountThatIsClosedMeanwhileTakesNothingMore) {
  absl::BlockingCounter closed(1);
  db::Unit close;
  close.keys = {{"48", "closer"}};
  close.work = [](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<Account> account, FindAccount(tx, Id("school")));
    return CloseAccount(tx, *account, kToday);
  };
  close.done = [&](const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status;
    closed.DecrementCount();
  };
  database_->Submit(std::move(close));
  const std::vector<std::string> told =
      PostAtOnce(JournalOfEach([](int) { return std::vector{PostLine("budget", "school", 1)}; }),
                 /*with_key=*/false);
  closed.Wait();
  EXPECT_EQ(CountOf(told, "OK") + CountOf(told, "ACCOUNT_CLOSED line 1 school"), kCallers);
  EXPECT_EQ(Find("school").totals.credits_posted, CountOf(told, "OK"));
  EXPECT_EQ(PostOne(MakeJournal("L", {PostLine("budget", "school", 1)})),
            "ACCOUNT_CLOSED line 1 school");
  ExpectSound();
}

INSTANTIATE_TEST_SUITE_P(All, RaceTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::ledger
