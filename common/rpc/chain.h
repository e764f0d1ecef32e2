// The steps that every RPC passes before its handler and after it; the dispatcher puts them in
// order.
#ifndef TWOTIER_COMMON_RPC_CHAIN_H_
#define TWOTIER_COMMON_RPC_CHAIN_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/call.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/log.h"
#include "common/rpc/authn.h"
#include "common/rpc/observe.h"
#include "common/rpc/rules.h"
#include "common/rpc/validate.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"

namespace twotier::rpc {

// One RPC with everything that is looked up once.
struct Method {
  MethodRule rule;
  std::string full_name;              // "twotier.routing.v1.RoutingService/SubmitDossier".
  const MessagePlan* plan = nullptr;  // Of the request.
  std::unique_ptr<MethodMetrics> metrics;
};

// One call on its way through the chain.
struct Arrival {
  const Method* method = nullptr;
  grpc::CallbackServerContext* context = nullptr;
  std::chrono::steady_clock::time_point started;
  std::string scope;  // Province the call acts in; empty: national.
  Call call;
};

using SemanticCheck = absl::FunctionRef<void(error::Violations&)>;

// Thread-safe; owns nothing.
class Chain {
 public:
  Chain(const Clock& clock, const Authenticator& authenticator, Log* log)
      : clock_(clock), authenticator_(authenticator), log_(log) {}

  // Starts the timer and counts the call.
  static Arrival Begin(const Method& method, grpc::CallbackServerContext& context);

  // Authenticates, checks permission and scope, the deadline, the declared constraints and the
  // semantic validator; fills `arrival.call` on the way. The first step that fails gives the
  // status.
  absl::Status Admit(Arrival& arrival, const google::protobuf::Message& request,
                     SemanticCheck check) const;

  // Counts, times and logs the call. Called once, just before the status leaves.
  void End(const Arrival& arrival, const absl::Status& status) const;

 private:
  absl::Status CheckScope(Arrival& arrival, const google::protobuf::Message& request) const;

  const Clock& clock_;
  const Authenticator& authenticator_;
  Log* const log_;
};

// True while the caller waits for the answer.
bool StillWanted(const Arrival& arrival);

// Why work that is not wanted any more was not begun: DEADLINE_EXCEEDED `TOO_LATE` or CANCELLED.
absl::Status NotWanted(const Arrival& arrival);

// Runs `body`. What protobuf and the standard library throw becomes a status: no memory is
// RESOURCE_EXHAUSTED `OUT_OF_MEMORY`, anything else INTERNAL `BROKEN_INVARIANT`.
absl::Status WithoutExceptions(absl::FunctionRef<absl::Status()> body);

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_CHAIN_H_
