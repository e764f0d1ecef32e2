// Which commits of a database outlive a power cut by now.
//
// A lane that leaves the sync of its log to another thread lets others see what it committed before
// that is on the disk. Nobody outside may learn of it earlier: whoever answers waits here. See
// docs/adr/0015.
#ifndef TWOTIER_COMMON_DB_HARDENING_H_
#define TWOTIER_COMMON_DB_HARDENING_H_

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace twotier::db {

// Of one lane: commits are announced by one thread. Thread-safe.
class Hardening {
 public:
  // Before a commit can be seen.
  void Announce() {
    absl::MutexLock lock(&mutex_);
    ++announced_;
  }
  // The commit announced last failed.
  void Withdraw() {
    absl::MutexLock lock(&mutex_);
    --announced_;
    changed_.SignalAll();
  }
  // Number of the last commit; 0: there was none.
  int64_t announced() const {
    absl::MutexLock lock(&mutex_);
    return announced_;
  }

  // Every commit up to `number` is hard.
  void Harden(int64_t number) {
    absl::MutexLock lock(&mutex_);
    hard_ = std::max(hard_, number);
    changed_.SignalAll();
  }
  // Commits up to now may never be hard. The first failure stays: what the disk says later proves
  // nothing about them.
  void Fail(absl::Status failure) {
    absl::MutexLock lock(&mutex_);
    failure_.Update(std::move(failure));
    changed_.SignalAll();
  }
  absl::Status failure() const {
    absl::MutexLock lock(&mutex_);
    return failure_;
  }

  // Everything that could be seen before this call is hard.
  bool settled() const {
    absl::MutexLock lock(&mutex_);
    return failure_.ok() && hard_ >= announced_;
  }
  // Waits for that. Returns the failure, if there was one.
  absl::Status Await() const {
    absl::MutexLock lock(&mutex_);
    const int64_t number = announced_;
    while (failure_.ok() && hard_ < std::min(number, announced_)) changed_.Wait(&mutex_);
    return failure_;
  }

 private:
  mutable absl::Mutex mutex_;
  mutable absl::CondVar changed_;
  int64_t announced_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t hard_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_HARDENING_H_
