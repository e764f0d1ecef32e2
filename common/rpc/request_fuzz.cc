// Any bytes as a request of any RPC: decoded, checked against the contract, scoped, keyed and
// digested, as the dispatcher does before a handler runs. The first byte picks the method, the rest
// is the message.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "common/errors.h"
#include "common/rpc/fuzzed_services.h"
#include "common/rpc/rules.h"
#include "common/rpc/status.h"
#include "common/rpc/validate.h"
#include "google/protobuf/message.h"
#include "google/protobuf/stubs/logging.h"

namespace twotier::rpc {
namespace {

struct FuzzedMethod {
  MethodRule rule;
  const MessagePlan* plan = nullptr;
  const google::protobuf::Message* request = nullptr;  // A default instance.
};

std::vector<FuzzedMethod> Methods() {
  google::protobuf::SetLogHandler(nullptr);  // It would say of every wrong byte that it is wrong.
  static auto* const validator = new Validator;  // Plans live as long as it does.
  std::vector<FuzzedMethod> methods;
  std::vector<std::string> problems;
  for (const auto* service : FuzzedServices()) {
    auto rules = ReadRules(*service);
    if (!rules.ok()) std::abort();
    for (MethodRule& rule : *rules) {
      const auto* input = rule.descriptor->input_type();
      FuzzedMethod method;
      method.rule = rule;
      method.plan = validator->Plan(*input, problems);
      method.request = google::protobuf::MessageFactory::generated_factory()->GetPrototype(input);
      methods.push_back(std::move(method));
    }
  }
  if (!problems.empty()) std::abort();
  return methods;
}

// What the caller would get: at most the promised number of violations, within what a trailer may
// hold.
void CheckRefusal(const error::Violations& violations) {
  if (violations.all().size() > error::Violations::kViolationsMax) std::abort();
  const grpc::Status status = ToGrpcStatus(violations.ToStatus());
  if (status.ok() || status.error_message().size() > kMessageBytesMax) std::abort();
  // Room for the message, which is repeated inside, and for the other details.
  if (status.error_details().size() > kDetailsBytesMax + 2 * kMessageBytesMax) std::abort();
  if (FromGrpcStatus(status).code() != absl::StatusCode::kInvalidArgument) std::abort();
}

void Fuzz(const FuzzedMethod& method, const uint8_t* data, size_t size) {
  const std::unique_ptr<google::protobuf::Message> request(method.request->New());
  if (!request->ParseFromArray(data, static_cast<int>(size))) return;  // gRPC answers that itself.
  error::Violations violations;
  CheckConstraints(*method.plan, *request, violations);
  if (!violations.empty()) {
    CheckRefusal(violations);
    return;
  }
  // What is well-formed acts in one province or is national, and its keys can be bumped.
  for (const FieldPath& scope : method.rule.scope) {
    const absl::string_view name = scope.Value(*request);
    const bool national = name.empty() || absl::StartsWith(name, "assignments/") ||
                          absl::StartsWith(name, "procedures/");
    if (ProvinceOf(name).size() != (national ? 0 : 2)) std::abort();
  }
  for (const db::Key& key : KeysOf(method.rule, *request)) {
    if (key.name.empty()) std::abort();
  }
}

}  // namespace
}  // namespace twotier::rpc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const methods =
      new std::vector<twotier::rpc::FuzzedMethod>(twotier::rpc::Methods());
  if (size == 0) return 0;
  twotier::rpc::Fuzz((*methods)[data[0] % methods->size()], data + 1, size - 1);
  return 0;
}
