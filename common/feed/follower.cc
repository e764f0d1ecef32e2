#include "common/feed/follower.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/errors.h"
#include "common/feed/metrics.h"
#include "common/status_macros.h"

namespace twotier::feed {
namespace {

constexpr db::Statement kReadPosition{
    "feed_read_follower",
    "SELECT token, snapshot_id, staging_id, known_us FROM follower_position WHERE source = $1"};

constexpr db::Statement kWritePosition{
    "feed_write_follower",
    "INSERT INTO follower_position (source, token, snapshot_id, staging_id, known_us)"
    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (source) DO UPDATE SET token = excluded.token,"
    " snapshot_id = excluded.snapshot_id, staging_id = excluded.staging_id,"
    " known_us = excluded.known_us"};

// True when the source says that the token is of no use: only a snapshot helps.
bool TokenIsUseless(const absl::Status& status) {
  const std::optional<error::Reason> reason = error::ReasonOf(status);
  return reason.has_value() &&
         (reason->reason == "RESUME_TOKEN_EXPIRED" || reason->reason == "WRONG_RESUME_TOKEN");
}

}  // namespace

// Where the follower stands, as its database has it.
struct Follower::Position {
  std::string token;        // Empty: a snapshot is needed.
  int64_t snapshot_id = 0;  // In use; 0: none.
  int64_t staging_id = 0;   // Last id that was given to a snapshot.
  int64_t known_us = 0;

  friend bool operator==(const Position&, const Position&) = default;

  static absl::StatusOr<Position> Read(db::Tx& tx, absl::string_view source) {
    Position position;
    ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kReadPosition, {source}));
    if (rows.empty()) return position;
    const db::Row& row = rows.front();
    position.token = row.Bytes(0);
    position.snapshot_id = row.Int(1);
    position.staging_id = row.Int(2);
    position.known_us = row.Int(3);
    return position;
  }

  absl::Status Write(db::Tx& tx, absl::string_view source) const {
    return tx.Write(kWritePosition, {source, db::Blob{token}, snapshot_id, staging_id, known_us});
  }
};

Follower::Follower(db::Database* database, const Clock* clock, std::unique_ptr<FollowedFeed> source,
                   FollowerSink sink, FollowerOptions options)
    : database_(database),
      clock_(clock),
      source_(std::move(source)),
      sink_(std::move(sink)),
      options_(std::move(options)),
      metrics_(options_.metrics == nullptr
                   ? nullptr
                   : std::make_unique<FollowerMetrics>(*options_.metrics, options_.source)) {}

Follower::~Follower() { Stop(); }

void Follower::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Follower::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(stopped_, true)) return;
    changed_.Signal();
  }
  source_->Cancel();
  if (thread_.joinable()) thread_.join();
}

FollowerStats Follower::stats() const {
  absl::MutexLock lock(&mutex_);
  FollowerStats stats = stats_;
  stats.lag = std::max(absl::ZeroDuration(), clock_->Now() - stats.known_time);
  return stats;
}

bool Follower::Pause(absl::Duration time) {
  const absl::Time deadline = absl::Now() + time;
  absl::MutexLock lock(&mutex_);
  while (!stopped_ && !changed_.WaitWithDeadline(&mutex_, deadline)) {
  }
  return !stopped_;
}

void Follower::Note(const Position& position) {
  absl::MutexLock lock(&mutex_);
  stats_.current = position.snapshot_id != 0;
  stats_.snapshot_id = position.snapshot_id;
  if (position.known_us == 0) return;
  // What heartbeats said since is not stored.
  stats_.known_time = std::max(stats_.known_time, absl::FromUnixMicros(position.known_us));
}

void Follower::Loop() {
  absl::BitGen random;
  absl::Duration backoff = options_.backoff_min;
  while (true) {
    bool moved = false;
    const absl::Status status = FollowOnce(moved);
    {
      absl::MutexLock lock(&mutex_);
      if (stopped_) return;
      stats_.connected = false;
      ++stats_.failures;
      stats_.last_error = status;
    }
    if (metrics_ != nullptr) metrics_->Set(stats());
    // Who got on begins with short waits again: the source was there.
    if (moved) backoff = options_.backoff_min;
    if (!Pause(backoff * absl::Uniform(random, 0.5, 1.0))) return;
    backoff = std::min(backoff * 2, options_.backoff_max);
  }
}

absl::StatusOr<Follower::Position> Follower::LoadPosition() {
  Position position;
  RETURN_IF_ERROR(database_->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(position, Position::Read(tx, options_.source));
    return absl::OkStatus();
  }));
  return position;
}

absl::Status Follower::FollowOnce(bool& moved) {
  ASSIGN_OR_RETURN(Position position, LoadPosition());
  Note(position);
  {
    absl::MutexLock lock(&mutex_);
    ++stats_.connects;
  }
  source_->Open(position.token);
  if (position.token.empty()) RETURN_IF_ERROR(BeginSnapshot(position));
  while (true) {
    absl::StatusOr<FollowedItem> item = source_->Read(options_.silence_max);
    if (!item.ok()) {
      if (TokenIsUseless(item.status())) RETURN_IF_ERROR(ForgetToken(position));
      return item.status();
    }
    RETURN_IF_ERROR(Take(*item, position));
    moved = true;
    {
      absl::MutexLock lock(&mutex_);
      if (stopped_) return absl::CancelledError("the follower was stopped");
      stats_.connected = true;
      stats_.last_message_time = clock_->Now();
    }
    if (metrics_ != nullptr) metrics_->Set(stats());
  }
}

absl::Status Follower::BeginSnapshot(Position& position) {
  // A new id: what an earlier attempt left behind is not mixed in, and goes with the next swap.
  Position next = position;
  ++next.staging_id;
  return Commit(next, position, nullptr);
}

absl::Status Follower::ForgetToken(Position& position) {
  Position next = position;
  next.token.clear();
  return Commit(next, position, nullptr);
}

absl::Status Follower::Commit(const Position& next, Position& position,
                              const std::function<absl::Status(db::Tx&)>& apply) {
  const auto work = [&](db::Tx& tx) -> absl::Status {
    // Two processes may follow into one database for a while: one that was paused does not know
    // that another took over. Whoever finds the position moved starts again from where it stands.
    ASSIGN_OR_RETURN(const Position stored, Position::Read(tx, options_.source));
    if (stored != position) {
      return absl::AbortedError(absl::StrCat("another process follows ", options_.source,
                                             "; its position is taken over"));
    }
    if (apply != nullptr) RETURN_IF_ERROR(apply(tx));
    return next.Write(tx, options_.source);
  };
  RETURN_IF_ERROR(database_->Write({}, work));
  position = next;
  Note(position);
  return absl::OkStatus();
}

absl::Status Follower::Take(const FollowedItem& item, Position& position) {
  Position next = position;
  switch (item.kind) {
    case FollowedItem::Kind::kSnapshotPart:
      return Commit(next, position,
                    [&](db::Tx& tx) { return item.apply(tx, position.staging_id); });
    case FollowedItem::Kind::kSnapshotEnd: {
      next.token = item.token;
      next.snapshot_id = position.staging_id;
      RETURN_IF_ERROR(
          Commit(next, position, [&](db::Tx& tx) { return sink_.swap(tx, next.snapshot_id); }));
      {
        absl::MutexLock lock(&mutex_);
        ++stats_.snapshots;
      }
      sink_.applied();
      return absl::OkStatus();
    }
    case FollowedItem::Kind::kGroup: {
      next.token = item.token;
      // Groups that became known together come one by one: that moment is reached by what comes
      // behind them, a group or a heartbeat.
      next.known_us = std::max(position.known_us, absl::ToUnixMicros(item.known_time) - 1);
      RETURN_IF_ERROR(
          Commit(next, position, [&](db::Tx& tx) { return item.apply(tx, position.snapshot_id); }));
      {
        absl::MutexLock lock(&mutex_);
        ++stats_.groups;
      }
      sink_.applied();
      return absl::OkStatus();
    }
    case FollowedItem::Kind::kHeartbeat: {
      // Held in memory only: a write each few seconds would say nothing that the next one does not.
      absl::MutexLock lock(&mutex_);
      stats_.known_time = std::max(stats_.known_time, item.known_time);
      return absl::OkStatus();
    }
  }
  return absl::InternalError("an item of no kind");
}

absl::StatusOr<std::string> TokenInUse(db::Tx& tx, absl::string_view source) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kReadPosition, {source}));
  return rows.empty() ? std::string() : rows.front().Bytes(0);
}

absl::StatusOr<int64_t> SnapshotInUse(db::Tx& tx, absl::string_view source) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kReadPosition, {source}));
  return rows.empty() ? 0 : rows.front().Int(1);
}

}  // namespace twotier::feed
