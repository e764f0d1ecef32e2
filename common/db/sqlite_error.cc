#include <sqlite3.h>

#include "common/db/sqlite.h"
#include "common/errors.h"

namespace twotier::db {

EngineError MapSqliteError(int extended_code, absl::string_view message) {
  const auto with = [&](absl::StatusCode code, absl::string_view reason) {
    return error::WithReason(code, message, reason);
  };
  switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {Fault::kStatement, absl::AlreadyExistsError(message)};
    default:
      break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Fault::kConflict, absl::AbortedError(message)};
    case SQLITE_CONSTRAINT:
      return {Fault::kStatement, absl::FailedPreconditionError(message)};
    case SQLITE_INTERRUPT:
      return {Fault::kStatement, with(absl::StatusCode::kDeadlineExceeded, "TOO_LATE")};
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return {Fault::kStatement, with(absl::StatusCode::kResourceExhausted, "DATABASE_FULL")};
    case SQLITE_READONLY:
    case SQLITE_AUTH:
    case SQLITE_PERM:
      return {Fault::kStatement, with(absl::StatusCode::kFailedPrecondition, "DATABASE_READ_ONLY")};
    case SQLITE_TOOBIG:
      return {Fault::kStatement, with(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST")};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
      return {Fault::kLost, Away(message)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Fault::kStatement, with(absl::StatusCode::kDataLoss, "UNREADABLE_ROW")};
    default:
      return {Fault::kStatement, with(absl::StatusCode::kInternal, "BROKEN_INVARIANT")};
  }
}

}  // namespace twotier::db
