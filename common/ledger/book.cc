#include "common/ledger/book.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "common/ledger/form.h"

namespace twotier::ledger {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// Whether a side of the account takes `amount` more when it stands at `totals`.
std::optional<Refusal> CheckTotals(const Account& account, const Totals& totals, bool is_debit,
                                   int64_t amount) {
  const int64_t posted = is_debit ? totals.debits_posted : totals.credits_posted;
  const int64_t pending = is_debit ? totals.debits_pending : totals.credits_pending;
  if (amount > kMost - posted - pending) {
    return Refusal{.why = Why::kOverflow, .account = account.id, .asked = amount};
  }
  const Limit limit = is_debit ? Limit::kDebitsWithinCredits : Limit::kCreditsWithinDebits;
  if (account.limit != limit) return std::nullopt;
  const int64_t available = AvailableOf(limit, totals);
  if (amount <= available) return std::nullopt;
  return Refusal{.why = Why::kLimitExceeded,
                 .account = account.id,
                 .available = available,
                 .asked = amount,
                 .held = pending};
}

Totals Difference(const Totals& after, const Totals& before) {
  return {.debits_posted = after.debits_posted - before.debits_posted,
          .debits_pending = after.debits_pending - before.debits_pending,
          .credits_posted = after.credits_posted - before.credits_posted,
          .credits_pending = after.credits_pending - before.credits_pending};
}

// Why nothing more is to be had from a hold that ended.
Why WhyEnded(HoldEnd end) {
  switch (end) {
    case HoldEnd::kOpen:
    case HoldEnd::kSettled:
      break;
    case HoldEnd::kVoided:
      return Why::kHoldVoided;
    case HoldEnd::kExpired:
      return Why::kHoldExpired;
  }
  return Why::kHoldSettled;
}

HoldEnd EndBy(Kind kind) {
  if (kind == Kind::kVoid) return HoldEnd::kVoided;
  return kind == Kind::kExpire ? HoldEnd::kExpired : HoldEnd::kSettled;
}

bool IsPosting(const Line& line) { return line.kind == Kind::kPost || line.kind == Kind::kSettle; }

}  // namespace

void AddLine(Kind kind, bool is_debit, int64_t amount, Totals& totals) {
  int64_t& posted = is_debit ? totals.debits_posted : totals.credits_posted;
  int64_t& pending = is_debit ? totals.debits_pending : totals.credits_pending;
  switch (kind) {
    case Kind::kPost:
    case Kind::kReversal:
      posted += amount;
      return;
    case Kind::kHold:
      pending += amount;
      return;
    case Kind::kSettle:
      posted += amount;
      pending -= amount;
      return;
    case Kind::kVoid:
    case Kind::kExpire:
      pending -= amount;
      return;
  }
}

void Book::Add(Account account) {
  account_places_.emplace(account.id, accounts_.size());
  const Totals before = account.totals;
  accounts_.push_back({std::move(account), before, {}});
}

void Book::Add(Hold hold) {
  hold_places_.emplace(hold.id, holds_.size());
  const int64_t remaining = hold.remaining;
  holds_.push_back({std::move(hold), remaining});
}

void Book::AddDays(const AccountId& id, const Totals& totals, Days days) {
  const auto found = account_places_.find(id);
  if (found == account_places_.end()) return;
  AccountState& state = accounts_[found->second];
  state.account.totals = totals;
  state.before = totals;
  state.days = std::move(days);
}

void Book::Add(EnteredJournal entered) {
  const EnteredJournal& kept = earlier_.emplace_back(std::move(entered));
  journals_.emplace(kept.journal.id, Known{&kept.journal, &kept.journal.lines, &kept.refusal});
}

const Account* Book::FindAccount(const AccountId& id) const {
  const auto found = account_places_.find(id);
  return found == account_places_.end() ? nullptr : &accounts_[found->second].account;
}

const Hold* Book::FindHold(const LineId& id) const {
  const auto found = hold_places_.find(id);
  return found == hold_places_.end() ? nullptr : &holds_[found->second].hold;
}

const Outcome& Book::Post(const Journal& journal) {
  Outcome& outcome = outcomes_.emplace_back();
  outcome.refusal = CheckForm(journal);
  if (!outcome.ok()) return outcome;
  const auto [known, is_new] = journals_.try_emplace(journal.id);
  if (is_new) {
    PostNew(journal, outcome);
    known->second = {&journal, &outcome.lines, &outcome.refusal};
    return outcome;
  }
  const Known& earlier = known->second;
  outcome.refusal = CompareWithEntered(*earlier.asked, *earlier.lines, journal);
  if (!outcome.ok()) return outcome;
  outcome.refusal = *earlier.refusal;
  outcome.repeated = true;
  outcome.lines = *earlier.lines;
  return outcome;
}

void Book::PostNew(const Journal& journal, Outcome& outcome) {
  outcome.lines = journal.lines;
  if (!journal.reverses.empty()) outcome.refusal = Mirror(journal, outcome.lines);
  Undo undo;
  int64_t number = 0;
  for (Line& line : outcome.lines) {
    if (!outcome.ok()) break;
    outcome.refusal = Apply(journal, line, ++number, undo);
    if (!outcome.ok()) outcome.refusal->line = number;
  }
  if (!outcome.ok()) {
    TakeBack(journal.effective_day, undo);
    outcome.lines = journal.lines;
  } else if (!journal.reverses.empty()) {
    MarkReversed(journal.reverses);
  }
}

std::vector<Outcome> Book::TakeOutcomes() && {
  return {std::make_move_iterator(outcomes_.begin()), std::make_move_iterator(outcomes_.end())};
}

// The lines that undo those of the original, last one first: what the original did step by step
// within every limit is undone through the same steps.
Book::MayRefuse Book::Mirror(const Journal& journal, std::vector<Line>& lines) const {
  const auto found = journals_.find(journal.reverses);
  if (found == journals_.end() || found->second.refusal == nullptr ||
      found->second.refusal->has_value()) {
    return Refusal{.why = Why::kJournalUnknown, .field = "reverses"};
  }
  const Journal& original = *found->second.asked;
  const std::vector<Line>& original_lines = *found->second.lines;
  if (reversed_.contains(journal.reverses)) {
    return Refusal{.why = Why::kJournalReversed, .field = "reverses"};
  }
  if (!std::all_of(original_lines.begin(), original_lines.end(), IsPosting)) {
    return Refusal{.why = Why::kNotReversible, .field = "reverses"};
  }
  if (journal.effective_day < original.effective_day) {
    return Refusal{.why = Why::kBeforeOriginal, .field = "effective_day"};
  }
  for (auto line = original_lines.rbegin(); line != original_lines.rend(); ++line) {
    lines.push_back({.kind = Kind::kReversal,
                     .debit = line->credit,
                     .credit = line->debit,
                     .amount = line->amount,
                     .text = line->text});
  }
  return std::nullopt;
}

Book::MayRefuse Book::Apply(const Journal& journal, Line& line, int64_t number, Undo& undo) {
  if (journal.effective_day > context_.today) {
    return Refusal{.why = Why::kInFuture, .field = "effective_day"};
  }
  if (line.hold != LineId()) return Follow(journal, line, undo);
  if (MayRefuse refusal = Move(journal, line, undo)) return refusal;
  if (line.kind != Kind::kHold) return std::nullopt;
  const LineId id{journal.id, number};
  hold_places_.emplace(id, holds_.size());
  holds_.push_back({{.id = id,
                     .debit = line.debit,
                     .credit = line.credit,
                     .amount = line.amount,
                     .remaining = line.amount,
                     .effective_day = journal.effective_day,
                     .expiry_day = line.expiry_day},
                    std::nullopt});
  ++undo.new_holds;
  return std::nullopt;
}

// Settles, voids or expires a hold.
Book::MayRefuse Book::Follow(const Journal& journal, Line& line, Undo& undo) {
  const auto found = hold_places_.find(line.hold);
  if (found == hold_places_.end()) return Refusal{.why = Why::kHoldUnknown};
  Hold& hold = holds_[found->second].hold;
  Refusal refusal{.available = hold.remaining, .asked = line.amount, .held = hold.remaining};
  const bool over = context_.today > hold.expiry_day;
  if (hold.end != HoldEnd::kOpen) {
    refusal.why = WhyEnded(hold.end);
  } else if (line.kind == Kind::kSettle && over) {
    refusal.why = Why::kHoldExpired;
  } else if (line.kind == Kind::kExpire && !over) {
    refusal.why = Why::kHoldNotDue;
  } else if (line.amount > hold.remaining) {
    refusal.why = Why::kBeyondHold;
  } else if (journal.effective_day < hold.effective_day) {
    refusal.why = Why::kBeforeOriginal;
  } else {
    undo.holds.emplace_back(found->second, hold);
    line.debit = hold.debit;
    line.credit = hold.credit;
    if (line.kind != Kind::kSettle) line.amount = hold.remaining;
    hold.remaining -= line.amount;
    if (hold.remaining == 0) hold.end = EndBy(line.kind);
    return Move(journal, line, undo);
  }
  return refusal;
}

Book::MayRefuse Book::Move(const Journal& journal, const Line& line, Undo& undo) {
  size_t debit = 0;
  size_t credit = 0;
  if (MayRefuse refusal = CheckAccount(journal, line.debit, debit)) return refusal;
  if (MayRefuse refusal = CheckAccount(journal, line.credit, credit)) return refusal;
  AccountState& debited = accounts_[debit];
  AccountState& credited = accounts_[credit];
  Account& from = debited.account;
  Account& to = credited.account;
  if (from.unit != to.unit) return Refusal{.why = Why::kUnitMismatch, .account = to.id};
  const absl::CivilDay day = journal.effective_day;
  // What follows a hold moves what the hold has already been checked for.
  if (line.hold == LineId()) {
    for (const bool is_debit : {true, false}) {
      const AccountState& side = is_debit ? debited : credited;
      if (MayRefuse refusal = CheckSide(side, day, is_debit, line.amount)) return refusal;
    }
  }
  undo.accounts.emplace_back(debit, from.totals);
  undo.accounts.emplace_back(credit, to.totals);
  AddLine(line.kind, /*is_debit=*/true, line.amount, from.totals);
  AddLine(line.kind, /*is_debit=*/false, line.amount, to.totals);
  AddLine(line.kind, /*is_debit=*/true, line.amount, debited.days[day]);
  AddLine(line.kind, /*is_debit=*/false, line.amount, credited.days[day]);
  return std::nullopt;
}

// A side takes an amount when it does so at the end of every day from the effective one on. Refused
// is by the day that has least; when that is not today, the effective day is named.
Book::MayRefuse Book::CheckSide(const AccountState& state, absl::CivilDay effective_day,
                                bool is_debit, int64_t amount) {
  Totals totals = state.account.totals;
  MayRefuse refusal = CheckTotals(state.account, totals, is_debit, amount);
  for (auto day = state.days.rbegin(); day != state.days.rend() && day->first > effective_day;
       ++day) {
    totals = Difference(totals, day->second);
    MayRefuse on_day = CheckTotals(state.account, totals, is_debit, amount);
    if (!on_day || (refusal && refusal->available <= on_day->available)) continue;
    on_day->field = "effective_day";
    refusal = std::move(on_day);
  }
  return refusal;
}

Book::MayRefuse Book::CheckAccount(const Journal& journal, const AccountId& id,
                                   size_t& place) const {
  const auto found = account_places_.find(id);
  if (found == account_places_.end()) return Refusal{.why = Why::kAccountUnknown, .account = id};
  place = found->second;
  const Account& account = accounts_[place].account;
  if (account.closed_day.has_value()) return Refusal{.why = Why::kAccountClosed, .account = id};
  if (journal.effective_day < account.opened_day) {
    return Refusal{.why = Why::kBeforeOpening, .account = id, .field = "effective_day"};
  }
  return std::nullopt;
}

void Book::TakeBack(absl::CivilDay effective_day, const Undo& undo) {
  for (auto change = undo.accounts.rbegin(); change != undo.accounts.rend(); ++change) {
    AccountState& state = accounts_[change->first];
    Totals& on_day = state.days[effective_day];
    on_day = Difference(on_day, Difference(state.account.totals, change->second));
    state.account.totals = change->second;
  }
  for (auto state = undo.holds.rbegin(); state != undo.holds.rend(); ++state) {
    holds_[state->first].hold = state->second;
  }
  for (size_t i = 0; i < undo.new_holds; ++i) {
    hold_places_.erase(holds_.back().hold.id);
    holds_.pop_back();
  }
}

std::vector<Book::ChangedAccount> Book::ChangedAccounts() const {
  std::vector<ChangedAccount> changed;
  for (const AccountState& state : accounts_) {
    const Totals added = Difference(state.account.totals, state.before);
    if (added != Totals()) changed.push_back({&state.account, added});
  }
  return changed;
}

std::vector<Book::ChangedHold> Book::ChangedHolds() const {
  std::vector<ChangedHold> changed;
  for (const HoldState& state : holds_) {
    if (state.remaining_before != state.hold.remaining) {
      changed.push_back({&state.hold, state.remaining_before});
    }
  }
  return changed;
}

}  // namespace twotier::ledger
