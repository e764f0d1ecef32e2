// How a failed call reaches the person at the terminal, and the exit code that a script sees.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_FAILURE_H_
#define TWOTIER_TOOLS_TWOTIERCTL_FAILURE_H_

#include <string>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace twotier::ctl {

// Exit codes of twotierctl, for scripts.
enum ExitCode {
  kDone = 0,
  kLocalFault = 1,    // A file could not be read, a method does not exist, a check found something.
  kUsage = 2,         // The command line is wrong.
  kRefused = 3,       // The service refused: malformed, not found, rule, stale etag.
  kNotPermitted = 4,  // UNAUTHENTICATED or PERMISSION_DENIED.
  kTryLater = 5,      // UNAVAILABLE, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, CANCELLED.
  kServerFault = 6,   // INTERNAL, DATA_LOSS, UNKNOWN, UNIMPLEMENTED.
};

// A status that came from a service: the code and message, with the google.rpc.Status as payload.
absl::Status FromService(const grpc::Status& status);
absl::Status FromService(const google::rpc::Status& status);

// The google.rpc.Status a service sent, or nothing but code and message for a fault of this
// program.
google::rpc::Status ToRpc(const absl::Status& status);

// Several lines: code, reason and message; then the metadata, every field violation, every
// precondition, when to try again and the message for Vietnamese users, as far as the service sent
// them.
std::string Describe(const absl::Status& status);

// The reason of a service's ErrorInfo; "" when it sent none.
std::string ReasonOf(const absl::Status& status);

ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_FAILURE_H_
