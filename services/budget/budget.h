// The budget service, wired up: memory, follower, feed and binding.
#ifndef TWOTIER_SERVICES_BUDGET_BUDGET_H_
#define TWOTIER_SERVICES_BUDGET_BUDGET_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/migrate.h"
#include "common/server/main.h"

namespace twotier::budget {

// Its flags.
struct BudgetOptions {
  std::string registry_target;     // Address of the registry; empty: none is followed.
  std::string reference_data_dir;  // Files to import at start; empty: none.
  std::string personnel_target;    // Address of personnel; empty: none is asked.
  // How old a copied figure of staff may be: runs are of a day.
  absl::Duration staff_rest = absl::Minutes(1);
};

// Migrations of every room the service uses, but common/rpc's, which server::Main adds.
std::vector<db::Migration> BudgetMigrations();

// Reads the snapshot and starts the threads. Waits for the database: for start-up only. Errors:
// those of the database.
absl::StatusOr<std::unique_ptr<server::Service>> BuildBudget(const server::Parts& parts,
                                                             const BudgetOptions& options);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_BUDGET_H_
