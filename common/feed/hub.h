// Spreads sequenced groups inside one process: to the service's own snapshot and to the streams
// that watch.
//
// The hub follows the numbered events of its database, whoever numbered them, and keeps the newest
// groups in a bounded ring of immutable values. A stream holds a cursor only; it pulls. One that
// began behind the ring is served from the database, page by page, until it reaches the ring; one
// that was in the ring and fell off is cut off. While nobody listens and nobody watches, the hub
// reads nothing.
#ifndef TWOTIER_COMMON_FEED_HUB_H_
#define TWOTIER_COMMON_FEED_HUB_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/feed/feed.h"
#include "common/feed/token.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace twotier::feed {

class HubMetrics;

// The events of one unit of work, in order. Immutable once published.
struct Group {
  std::vector<StoredEvent> events;  // Never empty; consecutive positions.
  size_t bytes = 0;                 // What it holds in memory, roughly.

  int64_t first_position() const { return events.front().position; }
  int64_t position() const { return events.back().position; }
  absl::Time known_time() const { return events.back().known_time; }
};
using GroupPtr = std::shared_ptr<const Group>;

struct HubOptions {
  // Limits of the ring, whichever comes first. A stream may be this far behind before it is cut
  // off: about a second of the highest load, or hours of an ordinary day.
  size_t ring_groups_max = 16384;
  size_t ring_bytes_max = 32u << 20;
  // How often it looks for what another process numbered.
  absl::Duration poll_interval = absl::Milliseconds(100);
  // How often a stream that was given everything gets a heartbeat: also one that wanted nothing of
  // it. Half of the sequencer's renewal would send the same watermark twice.
  absl::Duration heartbeat_interval = absl::Seconds(5);
  // Longest wait after an error of the database.
  absl::Duration backoff_max = absl::Seconds(2);
  // Limits of one page from the database, whichever comes first; a longer group is read to its
  // end. A stream that catches up holds one page, and thousands may do so at once.
  int page_events = 1000;
  size_t page_bytes = 256u << 10;
  // A group with more events, or whose message has more bytes, is not sent: who would get it starts
  // again from a snapshot (RESUME_TOKEN_EXPIRED). The events spare filling a message that would be
  // too large anyway; the bytes are what a gRPC client takes unless it was told otherwise.
  int group_events_max = 5000;
  size_t message_bytes_max = 4u << 20;
  // Streams at a time; one more is refused with RESOURCE_EXHAUSTED `QUEUE_FULL`.
  size_t streams_max = 50000;
  // Where it reports what it measures; null: nowhere. Not owned.
  prometheus::Registry* metrics = nullptr;
};

struct HubStats {
  int64_t position = 0;   // Last position published.
  absl::Time known_time;  // Watermark last seen.
  size_t streams = 0;
  size_t streams_waiting = 0;  // Of them at rest: everything was given, nothing is being read.
  size_t ring_groups = 0;
  size_t ring_bytes = 0;
  int64_t groups = 0;          // Published since the start.
  int64_t slow_consumers = 0;  // Streams cut off since the start.
  int64_t failures = 0;        // Reads that failed since the start.
};

class GroupStream;
class SubjectStream;

// Thread-safe. Outlives its streams.
class Hub {
 public:
  using Listener = std::function<void(const GroupPtr&)>;
  using PageListener = std::function<absl::Status(absl::Span<const GroupPtr>)>;

  // Reads epoch and key of the feed; creates its head when it is missing. Waits for the database.
  // `database` and `clock` are not owned. Errors: those of Database::Write.
  static absl::StatusOr<std::unique_ptr<Hub>> Create(db::Database* database, const Clock* clock,
                                                     HubOptions options);
  // Stops.
  ~Hub();

  // Calls `listener` for each group after the position given to Start, in order, without gap or
  // repeat, on the hub's thread, before any stream sees the group. Before Start only.
  void OnGroup(Listener listener);
  // The same for all groups that were read together: for a listener that rebuilds something costly
  // and does it once for all of them. While it fails no stream sees them, and it is called again
  // with them, and with what came since.
  void OnGroups(PageListener listener);

  // Starts to follow. Listeners get the groups after `after_position`: the position that the
  // service's snapshot was read at (PositionOf, in the same transaction). Called once.
  void Start(int64_t after_position);

  // Something was numbered. Cheap; any thread.
  void Wake();

  // Ends the thread; streams end with UNAVAILABLE `SHUTTING_DOWN`. Idempotent.
  void Stop();

  // A stream of all groups after `position`, which is a snapshot's or a token's (OpenToken).
  // RESOURCE_EXHAUSTED `QUEUE_FULL`; UNAVAILABLE `SHUTTING_DOWN`.
  absl::StatusOr<std::unique_ptr<GroupStream>> Watch(int64_t position);

  // A stream of the groups from now on; see GroupStream::Begin. Errors as Watch.
  absl::StatusOr<std::unique_ptr<GroupStream>> WatchFromNow();

  // A stream of the events of one subject after `after_version`; see SubjectStream. Errors as
  // Watch.
  absl::StatusOr<std::unique_ptr<SubjectStream>> WatchSubject(absl::string_view province_code,
                                                              absl::string_view subject,
                                                              int64_t after_version);

  // Token that says "I have everything up to `position`". Opaque to its holder.
  std::string SealToken(int64_t position) const;

  // Position of a token. INVALID_ARGUMENT `WRONG_RESUME_TOKEN`: altered, of another database or of
  // another epoch. That it is not older than the feed keeps is seen by the stream's first read.
  absl::StatusOr<int64_t> OpenToken(absl::string_view token) const;

  HubStats stats() const;
  const HubOptions& options() const { return options_; }

 private:
  friend class GroupStream;
  friend class SubjectStream;
  struct Waiter;
  using WaiterPtr = std::shared_ptr<Waiter>;

  Hub(db::Database* database, const Clock* clock, HubOptions options, TokenSealer sealer);

  void Loop();
  // Waits until woken or until `timeout`. False once stopped.
  bool WaitForWork(absl::Duration timeout);
  // Reads what is new and publishes it; true when there is more.
  absl::StatusOr<bool> Follow();
  // Begins anew at the feed's head, after a time in which nobody listened.
  absl::Status Catch();
  // Errors: those of the listeners; then nothing is published.
  absl::Status Publish(const std::vector<GroupPtr>& groups, absl::Time known_time);
  void Push(const GroupPtr& group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Heartbeat();
  absl::Status AddWaiter(const WaiterPtr& waiter);
  void RemoveWaiter(const WaiterPtr& waiter);

  db::Database* const database_;
  const Clock* const clock_;
  const HubOptions options_;
  const TokenSealer sealer_;
  const std::unique_ptr<HubMetrics> metrics_;
  std::vector<PageListener> listeners_;  // Not changed after Start.

  std::atomic<bool> woken_{false};
  mutable absl::Mutex mutex_;
  absl::CondVar changed_;  // Woken, or stopped.
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  // The ring: consecutive groups; the first one begins after base_, the last one ends at
  // stats_.position.
  std::deque<GroupPtr> ring_ ABSL_GUARDED_BY(mutex_);
  int64_t base_ ABSL_GUARDED_BY(mutex_) = 0;
  // Nobody listened for a while: ring and position are not current.
  bool stale_ ABSL_GUARDED_BY(mutex_) = true;
  absl::flat_hash_set<WaiterPtr> waiters_ ABSL_GUARDED_BY(mutex_);
  // Those that watch one subject.
  absl::flat_hash_map<std::string, absl::flat_hash_set<WaiterPtr>> by_subject_
      ABSL_GUARDED_BY(mutex_);
  HubStats stats_ ABSL_GUARDED_BY(mutex_);
  absl::Time heartbeat_;  // Last one, or the start; of the thread only.
  std::thread thread_;
};

// What a stream has now.
struct GroupStep {
  enum class Kind { kGroup, kHeartbeat, kWait };
  Kind kind = Kind::kWait;
  GroupPtr group;  // kGroup.
  // kGroup: when it became known, perhaps together with groups behind it. kHeartbeat: everything
  // known up to here was given.
  absl::Time known_time;
};

// One consumer of all groups. Used by one thread at a time; the wake callback runs on any thread.
class GroupStream {
 public:
  // Cuts the tie to the hub; a wake that is running may finish later.
  ~GroupStream();

  // Called whenever Next or Begin may have something after it had nothing; possibly more often.
  void SetWake(std::function<void()> wake);

  // Of a stream from now on, before Next: the position that it begins after; nothing while the hub,
  // which nobody needed until now, is not current. Never blocks. Errors: UNAVAILABLE
  // `SHUTTING_DOWN`.
  absl::StatusOr<std::optional<int64_t>> Begin();

  // Everything up to here was given.
  int64_t position() const { return cursor_; }

  // Never blocks. Errors end the stream: RESOURCE_EXHAUSTED `SLOW_CONSUMER`; OUT_OF_RANGE
  // `RESUME_TOKEN_EXPIRED` (older than the feed keeps, or a group too large to send: start again
  // from a snapshot); INVALID_ARGUMENT `WRONG_RESUME_TOKEN` (a position that was never given);
  // those of Database::Submit; UNAVAILABLE `SHUTTING_DOWN`.
  absl::StatusOr<GroupStep> Next();

 private:
  friend class Hub;
  GroupStream(Hub* hub, std::shared_ptr<Hub::Waiter> waiter, int64_t position)
      : hub_(hub), waiter_(std::move(waiter)), cursor_(position) {}

  // What the ring says of the cursor: a step, or nothing when the database must be asked.
  absl::StatusOr<std::optional<GroupStep>> FromRing();
  absl::StatusOr<GroupStep> Give(GroupPtr group);
  void FetchPage();
  void TakePage(std::vector<GroupPtr>& groups);

  Hub* const hub_;
  const std::shared_ptr<Hub::Waiter> waiter_;
  int64_t cursor_;             // Everything up to here was given.
  std::deque<GroupPtr> page_;  // Read from the database, not yet given.
  bool known_ = false;         // The database has seen the cursor's position.
  bool live_ = false;          // Has reached the ring; whoever falls off it is cut off.
};

// What a subject's stream has now.
struct SubjectStep {
  enum class Kind { kEvent, kWait };
  Kind kind = Kind::kWait;
  StoredEvent event;
};

// One consumer of one subject's events. It is woken when the subject changed and reads the new
// events from the database, so it cannot fall behind the ring, and ten thousand of them do not wake
// on each other's events. Used by one thread at a time.
class SubjectStream {
 public:
  ~SubjectStream();

  // As GroupStream::SetWake.
  void SetWake(std::function<void()> wake);

  // Never blocks. NOT_FOUND without a reason when the subject has no event at all: the caller gives
  // it one. Other errors: those of Database::Submit; UNAVAILABLE `SHUTTING_DOWN`.
  absl::StatusOr<SubjectStep> Next();

 private:
  friend class Hub;
  SubjectStream(Hub* hub, std::shared_ptr<Hub::Waiter> waiter, std::string province_code,
                int64_t after_version)
      : hub_(hub),
        waiter_(std::move(waiter)),
        province_code_(std::move(province_code)),
        after_version_(after_version) {}

  void FetchPage();

  Hub* const hub_;
  const std::shared_ptr<Hub::Waiter> waiter_;
  const std::string province_code_;
  int64_t after_version_;         // Everything up to here was given.
  std::deque<StoredEvent> page_;  // Read from the database, not yet given.
  bool exists_ = false;           // An event of the subject was seen.
  bool page_full_ = false;        // The last read may have left something.
};

// What ends a stream whose next group is too large for one message: OUT_OF_RANGE
// `RESUME_TOKEN_EXPIRED`.
absl::Status GroupTooLarge();

// Position up to which events are numbered, as `tx` sees it. A service reads it in the transaction
// in which it reads its snapshot, and goes on from there.
absl::StatusOr<int64_t> PositionOf(db::Tx& tx);

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_HUB_H_
