// What accounts were given, and by whom.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_GIVEN_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_GIVEN_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/ledger/statement.h"
#include "services/budget/domain/account.h"

namespace twotier::budget::handlers {

// Whether what comes to `key` from `other` is looked for.
using IsGiver = absl::FunctionRef<bool(const AccountKey& key, const AccountKey& other)>;

// The accounts of a unit, also of one that ended, that are looked at.
using AccountsOfUnit = absl::FunctionRef<absl::StatusOr<std::vector<AccountKey>>(
    const std::string& province_code, const std::string& unit)>;

// Whether what a unit that ended was given came with its money.
using IsFollowed = absl::FunctionRef<absl::StatusOr<bool>(const std::string& province_code,
                                                          const std::string& unit)>;

// A unit in the ledger of its province.
struct LedgerUnit {
  std::string province_code = {};
  std::string name = {};

  friend auto operator<=>(const LedgerUnit&, const LedgerUnit&) = default;
};

// The account of another unit that stands for the same.
AccountKey WithUnit(AccountKey key, const LedgerUnit& unit);

// What units that ended handed over, and what a unit that ended did.
struct Estates {
  int64_t left_vnd = 0;                          // To units that follow.
  std::map<LedgerUnit, int64_t> inherited = {};  // Of units that ended.
};

// A line of an account that moves money and stands.
using VisitLine = absl::FunctionRef<void(const AccountKey& key, const AccountKey& other,
                                         const ledger::StatementLine& line)>;

// Reads the statements of accounts of one unit from `first_day` on: what it left and inherited is
// returned, every other line visited, but for what went over with it from one of the accounts to
// another. An account that is not there has no lines. Errors: those of
// the ledger's reads.
absl::StatusOr<Estates> ReadLines(db::Tx& tx, absl::Span<const AccountKey> accounts,
                                  absl::CivilDay first_day, VisitLine visit);

// The first day of which there are journals: all that an account ever had.
inline const absl::CivilDay kFirstJournalDay(1970, 1, 1);

// What journals that stand gave the accounts of a unit from `first_day` on, less what went back to
// such givers, and not below 0. Where a unit follows one that ended, what that one was given came
// with its money: to several who follow by what each got, rounded down, and never more than they
// got. Errors: those of the ledger's reads.
absl::StatusOr<int64_t> NetGiven(db::Tx& tx, absl::Span<const AccountKey> accounts,
                                 absl::CivilDay first_day, IsGiver is_giver);
// The same without units that ended and are not to be followed.
absl::StatusOr<int64_t> NetGiven(db::Tx& tx, absl::Span<const AccountKey> accounts,
                                 absl::CivilDay first_day, IsGiver is_giver,
                                 IsFollowed is_followed);

// What of all that came to the accounts of a unit is not given after all.
using NotGiven = absl::FunctionRef<absl::StatusOr<int64_t>(const LedgerUnit& unit,
                                                           absl::Span<const AccountKey> accounts)>;

// The same of accounts that are not those of the same keys in units that ended: what such a unit
// was given may have gone to other accounts before it ended.
absl::StatusOr<int64_t> NetGivenTo(db::Tx& tx, const LedgerUnit& unit, AccountsOfUnit accounts_of,
                                   absl::CivilDay first_day, IsGiver is_giver, NotGiven not_given);

// What the accounts of a unit gave on to such others, less what came back from them, and not below
// 0. What another gave before the unit followed it is not in it. Errors: those of the ledger's
// reads.
absl::StatusOr<int64_t> NetHandedOn(db::Tx& tx, absl::Span<const AccountKey> accounts,
                                    absl::CivilDay first_day, IsGiver is_taker);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_GIVEN_H_
