// The register put together: import at start, snapshot, feed, binding.
#ifndef TWOTIER_SERVICES_REGISTRY_REGISTRY_H_
#define TWOTIER_SERVICES_REGISTRY_REGISTRY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/chore.h"
#include "common/db/migrate.h"
#include "common/feed/spine.h"
#include "common/server/main.h"
#include "services/registry/beliefs.h"
#include "services/registry/handlers/env.h"
#include "services/registry/heartbeats.h"
#include "services/registry/metrics.h"
#include "services/registry/service.h"
#include "services/registry/snapshot.h"

namespace twotier::registry {

// Tables of the service's own rooms: the feed's and the register's.
std::vector<db::Migration> Migrations();

// One running register. Its threads: the feed's, of which the hub's also replaces the snapshot, and
// one that writes heartbeats and keeps the metrics current.
class Registry final : public server::Service {
 public:
  // Waits for the database. With `reference_data_dir`, imports the data set there first, through
  // the handler of ImportUnits, unless exactly these files were imported before. Errors: NOT_FOUND
  // (a file cannot be read), those of ImportUnits and of the database.
  static absl::StatusOr<std::unique_ptr<Registry>> Create(const server::Parts& parts,
                                                          const std::string& reference_data_dir);
  ~Registry() override;

  grpc::Service& binding() override { return *service_; }
  bool ready() const override { return snapshots_.loaded(); }
  void BeginDrain() override;

 private:
  // How long a heartbeat may wait to be written: what a killed process loses at most. The shortest
  // silence that is told from life is seconds, too.
  static constexpr absl::Duration kPulse = absl::Seconds(5);

  explicit Registry(const server::Parts& parts);

  absl::Status Import(const std::string& reference_data_dir);
  absl::Status Start();
  absl::Status Reload();
  // Exchanges heartbeats with the database and sets the metrics.
  absl::StatusOr<bool> Pulse();
  void SetMetrics();

  const server::Parts parts_;
  SnapshotHolder snapshots_;
  Beliefs beliefs_;
  Heartbeats heartbeats_;
  RegisterMetrics metrics_;
  std::unique_ptr<feed::Spine> spine_;
  Env env_;
  std::unique_ptr<RegistryService> service_;
  std::unique_ptr<Chore> pulse_;  // Uses the above.
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_REGISTRY_H_
