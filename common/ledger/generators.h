// Sequences of journals for property tests: few accounts, few ids and small amounts, so that
// limits, repetitions, holds and reversals meet often.
#ifndef TWOTIER_COMMON_LEDGER_GENERATORS_H_
#define TWOTIER_COMMON_LEDGER_GENERATORS_H_

#include <rapidcheck.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ledger/ledger_fixture.h"

namespace twotier::ledger {

inline std::vector<Account> SomeAccounts() {
  std::vector<Account> accounts{
      MakeAccount("state"), MakeAccount("budget", Limit::kDebitsWithinCredits),
      MakeAccount("commune", Limit::kDebitsWithinCredits),
      MakeAccount("debt", Limit::kCreditsWithinDebits), MakeAccount("staff", Limit::kNone, "post")};
  accounts[2].opened_day = kToday - 3;
  return accounts;
}

inline rc::Gen<std::string> AnAccountName() {
  return rc::gen::weightedElement<std::string>(
      {{6, "state"}, {6, "budget"}, {6, "commune"}, {3, "debt"}, {1, "staff"}, {1, "nobody"}});
}

// The id of one of the first journals, which others like to refer to.
inline rc::Gen<std::string> AJournalId() {
  return rc::gen::map(rc::gen::inRange(0, 12), [](int n) { return absl::StrCat("J", n); });
}

inline rc::Gen<int64_t> AnAmount() {
  return rc::gen::weightedOneOf<int64_t>(
      {{60, rc::gen::inRange<int64_t>(1, 30)},
       {1, rc::gen::element<int64_t>(0, -1)},
       {2, rc::gen::element<int64_t>(std::numeric_limits<int64_t>::max(),
                                     std::numeric_limits<int64_t>::max() - 40)}});
}

inline rc::Gen<Line> ALine() {
  return rc::gen::exec([] {
    const std::string debit = *AnAccountName();
    // Rarely the same, which is malformed.
    std::string credit = *AnAccountName();
    if (credit == debit) credit = *AnAccountName();
    switch (*rc::gen::weightedElement<Kind>({{5, Kind::kPost},
                                             {4, Kind::kHold},
                                             {3, Kind::kSettle},
                                             {1, Kind::kVoid},
                                             {1, Kind::kExpire}})) {
      case Kind::kHold: {
        // Some are over today, so that nothing but an expiry follows them.
        const int days = *rc::gen::weightedElement<int>({{8, 3}, {1, 0}, {2, -1}});
        return HoldLine(debit, credit, *AnAmount(), kToday + days);
      }
      case Kind::kSettle:
        return SettleLine({*AJournalId(), *rc::gen::inRange<int64_t>(1, 4)}, *AnAmount());
      case Kind::kVoid:
        return VoidLine({*AJournalId(), *rc::gen::inRange<int64_t>(1, 4)});
      case Kind::kExpire:
        return ExpireLine({*AJournalId(), *rc::gen::inRange<int64_t>(1, 4)});
      default:
        return PostLine(debit, credit, *AnAmount());
    }
  });
}

inline rc::Gen<Journal> AJournal() {
  return rc::gen::exec([] {
    const int back = *rc::gen::weightedElement<int>({{10, 0}, {4, 1}, {4, 2}, {2, 4}, {1, -1}});
    const absl::CivilDay day = kToday - back;
    if (*rc::gen::inRange(0, 8) == 0) {
      Journal reversal = MakeReversal("", *AJournalId());
      reversal.effective_day = day;
      return reversal;
    }
    std::vector<Line> lines;
    const int count = *rc::gen::weightedElement<int>({{6, 1}, {3, 2}, {2, 3}});
    lines.reserve(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) lines.push_back(*ALine());
    return MakeJournal("", std::move(lines), day);
  });
}

// Journals with ids of their own, some of which come again, or others with the id of one before.
inline rc::Gen<std::vector<Journal>> SomeJournals() {
  return rc::gen::exec([] {
    std::vector<Journal> journals = *rc::gen::container<std::vector<Journal>>(AJournal());
    // Money to begin with, or little would be allowed. Some of it comes on the last day only.
    journals.insert(
        journals.begin(),
        {MakeJournal("", {PostLine("state", "budget", 60)}),
         MakeJournal("", {PostLine("state", "budget", 20), PostLine("state", "commune", 40)},
                     kToday - 3)});
    for (size_t i = 0; i < journals.size(); ++i) {
      const bool other = i > 0 && *rc::gen::inRange(0, 12) == 0;
      journals[i].id = other ? *AJournalId() : absl::StrCat("J", i);
      journals[i].subject = absl::StrCat("provinces/48/journals/", journals[i].id);
    }
    for (int again = *rc::gen::inRange(0, 5); again > 0; --again) {
      journals.push_back(journals[*rc::gen::inRange<size_t>(0, journals.size())]);
    }
    return journals;
  });
}

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_GENERATORS_H_
