// Follows the change feed of another service into the tables of this one.
//
// The position in the source's feed is kept in the transaction that applies what was received, so a
// restart neither loses nor repeats a group. While the source is away nothing changes: readers go
// on with what is there, and the lag tells how old it is.
#ifndef TWOTIER_COMMON_FEED_FOLLOWER_H_
#define TWOTIER_COMMON_FEED_FOLLOWER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/db/database.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace twotier::feed {

class FollowerMetrics;

// One message of a followed stream.
struct FollowedItem {
  enum class Kind { kSnapshotPart, kSnapshotEnd, kGroup, kHeartbeat };
  Kind kind = Kind::kHeartbeat;
  std::string token = {};      // kSnapshotEnd, kGroup: resumes after it.
  absl::Time known_time = {};  // kGroup, kHeartbeat.
  // kSnapshotPart, kGroup: writes the items as rows of snapshot `snapshot_id`. A part is staged: no
  // reader looks at that id yet. A group changes the snapshot in use; an item at or below the
  // subject version held is dropped. May run twice.
  std::function<absl::Status(db::Tx& tx, int64_t snapshot_id)> apply = nullptr;
};

// A stream that can be opened again and again. Used by the follower's thread, Cancel by any.
class FollowedFeed {
 public:
  virtual ~FollowedFeed() = default;

  // Opens the stream after `token`; empty: with a snapshot. Closes the one before. Does not wait.
  virtual void Open(absl::string_view token) = 0;

  // The next message. DEADLINE_EXCEEDED: nothing came for `timeout`. Any other error: the stream
  // ended, with the source's code and reason; UNAVAILABLE also when it ended without an error.
  virtual absl::StatusOr<FollowedItem> Read(absl::Duration timeout) = 0;

  // Makes a Read that waits, and every later one, return CANCELLED.
  virtual void Cancel() = 0;
};

// What the follower's owner does with what came.
struct FollowerSink {
  // Makes `snapshot_id` the snapshot in use and deletes the rows of every other one. May run twice.
  std::function<absl::Status(db::Tx& tx, int64_t snapshot_id)> swap;
  // Something was committed: rebuild what is held in memory. On the follower's thread, after each
  // group and each swap.
  std::function<void()> applied;
};

struct FollowerOptions {
  // Name of the source; key of its position. Required.
  std::string source = {};
  // Waits between attempts: doubled from the first to the longest, each shortened by a random part
  // of up to a half, so that all followers of a restarted source do not come at once.
  absl::Duration backoff_min = absl::Milliseconds(100);
  absl::Duration backoff_max = absl::Seconds(5);
  // The source sends a heartbeat each 5 s; after three missing ones it is taken for dead.
  absl::Duration silence_max = absl::Seconds(16);
  // Where it reports what it measures; null: nowhere. Not owned.
  prometheus::Registry* metrics = nullptr;
};

struct FollowerStats {
  bool connected = false;   // A message came on the present stream.
  bool current = false;     // A whole snapshot is in use.
  int64_t snapshot_id = 0;  // 0: none yet.
  absl::Time last_message_time = absl::InfinitePast();
  absl::Time known_time =
      absl::InfinitePast();  // Everything known to the source up to here is applied.
  absl::Duration lag = absl::InfiniteDuration();  // Since known_time.
  int64_t groups = 0;
  int64_t snapshots = 0;
  int64_t connects = 0;
  int64_t failures = 0;          // Streams that ended, and transactions that failed.
  absl::Status last_error = {};  // How the last stream ended.
};

// Thread-safe.
class Follower {
 public:
  // Nothing is owned but the feed; all else outlives the follower.
  Follower(db::Database* database, const Clock* clock, std::unique_ptr<FollowedFeed> source,
           FollowerSink sink, FollowerOptions options);
  // Stops.
  ~Follower();

  // Starts the thread; does not wait for the source, nor for the database. Called once.
  void Start();

  // Ends the stream and the thread. Idempotent.
  void Stop();

  FollowerStats stats() const;

 private:
  struct Position;

  void Loop();
  // Reads one stream to its end and says how it ended; `moved` tells whether anything came.
  absl::Status FollowOnce(bool& moved);
  absl::StatusOr<Position> LoadPosition();
  absl::Status BeginSnapshot(Position& position);
  absl::Status ForgetToken(Position& position);
  absl::Status Take(const FollowedItem& item, Position& position);
  // Applies and stores `next` in one transaction; then `position` is `next`.
  absl::Status Commit(const Position& next, Position& position,
                      const std::function<absl::Status(db::Tx&)>& apply);
  bool Pause(absl::Duration time);  // False once stopped.
  void Note(const Position& position);

  db::Database* const database_;
  const Clock* const clock_;
  const std::unique_ptr<FollowedFeed> source_;
  const FollowerSink sink_;
  const FollowerOptions options_;
  const std::unique_ptr<FollowerMetrics> metrics_;

  mutable absl::Mutex mutex_;
  absl::CondVar changed_;  // Stopped.
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  FollowerStats stats_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// Snapshot of `source` that is in use; 0 when none is complete yet. Readers of the followed tables
// select the rows of this id, in the same transaction.
absl::StatusOr<int64_t> SnapshotInUse(db::Tx& tx, absl::string_view source);
// How far `source` was followed: the same token stands for the same records. Empty: it never was.
// Errors: those of db::Tx.
absl::StatusOr<std::string> TokenInUse(db::Tx& tx, absl::string_view source);

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_FOLLOWER_H_
