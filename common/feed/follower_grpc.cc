#include "common/feed/follower_grpc.h"

#include "common/errors.h"
#include "google/rpc/error_info.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"

namespace twotier::feed {
namespace {

constexpr int kKeepaliveMs = 20 * 1000;
constexpr int kKeepaliveTimeoutMs = 10 * 1000;
// A group of 5,000 resources fits many times.
constexpr int kMessageBytesMax = 16 * 1024 * 1024;
constexpr int kReconnectBackoffMaxMs = 5 * 1000;

}  // namespace

std::shared_ptr<grpc::Channel> CreateFollowerChannel(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectBackoffMaxMs);
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& any : details.details()) {
      google::rpc::ErrorInfo info;
      if (!any.UnpackTo(&info)) continue;
      error::Metadata metadata(info.metadata().begin(), info.metadata().end());
      return error::WithReason(code, status.error_message(), info.reason(), std::move(metadata));
    }
  }
  return absl::Status(code, status.error_message());
}

}  // namespace twotier::feed
