// What each engine's error codes mean; the codes that no test can provoke are here too.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

#include "common/db/pipeline.h"
#include "common/db/sqlite.h"
#include "common/errors.h"

namespace twotier::db {
namespace {

std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

TEST(ErrorMapTest, SqlStates) {
  const struct {
    const char* sqlstate;
    Fault fault;
    absl::StatusCode code;
    const char* reason;
  } cases[] = {
      {"40001", Fault::kConflict, absl::StatusCode::kAborted, ""},
      {"40P01", Fault::kConflict, absl::StatusCode::kAborted, ""},
      {"55P03", Fault::kConflict, absl::StatusCode::kAborted, ""},
      {"23505", Fault::kStatement, absl::StatusCode::kAlreadyExists, ""},
      {"23502", Fault::kStatement, absl::StatusCode::kFailedPrecondition, ""},
      {"23503", Fault::kStatement, absl::StatusCode::kFailedPrecondition, ""},
      {"23514", Fault::kStatement, absl::StatusCode::kFailedPrecondition, ""},
      {"57014", Fault::kStatement, absl::StatusCode::kDeadlineExceeded, "TOO_LATE"},
      {"53100", Fault::kStatement, absl::StatusCode::kResourceExhausted, "DATABASE_FULL"},
      {"53200", Fault::kStatement, absl::StatusCode::kResourceExhausted, "DATABASE_FULL"},
      {"25006", Fault::kStatement, absl::StatusCode::kFailedPrecondition, "DATABASE_READ_ONLY"},
      {"", Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {"08006", Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {"57P01", Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {"57P02", Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {"57P03", Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {"58030", Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {"0A000", Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {"22003", Fault::kStatement, absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST"},
      {"22021", Fault::kStatement, absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST"},
      {"XX001", Fault::kStatement, absl::StatusCode::kDataLoss, "UNREADABLE_ROW"},
      {"42P01", Fault::kStatement, absl::StatusCode::kInternal, "BROKEN_INVARIANT"},
      {"XX000", Fault::kStatement, absl::StatusCode::kInternal, "BROKEN_INVARIANT"},
  };
  for (const auto& c : cases) {
    const EngineError error = MapSqlState(c.sqlstate, "message");
    EXPECT_EQ(error.fault, c.fault) << c.sqlstate;
    EXPECT_EQ(error.status.code(), c.code) << c.sqlstate;
    EXPECT_EQ(ReasonOf(error.status), c.reason) << c.sqlstate;
    EXPECT_EQ(error::RetryAfterOf(error.status).has_value(), c.fault == Fault::kLost) << c.sqlstate;
  }
}

TEST(ErrorMapTest, SqliteCodes) {
  const struct {
    int code;
    Fault fault;
    absl::StatusCode status_code;
    const char* reason;
  } cases[] = {
      {SQLITE_BUSY, Fault::kConflict, absl::StatusCode::kAborted, ""},
      {SQLITE_BUSY_SNAPSHOT, Fault::kConflict, absl::StatusCode::kAborted, ""},
      {SQLITE_LOCKED, Fault::kConflict, absl::StatusCode::kAborted, ""},
      {SQLITE_CONSTRAINT_UNIQUE, Fault::kStatement, absl::StatusCode::kAlreadyExists, ""},
      {SQLITE_CONSTRAINT_PRIMARYKEY, Fault::kStatement, absl::StatusCode::kAlreadyExists, ""},
      {SQLITE_CONSTRAINT_CHECK, Fault::kStatement, absl::StatusCode::kFailedPrecondition, ""},
      {SQLITE_CONSTRAINT_FOREIGNKEY, Fault::kStatement, absl::StatusCode::kFailedPrecondition, ""},
      {SQLITE_INTERRUPT, Fault::kStatement, absl::StatusCode::kDeadlineExceeded, "TOO_LATE"},
      {SQLITE_FULL, Fault::kStatement, absl::StatusCode::kResourceExhausted, "DATABASE_FULL"},
      {SQLITE_NOMEM, Fault::kStatement, absl::StatusCode::kResourceExhausted, "DATABASE_FULL"},
      {SQLITE_READONLY, Fault::kStatement, absl::StatusCode::kFailedPrecondition,
       "DATABASE_READ_ONLY"},
      {SQLITE_READONLY_DBMOVED, Fault::kStatement, absl::StatusCode::kFailedPrecondition,
       "DATABASE_READ_ONLY"},
      {SQLITE_IOERR_WRITE, Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {SQLITE_IOERR_FSYNC, Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {SQLITE_CANTOPEN, Fault::kLost, absl::StatusCode::kUnavailable, "DATABASE_AWAY"},
      {SQLITE_CORRUPT, Fault::kStatement, absl::StatusCode::kDataLoss, "UNREADABLE_ROW"},
      {SQLITE_TOOBIG, Fault::kStatement, absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST"},
      {SQLITE_ERROR, Fault::kStatement, absl::StatusCode::kInternal, "BROKEN_INVARIANT"},
      {SQLITE_MISUSE, Fault::kStatement, absl::StatusCode::kInternal, "BROKEN_INVARIANT"},
  };
  for (const auto& c : cases) {
    const EngineError error = MapSqliteError(c.code, "message");
    EXPECT_EQ(error.fault, c.fault) << c.code;
    EXPECT_EQ(error.status.code(), c.status_code) << c.code;
    EXPECT_EQ(ReasonOf(error.status), c.reason) << c.code;
  }
}

}  // namespace
}  // namespace twotier::db
