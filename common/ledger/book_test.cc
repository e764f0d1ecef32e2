// The rules, one by one, without tables.
#include "common/ledger/book.h"

#include <deque>
#include <limits>

#include "common/errors.h"
#include "common/ledger/ledger_fixture.h"

namespace twotier::ledger {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
// National totals: the State budget of a year in đồng.
constexpr int64_t kNation = 1'000'000'000'000'000;

class BookTest : public testing::Test {
 protected:
  BookTest() {
    book_.Add(MakeAccount("state"));
    book_.Add(MakeAccount("budget", Limit::kDebitsWithinCredits));
    book_.Add(MakeAccount("school"));
  }

  // Keeps what the book borrows.
  const Outcome& PostTo(Book& book, Journal journal) {
    return book.Post(journals_.emplace_back(std::move(journal)));
  }
  std::string Post(const Journal& journal) { return Told(PostTo(book_, journal)); }
  std::string Post(const std::string& id, std::vector<Line> lines) {
    return Post(MakeJournal(id, std::move(lines)));
  }
  std::string TotalsOf(const std::string& name) {
    const Account* account = book_.FindAccount(Id(name));
    return account == nullptr ? "no account" : Told(account->totals);
  }

  std::deque<Journal> journals_;
  Book book_{InBook()};
};

TEST_F(BookTest, ALimitCountsWhatIsHeld) {
  EXPECT_EQ(Post("J1", {PostLine("state", "budget", 100)}), "OK");
  EXPECT_EQ(Post("J2", {HoldLine("budget", "school", 60)}), "OK");
  EXPECT_EQ(Post("J3", {HoldLine("budget", "school", 41)}),
            "LIMIT_EXCEEDED line 1 budget asked 41 of 40 held 60");
  EXPECT_EQ(Post("J4", {HoldLine("budget", "school", 40)}), "OK");
  EXPECT_EQ(TotalsOf("budget"), "0+100, 100+0");
}

TEST_F(BookTest, PendingCreditsAreNotSpent) {
  EXPECT_EQ(Post("J1", {HoldLine("state", "budget", 100)}), "OK");
  EXPECT_EQ(Post("J2", {PostLine("budget", "school", 1)}),
            "LIMIT_EXCEEDED line 1 budget asked 1 of 0 held 0");
}

TEST_F(BookTest, TheOtherLimitIsItsMirror) {
  book_.Add(MakeAccount("quota", Limit::kCreditsWithinDebits));
  EXPECT_EQ(Post("J1", {PostLine("quota", "state", 10)}), "OK");
  EXPECT_EQ(Post("J2", {HoldLine("school", "quota", 4)}), "OK");
  EXPECT_EQ(Post("J3", {PostLine("school", "quota", 7)}),
            "LIMIT_EXCEEDED line 1 quota asked 7 of 6 held 4");
  EXPECT_EQ(Post("J4", {PostLine("school", "quota", 6)}), "OK");
}

TEST_F(BookTest, LinesSucceedOrFailTogether) {
  EXPECT_EQ(Post("J1", {PostLine("state", "budget", 100), HoldLine("budget", "school", 30),
                        SettleLine({"J1", 2}, 10), PostLine("budget", "school", 71)}),
            "LIMIT_EXCEEDED line 4 budget asked 71 of 70 held 20");
  EXPECT_EQ(TotalsOf("state"), "0+0, 0+0");
  EXPECT_EQ(TotalsOf("budget"), "0+0, 0+0");
  EXPECT_EQ(TotalsOf("school"), "0+0, 0+0");
  EXPECT_EQ(book_.FindHold({"J1", 2}), nullptr);
  EXPECT_TRUE(book_.ChangedAccounts().empty());
  EXPECT_TRUE(book_.ChangedHolds().empty());
}

TEST_F(BookTest, ARefusedJournalGivesItsHoldsBack) {
  Post("J1", {PostLine("state", "budget", 100)});
  Post("H", {HoldLine("budget", "school", 60)});
  EXPECT_EQ(
      Post("F", {SettleLine({"H", 1}, 20), VoidLine({"H", 1}), PostLine("budget", "nobody", 1)}),
      "ACCOUNT_UNKNOWN line 3 nobody");
  EXPECT_EQ(TotalsOf("budget"), "0+60, 100+0");
  EXPECT_EQ(Post("S", {SettleLine({"H", 1}, 60)}), "OK");
}

TEST_F(BookTest, EachLineOfARefusedJournalHasItsAnswer) {
  const Outcome outcome = PostTo(
      book_, MakeJournal("J1", {PostLine("state", "budget", 1), PostLine("budget", "school", 2)}));
  EXPECT_EQ(WhyOfLine(outcome, 1), Why::kOtherLineRefused);
  EXPECT_EQ(WhyOfLine(outcome, 2), Why::kLimitExceeded);
  EXPECT_EQ(WhyOfLine(PostTo(book_, MakeJournal("J2", {PostLine("state", "budget", 1)})), 1),
            std::nullopt);
}

TEST_F(BookTest, WhatAHoldLeavesIsGivenBack) {
  Post("J1", {PostLine("state", "budget", 100)});
  Post("H", {HoldLine("budget", "school", 60)});
  EXPECT_EQ(Post("S1", {SettleLine({"H", 1}, 20)}), "OK");
  EXPECT_EQ(Post("S2", {SettleLine({"H", 1}, 41)}), "BEYOND_HOLD line 1 asked 41 of 40 held 40");
  const Outcome outcome = PostTo(book_, MakeJournal("V", {VoidLine({"H", 1})}));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.lines[0].amount, 40);
  EXPECT_EQ(outcome.lines[0].debit, Id("budget"));
  EXPECT_EQ(TotalsOf("budget"), "20+0, 100+0");
  EXPECT_EQ(TotalsOf("school"), "0+0, 20+0");
}

TEST_F(BookTest, AHoldThatEndedSaysHow) {
  Post("J1", {PostLine("state", "budget", 100)});
  Post("H", {HoldLine("budget", "school", 10), HoldLine("budget", "school", 10),
             HoldLine("budget", "school", 10, kToday)});
  Post("E", {SettleLine({"H", 1}, 10), VoidLine({"H", 2})});
  EXPECT_EQ(Post("A", {VoidLine({"H", 1})}), "HOLD_SETTLED line 1");
  EXPECT_EQ(Post("B", {SettleLine({"H", 2}, 1)}), "HOLD_VOIDED line 1 asked 1 of 0 held 0");
  EXPECT_EQ(Post("C", {SettleLine({"H", 4}, 1)}), "HOLD_UNKNOWN line 1");
  EXPECT_EQ(Post("D", {ExpireLine({"H", 3})}), "HOLD_NOT_DUE line 1");
}

TEST_F(BookTest, AHoldLivesToTheEndOfItsLastDay) {
  Book tomorrow(InBook("48", kToday + 1));
  for (const char* name : {"budget", "school"}) {
    Account account = MakeAccount(name);
    (name == std::string("budget") ? account.totals.debits_pending
                                   : account.totals.credits_pending) = 30;
    tomorrow.Add(account);
  }
  for (const int64_t line : {1, 2}) {
    tomorrow.Add(Hold{.id = {"H", line},
                      .debit = Id("budget"),
                      .credit = Id("school"),
                      .amount = 15,
                      .remaining = 15,
                      .effective_day = kToday - 3,
                      .expiry_day = line == 1 ? kToday : kToday + 1});
  }
  EXPECT_EQ(Told(PostTo(tomorrow, MakeJournal("A", {SettleLine({"H", 1}, 1)}))),
            "HOLD_EXPIRED line 1 asked 1 of 15 held 15")
      << "whether or not anybody has posted its expiry, and whatever day is claimed";
  EXPECT_EQ(Told(PostTo(tomorrow, MakeJournal("B", {ExpireLine({"H", 1})}))), "OK");
  EXPECT_EQ(Told(PostTo(tomorrow, MakeJournal("C", {SettleLine({"H", 2}, 15)}))), "OK");
  EXPECT_EQ(Told(PostTo(tomorrow, MakeJournal("D", {ExpireLine({"H", 1})}))),
            "HOLD_EXPIRED line 1");
}

TEST_F(BookTest, NothingIsEffectiveBeforeWhatItFollows) {
  Post("J1", {PostLine("state", "budget", 100), HoldLine("budget", "school", 10)});
  Journal early = MakeJournal("S", {SettleLine({"J1", 2}, 5)}, kToday - 1);
  EXPECT_EQ(Post(early), "BEFORE_ORIGINAL line 1 asked 5 of 10 held 10");
  Post("J2", {PostLine("state", "budget", 1)});
  Journal reversal = MakeReversal("R", "J2");
  reversal.effective_day = kToday - 1;
  EXPECT_EQ(Post(reversal), "BEFORE_ORIGINAL effective_day");
}

TEST_F(BookTest, AnAccountTakesTransfersFromItsOpeningToItsClosingAndNoneOfTheFuture) {
  EXPECT_EQ(Post(MakeJournal("A", {PostLine("state", "budget", 1)}, kOpened)), "OK");
  EXPECT_EQ(Post(MakeJournal("B", {PostLine("state", "budget", 1)}, kOpened - 1)),
            "BEFORE_ACCOUNT_OPENED line 1 state effective_day");
  EXPECT_EQ(Post(MakeJournal("C", {PostLine("state", "budget", 1)}, kToday + 1)),
            "EFFECTIVE_IN_FUTURE line 1 effective_day");
  Account closed = MakeAccount("closed");
  closed.closed_day = kToday;
  book_.Add(closed);
  EXPECT_EQ(Post("D", {PostLine("state", "closed", 1)}), "ACCOUNT_CLOSED line 1 closed");
  EXPECT_EQ(Post("E", {PostLine("nobody", "budget", 1)}), "ACCOUNT_UNKNOWN line 1 nobody");
}

TEST_F(BookTest, MoneyIsNotPosts) {
  book_.Add(MakeAccount("staff", Limit::kNone, "post"));
  EXPECT_EQ(Post("A", {PostLine("budget", "staff", 1)}), "UNIT_MISMATCH line 1 staff");
}

TEST_F(BookTest, NationalTotalsAreExact) {
  EXPECT_EQ(Post("A", {PostLine("state", "budget", kNation)}), "OK");
  EXPECT_EQ(Post("B", {PostLine("budget", "school", kNation - 1)}), "OK");
  EXPECT_EQ(Post("C", {PostLine("budget", "school", 2)}),
            "LIMIT_EXCEEDED line 1 budget asked 2 of 1 held 0");
  EXPECT_EQ(TotalsOf("budget"), "999999999999999+0, 1000000000000000+0");
}

TEST_F(BookTest, NoTotalLeaves64Bits) {
  EXPECT_EQ(Post("A", {PostLine("state", "budget", kMost)}), "OK");
  EXPECT_EQ(Post("B", {PostLine("state", "school", 1)}),
            "AMOUNT_OVERFLOW line 1 state asked 1 of 0 held 0");
  EXPECT_EQ(Post("C", {PostLine("school", "budget", 1)}),
            "AMOUNT_OVERFLOW line 1 budget asked 1 of 0 held 0");
  EXPECT_EQ(Post("D", {HoldLine("budget", "school", kMost)}), "OK");
  EXPECT_EQ(Post("E", {HoldLine("school", "state", 1), HoldLine("school", "state", kMost)}),
            "AMOUNT_OVERFLOW line 2 school asked 9223372036854775807 of 0 held 0")
      << "posted and pending together fit";
  EXPECT_EQ(Post("F", {SettleLine({"D", 1}, kMost)}), "OK");
  EXPECT_EQ(TotalsOf("budget"), "9223372036854775807+0, 9223372036854775807+0");
}

TEST_F(BookTest, NothingIsSpentOnADayBeforeItCame) {
  Post(MakeJournal("J1", {PostLine("state", "budget", 30)}, kToday - 20));
  Post(MakeJournal("J2", {PostLine("state", "budget", 70)}, kToday - 5));
  EXPECT_EQ(Post(MakeJournal("J3", {PostLine("budget", "school", 31)}, kToday - 10)),
            "LIMIT_EXCEEDED line 1 budget effective_day asked 31 of 30 held 0");
  EXPECT_EQ(Post(MakeJournal("J4", {HoldLine("budget", "school", 20)}, kToday - 10)), "OK");
  EXPECT_EQ(Post(MakeJournal("J5", {PostLine("budget", "school", 11)}, kToday - 6)),
            "LIMIT_EXCEEDED line 1 budget effective_day asked 11 of 10 held 20");
  EXPECT_EQ(Post(MakeJournal("J6", {PostLine("budget", "school", 80)}, kToday - 5)), "OK");
  // What is let go later was held on the days between, and what is settled is not there again.
  EXPECT_EQ(Post(MakeJournal("J7", {SettleLine({"J4", 1}, 5), VoidLine({"J4", 1})}, kToday - 2)),
            "OK");
  EXPECT_EQ(Post(MakeJournal("J8", {PostLine("budget", "school", 15)}, kToday - 3)),
            "LIMIT_EXCEEDED line 1 budget effective_day asked 15 of 0 held 20");
  EXPECT_EQ(Post("J9", {PostLine("budget", "school", 16)}),
            "LIMIT_EXCEEDED line 1 budget asked 16 of 15 held 0");
  EXPECT_EQ(Post(MakeJournal("J10", {PostLine("budget", "school", 15)}, kToday - 2)), "OK");
}

TEST_F(BookTest, AReversalDatedBackLeavesNoDayBeyondTheLimit) {
  Post(MakeJournal("J1", {PostLine("state", "budget", 100)}, kToday - 20));
  Post(MakeJournal("J2", {PostLine("budget", "school", 100)}, kToday - 15));
  Post(MakeJournal("J3", {PostLine("state", "budget", 100)}, kToday - 5));
  Journal reversal = MakeReversal("R1", "J1");
  reversal.effective_day = kToday - 20;
  EXPECT_EQ(Post(reversal), "LIMIT_EXCEEDED line 1 budget effective_day asked 100 of 0 held 0");
  reversal.id = "R2";
  reversal.effective_day = kToday - 5;
  EXPECT_EQ(Post(reversal), "OK");
}

TEST_F(BookTest, ARefusedJournalLeavesItsDaysAsTheyWere) {
  Post(MakeJournal("J1", {PostLine("state", "budget", 10)}, kToday - 9));
  EXPECT_EQ(
      Post(MakeJournal("J2", {PostLine("state", "budget", 90), PostLine("budget", "nobody", 1)},
                       kToday - 9)),
      "ACCOUNT_UNKNOWN line 2 nobody");
  Post(MakeJournal("J3", {PostLine("state", "budget", 90)}));
  EXPECT_EQ(Post(MakeJournal("J4", {PostLine("budget", "school", 11)}, kToday - 9)),
            "LIMIT_EXCEEDED line 1 budget effective_day asked 11 of 10 held 0");
}

TEST_F(BookTest, NoTotalOfADayLeaves64Bits) {
  Post(MakeJournal("H", {HoldLine("state", "school", kMost)}, kToday - 20));
  Post(MakeJournal("V", {VoidLine({"H", 1})}, kToday - 5));
  EXPECT_EQ(Post(MakeJournal("J", {HoldLine("state", "school", 1)}, kToday - 10)),
            "AMOUNT_OVERFLOW line 1 state effective_day asked 1 of 0 held 0");
  EXPECT_EQ(Post(MakeJournal("K", {HoldLine("state", "school", kMost)}, kToday - 5)), "OK");
}

TEST_F(BookTest, AReversalMirrorsThePostingsLastOneFirst) {
  Post("J1", {PostLine("state", "budget", 100), HoldLine("budget", "school", 10)});
  Post("J2", {PostLine("budget", "school", 40), PostLine("school", "state", 15),
              SettleLine({"J1", 2}, 3)});
  const Outcome outcome = PostTo(book_, MakeReversal("R2", "J2"));
  ASSERT_TRUE(outcome.ok()) << Told(outcome);
  ASSERT_EQ(outcome.lines.size(), 3u);
  EXPECT_EQ(outcome.lines[1].debit, Id("state"));
  EXPECT_EQ(outcome.lines[2].debit, Id("school"));
  EXPECT_EQ(outcome.lines[2].amount, 40);
  EXPECT_EQ(TotalsOf("budget"), "43+7, 143+0") << "what a settlement paid comes back, not the hold";
  EXPECT_EQ(TotalsOf("school"), "58+0, 58+7");
}

TEST_F(BookTest, AReversalIsDoneOnceAndOnlyOfPostings) {
  Post("J1", {PostLine("state", "budget", 100)});
  Post("H", {HoldLine("budget", "school", 10)});
  EXPECT_EQ(Post(MakeReversal("R1", "J1")), "LIMIT_EXCEEDED line 1 budget asked 100 of 90 held 10");
  EXPECT_EQ(Post(MakeReversal("R2", "H")), "JOURNAL_NOT_REVERSIBLE reverses");
  EXPECT_EQ(Post(MakeReversal("R3", "J9")), "JOURNAL_UNKNOWN reverses");
  EXPECT_EQ(Post(MakeReversal("R4", "R1")), "JOURNAL_UNKNOWN reverses") << "it had failed";
  Post("V", {VoidLine({"H", 1})});
  EXPECT_EQ(Post(MakeReversal("R5", "J1")), "OK");
  EXPECT_EQ(Post(MakeReversal("R6", "J1")), "JOURNAL_REVERSED reverses");
  EXPECT_EQ(Post(MakeReversal("R7", "R5")), "JOURNAL_NOT_REVERSIBLE reverses");
  EXPECT_EQ(Post(MakeReversal("R1", "J1")),
            "LIMIT_EXCEEDED line 1 budget asked 100 of 90 held 10 again");
}

TEST_F(BookTest, TheSameIdWithOtherContentIsRefusedByItsField) {
  const auto journal = [] {
    Journal made =
        MakeJournal("J", {PostLine("state", "budget", 100), HoldLine("state", "school", 5)});
    made.text = "dự toán giao đầu năm";
    return made;
  };
  ASSERT_EQ(Post(journal()), "OK");
  ASSERT_EQ(Post(journal()), "OK again");
  const auto changed = [&](const std::function<void(Journal&)>& change) {
    Journal other = journal();
    change(other);
    return Post(other);
  };
  EXPECT_EQ(changed([](Journal& j) { j.effective_day = kToday - 1; }),
            "JOURNAL_ID_TAKEN effective_day");
  EXPECT_EQ(changed([](Journal& j) { j.act = "13/NQ-HĐND"; }), "JOURNAL_ID_TAKEN act");
  EXPECT_EQ(changed([](Journal& j) { j.text = ""; }), "JOURNAL_ID_TAKEN text");
  EXPECT_EQ(changed([](Journal& j) { j.subject = "another/batch"; }), "OK again");
  EXPECT_EQ(changed([](Journal& j) { j.lines.pop_back(); }), "JOURNAL_ID_TAKEN lines");
  EXPECT_EQ(changed([](Journal& j) {
              j.lines.clear();
              j.reverses = "J0";
            }),
            "JOURNAL_ID_TAKEN reverses");
  const auto line = [&](size_t place, const std::function<void(Line&)>& change) {
    return changed([&](Journal& j) { change(j.lines[place]); });
  };
  EXPECT_EQ(line(0, [](Line& l) { l.debit = Id("school"); }),
            "JOURNAL_ID_TAKEN line 1 lines[0].debit");
  EXPECT_EQ(line(0, [](Line& l) { l.credit = Id("school"); }),
            "JOURNAL_ID_TAKEN line 1 lines[0].credit");
  EXPECT_EQ(line(0, [](Line& l) { l.amount = 99; }), "JOURNAL_ID_TAKEN line 1 lines[0].amount");
  EXPECT_EQ(line(0, [](Line& l) { l.text = "x"; }), "JOURNAL_ID_TAKEN line 1 lines[0].text");
  EXPECT_EQ(line(0, [](Line& l) { l = HoldLine("state", "budget", 100); }),
            "JOURNAL_ID_TAKEN line 1 lines[0].kind");
  EXPECT_EQ(line(1, [](Line& l) { l.expiry_day = kToday; }),
            "JOURNAL_ID_TAKEN line 2 lines[1].expiry_day");
  EXPECT_EQ(TotalsOf("budget"), "0+0, 100+0");
}

TEST_F(BookTest, WhatFollowsAHoldIsComparedByWhatWasAsked) {
  Post("J1", {PostLine("state", "budget", 100), HoldLine("budget", "school", 60),
              HoldLine("budget", "school", 5)});
  ASSERT_EQ(Post("V", {VoidLine({"J1", 2})}), "OK");
  EXPECT_EQ(Post("V", {VoidLine({"J1", 2})}), "OK again");
  EXPECT_EQ(Post("V", {VoidLine({"J1", 3})}), "JOURNAL_ID_TAKEN line 1 lines[0].hold");
}

TEST_F(BookTest, MalformedJournalsAreRefusedAndTakeNoId) {
  const struct {
    std::function<void(Journal&)> change;
    const char* refusal;
  } cases[] = {
      {[](Journal& j) { j.id = ""; }, "MALFORMED_JOURNAL id"},
      {[](Journal& j) { j.id = std::string(kIdBytesMax + 1, 'x'); }, "MALFORMED_JOURNAL id"},
      {[](Journal& j) { j.subject = ""; }, "MALFORMED_JOURNAL subject"},
      {[](Journal& j) { j.version = 0; }, "MALFORMED_JOURNAL version"},
      {[](Journal& j) { j.act = std::string(kIdBytesMax + 1, 'x'); }, "MALFORMED_JOURNAL act"},
      {[](Journal& j) { j.text = std::string(kTextBytesMax + 1, 'x'); }, "MALFORMED_JOURNAL text"},
      {[](Journal& j) { j.reverses = std::string(kIdBytesMax + 1, 'x'); },
       "MALFORMED_JOURNAL reverses"},
      {[](Journal& j) { j.reverses = "J0"; }, "MALFORMED_JOURNAL lines"},
      {[](Journal& j) { j.lines.clear(); }, "MALFORMED_JOURNAL lines"},
      {[](Journal& j) { j.lines.assign(kLinesMax + 1, j.lines[0]); }, "MALFORMED_JOURNAL lines"},
      {[](Journal& j) { j.lines[0].text = std::string(kTextBytesMax + 1, 'x'); },
       "MALFORMED_JOURNAL line 1 lines[0].text"},
      {[](Journal& j) { j.lines[0].kind = Kind::kReversal; },
       "MALFORMED_JOURNAL line 1 lines[0].kind"},
      {[](Journal& j) { j.lines[0].debit = {}; }, "MALFORMED_JOURNAL line 1 lines[0].debit"},
      {[](Journal& j) { j.lines[0].credit.id = ""; }, "MALFORMED_JOURNAL line 1 lines[0].credit"},
      {[](Journal& j) { j.lines[0].credit = j.lines[0].debit; }, "SAME_ACCOUNT line 1 state"},
      {[](Journal& j) {
         j.lines[0].hold = {"H", 1};
       },
       "MALFORMED_JOURNAL line 1 lines[0].hold"},
      {[](Journal& j) { j.lines[0].expiry_day = kToday; },
       "MALFORMED_JOURNAL line 1 lines[0].expiry_day"},
      {[](Journal& j) { j.lines[0] = HoldLine("state", "budget", 1, kToday - 1); },
       "MALFORMED_JOURNAL line 1 lines[0].expiry_day"},
      {[](Journal& j) { j.lines[0].amount = 0; }, "AMOUNT_NOT_POSITIVE line 1 lines[0].amount"},
      {[](Journal& j) { j.lines[0].amount = -5; },
       "AMOUNT_NOT_POSITIVE line 1 lines[0].amount asked -5 of 0 held 0"},
      {[](Journal& j) {
         j.lines[0] = SettleLine({"", 1}, 1);
       },
       "MALFORMED_JOURNAL line 1 lines[0].hold"},
      {[](Journal& j) {
         j.lines[0] = SettleLine({"H", 0}, 1);
       },
       "MALFORMED_JOURNAL line 1 lines[0].hold"},
      {[](Journal& j) {
         j.lines[0] = SettleLine({"H", 1}, 0);
       },
       "AMOUNT_NOT_POSITIVE line 1 lines[0].amount"},
      {[](Journal& j) {
         j.lines[0] = VoidLine({"H", 1});
         j.lines[0].amount = 1;
       },
       "MALFORMED_JOURNAL line 1 lines[0].amount"},
      {[](Journal& j) {
         j.lines[0] = VoidLine({"H", 1});
         j.lines[0].debit = Id("state");
       },
       "MALFORMED_JOURNAL line 1 lines[0].debit"},
      {[](Journal& j) {
         j.lines[0] = VoidLine({"H", 1});
         j.lines[0].credit = Id("state");
       },
       "MALFORMED_JOURNAL line 1 lines[0].credit"},
      {[](Journal& j) {
         j.lines[0] = VoidLine({"H", 1});
         j.lines[0].expiry_day = kToday;
       },
       "MALFORMED_JOURNAL line 1 lines[0].expiry_day"},
  };
  for (const auto& [change, refusal] : cases) {
    Journal journal = MakeJournal("J", {PostLine("state", "budget", 100)});
    change(journal);
    EXPECT_EQ(Post(journal), refusal);
    EXPECT_FALSE(IsRemembered(PostTo(book_, journal).refusal->why)) << refusal;
  }
  EXPECT_EQ(Post("J", {PostLine("state", "budget", 100)}), "OK") << "the id is still free";
}

TEST(RefusalTest, SaysOnTheWireWhatWasAvailableAskedAndHeld) {
  const absl::Status status = ToStatus({.why = Why::kLimitExceeded,
                                        .line = 2,
                                        .account = Id("budget"),
                                        .available = 70,
                                        .asked = 71,
                                        .held = 30});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  const std::optional<error::Reason> reason = error::ReasonOf(status);
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(reason->reason, "LIMIT_EXCEEDED");
  EXPECT_EQ(reason->metadata, (error::Metadata{{"line", "2"},
                                               {"account", "budget"},
                                               {"available", "70"},
                                               {"asked", "71"},
                                               {"held", "30"}}));
}

TEST(RefusalTest, NamesTheMalformedFieldAsAViolation) {
  const absl::Status status =
      ToStatus({.why = Why::kMalformed, .line = 1, .field = "lines[0].debit"});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(error::FieldViolationsOf(status).size(), 1u);
  EXPECT_EQ(error::FieldViolationsOf(status)[0].field, "lines[0].debit");
  EXPECT_EQ(ToStatus({.why = Why::kIdTaken, .field = "act"}).code(),
            absl::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace twotier::ledger
