#include "common/db/postgres.h"

#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::db {
namespace {

// Object ids of the types that statements may use; they are fixed in PostgreSQL's pg_type.dat.
constexpr Oid kUnknownType = 0;  // Lets the server infer the type.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kName = 19;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr int kBinary = 1;

// Seconds to wait for a connection (the least libpq accepts), so that a stopping process does not
// hang.
constexpr char kConnectTimeoutSeconds[] = "2";
// A peer that does not acknowledge for this long is gone.
constexpr char kTcpUserTimeoutMs[] = "10000";
// Migrations may wait this long for another process that migrates.
constexpr absl::string_view kMigrationTimeout = "60s";
// Advisory lock of whoever migrates: "twotier" in ASCII.
constexpr int64_t kSchemaLock = 0x74776f74696572;

constexpr Statement kBegin{"begin", "BEGIN"};
constexpr Statement kBeginRead{"begin_read", "BEGIN READ ONLY"};
constexpr Statement kCommit{"commit", "COMMIT"};
constexpr Statement kRollback{"rollback", "ROLLBACK"};
// Whoever will bump a row takes its turn here, before its snapshot exists, and then sees the last
// one's work: waiting instead of losing. The rows stay the guard; see docs/adr/0002.
constexpr Statement kTakeTurns{"take_turns",
                               "SELECT pg_advisory_lock(k) FROM unnest(CAST($1 AS BIGINT[])) AS k"};
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

// A statement the server has parsed.
struct Prepared {
  std::string server_name;
  std::string sql;
  std::vector<Oid> types;
};

// Something sent whose result was not read yet.
struct Pending {
  enum class Kind { kPrepare, kControl, kQuery, kExec, kWrite, kSync };
  Kind kind;
  absl::string_view name;  // Of the statement: a literal.
  int64_t rows_expected = 0;
};

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, FreeResult>;

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(absl::string_view url, const PostgresOptions& options)
      : Connection(options.observer), url_(url), options_(options) {}
  ~PostgresConnection() override { PQfinish(connection_); }

  absl::Status Open();
  // FAILED_PRECONDITION `DATABASE_COLLATION`.
  absl::Status CheckKind();

  bool needs_bumps() const override { return true; }
  void CheckIdle() override;
  absl::Status LockSchema() override;
  void UnlockSchema() override;
  absl::StatusOr<bool> HasTable(absl::string_view table) override;

 private:
  absl::Status DoBegin(Access access, absl::Span<const Bump> bumps) override;
  absl::StatusOr<Rows> DoQuery(const Statement& statement, Values values) override;
  absl::StatusOr<int64_t> DoExec(const Statement& statement, Values values) override;
  absl::Status DoWrite(const Statement& statement, Values values, int64_t rows_expected) override;
  absl::StatusOr<std::vector<bool>> DoClaim(
      absl::Span<const BoundStatement* const> claims) override;
  absl::Status DoRunOnce(absl::string_view sql) override;
  absl::Status DoSettle() override;
  absl::Status DoCommit() override;
  void DoRollback() override;
  absl::Status DoReopen() override { return Open(); }

  absl::Status Configure();
  absl::Status TakeTurns(absl::Span<const Bump> bumps);
  absl::StatusOr<const Prepared*> Prepare(const Statement& statement, Values values);
  absl::Status Issue(Pending::Kind kind, const Statement& statement, Values values,
                     int64_t rows_expected = 0);
  absl::Status Mark();
  absl::Status Flush();
  absl::Status Flight();
  absl::Status Take(const Pending& pending, const PGresult* result);
  absl::Status TakeError(const Pending& pending, const PGresult* result);
  absl::Status TakeRows(const Pending& pending, const PGresult* result);
  absl::Status Lose();

  const std::string url_;
  const PostgresOptions options_;
  PGconn* connection_ = nullptr;
  absl::flat_hash_map<std::string, Prepared> prepared_;
  int64_t prepared_count_ = 0;
  std::vector<Pending> pending_;
  Rows rows_;                    // Of the last kQuery read.
  std::vector<int64_t> counts_;  // Of the kExec read in this flight, in order.
  Access access_ = Access::kWrite;
  bool turns_taken_ = false;
};

absl::Status PostgresConnection::Lose() {
  pending_.clear();
  const char* message = connection_ == nullptr ? "" : PQerrorMessage(connection_);
  return Fail({Fault::kLost, Away(absl::StrCat("the connection to PostgreSQL broke: ",
                                               absl::StripAsciiWhitespace(message)))});
}

absl::Status PostgresConnection::Open() {
  PQfinish(std::exchange(connection_, nullptr));
  prepared_.clear();
  pending_.clear();
  turns_taken_ = false;
  const char* const names[] = {"dbname",           "application_name", "connect_timeout",
                               "tcp_user_timeout", "client_encoding",  nullptr};
  const char* const values[] = {url_.c_str(),      "twotier", kConnectTimeoutSeconds,
                                kTcpUserTimeoutMs, "UTF8",    nullptr};
  connection_ = PQconnectdbParams(names, values, /*expand_dbname=*/1);
  if (PQstatus(connection_) != CONNECTION_OK) {
    return Away(absl::StripAsciiWhitespace(PQerrorMessage(connection_)));
  }
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  return Configure();
}

absl::Status PostgresConnection::Configure() {
  const std::string settings = absl::StrCat(
      "SET default_transaction_isolation = 'repeatable read'; SET synchronous_commit = on;"
      " SET jit = off; SET statement_timeout = ",
      absl::ToInt64Milliseconds(options_.statement_timeout),
      "; SET lock_timeout = ", absl::ToInt64Milliseconds(options_.lock_timeout));
  const Result result(PQexec(connection_, settings.c_str()));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    return Away(absl::StripAsciiWhitespace(PQerrorMessage(connection_)));
  }
  if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1) {
    return Lose();
  }
  return absl::OkStatus();
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

// ---- Sending
// ------------------------------------------------------------------------------------------------

Oid TypeOf(const Value& value) {
  switch (value.get().index()) {
    case 1:
      return kInt8;
    case 2:
      return kText;
    case 3:
      return kBytea;
    default:
      return kUnknownType;
  }
}

// Types are stated, not inferred: `$1 - 1` would be taken for a 32-bit integer. A NULL says nothing
// about its type; the statement is prepared once more when a value comes that does.
absl::StatusOr<const Prepared*> PostgresConnection::Prepare(const Statement& statement,
                                                            Values values) {
  auto found = prepared_.find(statement.name);
  if (found == prepared_.end()) {
    found = prepared_.emplace(std::string(statement.name), Prepared{}).first;
    found->second.sql = std::string(statement.sql);
    found->second.types.assign(values.size(), kUnknownType);
  }
  Prepared& prepared = found->second;
  if (prepared.sql != statement.sql) {
    return Fail(Broken(statement.name, "two statements have this name"));
  }
  if (prepared.types.size() != values.size()) {
    return Fail(Broken(statement.name, "another number of values than parameters"));
  }
  bool current = !prepared.server_name.empty();
  for (size_t i = 0; i < values.size(); ++i) {
    const Oid type = TypeOf(values[i]);
    if (type == kUnknownType || type == prepared.types[i]) continue;
    if (prepared.types[i] != kUnknownType) {
      return Fail(Broken(statement.name, absl::StrCat("$", i + 1, " changes its type")));
    }
    prepared.types[i] = type;
    current = false;
  }
  if (current) return &prepared;
  prepared.server_name = absl::StrCat(statement.name, "#", ++prepared_count_);
  if (PQsendPrepare(connection_, prepared.server_name.c_str(), prepared.sql.c_str(),
                    static_cast<int>(prepared.types.size()), prepared.types.data()) != 1) {
    return Lose();
  }
  pending_.push_back({Pending::Kind::kPrepare, statement.name});
  return &prepared;
}

absl::Status PostgresConnection::Issue(Pending::Kind kind, const Statement& statement,
                                       Values values, int64_t rows_expected) {
  ASSIGN_OR_RETURN(const Prepared* const prepared, Prepare(statement, values));
  constexpr size_t kInlined = 16;  // Most statements have fewer parameters.
  const size_t count = values.size();
  absl::InlinedVector<const char*, kInlined> bytes(count, nullptr);
  absl::InlinedVector<int, kInlined> sizes(count, 0);
  absl::InlinedVector<int, kInlined> formats(count, kBinary);
  absl::InlinedVector<uint64_t, kInlined> integers(count, 0);
  for (size_t i = 0; i < count; ++i) {
    const Value::Variant& value = values[i].get();
    absl::string_view view;
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      integers[i] = htobe64(static_cast<uint64_t>(*integer));
      view = {reinterpret_cast<const char*>(&integers[i]), sizeof(integers[i])};
    } else if (const auto* text = std::get_if<absl::string_view>(&value)) {
      view = *text;
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      view = blob->bytes;
    } else {
      continue;
    }
    bytes[i] = view.data() == nullptr ? "" : view.data();
    sizes[i] = static_cast<int>(view.size());
  }
  if (PQsendQueryPrepared(connection_, prepared->server_name.c_str(), static_cast<int>(count),
                          bytes.data(), sizes.data(), formats.data(), kBinary) != 1) {
    return Lose();
  }
  pending_.push_back({kind, statement.name, rows_expected});
  return absl::OkStatus();
}

// Ends a segment: an error skips the rest of its segment only.
absl::Status PostgresConnection::Mark() {
  if (PQpipelineSync(connection_) != 1) return Lose();
  pending_.push_back({Pending::Kind::kSync, "sync"});
  return absl::OkStatus();
}

absl::Status PostgresConnection::Flush() {
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) return absl::OkStatus();
    if (left < 0) return Lose();
    // The server may want to be read before it reads on.
    pollfd waiting{PQsocket(connection_), POLLIN | POLLOUT, 0};
    if (poll(&waiting, 1, -1) < 0 && errno != EINTR) return Lose();
    if ((waiting.revents & POLLIN) != 0 && PQconsumeInput(connection_) != 1) return Lose();
  }
}

// ---- Reading
// ------------------------------------------------------------------------------------------------

// Sends everything that is queued and reads all results. Returns the first error.
absl::Status PostgresConnection::Flight() {
  counts_.clear();
  rows_.clear();
  RETURN_IF_ERROR(Mark());
  RETURN_IF_ERROR(Flush());
  absl::Status first;
  const std::vector<Pending> sent = std::exchange(pending_, {});
  for (const Pending& pending : sent) {
    const Result result(PQgetResult(connection_));
    if (result == nullptr || PQstatus(connection_) == CONNECTION_BAD) return Lose();
    absl::Status status = Take(pending, result.get());
    if (lost()) return status;
    if (first.ok()) first = std::move(status);
    // Every statement's results end with a null; a mark has none.
    if (pending.kind != Pending::Kind::kSync) {
      if (const Result end(PQgetResult(connection_)); end != nullptr) return Lose();
    }
  }
  return first;
}

absl::Status PostgresConnection::Take(const Pending& pending, const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_PIPELINE_SYNC:
      if (pending.kind == Pending::Kind::kSync) return absl::OkStatus();
      return Lose();
    case PGRES_PIPELINE_ABORTED:  // Skipped after an error that was read before.
      if (pending.kind == Pending::Kind::kPrepare) prepared_.erase(pending.name);
      if (pending.kind == Pending::Kind::kExec) counts_.push_back(0);
      return absl::OkStatus();
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
      break;
    default:
      if (pending.kind == Pending::Kind::kPrepare) prepared_.erase(pending.name);
      return TakeError(pending, result);
  }
  int64_t count = 0;
  switch (pending.kind) {
    case Pending::Kind::kQuery:
      return TakeRows(pending, result);
    case Pending::Kind::kExec:
    case Pending::Kind::kWrite:
      // Empty for what touches no rows by its nature, such as DDL.
      if (!absl::SimpleAtoi(PQcmdTuples(const_cast<PGresult*>(result)), &count)) count = 0;
      if (pending.kind == Pending::Kind::kExec) counts_.push_back(count);
      if (pending.kind == Pending::Kind::kWrite && count != pending.rows_expected) {
        return Fail({Fault::kConflict,
                     absl::AbortedError(absl::StrCat(pending.name, " touched ", count, " rows"))});
      }
      return absl::OkStatus();
    default:
      return absl::OkStatus();
  }
}

absl::Status PostgresConnection::TakeError(const Pending& pending, const PGresult* result) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  // The primary message names tables and constraints; the detail would carry stored values.
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return Fail(MapSqlState(sqlstate == nullptr ? "" : sqlstate,
                          absl::StrCat(pending.name, ": ", message == nullptr ? "" : message)));
}

template <typename T>
T LoadBigEndian(const char* bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i)
    value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Appends the cell; false when its type is outside the subset.
bool AppendCell(const PGresult* result, int row, int column, std::vector<Row::Cell>& cells) {
  if (PQgetisnull(result, row, column) != 0) {
    cells.emplace_back();
    return true;
  }
  const char* bytes = PQgetvalue(result, row, column);
  switch (PQftype(result, column)) {
    case kInt8:
      cells.emplace_back(static_cast<int64_t>(LoadBigEndian<uint64_t>(bytes)));
      return true;
    case kInt4:
      cells.emplace_back(int64_t{static_cast<int32_t>(LoadBigEndian<uint32_t>(bytes))});
      return true;
    case kInt2:
      cells.emplace_back(int64_t{static_cast<int16_t>(LoadBigEndian<uint16_t>(bytes))});
      return true;
    case kBool:
      cells.emplace_back(int64_t{bytes[0] != 0});
      return true;
    case kText:
    case kBytea:
    case kName:
      cells.emplace_back(std::in_place_type<std::string>, bytes, PQgetlength(result, row, column));
      return true;
    default:
      return false;
  }
}

absl::Status PostgresConnection::TakeRows(const Pending& pending, const PGresult* result) {
  const int rows = PQntuples(result);
  const int columns = PQnfields(result);
  rows_.reserve(rows);
  for (int row = 0; row < rows; ++row) {
    std::vector<Row::Cell> cells;
    cells.reserve(columns);
    for (int column = 0; column < columns; ++column) {
      if (!AppendCell(result, row, column, cells)) {
        return Fail(Broken(pending.name, "a column is neither integer, text nor bytes"));
      }
    }
    rows_.emplace_back(std::move(cells), pending.name);
  }
  if (!absl::StartsWith(PQcmdStatus(const_cast<PGresult*>(result)), "SELECT")) NoteWrite();
  return absl::OkStatus();
}

// ---- Transactions
// -------------------------------------------------------------------------------------------

absl::Status PostgresConnection::TakeTurns(absl::Span<const Bump> bumps) {
  std::vector<std::string> provinces;
  std::vector<int64_t> buckets;
  std::vector<int64_t> turns;
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
  const Value turn_values[] = {turns_text};
  RETURN_IF_ERROR(Issue(Pending::Kind::kControl, kTakeTurns, turn_values));
  RETURN_IF_ERROR(Mark());
  RETURN_IF_ERROR(Issue(Pending::Kind::kControl, kBegin, {}));
  const Value bump_values[] = {provinces_text, buckets_text};
  return Issue(Pending::Kind::kControl, kBump, bump_values);
}

absl::Status PostgresConnection::DoBegin(Access access, absl::Span<const Bump> bumps) {
  access_ = access;
  if (access == Access::kRead) return Issue(Pending::Kind::kControl, kBeginRead, {});
  if (bumps.empty()) return Issue(Pending::Kind::kControl, kBegin, {});
  return TakeTurns(bumps);
}

absl::StatusOr<Rows> PostgresConnection::DoQuery(const Statement& statement, Values values) {
  RETURN_IF_ERROR(Issue(Pending::Kind::kQuery, statement, values));
  RETURN_IF_ERROR(Flight());
  return std::exchange(rows_, {});
}

absl::StatusOr<int64_t> PostgresConnection::DoExec(const Statement& statement, Values values) {
  RETURN_IF_ERROR(Issue(Pending::Kind::kExec, statement, values));
  RETURN_IF_ERROR(Flight());
  return counts_.back();
}

absl::Status PostgresConnection::DoWrite(const Statement& statement, Values values,
                                         int64_t rows_expected) {
  return Issue(Pending::Kind::kWrite, statement, values, rows_expected);
}

absl::StatusOr<std::vector<bool>> PostgresConnection::DoClaim(
    absl::Span<const BoundStatement* const> claims) {
  if (claims.empty()) return std::vector<bool>();
  for (const BoundStatement* claim : claims) {
    const std::vector<Value> values = ValuesOf(*claim);
    RETURN_IF_ERROR(CheckTexts(claim->statement, values));
    RETURN_IF_ERROR(Issue(Pending::Kind::kExec, claim->statement, values));
  }
  RETURN_IF_ERROR(Flight());
  std::vector<bool> touched;
  for (const int64_t count : counts_) touched.push_back(count > 0);
  return touched;
}

absl::Status PostgresConnection::DoRunOnce(absl::string_view sql) {
  if (PQsendQueryParams(connection_, std::string(sql).c_str(), 0, nullptr, nullptr, nullptr,
                        nullptr, kBinary) != 1) {
    return Lose();
  }
  pending_.push_back({Pending::Kind::kControl, "once"});
  return Flight();
}

absl::Status PostgresConnection::DoSettle() {
  return pending_.empty() ? absl::OkStatus() : Flight();
}

absl::Status PostgresConnection::DoCommit() {
  if (access_ == Access::kRead) {
    // What was read is known; the answer to this COMMIT is read with the next transaction.
    RETURN_IF_ERROR(Issue(Pending::Kind::kControl, kCommit, {}));
    RETURN_IF_ERROR(Mark());
    return Flush();
  }
  // The row counts of deferred writes must be known before the commit may be asked for.
  RETURN_IF_ERROR(DoSettle());
  RETURN_IF_ERROR(Issue(Pending::Kind::kControl, kCommit, {}));
  if (turns_taken_) RETURN_IF_ERROR(Issue(Pending::Kind::kControl, kEndTurns, {}));
  turns_taken_ = false;
  absl::Status status = Flight();
  if (!lost()) return status;
  return error::WithReason(absl::StatusCode::kUnavailable,
                           "the connection was lost during the commit", "OUTCOME_UNKNOWN");
}

void PostgresConnection::DoRollback() {
  // A segment of its own: an error in what is still queued would skip the rollback. Errors of that
  // kind are of no interest any more; a lost connection is noted by its flag.
  absl::Status status = Mark();
  if (status.ok()) status = Issue(Pending::Kind::kControl, kRollback, {});
  if (status.ok() && turns_taken_) status = Issue(Pending::Kind::kControl, kEndTurns, {});
  turns_taken_ = false;
  if (status.ok()) status = Flight();
  if (!lost() && PQtransactionStatus(connection_) != PQTRANS_IDLE) Lose().IgnoreError();
}

void PostgresConnection::CheckIdle() {
  if (lost()) return;
  pollfd waiting{PQsocket(connection_), POLLIN, 0};
  if (poll(&waiting, 1, 0) <= 0) return;
  if (PQconsumeInput(connection_) != 1 || PQstatus(connection_) == CONNECTION_BAD) {
    Lose().IgnoreError();  // The error is the flag it sets.
  }
}

absl::Status PostgresConnection::LockSchema() {
  RETURN_IF_ERROR(RunOnce(absl::StrCat("SET lock_timeout = '", kMigrationTimeout, "'")));
  RETURN_IF_ERROR(RunOnce(absl::StrCat("SET statement_timeout = '", kMigrationTimeout, "'")));
  return RunOnce(absl::StrCat("SELECT pg_advisory_lock(", kSchemaLock, ")"));
}

void PostgresConnection::UnlockSchema() {
  absl::Status status = RunOnce(absl::StrCat("SELECT pg_advisory_unlock(", kSchemaLock, ")"));
  if (status.ok()) {
    status = RunOnce(absl::StrCat("SET statement_timeout = ",
                                  absl::ToInt64Milliseconds(options_.statement_timeout)));
  }
  if (status.ok()) {
    status = RunOnce(
        absl::StrCat("SET lock_timeout = ", absl::ToInt64Milliseconds(options_.lock_timeout)));
  }
  if (!status.ok())
    Lose().IgnoreError();  // A new connection has neither the lock nor the settings.
}

absl::StatusOr<bool> PostgresConnection::HasTable(absl::string_view table) {
  ASSIGN_OR_RETURN(const Rows rows, Query(kHasTable, {table}));
  return rows[0].Int(0) > 0;
}

}  // namespace

EngineError MapSqlState(absl::string_view sqlstate, absl::string_view message) {
  const auto with = [&](absl::StatusCode code, absl::string_view reason) {
    return error::WithReason(code, message, reason);
  };
  const absl::string_view of_class = sqlstate.substr(0, 2);
  if (sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03") {
    return {Fault::kConflict, absl::AbortedError(message)};
  }
  if (sqlstate == "23505") return {Fault::kStatement, absl::AlreadyExistsError(message)};
  if (of_class == "23") return {Fault::kStatement, absl::FailedPreconditionError(message)};
  if (sqlstate == "57014") {
    return {Fault::kStatement, with(absl::StatusCode::kDeadlineExceeded, "TOO_LATE")};
  }
  if (of_class == "53") {
    return {Fault::kStatement, with(absl::StatusCode::kResourceExhausted, "DATABASE_FULL")};
  }
  if (sqlstate == "25006") {
    return {Fault::kStatement, with(absl::StatusCode::kFailedPrecondition, "DATABASE_READ_ONLY")};
  }
  // 0A000: the schema changed under a prepared statement; 26000: the server forgot one. Both end
  // with the connection. 58: the server's own input and output.
  if (sqlstate.empty() || of_class == "08" || of_class == "57" || of_class == "58" ||
      sqlstate == "0A000" || sqlstate == "26000") {
    return {Fault::kLost, Away(message)};
  }
  if (of_class == "22" || of_class == "54") {
    return {Fault::kStatement, with(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST")};
  }
  if (sqlstate == "XX001" || sqlstate == "XX002") {
    return {Fault::kStatement, with(absl::StatusCode::kDataLoss, "UNREADABLE_ROW")};
  }
  return {Fault::kStatement, with(absl::StatusCode::kInternal, "BROKEN_INVARIANT")};
}

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
