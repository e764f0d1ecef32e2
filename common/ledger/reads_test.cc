// What the ledger held, as of any day and as it was known at any instant; statements and holds.
#include "common/ledger/reads.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/feed/sequencer.h"
#include "common/ledger/ledger_fixture.h"
#include "common/ledger/statement.h"

namespace twotier::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kMany = 1000;

class ReadsTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    OpenAll({MakeAccount("state"), MakeAccount("budget", Limit::kDebitsWithinCredits),
             MakeAccount("school")});
    sequencer_ = feed::Sequencer::Create(database_.get(), &clock_, {}).value();
  }

  // Posts and tells the feed, as a service does. The event is numbered only by Number().
  void PostTold(const Journal& journal, const Context& context = InBook()) {
    Do([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const Outcome outcome, Post(tx, context, journal));
      EXPECT_TRUE(outcome.ok()) << Told(outcome);
      Call call;
      call.now = context.now;
      call.new_id = absl::StrCat("group-", journal.id);
      return feed::Append(tx, call,
                          {.province_code = context.province_code,
                           .subject = journal.subject,
                           .version = journal.version,
                           .kind = "journal.posted",
                           .body = "x"})
          .status();
    });
  }
  // What was posted becomes known now, and a second passes. Returns the instant.
  absl::Time Number() {
    clock_.Advance(absl::Seconds(1));
    EXPECT_TRUE(sequencer_->RunOnce().ok());
    const absl::Time known = clock_.Now();
    // The watermark is carried forward by the renewal of the lease.
    clock_.Advance(absl::Seconds(60));
    EXPECT_TRUE(sequencer_->RunOnce().ok());
    return known;
  }

  template <typename T>
  T Read(const std::function<absl::StatusOr<T>(db::Tx&)>& read) {
    T result{};
    const absl::Status status = database_->ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(result, read(tx));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return result;
  }

  std::string BalanceAt(const std::string& name, absl::CivilDay day,
                        std::optional<int64_t> position = std::nullopt) {
    const auto balances = Read<std::vector<std::optional<Totals>>>([&](db::Tx& tx) {
      return BalancesAt(tx, {Id(name)}, {day, position});
    });
    if (balances.size() != 1) return "no answer";
    return balances[0].has_value() ? Told(*balances[0]) : "no account";
  }
  int64_t PositionAt(absl::Time instant) {
    return Read<int64_t>([&](db::Tx& tx) { return KnownPositionAt(tx, instant); });
  }

  StatementPage StatementOf(const StatementQuery& query,
                            const std::optional<StatementCursor>& after = std::nullopt,
                            int lines_max = kMany) {
    return Read<StatementPage>(
        [&](db::Tx& tx) { return ReadStatement(tx, query, after, lines_max); });
  }
  static StatementQuery November(const std::string& name) {
    return {.account = Id(name),
            .from_day = absl::CivilDay(2026, 11, 1),
            .until_day = absl::CivilDay(2026, 12, 1)};
  }
  // "-100 J1/1 → 100+0, 0+0": a debit of 100, and the totals after it.
  static std::vector<std::string> Lines(const StatementPage& page) {
    std::vector<std::string> lines;
    for (const StatementLine& line : page.lines) {
      lines.push_back(absl::StrFormat("%s%d %s/%d → %s", line.is_debit ? "-" : "+", line.amount,
                                      line.id.journal, line.id.line, Told(line.after)));
    }
    return lines;
  }

  FakeClock clock_{kNow};
  std::unique_ptr<feed::Sequencer> sequencer_;
};

TEST_P(ReadsTest, ABalanceIsThatOfItsDay) {
  PostTold(MakeJournal("J1", {PostLine("state", "budget", 100)}, kToday - 20));
  PostTold(MakeJournal("J2", {HoldLine("budget", "school", 60, kToday + 5)}, kToday - 10));
  PostTold(MakeJournal("J3", {SettleLine({"J2", 1}, 25)}, kToday - 5));
  EXPECT_EQ(BalanceAt("budget", kToday - 21), "0+0, 0+0");
  EXPECT_EQ(BalanceAt("budget", kToday - 20), "0+0, 100+0");
  EXPECT_EQ(BalanceAt("budget", kToday - 10), "0+60, 100+0");
  EXPECT_EQ(BalanceAt("school", kToday - 10), "0+0, 0+60");
  EXPECT_EQ(BalanceAt("budget", kToday - 5), "25+35, 100+0");
  EXPECT_EQ(BalanceAt("budget", kToday + 100), "25+35, 100+0");
}

TEST_P(ReadsTest, WhatIsHeldAgainAndAgainLeaves64BitsOnTheWayOnly) {
  constexpr int64_t kHuge = 5'000'000'000'000'000'000;
  PostTold(MakeJournal("H1", {HoldLine("state", "school", kHuge)}, kToday - 5));
  PostTold(MakeJournal("V1", {VoidLine({"H1", 1})}, kToday - 5));
  PostTold(MakeJournal("H2", {HoldLine("state", "school", kHuge)}, kToday - 9));
  PostTold(MakeJournal("V2", {VoidLine({"H2", 1})}, kToday - 2));
  PostTold(MakeJournal("H3", {HoldLine("state", "school", kHuge)}, kToday - 1));
  Number();
  for (const std::optional<int64_t> position :
       {std::optional<int64_t>(), std::optional<int64_t>(kMany)}) {
    EXPECT_EQ(BalanceAt("state", kToday - 10, position), "0+0, 0+0");
    EXPECT_EQ(BalanceAt("state", kToday - 5, position), "0+5000000000000000000, 0+0");
    EXPECT_EQ(BalanceAt("school", kToday - 2, position), "0+0, 0+0");
    EXPECT_EQ(BalanceAt("school", kToday, position), "0+0, 0+5000000000000000000");
  }
}

TEST_P(ReadsTest, ZeroIsABalanceAndNoAccountIsNone) {
  EXPECT_EQ(BalanceAt("school", kToday), "0+0, 0+0");
  EXPECT_EQ(BalanceAt("school", kToday, 0), "0+0, 0+0");
  EXPECT_EQ(BalanceAt("nobody", kToday), "no account");
}

TEST_P(ReadsTest, FailedJournalsCountNowhere) {
  PostOne(MakeJournal("J1", {PostLine("budget", "school", 5)}));
  EXPECT_EQ(BalanceAt("budget", kToday), "0+0, 0+0");
  EXPECT_EQ(BalanceAt("school", kToday - 1), "0+0, 0+0");
  EXPECT_THAT(Lines(StatementOf(November("school"))), IsEmpty());
}

TEST_P(ReadsTest, ABalanceIsThatOfWhatWasKnown) {
  PostTold(MakeJournal("J1", {PostLine("state", "budget", 100)}, kToday - 20));
  const absl::Time first = Number();
  PostTold(MakeJournal("J2", {PostLine("budget", "school", 30)}, kToday - 15));
  const absl::Time second = Number();
  PostTold(MakeReversal("R1", "J2"));
  EXPECT_EQ(BalanceAt("budget", kToday - 15, PositionAt(first)), "0+0, 100+0");
  EXPECT_EQ(BalanceAt("budget", kToday - 15, PositionAt(second)), "30+0, 100+0");
  EXPECT_EQ(BalanceAt("budget", kToday - 16, PositionAt(second)), "0+0, 100+0");
  EXPECT_EQ(BalanceAt("budget", kToday, PositionAt(second)), "30+0, 100+0")
      << "the reversal has no position yet";
  EXPECT_EQ(BalanceAt("budget", kToday), "30+0, 130+0");
}

TEST_P(ReadsTest, WhatIsNotSettledYetIsNotTold) {
  Number();
  const absl::Status status = database_->ReadNow(
      [&](db::Tx& tx) { return KnownPositionAt(tx, clock_.Now() + absl::Hours(1)).status(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange) << status;
  EXPECT_EQ(error::ReasonOf(status)->reason, "NOT_KNOWN_YET");
}

TEST_P(ReadsTest, AStatementLeadsFromOpeningToClosing) {
  PostTold(MakeJournal("J1", {PostLine("state", "budget", 100)}, absl::CivilDay(2026, 10, 31)));
  PostTold(MakeJournal("J3", {HoldLine("budget", "school", 60)}, absl::CivilDay(2026, 11, 5)));
  PostTold(MakeJournal("J2", {PostLine("budget", "school", 7), PostLine("school", "budget", 2)},
                       absl::CivilDay(2026, 11, 1)));
  PostTold(MakeReversal("J4", "J2"));
  const StatementPage page = StatementOf(November("budget"));
  EXPECT_EQ(Told(page.opening), "0+0, 100+0");
  EXPECT_THAT(Lines(page),
              ElementsAre("-7 J2/1 → 7+0, 100+0", "+2 J2/2 → 7+0, 102+0", "-60 J3/1 → 7+60, 102+0",
                          "-2 J4/1 → 9+60, 102+0", "+7 J4/2 → 9+60, 109+0"));
  EXPECT_EQ(Told(page.closing), BalanceAt("budget", absl::CivilDay(2026, 11, 30)));
  EXPECT_FALSE(page.next.has_value());
  ASSERT_EQ(page.lines.size(), 5u);
  EXPECT_EQ(page.lines[0].reversed_by, "J4") << "original and reversal are shown together";
  EXPECT_EQ(page.lines[4].reverses, "J2");
  EXPECT_EQ(page.lines[0].other, Id("school"));
  EXPECT_EQ(page.lines[0].act, "12/NQ-HĐND");
}

TEST_P(ReadsTest, PagesOfAStatementJoinToTheSameHash) {
  for (int i = 0; i < 25; ++i) {
    PostTold(
        MakeJournal(absl::StrCat("J", i), {PostLine("state", "budget", 100 + i)}, kToday - i % 4));
  }
  const StatementPage whole = StatementOf(November("budget"));
  ASSERT_EQ(whole.lines.size(), 25u);
  for (const int lines_max : {1, 3, 24, 25}) {
    std::optional<StatementCursor> after;
    std::vector<std::string> lines;
    StatementPage page;
    do {
      page = StatementOf(November("budget"), after, lines_max);
      for (const std::string& line : Lines(page)) lines.push_back(line);
      after = page.next;
    } while (after.has_value());
    EXPECT_EQ(lines, Lines(whole)) << lines_max;
    EXPECT_EQ(absl::BytesToHexString(page.hash), absl::BytesToHexString(whole.hash)) << lines_max;
  }
}

TEST_P(ReadsTest, AStatementAsKnownIsPrintedAgainWithTheSameHash) {
  PostTold(MakeJournal("J1", {PostLine("state", "budget", 100)}, kToday - 2));
  StatementQuery query = November("budget");
  query.known_position = PositionAt(Number());
  const StatementPage first = StatementOf(query);
  const StatementPage now = StatementOf(November("budget"));
  EXPECT_EQ(first.hash, now.hash) << "it is the same statement";
  PostTold(MakeJournal("J2", {PostLine("state", "budget", 1)}, kToday - 3));
  PostTold(MakeReversal("R1", "J1"));
  Number();
  const StatementPage second = StatementOf(query);
  EXPECT_EQ(Lines(second), Lines(first));
  EXPECT_EQ(second.hash, first.hash);
  ASSERT_EQ(second.lines.size(), 1u);
  EXPECT_EQ(second.lines[0].reversed_by, "");
  EXPECT_NE(StatementOf(November("budget")).hash, first.hash);
}

TEST_P(ReadsTest, AStatementOfNoAccountIsNotFound) {
  const absl::Status status = database_->ReadNow([&](db::Tx& tx) {
    return ReadStatement(tx, November("nobody"), std::nullopt, kMany).status();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
  EXPECT_EQ(error::ReasonOf(status)->reason, "ACCOUNT_UNKNOWN");
}

TEST_P(ReadsTest, HoldsAreListedByExpiryAndExpireInSlices) {
  PostTold(MakeJournal("J1", {PostLine("state", "budget", 100)}));
  PostTold(MakeJournal("H1", {HoldLine("budget", "school", 10, kToday + 3),
                              HoldLine("budget", "school", 20, kToday + 1)}));
  PostTold(MakeJournal("H2", {HoldLine("budget", "school", 30, kToday + 2)}));
  const auto names = [](const std::vector<OpenHold>& holds) {
    std::vector<std::string> result;
    result.reserve(holds.size());
    for (const OpenHold& open : holds) {
      result.push_back(
          absl::StrCat(open.hold.id.journal, "/", open.hold.id.line, " ", open.hold.remaining));
    }
    return result;
  };
  const auto open_of = [&](const std::string& name, const HoldCursor& after, int limit) {
    return Read<std::vector<OpenHold>>(
        [&](db::Tx& tx) { return OpenHoldsOf(tx, "48", Id(name), after, limit); });
  };
  EXPECT_THAT(names(open_of("budget", {}, kMany)), ElementsAre("H1/2 20", "H2/1 30", "H1/1 10"));
  EXPECT_THAT(names(open_of("school", {kToday + 1, {"H1", 2}}, 1)), ElementsAre("H2/1 30"));

  const absl::CivilDay later = kToday + 3;
  const auto due = [&](const HoldCursor& after, int limit) {
    return Read<std::vector<OpenHold>>(
        [&](db::Tx& tx) { return DueHolds(tx, "48", later, after, limit); });
  };
  EXPECT_THAT(names(due({}, 1)), ElementsAre("H1/2 20"));
  EXPECT_THAT(names(due({kToday + 1, {"H1", 2}}, kMany)), ElementsAre("H2/1 30"));
  EXPECT_EQ(PostOne(MakeJournal("E1", {SettleLine({"H1", 2}, 1)}), InBook("48", later)),
            "HOLD_EXPIRED line 1 asked 1 of 20 held 20");
  EXPECT_EQ(PostOne(MakeJournal("E2", {ExpireLine({"H1", 1})}), InBook("48", later)),
            "HOLD_NOT_DUE line 1");
  EXPECT_EQ(PostOne(MakeJournal("E3", {ExpireLine({"H1", 2}), ExpireLine({"H2", 1})}),
                    InBook("48", later)),
            "OK");
  EXPECT_THAT(due({}, kMany), IsEmpty());
  EXPECT_EQ(BalanceAt("budget", later), "0+10, 100+0");
}

TEST_P(ReadsTest, AJournalIsReadAsItWasEnteredOrFailed) {
  PostTold(MakeJournal("J1", {PostLine("state", "budget", 100)}));
  PostTold(MakeReversal("R1", "J1"));
  PostOne(MakeJournal("F1", {PostLine("state", "budget", 1), PostLine("budget", "school", 500)}));
  const auto find = [&](const std::string& id) {
    return Read<std::optional<JournalRecord>>(
        [&](db::Tx& tx) { return FindJournal(tx, "48", id); });
  };
  EXPECT_EQ(find("J1")->reversed_by, "R1");
  EXPECT_EQ(find("J1")->recorded, kNow);
  EXPECT_EQ(find("R1")->entered.journal.lines[0].debit, Id("budget"));
  EXPECT_EQ(find("F1")->entered.refusal->why, Why::kLimitExceeded);
  EXPECT_EQ(find("F1")->entered.journal.lines.size(), 2u);
  EXPECT_FALSE(find("J9").has_value());
  const auto heads =
      Read<std::vector<JournalHead>>([&](db::Tx& tx) { return ListJournals(tx, "48", "F1", 1); });
  ASSERT_EQ(heads.size(), 1u);
  EXPECT_EQ(heads[0].id, "J1");
  EXPECT_EQ(heads[0].effective_day, find("J1")->entered.journal.effective_day);
}

INSTANTIATE_TEST_SUITE_P(All, ReadsTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::ledger
