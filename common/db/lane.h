// A write lane: one thread, one connection, one bounded queue, one commit for many units.
#ifndef TWOTIER_COMMON_DB_LANE_H_
#define TWOTIER_COMMON_DB_LANE_H_

#include <deque>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/db/connection.h"
#include "common/db/database.h"
#include "common/db/hardening.h"
#include "common/db/work_queue.h"

namespace twotier::db {

// Runs units in the order in which they came, many in one transaction.
//
// A batch is tried optimistically, without savepoints. When it lost to another transaction it is
// halved and run again; when something in it failed after writing, its units are run one by one,
// each in its own transaction, so that a poisoned unit never fails a mate. Every outcome, errors
// too, is reported after the commit it may rest on. See docs/adr/0001.
class Lane {
 public:
  struct Options {
    // The same in every process that has as many lanes. Lanes of one name take turns: batches that
    // would meet in the same aggregates gather units while they wait, instead of holding each other
    // up inside.
    std::string name;
    size_t batch_max = 32;
    size_t queue_max = 4096;
    int retry_max = 8;
    absl::Duration reconnect_backoff_max = absl::Seconds(2);
    // Answers while units wait are given on a second thread: they cost about as much as the
    // statements, and meanwhile the lane writes the next batch. Of no use where lanes are many.
    bool answers_aside = false;
    // Set where commits are hardened (Connection::Harden): with answers_aside, on the second
    // thread, which the lane does not wait for. Not owned; outlives the lane. Of no other lane.
    Hardening* hardening = nullptr;
    Observer* observer = nullptr;
  };

  Lane(std::unique_ptr<Connection> connection, const Options& options);
  ~Lane();

  // Thread-safe. Refuses by calling `done` on this thread.
  void Submit(Unit unit);

  // OK unless the connection is lost or the last write met a database that takes none. Heals with
  // the next write, of a unit or of the idle lane's own. Thread-safe.
  absl::Status health() const;

  // Refuses new units from now on.
  void Close() { queue_.Close(); }
  // Finishes what is queued until `deadline`, then fails the rest with UNAVAILABLE `SHUTTING_DOWN`.
  void Drain(absl::Time deadline);

 private:
  struct Job {
    explicit Job(Unit u) : unit(std::move(u)) {}
    Unit unit;
    absl::Status status;
    // What each of `unit.first` asked for, in this attempt; absent: the unit asks itself.
    std::vector<std::optional<Rows>> fetched;
    bool singly = false;    // Its batch was broken: it runs in a transaction of its own.
    bool requeued = false;  // A lost connection has cost it one run.
    int alone = 0;          // Runs that conflicted with nobody else in the batch.
  };
  // A batch whose units know their outcome, once commits up to `commit` are hard.
  struct Answers {
    std::vector<Job> batch;
    int64_t commit = 0;
  };
  enum class Outcome {
    kCommitted,  // Every status is final.
    kUndone,     // The same, after a rollback: dry runs and a unit alone that failed.
    kConflict,   // Lost to another transaction; rolled back.
    kBroken,     // Something failed after writing; rolled back; run singly.
    kLost,       // The connection broke before the commit was sent.
    kUnknown,    // The connection broke while committing.
  };

  void Run();
  void RunAnswers();
  void Reconnect();
  void RunNext();
  std::vector<Job> NextBatch();
  Outcome Attempt(absl::Span<Job> batch, bool singly);
  Outcome RunUnits(absl::Span<Job> batch, bool singly);
  Outcome RunUnit(Job& job, bool singly, bool alone);
  Outcome CommitUnits(absl::Span<Job> batch, bool singly);
  absl::Status FetchAll(absl::Span<Job> batch);
  Outcome OutcomeOfFailure(absl::Span<Job> batch, bool singly, const absl::Status& status);
  void Settle(std::vector<Job> batch, Outcome outcome);
  void Conflicted(std::vector<Job> batch);
  void PutBack(std::vector<Job> batch);
  void FinishAll(std::vector<Job> batch);
  // Hardens what they rest on and answers them.
  void Give(absl::Span<Answers> answers);
  static void Finish(Job& job);
  void Retire(const absl::Status& failure);
  void FailAll(const absl::Status& status);
  void NoteHealth(const absl::Status& status);
  void NoteRefusal(const absl::Status& status);
  void ProbeWrites();
  absl::Status WriteAlone(const Statement& statement, Values values);

  const std::unique_ptr<Connection> connection_;
  const Options options_;
  WorkQueue<Unit> queue_;

  // Of the lane's thread only.
  std::deque<Job> waiting_;  // Taken from the queue, not finished.
  size_t batch_limit_;       // Halved by a conflict, doubled by a commit.
  int conflicts_in_row_ = 0;
  bool batch_wrote_ = false;  // A unit of the batch wrote something.
  bool at_rest_ = false;      // No unit came during the last wait.
  std::minstd_rand random_;   // For backoff only.

  mutable absl::Mutex health_mutex_;
  absl::Status health_ ABSL_GUARDED_BY(health_mutex_);

  WorkQueue<Answers> answers_;  // Committed batches, at most one beside the one under way.
  std::thread answerer_;        // Only with answers_aside.
  std::thread thread_;          // Last: it uses all of the above.
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_LANE_H_
