// The Treasury's statement against the books: which line is which entry, and what is left.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_RECONCILIATION_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_RECONCILIATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/calendar/calendar.h"

namespace twotier::budget {

// The numbers are those of the contract.
enum class Direction { kUnknown = 0, kOut = 1, kIn = 2 };

// A line of the statement or an entry of the books.
struct CashItem {
  std::string id;  // Of the line, or of the transfer.
  Direction direction = Direction::kUnknown;
  int64_t amount_vnd = 0;
  absl::CivilDay day;
  std::string reference;  // Number of the paper; may be empty.

  friend bool operator==(const CashItem&, const CashItem&) = default;
};

// Rules in the order in which they are tried: a surer one takes its pairs before the next one
// looks. The numbers are those of the contract.
enum class MatchRule {
  kUnknown = 0,
  kExact = 1,      // Amount, reference and day.
  kReference = 2,  // Amount and reference; days no further apart than the Treasury's term.
  kAmount = 3,     // Amount, the same bounds for the days, one side without a reference; one
                   // candidate only, seen from both sides.
  kByHand = 4,     // ResolveBreak.
};

struct Match {
  size_t line = 0;   // Index.
  size_t entry = 0;  // Index.
  MatchRule rule = MatchRule::kUnknown;
};

// Where the rules leave more than one choice, or disagree.
struct Candidate {
  size_t line = 0;
  size_t entry = 0;
  bool amount_differs = false;  // Same reference, another amount.
};

struct Reconciled {
  std::vector<Match> matches;         // By line.
  std::vector<size_t> open_lines;     // In the statement only.
  std::vector<size_t> open_entries;   // In the books only.
  std::vector<Candidate> candidates;  // Of open lines; at most kCandidatesMax of each.
};

// How far apart the Treasury's day and that of the books may be: its term for an entry is three
// working days (Circular 132/2025/TT-BTC).
inline constexpr int kWorkingDaysApartMax = 3;
// A person looks at no more.
inline constexpr size_t kCandidatesMax = 5;

// Deterministic: among equals the earlier day, then the smaller id goes first. Every line and every
// entry is in at most one match. The error of the calendar, for days that it does not hold.
absl::StatusOr<Reconciled> Reconcile(const std::vector<CashItem>& lines,
                                     const std::vector<CashItem>& entries,
                                     const calendar::Calendar& calendar,
                                     absl::string_view province_code);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_RECONCILIATION_H_
