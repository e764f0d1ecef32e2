// Tells the registry how far a service is with what a change of units leaves to it.
#ifndef TWOTIER_COMMON_UNITS_SUCCESSION_REPORTER_H_
#define TWOTIER_COMMON_UNITS_SUCCESSION_REPORTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/outgoing.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::units {

// Names in a report, as many as the registry takes.
inline constexpr size_t kReportItemsMax = 100;

// What rests on the units that an event ends.
struct SuccessionCount {
  std::string event = {};                   // `changeEvents/{event_id}`.
  int64_t open = 0;                         // All of it,
  int64_t planned = 0;                      // and of it that whose successor is decided.
  std::vector<std::string> unplanned = {};  // Names of some of the others.
};

// Not thread-safe, but for Cancel. Waits for the registry: never from a gRPC or lane thread.
class SuccessionReporter {
 public:
  using Registry = registry::v1::RegistryService::StubInterface;

  // `principal` calls; `service` is the last part of the reports' names.
  SuccessionReporter(std::shared_ptr<Registry> registry, std::string principal,
                     std::string service);

  // One that calls the registry at the address `target`.
  static std::unique_ptr<SuccessionReporter> To(const std::string& target,
                                                absl::string_view principal,
                                                absl::string_view service);

  // True: the report was sent; false: the registry has the same. Errors: those of the registry;
  // CANCELLED.
  absl::StatusOr<bool> Report(const SuccessionCount& count);

  // Ends the call that waits for the registry, and every later one. Any thread.
  void Cancel() { calls_.Cancel(); }

 private:
  const std::shared_ptr<Registry> registry_;
  const std::string service_;
  rpc::Outgoing calls_;
};

}  // namespace twotier::units

#endif  // TWOTIER_COMMON_UNITS_SUCCESSION_REPORTER_H_
