// Numbers committed events. One thread per process; of several processes on one database only the
// one that holds the lease numbers, the others stand by and take over when the lease ends.
#ifndef TWOTIER_COMMON_FEED_SEQUENCER_H_
#define TWOTIER_COMMON_FEED_SEQUENCER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/db/database.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace twotier::feed {

class SequencerMetrics;

struct SequencerOptions {
  // A process that died is succeeded after this time. Renewed at half of it, also when nothing
  // happens: that write carries the watermark of knowledge time forward.
  absl::Duration lease = absl::Seconds(10);
  // How often it looks for events of other processes, which cannot poke it.
  absl::Duration poll_interval = absl::Milliseconds(100);
  // Least time between two passes: at most 200 a second share the write lane, each with what came
  // meanwhile.
  absl::Duration pause_min = absl::Milliseconds(5);
  // Longest wait after an error.
  absl::Duration backoff_max = absl::Seconds(2);
  // Events numbered by one pass, so that it holds up a write lane for some milliseconds only: an
  // event costs about 8 us on SQLite and, with its two index entries and its new row version, 30 us
  // on PostgreSQL. A larger group (an import) is numbered whole.
  int slice_events_sqlite = 1000;
  int slice_events_postgres = 250;
  // Slices are this much larger while more is waiting than one holds: what a pass costs beside its
  // events, above all its turn among the batches of writers, is then shared by more of them.
  int catch_up_factor = 4;
  // Called after each pass that numbered something, on the sequencer's thread, for example
  // Hub::Wake.
  std::function<void()> on_sequenced = nullptr;
  // Name in the lease; empty: a random one. Tests name their holders.
  std::string holder = {};
  // Where it reports what it measures; null: nowhere. Not owned.
  prometheus::Registry* metrics = nullptr;
};

struct SequencerStats {
  bool leading = false;     // Holds a lease that has not run out.
  int64_t fencing = 0;      // Of the lease it holds or held.
  int64_t position = 0;     // Last position that was given, as it knows.
  int64_t numbered = 0;     // Events numbered by this process.
  int64_t passes = 0;       // Passes that numbered something.
  int64_t failures = 0;     // Passes that failed.
  int64_t pending = 0;      // Events that waited at the last count, at most kPendingCountMax.
  absl::Duration lag = {};  // Since when something has been waiting; zero when nothing is.
};

// Thread-safe.
class Sequencer {
 public:
  // More waiting events are not counted exactly: counting them would slow the numbering down.
  static constexpr int kPendingCountMax = 10000;
  // How often the waiting events are counted, for the metrics.
  static constexpr absl::Duration kCountInterval = absl::Seconds(2);

  // `database` and `clock` are not owned and outlive the sequencer. Creates the feed's head when it
  // is missing; waits for the database. Errors: those of Database::Write.
  static absl::StatusOr<std::unique_ptr<Sequencer>> Create(db::Database* database,
                                                           const Clock* clock,
                                                           SequencerOptions options);
  // Stops.
  ~Sequencer();

  // Starts the thread. Called once.
  void Start();

  // Something was committed. Costs next to nothing; may be called from a lane thread.
  void Poke();

  // One pass on the calling thread: takes or renews the lease and numbers one slice. Returns how
  // many events it numbered; 0 also when another process holds the lease. For tests and for tools
  // without a sequencer's thread. Errors: those of Database::Write.
  absl::StatusOr<int64_t> RunOnce();

  // Ends the thread and gives the lease back, so that another process takes over at once.
  // Idempotent.
  void Stop();

  SequencerStats stats() const;

 private:
  // What a pass found and did. Filled by the unit of work, which may run twice.
  struct Pass {
    bool leading = false;
    int64_t fencing = 0;
    int64_t position = 0;
    int64_t numbered = 0;
    bool more = false;     // The slice was full.
    int64_t until_us = 0;  // End of the lease.
  };

  Sequencer(db::Database* database, const Clock* clock, SequencerOptions options);

  void Loop();
  // Waits until poked or until `timeout`, at least pause_min. False once stopped.
  bool WaitForWork(absl::Duration timeout);
  absl::StatusOr<Pass> TryPass();
  absl::Status RunPass(db::Tx& tx, int64_t held_fencing, int slice_events, Pass& pass) const;
  void CountPending();
  void Release();

  db::Database* const database_;
  const Clock* const clock_;
  const SequencerOptions options_;
  const int slice_events_;
  const std::unique_ptr<SequencerMetrics> metrics_;

  std::atomic<bool> poked_{false};
  mutable absl::Mutex mutex_;
  absl::CondVar changed_;  // Poked, or stopped.
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool more_ ABSL_GUARDED_BY(mutex_) = false;  // The last slice was full.
  SequencerStats stats_ ABSL_GUARDED_BY(mutex_);
  absl::Time leading_until_ ABSL_GUARDED_BY(mutex_);  // End of the lease as last written.
  absl::Time behind_since_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  absl::Time counted_ = absl::InfinitePast();  // Of the thread only.
  std::thread thread_;
};

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_SEQUENCER_H_
