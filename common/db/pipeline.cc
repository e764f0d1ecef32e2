#include "common/db/pipeline.h"

#include <endian.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/together.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::db {
namespace {

// Object ids of the types that statements may use; they are fixed in PostgreSQL's pg_type.dat.
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
// The same where nothing is on its way, as while a result is awaited: Linux would ask after two
// hours. First question after 10 s of silence, then two more.
constexpr char kKeepalivesIdleSeconds[] = "10";
constexpr char kKeepalivesIntervalSeconds[] = "3";
constexpr char kKeepalivesCount[] = "3";
// What TLS has decrypted already does not make the socket readable again: look this often.
constexpr absl::Duration kTlsLook = absl::Milliseconds(10);

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, FreeResult>;

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

// What matters more to the transaction comes first.
int Weight(const Pipeline::Trouble& trouble) {
  return trouble.has_value() ? static_cast<int>(trouble->fault) + 1 : 0;
}

}  // namespace

Pipeline::Trouble Pipeline::Lost() {
  pending_.clear();
  return EngineError{Fault::kLost,
                     Away(absl::StrCat("the connection to PostgreSQL broke: ",
                                       absl::StripAsciiWhitespace(PQerrorMessage(connection_))))};
}

absl::Status Pipeline::Connect(const std::string& url, const std::string& settings) {
  PQfinish(std::exchange(connection_, nullptr));
  prepared_.clear();
  pending_.clear();
  held_.Clear();
  const char* const names[] = {"dbname",
                               "application_name",
                               "client_encoding",
                               "connect_timeout",
                               "tcp_user_timeout",
                               "keepalives_idle",
                               "keepalives_interval",
                               "keepalives_count",
                               nullptr};
  const char* const values[] = {url.c_str(),
                                "twotier",
                                "UTF8",
                                kConnectTimeoutSeconds,
                                kTcpUserTimeoutMs,
                                kKeepalivesIdleSeconds,
                                kKeepalivesIntervalSeconds,
                                kKeepalivesCount,
                                nullptr};
  connection_ = PQconnectdbParams(names, values, /*expand_dbname=*/1);
  if (PQstatus(connection_) != CONNECTION_OK) {
    return Away(absl::StripAsciiWhitespace(PQerrorMessage(connection_)));
  }
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  if (PQsetnonblocking(connection_, 1) != 0) return Lost()->status;
  RETURN_IF_ERROR(RunSettings(settings));
  return PQenterPipelineMode(connection_) == 1 ? absl::OkStatus() : Lost()->status;
}

absl::Status Pipeline::RunSettings(const std::string& settings) {
  if (PQsendQuery(connection_, settings.c_str()) != 1) return Lost()->status;
  if (const Trouble trouble = Flush()) return trouble->status;
  absl::Status status;
  for (;;) {
    if (const Trouble trouble = AwaitResult()) return trouble->status;
    const Result result(PQgetResult(connection_));
    if (result == nullptr) return status;
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
      status = Away(absl::StripAsciiWhitespace(PQerrorMessage(connection_)));
    }
  }
}

// ---- Waiting

Pipeline::Trouble Pipeline::AwaitSocket(short events, absl::Time deadline) {
  const absl::Duration left = deadline - absl::Now();
  if (left <= absl::ZeroDuration()) {
    pending_.clear();
    return EngineError{Fault::kLost, Away("PostgreSQL does not answer")};
  }
  const absl::Duration wait = PQsslInUse(connection_) != 0 ? std::min(left, kTlsLook) : left;
  const absl::Duration rounded = absl::Ceil(wait, absl::Milliseconds(1));
  pollfd waiting{PQsocket(connection_), events, 0};
  if (poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(rounded))) < 0 &&
      errno != EINTR) {
    return Lost();
  }
  return std::nullopt;
}

Pipeline::Trouble Pipeline::AwaitResult() {
  if (PQisBusy(connection_) == 0) return std::nullopt;
  const absl::Time deadline = absl::Now() + patience_;
  do {
    if (Trouble trouble = AwaitSocket(POLLIN, deadline)) return trouble;
    if (PQconsumeInput(connection_) != 1) return Lost();
  } while (PQisBusy(connection_) != 0);
  return std::nullopt;
}

// ---- Sending (several as one: pipeline_joint.cc)

Oid Pipeline::TypeOf(const Value& value) {
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
Pipeline::Trouble Pipeline::Prepare(const Statement& statement, Values values,
                                    const Prepared*& result) {
  auto found = prepared_.find(statement.name);
  if (found == prepared_.end()) {
    found = prepared_.emplace(std::string(statement.name), Prepared{}).first;
    found->second.sql = std::string(statement.sql);
    found->second.types.assign(ParameterCount(statement.sql), kUnknownType);
  }
  Prepared& prepared = found->second;
  result = &prepared;
  if (prepared.sql != statement.sql) {
    return Broken(statement.name, "two statements have this name");
  }
  if (prepared.types.size() != values.size()) {
    return Broken(statement.name, "another number of values than parameters");
  }
  bool current = !prepared.server_name.empty();
  for (size_t i = 0; i < values.size(); ++i) {
    const Oid type = TypeOf(values[i]);
    if (type == kUnknownType || type == prepared.types[i]) continue;
    if (prepared.types[i] != kUnknownType) {
      return Broken(statement.name, absl::StrCat("$", i + 1, " changes its type"));
    }
    prepared.types[i] = type;
    current = false;
  }
  if (current) return std::nullopt;
  prepared.server_name = absl::StrCat(statement.name, "#", ++prepared_count_);
  if (PQsendPrepare(connection_, prepared.server_name.c_str(), prepared.sql.c_str(),
                    static_cast<int>(prepared.types.size()), prepared.types.data()) != 1) {
    return Lost();
  }
  pending_.push_back({Pending::Kind::kPrepare, Want::kNothing, statement.name});
  return std::nullopt;
}

Pipeline::Trouble Pipeline::Send(Want want, const Statement& statement, Values values,
                                 int64_t rows_expected) {
  if (held_.Concern(statement)) {
    if (Trouble trouble = SendHeld()) return trouble;
  }
  const Prepared* prepared = nullptr;
  if (Trouble trouble = Prepare(statement, values, prepared)) return trouble;
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
    return Lost();
  }
  pending_.push_back({Pending::Kind::kStatement, want, statement.name, rows_expected});
  return std::nullopt;
}

Pipeline::Trouble Pipeline::SendOnce(absl::string_view sql) {
  if (Trouble trouble = SendHeld()) return trouble;
  if (PQsendQueryParams(connection_, std::string(sql).c_str(), 0, nullptr, nullptr, nullptr,
                        nullptr, kBinary) != 1) {
    return Lost();
  }
  pending_.push_back({Pending::Kind::kStatement, Want::kNothing, "once"});
  return std::nullopt;
}

Pipeline::Trouble Pipeline::Mark() {
  if (PQpipelineSync(connection_) != 1) return Lost();
  pending_.push_back({Pending::Kind::kMark, Want::kNothing, "mark"});
  return std::nullopt;
}

Pipeline::Trouble Pipeline::Flush() {
  absl::Time deadline = absl::InfinitePast();  // Set when there is something to wait for.
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) return std::nullopt;
    if (left < 0) return Lost();
    // The server may want to be read before it reads on.
    if (deadline == absl::InfinitePast()) deadline = absl::Now() + patience_;
    if (Trouble trouble = AwaitSocket(POLLIN | POLLOUT, deadline)) return trouble;
    if (PQconsumeInput(connection_) != 1) return Lost();
  }
}

// ---- Reading

Pipeline::Trouble Pipeline::Flight() {
  counts_.clear();
  rows_.clear();
  wrote_ = false;
  if (Trouble trouble = SendHeld()) return trouble;
  if (Trouble trouble = Mark()) return trouble;
  if (Trouble trouble = Flush()) return trouble;
  Trouble worst;
  const std::vector<Pending> sent = std::exchange(pending_, {});
  for (const Pending& pending : sent) {
    if (Trouble trouble = AwaitResult()) return trouble;
    const Result result(PQgetResult(connection_));
    if (result == nullptr || PQstatus(connection_) == CONNECTION_BAD) return Lost();
    Trouble trouble = Take(pending, result.get());
    if (Weight(trouble) > Weight(worst)) worst = std::move(trouble);
    // Every statement's results end with a null; a mark has none.
    if (pending.kind != Pending::Kind::kMark) {
      if (Trouble silence = AwaitResult()) return silence;
      if (const Result end(PQgetResult(connection_)); end != nullptr) return Lost();
    }
  }
  return worst;
}

Pipeline::Trouble Pipeline::Take(const Pending& pending, const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  if ((status == PGRES_PIPELINE_SYNC) != (pending.kind == Pending::Kind::kMark)) return Lost();
  if (status == PGRES_PIPELINE_SYNC) return std::nullopt;
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    if (pending.kind == Pending::Kind::kPrepare) prepared_.erase(pending.name);
    if (pending.want == Want::kCount) counts_.push_back(0);
    // Skipped after an error that was read before.
    if (status == PGRES_PIPELINE_ABORTED) return std::nullopt;
    const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    // The primary message names tables and constraints; the detail would carry stored values.
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return MapSqlState(sqlstate == nullptr ? "" : sqlstate,
                       absl::StrCat(pending.name, ": ", message == nullptr ? "" : message));
  }
  if (pending.want == Want::kNothing) return std::nullopt;
  if (pending.want == Want::kRows) return TakeRows(pending, result);
  const char* text = PQcmdTuples(const_cast<PGresult*>(result));
  int64_t count = 0;
  // Empty for what touches no rows by its nature, such as DDL.
  const bool counted = absl::SimpleAtoi(text, &count);
  if (pending.want == Want::kCount) {
    counts_.push_back(count);
    if (!counted || count > 0) wrote_ = true;
  } else if (count != pending.rows_expected) {
    return EngineError{Fault::kConflict,
                       absl::AbortedError(absl::StrCat(pending.name, " touched ", count, " rows"))};
  }
  return std::nullopt;
}

Pipeline::Trouble Pipeline::TakeRows(const Pending& pending, const PGresult* result) {
  const int count = PQntuples(result);
  const int columns = PQnfields(result);
  // Of what was asked together, the first column says whose row it is.
  const int first_column = pending.askers == 0 ? 0 : 1;
  const size_t base = rows_.size();
  rows_.resize(base + std::max<size_t>(pending.askers, 1));
  if (pending.askers == 0) rows_[base].reserve(count);
  for (int row = 0; row < count; ++row) {
    size_t asker = 0;
    if (pending.askers > 0) {
      asker = LoadBigEndian<uint32_t>(PQgetvalue(result, row, 0));
      if (asker >= pending.askers) continue;
    }
    std::vector<Row::Cell> cells;
    cells.reserve(columns - first_column);
    for (int column = first_column; column < columns; ++column) {
      if (!AppendCell(result, row, column, cells)) {
        return Broken(pending.name, "a column is neither integer, text nor bytes");
      }
    }
    rows_[base + asker].emplace_back(std::move(cells), pending.name);
  }
  if (!absl::StartsWith(PQcmdStatus(const_cast<PGresult*>(result)), "SELECT")) wrote_ = true;
  return std::nullopt;
}

Pipeline::Trouble Pipeline::CheckIdle() {
  pollfd waiting{PQsocket(connection_), POLLIN, 0};
  if (poll(&waiting, 1, 0) <= 0) return std::nullopt;
  if (PQconsumeInput(connection_) != 1 || PQstatus(connection_) == CONNECTION_BAD) return Lost();
  return std::nullopt;
}

}  // namespace twotier::db
