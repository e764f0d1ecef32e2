// Calls that a service makes of another one.
#ifndef TWOTIER_COMMON_RPC_OUTGOING_H_
#define TWOTIER_COMMON_RPC_OUTGOING_H_

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/rpc/status.h"
#include "common/status_macros.h"
#include "grpcpp/client_context.h"

namespace twotier::rpc {

// One call at a time, by one principal. Not thread-safe, but for Cancel. Waits for the other
// service: never from a gRPC or lane thread.
class Outgoing {
 public:
  Outgoing(std::string principal, absl::Duration timeout)
      : principal_(std::move(principal)), timeout_(timeout) {}

  // Errors: those of the other service; CANCELLED.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Ask(Stub& stub,
                               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                            Response*),
                               const Request& request) {
    grpc::ClientContext context;
    RETURN_IF_ERROR(Begin(context));
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    End();
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  // Ends the call that waits, and every later one. Any thread.
  void Cancel();

 private:
  absl::Status Begin(grpc::ClientContext& context);
  void End();

  const std::string principal_;
  const absl::Duration timeout_;

  absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_OUTGOING_H_
