#include "common/db/postgres.h"

#include <libpq-fe.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/db/pipeline.h"
#include "common/db/together.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::db {
namespace {

using Want = Pipeline::Want;

// Deferred writes are looked at when so many are on their way: their results fill the buffers of
// both sides.
constexpr size_t kPendingMax = 256;
// Queries that are asked as one statement: those of the reads that share a transaction (reader.cc).
constexpr size_t kAskedTogetherMax = 32;
// Turns are taken in one order everywhere, before any other lock: nobody can wait for another in a
// circle, and patience costs nothing. Two batches of a busy disk.
constexpr absl::string_view kTurnTimeoutMs = "2000";
// Migrations may wait this long for another process that migrates.
constexpr absl::Duration kMigrationTimeout = absl::Seconds(60);
// Advisory lock of whoever migrates: "twotier" in ASCII.
constexpr int64_t kSchemaLock = 0x74776f74696572;

constexpr Statement kBegin{"begin", "BEGIN"};
constexpr Statement kBeginRead{"begin_read", "BEGIN READ ONLY"};
constexpr Statement kCommit{"commit", "COMMIT"};
constexpr Statement kRollback{"rollback", "ROLLBACK"};
// Whoever will bump a row takes its turn here, before its snapshot exists, and then sees the last
// one's work: waiting instead of losing. The rows stay the guard; see docs/adr/0002.
constexpr Statement kPatience{"turn_patience", "SELECT set_config('lock_timeout', $1, true)"};
constexpr Statement kTakeTurns{"take_turns",
                               "SELECT pg_advisory_lock(k) FROM unnest(CAST($1 AS BIGINT[])) AS k"};
// Writers look up rows by their keys. A planner without statistics, or with those of a table that
// was small, would rather read it whole, with every version that nobody has cleared away yet.
constexpr char kPlansByKey[] =
    "; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";
constexpr Statement kEndTurns{"end_turns", "SELECT pg_advisory_unlock_all()"};
constexpr Statement kBump{
    "bump",
    "INSERT INTO aggregate_version (province_code, bucket, version)"
    " SELECT p, b, 1 FROM unnest(CAST($1 AS TEXT[]), CAST($2 AS BIGINT[])) AS t(p, b)"
    " ON CONFLICT (province_code, bucket) DO UPDATE SET version = aggregate_version.version + 1"};
constexpr Statement kHasTable{"has_table", "SELECT CAST(COUNT(to_regclass($1)) AS BIGINT)"};
constexpr Statement kKind{
    "database_kind",
    "SELECT CAST(datcollate AS TEXT), pg_encoding_to_char(encoding) FROM pg_database"
    " WHERE datname = current_database()"};

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(absl::string_view url, const PostgresOptions& options)
      : Connection(options.observer),
        url_(url),
        options_(options),
        pipeline_(Patience(options.statement_timeout)) {}

  absl::Status Open();
  // FAILED_PRECONDITION `DATABASE_COLLATION`.
  absl::Status CheckKind();

  bool fetches() const override { return true; }
  bool needs_bumps() const override { return true; }
  void CheckIdle() override;
  absl::Status LockSchema() override;
  void UnlockSchema() override;
  absl::StatusOr<bool> HasTable(absl::string_view table) override;

 private:
  absl::Status DoBegin(Access access, absl::Span<const Bump> bumps,
                       absl::string_view turn) override;
  absl::StatusOr<Rows> DoQuery(const Statement& statement, Values values) override;
  absl::StatusOr<int64_t> DoExec(const Statement& statement, Values values) override;
  absl::Status DoWrite(const Statement& statement, Values values, int64_t rows_expected) override;
  absl::StatusOr<std::vector<Rows>> DoFetch(
      absl::Span<const BoundStatement* const> queries) override;
  absl::Status DoRunOnce(absl::string_view sql) override;
  absl::Status DoSettle() override;
  absl::Status DoCommit() override;
  void DoRollback() override;
  absl::Status DoReopen() override { return Open(); }

  // A statement that waits for locks or turns ends with its timeout too.
  absl::Duration Patience(absl::Duration statement_timeout) const {
    return statement_timeout + options_.answer_margin;
  }
  absl::Status SetTimeouts(absl::Duration statement, absl::Duration lock);
  absl::Status TakeTurns(absl::Span<const Bump> bumps, absl::string_view turn);
  absl::Status Send(Want want, const Statement& statement, Values values,
                    int64_t rows_expected = 0) {
    return Check(pipeline_.Send(want, statement, values, rows_expected));
  }
  absl::Status Flight();
  absl::Status Check(Pipeline::Trouble trouble) {
    return trouble.has_value() ? Fail(*std::move(trouble)) : absl::OkStatus();
  }

  const std::string url_;
  const PostgresOptions options_;
  Pipeline pipeline_;
  Access access_ = Access::kWrite;
  bool turns_taken_ = false;
};

absl::Status PostgresConnection::Open() {
  turns_taken_ = false;
  pipeline_.set_patience(Patience(options_.statement_timeout));
  return pipeline_.Connect(
      url_, absl::StrCat("SET default_transaction_isolation = 'repeatable read';"
                         " SET synchronous_commit = on; SET jit = off; SET statement_timeout = ",
                         absl::ToInt64Milliseconds(options_.statement_timeout),
                         "; SET lock_timeout = ", absl::ToInt64Milliseconds(options_.lock_timeout),
                         options_.access == Access::kWrite ? kPlansByKey : ""));
}

absl::Status PostgresConnection::CheckKind() {
  ASSIGN_OR_RETURN(const Rows rows, Query(kKind, {}));
  const std::string& collation = rows[0].Text(0);
  const std::string& encoding = rows[0].Text(1);
  if ((collation == "C" || collation == "POSIX") && encoding == "UTF8") return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the database has collation ", collation, " and encoding ", encoding,
                   "; create it with LC_COLLATE 'C' and ENCODING 'UTF8'"),
      "DATABASE_COLLATION", {{"collation", collation}, {"encoding", encoding}});
}

absl::Status PostgresConnection::Flight() {
  absl::Status status = Check(pipeline_.Flight());
  if (pipeline_.wrote()) NoteWrite();
  return status;
}

absl::Status PostgresConnection::TakeTurns(absl::Span<const Bump> bumps, absl::string_view turn) {
  std::vector<std::string> provinces;
  std::vector<int64_t> buckets;
  std::vector<int64_t> turns;
  if (!turn.empty()) turns.push_back(static_cast<int64_t>(StableHash("turn", turn)));
  for (const Bump& bump : bumps) {
    // Province codes are digits or empty; whatever else came here would not pass the array syntax.
    provinces.push_back(absl::StrCat("\"", bump.province_code, "\""));
    buckets.push_back(bump.bucket);
    turns.push_back(
        static_cast<int64_t>(StableHash(bump.province_code, absl::StrCat(bump.bucket))));
  }
  const std::string turns_text = absl::StrCat("{", absl::StrJoin(turns, ","), "}");
  const std::string provinces_text = absl::StrCat("{", absl::StrJoin(provinces, ","), "}");
  const std::string buckets_text = absl::StrCat("{", absl::StrJoin(buckets, ","), "}");
  turns_taken_ = true;
  const Value patience[] = {kTurnTimeoutMs};
  RETURN_IF_ERROR(Send(Want::kNothing, kPatience, patience));  // Until the mark.
  const Value turn_values[] = {turns_text};
  RETURN_IF_ERROR(Send(Want::kNothing, kTakeTurns, turn_values));
  RETURN_IF_ERROR(Check(pipeline_.Mark()));
  RETURN_IF_ERROR(Send(Want::kNothing, kBegin, {}));
  const Value bump_values[] = {provinces_text, buckets_text};
  return Send(Want::kNothing, kBump, bump_values);
}

absl::Status PostgresConnection::DoBegin(Access access, absl::Span<const Bump> bumps,
                                         absl::string_view turn) {
  access_ = access;
  if (access == Access::kRead) return Send(Want::kNothing, kBeginRead, {});
  if (bumps.empty()) return Send(Want::kNothing, kBegin, {});
  return TakeTurns(bumps, turn);
}

absl::StatusOr<Rows> PostgresConnection::DoQuery(const Statement& statement, Values values) {
  RETURN_IF_ERROR(Send(Want::kRows, statement, values));
  RETURN_IF_ERROR(Flight());
  return std::move(pipeline_.rows().back());
}

absl::StatusOr<int64_t> PostgresConnection::DoExec(const Statement& statement, Values values) {
  RETURN_IF_ERROR(Send(Want::kCount, statement, values));
  RETURN_IF_ERROR(Flight());
  return pipeline_.counts().back();
}

absl::Status PostgresConnection::DoWrite(const Statement& statement, Values values,
                                         int64_t rows_expected) {
  RETURN_IF_ERROR(Check(pipeline_.SendRow(statement, values, rows_expected)));
  return pipeline_.pending() < kPendingMax ? absl::OkStatus() : Flight();
}

absl::StatusOr<std::vector<Rows>> PostgresConnection::DoFetch(
    absl::Span<const BoundStatement* const> queries) {
  const std::vector<std::vector<size_t>> groups = AskableTogether(queries, kAskedTogetherMax);
  for (const std::vector<size_t>& group : groups) {
    if (group.size() == 1) {
      const BoundStatement& query = *queries[group.front()];
      RETURN_IF_ERROR(Send(Want::kRows, query.statement, ValuesOf(query)));
      continue;
    }
    std::vector<const BoundStatement*> together;
    for (const size_t place : group) together.push_back(queries[place]);
    RETURN_IF_ERROR(Check(pipeline_.SendTogether(together)));
  }
  RETURN_IF_ERROR(Flight());
  std::vector<Rows> fetched(queries.size());
  auto rows = pipeline_.rows().begin();
  for (const std::vector<size_t>& group : groups) {
    for (const size_t place : group) fetched[place] = std::move(*rows++);
  }
  return fetched;
}

absl::Status PostgresConnection::DoRunOnce(absl::string_view sql) {
  RETURN_IF_ERROR(Check(pipeline_.SendOnce(sql)));
  return Flight();
}

absl::Status PostgresConnection::DoSettle() {
  return pipeline_.pending() == 0 ? absl::OkStatus() : Flight();
}

absl::Status PostgresConnection::DoCommit() {
  if (access_ == Access::kRead) {
    // What was read is known; the answer to this COMMIT is read with the next transaction.
    RETURN_IF_ERROR(Send(Want::kNothing, kCommit, {}));
    RETURN_IF_ERROR(Check(pipeline_.Mark()));
    return Check(pipeline_.Flush());
  }
  // The row counts of deferred writes must be known before the commit may be asked for.
  RETURN_IF_ERROR(DoSettle());
  RETURN_IF_ERROR(Send(Want::kNothing, kCommit, {}));
  if (turns_taken_) RETURN_IF_ERROR(Send(Want::kNothing, kEndTurns, {}));
  absl::Status status = Flight();
  // A commit that failed has skipped the end of the turns: the rollback ends them.
  if (status.ok()) turns_taken_ = false;
  if (!lost()) return status;
  return error::WithReason(absl::StatusCode::kUnavailable,
                           "the connection was lost during the commit", "OUTCOME_UNKNOWN");
}

void PostgresConnection::DoRollback() {
  // A segment of its own: an error in what is still queued would skip the rollback. Errors of that
  // kind are of no interest any more; a lost connection is noted by its flag.
  pipeline_.Forget();
  absl::Status status = Check(pipeline_.Mark());
  if (!lost()) status = Send(Want::kNothing, kRollback, {});
  if (!lost() && turns_taken_) status = Send(Want::kNothing, kEndTurns, {});
  turns_taken_ = false;
  if (!lost()) status = Flight();
  if (!lost() && pipeline_.in_transaction()) {
    Fail({Fault::kLost, Away("rollback failed")}).IgnoreError();  // The error is the flag it sets.
  }
}

void PostgresConnection::CheckIdle() {
  if (!lost()) Check(pipeline_.CheckIdle()).IgnoreError();  // The error is the flag it sets.
}

absl::Status PostgresConnection::SetTimeouts(absl::Duration statement, absl::Duration lock) {
  pipeline_.set_patience(Patience(statement));
  RETURN_IF_ERROR(
      RunOnce(absl::StrCat("SET statement_timeout = ", absl::ToInt64Milliseconds(statement))));
  return RunOnce(absl::StrCat("SET lock_timeout = ", absl::ToInt64Milliseconds(lock)));
}

absl::Status PostgresConnection::LockSchema() {
  RETURN_IF_ERROR(SetTimeouts(kMigrationTimeout, kMigrationTimeout));
  return RunOnce(absl::StrCat("SELECT pg_advisory_lock(", kSchemaLock, ")"));
}

void PostgresConnection::UnlockSchema() {
  absl::Status status = RunOnce(absl::StrCat("SELECT pg_advisory_unlock(", kSchemaLock, ")"));
  if (status.ok()) status = SetTimeouts(options_.statement_timeout, options_.lock_timeout);
  // A new connection has neither the lock nor the settings.
  if (!status.ok()) Fail({Fault::kLost, std::move(status)}).IgnoreError();
}

absl::StatusOr<bool> PostgresConnection::HasTable(absl::string_view table) {
  ASSIGN_OR_RETURN(const Rows rows, Query(kHasTable, {table}));
  return rows[0].Int(0) > 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> OpenPostgres(absl::string_view url,
                                                         const PostgresOptions& options) {
  char* message = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(std::string(url).c_str(), &message);
  // The parser's message may quote the URL, and with it a password.
  PQfreemem(message);
  if (parsed == nullptr) {
    return absl::InvalidArgumentError(
        "--database is not a connection URL of PostgreSQL (postgresql://user@host:port/name)");
  }
  PQconninfoFree(parsed);
  auto connection = std::make_unique<PostgresConnection>(url, options);
  RETURN_IF_ERROR(connection->Open());
  RETURN_IF_ERROR(connection->CheckKind());
  return connection;
}

}  // namespace twotier::db
