// An estimate as the accounts of its unit were approved it.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_ESTIMATE_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_ESTIMATE_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/contingency.h"
#include "services/budget/handlers/env.h"

namespace twotier::budget::handlers {

// The totals of the estimate of the unit and year of `approved`, an account of approved money:
// what its own estimate gave and what came from above; of a province also what it handed down.
// Money without purpose is a balancing supplement there, money with one a targeted one.
absl::StatusOr<ApprovedTotals> ApprovedTotalsOf(db::Tx& tx, const AccountKey& approved,
                                                Level level);

// The first day of which approved accounts of the unit and year of `approved` were given something
// by its estimate, or by a unit that it follows, in a journal that stands. nullopt: nothing.
absl::StatusOr<std::optional<absl::CivilDay>> ApprovedSince(db::Tx& tx, const AccountKey& approved);

// How much journals that stand set aside in an account of contingency, whatever was used of it;
// without what came from a unit that ended.
absl::StatusOr<int64_t> ContingencySet(db::Tx& tx, const AccountKey& contingency);

// Whether a province that has set its contingency may still hand `amount_vnd` of the approved money
// of `from` down without a purpose: what goes to lower budgets as balancing supplements is not in
// the base, and the contingency must not be above the most of it. FAILED_PRECONDITION
// `CONTINGENCY_OUT_OF_RANGE`; the errors of ReferencedSnapshot and ContingencyRangeOf.
absl::Status CheckContingencyKept(const Env& env, db::Tx& tx, const AccountKey& from,
                                  int64_t amount_vnd);

// What is to be approved of an estimate.
struct Approval {
  AccountKey approved;
  int64_t amount_vnd = 0;
};

// Whether the revenue of a commune's estimate covers what was approved for it and is to be: the
// refusal of CheckCovered; INVALID_ARGUMENT where it would be that of several estimates;
// UNAVAILABLE `SNAPSHOT_NOT_READY`.
absl::Status CheckRevenue(const Env& env, db::Tx& tx, absl::Span<const Approval> approvals,
                          int64_t revenue_vnd);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_ESTIMATE_H_
