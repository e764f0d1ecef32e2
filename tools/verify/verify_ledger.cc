#include "tools/verify/verify_ledger.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/verify/ledger_rows.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kBalance = "balance";
constexpr absl::string_view kTotals = "totals";
constexpr absl::string_view kLimit = "limit";
constexpr absl::string_view kJournal = "journal";
constexpr absl::string_view kTransfer = "transfer";
constexpr absl::string_view kHold = "hold";
constexpr absl::string_view kReversal = "reversal";
constexpr absl::string_view kTold = "told";

// Numbers as they are stored.
enum : int64_t { kPosts = 1, kHolds = 2, kSettles = 3, kVoids = 4, kExpires = 5, kReverses = 6 };

std::string NameOf(const AccountKey& key) { return absl::StrCat(key.first, " ", key.second); }
std::string NameOf(const LineKey& key) {
  return absl::StrCat(std::get<0>(key), " ", std::get<1>(key), " line ", std::get<2>(key));
}

struct Sums {
  absl::int128 debits_posted = 0;
  absl::int128 debits_pending = 0;
  absl::int128 credits_posted = 0;
  absl::int128 credits_pending = 0;
};

struct AccountState {
  LedgerAccountRow row;
  Sums sums;
  // What each effective day has added to what the limit leaves; of an account that has one.
  std::map<int64_t, absl::int128> left = {};
};

// What is said of a hold by the lines that follow it, and by itself.
struct HoldState {
  std::optional<LedgerTransferRow> line;
  absl::int128 followed = 0;
  std::vector<LedgerTransferRow> followers;
};

class LedgerCheck {
 public:
  explicit LedgerCheck(bool told) : told_(told) {}

  LedgerVisitor Visitor() {
    return {[this](const JournalKey& key) { reversed_.insert(key); },
            [this](const LedgerAccountRow& row) {
              accounts_[row.key] = {row, {}};
            },
            [this](const LedgerTransferRow& row) { Transfer(row); },
            [this](const LedgerHoldRow& row) { Hold(row); },
            [this](const LedgerRefusalRow& row) { Refusal(row); }};
  }

  Report Finish() {
    EndJournal();
    for (const auto& [key, account] : accounts_) CheckAccount(key, account);
    for (const auto& [unit, sums] : units_) {
      if (sums.debits_posted != sums.credits_posted ||
          sums.debits_pending != sums.credits_pending) {
        report_.Add(kBalance, absl::StrCat("debits and credits in ", unit, " differ"));
      }
    }
    for (const auto& [key, state] : holds_) {
      report_.Add(kHold, absl::StrCat(NameOf(key), " has no row of its own, or is no hold"));
    }
    CheckReversals();
    for (const auto& [key, result] : failed_) {
      report_.Add(kJournal, absl::StrCat(NameOf(key), " failed without a refusal"));
    }
    const std::string accounts = absl::StrCat(accounts_.size(), " accounts");
    report_.Checked(kBalance, absl::StrCat(units_.size(), " units of measure"));
    report_.Checked(kTotals, accounts);
    report_.Checked(kLimit, accounts);
    report_.Checked(kJournal, absl::StrCat(journals_, " journals"));
    report_.Checked(kTransfer, absl::StrCat(transfers_, " transfers"));
    report_.Checked(kHold, absl::StrCat(hold_rows_, " holds"));
    report_.Checked(kReversal, absl::StrCat(reversals_.size(), " reversals"));
    if (told_) report_.Checked(kTold, absl::StrCat(journals_, " journals"));
    return std::move(report_);
  }

 private:
  using Journal = std::vector<LedgerTransferRow>;

  // ---- Transfers, in the order of their keys.

  void Transfer(const LedgerTransferRow& row) {
    const JournalKey key{std::get<0>(row.key), std::get<1>(row.key)};
    if (key != current_) {
      EndJournal();
      current_ = key;
    }
    journal_.push_back(row);
  }

  void EndJournal() {
    if (journal_.empty()) return;
    ++journals_;
    const LedgerTransferRow& first = journal_.front();
    const bool failed = first.result != 0;
    int64_t number = 0;
    for (const LedgerTransferRow& row : journal_) {
      if (std::get<2>(row.key) != ++number) {
        report_.Add(kJournal, absl::StrCat(NameOf(row.key), " follows a gap"));
      }
      if ((row.result != 0) != failed) {
        report_.Add(kJournal, absl::StrCat(NameOf(row.key), " did not fare as its mates"));
      }
      if (row.effective_day != first.effective_day || row.reverses != first.reverses ||
          row.act != first.act || row.text != first.text || row.subject != first.subject ||
          row.version != first.version || row.recorded_us != first.recorded_us) {
        report_.Add(kJournal, absl::StrCat(NameOf(row.key), " says something else of its journal"));
      }
      if (row.result == 0) Standing(row);
    }
    if (failed) failed_[current_] = first.result;
    if (!failed && told_ && !first.told) {
      report_.Add(kTold, absl::StrCat(NameOf(current_), " is told by no event of the feed"));
    }
    if (!failed) KeepForReversal();
    journal_.clear();
  }

  void KeepForReversal() {
    const std::string& reverses = journal_.front().reverses;
    if (reverses.empty()) {
      if (reversed_.contains(current_)) originals_[current_] = journal_;
    } else if (!reversals_.emplace(JournalKey{current_.first, reverses}, journal_).second) {
      report_.Add(kReversal, absl::StrCat(reverses, " is reversed twice"));
    }
  }

  void Standing(const LedgerTransferRow& row) {
    ++transfers_;
    const auto debit = accounts_.find(row.debit);
    const auto credit = accounts_.find(row.credit);
    if (debit == accounts_.end() || credit == accounts_.end() || debit == credit) {
      report_.Add(kTransfer, absl::StrCat(NameOf(row.key), " has not two accounts"));
      return;
    }
    if (debit->second.row.unit != credit->second.row.unit) {
      report_.Add(kTransfer, absl::StrCat(NameOf(row.key), " moves between units of measure"));
    }
    if (row.amount <= 0) report_.Add(kTransfer, absl::StrCat(NameOf(row.key), " moves nothing"));
    if (row.effective_day < debit->second.row.opened_day ||
        row.effective_day < credit->second.row.opened_day) {
      report_.Add(kTransfer, absl::StrCat(NameOf(row.key), " is older than an account of it"));
    }
    const auto closed_before = [&row](const AccountState& account) {
      return account.row.closed_day.has_value() && row.effective_day > *account.row.closed_day;
    };
    if (closed_before(debit->second) || closed_before(credit->second)) {
      report_.Add(kTransfer, absl::StrCat(NameOf(row.key), " comes after an account was closed"));
    }
    if ((row.kind == kReverses) != !row.reverses.empty()) {
      report_.Add(kTransfer, absl::StrCat(NameOf(row.key), " is half a reversal"));
    }
    AddUp(row, debit->second.sums, credit->second.sums);
    AddLeft(row, debit->second, credit->second);
    if (row.kind == kHolds) holds_[row.key].line = row;
    if (row.kind >= kSettles && row.kind <= kExpires) {
      HoldState& hold = holds_[{std::get<0>(row.key), row.hold_journal, row.hold_line}];
      hold.followed += row.amount;
      hold.followers.push_back(row);
    }
  }

  static void AddUp(const LedgerTransferRow& row, Sums& debit, Sums& credit) {
    if (row.kind == kPosts || row.kind == kSettles || row.kind == kReverses) {
      debit.debits_posted += row.amount;
      credit.credits_posted += row.amount;
    }
    if (row.kind == kHolds) {
      debit.debits_pending += row.amount;
      credit.credits_pending += row.amount;
    }
    if (row.kind >= kSettles && row.kind <= kExpires) {
      debit.debits_pending -= row.amount;
      credit.credits_pending -= row.amount;
    }
  }

  static void AddLeft(const LedgerTransferRow& row, AccountState& debit, AccountState& credit) {
    // By what posts: one side has it at its disposal. By what is held: the other side has not.
    const bool posts = row.kind == kPosts || row.kind == kSettles || row.kind == kReverses;
    const absl::int128 got = posts ? row.amount : 0;
    const absl::int128 freed = row.kind == kHolds                             ? -row.amount
                               : row.kind >= kSettles && row.kind <= kExpires ? row.amount
                                                                              : 0;
    if (debit.row.limit == 1) debit.left[row.effective_day] += freed - got;
    if (credit.row.limit == 1) credit.left[row.effective_day] += got;
    if (debit.row.limit == 2) debit.left[row.effective_day] += got;
    if (credit.row.limit == 2) credit.left[row.effective_day] += freed - got;
  }

  // ---- Accounts.

  void CheckAccount(const AccountKey& key, const AccountState& account) {
    const LedgerAccountRow& row = account.row;
    const Sums& sums = account.sums;
    if (sums.debits_posted != row.debits_posted || sums.debits_pending != row.debits_pending ||
        sums.credits_posted != row.credits_posted || sums.credits_pending != row.credits_pending) {
      report_.Add(kTotals, absl::StrCat(NameOf(key), " is not what its transfers add up to"));
    }
    const absl::int128 debits = absl::int128(row.debits_posted) + row.debits_pending;
    const absl::int128 credits = absl::int128(row.credits_posted) + row.credits_pending;
    const bool beyond = (row.limit == 1 && debits > row.credits_posted) ||
                        (row.limit == 2 && credits > row.debits_posted);
    const bool negative = row.debits_posted < 0 || row.debits_pending < 0 ||
                          row.credits_posted < 0 || row.credits_pending < 0;
    const bool held = row.debits_pending != 0 || row.credits_pending != 0;
    if (beyond) report_.Add(kLimit, absl::StrCat(NameOf(key), " is beyond its limit"));
    absl::int128 left = 0;
    for (const auto& [day, added] : account.left) {
      left += added;
      if (left >= 0) continue;
      report_.Add(kLimit, absl::StrCat(NameOf(key), " is beyond its limit on day ", day));
      break;
    }
    if (negative) report_.Add(kLimit, absl::StrCat(NameOf(key), " has a total below zero"));
    if (held && row.closed_day.has_value()) {
      report_.Add(kLimit, absl::StrCat(NameOf(key), " is closed and holds something"));
    }
    Sums& unit = units_[row.unit];
    unit.debits_posted += row.debits_posted;
    unit.debits_pending += row.debits_pending;
    unit.credits_posted += row.credits_posted;
    unit.credits_pending += row.credits_pending;
  }

  // ---- Holds.

  void Hold(const LedgerHoldRow& row) {
    EndJournal();
    ++hold_rows_;
    const auto found = holds_.find(row.key);
    if (found == holds_.end() || !found->second.line.has_value()) {
      report_.Add(kHold, absl::StrCat(NameOf(row.key), " is a hold without a transfer"));
      return;
    }
    const LedgerTransferRow& line = *found->second.line;
    if (line.debit != row.debit || line.credit != row.credit || line.amount != row.amount ||
        line.effective_day != row.effective_day || line.expiry_day != row.expiry_day) {
      report_.Add(kHold, absl::StrCat(NameOf(row.key), " is not what its transfer says"));
    }
    if (row.amount - found->second.followed != row.remaining) {
      report_.Add(kHold, absl::StrCat(NameOf(row.key), " has ", row.remaining,
                                      " left, which is not its amount less what followed it"));
    }
    CheckEnd(row, found->second.followers);
    holds_.erase(found);
  }

  void CheckEnd(const LedgerHoldRow& row, const std::vector<LedgerTransferRow>& followers) {
    int64_t ended = row.remaining == 0 ? 1 : 0;
    for (const LedgerTransferRow& follower : followers) {
      if (follower.debit != row.debit || follower.credit != row.credit ||
          follower.effective_day < row.effective_day) {
        report_.Add(kHold, absl::StrCat(NameOf(follower.key), " does not follow its hold"));
      }
      if (follower.kind == kVoids) ended = 2;
      if (follower.kind == kExpires) ended = 3;
    }
    if (row.ended != ended) {
      report_.Add(kHold, absl::StrCat(NameOf(row.key), " did not end as it says"));
    }
  }

  // ---- Reversals and refusals.

  void CheckReversals() {
    for (const auto& [key, reversal] : reversals_) {
      const auto original = originals_.find(key);
      if (original == originals_.end()) {
        report_.Add(kReversal, absl::StrCat(NameOf(key), " is reversed and does not stand"));
      } else if (!Mirrors(original->second, reversal)) {
        report_.Add(kReversal, absl::StrCat(NameOf(key), " is reversed by something else"));
      }
    }
  }

  static bool Mirrors(const Journal& original, const Journal& reversal) {
    if (original.size() != reversal.size()) return false;
    for (size_t i = 0; i < original.size(); ++i) {
      const LedgerTransferRow& left = original[original.size() - 1 - i];
      const LedgerTransferRow& right = reversal[i];
      if (left.debit != right.credit || left.credit != right.debit || left.amount != right.amount ||
          right.effective_day < left.effective_day ||
          (left.kind != kPosts && left.kind != kSettles)) {
        return false;
      }
    }
    return true;
  }

  void Refusal(const LedgerRefusalRow& row) {
    EndJournal();
    if (failed_.erase(row.key) == 0) {
      report_.Add(kJournal, absl::StrCat(NameOf(row.key), " is refused and stands, or is missing"));
    }
  }

  const bool told_;
  Report report_;
  std::map<AccountKey, AccountState> accounts_;
  std::map<std::string, Sums> units_;
  std::map<LineKey, HoldState> holds_;  // Those whose own row has not come.
  std::set<JournalKey> reversed_;
  std::map<JournalKey, Journal> originals_;  // Those that are reversed.
  std::map<JournalKey, Journal> reversals_;  // By what they reverse.
  std::map<JournalKey, int64_t> failed_;     // Those whose refusal has not come.
  JournalKey current_;
  Journal journal_;
  int64_t journals_ = 0;
  int64_t transfers_ = 0;
  int64_t hold_rows_ = 0;
};

}  // namespace

absl::StatusOr<Report> VerifyLedger(absl::string_view url, bool told) {
  LedgerCheck check(told);
  RETURN_IF_ERROR(ReadLedger(url, check.Visitor()));
  return check.Finish();
}

}  // namespace twotier::verify
