// A server around the test service, and a client of it.
#ifndef TWOTIER_TESTS_SERVICE_SPINE_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_SPINE_FIXTURE_H_

#include <atomic>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/db/database.h"
#include "common/errors.h"
#include "common/id.h"
#include "common/log.h"
#include "common/rpc/authn.h"
#include "common/rpc/dispatcher.h"
#include "common/rpc/status.h"
#include "common/server/server.h"
#include "grpcpp/grpcpp.h"
#include "prometheus/registry.h"
#include "spine.grpc.pb.h"
#include "tests/support/database.h"

namespace twotier::spine {

namespace v1 = testing::v1;

// What a test changes in the service's handlers. Set before calls are made.
struct Hooks {
  std::function<void()> in_memory;  // Runs in Echo.
  std::function<void()> in_write;   // Runs in PutNote, on the lane.
  std::atomic<int> writes{0};       // How often PutNote's handler ran.
  bool refusals_keep_writes = false;
  std::atomic<grpc::CallbackServerContext*> write_context{nullptr};  // Of the last PutNote.
  std::atomic<absl::Time> write_deadline{absl::InfiniteFuture()};    // Of the same.
  std::atomic<bool> ready{true};                                     // For health.
  std::atomic<int> sources{0};                                       // Follow sources that exist.
  std::atomic<int64_t> pulled{0};                      // Messages that Follow sources gave.
  int padding_bytes = 0;                               // Of each FollowResponse.
  std::function<void(std::function<void()>)> on_wake;  // Gets the wake of each source.
  std::optional<absl::Status> follow_ends;             // How a source ends after its messages.
};

struct Settings {
  const testing_support::TestDatabase* database = nullptr;  // Null: no database.
  db::DatabaseOptions database_options = {};
  server::Options options = {};
  size_t streams_max = rpc::Options().streams_max;
  bool metrics = false;  // Serve /metrics too; the end then takes two seconds of civetweb's.
};

// Listens on free ports of the loopback until it is destroyed.
class SpineServer {
 public:
  explicit SpineServer(Settings settings = {});
  ~SpineServer();

  Hooks& hooks() { return hooks_; }
  FakeClock& clock() { return clock_; }
  db::Database& database() { return *database_; }
  prometheus::Registry& metrics() { return *metrics_; }
  server::Server& server() { return *server_; }
  std::string address() const;
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  v1::SpineService::Stub& stub() { return *stub_; }

  // Value of one series, for example Counter("grpc_server_started_total", {{"grpc_method",
  // "Echo"}}); the sum of all that match. Histograms give their count.
  double Metric(const std::string& name, const prometheus::Labels& labels) const;

  // Log lines so far.
  std::string LogText();

  // Number of rows in the request log.
  int RequestsRemembered();

 private:
  class Binding;

  Hooks hooks_;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> log_file_;
  Log log_;
  FakeClock clock_;
  IdSource ids_;
  std::shared_ptr<prometheus::Registry> metrics_;
  std::unique_ptr<rpc::Authenticator> authenticator_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<rpc::Dispatcher> dispatcher_;
  std::unique_ptr<Binding> binding_;
  std::unique_ptr<server::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::SpineService::Stub> stub_;
};

// A client context with an identity. Empty strings: the metadata is not sent.
struct Caller {
  std::string principal = "officer";
  std::string permissions = {};
  std::string provinces = {};
};
void Identify(grpc::ClientContext& context, const Caller& caller = {});

// Calls as `caller` and returns what the status says, with its details.
absl::Status Echo(SpineServer& server, const v1::EchoRequest& request, const Caller& caller = {},
                  v1::EchoResponse* response = nullptr);
absl::Status PutNote(SpineServer& server, const v1::PutNoteRequest& request,
                     const Caller& caller = {}, v1::PutNoteResponse* response = nullptr);
absl::Status GetNote(SpineServer& server, const std::string& name, const Caller& caller = {},
                     v1::GetNoteResponse* response = nullptr);

absl::Status Recall(SpineServer& server, const v1::RecallRequest& request,
                    v1::RecallResponse* response);

v1::EchoRequest GoodEcho();
v1::PutNoteRequest GoodPut(const std::string& value = "value");

// Reason of a status; empty when it carries none.
std::string Reason(const absl::Status& status);

// Request id number `n`.
std::string RequestId(int n);

}  // namespace twotier::spine

#endif  // TWOTIER_TESTS_SERVICE_SPINE_FIXTURE_H_
