#include "tests/e2e/crowd.h"

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace twotier::e2e {

std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection for each caller.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

Crowd::Crowd(int count, const std::function<Step(int caller)>& start) {
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back([this, start, i] { Run(start(i)); });
  }
}

absl::Status Crowd::WaitForMore(int64_t more) {
  constexpr absl::Duration kPatience = absl::Seconds(30);
  absl::MutexLock lock(&mutex_);
  const int64_t enough = done_ + more;
  const auto done = [this, enough]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return done_ >= enough || !failure_.ok();
  };
  if (mutex_.AwaitWithTimeout(absl::Condition(&done), kPatience)) return failure_;
  return absl::DeadlineExceededError(
      absl::StrCat(enough - done_, " of ", more, " steps are not done"));
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

absl::Status KillUnder(Crowd& crowd, load::Server& server, int kills, int64_t between) {
  for (int i = 0; i < kills; ++i) {
    RETURN_IF_ERROR(crowd.WaitForMore(between));
    server.Kill();
    RETURN_IF_ERROR(server.StartAgain());
  }
  RETURN_IF_ERROR(crowd.WaitForMore(between));
  return crowd.Stop();
}

}  // namespace twotier::e2e
