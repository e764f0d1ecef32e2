// A routing service in this process, on real SQL, with a clock of the caller's.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_SERVER_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_SERVER_H_

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/id.h"
#include "common/log.h"
#include "common/page.h"
#include "common/rpc/authn.h"
#include "common/rpc/dispatcher.h"
#include "common/rpc/status.h"
#include "common/server/main.h"
#include "common/server/server.h"
#include "grpcpp/grpcpp.h"
#include "prometheus/registry.h"
#include "services/routing/routing.h"
#include "tests/support/database.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::routing::testing {

// Monday 2 November 2026, 09:00 in Vietnam.
absl::Time Monday();

struct RoutingServerOptions {
  absl::Time now = Monday();     // Where its clock stands.
  const Clock* clock = nullptr;  // Runs instead of the one that stands; outlives the server.
  // How long the look at due dates rests; what a process does unless told.
  absl::Duration alarms_rest = RoutingOptions().alarms_rest;
  std::string source_dir = ".";  // The checkout, whose reference data are imported.
};

// One process of routing, in this process. Listens on free ports until it is destroyed.
class RoutingServer {
 public:
  // Imports the service's reference data and waits until it is ready. `database` is a URL.
  RoutingServer(const std::string& database, const std::string& registry_target,
                const RoutingServerOptions& options = {});
  RoutingServer(const testing_support::TestDatabase& database, const std::string& registry_target)
      : RoutingServer(database.url(), registry_target) {}
  ~RoutingServer();

  v1::RoutingService::Stub& stub() { return *stub_; }
  FakeClock& clock() { return clock_; }
  const std::string& address() const { return address_; }
  prometheus::Registry& metrics() { return *metrics_; }
  std::string LogText();
  bool ready() const { return service_->ready(); }
  // Waits until `condition` holds; a test that waits longer than a minute fails.
  static void WaitUntil(const std::function<bool()>& condition, absl::string_view what);

 private:
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> log_file_;
  Log log_;
  FakeClock clock_;
  IdSource ids_;
  std::shared_ptr<prometheus::Registry> metrics_;
  server::Options options_;
  std::unique_ptr<rpc::Authenticator> authenticator_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<page::Sealer> pages_;
  std::unique_ptr<rpc::Dispatcher> dispatcher_;
  std::unique_ptr<server::Service> service_;
  std::unique_ptr<server::Server> server_;
  std::string address_;
  std::unique_ptr<v1::RoutingService::Stub> stub_;
};

// A client context with an identity.
void Identify(grpc::ClientContext& context, absl::string_view principal = "officer");

// Runs a unary RPC: Invoke(&Stub::GetDossier, stub, request).
template <typename Response, typename Request>
absl::StatusOr<Response> Invoke(grpc::Status (v1::RoutingService::Stub::*method)(
                                    grpc::ClientContext*, const Request&, Response*),
                                v1::RoutingService::Stub& stub, const Request& request) {
  grpc::ClientContext context;
  Identify(context);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return rpc::FromGrpcStatus(status);
  return response;
}

// Request id number `n`.
std::string RequestId(int n);
// A new request id.
std::string RequestId();

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_SERVER_H_
