// Remembers the outcome of every mutation under the caller's request id, in the transaction that
// makes the change, so that a repeated call gets the first answer and changes nothing
// (docs/adr/0003).
#ifndef TWOTIER_COMMON_RPC_REQUEST_LOG_H_
#define TWOTIER_COMMON_RPC_REQUEST_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/database.h"
#include "common/db/migrate.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace twotier::rpc {

// How long an outcome is remembered. A client that repeats a call later is no longer recognised;
// offline counters synchronise within a quarter.
inline constexpr absl::Duration kRequestLogKept = absl::Hours(24 * 90);

// Rows one slice of the purge deletes: about 20 ms of a lane.
inline constexpr int kPurgeSlice = 500;

// One call's place in the log.
struct RequestKey {
  std::string scope;  // Province code; empty for national calls.
  std::string principal;
  std::string request_id;  // In lower case: RFC 4122 ids compare without case.
  std::string digest;      // Of method and request, salted.
};

// Thread-safe.
class RequestLog {
 public:
  // Reads the salt of this database. Waits: for start-up only. Errors: those of the database.
  static absl::StatusOr<std::unique_ptr<RequestLog>> Open(db::Database& database);

  // `request_id` is the field of `request` that holds the id, in any case.
  RequestKey KeyOf(absl::string_view method, absl::string_view scope, absl::string_view principal,
                   const google::protobuf::Message& request,
                   const google::protobuf::FieldDescriptor& request_id) const;

  // The first query of the unit of work.
  static db::BoundStatement First(const RequestKey& key);

  // Runs `handler`, which fills `response`, unless the id was used before; then the stored outcome
  // is given. `outcome` is what the caller gets, once the unit is committed:
  //   the id is new        the handler's answer
  //   same request before  the remembered answer or refusal, with all its details
  //   another request      FAILED_PRECONDITION `REQUEST_ID_REUSED`
  // Remembered are OK, FAILED_PRECONDITION, NOT_FOUND, ALREADY_EXISTS, OUT_OF_RANGE and
  // PERMISSION_DENIED; what the handler wrote before such a refusal is undone, unless the refusal
  // says that it stays (error::WithWritesKept). INVALID_ARGUMENT and ABORTED are given without
  // being remembered. Any other error is returned and undoes the unit.
  //
  // Of two units that use one id at once, each finds it new; the second one to remember it loses to
  // the first and is run again by the engine.
  static absl::Status Run(db::Tx& tx, const RequestKey& key, absl::Time now,
                          absl::FunctionRef<absl::Status()> handler,
                          google::protobuf::Message& response, absl::Status& outcome);

 private:
  explicit RequestLog(std::string salt) : salt_(std::move(salt)) {}

  const std::string salt_;
};

// Deletes at most `limit` rows older than kRequestLogKept at `now`, the oldest first. Returns how
// many it deleted: fewer than `limit` means that none are left. Waits: never from a gRPC or lane
// thread.
absl::StatusOr<int64_t> PurgeOnce(db::Database& database, absl::Time now, int limit = kPurgeSlice);

// Tables of this room; every service's list of migrations contains them.
std::vector<db::Migration> Migrations();

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_REQUEST_LOG_H_
