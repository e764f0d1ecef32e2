// What contingencies were set, and of what.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_TOTALS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_TOTALS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/db.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/contingency.h"
#include "services/budget/store/contingency_store.h"

namespace twotier::budget::handlers {

// The account of the contingency of the unit and year of `key`.
AccountKey ContingencyOf(const AccountKey& key);

// How much journals that stand set aside in an account of contingency, whatever was used of it;
// without what came from a unit that ended.
absl::StatusOr<int64_t> ContingencySet(db::Tx& tx, const AccountKey& contingency);

// What of the estimate of the unit and year of `approved` a contingency is set of: not what came
// from a unit that ended and had set its own, which came with it. A balancing supplement that was
// paid out of that is not in it either.
absl::StatusOr<ApprovedTotals> TotalsWithoutContingency(db::Tx& tx, const AccountKey& approved,
                                                        Level level);

// What all of a unit's contingency of the year of `contingency` is held against: its own, and that
// of the units that it follows, each with all that it was set of. A unit that ended is in it by the
// part that went there of what it left approved and set aside; one of which nothing went anywhere,
// not at all. Read from the statements of the accounts. FAILED_PRECONDITION `AMOUNT_OVERFLOW`.
absl::StatusOr<store::ContingencyRow> ReadWhole(db::Tx& tx, const AccountKey& contingency,
                                                Level level);

// FAILED_PRECONDITION `AMOUNT_OVERFLOW` (`account`): the sums of the estimate would leave 64 bits.
absl::Status AmountOverflow(const AccountKey& contingency);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_TOTALS_H_
