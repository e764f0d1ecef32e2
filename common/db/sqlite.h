// SQLite as an engine: WAL, every commit on disk before it is reported, one writer.
#ifndef TWOTIER_COMMON_DB_SQLITE_H_
#define TWOTIER_COMMON_DB_SQLITE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/connection.h"

namespace twotier::db {

// When the log is copied back, in pages of 4 KiB.
struct CheckpointAt {
  // At rest: 4 MB.
  int rest = 1000;
  // Beside the lane, while units wait: 188 MB. Late, because a page is copied once however often it
  // was written; see docs/adr/0008.
  int load = 48000;
  // What is left for the lane itself: 16 MB.
  int left = 4000;
  // The lane waits for the thread beside it, and for the readers that keep the log from being begun
  // anew: 313 MB. So the file stays bounded.
  int most = 80000;
};

struct SqliteOptions {
  Access access = Access::kWrite;  // Readers are `query_only`.
  SyncFile sync = fdatasync;       // Of the log of a connection that writes.
  absl::Duration statement_timeout = absl::Seconds(10);
  Observer* observer = nullptr;
  CheckpointAt checkpoint_at = {};
};

// Opens the file at `path`, which is created when it does not exist. Errors: INVALID_ARGUMENT
// (":memory:", empty, "file:" URIs), FAILED_PRECONDITION (`DATABASE_READ_ONLY`;
// `DATABASE_NOT_RECOGNIZED`: no SQLite file), UNAVAILABLE `DATABASE_AWAY` (locked by another
// process), PERMISSION_DENIED (cannot be opened or created).
absl::StatusOr<std::unique_ptr<Connection>> OpenSqlite(absl::string_view path,
                                                       const SqliteOptions& options);

// The error map of this engine: the only place where SQLITE_* codes get a meaning.
EngineError MapSqliteError(int extended_code, absl::string_view message);

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_SQLITE_H_
