// What becomes of the money of a unit that leaves the ledger of a province: it goes to the units
// that follow, to the đồng. A unit leaves a ledger when it ends, and when it goes over to another
// province: then it follows itself there.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_SUCCESSION_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_SUCCESSION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/ledger/ledger.h"
#include "common/units/units.h"
#include "services/budget/domain/account.h"

namespace twotier::budget {

// A unit that follows, in its province, and its part in millionths.
struct Share {
  std::string unit = {};
  std::string province_code = {};
  int64_t ppm = 0;

  friend bool operator==(const Share&, const Share&) = default;
};

// The change by which `unit` leaves the ledger of a province, seen from `day`. Null: no change is
// known to take it out of there.
const units::ChangeRecord* ChangeLeaving(const units::Units& units, absl::string_view unit,
                                         absl::string_view province_code, absl::CivilDay day);

// Who follows `unit` on the day, in order of name: one unit gets everything, which is itself where
// it goes on; several get the shares of the people that the register knows. FAILED_PRECONDITION:
// `SHARES_UNKNOWN` (metadata `unit`,
// `successors`) where it knows not all of them, or they do not add up to a million;
// `UNIT_NOT_ENDED` (metadata `unit`) where nothing follows on that day.
absl::StatusOr<std::vector<Share>> SharesOf(const units::Units& units,
                                            const units::UnitRecord& unit, absl::CivilDay day);

// Those who follow, whether or not their shares are known; empty: nobody does.
std::vector<Share> SuccessorsOf(const units::Units& units, const units::UnitRecord& unit,
                                absl::CivilDay day);

// `amount`, which is not negative, by `shares`, which add up to a million: each gets its part
// rounded down, and what is left goes đồng by đồng to the largest remainders; of equal ones to the
// first. The parts add up to the amount.
std::vector<int64_t> SplitByShares(int64_t amount, absl::Span<const Share> shares);

// An account of the unit, and what it holds.
struct LeftAccount {
  AccountKey key = {};
  ledger::Totals totals = {};
};

// Whether it holds something, or something is held of or for it.
bool HasMoney(const LeftAccount& account);

// What a unit leaves in the ledger of a province.
struct Estate {
  std::string province_code = {};
  std::string unit = {};
  std::vector<LeftAccount> accounts = {};
  std::vector<ledger::Hold> holds = {};  // Open ones with an account of the unit on either side.
  // What its credit lines have not drawn goes back; the accounts are as they stand after that.
  std::vector<ledger::Line> returns = {};
  // Accounts with money that does not move today: their books are closed through the day.
  std::vector<LeftAccount> waiting = {};

  // Nothing is left to move.
  bool empty() const;
};

// How much each unit gets of one account or hold, in the order of the shares.
struct Division {
  std::vector<std::vector<int64_t>> accounts = {};  // Of Estate::accounts: of the balance.
  std::vector<std::vector<int64_t>> holds = {};     // Of Estate::holds: of what is left.
};

// By the shares: every hold, and of each account what is not held, so that a unit gets with a part
// of a hold the money for it. The parts of a balance add up to it.
Division DivideByShares(const Estate& estate, absl::Span<const Share> shares);

// What is entered in the book of one province.
struct BookLines {
  std::string province_code = {};
  std::vector<ledger::Line> lines = {};
};

// First the lines of the ledger that is left: holds are let go, returns are made, balances move.
// Then holds are made anew, with their last day, each in the book in which its accounts are: there,
// or in one of another province where a unit follows. An account of a hold that is not the unit's
// stays as it is; where a unit follows in another province such a hold is not made anew, and what
// was held is free. Nothing of 0 is moved.
std::vector<BookLines> LinesOf(const Estate& estate, absl::Span<const Share> shares,
                               const Division& division);

// The same in as many journals as it takes, one at least: none is larger than the ledger takes.
std::vector<absl::Span<const ledger::Line>> InJournals(absl::Span<const ledger::Line> lines);

// The accounts that lines of `division` need: of those who follow, and of whom returns go to.
std::vector<AccountKey> AccountsOf(const Estate& estate, absl::Span<const Share> shares,
                                   const Division& division);

// `key` of the unit that follows.
AccountKey Successor(const AccountKey& key, const Share& share);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_SUCCESSION_H_
