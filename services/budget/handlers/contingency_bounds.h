// The most that a contingency may be, while its estimate changes.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_BOUNDS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_BOUNDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/contingency.h"
#include "services/budget/domain/limits.h"
#include "services/budget/handlers/env.h"
#include "services/budget/handlers/estimate.h"
#include "services/budget/store/contingency_store.h"

namespace twotier::budget::handlers {

// The accounts of the contingencies of estimates that change, each once, in order.
std::vector<AccountKey> ContingenciesOf(absl::Span<const EstimateChange> changes);

// Article 10(1) bounds what an estimate sets aside. So what changes an estimate afterwards is held
// against it, whichever way it comes, and what only spends it is not. Only the most is: where the
// estimate grew, a contingency of which something was used could not be set anew.
//
// What an estimate with a contingency adds up to is read from the ledger once and kept from then
// on: every journal that changes it adds to it what it moved. One that sets the contingency, undoes
// that, or moves what a unit that ended left, makes it to be read again.
//
// Lives for one call.
class ContingencyBounds {
 public:
  ContingencyBounds(const Env& env, db::Tx& tx) : env_(env), tx_(tx) {}

  // Whether the contingencies of the estimates bear changes that come together, after those that
  // were let pass before. Of these only what made an estimate smaller counts: whether they are
  // entered is not known. FAILED_PRECONDITION `CONTINGENCY_OUT_OF_RANGE`, `AMOUNT_OVERFLOW`; the
  // errors of ReferencedSnapshot and ContingencyRangeOf.
  absl::Status Check(absl::Span<const EstimateChange> changes);

  // Notes a journal that was entered, with its lines as the ledger has them.
  void Note(const ledger::Journal& journal, absl::Span<const ledger::Line> lines);
  // Keeps what was noted, whether or not it was checked. FAILED_PRECONDITION `AMOUNT_OVERFLOW`.
  absl::Status Write();

  // That an estimate has no contingency may have been read before its mates of a batch ran: to be
  // called once all has been read. Where one was set meanwhile, the unit of work runs again.
  absl::Status ConfirmNone();

 private:
  struct Bound {
    store::FoundContingency found = {};
    EstimateFlows let_pass = {};  // What made it smaller.
    // Of which the contingency is no more than the law's most, where something was let pass.
    std::optional<int64_t> least_base_vnd = std::nullopt;
  };
  using FlowsByContingency = std::map<AccountKey, EstimateFlows>;

  absl::Status LookFor(absl::Span<const EstimateChange> changes);
  // Adds up what nobody has yet.
  absl::Status Fill(absl::Span<const EstimateChange> changes);
  // What changes add to estimates whose contingencies have a row.
  FlowsByContingency FlowsByRow(absl::Span<const EstimateChange> changes) const;
  absl::Status CheckSmaller(const AccountKey& contingency, Int128 base_vnd, Bound& bound);
  static absl::Status CheckBase(const Limits& limits, const AccountKey& contingency,
                                Int128 base_vnd, Bound& bound);

  const Env& env_;
  db::Tx& tx_;
  std::map<AccountKey, Bound> bounds_;  // By account of contingency.
  std::vector<EstimateChange> noted_;
  std::set<AccountKey> to_read_again_;
};

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_BOUNDS_H_
