#include "tests/e2e/crowd.h"

#include <utility>

namespace twotier::e2e {

std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection for each caller.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

Crowd::Crowd(int count, std::function<Step(int caller)> start) {
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back([this, start, i] { Run(start(i)); });
  }
}

bool Crowd::WaitForMore(int64_t more, absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const int64_t enough = done_ + more;
  const auto done = [this, enough]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return done_ >= enough || !failure_.ok();
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&done), timeout) && failure_.ok();
}

absl::Status Crowd::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  absl::MutexLock lock(&mutex_);
  return failure_;
}

void Crowd::Run(const Step& step) {
  while (!stopping_) {
    const absl::Status status = step();
    absl::MutexLock lock(&mutex_);
    if (!status.ok()) {
      failure_.Update(status);
      return;
    }
    ++done_;
  }
}

}  // namespace twotier::e2e
