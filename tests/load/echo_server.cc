// The reference of the benches: the generated callback services of the contracts, whose methods do
// nothing but copy an answer that was parsed at the start. gRPC parses the request and serialises
// the answer as for any service; so the throughput is the most that gRPC and generated code allow
// one with the same messages and the same server options.
//
//   echo_server --address=127.0.0.1:7499 --answers=DIR
//
// DIR holds one file a method, "package.Service.Method", whose content is the answer. A method
// without one is UNIMPLEMENTED. Ends on SIGTERM.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/server/options.h"
#include "common/status_macros.h"
#include "twotier/budget/v1/budget_service.grpc.pb.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

ABSL_FLAG(std::string, address, "127.0.0.1:7499", "Address the server listens on.");
ABSL_FLAG(std::string, answers, "", "Directory with one file a method.");

namespace twotier::load {
namespace {

using google::protobuf::Message;

// The answers by their type: every method of the contracts has a response type of its own.
class Answers {
 public:
  // INVALID_ARGUMENT unless `path` names a method and holds an answer of it.
  absl::Status Load(const std::filesystem::path& path) {
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
        path.filename().string());
    if (method == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(path.string(), " names no method"));
    }
    const Message& type =
        *google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->output_type());
    std::unique_ptr<Message>& answer = by_type_[method->output_type()];
    answer.reset(type.New());
    std::ifstream file(path, std::ios::binary);
    if (answer->ParseFromIstream(&file)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(path.string(), " holds no answer"));
  }

  template <typename Response>
  grpc::ServerUnaryReactor* Give(grpc::CallbackServerContext* context, Response* response) const {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const auto found = by_type_.find(Response::descriptor());
    if (found == by_type_.end()) {
      reactor->Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no answer was given"));
      return reactor;
    }
    *response = static_cast<const Response&>(*found->second);
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<Message>> by_type_;
};

#define TWOTIER_ECHO(name)                                                                       \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context, const v1::name##Request*, \
                                 v1::name##Response* response) override {                        \
    return answers_.Give(context, response);                                                     \
  }

namespace registry_echo {
namespace v1 = registry::v1;

class Service final : public v1::RegistryService::CallbackService {
 public:
  explicit Service(const Answers& answers) : answers_(answers) {}
  TWOTIER_ECHO(GetUnit)
  TWOTIER_ECHO(ListUnits)
  TWOTIER_ECHO(ResolveUnits)
  TWOTIER_ECHO(SearchUnits)
  TWOTIER_ECHO(GetCoverage)

 private:
  const Answers& answers_;
};

}  // namespace registry_echo

namespace routing_echo {
namespace v1 = routing::v1;

class Service final : public v1::RoutingService::CallbackService {
 public:
  explicit Service(const Answers& answers) : answers_(answers) {}
  TWOTIER_ECHO(ResolveCompetence)
  TWOTIER_ECHO(SubmitDossier)
  TWOTIER_ECHO(AcceptDossier)
  TWOTIER_ECHO(RequestSupplement)
  TWOTIER_ECHO(ProvideSupplement)
  TWOTIER_ECHO(RequestPayment)
  TWOTIER_ECHO(ConfirmPayment)
  TWOTIER_ECHO(CompleteProcessing)
  TWOTIER_ECHO(ReturnResult)
  TWOTIER_ECHO(GetDossier)

 private:
  const Answers& answers_;
};

}  // namespace routing_echo

namespace budget_echo {
namespace v1 = budget::v1;

class Service final : public v1::BudgetService::CallbackService {
 public:
  explicit Service(const Answers& answers) : answers_(answers) {}
  TWOTIER_ECHO(PostJournal)

 private:
  const Answers& answers_;
};

}  // namespace budget_echo

namespace personnel_echo {
namespace v1 = personnel::v1;

class Service final : public v1::PersonnelService::CallbackService {
 public:
  explicit Service(const Answers& answers) : answers_(answers) {}
  TWOTIER_ECHO(TransferCivilServant)

 private:
  const Answers& answers_;
};

}  // namespace personnel_echo

#undef TWOTIER_ECHO

absl::Status Run() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // Before gRPC's threads, so that they inherit it.

  Answers answers;
  for (const auto& entry : std::filesystem::directory_iterator(absl::GetFlag(FLAGS_answers))) {
    RETURN_IF_ERROR(answers.Load(entry.path()));
  }
  registry_echo::Service registry(answers);
  routing_echo::Service routing(answers);
  budget_echo::Service budget(answers);
  personnel_echo::Service personnel(answers);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  server::Configure(server::Options(), builder);
  builder.AddListeningPort(absl::GetFlag(FLAGS_address), grpc::InsecureServerCredentials());
  builder.RegisterService(&registry);
  builder.RegisterService(&routing);
  builder.RegisterService(&budget);
  builder.RegisterService(&personnel);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", absl::GetFlag(FLAGS_address)));
  }
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown();
  server->Wait();
  return absl::OkStatus();
}

}  // namespace
}  // namespace twotier::load

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = twotier::load::Run();
  if (status.ok()) return 0;
  std::cerr << "echo_server: " << status << "\n";
  return 1;
}
