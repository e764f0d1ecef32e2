#include "common/feed/refresher.h"

#include <utility>

#include "common/memory.h"
#include "common/status_macros.h"

namespace twotier::feed {

void Refresher::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Refresher::Poke() {
  absl::MutexLock lock(&mutex_);
  poked_ = true;
}

void Refresher::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  if (thread_.joinable()) thread_.join();
}

bool Refresher::Wait() {
  absl::MutexLock lock(&mutex_);
  const auto woken = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return poked_ || stopped_; };
  mutex_.AwaitWithTimeout(absl::Condition(&woken), kInterval);
  poked_ = false;
  return !stopped_;
}

void Refresher::Loop() {
  bool failing = false;
  do {
    FollowWhileLeading();
    const absl::Status status = Refresh();
    // Said once, not ten times a second: while the database is away the memory goes on answering.
    if (!status.ok() && !failing) {
      parts_.log->Write(Severity::kWarning, "snapshot_not_refreshed",
                        {{"message", status.message()}});
    }
    failing = !status.ok();
  } while (Wait());
  follower_.reset();
}

void Refresher::FollowWhileLeading() {
  if (!parts_.follow) return;
  const bool leading = parts_.leading();
  if (leading && follower_ == nullptr) {
    follower_ = parts_.follow([this] { Poke(); });
    follower_->Start();
  } else if (!leading && follower_ != nullptr) {
    follower_.reset();
  }
}

absl::Status Refresher::Refresh() {
  ASSIGN_OR_RETURN(const bool refreshed, parts_.refresh());
  if (refreshed) ReturnFreedMemory();
  return absl::OkStatus();
}

}  // namespace twotier::feed
