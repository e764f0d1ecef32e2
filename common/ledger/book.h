// The rules of the ledger, without tables: what journals do to accounts and holds in memory.
//
// A book is given the accounts, holds and earlier journals that the journals at hand touch, applies
// them, and says what changed. Pure: store.cc fills it and writes it back, tests drive it directly.
#ifndef TWOTIER_COMMON_LEDGER_BOOK_H_
#define TWOTIER_COMMON_LEDGER_BOOK_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "common/ledger/ledger.h"

namespace twotier::ledger {

// What a line of `kind` does to the totals of its debit (or credit) account.
void AddLine(Kind kind, bool is_debit, int64_t amount, Totals& totals);

// By how much totals have grown on each of some effective days; what is pending may have fallen.
using Days = std::map<absl::CivilDay, Totals>;

// A journal that stands in the book, or has failed.
struct EnteredJournal {
  Journal journal = {};  // With the lines as they were entered; of a failed one as asked for.
  std::optional<Refusal> refusal = std::nullopt;
};

// Not thread-safe.
class Book {
 public:
  explicit Book(Context context) : context_(std::move(context)) {}

  // What is there before. Each account, hold and journal at most once.
  void Add(Account account);
  void Add(Hold hold);
  void Add(EnteredJournal entered);
  // What an account that was added stands at, and how it came to that on all days after the first
  // one to which a journal that is dated back posts to it. Before the first Post.
  void AddDays(const AccountId& id, const Totals& totals, Days days);
  // The journal was reversed.
  void MarkReversed(std::string id) { reversed_.insert(std::move(id)); }

  const Account* FindAccount(const AccountId& id) const;
  const Hold* FindHold(const LineId& id) const;

  // Applies a journal, or refuses it as a whole and changes nothing. What it names and was not
  // added is taken for unknown. A repeated journal finds its earlier self, also when that came in
  // this book. Borrows `journal`, and the answer is the book's: thousands are posted at a time.
  const Outcome& Post(const Journal& journal);
  // The answers of all calls of Post, in order. The book is of no use after.
  std::vector<Outcome> TakeOutcomes() &&;

  struct ChangedAccount {
    const Account* account;
    Totals added;  // To what it was when it was added.
  };
  struct ChangedHold {
    const Hold* hold;
    std::optional<int64_t> remaining_before;  // Absent: it is new.
  };
  // What changed since, in the order in which it was added. Valid until the next non-const call.
  std::vector<ChangedAccount> ChangedAccounts() const;
  std::vector<ChangedHold> ChangedHolds() const;

 private:
  struct AccountState {
    Account account;
    Totals before;
    Days days;  // Those that were added, and what was posted since.
  };
  struct HoldState {
    Hold hold;
    std::optional<int64_t> remaining_before;
  };
  // What a journal has changed so far, for the case that a later line is refused.
  struct Undo {
    std::vector<std::pair<size_t, Totals>> accounts;
    std::vector<std::pair<size_t, Hold>> holds;
    size_t new_holds = 0;
  };
  // A journal that has its id: from before, or of this book.
  struct Known {
    const Journal* asked = nullptr;
    const std::vector<Line>* lines = nullptr;  // As they were entered.
    const std::optional<Refusal>* refusal = nullptr;
  };
  using MayRefuse = std::optional<Refusal>;

  void PostNew(const Journal& journal, Outcome& outcome);
  MayRefuse Mirror(const Journal& journal, std::vector<Line>& lines) const;
  MayRefuse Apply(const Journal& journal, Line& line, int64_t number, Undo& undo);
  MayRefuse Follow(const Journal& journal, Line& line, Undo& undo);
  MayRefuse Move(const Journal& journal, const Line& line, Undo& undo);
  static MayRefuse CheckSide(const AccountState& state, absl::CivilDay effective_day, bool is_debit,
                             int64_t amount);
  MayRefuse CheckAccount(const Journal& journal, const AccountId& id, size_t& place) const;
  void TakeBack(absl::CivilDay effective_day, const Undo& undo);

  const Context context_;
  std::vector<AccountState> accounts_;
  absl::flat_hash_map<AccountId, size_t> account_places_;
  std::vector<HoldState> holds_;
  absl::flat_hash_map<LineId, size_t> hold_places_;
  std::deque<EnteredJournal> earlier_;
  std::deque<Outcome> outcomes_;
  absl::flat_hash_map<absl::string_view, Known> journals_;  // By ids that others own.
  absl::flat_hash_set<std::string> reversed_;
};

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_BOOK_H_
