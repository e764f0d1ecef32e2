// What the main.cc of every service calls.
#ifndef TWOTIER_COMMON_SERVER_MAIN_H_
#define TWOTIER_COMMON_SERVER_MAIN_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/db/migrate.h"
#include "common/id.h"
#include "common/log.h"
#include "common/page.h"
#include "common/rpc/dispatcher.h"
#include "common/server/options.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/server_builder.h"
#include "prometheus/registry.h"

namespace twotier::server {

// What Main has made when it asks for the service. Everything outlives the service.
struct Parts {
  const Options& options;
  rpc::Dispatcher& dispatcher;
  db::Database& database;
  const page::Sealer& pages;
  const Clock& clock;
  IdSource& ids;
  Log& log;
  prometheus::Registry& metrics;
};

// A service that is wired up: binding, snapshot, followers, jobs. Its destructor stops its threads;
// it is called when no RPC runs any more and the database has drained.
class Service {
 public:
  virtual ~Service() = default;

  virtual grpc::Service& binding() = 0;

  // The in-memory snapshot can answer. Thread-safe; must not block.
  virtual bool ready() const = 0;

  // The process is about to end: jobs that write stop here, while the database still works. Open
  // streams are ended by Main.
  virtual void BeginDrain() {}
};

// What tells one service from another.
struct Description {
  const google::protobuf::ServiceDescriptor* service = nullptr;
  Defaults defaults = {};
  // Of the service's own rooms; Main adds those of common/rpc.
  std::vector<db::Migration> migrations = {};
  // How its database is used where that differs from other services; Main adds what flags say.
  db::DatabaseOptions database = {};
  std::function<absl::StatusOr<std::unique_ptr<Service>>(const Parts&)> build = {};
};

// Reads the flags, opens the database, builds the service, serves until SIGTERM or SIGINT, drains.
// With --new_feed_epoch it only gives the database's feed a new epoch (feed/epoch.h) and ends.
// Returns the exit code: 0 after a drain, 1 when the service could not start; the reason is logged
// and on stderr.
int Main(int argc, char** argv, const Description& description);

}  // namespace twotier::server

#endif  // TWOTIER_COMMON_SERVER_MAIN_H_
