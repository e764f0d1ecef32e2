// Whatever is posted: the book answers as the naive ledger does, and what must always hold, holds.
#include <rapidcheck.h>

#include <map>

#include "absl/numeric/int128.h"
#include "common/ledger/book.h"
#include "common/ledger/generators.h"
#include "common/ledger/naive_ledger.h"

namespace twotier::ledger {
namespace {

std::string ClassOf(const Outcome& outcome) {
  const std::string again = outcome.repeated ? " again" : "";
  if (outcome.ok()) return "OK" + again;
  if (outcome.refusal->why == Why::kIdTaken) return "taken";
  return (IsRemembered(outcome.refusal->why) ? "refused" : "malformed") + again;
}

Book FilledBook() {
  Book book(InBook());
  for (const Account& account : SomeAccounts()) book.Add(account);
  return book;
}

std::map<std::string, std::string> TotalsOfAll(const Book& book) {
  std::map<std::string, std::string> totals;
  for (const Account& account : SomeAccounts()) {
    totals[account.id.id] = Told(book.FindAccount(account.id)->totals);
  }
  return totals;
}

TEST(BookPropertyTest, AnswersAsTheNaiveLedger) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<Journal> journals = *SomeJournals();
    Book book = FilledBook();
    NaiveLedger naive(SomeAccounts(), kToday);
    for (const Journal& journal : journals) {
      const std::string expected = naive.Post(journal);
      const Outcome outcome = book.Post(journal);
      RC_LOG(Told(outcome));
      RC_ASSERT(ClassOf(outcome) == expected);
    }
    for (const Account& account : SomeAccounts()) {
      RC_ASSERT(book.FindAccount(account.id)->totals == naive.TotalsOf(account.id));
    }
  }));
}

TEST(BookPropertyTest, DebitsAreCreditsAndNoLimitIsExceeded) {
  EXPECT_TRUE(rc::check([] {
    Book book = FilledBook();
    for (const Journal& journal : *SomeJournals()) {
      const std::map<std::string, std::string> before = TotalsOfAll(book);
      const Outcome outcome = book.Post(journal);
      if (!outcome.ok() || outcome.repeated) {
        RC_ASSERT(TotalsOfAll(book) == before);
      }
      std::map<std::string, absl::int128> sums;
      for (const Account& account : SomeAccounts()) {
        const Account& now = *book.FindAccount(account.id);
        const Totals& t = now.totals;
        sums[now.unit] += absl::int128(t.debits_posted) - t.credits_posted;
        sums[now.unit + " held"] += absl::int128(t.debits_pending) - t.credits_pending;
        RC_ASSERT(AvailableOf(now) >= 0);
      }
      for (const auto& [unit, sum] : sums) {
        RC_ASSERT(sum == 0);
      }
    }
  }));
}

TEST(BookPropertyTest, WhatIsPostedAgainChangesNothing) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<Journal> journals = *SomeJournals();
    Book book = FilledBook();
    std::map<std::string, Outcome> first;
    for (const Journal& journal : journals) {
      const Outcome outcome = book.Post(journal);
      if (outcome.ok() || IsRemembered(outcome.refusal->why)) first.emplace(journal.id, outcome);
    }
    const std::map<std::string, std::string> totals = TotalsOfAll(book);
    for (const Journal& journal : journals) {
      const Outcome again = book.Post(journal);
      if (!again.repeated) continue;  // Malformed, or another one has the id.
      RC_ASSERT(again.refusal == first.at(journal.id).refusal);
      RC_ASSERT(again.lines == first.at(journal.id).lines);
    }
    RC_ASSERT(TotalsOfAll(book) == totals);
  }));
}

}  // namespace
}  // namespace twotier::ledger
