// What PostgreSQL's errors mean.

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/db/pipeline.h"
#include "common/errors.h"

namespace twotier::db {

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

}  // namespace twotier::db
