// A gRPC server around one service: health, reflection, channelz, metrics, and an end that loses
// nothing.
#ifndef TWOTIER_COMMON_SERVER_SERVER_H_
#define TWOTIER_COMMON_SERVER_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/db/database.h"
#include "common/log.h"
#include "common/server/options.h"
#include "grpcpp/grpcpp.h"
#include "prometheus/registry.h"

namespace twotier::server {

// What is served. Nothing is owned; everything outlives the server.
struct Served {
  grpc::Service* service = nullptr;  // The binding.
  std::string full_name = {};        // "twotier.registry.v1.RegistryService".
  std::function<bool()> ready =
      {};  // The in-memory snapshot can answer. Thread-safe, never blocks.
  std::function<void()> begin_drain = {};  // Ends open streams. May be empty.
  db::Database* database = nullptr;        // Null: health says nothing of writes.
  std::shared_ptr<prometheus::Registry> metrics = {};
  Log* log = nullptr;  // Required.
};

// Health (grpc.health.v1): "" and the service's full name are SERVING while `ready` says so,
// whatever the database does; "<full name>.writes" while the database accepts writes too.
class Server {
 public:
  // Listens and serves. Errors: INVALID_ARGUMENT (options), UNAVAILABLE (an address cannot be
  // listened on).
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options, Served served);

  // Drains, unless that was done.
  ~Server();

  // Ports that were taken; for options with port 0. 0 when there is none.
  int port() const;
  int metrics_port() const;

  // NOT_SERVING, a moment for the balancers to see it, streams end, GOAWAY, calls in flight finish
  // (or are cancelled after `drain_max`), the database drains. Waits until all is done.
  void Drain();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace twotier::server

#endif  // TWOTIER_COMMON_SERVER_SERVER_H_
