// The reference of the benches: answers given methods with given bytes. It parses, decides and
// stores nothing, so its throughput is the most that gRPC allows a service with the same messages
// and the same server options.
//
//   echo_server --address=127.0.0.1:7499 --answers=DIR
//
// DIR holds one file a method, "package.Service.Method", whose content is the answer. Ends on
// SIGTERM.

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "common/server/options.h"

ABSL_FLAG(std::string, address, "127.0.0.1:7499", "Address the server listens on.");
ABSL_FLAG(std::string, answers, "", "Directory with one file a method.");

namespace twotier::load {
namespace {

// A callback service on raw bytes; what generated code does for `WithRawCallbackMethod_X`, for any
// method.
class EchoService final : public grpc::Service {
 public:
  void Answer(const std::string& method, const std::string& bytes) {
    names_.push_back(std::make_unique<std::string>(method));
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer answer(&slice, 1);
    AddMethod(new grpc::internal::RpcServiceMethod(names_.back()->c_str(),
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        static_cast<int>(names_.size()) - 1,
        new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
            [answer](grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                     grpc::ByteBuffer* response) {
              *response = answer;  // Shares the bytes.
              auto* reactor = context->DefaultReactor();
              reactor->Finish(grpc::Status::OK);
              return reactor;
            }));
  }

 private:
  std::vector<std::unique_ptr<std::string>> names_;  // gRPC keeps pointers to them.
};

// "twotier.routing.v1.RoutingService.GetDossier" → "/twotier.routing.v1.RoutingService/GetDossier".
std::string MethodOf(std::string file_name) {
  file_name[file_name.rfind('.')] = '/';
  return "/" + file_name;
}

int Main() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // Before gRPC's threads, so that they inherit it.

  EchoService service;
  for (const auto& entry : std::filesystem::directory_iterator(absl::GetFlag(FLAGS_answers))) {
    std::ifstream file(entry.path(), std::ios::binary);
    service.Answer(MethodOf(entry.path().filename()),
                   std::string(std::istreambuf_iterator<char>(file), {}));
  }
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  server::Configure(server::Options(), builder);
  builder.AddListeningPort(absl::GetFlag(FLAGS_address), grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::cerr << "cannot listen on " << absl::GetFlag(FLAGS_address) << "\n";
    return 1;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown();
  server->Wait();
  return 0;
}

}  // namespace
}  // namespace twotier::load

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return twotier::load::Main();
}
