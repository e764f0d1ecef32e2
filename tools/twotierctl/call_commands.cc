// twotierctl call and methods: any RPC of the suite, straight from its contract.
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "google/protobuf/util/json_util.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/table.h"
#include "twotier/common/v1/rule.pb.h"

namespace twotier::ctl {
namespace {

namespace pb = ::google::protobuf;

struct CallOptions {
  std::string method;
  std::string json = "{}";
};

struct NoOptions {};

// The argument itself, "-" for standard input, or "@FILE".
absl::StatusOr<std::string> JsonOf(const std::string& argument) {
  if (argument == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  if (!absl::StartsWith(argument, "@")) return argument;
  return ReadFile(argument.substr(1));
}

std::unique_ptr<pb::Message> NewMessage(const pb::Descriptor& type) {
  return std::unique_ptr<pb::Message>(
      pb::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

absl::Status RunCall(const Context& context, const CallOptions& options) {
  ASSIGN_OR_RETURN(const pb::MethodDescriptor* method, context.session->FindMethod(options.method));
  if (method->client_streaming()) {
    return absl::UnimplementedError("methods with a stream of requests cannot be called");
  }
  ASSIGN_OR_RETURN(const std::string json, JsonOf(options.json));
  const std::unique_ptr<pb::Message> request = NewMessage(*method->input_type());
  if (const auto parsed = pb::util::JsonStringToMessage(json, request.get()); !parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("the JSON is no ", request->GetTypeName(), ": ",
                                                   std::string(parsed.message())));
  }
  context.IdentifyChange(*request);
  const std::unique_ptr<pb::Message> response = NewMessage(*method->output_type());
  if (!method->server_streaming()) {
    RETURN_IF_ERROR(context.session->Call(*method, *request, *response));
    *context.out << ToJson(*response, /*pretty=*/true);
    return absl::OkStatus();
  }
  return context.session->Stream(context.session->TargetOf(*method), PathOf(*method), *request,
                                 *response, absl::InfiniteDuration(), /*wait_for_ready=*/false,
                                 [&](const pb::Message& message) {
                                   *context.out << ToJson(message, /*pretty=*/false) << std::flush;
                                   return absl::OkStatus();
                                 });
}

absl::Status RunMethods(const Context& context, const NoOptions&) {
  Table table({"METHOD", "KIND", "PERMISSION"});
  for (const Service& service : context.session->services()) {
    const pb::ServiceDescriptor& descriptor = service.descriptor();
    for (int i = 0; i < descriptor.method_count(); ++i) {
      const auto& rule = descriptor.method(i)->options().GetExtension(twotier::common::v1::rule);
      table.Add({absl::StrCat(service.short_name, ".", descriptor.method(i)->name()),
                 EnumText(rule.kind()), rule.permission()});
    }
  }
  *context.out << table.Text();
  return absl::OkStatus();
}

}  // namespace

void AddCallCommands(CLI::App& app, Command& chosen) {
  AddCommand<CallOptions>(
      app, chosen, "call", "Call any RPC with a request in JSON; an absent request_id is made up",
      [](CLI::App& command, CallOptions& options) {
        command.add_option("method", options.method, "For example registry.GetUnit")->required();
        command.add_option("request", options.json,
                           "JSON with the contract's field names, @FILE, or - for standard input");
      },
      RunCall);
  AddCommand<NoOptions>(
      app, chosen, "methods", "List the RPCs of the suite with kind and permission",
      [](CLI::App&, NoOptions&) {}, RunMethods);
}

}  // namespace twotier::ctl
