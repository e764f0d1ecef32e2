// The ledger as a list: everything is added up anew each time it is asked for, and whatever would
// not stand is not entered. For comparison with the book; it shares no rule with it.
#ifndef TWOTIER_COMMON_LEDGER_NAIVE_LEDGER_H_
#define TWOTIER_COMMON_LEDGER_NAIVE_LEDGER_H_

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/time/civil_time.h"
#include "common/ledger/ledger.h"

namespace twotier::ledger {

class NaiveLedger {
 public:
  NaiveLedger(const std::vector<Account>& accounts, absl::CivilDay today) : today_(today) {
    for (const Account& account : accounts) accounts_[account.id] = account;
  }

  // "OK", "refused", either with " again"; "taken"; "malformed".
  std::string Post(const Journal& journal) {
    if (!WellFormed(journal)) return "malformed";
    const auto seen = seen_.find(journal.id);
    if (seen != seen_.end()) {
      if (!Same(seen->second.first, journal)) return "taken";
      return seen->second.second ? "OK again" : "refused again";
    }
    const bool stands = Enter(journal);
    seen_[journal.id] = {journal, stands};
    return stands ? "OK" : "refused";
  }

  Totals TotalsOf(const AccountId& id) const {
    const Sums sums = SumsOf(id, entries_, today_);
    return {static_cast<int64_t>(sums.debits), static_cast<int64_t>(sums.debits_held),
            static_cast<int64_t>(sums.credits), static_cast<int64_t>(sums.credits_held)};
  }

 private:
  struct Entry {
    std::string journal;
    int64_t line;
    Line said;
    absl::CivilDay day;
  };
  struct Sums {
    absl::int128 debits = 0, debits_held = 0, credits = 0, credits_held = 0;
  };

  static bool WellFormed(const Journal& journal) {
    for (const Line& line : journal.lines) {
      const bool follows =
          line.kind == Kind::kSettle || line.kind == Kind::kVoid || line.kind == Kind::kExpire;
      const bool wants_amount = line.kind != Kind::kVoid && line.kind != Kind::kExpire;
      if (wants_amount && line.amount < 1) return false;
      if (!follows && line.debit == line.credit) return false;
      if (line.kind == Kind::kHold && line.expiry_day < journal.effective_day) return false;
    }
    return true;
  }

  static bool Same(const Journal& a, const Journal& b) {
    return a.effective_day == b.effective_day && a.text == b.text && a.reverses == b.reverses &&
           a.lines == b.lines;
  }

  // Of what is effective up to a day.
  static Sums SumsOf(const AccountId& id, const std::vector<Entry>& entries, absl::CivilDay day) {
    Sums sums;
    for (const Entry& entry : entries) {
      if (entry.day > day) continue;
      const Line& line = entry.said;
      const bool posts =
          line.kind == Kind::kPost || line.kind == Kind::kSettle || line.kind == Kind::kReversal;
      const int holds = line.kind == Kind::kHold ? 1 : line.hold.line > 0 ? -1 : 0;
      if (line.debit == id) {
        if (posts) sums.debits += line.amount;
        sums.debits_held += absl::int128(holds) * line.amount;
      }
      if (line.credit == id) {
        if (posts) sums.credits += line.amount;
        sums.credits_held += absl::int128(holds) * line.amount;
      }
    }
    return sums;
  }

  // At the end of every day on which something is effective.
  bool Stands(const AccountId& id, const std::vector<Entry>& entries) const {
    std::set<absl::CivilDay> days;
    for (const Entry& entry : entries) days.insert(entry.day);
    return std::all_of(days.begin(), days.end(),
                       [&](absl::CivilDay day) { return StandsOn(day, id, entries); });
  }

  bool StandsOn(absl::CivilDay day, const AccountId& id, const std::vector<Entry>& entries) const {
    const Sums sums = SumsOf(id, entries, day);
    const absl::int128 most = std::numeric_limits<int64_t>::max();
    if (sums.debits + sums.debits_held > most || sums.credits + sums.credits_held > most) {
      return false;
    }
    const Limit limit = accounts_.at(id).limit;
    if (limit == Limit::kDebitsWithinCredits) {
      return sums.debits + sums.debits_held <= sums.credits;
    }
    return limit != Limit::kCreditsWithinDebits || sums.credits + sums.credits_held <= sums.debits;
  }

  // Fills in what a follower of a hold leaves to its hold; nullopt: it may not follow it.
  std::optional<Line> Follow(const Line& line, absl::CivilDay day,
                             const std::vector<Entry>& entries) const {
    const Entry* hold = nullptr;
    int64_t left = 0;
    for (const Entry& entry : entries) {
      if (entry.journal == line.hold.journal && entry.line == line.hold.line &&
          entry.said.kind == Kind::kHold) {
        hold = &entry;
        left = entry.said.amount;
      }
      if (entry.said.hold == line.hold) left -= entry.said.amount;
    }
    if (hold == nullptr || left == 0 || day < hold->day) return std::nullopt;
    const bool over = hold->said.expiry_day < today_;
    if (over ? line.kind == Kind::kSettle : line.kind == Kind::kExpire) return std::nullopt;
    Line filled = line;
    filled.debit = hold->said.debit;
    filled.credit = hold->said.credit;
    if (line.kind != Kind::kSettle) filled.amount = left;
    return filled.amount <= left ? std::optional<Line>(filled) : std::nullopt;
  }

  bool EnterLine(const Journal& journal, Line line, int64_t number, std::vector<Entry>& entries) {
    if (line.hold.line > 0) {
      const std::optional<Line> filled = Follow(line, journal.effective_day, entries);
      if (!filled.has_value()) return false;
      line = *filled;
    }
    for (const AccountId& id : {line.debit, line.credit}) {
      const auto account = accounts_.find(id);
      if (account == accounts_.end() || journal.effective_day < account->second.opened_day) {
        return false;
      }
    }
    if (accounts_[line.debit].unit != accounts_[line.credit].unit) return false;
    entries.push_back({journal.id, number, line, journal.effective_day});
    return Stands(line.debit, entries) && Stands(line.credit, entries);
  }

  std::optional<std::vector<Line>> LinesOf(const Journal& journal) const {
    if (journal.reverses.empty()) return journal.lines;
    std::vector<Line> mirrored;
    for (const Entry& entry : entries_) {
      if (entry.journal != journal.reverses) continue;
      const bool posted = entry.said.kind == Kind::kPost || entry.said.kind == Kind::kSettle;
      if (!posted || journal.effective_day < entry.day) return std::nullopt;
      Line line;
      line.kind = Kind::kReversal;
      line.debit = entry.said.credit;
      line.credit = entry.said.debit;
      line.amount = entry.said.amount;
      mirrored.insert(mirrored.begin(), line);
    }
    if (mirrored.empty() || reversed_.contains(journal.reverses)) return std::nullopt;
    return mirrored;
  }

  bool Enter(const Journal& journal) {
    if (journal.effective_day > today_) return false;
    const std::optional<std::vector<Line>> lines = LinesOf(journal);
    if (!lines.has_value()) return false;
    std::vector<Entry> entries = entries_;
    int64_t number = 0;
    for (const Line& line : *lines) {
      if (!EnterLine(journal, line, ++number, entries)) return false;
    }
    entries_ = std::move(entries);
    if (!journal.reverses.empty()) reversed_.insert(journal.reverses);
    return true;
  }

  const absl::CivilDay today_;
  std::map<AccountId, Account> accounts_;
  std::vector<Entry> entries_;
  std::map<std::string, std::pair<Journal, bool>> seen_;
  std::set<std::string> reversed_;
};

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_NAIVE_LEDGER_H_
