// Journals whose payments take from the ceilings of their quarter and month.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_UNDER_CEILINGS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_UNDER_CEILINGS_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "common/ledger/reads.h"
#include "services/budget/domain/ceiling.h"

namespace twotier::budget::handlers {

// A journal's own lines as they would have been made when `entered` was, which has its id.
using LinesThen =
    std::function<absl::StatusOr<std::vector<ledger::Line>>(const ledger::JournalRecord& entered)>;

struct Paying {
  ledger::Journal journal = {};
  std::vector<Payment> payments = {};  // What its lines pay.
  bool entered = false;  // Its id is taken: only whether it is the same is still to be said.
  // Where the same words may make other lines by now; null: they make the same for ever.
  LinesThen again = nullptr;
};

// As ledger::Post, for any number of lines. Behind a journal's own lines stand those of the
// ceilings that there are for its payments: all of them are entered, or none. A journal that was
// entered before is compared with what it took then, whatever was granted since. Of a refusal, a
// line beyond the journal's own ones is a ceiling's. INVALID_ARGUMENT for a journal that is larger
// than one may be, with them.
absl::StatusOr<std::vector<ledger::Outcome>> PostUnderCeilings(db::Tx& tx,
                                                               const ledger::Context& context,
                                                               std::vector<Paying> journals);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_UNDER_CEILINGS_H_
