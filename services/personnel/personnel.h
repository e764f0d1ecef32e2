// The personnel service, wired up: memory, follower, feed and binding.
#ifndef TWOTIER_SERVICES_PERSONNEL_PERSONNEL_H_
#define TWOTIER_SERVICES_PERSONNEL_PERSONNEL_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/migrate.h"
#include "common/server/main.h"

namespace twotier::personnel {

// Its flags.
struct PersonnelOptions {
  std::string registry_target;          // Address of the registry; empty: none is followed.
  std::string reference_data_dir = {};  // Imported at start; empty: nothing is.
  // How late an order may take effect without load.
  absl::Duration effects_rest = absl::Seconds(2);
  // How late a commune's grant may go along to another province, and a report be on what it tells.
  absl::Duration successions_rest = absl::Seconds(2);
};

// Migrations of every room the service uses, but common/rpc's, which server::Main adds.
std::vector<db::Migration> PersonnelMigrations();

// Reads the snapshot and starts the threads. Waits for the database: for start-up only. Errors:
// those of the database.
absl::StatusOr<std::unique_ptr<server::Service>> BuildPersonnel(const server::Parts& parts,
                                                                const PersonnelOptions& options);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_PERSONNEL_H_
