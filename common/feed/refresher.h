// Keeps what a service holds in memory in step with its database, and the database in step with the
// service that it follows.
#ifndef TWOTIER_COMMON_FEED_REFRESHER_H_
#define TWOTIER_COMMON_FEED_REFRESHER_H_

#include <functional>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/feed/follower.h"
#include "common/log.h"

namespace twotier::feed {

// What a refresher needs. Nothing is owned; everything outlives it.
struct RefresherParts {
  Log* log = nullptr;
  // Reads the memory again when the database has something else; true: it has. Errors: those of the
  // database.
  std::function<absl::StatusOr<bool>()> refresh;
  // True while this process is the one that follows: of several processes on one
  // database only one writes the replica, the others read it.
  std::function<bool()> leading;
  // Makes the follower; `applied` is to be its sink's. Null: nothing is followed.
  std::function<std::unique_ptr<Follower>(std::function<void()> applied)> follow;
};

// One thread. Thread-safe.
class Refresher {
 public:
  // How old the memory of a process may be that does not follow itself; one statement each time.
  static constexpr absl::Duration kInterval = absl::Milliseconds(100);

  explicit Refresher(RefresherParts parts) : parts_(std::move(parts)) {}
  // Stops.
  ~Refresher() { Stop(); }

  // Starts the thread. Called once.
  void Start();

  // Something was applied: look now.
  void Poke();

  // Ends the following and the thread. Idempotent.
  void Stop();

 private:
  void Loop();
  // Starts or ends the following as leadership comes and goes.
  void FollowWhileLeading();
  // Errors: those of the database.
  absl::Status Refresh();
  bool Wait();  // False once stopped.

  const RefresherParts parts_;
  std::unique_ptr<Follower> follower_;  // Touched by the thread only.

  absl::Mutex mutex_;
  bool poked_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_REFRESHER_H_
