// What accounts were given, and by whom.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_GIVEN_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_GIVEN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
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

// The same of accounts that are not those of the same keys in units that ended: what such a unit
// was given may have gone to other accounts before it ended.
absl::StatusOr<int64_t> NetGivenTo(db::Tx& tx, const std::string& province_code,
                                   const std::string& unit, AccountsOfUnit accounts_of,
                                   absl::CivilDay first_day, IsGiver is_giver);

// What the accounts of a unit gave on to such others, less what came back from them, and not below
// 0. What another gave before the unit followed it is not in it. Errors: those of the ledger's
// reads.
absl::StatusOr<int64_t> NetHandedOn(db::Tx& tx, absl::Span<const AccountKey> accounts,
                                    absl::CivilDay first_day, IsGiver is_taker);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_GIVEN_H_
