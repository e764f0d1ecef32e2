// Any bytes as a request to the real services: decoded by gRPC, run through the dispatcher, the
// handlers and SQLite, on the national data. The first byte picks the method, the rest is the
// message. Whatever is sent, the process lives, the answer is not "internal error", and a refusal
// says why.

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/errors.h"
#include "common/rpc/fuzzed_services.h"
#include "common/rpc/request_log.h"
#include "common/rpc/secret.h"
#include "common/rpc/status.h"
#include "common/server/main.h"
#include "common/server/server.h"
#include "google/protobuf/stubs/logging.h"
#include "services/budget/budget.h"
#include "services/personnel/personnel.h"
#include "services/registry/registry.h"
#include "services/routing/routing.h"
#include "tests/load/calls.h"
#include "tests/load/process.h"

namespace twotier::e2e {
namespace {

// Within which a service has its data; a fuzzed one is several times slower than a real one.
constexpr absl::Duration kReadyTimeout = absl::Seconds(120);
constexpr absl::Duration kCallDeadline = absl::Seconds(10);

template <typename T>
T Must(absl::StatusOr<T> made) {
  if (made.ok()) return *std::move(made);
  std::cerr << made.status() << std::endl;
  std::abort();
}

using Build = std::function<absl::StatusOr<std::unique_ptr<server::Service>>(const server::Parts&)>;

// One service in this process, as server::Main wires it up; never destroyed.
class Host {
 public:
  Host(const google::protobuf::ServiceDescriptor* service, std::vector<db::Migration> migrations,
       const std::string& database_path, const Build& build) {
    options_.listen = "127.0.0.1:0";
    options_.database = absl::StrCat("sqlite:", database_path);
    const std::vector<db::Migration> of_rpc = rpc::Migrations();
    migrations.insert(migrations.begin(), of_rpc.begin(), of_rpc.end());
    authenticator_ = Must(rpc::CreateDevelopmentAuthenticator(options_.listen));
    database_ = Must(db::Database::Open(options_.database, migrations, {}));
    pages_ =
        std::make_unique<page::Sealer>(Must(rpc::LoadSecret(*database_, rpc::kPageTokenSecret)));
    rpc::Options rpc_options;
    rpc_options.clock = &clock_;
    rpc_options.authenticator = authenticator_.get();
    rpc_options.metrics = metrics_.get();
    rpc_options.ids = &ids_;
    rpc_options.database = database_.get();
    dispatcher_ = Must(rpc::Dispatcher::Create(service, rpc_options));
    service_ =
        Must(build({options_, *dispatcher_, *database_, *pages_, clock_, ids_, log_, *metrics_}));
    server::Served served;
    served.service = &service_->binding();
    served.full_name = service->full_name();
    served.ready = [this] { return service_->ready(); };
    served.database = database_.get();
    served.metrics = metrics_;
    served.log = &log_;
    server_ = Must(server::Server::Start(options_, served));
    const absl::Status serving = load::WaitServing(address(), service->full_name(), kReadyTimeout);
    if (!serving.ok()) {
      std::cerr << serving << std::endl;
      std::abort();
    }
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", server_->port()); }

 private:
  SystemClock clock_;
  IdSource ids_;
  Log log_{STDERR_FILENO};
  server::Options options_;
  const std::shared_ptr<prometheus::Registry> metrics_ = std::make_shared<prometheus::Registry>();
  std::unique_ptr<rpc::Authenticator> authenticator_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<page::Sealer> pages_;
  std::unique_ptr<rpc::Dispatcher> dispatcher_;
  std::unique_ptr<server::Service> service_;
  std::unique_ptr<server::Server> server_;
};

struct FuzzedMethod {
  std::string path;
  const google::protobuf::Message* request = nullptr;  // A default instance.
  grpc::GenericStub* stub = nullptr;
};

// All services on the national data, and their unary methods.
class Suite {
 public:
  Suite() {
    google::protobuf::SetLogHandler(nullptr);  // It would say of every wrong byte that it is wrong.
    // libFuzzer ends without destructors: the last run's data is removed by the next one.
    const std::string directory = std::filesystem::temp_directory_path() / "twotier_suite_fuzz";
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    // In the order of rpc::FuzzedServices.
    Serve(registry::Migrations(), directory,
          [](const server::Parts& parts) -> absl::StatusOr<std::unique_ptr<server::Service>> {
            return registry::Registry::Create(parts, DataOf("registry"));
          });
    const std::string followed = hosts_.front()->address();
    Serve(routing::RoutingMigrations(), directory, [&](const server::Parts& parts) {
      return routing::BuildRouting(parts, {followed, DataOf("routing")});
    });
    Serve(budget::BudgetMigrations(), directory, [&](const server::Parts& parts) {
      return budget::BuildBudget(parts, {followed, DataOf("budget"), ""});
    });
    Serve(personnel::PersonnelMigrations(), directory,
          [&](const server::Parts& parts) { return personnel::BuildPersonnel(parts, {followed}); });
  }

  // Runs one input.
  void Fuzz(const uint8_t* data, size_t size) const {
    const FuzzedMethod& method = methods_[data[0] % methods_.size()];
    const std::unique_ptr<google::protobuf::Message> request(method.request->New());
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (!request->ParseFromString(bytes)) return;  // gRPC answers that itself.
    const grpc::Status status = Call(method, bytes);
    if (status.ok()) return;
    const absl::Status refusal = rpc::FromGrpcStatus(status);
    if (absl::IsInternal(refusal) || absl::IsDataLoss(refusal) || absl::IsUnknown(refusal) ||
        !error::ReasonOf(refusal).has_value()) {
      std::cerr << method.path << ": " << refusal << std::endl;
      std::abort();
    }
  }

 private:
  static std::string DataOf(absl::string_view service) {
    return absl::StrCat(TWOTIER_SOURCE_DIR "/services/", service, "/data");
  }

  // Starts the next one of rpc::FuzzedServices.
  void Serve(std::vector<db::Migration> migrations, const std::string& directory,
             const Build& build) {
    const google::protobuf::ServiceDescriptor& service = *rpc::FuzzedServices()[hosts_.size()];
    hosts_.push_back(std::make_unique<Host>(&service, std::move(migrations),
                                            absl::StrCat(directory, "/", service.name(), ".db"),
                                            build));
    AddMethods(service, hosts_.back()->address());
  }

  void AddMethods(const google::protobuf::ServiceDescriptor& service, const std::string& address) {
    stubs_.push_back(std::make_unique<grpc::GenericStub>(
        grpc::CreateChannel(address, grpc::InsecureChannelCredentials())));
    for (int i = 0; i < service.method_count(); ++i) {
      const auto& method = *service.method(i);
      if (method.server_streaming()) continue;
      methods_.push_back(
          {absl::StrCat("/", service.full_name(), "/", method.name()),
           google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type()),
           stubs_.back().get()});
    }
  }

  static grpc::Status Call(const FuzzedMethod& method, const std::string& bytes) {
    grpc::ClientContext context;
    context.AddMetadata("x-twotier-principal", "fuzz");
    context.set_deadline(absl::ToChronoTime(absl::Now() + kCallDeadline));
    grpc::CompletionQueue queue;
    grpc::ByteBuffer answer;
    grpc::Status status;
    const auto reader =
        method.stub->PrepareUnaryCall(&context, method.path, load::ToBuffer(bytes), &queue);
    reader->StartCall();
    reader->Finish(&answer, &status, nullptr);
    void* tag;
    bool ok;
    queue.Next(&tag, &ok);
    return status;
  }

  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::vector<FuzzedMethod> methods_;
};

}  // namespace
}  // namespace twotier::e2e

// Owned by the process: libFuzzer ends without destructors.
const twotier::e2e::Suite* g_suite = nullptr;

// Before libFuzzer's clock runs: with the national data to load, a short run would end here.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  g_suite = new twotier::e2e::Suite;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) g_suite->Fuzz(data, size);
  return 0;
}
