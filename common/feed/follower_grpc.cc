#include "common/feed/follower_grpc.h"

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

}  // namespace twotier::feed
