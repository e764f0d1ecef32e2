// The bounded queue in front of a lane or of the reader pool.
#ifndef TWOTIER_COMMON_DB_WORK_QUEUE_H_
#define TWOTIER_COMMON_DB_WORK_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/db/connection.h"
#include "common/errors.h"

namespace twotier::db {

// Tells the observer, which may be null, of what waits in a queue.
inline std::function<void(int64_t)> ToldTo(Observer* observer, bool writer) {
  if (observer == nullptr) return nullptr;
  return [observer, writer](int64_t change) { observer->OnQueue(writer, change); };
}

// RESOURCE_EXHAUSTED `QUEUE_FULL` with RetryInfo.
absl::Status QueueFull();
// DEADLINE_EXCEEDED `TOO_LATE`: nobody waits for the answer any more.
absl::Status NotWanted();

// Items wait here until a worker takes them. Refuses when it is full, when every worker has lost
// its connection, and while it is closed. Thread-safe.
template <typename Item>
class WorkQueue {
 public:
  // By how much the items that wait have become more, or fewer. Called under the queue's lock, so
  // that who adds them up never sees fewer than none: must not block, nor use the queue.
  using OnChange = std::function<void(int64_t change)>;

  WorkQueue(size_t items_max, int workers, OnChange on_change = nullptr)
      : items_max_(items_max), workers_(workers), on_change_(std::move(on_change)) {}

  // Places for `own` items, which a queue that is full of others' still takes.
  static constexpr size_t kOwnPlaces = 64;

  // Adds `item`, or leaves it alone and returns why not: UNAVAILABLE `SHUTTING_DOWN` or
  // `DATABASE_AWAY`, RESOURCE_EXHAUSTED `QUEUE_FULL`.
  absl::Status Push(Item& item, bool own = false) {
    absl::MutexLock lock(&mutex_);
    if (closed_) return error::ShuttingDown();
    if (away_ == workers_) return Away("the database is away");
    if (items_.size() >= items_max_ + (own ? kOwnPlaces : 0)) return QueueFull();
    items_.push_back(std::move(item));
    if (on_change_) on_change_(1);
    if (waiting_ > 0) changed_.Signal();
    return absl::OkStatus();
  }

  // Moves a worker's share to the end of `taken`: at most `max` items, and as many as there are for
  // each worker that can work, so that none sits idle behind another's pile. Waits up to `wait` for
  // the first.
  template <typename Taken>
  void Take(size_t max, absl::Duration wait, Taken& taken) {
    absl::MutexLock lock(&mutex_);
    if (items_.empty() && !stopped_ && wait > absl::ZeroDuration()) {
      --busy_;
      if (busy_ == 0) idle_.SignalAll();
      ++waiting_;
      const absl::Time until = absl::Now() + wait;
      while (items_.empty() && !stopped_ && !changed_.WaitWithDeadline(&mutex_, until)) {
      }
      --waiting_;
      ++busy_;
    }
    const size_t sharers = static_cast<size_t>(std::max(workers_ - away_, 1));
    Move(std::min(max, (items_.size() + sharers - 1) / sharers), taken);
  }

  // Moves everything to the end of `taken`. Does not wait.
  template <typename Taken>
  void TakeAll(Taken& taken) {
    absl::MutexLock lock(&mutex_);
    Move(items_.size(), taken);
  }

  // Nothing waits, as of now.
  bool empty() const {
    absl::MutexLock lock(&mutex_);
    return items_.empty();
  }

  // A worker begins or ends its life.
  void Join() {
    absl::MutexLock lock(&mutex_);
    ++busy_;
  }
  void Leave() {
    absl::MutexLock lock(&mutex_);
    --busy_;
    if (busy_ == 0) idle_.SignalAll();
  }

  // A worker lost its connection (true) or has one again (false).
  void SetAway(bool away) {
    absl::MutexLock lock(&mutex_);
    away_ += away ? 1 : -1;
    busy_ += away ? -1 : 1;  // Nobody waits for what it cannot do.
    if (busy_ == 0) idle_.SignalAll();
  }
  bool away() const {
    absl::MutexLock lock(&mutex_);
    return away_ == workers_;
  }

  // Waits for `time`, or until Stop.
  void Pause(absl::Duration time) {
    absl::MutexLock lock(&mutex_);
    const absl::Time until = absl::Now() + time;
    while (!stopped_ && !stopping_.WaitWithDeadline(&mutex_, until)) {
    }
  }

  // Refuses new items from now on.
  void Close() {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }
  // Waits until nothing is queued and every worker waits, or until `deadline`.
  void AwaitIdle(absl::Time deadline) {
    absl::MutexLock lock(&mutex_);
    while ((busy_ > 0 || !items_.empty()) && !idle_.WaitWithDeadline(&mutex_, deadline)) {
    }
  }
  // Wakes everybody up; workers end.
  void Stop() {
    absl::MutexLock lock(&mutex_);
    closed_ = stopped_ = true;
    changed_.SignalAll();
    stopping_.SignalAll();
  }
  bool stopped() const {
    absl::MutexLock lock(&mutex_);
    return stopped_;
  }

 private:
  template <typename Taken>
  void Move(size_t count, Taken& taken) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (on_change_ && count > 0) on_change_(-static_cast<int64_t>(count));
    for (; count > 0; --count) {
      taken.emplace_back(std::move(items_.front()));
      items_.pop_front();
    }
  }

  const size_t items_max_;
  const int workers_;
  const OnChange on_change_;
  mutable absl::Mutex mutex_;
  absl::CondVar changed_;   // An item came, or Stop.
  absl::CondVar stopping_;  // Stop.
  absl::CondVar idle_;      // The last busy worker waits.
  std::deque<Item> items_ ABSL_GUARDED_BY(mutex_);
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  int busy_ ABSL_GUARDED_BY(mutex_) = 0;
  int away_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_WORK_QUEUE_H_
