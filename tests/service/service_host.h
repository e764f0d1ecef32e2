// A service in this process, on real SQL, with a clock of the caller's.
#ifndef TWOTIER_TESTS_SERVICE_SERVICE_HOST_H_
#define TWOTIER_TESTS_SERVICE_SERVICE_HOST_H_

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/db/migrate.h"
#include "common/errors.h"
#include "common/id.h"
#include "common/log.h"
#include "common/page.h"
#include "common/rpc/authn.h"
#include "common/rpc/dispatcher.h"
#include "common/rpc/status.h"
#include "common/server/main.h"
#include "common/server/server.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/grpcpp.h"
#include "prometheus/registry.h"

namespace twotier::testing_support {

// Monday 2 November 2026, 09:00 in Vietnam.
absl::Time Monday();

struct HostedService {
  absl::string_view full_name;  // Of the gRPC service.
  std::vector<db::Migration> migrations;
  std::function<absl::StatusOr<std::unique_ptr<server::Service>>(const server::Parts&)> build;
};

// One process of a service, in this process. Listens on a free port until it is destroyed.
class ServiceHost {
 public:
  // Waits until the service is ready. `database` is a URL; `clock` runs instead of the one that
  // stands, when it is not null, and outlives the host.
  ServiceHost(const HostedService& service, const std::string& database, absl::Time now = Monday(),
              const Clock* clock = nullptr);
  ~ServiceHost();

  FakeClock& clock() { return clock_; }
  const std::string& address() const { return address_; }
  std::shared_ptr<grpc::Channel> channel() const;
  db::Database& database() { return *database_; }
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
};

// A client context with an identity.
void Identify(grpc::ClientContext& context, absl::string_view principal = "officer");

// Runs a unary RPC: Invoke(&Stub::GetDossier, stub, request).
template <typename Stub, typename Response, typename Request>
absl::StatusOr<Response> Invoke(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                Stub& stub, const Request& request) {
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

// Reason of a status; empty when it carries none.
std::string ReasonOf(const absl::Status& status);
// A value of its metadata; "absent" when it has none of that key.
std::string MetadataOf(const absl::Status& status, absl::string_view key);

}  // namespace twotier::testing_support

#endif  // TWOTIER_TESTS_SERVICE_SERVICE_HOST_H_
