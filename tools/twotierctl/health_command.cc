// twotierctl health: whether the services serve, and whether they can write.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/health.pb.h"
#include "tools/twotierctl/table.h"

namespace twotier::ctl {
namespace {

namespace health = ::grpc::health::v1;

constexpr char kCheckPath[] = "/grpc.health.v1.Health/Check";
constexpr char kWatchPath[] = "/grpc.health.v1.Health/Watch";
constexpr absl::Duration kCheckTimeout = absl::Seconds(5);

struct HealthOptions {
  int wait_seconds = 0;
};

health::HealthCheckRequest RequestFor(const std::string& name) {
  health::HealthCheckRequest request;
  request.set_service(name);
  return request;
}

absl::StatusOr<health::HealthCheckResponse::ServingStatus> Check(const Context& context,
                                                                 const std::string& target,
                                                                 const std::string& name) {
  auto state = health::HealthCheckResponse::UNKNOWN;
  const absl::Status status = context.session->Stream(
      target, kCheckPath, RequestFor(name), health::HealthCheckResponse(), kCheckTimeout,
      /*wait_for_ready=*/false, [&](const google::protobuf::Message& message) {
        state = static_cast<const health::HealthCheckResponse&>(message).status();
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return state;
}

// Watches until `name` is SERVING, also while nothing listens at the target yet.
absl::Status WaitUntilServing(const Context& context, const std::string& target,
                              const std::string& name, absl::Duration timeout) {
  bool serving = false;
  const absl::Status status = context.session->Stream(
      target, kWatchPath, RequestFor(name), health::HealthCheckResponse(), timeout,
      /*wait_for_ready=*/true, [&](const google::protobuf::Message& message) {
        serving = static_cast<const health::HealthCheckResponse&>(message).status() ==
                  health::HealthCheckResponse::SERVING;
        // Ends the stream; not an error of this function.
        return serving ? absl::CancelledError("served") : absl::OkStatus();
      });
  return serving ? absl::OkStatus() : status;
}

std::string StateText(const absl::StatusOr<health::HealthCheckResponse::ServingStatus>& state) {
  if (!state.ok()) return absl::StatusCodeToString(state.status().code());
  return health::HealthCheckResponse::ServingStatus_Name(*state);
}

absl::Status RunHealth(const Context& context, const HealthOptions& options) {
  const absl::Time deadline = absl::Now() + absl::Seconds(options.wait_seconds);
  Table table({"SERVICE", "ADDRESS", "READS", "WRITES"});
  absl::Status first_error;
  for (const Service& service : context.session->services()) {
    // Both must serve before a change can be made, so both are waited for.
    const std::string writes_name = absl::StrCat(service.full_name, ".writes");
    if (options.wait_seconds > 0) {
      for (const std::string& name : {service.full_name, writes_name}) {
        first_error.Update(WaitUntilServing(context, service.target, name, deadline - absl::Now()));
      }
    }
    const auto reads = Check(context, service.target, service.full_name);
    const auto writes = Check(context, service.target, writes_name);
    table.Add({service.short_name, service.target, StateText(reads), StateText(writes)});
    for (const auto& state : {reads, writes}) {
      if (!state.ok()) {
        first_error.Update(state.status());
      } else if (*state != health::HealthCheckResponse::SERVING) {
        first_error.Update(FromService(grpc::Status(
            grpc::StatusCode::UNAVAILABLE, absl::StrCat(service.short_name, " does not serve"))));
      }
    }
  }
  *context.out << table.Text(context.terminal_width);
  return first_error;
}

}  // namespace

void AddHealthCommand(CLI::App& app, Command& chosen) {
  AddCommand<HealthOptions>(
      app, chosen, "health", "Tell whether the services serve",
      [](CLI::App& command, HealthOptions& options) {
        command.add_option("--wait-seconds", options.wait_seconds,
                           "Wait so long at most until all of them do");
      },
      RunHealth);
}

}  // namespace twotier::ctl
