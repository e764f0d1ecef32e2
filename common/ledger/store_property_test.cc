// Whatever is posted, in whatever portions: the tables answer as a book does that holds everything
// in memory, and stand as it stands.
#include <rapidcheck.h>

#include "common/ledger/book.h"
#include "common/ledger/generators.h"
#include "common/ledger/reads.h"

namespace twotier::ledger {
namespace {

class StorePropertyTest : public LedgerTest {
 protected:
  // Every row of the ledger.
  std::vector<std::string> Rows() {
    std::vector<std::string> rows;
    for (const char* sql :
         {"SELECT account_id || ' ' || debits_posted || ' ' || debits_pending || ' ' ||"
          " credits_posted || ' ' || credits_pending FROM ledger_account ORDER BY account_id",
          "SELECT journal || ' ' || line || ' ' || kind || ' ' || amount || ' ' || result"
          " FROM ledger_transfer ORDER BY journal, line",
          "SELECT refused_journal || ' ' || why FROM ledger_refusal ORDER BY refused_journal",
          "SELECT journal || ' ' || line || ' ' || remaining || ' ' || ended FROM ledger_hold"
          " ORDER BY journal, line"}) {
      for (std::string& row : test_database_.Run(sql)) rows.push_back(std::move(row));
    }
    return rows;
  }

  // Posts in portions of the given sizes, each in a transaction of its own.
  std::vector<std::string> PostInPortions(const std::vector<Journal>& journals,
                                          const std::vector<size_t>& sizes) {
    std::vector<std::string> told;
    size_t next = 0;
    for (size_t i = 0; next < journals.size(); ++i) {
      const size_t size = sizes.empty() ? 1 : sizes[i % sizes.size()];
      const size_t end = std::min(journals.size(), next + size);
      for (const Outcome& outcome :
           PostAll({journals.begin() + static_cast<std::ptrdiff_t>(next),
                    journals.begin() + static_cast<std::ptrdiff_t>(end)})) {
        told.push_back(Told(outcome));
      }
      next = end;
    }
    return told;
  }
};

TEST_P(StorePropertyTest, AnswersAsABookThatHoldsEverything) {
  const bool held = rc::check([&] {
    const std::vector<Journal> journals = *SomeJournals();
    const auto sizes = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(1, 6));
    Clear();
    OpenAll(SomeAccounts());
    Book book(InBook());
    for (const Account& account : SomeAccounts()) book.Add(account);
    std::vector<std::string> expected;
    expected.reserve(journals.size());
    for (const Journal& journal : journals) expected.push_back(Told(book.Post(journal)));

    RC_ASSERT(PostInPortions(journals, sizes) == expected);
    for (const Account& account : SomeAccounts()) {
      RC_ASSERT(Find(account.id.id).totals == book.FindAccount(account.id)->totals);
    }
    const std::vector<std::string> rows = Rows();
    PostInPortions(journals, sizes);
    // What was refused or repeated leaves no new row, and what is malformed none at all.
    RC_ASSERT(Rows() == rows);
  });
  EXPECT_TRUE(held);
}

TEST_P(StorePropertyTest, ABalanceAsOfTodayIsTheRunningOneAndNoneIsBeyondItsLimit) {
  const bool held = rc::check([&] {
    const std::vector<Journal> journals = *SomeJournals();
    Clear();
    OpenAll(SomeAccounts());
    PostInPortions(journals, {100});
    std::vector<AccountId> ids;
    for (const Account& account : SomeAccounts()) ids.push_back(account.id);
    const absl::Status status = database_->ReadNow([&](db::Tx& tx) -> absl::Status {
      for (absl::CivilDay day = kToday - 4; day < kToday; ++day) {
        ASSIGN_OR_RETURN(const auto then, BalancesAt(tx, ids, {day}));
        for (size_t i = 0; i < ids.size(); ++i) {
          RC_ASSERT(AvailableOf(SomeAccounts()[i].limit, *then[i]) >= 0);
        }
      }
      // From the first day on everything is effective after it, and nothing is left.
      ASSIGN_OR_RETURN(const auto before, BalancesAt(tx, ids, {kOpened - 1}));
      ASSIGN_OR_RETURN(const auto today, BalancesAt(tx, ids, {kToday}));
      ASSIGN_OR_RETURN(const auto accounts, FindAccounts(tx, ids));
      for (size_t i = 0; i < ids.size(); ++i) {
        RC_ASSERT(*before[i] == Totals());
        RC_ASSERT(*today[i] == accounts[i]->totals);
      }
      return absl::OkStatus();
    });
    RC_ASSERT(status.ok());
  });
  EXPECT_TRUE(held);
}

INSTANTIATE_TEST_SUITE_P(All, StorePropertyTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::ledger
