#include "services/budget/metrics.h"

#include <string>
#include <vector>

#include "common/status_macros.h"
#include "services/budget/domain/account.h"
#include "services/budget/overdue_steps.h"
#include "services/budget/store/step_store.h"

namespace twotier::budget {
namespace {

// Overdue steps of a province in one budget year.
absl::StatusOr<int64_t> CountOverdue(db::Tx& tx, const Snapshot& snapshot,
                                     const std::string& province_code, int budget_year,
                                     absl::CivilDay today) {
  ASSIGN_OR_RETURN(const auto nation, store::LoadSteps(tx, kCentral, budget_year, ""));
  ASSIGN_OR_RETURN(const auto province, store::LoadProvinceSteps(tx, province_code, budget_year));
  // Who records nothing does not keep its calendar here: everything would be overdue.
  if (province.empty()) return 0;
  const StepsDone done(nation, province);
  int64_t overdue = 0;
  for (const StepUnit& unit : StepUnitsOf(*snapshot.units, province_code, today)) {
    overdue += static_cast<int64_t>(
        OverdueOf(snapshot, unit, province_code, budget_year, today, done).size());
  }
  return overdue;
}

}  // namespace

BudgetMetrics::BudgetMetrics(prometheus::Registry& registry)
    : steps_overdue_(prometheus::BuildGauge()
                         .Name("twotier_budget_steps_overdue")
                         .Help("Overdue steps of the legal year, this budget year and the next.")
                         .Register(registry)) {}

absl::Status BudgetMetrics::Set(const Snapshot& snapshot, db::Database& database,
                                absl::CivilDay today) {
  if (snapshot.reference == nullptr) return absl::OkStatus();
  const int year = static_cast<int>(today.year());
  return database.ReadNow([&](db::Tx& tx) -> absl::Status {
    for (const std::string& province_code : snapshot.units->ProvincesOn(today)) {
      ASSIGN_OR_RETURN(const int64_t now, CountOverdue(tx, snapshot, province_code, year, today));
      ASSIGN_OR_RETURN(const int64_t next,
                       CountOverdue(tx, snapshot, province_code, year + 1, today));
      steps_overdue_.Add({{"province_code", province_code}}).Set(static_cast<double>(now + next));
    }
    return absl::OkStatus();
  });
}

}  // namespace twotier::budget
