// The feed of a running service, put together: who numbers events, who spreads them, who deletes
// what is past its time, and how the service's snapshot follows.
#ifndef TWOTIER_COMMON_FEED_SPINE_H_
#define TWOTIER_COMMON_FEED_SPINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/chore.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/feed/hub.h"
#include "common/feed/retention.h"
#include "common/feed/sequencer.h"
#include "common/log.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace twotier::feed {

class RetentionMetrics;

// What a spine needs of its process. Nothing is owned; everything outlives the spine.
struct SpineParts {
  db::Database* database = nullptr;
  const Clock* clock = nullptr;
  Log* log = nullptr;
  prometheus::Registry* metrics = nullptr;
};

struct SpineOptions {
  // Replaces the service's snapshot in memory, on the hub's thread: called once for all groups that
  // were read together, before any stream sees them, and again until it works, because a stream
  // must not show a change that the snapshot lacks; streams then end without having seen it. Null:
  // the snapshot does not follow this feed.
  std::function<absl::Status()> reload = nullptr;
  // What is deleted, and when; nothing else ever is. See RetentionRule for what may be named.
  std::vector<RetentionRule> retention = {};
  // How long retention rests when nothing is left to delete. Rules speak of days.
  absl::Duration retention_rest = absl::Minutes(1);
};

// Thread-safe. Its threads: the sequencer's, the hub's and, with rules, that of retention.
class Spine {
 public:
  // Creates the feed's head when it is missing. Waits for the database. Errors: those of
  // Database::Write.
  static absl::StatusOr<std::unique_ptr<Spine>> Create(const SpineParts& parts,
                                                       SpineOptions options);
  // Stops.
  ~Spine();

  // Streams are opened here, also before Start.
  Hub& hub() { return *hub_; }

  // Starts the threads. The service's snapshot was read at `position` (PositionOf, in the same
  // transaction). Called once.
  void Start(int64_t position);

  // Something was committed, or is about to be. Cheap; any thread, also before Start.
  void Poke() { sequencer_->Poke(); }

  // Whether this process is the one that numbers events, and does what only one is to do.
  bool leading() const { return sequencer_->stats().leading; }

  // One slice of retention on the calling thread; true: there is more. Deletes nothing while
  // another process leads: one is enough. For the spine's own thread and for tests. Errors:
  // PurgeOnce.
  absl::StatusOr<bool> RetainOnce();

  // Ends the threads and gives the lease back; streams end with UNAVAILABLE `SHUTTING_DOWN`.
  // Idempotent.
  void Stop();

 private:
  // Between slices of retention, in which a write lane belongs to the callers.
  static constexpr absl::Duration kRetentionPause = absl::Milliseconds(100);

  Spine(const SpineParts& parts, SpineOptions options);

  absl::Status Reload() const;

  const SpineParts parts_;
  const SpineOptions options_;
  const std::unique_ptr<RetentionMetrics> retention_metrics_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<Sequencer> sequencer_;  // Wakes the hub: ends before it.
  std::unique_ptr<Chore> retention_;      // Asks the sequencer: ends before it.
};

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_SPINE_H_
