// Lets go what is held when the last working day of the hold is over.
#ifndef TWOTIER_SERVICES_BUDGET_HOLD_EXPIRY_H_
#define TWOTIER_SERVICES_BUDGET_HOLD_EXPIRY_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/ledger/reads.h"
#include "common/server/work_parts.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/budget/handlers/env.h"

namespace twotier::budget {

// Open holds stand in an index by their last day; each that is due gets a journal of its own, whose
// id follows from the hold's: it expires once, also across restarts and processes. A province that
// fails does not hold up the others, and a hold that is refused not those behind it. That a hold
// cannot be settled any more does not wait for this: the ledger looks at the day itself.
//
// Metrics: twotier_budget_holds_expired_total; twotier_budget_hold_expiry_lag_seconds: how long
// ago the day of the longest overdue hold of the last slice that had one ended;
// twotier_budget_hold_expiry_looked_timestamp_seconds: the instant of the last look that left
// nothing to expire in any province, which stands still when a province fails.
//
// Not thread-safe.
class HoldExpiry {
 public:
  using Parts = server::WorkParts<handlers::Env>;
  explicit HoldExpiry(const Parts& parts);

  // One slice of every province. True: there is more at once. Never fails as a whole.
  absl::StatusOr<bool> RunSlice();

 private:
  // A look at the due holds of a province, slice by slice.
  struct Look {
    ledger::HoldCursor behind;  // What it goes on behind.
    absl::Status refused;       // Why a hold of it could not expire; OK: all did.
  };
  // Errors, at the end of a look: why a hold could not expire.
  absl::StatusOr<bool> RunProvince(const std::string& province_code);

  const Parts parts_;
  prometheus::Counter& expired_;
  prometheus::Gauge& lag_;
  prometheus::Gauge& looked_;
  std::map<std::string, Look> looks_;  // By province.
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_HOLD_EXPIRY_H_
