// Bounds what queued requests may hold in memory.
#ifndef TWOTIER_COMMON_DB_BYTE_BUDGET_H_
#define TWOTIER_COMMON_DB_BYTE_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"

namespace twotier::db {

// Shared by all queues of one database. Thread-safe; outlives what it admitted.
//
// Queues are bounded by places, which is enough for small requests: with nine queues of 4,096
// places they hold 150 MB at most, and they pay nothing here. Large ones share `bytes_max`.
class ByteBudget {
 public:
  // From here on a request is large.
  static constexpr size_t kLargeBytes = 4096;

  explicit ByteBudget(size_t bytes_max) : bytes_max_(bytes_max) {}

  // False: `item` would exceed the budget. True: it has its part until its `done` has been called.
  // One that alone exceeds the whole budget is admitted when no other large one is there.
  template <typename Item>
  bool Admit(Item& item) {
    if (item.bytes < kLargeBytes) return true;
    size_t used = used_.load(std::memory_order_relaxed);
    do {
      if (used > 0 && used + item.bytes > bytes_max_) return false;
    } while (!used_.compare_exchange_weak(used, used + item.bytes, std::memory_order_relaxed));
    item.done = [this, bytes = item.bytes, done = std::move(item.done)](absl::Status status) {
      done(std::move(status));
      used_.fetch_sub(bytes, std::memory_order_relaxed);
    };
    return true;
  }

 private:
  const size_t bytes_max_;
  std::atomic<size_t> used_{0};
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_BYTE_BUDGET_H_
