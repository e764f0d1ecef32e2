// A database as the rest of a service uses it: units of work go in, outcomes come out after the
// commit.
#ifndef TWOTIER_COMMON_DB_DATABASE_H_
#define TWOTIER_COMMON_DB_DATABASE_H_

#include <unistd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "common/db/migrate.h"

namespace twotier::db {

enum class Engine { kSqlite, kPostgres };

// An aggregate whose state a decision rests on. Its version row is bumped before the unit runs, so
// that two units that rest on the same aggregate never commit without seeing each other (write
// skew).
struct Key {
  std::string province_code;  // Distribution column; empty for national aggregates.
  std::string name;           // For example "provinces/48/centers/H17.11" or "unit_tree".
};

// One unit of work for a write lane.
struct Unit {
  // Aggregates it rests on. The first one picks the lane.
  std::vector<Key> keys;
  // The queries it begins with, in order, as far as they are known beforehand; as Read::first. Of
  // units of a batch that ask the same only the first one finds the rows there. Another unit of the
  // batch may still change what they say before the work runs: the writes that rest on them must
  // say so (`Tx::Write` of a version that is expected), then both run again.
  std::vector<BoundStatement> first;
  // The work. May run twice. An error undoes everything and is handed to `done`.
  std::function<absl::Status(Tx& tx)> work;
  // Asked just before the work; false drops the unit unrun, with DEADLINE_EXCEEDED to `done`.
  std::function<bool()> wanted;
  // Run alone, in a transaction of its own that is rolled back whatever happens (`validate_only`).
  bool dry_run = false;
  // What it holds in memory, roughly: the size of the request. Counts against
  // DatabaseOptions::queue_bytes_max until `done` was called.
  size_t bytes = 0;
  // Of a thread of the process's own (Write), such as the one that numbers the feed: it has places
  // that a flood of calls does not take from it.
  bool own = false;
  // Called exactly once, on a thread of the lane's, after the commit or the final failure. Units of
  // different batches may be told out of order. Must not block.
  std::function<void(absl::Status)> done;
};

// One read for the reader pool: a read-only transaction that sees one committed state.
struct Read {
  // The query it begins with, when that is known beforehand: the reads that wait have theirs sent
  // in one flight, where the engine has flights. A hint; what the work asks decides. Only for
  // look-ups that end at once, such as a row by its key: the others of the flight wait for it.
  std::optional<BoundStatement> first;
  std::function<absl::Status(Tx& tx)> work;
  std::function<bool()> wanted;
  size_t bytes = 0;  // As a unit's.
  bool own = false;  // As a unit's (ReadNow).
  std::function<void(absl::Status)> done;
};

// Receives what the engines measure. Thread-safe; must not block. Null is allowed: nothing is
// measured.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnStatement(absl::string_view name, absl::Duration took, bool ok) = 0;
  // Units that were committed together.
  virtual void OnBatch(int units, absl::Duration took) = 0;
  virtual void OnConflict() = 0;
  virtual void OnReconnect() = 0;
  // By how much the units or reads that wait have become more, or fewer.
  virtual void OnQueue(bool writer, int64_t change) = 0;
  virtual void OnWal(int64_t bytes) = 0;
};

// Puts what was written to the file of a descriptor on the disk, as fdatasync(2), with its result.
using SyncFile = std::function<int(int descriptor)>;

struct DatabaseOptions {
  int lanes_postgres = 4;         // Measured on two cores; see docs/adr/0008.
  size_t batch_max_sqlite = 256;  // As many as are usually in flight; see docs/adr/0008.
  size_t batch_max_postgres = 64;
  size_t queue_max = 4096;  // Per lane; a full queue refuses at once.
  size_t read_queue_max = 4096;
  // Bytes of the requests that are large, over all queues; one more is refused at once. As sent:
  // parsed they take a few times as much.
  size_t queue_bytes_max = 64u << 20;
  int readers = 2;  // Reader connections.
  // Reads that wait share a transaction until it is this old. With one long read at its end it
  // stays below a second: an older one would keep SQLite's WAL and PostgreSQL's dead rows from
  // being cleared.
  absl::Duration read_transaction_max = absl::Milliseconds(400);
  int retry_max = 8;  // Reruns of a unit that lost to others.
  absl::Duration statement_timeout = absl::Seconds(10);
  absl::Duration lock_timeout = absl::Milliseconds(50);
  // PostgreSQL: silence beyond the statement's timeout that ends the connection. A commit has no
  // timeout of its own; this is what a stalled disk gets.
  absl::Duration answer_margin = absl::Seconds(5);
  absl::Duration reconnect_backoff_max = absl::Seconds(2);
  bool migrate = true;  // Apply missing migrations at open; else refuse a schema that lacks any.
  SyncFile sync = fdatasync;     // Of SQLite's log. Tests hold it up or let it fail.
  Observer* observer = nullptr;  // Not owned; outlives the database.
};

// Owns the connections, the lanes and the reader pool of one database. Thread-safe.
//
// A lost connection is opened again in the background; meanwhile units and reads are refused with
// UNAVAILABLE `DATABASE_AWAY` and RetryInfo.
class Database {
 public:
  // `url`: "sqlite:PATH" (":memory:" is refused: lanes and readers could not share it) or
  // "postgresql://...". Errors: INVALID_ARGUMENT (the URL or the options); FAILED_PRECONDITION
  // `DATABASE_SCHEMA_NEWER`, `DATABASE_SCHEMA_BEHIND`, `DATABASE_COLLATION`,
  // `DATABASE_NOT_RECOGNIZED` (a file that is no database) or `DATABASE_READ_ONLY`; UNAVAILABLE
  // `DATABASE_AWAY` (cannot be reached, locked); PERMISSION_DENIED (a file that cannot be opened).
  // No message carries the URL's password.
  static absl::StatusOr<std::unique_ptr<Database>> Open(absl::string_view url,
                                                        const std::vector<Migration>& migrations,
                                                        DatabaseOptions options);
  virtual ~Database() = default;

  virtual Engine engine() const = 0;

  // Hands a unit to its lane. Never blocks. A queue without a place, or without room for the unit's
  // bytes, calls `done` at once, on this thread, with RESOURCE_EXHAUSTED `QUEUE_FULL` and
  // RetryInfo.
  virtual void Submit(Unit unit) = 0;

  // Hands a read to the reader pool. As Submit.
  virtual void Submit(Read read) = 0;

  // Convenience that waits, for start-up, jobs and tests; never from a gRPC or lane thread.
  absl::Status Write(std::vector<Key> keys, std::function<absl::Status(Tx&)> work);
  absl::Status ReadNow(std::function<absl::Status(Tx&)> work);

  // OK while writes can be accepted: connected, schema current, not read-only. For health.
  virtual absl::Status Writable() const = 0;

  // Stops accepting, finishes what is queued within `grace`, then fails the rest with UNAVAILABLE
  // `SHUTTING_DOWN`. Called once; the destructor calls it with zero grace.
  virtual void Drain(absl::Duration grace) = 0;
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_DATABASE_H_
