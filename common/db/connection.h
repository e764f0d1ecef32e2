// One connection of one engine: the side of Tx that lanes, readers and migrations drive.
#ifndef TWOTIER_COMMON_DB_CONNECTION_H_
#define TWOTIER_COMMON_DB_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/db/database.h"
#include "common/db/db.h"

namespace twotier::db {

enum class Access { kWrite, kRead };

// What an engine's error means for the transaction it happened in. Only the engines decide it.
enum class Fault {
  kStatement,  // This statement failed, and would fail again.
  kConflict,   // The transaction lost to another one and may be run again.
  kLost,       // The connection is of no use any more; nothing of an open transaction stays.
};

// An engine's error in the words of this layer.
struct EngineError {
  Fault fault;
  absl::Status status;
};

// The row of `aggregate_version` that stands for an aggregate. Rows are bounded: see docs/adr/0002.
struct Bump {
  std::string province_code;
  int64_t bucket;

  friend bool operator==(const Bump&, const Bump&) = default;
  friend auto operator<=>(const Bump&, const Bump&) = default;
};

// Buckets of each province, and of what lies in none: people, of whom every order names one. Lanes
// whose batches meet in a bucket wait for each other; that costs time, never correctness. Of two
// batches of 64 aggregates some 63 % would meet in 4096 buckets, and 2 % do in 262,144. All rows
// are at most some 400,000, of 60 bytes each.
inline constexpr int64_t kBucketsPerProvince = 4096;
inline constexpr int64_t kBucketsOfTheCountry = 262144;

// A hash that is the same in every process and release, because its result is stored.
uint64_t StableHash(absl::string_view a, absl::string_view b);

// The distinct bumps of `keys`, sorted.
std::vector<Bump> BumpsOf(const std::vector<const std::vector<Key>*>& keys);

// A connection with at most one open transaction. Not thread-safe; one thread drives it at a time.
//
// The public functions keep the rules that both engines share (usable state, values, guards,
// measurements) and call the private virtual ones, which engines implement.
class Connection : public Tx {
 public:
  using Tx::Exec;
  using Tx::Query;
  using Tx::Write;

  absl::StatusOr<Rows> Query(const Statement& statement, Values values) final;
  absl::StatusOr<std::vector<Rows>> QueryAll(absl::Span<const BoundStatement> queries) final;
  absl::StatusOr<int64_t> Exec(const Statement& statement, Values values) final;
  absl::Status Write(const Statement& statement, Values values, int64_t rows_expected) final;
  absl::Status Guard(const std::function<absl::Status()>& body) final;
  bool conflicted() const final { return conflicted_; }

  // Starts a transaction. `bumps` (sorted, distinct) are increased first; engines with one writer
  // skip them. PostgreSQL may report a failure only at the next call.
  // `turn` names what transactions of other processes take one after the other; empty: nothing.
  absl::Status Begin(Access access, absl::Span<const Bump> bumps, absl::string_view turn = "");

  // Runs queries in one flight and returns the rows of each, in order; nothing where queries need
  // no flight. The first failure is the answer, as of Query.
  absl::StatusOr<std::vector<Rows>> Fetch(absl::Span<const BoundStatement* const> queries);

  // Runs one statement that is not worth preparing, for example DDL.
  absl::Status RunOnce(absl::string_view sql);

  // Waits for what Write has deferred.
  absl::Status Settle();

  // Ends the transaction. UNAVAILABLE `OUTCOME_UNKNOWN` when the connection was lost while
  // committing. A transaction that read only may be ended without waiting.
  absl::Status Commit();
  void Rollback();

  // As Commit; what was committed may be seen at once, but outlives a power cut only when a Harden
  // that began later has returned OK. Engines that do not tell the two apart harden it at once.
  absl::Status CommitEarly();
  // Whether CommitEarly leaves anything to Harden.
  virtual bool hardens() const { return false; }
  // Hardens every commit that has returned. Waits for the disk. Any thread, also while the
  // connection is in use. An error leaves open what a power cut would leave of them; trying again
  // would not tell.
  virtual absl::Status Harden() { return absl::OkStatus(); }

  // Starts the next unit of the open transaction. `singly`: its guards take savepoints.
  void StartUnit(bool singly);
  // Whether the unit wrote anything.
  bool unit_wrote() const { return wrote_; }
  // The transaction cannot be committed: lost, conflicted, failed, or a guard failed after it had
  // written.
  bool broken() const { return lost_ || conflicted_ || doomed_ || !failure_.ok(); }
  // The engine's first error in this transaction.
  const absl::Status& failure() const { return failure_; }

  // The connection must be opened again before it is used.
  bool lost() const { return lost_; }
  absl::Status Reopen();
  // Looks, without waiting, whether an idle connection is still there; sets lost() when it is not.
  virtual void CheckIdle() {}

  // Whether Fetch asks anything.
  virtual bool fetches() const { return false; }

  // Whether units must bump the rows of their keys.
  virtual bool needs_bumps() const = 0;

  // Work on the side, after each commit and when the lane is at rest (`idle`). SQLite checkpoints
  // here.
  virtual void KeepHouse(bool idle) { (void)idle; }

  // Keeps other processes from migrating the schema between the two calls.
  virtual absl::Status LockSchema() = 0;
  virtual void UnlockSchema() = 0;
  // Whether a table of this name exists.
  virtual absl::StatusOr<bool> HasTable(absl::string_view table) = 0;

 protected:
  explicit Connection(Observer* observer) : observer_(observer) {}

  // Notes an error of the engine and returns the status for the caller.
  absl::Status Fail(EngineError error);
  void NoteWrite() { wrote_ = true; }
  Observer* observer() const { return observer_; }

 private:
  enum class Point { kSet, kRelease, kRollback };

  virtual absl::Status DoBegin(Access access, absl::Span<const Bump> bumps,
                               absl::string_view turn) = 0;
  virtual absl::StatusOr<Rows> DoQuery(const Statement& statement, Values values) = 0;
  virtual absl::StatusOr<int64_t> DoExec(const Statement& statement, Values values) = 0;
  virtual absl::Status DoWrite(const Statement& statement, Values values,
                               int64_t rows_expected) = 0;
  virtual absl::StatusOr<std::vector<Rows>> DoFetch(absl::Span<const BoundStatement* const>) {
    return std::vector<Rows>();
  }
  virtual absl::Status DoRunOnce(absl::string_view sql) = 0;
  virtual absl::Status DoSettle() = 0;
  virtual absl::Status DoCommit() = 0;
  virtual absl::Status DoCommitEarly() { return DoCommit(); }
  virtual void DoRollback() = 0;
  virtual absl::Status DoReopen() = 0;

  absl::Status Usable() const;
  absl::Status RunPoint(Point point);
  absl::Status GuardSingly(const std::function<absl::Status()>& body);
  void ClearTransaction();

  Observer* const observer_;
  bool conflicted_ = false;
  bool lost_ = false;
  bool doomed_ = false;  // A guard failed after it had written, where no savepoint was taken.
  bool wrote_ = false;
  bool singly_ = false;
  absl::Status failure_;
};

// Borrows the values of `bound`.
std::vector<Value> ValuesOf(const BoundStatement& bound);

// True when `bound` is `statement` with `values`.
bool Binds(const BoundStatement& bound, const Statement& statement, Values values);

// INVALID_ARGUMENT unless every text is UTF-8 without U+0000: PostgreSQL can store nothing else.
absl::Status CheckTexts(const Statement& statement, Values values);

// The error of a statement that breaks the contract: INTERNAL `BROKEN_INVARIANT`.
EngineError Broken(absl::string_view statement, absl::string_view what);

// UNAVAILABLE `DATABASE_AWAY` with RetryInfo.
absl::Status Away(absl::string_view why);

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_CONNECTION_H_
