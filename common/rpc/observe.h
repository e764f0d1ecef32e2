// What the dispatcher counts, under the names that public dashboards of gRPC expect.
#ifndef TWOTIER_COMMON_RPC_OBSERVE_H_
#define TWOTIER_COMMON_RPC_OBSERVE_H_

#include <array>
#include <atomic>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace twotier::rpc {

// Counters of one method, looked up once. Thread-safe; nothing is allocated per call, except when a
// code occurs for the first time.
class MethodMetrics {
 public:
  // `registry` outlives this object.
  MethodMetrics(const google::protobuf::MethodDescriptor& method, prometheus::Registry& registry);

  void Started();
  void Received() { received_->Increment(); }
  void Sent() { sent_->Increment(); }
  void Handled(absl::StatusCode code, absl::Duration took);

 private:
  static constexpr size_t kCodes = 17;  // google.rpc.Code has 0 to 16.

  prometheus::Counter& HandledCounter(size_t code);

  prometheus::Labels labels_;
  prometheus::Family<prometheus::Counter>* handled_family_;
  std::array<std::atomic<prometheus::Counter*>, kCodes> handled_{};
  prometheus::Counter* started_;
  prometheus::Counter* received_;
  prometheus::Counter* sent_;
  prometheus::Histogram* seconds_;
};

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_OBSERVE_H_
