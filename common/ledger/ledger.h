// Double entry: accounts, journals and the words in which one is refused. What the core (book.h)
// and the tables (store.h) share; Abseil and twotier_base only.
//
// The same engine counts money (unit "VND") and staff quota (unit "post"). docs/ledger.md is the
// page for its users.
#ifndef TWOTIER_COMMON_LEDGER_LEDGER_H_
#define TWOTIER_COMMON_LEDGER_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace twotier::ledger {

// Most lines that one call posts, in all of its journals together. What a lane is held up by it
// stays below a tenth of a second; TigerBeetle's batches have 8,190.
inline constexpr size_t kLinesMax = 8000;
// Longest id of an account or a journal, act, subject and unit, in bytes. Ids of resources have
// some forty.
inline constexpr size_t kIdBytesMax = 256;
// Longest text of a line, in bytes.
inline constexpr size_t kTextBytesMax = 1024;

// Name of the aggregate that everybody bumps who posts to accounts of a province, as db::Key{
// province_code, kKeyName}: all journals of a province take one lane, and are committed together
// instead of waiting for each other's rows. The limits hold without it; it is what makes the hot
// account cheap.
inline constexpr absl::string_view kKeyName = "ledger";

// Where an account is kept. Ids are the service's; a central account lies in province "00".
struct AccountId {
  std::string province_code = {};
  std::string id = {};

  friend bool operator==(const AccountId&, const AccountId&) = default;
  friend auto operator<=>(const AccountId&, const AccountId&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const AccountId& account) {
    return H::combine(std::move(state), account.province_code, account.id);
  }
};

// What may never be exceeded, holds included. Part of the account: no caller, role or option
// switches it off. Stored: never renumber.
enum class Limit {
  kNone = 0,
  kDebitsWithinCredits = 1,  // debits posted + debits pending ≤ credits posted: money to spend.
  kCreditsWithinDebits = 2,  // credits posted + credits pending ≤ debits posted.
};

// Running totals. Each is at least 0, and posted + pending of a side fits 64 bits.
struct Totals {
  int64_t debits_posted = 0;
  int64_t debits_pending = 0;
  int64_t credits_posted = 0;
  int64_t credits_pending = 0;

  friend bool operator==(const Totals&, const Totals&) = default;
};

struct Account {
  AccountId id = {};
  std::string unit = {};  // "VND", "post": both accounts of a transfer have the same.
  Limit limit = Limit::kNone;
  absl::CivilDay opened_day = {};                           // First effective day of a transfer.
  std::optional<absl::CivilDay> closed_day = std::nullopt;  // Set: takes no transfer any more.
  int64_t version = 1;  // Grows when it is closed or opened again, not with what is posted.
  Totals totals = {};
};

// What the limit leaves at these totals: how much may still be debited (or credited). 64 bits'
// largest value when there is no limit.
int64_t AvailableOf(Limit limit, const Totals& totals);
inline int64_t AvailableOf(const Account& account) {
  return AvailableOf(account.limit, account.totals);
}

// Stored: never renumber.
enum class Kind {
  kPost = 1,      // Moves `amount` from the debit to the credit account.
  kHold = 2,      // Keeps `amount` back on both: pending until settled, voided or expired.
  kSettle = 3,    // Posts `amount` of a hold; the rest stays held.
  kVoid = 4,      // Lets go all that is left of a hold.
  kExpire = 5,    // As kVoid, because the hold's time is over.
  kReversal = 6,  // Mirrors a line of the journal that `Journal::reverses` names. Never asked for
                  // as such: the ledger makes these lines.
};

// One line of a journal of the same book.
struct LineId {
  std::string journal = {};
  int64_t line = 0;  // From 1.

  friend bool operator==(const LineId&, const LineId&) = default;
  friend auto operator<=>(const LineId&, const LineId&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const LineId& id) {
    return H::combine(std::move(state), id.journal, id.line);
  }
};

// One transfer. Which fields are asked for depends on the kind:
//   kPost             debit, credit, amount
//   kHold             debit, credit, amount, expiry_day
//   kSettle           hold, amount
//   kVoid, kExpire    hold
// The others must be left as they are; the ledger fills the accounts of a hold's followers, and the
// amount that a void or an expiry lets go.
struct Line {
  Kind kind = Kind::kPost;
  AccountId debit = {};
  AccountId credit = {};
  int64_t amount = 0;
  LineId hold = {};
  absl::CivilDay expiry_day = {};  // Last day on which a hold may be settled. The caller counts
                                   // working days (common/calendar).
  std::string text = {};           // What it is for, as statements show it.

  friend bool operator==(const Line&, const Line&) = default;
};

// What is posted together or not at all: a transfer alone, or a chain of them. Lines are applied in
// order and each must keep every limit. Never changed or deleted; what was wrong is reversed.
struct Journal {
  std::string id = {};  // The caller's; unique in its book (Context::province_code) for ever.
  absl::CivilDay effective_day = {};
  std::string act = {};  // Cited legal act. A reversal has one, and in `text` its reason.
  std::string text = {};
  // The event of the feed that tells of it, of the book's province: what is known when (feed.md) is
  // looked up there. The service appends it in the same unit of work.
  std::string subject = {};
  int64_t version = 0;
  // Another journal of the book, which is to be undone. Then `lines` is empty: the ledger mirrors
  // those of the other, last one first.
  std::string reverses = {};
  std::vector<Line> lines = {};
};

// Why a journal is refused. Stored: never renumber.
enum class Why {
  // These rest on the state of the ledger or the day. The journal's id is taken by the failure: it
  // stays failed, whatever changes later.
  kLimitExceeded = 1,     // `available`, `asked`, `held` of `account`; with `field` "effective_day"
                          // those of a day before today, which has less than there is now.
  kAccountUnknown = 2,    // `account`
  kAccountClosed = 3,     // `account`
  kBeforeOpening = 4,     // The effective day is before `account` was opened.
  kInFuture = 5,          // The effective day is after today.
  kUnitMismatch = 6,      // The accounts count different things. `account`: the credit account.
  kOverflow = 7,          // A total of `account` would leave 64 bits; `field` as above.
  kHoldUnknown = 8,       //
  kHoldSettled = 9,       // Nothing is left of it: settled,
  kHoldVoided = 10,       // voided,
  kHoldExpired = 11,      // or expired; also when its last day is over.
  kHoldNotDue = 12,       // An expiry before the hold's time is over.
  kBeyondHold = 13,       // `available`: what is left of it; `asked`.
  kJournalUnknown = 14,   // What is to be reversed is not there, or had failed.
  kJournalReversed = 15,  // It was reversed before.
  kNotReversible = 16,    // It has a line that is no posting: holds are voided; or is a reversal.
  kBeforeOriginal = 17,   // Effective before the hold or the journal it follows.
  kOtherLineRefused = 18,  // Of a line: another one of its journal was refused.
  // These rest on the call alone. Nothing is remembered.
  kIdTaken = 32,    // The id belongs to a journal with another `field`.
  kMalformed = 33,  // `field` does not look like that.
  kAmountNotPositive = 34,
  kSameAccount = 35,  // Debit and credit are one account.
};

struct Refusal {
  Why why = Why::kMalformed;
  int64_t line = 0;  // From 1; 0: the journal as a whole.
  AccountId account = {};
  std::string field = {};  // Path in the journal, for example "lines[0].amount".
  int64_t available = 0;
  int64_t asked = 0;
  int64_t held = 0;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// Whether the failure takes the journal's id.
inline bool IsRemembered(Why why) { return why < Why::kIdTaken; }

// The reason of errors.proto, for example "LIMIT_EXCEEDED".
absl::string_view ReasonOf(Why why);

// FAILED_PRECONDITION with that reason; ALREADY_EXISTS for kIdTaken; INVALID_ARGUMENT with one
// field violation for the malformed. Metadata: what the refusal carries of `account`
// (province_code/id), `line`, `field`, `available`, `asked`, `held`.
absl::Status ToStatus(const Refusal& refusal);

// What became of a journal.
struct Outcome {
  std::optional<Refusal> refusal = std::nullopt;  // Absent: it stands.
  bool repeated = false;  // The id was used before with the same content: this is what came then.
  std::vector<Line> lines = {};  // As they are entered: accounts and amounts filled in.

  bool ok() const { return !refusal.has_value(); }
};

// The answer of one line (from 1): what was refused itself, or kOtherLineRefused.
std::optional<Why> WhyOfLine(const Outcome& outcome, int64_t line);

// When, and in whose book.
struct Context {
  std::string province_code = {};  // The book: where journals are kept and their ids are unique.
  absl::Time now = {};             // Of the call.
  absl::CivilDay today = {};       // The same in Vietnam.
};

// How a hold ended. Stored: never renumber.
enum class HoldEnd { kOpen = 0, kSettled = 1, kVoided = 2, kExpired = 3 };

// A hold and what is left of it.
struct Hold {
  LineId id = {};
  AccountId debit = {};
  AccountId credit = {};
  int64_t amount = 0;
  int64_t remaining = 0;  // 0 unless it is open.
  absl::CivilDay effective_day = {};
  absl::CivilDay expiry_day = {};
  HoldEnd end = HoldEnd::kOpen;
};

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_LEDGER_H_
