// The part of a stream that the hub and the reader pool know. Only hub.cc and streams.cc include
// it.
#ifndef TWOTIER_COMMON_FEED_WAITER_H_
#define TWOTIER_COMMON_FEED_WAITER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/feed/hub.h"

namespace twotier::feed {

// Lives as long as the stream, a read under way or a wake that is running.
struct Hub::Waiter {
  // What a read brought: groups for a stream of all, events for a stream of one subject.
  using Page = std::variant<std::vector<GroupPtr>, std::vector<StoredEvent>>;

  explicit Waiter(std::string of_subject) : subject(std::move(of_subject)) {}

  // Calls the stream's wake, without any lock: it may come back into the stream at once.
  void Wake() {
    std::shared_ptr<const std::function<void()>> call;
    {
      absl::MutexLock lock(&mutex);
      call = wake;
    }
    if (call != nullptr && *call) (*call)();
  }

  // Takes the result of a read. Wakes the stream unless it is still inside the call that began the
  // read.
  void Finish(absl::StatusOr<Page> page) {
    {
      absl::MutexLock lock(&mutex);
      result = std::move(page);
      fetching = false;
      if (submitting) return;
    }
    Wake();
  }

  const std::string subject;  // Empty: all groups.

  absl::Mutex mutex;
  std::shared_ptr<const std::function<void()>> wake ABSL_GUARDED_BY(mutex);
  std::optional<absl::StatusOr<Page>> result ABSL_GUARDED_BY(mutex);
  bool fetching ABSL_GUARDED_BY(mutex) = false;    // A read is under way.
  bool submitting ABSL_GUARDED_BY(mutex) = false;  // ... and being handed to the database.
  bool closed ABSL_GUARDED_BY(mutex) = false;      // The stream is gone.

  // Under the hub's lock.
  bool waiting = false;    // The stream was told to wait and not woken since.
  bool heartbeat = false;  // A heartbeat is due.
  bool dirty = true;       // The subject may have events that were not read.
};

// How much one page holds, whichever comes first.
struct PageLimits {
  int events = 0;
  size_t bytes = 0;
};

// Whole groups after `position`: at least one, if there is any, and no further one once a limit is
// reached.
absl::StatusOr<std::vector<GroupPtr>> ReadGroups(db::Tx& tx, int64_t position, PageLimits limits);

// Last position that retention has deleted; who stands before it has missed something.
absl::StatusOr<int64_t> DeletedPosition(db::Tx& tx);

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_WAITER_H_
