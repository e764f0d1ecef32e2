// What contingencies are held against, kept beside the ledger: sums that would else be read from
// the statements of all approved accounts of a unit and year.
//
// Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_CONTINGENCY_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_CONTINGENCY_STORE_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/budget/domain/contingency.h"

namespace twotier::budget::store {

struct ContingencyRow {
  Level level = Level::kUnknown;  // Of the unit.
  int64_t set_vnd = 0;
  EstimateFlows flows = {};  // They fit.
};

// What is there of a contingency.
struct FoundContingency {
  bool has_account = false;
  std::optional<ContingencyRow> row = std::nullopt;
};

// Of the contingency that `account` is of. Whoever sets one, or moves money, while others ask has
// done so after them: what they write then is refused by the engine, or holds.
db::BoundStatement FindContingencyQuery(const ledger::AccountId& account);
// What it answers.
FoundContingency ReadContingency(const db::Rows& rows);

// `row` where there is none.
absl::Status InsertContingency(db::Tx& tx, const ledger::AccountId& account,
                               const ContingencyRow& row);
// Adds what came and went. Where nothing of it is left of `least_base_vnd`, or the row is gone, the
// unit of work runs again.
absl::Status AddToContingency(db::Tx& tx, const ledger::AccountId& account,
                              const EstimateFlows& added, std::optional<int64_t> least_base_vnd);
// The row, if there is one.
absl::Status DeleteContingency(db::Tx& tx, const ledger::AccountId& account);

// That `account` is not there may have been read before batch mates ran. Where one has opened it
// meanwhile, the unit of work runs again.
absl::Status ConfirmNoContingency(db::Tx& tx, const ledger::AccountId& account);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_CONTINGENCY_STORE_H_
