// The routing service, wired up: memory, follower, feed and binding.
#ifndef TWOTIER_SERVICES_ROUTING_ROUTING_H_
#define TWOTIER_SERVICES_ROUTING_ROUTING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/migrate.h"
#include "common/server/main.h"

namespace twotier::routing {

// Its flags.
struct RoutingOptions {
  std::string registry_target;     // Address of the registry; empty: none is followed.
  std::string reference_data_dir;  // Files to import at start; empty: none.
  // How late an alarm may be without load.
  absl::Duration alarms_rest = absl::Seconds(2);
};

// Migrations of every room the service uses, but common/rpc's, which server::Main adds.
std::vector<db::Migration> RoutingMigrations();

// Imports the reference data, reads the snapshot and starts the threads. Waits for the database:
// for start-up only. Errors: those of the database and of ImportCatalogue; NOT_FOUND (a file that
// cannot be read).
absl::StatusOr<std::unique_ptr<server::Service>> BuildRouting(const server::Parts& parts,
                                                              const RoutingOptions& options);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_ROUTING_H_
