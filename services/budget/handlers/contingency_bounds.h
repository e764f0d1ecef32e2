// The most that a contingency may be, while its estimate changes.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_BOUNDS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_BOUNDS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/contingency.h"
#include "services/budget/domain/limits.h"
#include "services/budget/handlers/env.h"
#include "services/budget/handlers/estimate.h"

namespace twotier::budget::handlers {

// The account of the contingency of the unit and year of `key`.
AccountKey ContingencyOf(const AccountKey& key);

// The accounts of the contingencies of estimates that change, each once, in order.
std::vector<AccountKey> ContingenciesOf(absl::Span<const EstimateChange> changes);

// How much journals that stand set aside in an account of contingency, whatever was used of it;
// without what came from a unit that ended.
absl::StatusOr<int64_t> ContingencySet(db::Tx& tx, const AccountKey& contingency);

// What of the estimate of the unit and year of `approved` a contingency is set of: not what came
// from a unit that ended and had set its own, which came with it. A balancing supplement that was
// paid out of that is not in it either.
absl::StatusOr<ApprovedTotals> TotalsWithoutContingency(db::Tx& tx, const AccountKey& approved,
                                                        Level level);

// Article 10(1) bounds what an estimate sets aside. So what changes an estimate afterwards is held
// against it, whichever way it comes, and what only spends it is not. Only the most is: where the
// estimate grew, a contingency of which something was used could not be set anew.
//
// What the ledger holds is read once: lives for one call.
class ContingencyBounds {
 public:
  ContingencyBounds(const Env& env, db::Tx& tx) : env_(env), tx_(tx) {}

  // Whether the contingencies of the estimates bear changes that come together, after those that
  // were let pass before. Of these only what made an estimate smaller counts: whether they are
  // entered is not known. FAILED_PRECONDITION `CONTINGENCY_OUT_OF_RANGE`; the errors of
  // ReferencedSnapshot and ContingencyRangeOf.
  absl::Status Check(absl::Span<const EstimateChange> changes);

  // That an estimate has no contingency may have been read before its mates of a batch ran: to be
  // called once all has been read. Where one was set meanwhile, the unit of work runs again.
  absl::Status ConfirmNone();

 private:
  struct Bound {
    int64_t set_vnd = 0;  // 0: there is nothing to be held against anything.
    EstimateTotals totals = {};
    absl::int128 less_vnd = 0;  // By what was let pass.
  };

  absl::Status LookFor(absl::Span<const EstimateChange> changes);
  absl::StatusOr<Bound*> BoundOf(const AccountKey& approved);
  absl::Status CheckLess(const Bound& bound, int budget_year, absl::int128 less_vnd);

  const Env& env_;
  db::Tx& tx_;
  std::map<AccountKey, Bound> bounds_;  // By account of contingency.
  std::vector<AccountKey> none_;        // Of these, those that are not there.
};

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_BOUNDS_H_
