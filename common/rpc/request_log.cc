#include "common/rpc/request_log.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/rpc/query.h"
#include "common/rpc/secret.h"
#include "common/rpc/status.h"
#include "common/status_macros.h"

namespace twotier::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr db::Statement kRemember{
    "remember_request",
    "INSERT INTO request_log (scope, principal, request_id, digest, code, answer, created_us)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"};
constexpr db::Statement kGet{"get_request",
                             "SELECT digest, code, answer FROM request_log"
                             " WHERE scope = $1 AND principal = $2 AND request_id = $3"};
constexpr db::Statement kPurge{
    "purge_requests",
    "DELETE FROM request_log WHERE (scope, principal, request_id) IN"
    " (SELECT scope, principal, request_id FROM request_log WHERE created_us < $1"
    " ORDER BY created_us LIMIT $2)"};

bool IsRemembered(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kPermissionDenied:
      return true;
    default:
      return false;
  }
}

// Given to the caller and forgotten: the next try with the same id may well succeed.
bool IsGiven(absl::StatusCode code) {
  return code == absl::StatusCode::kInvalidArgument || code == absl::StatusCode::kAborted;
}

// One row, or the engine's conflict: whoever used the id meanwhile is found when the unit runs
// again.
absl::Status Remember(db::Tx& tx, const RequestKey& key, absl::Time now, int code,
                      absl::string_view answer) {
  return tx.Write(kRemember, {key.scope, key.principal, key.request_id, db::Blob{key.digest}, code,
                              db::Blob{answer}, absl::ToUnixMicros(now)});
}

// Gives what is stored in `row`.
absl::Status Replay(const db::Row& row, const RequestKey& key, Message& response,
                    absl::Status& outcome) {
  if (row.Bytes(0) != key.digest) {
    outcome = error::WithReason(absl::StatusCode::kFailedPrecondition,
                                "the request id was used before with another request",
                                "REQUEST_ID_REUSED", {{"request_id", key.request_id}});
    return absl::OkStatus();
  }
  const int64_t code = row.Int(1);
  google::rpc::Status refusal;
  const bool readable = !row.IsNull(2) && (code == 0 ? response.ParseFromString(row.Bytes(2))
                                                     : refusal.ParseFromString(row.Bytes(2)));
  if (!readable) {
    return error::WithReason(
        absl::StatusCode::kDataLoss,
        absl::StrCat("the remembered outcome of request ", key.request_id, " cannot be read"),
        "UNREADABLE_ROW");
  }
  outcome = code == 0 ? absl::OkStatus() : FromRpcStatus(refusal);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<RequestLog>> RequestLog::Open(db::Database& database) {
  ASSIGN_OR_RETURN(std::string salt, LoadSecret(database, kRequestDigestSecret));
  return absl::WrapUnique(new RequestLog(std::move(salt)));
}

RequestKey RequestLog::KeyOf(absl::string_view method, absl::string_view scope,
                             absl::string_view principal, const Message& request,
                             const FieldDescriptor& request_id) const {
  std::string scratch;
  const std::string& given =
      request.GetReflection()->GetStringReference(request, &request_id, &scratch);
  RequestKey key{std::string(scope), std::string(principal), absl::AsciiStrToLower(given), ""};

  std::string bytes = absl::StrCat(method, "\n");
  if (given == key.request_id) {
    AppendDeterministic(request, bytes);
  } else {
    const std::unique_ptr<Message> copy(request.New());
    copy->CopyFrom(request);
    copy->GetReflection()->SetString(copy.get(), &request_id, key.request_id);
    AppendDeterministic(*copy, bytes);
  }
  key.digest = Hmac(salt_, bytes);
  return key;
}

db::BoundStatement RequestLog::First(const RequestKey& key) {
  return {kGet, {key.scope, key.principal, key.request_id}, {}};
}

absl::Status RequestLog::Run(db::Tx& tx, const RequestKey& key, absl::Time now,
                             absl::FunctionRef<absl::Status()> handler, Message& response,
                             absl::Status& outcome) {
  outcome = absl::OkStatus();
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kGet, {key.scope, key.principal, key.request_id}));
  if (!rows.empty()) return Replay(rows[0], key, response, outcome);

  absl::Status kept;
  absl::Status answer = tx.Guard([&]() -> absl::Status {
    absl::Status status = handler();
    if (!IsRemembered(status.code()) || !error::KeepsWrites(status)) return status;
    kept = std::move(status);
    return absl::OkStatus();
  });
  if (tx.conflicted()) return answer;  // The engine runs the unit again.
  if (answer.ok()) answer = std::move(kept);
  if (answer.ok()) return Remember(tx, key, now, 0, response.SerializeAsString());
  if (IsRemembered(answer.code())) {
    const google::rpc::Status wire = ToRpcStatus(answer);
    outcome = std::move(answer);
    return Remember(tx, key, now, wire.code(), wire.SerializeAsString());
  }
  if (IsGiven(answer.code())) {
    outcome = std::move(answer);
    return absl::OkStatus();
  }
  return answer;
}

absl::StatusOr<int64_t> PurgeOnce(db::Database& database, absl::Time now, int limit) {
  int64_t deleted = 0;
  const auto purge = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(deleted, tx.Exec(kPurge, {absl::ToUnixMicros(now - kRequestLogKept), limit}));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(database.Write({{"", "request_log_purge"}}, purge));
  return deleted;
}

std::vector<db::Migration> Migrations() {
  return {{"rpc",
           1,
           "request log and secrets",
           {"CREATE TABLE request_log ("
            " scope TEXT NOT NULL,"
            " principal TEXT NOT NULL,"
            " request_id TEXT NOT NULL,"
            " digest BYTEA NOT NULL,"
            " code BIGINT NOT NULL,"
            " answer BYTEA,"
            " created_us BIGINT NOT NULL,"
            " PRIMARY KEY (scope, principal, request_id))",
            "CREATE INDEX request_log_created ON request_log (created_us)",
            "CREATE TABLE secret ("
            " name TEXT NOT NULL,"
            " secret BYTEA NOT NULL,"
            " PRIMARY KEY (name))"}}};
}

}  // namespace twotier::rpc
