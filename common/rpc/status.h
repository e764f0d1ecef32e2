// The one bridge between absl::Status and what stands on the wire.
#ifndef TWOTIER_COMMON_RPC_STATUS_H_
#define TWOTIER_COMMON_RPC_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace twotier::rpc {

// google.rpc.ErrorInfo.domain of every reason of the suite.
inline constexpr absl::string_view kErrorDomain = "twotier.gov.vn";

// Longest message that is sent, in bytes. Details travel in a trailer, and peers refuse metadata of
// more than 8 KiB by default; violations are cut at kDetailsBytesMax for the same reason.
inline constexpr size_t kMessageBytesMax = 1024;
inline constexpr size_t kDetailsBytesMax = 5 * 1024;

// Puts reason, violations, preconditions, retry delay and the message for users into google.rpc
// details.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The same as a status that gRPC sends. A status without any payload carries no details.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The way back, for clients of other services and for remembered refusals. Details that the suite
// does not write are dropped. A code outside of google.rpc.Code becomes UNKNOWN.
absl::Status FromRpcStatus(const google::rpc::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

// Name of a code as the metrics of the gRPC ecosystem write it: "OK", "InvalidArgument".
absl::string_view CodeLabel(absl::StatusCode code);

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_STATUS_H_
