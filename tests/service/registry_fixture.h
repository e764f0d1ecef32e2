// A register in this process, and a client of it.
#ifndef TWOTIER_TESTS_SERVICE_REGISTRY_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_REGISTRY_FIXTURE_H_

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/id.h"
#include "common/log.h"
#include "common/page.h"
#include "common/rpc/authn.h"
#include "common/rpc/dispatcher.h"
#include "common/rpc/status.h"
#include "common/server/server.h"
#include "grpcpp/grpcpp.h"
#include "services/registry/domain/testing.h"
#include "services/registry/registry.h"
#include "tests/support/database.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::registry {

// 22 November 2026, noon in Vietnam.
inline constexpr int64_t kNowSeconds = 1'795'323'600;

// Listens on a free port of the loopback until it is destroyed. `data_dir` is imported at start.
class RegistryServer {
 public:
  explicit RegistryServer(const testing_support::TestDatabase& database,
                          const std::string& data_dir = "");
  ~RegistryServer();

  std::string address() const { return absl::StrCat("127.0.0.1:", server_->port()); }
  FakeClock& clock() { return clock_; }
  db::Database& database() { return *database_; }
  v1::RegistryService::Stub& stub() { return *stub_; }

  // Calls one method as an officer who may do everything; the status has its details.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::RegistryService::Stub::*method)(
                                    grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    grpc::ClientContext context;
    Identify(context);
    Response response;
    const grpc::Status status = (*stub_.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }

  static void Identify(grpc::ClientContext& context) {
    context.AddMetadata(std::string(rpc::kPrincipalMetadata), "officer");
  }

  // Waits until `subject` is served with at least `version`, by following the feed.
  void Await(absl::string_view subject, int64_t version);

  // Waits until the sequencer has numbered every event: what is read from memory may be ahead of
  // it.
  void AwaitNumbered();

  // Number of rows of a table.
  int64_t CountEvents();

  // Value of the gauge `family` whose one label, if any, has the value `label`; -1 when there is
  // none.
  double Gauge(absl::string_view family, absl::string_view label = "");

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
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<v1::RegistryService::Stub> stub_;
};

// A request to import `files`. `n` makes its request id.
v1::ImportUnitsRequest ImportOf(const testing::Files& files, int n, bool validate_only = false);

// Reason of a status; empty when it carries none.
std::string Reason(const absl::Status& status);

void SetDate(int year, int month, int day, google::type::Date* date);

}  // namespace twotier::registry

#endif  // TWOTIER_TESTS_SERVICE_REGISTRY_FIXTURE_H_
