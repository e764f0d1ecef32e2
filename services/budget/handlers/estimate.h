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
bool ChangesEstimate(const AccountKey& debit, const AccountKey& credit);
// Those of lines that move money; `reversed`: of the lines that undo these.
std::vector<EstimateChange> EstimateChangesOf(absl::Span<const ledger::Line> lines,
                                              bool reversed = false);

// Whether money that goes from `approved`, an account of a unit of `level`, to `other` leaves the
// base of the contingency of its unit: expenditure without balancing supplements paid out and
// targeted ones received. Money that goes the other way comes into it.
bool LeavesBase(Level level, const AccountKey& approved, const AccountKey& other);

// Whether the revenue of a commune's estimate covers what was approved for it and is to be: the
// refusal of CheckCovered; INVALID_ARGUMENT where it would be that of several estimates;
// UNAVAILABLE `SNAPSHOT_NOT_READY`.
absl::Status CheckRevenue(const Env& env, db::Tx& tx, absl::Span<const EstimateChange> changes,
                          int64_t revenue_vnd);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_ESTIMATE_H_
