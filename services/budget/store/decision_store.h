// Rows of what journals rest on beside their act. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_DECISION_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_DECISION_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "services/budget/domain/law.h"

namespace twotier::budget::store {

// As whoever entered the journal stated it.
struct DecisionRow {
  Body body = Body::kUnknown;
  int64_t revenue_vnd = 0;
  // Of a contingency: the other totals of its estimate.
  int64_t expenditure_vnd = 0;
  int64_t balancing_paid_out_vnd = 0;
  int64_t targeted_received_vnd = 0;
  int64_t supplements_vnd = 0;  // Within the revenue of a commune's estimate.

  bool stated() const { return *this != DecisionRow(); }
  friend bool operator==(const DecisionRow&, const DecisionRow&) = default;
};

// Of each journal of `ids`, in order; nullopt: it stated nothing, or is from before this was kept.
// One flight.
absl::StatusOr<std::vector<std::optional<DecisionRow>>> FindDecisions(
    db::Tx& tx, absl::string_view province_code, absl::Span<const std::string> ids);

absl::Status InsertDecision(db::Tx& tx, absl::string_view province_code, absl::string_view journal,
                            const DecisionRow& row);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_DECISION_STORE_H_
