// What journals rest on beside their act: kept with them, and compared when one comes again.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_DECIDED_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_DECIDED_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/budget/store/decision_store.h"
#include "twotier/budget/v1/journal.pb.h"

namespace twotier::budget::handlers {

// Keeps `decision` with each of `journals` that was entered by its outcome, or whose refusal is
// remembered. The outcome of one that came again and rested on something else becomes
// `JOURNAL_ID_TAKEN`. One flight at most.
absl::Status KeepDecision(db::Tx& tx, absl::string_view province_code,
                          const store::DecisionRow& decision,
                          absl::Span<const ledger::Journal* const> journals,
                          std::vector<ledger::Outcome>& outcomes);

void FillDecision(const store::DecisionRow& row, v1::JournalDecision* out);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_DECIDED_H_
