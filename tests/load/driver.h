// Makes calls as fast as a server answers them (closed loop) or at a given rate (open loop), on raw
// bytes, so that the client costs little and costs the same for every server it measures.
#ifndef TWOTIER_TESTS_LOAD_DRIVER_H_
#define TWOTIER_TESTS_LOAD_DRIVER_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/load/histogram.h"

namespace twotier::load {

// One call to make.
struct NextCall {
  const std::string* method = nullptr;  // "/package.Service/Method"; owned by the scenario.
  grpc::ByteBuffer request;
};

// What one caller does, call after call. Used by one thread at a time.
class Caller {
 public:
  virtual ~Caller() = default;
  virtual NextCall Next() = 0;
  // Judges the answer to the last call: an error fails the whole run.
  virtual absl::Status Check(const grpc::ByteBuffer& answer) = 0;
};

struct LoadOptions {
  std::vector<std::string> addresses;  // Servers; callers are dealt out among them in turn.
  int in_flight = 256;                 // Callers; in an open loop the most calls at a time.
  int threads = 1;                     // Each with its own completion queue.
  int connections = 4;                 // For each server.
  absl::Duration warm_up = absl::Milliseconds(500);
  absl::Duration duration = absl::Seconds(2);
  double rate = 0;  // Calls a second of an open loop; 0: closed loop.
  std::function<absl::StatusOr<std::unique_ptr<Caller>>(int caller)> make_caller;
  // Called on the controlling thread when the measured time begins and ends.
  std::function<absl::Status()> at_begin = [] { return absl::OkStatus(); };
  std::function<absl::Status()> at_end = [] { return absl::OkStatus(); };
};

struct LoadResult {
  int64_t calls = 0;  // Answered within the measured time.
  double per_second = 0;
  // Nanoseconds. In an open loop from the instant the call was due, whether or not it could be sent
  // then, so that a stall of the server counts for every call it delayed (no coordinated omission).
  Histogram latency;
};

// INTERNAL with the number of failures by code when any call failed or was answered wrongly: a
// figure that rests on errors is none.
absl::StatusOr<LoadResult> RunLoad(const LoadOptions& options);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_DRIVER_H_
