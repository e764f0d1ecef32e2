#include "common/db/connection.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::db {
namespace {

// What callers are asked to wait when the database is away: the first reconnect takes less.
constexpr absl::Duration kAwayRetry = absl::Seconds(1);

constexpr absl::string_view kSetPoint = "SAVEPOINT guard";
constexpr absl::string_view kReleasePoint = "RELEASE SAVEPOINT guard";
constexpr absl::string_view kRollbackPoint = "ROLLBACK TO SAVEPOINT guard";

// Length of the UTF-8 sequence at `text[at]`, or 0 when there is none that RFC 3629 allows.
size_t SequenceLength(absl::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const size_t left = text.size() - at;
  const unsigned char lead = byte(0);
  const size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 0 || lead > 0xF4 || length > left) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) > 0x9F;
  const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

bool IsStorable(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '\0') return false;
    const size_t length = SequenceLength(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace

void Row::EndProcess(size_t column, const char* expected) const {
  std::fprintf(stderr, "statement %.*s: column %zu is not %s\n",
               static_cast<int>(statement_.size()), statement_.data(), column, expected);
  std::abort();
}

uint64_t StableHash(absl::string_view a, absl::string_view b) {
  // FNV-1a, 64 bits (Fowler, Noll, Vo): short, and written down in many places.
  uint64_t hash = 14695981039346656037u;
  const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * 1099511628211u; };
  for (const char c : a) add(static_cast<unsigned char>(c));
  add(0);  // "4" + "8x" differs from "48" + "x".
  for (const char c : b) add(static_cast<unsigned char>(c));
  // FNV leaves the last bytes in few bits; names differ there. MurmurHash3's finaliser (Appleby)
  // spreads them.
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdu;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53u;
  return hash ^ (hash >> 33);
}

std::vector<Bump> BumpsOf(const std::vector<const std::vector<Key>*>& keys) {
  std::vector<Bump> bumps;
  for (const std::vector<Key>* of_unit : keys) {
    for (const Key& key : *of_unit) {
      // The bits that choose the lane are among them (LanedDatabase::Submit): where lanes are a
      // power of two, units meet by the keys that chose their lanes in that lane alone.
      const int64_t buckets =
          key.province_code.empty() ? kBucketsOfTheCountry : kBucketsPerProvince;
      bumps.push_back({key.province_code,
                       static_cast<int64_t>(StableHash(key.province_code, key.name) % buckets)});
    }
  }
  std::sort(bumps.begin(), bumps.end());
  bumps.erase(std::unique(bumps.begin(), bumps.end()), bumps.end());
  return bumps;
}

std::vector<Value> ValuesOf(const BoundStatement& bound) {
  std::vector<Value> values;
  values.reserve(bound.values.size());
  for (size_t i = 0; i < bound.values.size(); ++i) {
    const Row::Cell& cell = bound.values[i];
    if (const auto* integer = std::get_if<int64_t>(&cell)) {
      values.emplace_back(*integer);
    } else if (const auto* text = std::get_if<std::string>(&cell)) {
      const bool is_blob = i < bound.is_blob.size() && bound.is_blob[i];
      values.push_back(is_blob ? Value(Blob{*text}) : Value(absl::string_view(*text)));
    } else {
      values.emplace_back(std::nullopt);
    }
  }
  return values;
}

bool Binds(const BoundStatement& bound, const Statement& statement, Values values) {
  if (bound.statement.name != statement.name) return false;
  const std::vector<Value> own = ValuesOf(bound);
  return std::equal(own.begin(), own.end(), values.begin(), values.end(),
                    [](const Value& a, const Value& b) { return a.get() == b.get(); });
}

absl::Status CheckTexts(const Statement& statement, Values values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const auto* text = std::get_if<absl::string_view>(&values[i].get());
    if (text == nullptr || IsStorable(*text)) continue;
    return error::WithReason(
        absl::StatusCode::kInvalidArgument,
        absl::StrCat(statement.name, ": value $", i + 1, " is not UTF-8 text without U+0000"),
        "MALFORMED_REQUEST");
  }
  return absl::OkStatus();
}

absl::Status Away(absl::string_view why) {
  return error::WithRetryAfter(
      error::WithReason(absl::StatusCode::kUnavailable, why, "DATABASE_AWAY"), kAwayRetry);
}

EngineError Broken(absl::string_view statement, absl::string_view what) {
  return {Fault::kStatement,
          error::WithReason(absl::StatusCode::kInternal, absl::StrCat(statement, ": ", what),
                            "BROKEN_INVARIANT")};
}

absl::Status Connection::Usable() const {
  if (conflicted_) return absl::AbortedError("the transaction lost to another one");
  if (doomed_) return absl::AbortedError("the transaction is run again after a failed guard");
  if (!failure_.ok()) return failure_;
  if (lost_) return Away("the connection is lost");
  return absl::OkStatus();
}

absl::Status Connection::Fail(EngineError error) {
  if (error.fault == Fault::kLost) lost_ = true;
  if (error.fault == Fault::kConflict) {
    conflicted_ = true;
    return absl::AbortedError(error.status.message());
  }
  if (failure_.ok()) failure_ = error.status;
  return error.status;
}

absl::StatusOr<Rows> Connection::Query(const Statement& statement, Values values) {
  RETURN_IF_ERROR(Usable());
  RETURN_IF_ERROR(CheckTexts(statement, values));
  if (observer_ == nullptr) return DoQuery(statement, values);
  const int64_t start = absl::GetCurrentTimeNanos();
  absl::StatusOr<Rows> rows = DoQuery(statement, values);
  observer_->OnStatement(statement.name, absl::Nanoseconds(absl::GetCurrentTimeNanos() - start),
                         rows.ok());
  return rows;
}

absl::StatusOr<int64_t> Connection::Exec(const Statement& statement, Values values) {
  RETURN_IF_ERROR(Usable());
  RETURN_IF_ERROR(CheckTexts(statement, values));
  const int64_t start = observer_ == nullptr ? 0 : absl::GetCurrentTimeNanos();
  absl::StatusOr<int64_t> rows = DoExec(statement, values);
  if (rows.ok() && *rows > 0) wrote_ = true;
  if (observer_ != nullptr) {
    observer_->OnStatement(statement.name, absl::Nanoseconds(absl::GetCurrentTimeNanos() - start),
                           rows.ok());
  }
  return rows;
}

absl::Status Connection::Write(const Statement& statement, Values values, int64_t rows_expected) {
  RETURN_IF_ERROR(Usable());
  RETURN_IF_ERROR(CheckTexts(statement, values));
  wrote_ = true;
  const int64_t start = observer_ == nullptr ? 0 : absl::GetCurrentTimeNanos();
  absl::Status status = DoWrite(statement, values, rows_expected);
  if (observer_ != nullptr) {
    observer_->OnStatement(statement.name, absl::Nanoseconds(absl::GetCurrentTimeNanos() - start),
                           status.ok());
  }
  return status;
}

absl::Status Connection::Guard(const std::function<absl::Status()>& body) {
  RETURN_IF_ERROR(Usable());
  if (singly_) return GuardSingly(body);
  const bool wrote_before = std::exchange(wrote_, false);
  absl::Status status = body();
  // Without a savepoint there is nothing to go back to: the lane runs the units again, one by one.
  if (!status.ok() && wrote_) doomed_ = true;
  wrote_ = wrote_ || wrote_before;
  return status;
}

absl::Status Connection::GuardSingly(const std::function<absl::Status()>& body) {
  RETURN_IF_ERROR(DoSettle());  // What fails here was written before the guard.
  RETURN_IF_ERROR(RunPoint(Point::kSet));
  absl::Status status = body();
  if (status.ok()) status = Settle();
  if (status.ok()) return RunPoint(Point::kRelease);
  DoSettle().IgnoreError();  // What is still on its way is undone; conflict and loss are flags.
  if (conflicted_ || lost_) return Usable();
  const absl::Status failure = std::exchange(failure_, absl::OkStatus());
  absl::Status undone = RunPoint(Point::kRollback);
  if (undone.ok()) return status;
  // SQLite ends the whole transaction at some errors, such as a full disk or a statement that took
  // too long, and the savepoint with it: nothing more can be done in it, for that reason.
  if (failure.ok() || lost_) return undone;
  failure_ = failure;
  return failure;
}

absl::Status Connection::RunPoint(Point point) {
  switch (point) {
    case Point::kSet:
      return DoRunOnce(kSetPoint);
    case Point::kRelease:
      return DoRunOnce(kReleasePoint);
    case Point::kRollback:
      RETURN_IF_ERROR(DoRunOnce(kRollbackPoint));
      return DoRunOnce(kReleasePoint);
  }
  return absl::InternalError("unreachable");
}

void Connection::ClearTransaction() {
  conflicted_ = false;
  doomed_ = false;
  wrote_ = false;
  failure_ = absl::OkStatus();
}

absl::Status Connection::Begin(Access access, absl::Span<const Bump> bumps,
                               absl::string_view turn) {
  if (lost_) return Away("the connection is lost");
  ClearTransaction();
  return DoBegin(access, bumps, turn);
}

absl::StatusOr<std::vector<Rows>> Connection::Fetch(
    absl::Span<const BoundStatement* const> queries) {
  RETURN_IF_ERROR(Usable());
  for (const BoundStatement* query : queries) {
    RETURN_IF_ERROR(CheckTexts(query->statement, ValuesOf(*query)));
  }
  const int64_t start = observer_ == nullptr ? 0 : absl::GetCurrentTimeNanos();
  absl::StatusOr<std::vector<Rows>> fetched = DoFetch(queries);
  if (observer_ != nullptr && !(fetched.ok() && fetched->empty())) {
    const absl::Duration took = absl::Nanoseconds(absl::GetCurrentTimeNanos() - start);
    for (const BoundStatement* query : queries) {
      observer_->OnStatement(query->statement.name, took, fetched.ok());
    }
  }
  return fetched;
}

absl::StatusOr<std::vector<Rows>> Connection::QueryAll(absl::Span<const BoundStatement> queries) {
  if (queries.empty()) return std::vector<Rows>();
  if (fetches()) {
    std::vector<const BoundStatement*> borrowed;
    borrowed.reserve(queries.size());
    for (const BoundStatement& query : queries) borrowed.push_back(&query);
    return Fetch(borrowed);
  }
  std::vector<Rows> all;
  all.reserve(queries.size());
  for (const BoundStatement& query : queries) {
    ASSIGN_OR_RETURN(Rows rows, Query(query.statement, ValuesOf(query)));
    all.push_back(std::move(rows));
  }
  return all;
}

absl::Status Connection::RunOnce(absl::string_view sql) {
  RETURN_IF_ERROR(Usable());
  return DoRunOnce(sql);
}

absl::Status Connection::Settle() {
  RETURN_IF_ERROR(Usable());
  return DoSettle();
}

absl::Status Connection::Commit() {
  RETURN_IF_ERROR(Usable());
  return DoCommit();
}

absl::Status Connection::CommitEarly() {
  RETURN_IF_ERROR(Usable());
  return DoCommitEarly();
}

void Connection::Rollback() {
  if (!lost_) DoRollback();
  ClearTransaction();
}

void Connection::StartUnit(bool singly) {
  wrote_ = false;
  singly_ = singly;
}

absl::Status Connection::Reopen() {
  ClearTransaction();
  absl::Status status = DoReopen();
  lost_ = !status.ok();
  if (status.ok() && observer_ != nullptr) observer_->OnReconnect();
  return status;
}

}  // namespace twotier::db
