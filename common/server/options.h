// Flags that every service has, and what they must be.
#ifndef TWOTIER_COMMON_SERVER_OPTIONS_H_
#define TWOTIER_COMMON_SERVER_OPTIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/log.h"
#include "grpcpp/server_builder.h"

namespace twotier::server {

// How a server listens, serves and ends. One flag each, of the same name.
struct Options {
  std::string listen;          // --listen: "127.0.0.1:7401". Port 0: any free one.
  std::string metrics_listen;  // --metrics_listen: "127.0.0.1:9401". Empty: no metrics.
  std::string database;        // --database: "sqlite:PATH" or "postgresql://…".
  absl::Duration drain_notice = absl::Milliseconds(200);   // --drain_notice_ms
  absl::Duration drain_max = absl::Seconds(20);            // --drain_seconds_max
  absl::Duration connection_age_max = absl::Minutes(30);   // --max_connection_age_seconds
  absl::Duration connection_age_grace = absl::Minutes(5);  // --max_connection_age_grace_seconds
  int message_bytes_max = 8 << 20;                         // --message_bytes_max
  int queue_bytes_max = 64 << 20;                          // --queue_bytes_max
  int transport_bytes_max = 1 << 30;                       // --transport_bytes_max
  absl::Duration feed_kept = absl::Hours(24 * 365);        // --feed_days_kept
  bool reflection = true;                                  // --reflection
  bool channelz = true;                                    // --channelz
};

// What a service uses when a flag is not given.
struct Defaults {
  std::string listen = {};
  std::string metrics_listen = {};
  std::string database = {};
};

// Reads the flags. INVALID_ARGUMENT lists everything that is wrong, one a line.
absl::StatusOr<Options> OptionsFromFlags(const Defaults& defaults);

// The same check for options that were made otherwise.
absl::Status CheckOptions(const Options& options);

// Logs the effective value of every flag of the program; passwords in URLs as <set>.
void LogFlags(Log& log, const Options& options);

// `url` without its password.
std::string WithoutPassword(absl::string_view url);

// Sets limits, ages and keepalive on `builder`, and switches Abseil's search for lock cycles off
// for the process: Debian builds it in, and it costs gRPC's own locks about 6 % of a short call.
// Also for the echo server of the benches, which must serve under the same conditions.
void Configure(const Options& options, grpc::ServerBuilder& builder);

}  // namespace twotier::server

#endif  // TWOTIER_COMMON_SERVER_OPTIONS_H_
