#include "common/server/options.h"

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "common/status_macros.h"
#include "grpcpp/resource_quota.h"

ABSL_FLAG(std::string, listen, "", "Address the gRPC server listens on. Empty: the service's own.");
ABSL_FLAG(std::string, metrics_listen, "",
          "Address of /metrics, or \"none\". Empty: the service's own.");
ABSL_FLAG(std::string, database, "",
          "sqlite:PATH or postgresql://… Empty: a file named after the service.");
ABSL_FLAG(
    int, drain_notice_ms, 200,
    "How long the server says NOT_SERVING before it stops accepting, so that balancers turn away. "
    "0 to 60000.");
ABSL_FLAG(int, drain_seconds_max, 20, "How long calls in flight may take at the end. 0 to 3600.");
ABSL_FLAG(int, max_connection_age_seconds, 1800,
          "Connections are asked to reconnect after this time, so that load spreads. 1 to 86400.");
ABSL_FLAG(int, max_connection_age_grace_seconds, 300,
          "How long calls and streams of an aged connection may go on. 1 to 86400.");
ABSL_FLAG(int, message_bytes_max, 8 << 20, "Largest message. 1024 to 67108864.");
ABSL_FLAG(int, queue_bytes_max, 64 << 20,
          "Bytes of the large requests that wait for the database or run there; more are refused "
          "with RESOURCE_EXHAUSTED. 1048576 to 2147483647.");
ABSL_FLAG(int, transport_bytes_max, 1 << 30,
          "Bytes that gRPC may hold for connections, streams and messages; beyond them it closes "
          "connections. An idle stream takes about 17 KB. 16777216 to 2147483647.");
ABSL_FLAG(int, feed_days_kept, 365,
          "How long the feed keeps events of kinds that the service does not need for ever; resume "
          "tokens from before start again with a snapshot. 1 to 36500.");
ABSL_FLAG(bool, reflection, true, "Serve grpc.reflection.");
ABSL_FLAG(bool, channelz, true, "Serve grpc.channelz.");

namespace twotier::server {
namespace {

// Streams one connection may have open: four times what the benches use; more belongs on more
// connections.
constexpr int kStreamsPerConnectionMax = 1024;
// A peer that does not answer a ping within the timeout is gone: its streams end and its memory
// returns.
constexpr int kKeepaliveTimeMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
// Clients may ping this often; faster ones are sent away with ENHANCE_YOUR_CALM.
constexpr int kPingIntervalMinMs = 10'000;
constexpr int kIntMax = std::numeric_limits<int>::max();

// Reads an int flag and says when it is out of its range.
int Ranged(const absl::Flag<int>& flag, absl::string_view name, int min, int max,
           std::vector<std::string>& problems) {
  const int value = absl::GetFlag(flag);
  if (value < min || value > max) {
    problems.push_back(absl::StrCat("--", name, " is ", value, "; it must be ", min, " to ", max));
  }
  return value;
}

std::string Given(const absl::Flag<std::string>& flag, const std::string& otherwise) {
  std::string value = absl::GetFlag(flag);
  return value.empty() ? otherwise : value;
}

void CheckAddress(absl::string_view name, absl::string_view address,
                  std::vector<std::string>& problems) {
  if (absl::StartsWith(address, "unix:")) return;
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(address.substr(colon + 1), &port) || port > 65535) {
    problems.push_back(absl::StrCat("--", name, " is \"", address, "\"; it must be HOST:PORT"));
  }
}

void CheckInto(const Options& options, std::vector<std::string>& problems) {
  CheckAddress("listen", options.listen, problems);
  if (!options.metrics_listen.empty()) {
    CheckAddress("metrics_listen", options.metrics_listen, problems);
  }
  const absl::string_view url = options.database;
  if (!absl::StartsWith(url, "sqlite:") && !absl::StartsWith(url, "postgresql://")) {
    problems.push_back(absl::StrCat("--database is \"", WithoutPassword(url),
                                    "\"; it must be sqlite:PATH or postgresql://…"));
  }
}

absl::Status ToStatus(const std::vector<std::string>& problems) {
  if (problems.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
}

}  // namespace

absl::StatusOr<Options> OptionsFromFlags(const Defaults& defaults) {
  std::vector<std::string> problems;
  Options options;
  options.listen = Given(FLAGS_listen, defaults.listen);
  options.metrics_listen = Given(FLAGS_metrics_listen, defaults.metrics_listen);
  if (options.metrics_listen == "none") options.metrics_listen.clear();
  options.database = Given(FLAGS_database, defaults.database);
  options.drain_notice =
      absl::Milliseconds(Ranged(FLAGS_drain_notice_ms, "drain_notice_ms", 0, 60'000, problems));
  options.drain_max =
      absl::Seconds(Ranged(FLAGS_drain_seconds_max, "drain_seconds_max", 0, 3600, problems));
  options.connection_age_max = absl::Seconds(
      Ranged(FLAGS_max_connection_age_seconds, "max_connection_age_seconds", 1, 86'400, problems));
  options.connection_age_grace =
      absl::Seconds(Ranged(FLAGS_max_connection_age_grace_seconds,
                           "max_connection_age_grace_seconds", 1, 86'400, problems));
  options.message_bytes_max =
      Ranged(FLAGS_message_bytes_max, "message_bytes_max", 1024, 64 << 20, problems);
  options.queue_bytes_max =
      Ranged(FLAGS_queue_bytes_max, "queue_bytes_max", 1 << 20, kIntMax, problems);
  options.transport_bytes_max =
      Ranged(FLAGS_transport_bytes_max, "transport_bytes_max", 16 << 20, kIntMax, problems);
  options.feed_kept =
      absl::Hours(24) * Ranged(FLAGS_feed_days_kept, "feed_days_kept", 1, 36'500, problems);
  options.reflection = absl::GetFlag(FLAGS_reflection);
  options.channelz = absl::GetFlag(FLAGS_channelz);
  CheckInto(options, problems);
  RETURN_IF_ERROR(ToStatus(problems));
  return options;
}

absl::Status CheckOptions(const Options& options) {
  std::vector<std::string> problems;
  CheckInto(options, problems);
  return ToStatus(problems);
}

std::string WithoutPassword(absl::string_view url) {
  const size_t authority = url.find("://");
  if (authority == absl::string_view::npos) return std::string(url);
  const size_t begin = authority + 3;
  // The last '@' before the path: a password may hold one that was not escaped.
  const size_t at = url.substr(0, url.find('/', begin)).rfind('@');
  std::string shown(url);
  if (at != absl::string_view::npos && at > begin) {
    const size_t colon = url.find(':', begin);
    if (colon < at) shown.replace(colon + 1, at - colon - 1, "<set>");
  }
  // libpq also takes it as a parameter.
  const size_t parameter = shown.find("password=");
  if (parameter != std::string::npos) {
    const size_t value = parameter + 9;
    shown.replace(value, std::min(shown.find('&', value), shown.size()) - value, "<set>");
  }
  return shown;
}

void LogFlags(Log& log, const Options& options) {
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (absl::StrContains(flag->Filename(), "absl/")) continue;  // The library's own.
    std::string value = flag->CurrentValue();
    if (name == "listen") value = options.listen;
    if (name == "metrics_listen") value = options.metrics_listen;
    if (name == "database") value = WithoutPassword(options.database);
    log.Write(Severity::kInfo, "flag", {{"name", name}, {"value", value}});
  }
}

void Configure(const Options& options, grpc::ServerBuilder& builder) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const auto milliseconds = [](absl::Duration duration) {
    return static_cast<int>(absl::ToInt64Milliseconds(duration));
  };
  builder.SetMaxReceiveMessageSize(options.message_bytes_max);
  builder.SetMaxSendMessageSize(options.message_bytes_max);
  grpc::ResourceQuota quota("server");
  quota.Resize(static_cast<size_t>(options.transport_bytes_max));
  builder.SetResourceQuota(quota);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             milliseconds(options.connection_age_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             milliseconds(options.connection_age_grace));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kPingIntervalMinMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Two processes on one port would share its connections unseen: the second one is to fail.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, options.channelz ? 1 : 0);
}

}  // namespace twotier::server
