// An estimate as the accounts of its unit were approved it.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_ESTIMATE_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_ESTIMATE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/contingency.h"
#include "services/budget/handlers/env.h"
#include "services/budget/handlers/given.h"

namespace twotier::budget::handlers {

// The totals of the estimate of the unit and year of `approved`, an account of approved money:
// what its own estimate gave and what came from above; of a province also what it handed down.
// Money without purpose is a balancing supplement there, money with one a targeted one.
absl::StatusOr<ApprovedTotals> ApprovedTotalsOf(db::Tx& tx, const AccountKey& approved,
                                                Level level);
// The same without what came from units that ended and are not to be followed.
absl::StatusOr<ApprovedTotals> ApprovedTotalsOf(db::Tx& tx, const AccountKey& approved, Level level,
                                                IsFollowed is_followed);

// The first day of which approved accounts of the unit and year of `approved` were given something
// by its estimate, or by a unit that it follows, in a journal that stands. nullopt: nothing.
absl::StatusOr<std::optional<absl::CivilDay>> ApprovedSince(db::Tx& tx, const AccountKey& approved);

// A transfer that changes estimates: it approves one, or moves approved money to another unit.
struct EstimateChange {
  AccountKey debit;
  AccountKey credit;
  int64_t amount_vnd = 0;
};
// Whether a line moves money at once, instead of holding it or letting it go.
bool MovesMoney(ledger::Kind kind);
bool ChangesEstimate(const AccountKey& debit, const AccountKey& credit);
// Those of lines that move money; `reversed`: of the lines that undo these.
std::vector<EstimateChange> EstimateChangesOf(absl::Span<const ledger::Line> lines,
                                              bool reversed = false);

// What `amount_vnd` that comes to `approved`, an account of a unit of `level`, from `other` adds to
// the sums of its estimate; below 0 for what goes there.
EstimateFlows FlowsOf(Level level, const AccountKey& approved, const AccountKey& other,
                      Int128 amount_vnd);

// Approved accounts of the unit and year of `approved`, in its ledger.
absl::StatusOr<std::vector<AccountKey>> ApprovedAccounts(db::Tx& tx, const AccountKey& approved);

// The revenue of a commune's whole estimate, and what of it is supplements from above.
struct StatedRevenue {
  int64_t revenue_vnd = 0;
  int64_t supplements_vnd = 0;
};
// Whether the revenue of a commune's estimate covers what was approved for it and is to be: the
// refusals of CheckSupplements and CheckCovered. What a commune hands up of its own money frees no
// revenue. So supplements that come later bring their revenue with them, in whatever order.
// INVALID_ARGUMENT where it would be that of several estimates; UNAVAILABLE `SNAPSHOT_NOT_READY`.
absl::Status CheckRevenue(const Env& env, db::Tx& tx, absl::Span<const EstimateChange> changes,
                          const StatedRevenue& stated);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_ESTIMATE_H_
