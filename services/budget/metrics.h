// What budget tells of its subject matter, apart from how its RPCs fare. Province codes are labels,
// units and accounts never.
#ifndef TWOTIER_SERVICES_BUDGET_METRICS_H_
#define TWOTIER_SERVICES_BUDGET_METRICS_H_

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "common/db/database.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/budget/snapshot.h"

namespace twotier::budget {

// twotier_budget_steps_overdue{province_code}: overdue steps of the legal year, of the budget year
// at hand and the next one, in provinces that record steps. Not thread-safe.
class BudgetMetrics {
 public:
  explicit BudgetMetrics(prometheus::Registry& registry);

  // Sets every series as of `today`. Errors: those of the database.
  absl::Status Set(const Snapshot& snapshot, db::Database& database, absl::CivilDay today);

 private:
  prometheus::Family<prometheus::Gauge>& steps_overdue_;
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_METRICS_H_
