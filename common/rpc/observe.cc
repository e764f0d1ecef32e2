#include "common/rpc/observe.h"

#include <string>

#include "common/rpc/status.h"

namespace twotier::rpc {
namespace {

// From 100 µs, a snapshot read, to 10 s, the default statement timeout. The same buckets measure
// the statements of the engines, so that both graphs line up.
const prometheus::Histogram::BucketBoundaries& SecondsBuckets() {
  static const auto* const kBuckets = new prometheus::Histogram::BucketBoundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
      0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return *kBuckets;
}

prometheus::Family<prometheus::Counter>& CounterFamily(prometheus::Registry& registry,
                                                       const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

MethodMetrics::MethodMetrics(const google::protobuf::MethodDescriptor& method,
                             prometheus::Registry& registry)
    : labels_{{"grpc_type", method.server_streaming() ? "server_stream" : "unary"},
              {"grpc_service", method.service()->full_name()},
              {"grpc_method", method.name()}},
      handled_family_(&CounterFamily(registry, "grpc_server_handled_total",
                                     "RPCs completed on the server, whatever the outcome.")),
      started_(&CounterFamily(registry, "grpc_server_started_total", "RPCs started on the server.")
                    .Add(labels_)),
      received_(&CounterFamily(registry, "grpc_server_msg_received_total",
                               "Messages received by the server.")
                     .Add(labels_)),
      sent_(&CounterFamily(registry, "grpc_server_msg_sent_total", "Messages sent by the server.")
                 .Add(labels_)),
      seconds_(&prometheus::BuildHistogram()
                    .Name("grpc_server_handling_seconds")
                    .Help("Time from the arrival of the request to its answer.")
                    .Register(registry)
                    .Add(labels_, SecondsBuckets())) {
  HandledCounter(0);
}

void MethodMetrics::Started() { started_->Increment(); }

void MethodMetrics::Handled(absl::StatusCode code, absl::Duration took) {
  const auto index = static_cast<size_t>(code);
  HandledCounter(index < kCodes ? index : static_cast<size_t>(absl::StatusCode::kUnknown))
      .Increment();
  seconds_->Observe(absl::ToDoubleSeconds(took));
}

prometheus::Counter& MethodMetrics::HandledCounter(size_t code) {
  prometheus::Counter* counter = handled_[code].load(std::memory_order_acquire);
  if (counter != nullptr) return *counter;
  // Two threads may come here at once; the family gives both the same counter.
  prometheus::Labels labels = labels_;
  labels["grpc_code"] = std::string(CodeLabel(static_cast<absl::StatusCode>(code)));
  counter = &handled_family_->Add(labels);
  handled_[code].store(counter, std::memory_order_release);
  return *counter;
}

}  // namespace twotier::rpc
