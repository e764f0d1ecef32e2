#include "common/feed/sequencer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "common/crypto.h"
#include "common/feed/metrics.h"
#include "common/feed/order.h"
#include "common/feed/tables.h"
#include "common/status_macros.h"

namespace twotier::feed {
namespace {

constexpr db::Statement kListPending{
    "feed_list_pending",
    "SELECT province_code, subject, version, group_id FROM event WHERE position IS NULL"
    " ORDER BY group_id, ordinal LIMIT $1"};

// Whether an event of the slice waits for one behind its end: then the slice is not closed. What
// comes before is found by its key: the index of what is not numbered has no use for COALESCE.
constexpr db::Statement kFindOpenEnd{
    "feed_find_open_end",
    "SELECT 1 FROM event AS later JOIN event AS earlier"
    " ON earlier.province_code = later.province_code AND earlier.subject = later.subject"
    " AND earlier.version = later.version - 1"
    " WHERE later.position IS NULL AND later.group_id <= $1"
    " AND COALESCE(earlier.position, 0) = 0 AND earlier.group_id > $1 LIMIT 1"};

// Numbers the pending groups from $3 to $4, after position $1.
constexpr db::Statement kNumberRun{
    "feed_number_run",
    "UPDATE event SET position = $1 + numbered.place, known_us = $2,"
    " last_of_group = numbered.last_place FROM"
    " (SELECT province_code AS in_province, subject AS of_subject, version AS at_version,"
    " ROW_NUMBER() OVER (ORDER BY group_id, ordinal) AS place,"
    " CASE WHEN LEAD(group_id) OVER (ORDER BY group_id, ordinal) = group_id THEN 0 ELSE 1 END"
    " AS last_place FROM event WHERE position IS NULL AND group_id >= $3 AND group_id <= $4)"
    " AS numbered WHERE event.province_code = numbered.in_province"
    " AND event.subject = numbered.of_subject AND event.version = numbered.at_version"};

// The old fencing number and position must still stand: whoever changed them meanwhile holds the
// lease.
constexpr db::Statement kUpdateHead{
    "feed_update_head",
    "UPDATE feed_head SET position = $1, known_us = $2, holder = $3, fencing = $4, until_us = $5"
    " WHERE id = 1 AND fencing = $6 AND position = $7"};

constexpr db::Statement kReleaseLease{
    "feed_release_lease",
    "UPDATE feed_head SET until_us = 0 WHERE id = 1 AND holder = $1 AND fencing = $2"};

constexpr db::Statement kCountPending{
    "feed_count_pending",
    "SELECT COUNT(*) FROM (SELECT group_id FROM event WHERE position IS NULL"
    " ORDER BY group_id, ordinal LIMIT $1) AS pending"};

struct Slice {
  std::vector<PendingEvent> events;  // Whole groups, sorted by group.
  bool more = false;
};

// Reads whole groups: about `limit` events, more when one group has more or when a later version
// stands before an earlier one across the end.
absl::StatusOr<Slice> ReadSlice(db::Tx& tx, int64_t limit) {
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListPending, {limit + 1}));
    Slice slice;
    slice.more = static_cast<int64_t>(rows.size()) > limit;
    size_t whole = rows.size();
    if (slice.more) {
      const std::string& cut = rows.back().Text(3);
      while (whole > 0 && rows[whole - 1].Text(3) == cut) --whole;
    }
    bool closed = whole > 0 || !slice.more;
    if (closed && slice.more) {
      ASSIGN_OR_RETURN(const db::Rows open, tx.Query(kFindOpenEnd, {rows[whole - 1].Text(3)}));
      closed = open.empty();
    }
    if (!closed) {
      limit *= 2;
      continue;
    }
    slice.events.reserve(whole);
    for (size_t i = 0; i < whole; ++i) {
      const db::Row& row = rows[i];
      slice.events.push_back(PendingEvent{.province_code = row.Text(0),
                                          .subject = row.Text(1),
                                          .version = row.Int(2),
                                          .group = row.Text(3)});
    }
    return slice;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sequencer>> Sequencer::Create(db::Database* database,
                                                             const Clock* clock,
                                                             SequencerOptions options) {
  RETURN_IF_ERROR(Prepare(*database));
  if (options.holder.empty()) options.holder = absl::BytesToHexString(RandomBytes(8));
  return std::unique_ptr<Sequencer>(new Sequencer(database, clock, std::move(options)));
}

Sequencer::Sequencer(db::Database* database, const Clock* clock, SequencerOptions options)
    : database_(database),
      clock_(clock),
      options_(std::move(options)),
      slice_events_(database->engine() == db::Engine::kSqlite ? options_.slice_events_sqlite
                                                              : options_.slice_events_postgres),
      metrics_(options_.metrics == nullptr
                   ? nullptr
                   : std::make_unique<SequencerMetrics>(*options_.metrics)) {}

Sequencer::~Sequencer() { Stop(); }

void Sequencer::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Sequencer::Poke() {
  if (poked_.exchange(true, std::memory_order_acq_rel)) return;
  absl::MutexLock lock(&mutex_);
  changed_.Signal();
}

void Sequencer::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(stopped_, true)) return;
    changed_.Signal();
  }
  if (thread_.joinable()) thread_.join();
  Release();
}

SequencerStats Sequencer::stats() const {
  absl::MutexLock lock(&mutex_);
  SequencerStats stats = stats_;
  const absl::Time now = clock_->Now();
  stats.lag = std::max(absl::ZeroDuration(), now - behind_since_);
  // Who could not renew the lease may have been succeeded.
  stats.leading = stats.leading && now < leading_until_;
  return stats;
}

absl::StatusOr<int64_t> Sequencer::RunOnce() {
  ASSIGN_OR_RETURN(const Pass pass, TryPass());
  return pass.numbered;
}

void Sequencer::Loop() {
  absl::Duration backoff = options_.poll_interval;
  absl::Duration wait = absl::ZeroDuration();
  while (WaitForWork(wait)) {
    const absl::StatusOr<Pass> pass = TryPass();
    CountPending();
    if (metrics_ != nullptr) metrics_->Set(stats());
    if (pass.ok()) {
      backoff = options_.poll_interval;
      wait = pass->more ? absl::ZeroDuration() : options_.poll_interval;
    } else {
      wait = backoff;
      backoff = std::min(backoff * 2, options_.backoff_max);
    }
  }
}

bool Sequencer::WaitForWork(absl::Duration timeout) {
  const absl::Time began = absl::Now();
  {
    absl::MutexLock lock(&mutex_);
    while (!stopped_ && !poked_.load(std::memory_order_acquire)) {
      if (changed_.WaitWithDeadline(&mutex_, began + timeout)) break;
    }
    if (stopped_) return false;
  }
  // Lets some commits come together before they are numbered. Slept, not waited for: a wait ends by
  // the clock of the day, which may be set back.
  absl::SleepFor(std::min(began + options_.pause_min - absl::Now(), options_.pause_min));
  absl::MutexLock lock(&mutex_);
  poked_.store(false, std::memory_order_release);
  return !stopped_;
}

absl::StatusOr<Sequencer::Pass> Sequencer::TryPass() {
  int64_t held_fencing = 0;
  int slice_events = slice_events_;
  {
    absl::MutexLock lock(&mutex_);
    if (stats_.leading) held_fencing = stats_.fencing;
    if (more_) slice_events *= options_.catch_up_factor;
  }
  Pass pass;
  // Without keys: the head's row is what two sequencers conflict on.
  const absl::Status status = database_->Write(
      {}, [&](db::Tx& tx) { return RunPass(tx, held_fencing, slice_events, pass); });
  {
    absl::MutexLock lock(&mutex_);
    if (!status.ok()) {
      ++stats_.failures;
      behind_since_ = std::min(behind_since_, clock_->Now());
      return status;
    }
    more_ = pass.more;
    stats_.leading = pass.leading;
    leading_until_ = absl::FromUnixMicros(pass.until_us);
    stats_.position = pass.position;
    if (pass.leading) stats_.fencing = pass.fencing;
    if (pass.numbered > 0) ++stats_.passes;
    stats_.numbered += pass.numbered;
    if (pass.more) {
      behind_since_ = std::min(behind_since_, clock_->Now());
    } else if (pass.leading) {
      behind_since_ = absl::InfiniteFuture();
    }
  }
  if (pass.numbered > 0 && options_.on_sequenced) options_.on_sequenced();
  return pass;
}

absl::Status Sequencer::RunPass(db::Tx& tx, int64_t held_fencing, int slice_events,
                                Pass& pass) const {
  pass = Pass{};
  ASSIGN_OR_RETURN(const Head head, ReadHead(tx));
  const int64_t now_us = absl::ToUnixMicros(clock_->Now());
  pass.position = head.position;
  // A greater number under this name is a take-over of its own whose commit it did not hear of.
  const bool held = head.holder == options_.holder && head.fencing >= held_fencing;
  if (!held && head.until_us > now_us) return absl::OkStatus();

  pass.leading = true;
  pass.fencing = held ? head.fencing : head.fencing + 1;
  ASSIGN_OR_RETURN(const Slice slice, ReadSlice(tx, slice_events));
  pass.more = slice.more;
  pass.until_us = head.until_us;
  const bool renew = head.until_us < now_us + absl::ToInt64Microseconds(options_.lease / 2);
  if (slice.events.empty() && held && !renew) return absl::OkStatus();

  const int64_t known_us = std::max(now_us, head.known_us + 1);
  for (const GroupRun& run : OrderGroups(slice.events)) {
    RETURN_IF_ERROR(tx.Write(kNumberRun, {pass.position, known_us, run.first_group, run.last_group},
                             run.events));
    pass.position += run.events;
  }
  pass.numbered = pass.position - head.position;
  pass.until_us = now_us + absl::ToInt64Microseconds(options_.lease);
  return tx.Write(kUpdateHead, {pass.position, known_us, options_.holder, pass.fencing,
                                pass.until_us, head.fencing, head.position});
}

void Sequencer::CountPending() {
  const absl::Time now = absl::Now();
  if (now < counted_ + kCountInterval) return;
  counted_ = now;
  int64_t pending = 0;
  const absl::Status status = database_->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kCountPending, {kPendingCountMax}));
    pending = rows.front().Int(0);
    return absl::OkStatus();
  });
  absl::MutexLock lock(&mutex_);
  if (!status.ok()) {
    ++stats_.failures;
    return;
  }
  stats_.pending = pending;
  behind_since_ = pending == 0 ? absl::InfiniteFuture() : std::min(behind_since_, clock_->Now());
}

void Sequencer::Release() {
  int64_t fencing = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (!stats_.leading) return;
    stats_.leading = false;
    fencing = stats_.fencing;
  }
  // When the database is away the lease ends by itself.
  database_
      ->Write({},
              [&](db::Tx& tx) {
                return tx.Exec(kReleaseLease, {options_.holder, fencing}).status();
              })
      .IgnoreError();
}

}  // namespace twotier::feed
