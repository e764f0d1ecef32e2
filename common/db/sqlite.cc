#include "common/db/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/db/sqlite_checkpointer.h"
#include "common/db/sqlite_wal_buffer.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::db {
namespace {

// How long a connection waits for a lock that another process holds before it counts as a conflict.
// In this process the lane is the only writer and never waits.
constexpr int kBusyTimeoutMs = 100;
// The same while opening: another process may be migrating or checkpointing.
constexpr int kOpenBusyTimeoutMs = 2000;
// Between two tries to take a lock that SQLite does not wait for.
constexpr int kOpenRetryMs = 5;
// Virtual machine steps between two looks at the clock: some 100 µs.
constexpr int kStepsPerTimeoutCheck = 10000;
constexpr int kPageBytes = 4096;

// A statement that is compiled once per connection.
struct Prepared {
  sqlite3_stmt* statement = nullptr;
  std::string sql;
  std::vector<int> positions;  // positions[i]: where SQLite put the parameter `$(i+1)`.
  bool reads_only = false;
  bool counts_rows = false;  // Its changes are counted in rows; DDL's are not.
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(absl::string_view path, const SqliteOptions& options)
      : Connection(options.observer), path_(path), options_(options) {}
  ~SqliteConnection() override { Close(); }

  // `create`: a file that is missing is made; else it is refused.
  absl::Status Open(bool create);

  bool hardens() const override { return true; }
  absl::Status Harden() override ABSL_LOCKS_EXCLUDED(log_mutex_);
  bool needs_bumps() const override { return false; }
  void KeepHouse(bool idle) override;
  // BEGIN IMMEDIATE already lets one migrate at a time.
  absl::Status LockSchema() override { return absl::OkStatus(); }
  void UnlockSchema() override {}
  absl::StatusOr<bool> HasTable(absl::string_view table) override;

 private:
  absl::Status DoBegin(Access access, absl::Span<const Bump> bumps,
                       absl::string_view turn) override;
  absl::StatusOr<Rows> DoQuery(const Statement& statement, Values values) override;
  absl::StatusOr<int64_t> DoExec(const Statement& statement, Values values) override;
  absl::Status DoWrite(const Statement& statement, Values values, int64_t rows_expected) override;
  absl::Status DoRunOnce(absl::string_view sql) override;
  absl::Status DoSettle() override { return absl::OkStatus(); }
  absl::Status DoCommit() override;
  absl::Status DoCommitEarly() override;
  void DoRollback() override;
  absl::Status DoReopen() override {
    Close();
    return Open(/*create=*/false);  // A file that is gone must not come back empty.
  }

  absl::StatusOr<Prepared*> Prepare(const Statement& statement, Values values);
  absl::Status Bind(const Prepared& prepared, Values values);
  absl::StatusOr<Row> ReadRow(sqlite3_stmt* statement, absl::string_view name);
  EngineError LastError() const;
  int RunPragma(absl::string_view pragma);
  absl::Status Configure();
  void Close();
  void Checkpoint(int mode) ABSL_LOCKS_EXCLUDED(log_mutex_);

  static int OnWalCommit(void* self, sqlite3*, const char*, int pages);
  static int OnSteps(void* self);

  const std::string path_;
  const SqliteOptions options_;
  sqlite3* database_ = nullptr;
  absl::flat_hash_map<std::string, std::unique_ptr<Prepared>> prepared_;
  int wal_pages_ = 0;
  int wal_pages_checkpointed_ = 0;
  int64_t statement_deadline_ns_ = 0;
  std::unique_ptr<SqliteCheckpointer> beside_;  // Of an open connection that writes.

  absl::Mutex log_mutex_;
  int log_ ABSL_GUARDED_BY(log_mutex_) = -1;  // Descriptor for Harden; -1: not opened yet.
  // The system tells of a failed sync once; a later one would hide it.
  absl::Status log_failure_ ABSL_GUARDED_BY(log_mutex_);
};

EngineError SqliteConnection::LastError() const {
  return MapSqliteError(sqlite3_extended_errcode(database_), sqlite3_errmsg(database_));
}

absl::Status SqliteConnection::Open(bool create) {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(
      path_.c_str(), &database_, kFlags | (create ? SQLITE_OPEN_CREATE : 0), WalBufferFileSystem());
  if (code != SQLITE_OK) {
    const std::string why = database_ == nullptr ? "out of memory" : sqlite3_errmsg(database_);
    Close();
    return absl::PermissionDeniedError(absl::StrCat("cannot open ", path_, ": ", why));
  }
  if (sqlite3_db_readonly(database_, "main") == 1) {
    Close();
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(path_, " is read-only"), "DATABASE_READ_ONLY");
  }
  absl::Status status = Configure();
  if (!status.ok()) Close();
  return status;
}

// Runs a pragma. SQLite's busy timeout does not wait for a lock that would have to be upgraded, as
// when two processes switch a new file to WAL together; whoever loses tries again until the same
// timeout.
int SqliteConnection::RunPragma(absl::string_view pragma) {
  const std::string sql(pragma);
  const absl::Time deadline = absl::Now() + absl::Milliseconds(kOpenBusyTimeoutMs);
  for (;;) {
    const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
    if ((code & 0xff) != SQLITE_BUSY || absl::Now() >= deadline) return code;
    sqlite3_sleep(kOpenRetryMs);
  }
}

absl::Status SqliteConnection::Configure() {
  sqlite3_busy_timeout(database_, kOpenBusyTimeoutMs);
  constexpr absl::string_view kPragmas[] = {
      "PRAGMA journal_mode=WAL",
      "PRAGMA synchronous=FULL",  // A reported commit survives a power cut. See
                                  // WalBufferFileSystem.
      "PRAGMA wal_autocheckpoint=0",
      "PRAGMA foreign_keys=ON",  // As on PostgreSQL.
      "PRAGMA trusted_schema=OFF",
      "PRAGMA cache_size=-16000",  // 16 MB for each connection.
      "PRAGMA temp_store=MEMORY",
  };
  for (const absl::string_view pragma : kPragmas) {
    const int code = RunPragma(pragma);
    if (code == SQLITE_OK) continue;
    const int primary = code & 0xff;
    if (primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT) {
      return error::WithReason(absl::StatusCode::kFailedPrecondition,
                               absl::StrCat(path_, " is not an SQLite database"),
                               "DATABASE_NOT_RECOGNIZED");
    }
    if (primary == SQLITE_BUSY) return Away(absl::StrCat(path_, " is locked by another process"));
    return LastError().status;
  }
  if (options_.access == Access::kRead) {
    sqlite3_exec(database_, "PRAGMA query_only=ON", nullptr, nullptr, nullptr);
  } else {
    sqlite3_wal_hook(database_, &SqliteConnection::OnWalCommit, this);
    beside_ = std::make_unique<SqliteCheckpointer>(path_);
  }
  sqlite3_progress_handler(database_, kStepsPerTimeoutCheck, &SqliteConnection::OnSteps, this);
  sqlite3_busy_timeout(database_, kBusyTimeoutMs);
  return absl::OkStatus();
}

void SqliteConnection::Close() {
  beside_.reset();
  for (const auto& [name, prepared] : prepared_) sqlite3_finalize(prepared->statement);
  prepared_.clear();
  sqlite3_close(database_);
  database_ = nullptr;
  absl::MutexLock lock(&log_mutex_);
  if (log_ >= 0) close(std::exchange(log_, -1));  // The next one may be another file.
}

int SqliteConnection::OnWalCommit(void* self, sqlite3*, const char*, int pages) {
  static_cast<SqliteConnection*>(self)->wal_pages_ = pages;
  return SQLITE_OK;
}

int SqliteConnection::OnSteps(void* self) {
  const int64_t deadline = static_cast<SqliteConnection*>(self)->statement_deadline_ns_;
  return deadline != 0 && absl::GetCurrentTimeNanos() > deadline ? 1 : 0;
}

absl::StatusOr<Prepared*> SqliteConnection::Prepare(const Statement& statement, Values values) {
  const auto found = prepared_.find(statement.name);
  if (found != prepared_.end()) {
    Prepared* const prepared = found->second.get();
    if (prepared->sql != statement.sql) {
      return Fail(Broken(statement.name, "two statements have this name"));
    }
    if (prepared->positions.size() != values.size()) {
      return Fail(Broken(statement.name, "another number of values than parameters"));
    }
    return prepared;
  }
  auto prepared = std::make_unique<Prepared>();
  prepared->sql = std::string(statement.sql);
  if (sqlite3_prepare_v3(database_, prepared->sql.data(), static_cast<int>(prepared->sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &prepared->statement, nullptr) != SQLITE_OK) {
    return Fail(LastError());
  }
  Prepared* const result = prepared.get();
  prepared_.emplace(std::string(statement.name), std::move(prepared));
  result->reads_only = sqlite3_stmt_readonly(result->statement) != 0;
  for (const absl::string_view verb : {"INSERT", "UPDATE", "DELETE", "WITH"}) {
    if (absl::StartsWith(statement.sql, verb)) result->counts_rows = true;
  }
  // SQLite numbers `$1` as a name, in the order of appearance.
  for (int i = 1; i <= sqlite3_bind_parameter_count(result->statement); ++i) {
    result->positions.push_back(
        sqlite3_bind_parameter_index(result->statement, absl::StrCat("$", i).c_str()));
  }
  if (result->positions.size() != values.size()) {
    return Fail(Broken(statement.name, "another number of values than parameters"));
  }
  return result;
}

absl::Status SqliteConnection::Bind(const Prepared& prepared, Values values) {
  sqlite3_stmt* const statement = prepared.statement;
  for (size_t i = 0; i < values.size(); ++i) {
    const int at = prepared.positions[i];
    const Value::Variant& value = values[i].get();
    int code = SQLITE_OK;
    // Values outlive the statement's run: nothing is copied. An empty view may have no address,
    // which SQLite would take for NULL.
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      code = sqlite3_bind_int64(statement, at, *integer);
    } else if (const auto* text = std::get_if<absl::string_view>(&value)) {
      code = sqlite3_bind_text64(statement, at, text->empty() ? "" : text->data(), text->size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      code = sqlite3_bind_blob64(statement, at, blob->bytes.empty() ? "" : blob->bytes.data(),
                                 blob->bytes.size(), SQLITE_STATIC);
    } else {
      code = sqlite3_bind_null(statement, at);
    }
    if (code != SQLITE_OK) return Fail(LastError());
  }
  statement_deadline_ns_ =
      absl::GetCurrentTimeNanos() + absl::ToInt64Nanoseconds(options_.statement_timeout);
  return absl::OkStatus();
}

absl::StatusOr<Row> SqliteConnection::ReadRow(sqlite3_stmt* statement, absl::string_view name) {
  const int columns = sqlite3_column_count(statement);
  std::vector<Row::Cell> cells;
  cells.reserve(columns);
  for (int i = 0; i < columns; ++i) {
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_INTEGER:
        cells.emplace_back(static_cast<int64_t>(sqlite3_column_int64(statement, i)));
        break;
      case SQLITE_TEXT:
      case SQLITE_BLOB: {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
        const int size = sqlite3_column_bytes(statement, i);
        cells.emplace_back(std::in_place_type<std::string>, size == 0 ? "" : bytes, size);
        break;
      }
      case SQLITE_NULL:
        cells.emplace_back();
        break;
      default:
        return Fail(Broken(name, "a column is neither integer, text nor bytes"));
    }
  }
  return Row(std::move(cells), name);
}

absl::StatusOr<Rows> SqliteConnection::DoQuery(const Statement& statement, Values values) {
  ASSIGN_OR_RETURN(Prepared* const prepared, Prepare(statement, values));
  RETURN_IF_ERROR(Bind(*prepared, values));
  Rows rows;
  absl::Status status;
  int code = SQLITE_ROW;
  while (status.ok() && (code = sqlite3_step(prepared->statement)) == SQLITE_ROW) {
    absl::StatusOr<Row> row = ReadRow(prepared->statement, statement.name);
    if (row.ok()) {
      rows.push_back(*std::move(row));
    } else {
      status = row.status();
    }
  }
  if (status.ok() && code != SQLITE_DONE) status = Fail(LastError());
  sqlite3_reset(prepared->statement);
  statement_deadline_ns_ = 0;
  RETURN_IF_ERROR(status);
  if (!prepared->reads_only) NoteWrite();
  return rows;
}

absl::StatusOr<int64_t> SqliteConnection::DoExec(const Statement& statement, Values values) {
  ASSIGN_OR_RETURN(Prepared* const prepared, Prepare(statement, values));
  RETURN_IF_ERROR(Bind(*prepared, values));
  // sqlite3_changes keeps its last result over statements that change no row; the total tells
  // whether this one did.
  const int64_t total = sqlite3_total_changes64(database_);
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(prepared->statement);
  absl::Status status;
  if (code != SQLITE_DONE) status = Fail(LastError());
  sqlite3_reset(prepared->statement);
  statement_deadline_ns_ = 0;
  RETURN_IF_ERROR(status);
  if (!prepared->reads_only && !prepared->counts_rows) NoteWrite();
  return sqlite3_total_changes64(database_) == total ? 0 : sqlite3_changes64(database_);
}

absl::Status SqliteConnection::DoWrite(const Statement& statement, Values values,
                                       int64_t rows_expected) {
  ASSIGN_OR_RETURN(const int64_t rows, DoExec(statement, values));
  if (rows == rows_expected) return absl::OkStatus();
  return Fail({Fault::kConflict,
               absl::AbortedError(absl::StrCat(statement.name, " touched ", rows, " rows"))});
}

absl::Status SqliteConnection::DoRunOnce(absl::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int code =
      sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code == SQLITE_OK) {
    do {
      code = sqlite3_step(statement);
    } while (code == SQLITE_ROW);
  }
  absl::Status status;
  if (code != SQLITE_DONE && code != SQLITE_OK) status = Fail(LastError());
  sqlite3_finalize(statement);
  return status;
}

absl::Status SqliteConnection::DoBegin(Access access, absl::Span<const Bump>, absl::string_view) {
  static constexpr Statement kBegin{"begin", "BEGIN"};
  static constexpr Statement kBeginWrite{"begin_write", "BEGIN IMMEDIATE"};
  return DoExec(access == Access::kWrite ? kBeginWrite : kBegin, {}).status();
}

// The frames go to the operating system, and the next commits behind them; see Harden.
absl::Status SqliteConnection::DoCommitEarly() {
  SyncCommitsLater(database_, true);
  const absl::Cleanup at_once = [this] { SyncCommitsLater(database_, false); };
  return DoCommit();
}

// On a descriptor of its own: the one that SQLite writes with is not to be had. A sync is of the
// file, whoever wrote to it.
absl::Status SqliteConnection::Harden() {
  absl::MutexLock lock(&log_mutex_);
  if (!log_failure_.ok()) return log_failure_;
  if (log_ < 0) log_ = open(absl::StrCat(path_, "-wal").c_str(), O_RDONLY | O_CLOEXEC);
  if (log_ < 0 || options_.sync(log_) != 0) {
    log_failure_ = absl::ErrnoToStatus(errno, absl::StrCat("cannot sync the log of ", path_));
  }
  return log_failure_;
}

absl::Status SqliteConnection::DoCommit() {
  static constexpr Statement kCommit{"commit", "COMMIT"};
  absl::Status status = DoExec(kCommit, {}).status();
  if (!lost()) return status;
  // The pages may be in the WAL or not: only the next recovery knows.
  return error::WithReason(absl::StatusCode::kUnavailable, "the disk failed during the commit",
                           "OUTCOME_UNKNOWN");
}

void SqliteConnection::DoRollback() {
  static constexpr Statement kRollback{"rollback", "ROLLBACK"};
  if (sqlite3_get_autocommit(database_) != 0) return;  // Some errors roll back by themselves.
  if (!DoExec(kRollback, {}).ok()) {
    Fail({Fault::kLost, Away("rollback failed")}).IgnoreError();  // The error is the flag it sets.
  }
}

void SqliteConnection::KeepHouse(bool idle) {
  if (observer() != nullptr) observer()->OnWal(int64_t{wal_pages_} * kPageBytes);
  if (wal_pages_ < wal_pages_checkpointed_) wal_pages_checkpointed_ = 0;  // The WAL began anew.
  const CheckpointAt& at = options_.checkpoint_at;
  if (idle) {
    if (wal_pages_ - wal_pages_checkpointed_ >= at.rest) Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    return;
  }
  if (wal_pages_ >= at.most) {
    beside_->Await();
    return Checkpoint(SQLITE_CHECKPOINT_RESTART);
  }
  if (beside_->copying()) return;
  // Readers may keep a pass from getting further than the one before; then the log grows first.
  bool again = false;
  if (const std::optional<int> copied = beside_->TakeCopied(); copied.has_value()) {
    again = *copied > wal_pages_checkpointed_;
    wal_pages_checkpointed_ = *copied;
    if (wal_pages_ - *copied <= at.left) return Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  }
  if (again || wal_pages_ - wal_pages_checkpointed_ >= at.load) beside_->Start();
}

void SqliteConnection::Checkpoint(int mode) {
  int in_wal = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(database_, nullptr, mode, &in_wal, &copied);
  // Busy only means that somebody still needs the pages: the next commit tries again.
  if ((code == SQLITE_OK || code == SQLITE_BUSY) && copied >= 0) wal_pages_checkpointed_ = copied;
  if (code != SQLITE_IOERR_FSYNC) return;
  // Pages that were copied may be lost, and a later sync would not tell. They are in the log until
  // it is begun anew, and the next start copies them again.
  absl::MutexLock lock(&log_mutex_);
  log_failure_.Update(absl::DataLossError(absl::StrCat("cannot sync ", path_)));
}

absl::StatusOr<bool> SqliteConnection::HasTable(absl::string_view table) {
  static constexpr Statement kTable{
      "has_table", "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = $1"};
  ASSIGN_OR_RETURN(const Rows rows, Query(kTable, {table}));
  return rows[0].Int(0) > 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> OpenSqlite(absl::string_view path,
                                                       const SqliteOptions& options) {
  if (path.empty() || path == ":memory:" || absl::StartsWith(path, "file:")) {
    return absl::InvalidArgumentError(
        "--database=sqlite:PATH needs the path of a file: lanes and readers cannot share a "
        "database in memory");
  }
  // Memory statistics take a lock on every allocation. Refused, harmlessly, once SQLite is in use.
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(configured);
  auto connection = std::make_unique<SqliteConnection>(path, options);
  RETURN_IF_ERROR(connection->Open(/*create=*/true));
  return connection;
}

}  // namespace twotier::db
