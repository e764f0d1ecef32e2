// A routing service in this process.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_SERVER_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_SERVER_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/clock.h"
#include "services/routing/routing.h"
#include "tests/service/service_host.h"
#include "tests/support/database.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::routing::testing {

using testing_support::Identify;
using testing_support::Invoke;
using testing_support::Monday;
using testing_support::RequestId;

struct RoutingServerOptions {
  absl::Time now = Monday();     // Where its clock stands.
  const Clock* clock = nullptr;  // Runs instead of the one that stands; outlives the server.
  // How long the look at due dates rests; what a process does unless told.
  absl::Duration alarms_rest = RoutingOptions().alarms_rest;
  std::string source_dir = ".";  // The checkout, whose reference data are imported.
};

// One process of routing, in this process. Listens on free ports until it is destroyed.
class RoutingServer : public testing_support::ServiceHost {
 public:
  // Imports the service's reference data and waits until it is ready. `database` is a URL.
  RoutingServer(const std::string& database, const std::string& registry_target,
                const RoutingServerOptions& options = {});
  RoutingServer(const testing_support::TestDatabase& database, const std::string& registry_target)
      : RoutingServer(database.url(), registry_target) {}

  v1::RoutingService::Stub& stub() { return *stub_; }

 private:
  const std::unique_ptr<v1::RoutingService::Stub> stub_;
};

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_SERVER_H_
