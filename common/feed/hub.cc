#include "common/feed/hub.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/errors.h"
#include "common/feed/metrics.h"
#include "common/feed/tables.h"
#include "common/feed/waiter.h"
#include "common/status_macros.h"

namespace twotier::feed {
namespace {

constexpr db::Statement kListGroups{"feed_list_groups",
                                    "SELECT " TWOTIER_EVENT_COLUMNS
                                    " FROM event WHERE position > $1 ORDER BY position LIMIT $2"};

constexpr db::Statement kDeletedPosition{
    "feed_deleted_position", "SELECT COALESCE(MAX(deleted_position), 0) FROM feed_retention"};

// What callers are asked to wait when there are too many streams.
constexpr absl::Duration kTooManyStreamsRetry = absl::Seconds(5);

// Events of one statement: with bodies of 256 KiB they are 16 MiB, before anybody has counted them.
constexpr int kRowsPerRead = 64;

// Bytes of one event in memory beside its texts.
constexpr size_t kEventBytes = sizeof(StoredEvent) + 64;

size_t BytesOf(const StoredEvent& event) {
  return kEventBytes + event.event.subject.size() + event.event.kind.size() +
         event.event.body.size() + event.event.previous_hash.size() + event.hash.size() +
         event.group.size();
}

}  // namespace

absl::StatusOr<std::vector<GroupPtr>> ReadGroups(db::Tx& tx, int64_t position, PageLimits limits) {
  std::vector<GroupPtr> groups;
  auto group = std::make_shared<Group>();
  int events = 0;
  size_t bytes = 0;
  const int rows_max = std::min(kRowsPerRead, limits.events);
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListGroups, {position, rows_max}));
    for (const db::Row& row : rows) {
      StoredEvent event = ReadEvent(row);
      position = event.position;
      ++events;
      group->bytes += BytesOf(event);
      const bool last = event.last_of_group;
      group->events.push_back(std::move(event));
      if (!last) continue;
      bytes += group->bytes;
      groups.push_back(std::exchange(group, std::make_shared<Group>()));
      if (events >= limits.events || bytes >= limits.bytes) return groups;
    }
    // Whole groups are committed: what is left in `group` goes on in the next rows.
    if (static_cast<int>(rows.size()) < rows_max) return groups;
  }
}

absl::StatusOr<int64_t> DeletedPosition(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kDeletedPosition, {}));
  return rows.front().Int(0);
}

absl::StatusOr<int64_t> PositionOf(db::Tx& tx) {
  ASSIGN_OR_RETURN(const Head head, ReadHead(tx));
  return head.position;
}

absl::StatusOr<std::unique_ptr<Hub>> Hub::Create(db::Database* database, const Clock* clock,
                                                 HubOptions options) {
  RETURN_IF_ERROR(Prepare(*database));
  Head head;
  RETURN_IF_ERROR(database->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(head, ReadHead(tx));
    return absl::OkStatus();
  }));
  return std::unique_ptr<Hub>(
      new Hub(database, clock, options, TokenSealer(head.token_key, head.epoch)));
}

Hub::Hub(db::Database* database, const Clock* clock, HubOptions options, TokenSealer sealer)
    : database_(database),
      clock_(clock),
      options_(options),
      sealer_(std::move(sealer)),
      metrics_(options_.metrics == nullptr ? nullptr
                                           : std::make_unique<HubMetrics>(*options_.metrics)) {}

Hub::~Hub() { Stop(); }

void Hub::OnGroup(Listener listener) {
  OnGroups([listener = std::move(listener)](absl::Span<const GroupPtr> groups) {
    for (const GroupPtr& group : groups) listener(group);
    return absl::OkStatus();
  });
}

void Hub::OnGroups(PageListener listener) { listeners_.push_back(std::move(listener)); }

void Hub::Start(int64_t after_position) {
  {
    absl::MutexLock lock(&mutex_);
    base_ = stats_.position = after_position;
    stale_ = listeners_.empty();
  }
  heartbeat_ = clock_->Now();
  thread_ = std::thread([this] { Loop(); });
}

void Hub::Wake() {
  if (woken_.exchange(true, std::memory_order_acq_rel)) return;
  absl::MutexLock lock(&mutex_);
  changed_.Signal();
}

void Hub::Stop() {
  std::vector<WaiterPtr> waiters;
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(stopped_, true)) return;
    changed_.Signal();
    waiters.assign(waiters_.begin(), waiters_.end());
  }
  if (thread_.joinable()) thread_.join();
  for (const WaiterPtr& waiter : waiters) waiter->Wake();
}

HubStats Hub::stats() const {
  absl::MutexLock lock(&mutex_);
  HubStats stats = stats_;
  stats.streams = waiters_.size();
  stats.streams_waiting = static_cast<size_t>(std::count_if(
      waiters_.begin(), waiters_.end(), [](const WaiterPtr& w) { return w->waiting; }));
  stats.ring_groups = ring_.size();
  return stats;
}

std::string Hub::SealToken(int64_t position) const { return sealer_.Seal(position); }

absl::StatusOr<int64_t> Hub::OpenToken(absl::string_view token) const {
  return sealer_.Open(token);
}

void Hub::Loop() {
  absl::Duration backoff = options_.poll_interval;
  absl::Duration wait = absl::ZeroDuration();
  while (WaitForWork(wait)) {
    const absl::StatusOr<bool> more = Follow();
    if (metrics_ != nullptr) metrics_->Set(stats());
    if (more.ok()) {
      Heartbeat();
      backoff = options_.poll_interval;
      wait = *more ? absl::ZeroDuration() : options_.poll_interval;
      continue;
    }
    {
      absl::MutexLock lock(&mutex_);
      ++stats_.failures;
    }
    wait = backoff;
    backoff = std::min(backoff * 2, options_.backoff_max);
  }
}

bool Hub::WaitForWork(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  absl::MutexLock lock(&mutex_);
  while (!stopped_ && !woken_.load(std::memory_order_acquire)) {
    if (changed_.WaitWithDeadline(&mutex_, deadline)) break;
  }
  woken_.store(false, std::memory_order_release);
  return !stopped_;
}

absl::Status Hub::Catch() {
  int64_t position = 0;
  int64_t known_us = 0;
  RETURN_IF_ERROR(database_->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Head head, ReadHead(tx));
    position = head.position;
    known_us = head.known_us;
    return absl::OkStatus();
  }));
  std::vector<WaiterPtr> woken;
  {
    absl::MutexLock lock(&mutex_);
    ring_.clear();
    stats_.ring_bytes = 0;
    base_ = stats_.position = position;
    stats_.known_time = absl::FromUnixMicros(known_us);
    stale_ = false;
    for (const WaiterPtr& waiter : waiters_) {
      waiter->dirty = true;
      if (std::exchange(waiter->waiting, false)) woken.push_back(waiter);
    }
  }
  for (const WaiterPtr& waiter : woken) waiter->Wake();
  return absl::OkStatus();
}

absl::StatusOr<bool> Hub::Follow() {
  int64_t position = 0;
  bool stale = false;
  {
    absl::MutexLock lock(&mutex_);
    if (waiters_.empty() && listeners_.empty()) {
      stale_ = true;
      return false;
    }
    position = stats_.position;
    stale = stale_;
  }
  if (stale) {
    RETURN_IF_ERROR(Catch());
    return true;
  }
  std::vector<GroupPtr> groups;
  Head head;
  RETURN_IF_ERROR(database_->ReadNow([&](db::Tx& tx) -> absl::Status {
    groups.clear();
    ASSIGN_OR_RETURN(head, ReadHead(tx));
    if (head.position <= position) return absl::OkStatus();
    ASSIGN_OR_RETURN(groups, ReadGroups(tx, position, {options_.page_events, options_.page_bytes}));
    return absl::OkStatus();
  }));
  const bool more = !groups.empty() && groups.back()->position() < head.position;
  // What became known together with the last group may lie behind it.
  RETURN_IF_ERROR(Publish(groups, more ? groups.back()->known_time() - absl::Microseconds(1)
                                       : absl::FromUnixMicros(head.known_us)));
  return more;
}

void Hub::Push(const GroupPtr& group) {
  ring_.push_back(group);
  stats_.position = group->position();
  stats_.ring_bytes += group->bytes;
  ++stats_.groups;
  while (ring_.size() > 1 &&
         (ring_.size() > options_.ring_groups_max || stats_.ring_bytes > options_.ring_bytes_max)) {
    base_ = ring_.front()->position();
    stats_.ring_bytes -= ring_.front()->bytes;
    ring_.pop_front();
  }
}

absl::Status Hub::Publish(const std::vector<GroupPtr>& groups, absl::Time known_time) {
  if (!groups.empty()) {
    for (const PageListener& listener : listeners_) RETURN_IF_ERROR(listener(groups));
  }
  std::vector<WaiterPtr> woken;
  const auto wake = [&woken](const WaiterPtr& waiter) {
    if (std::exchange(waiter->waiting, false)) woken.push_back(waiter);
  };
  {
    absl::MutexLock lock(&mutex_);
    stats_.known_time = known_time;
    for (const GroupPtr& group : groups) {
      Push(group);
      if (by_subject_.empty()) continue;
      for (const StoredEvent& event : group->events) {
        const auto found = by_subject_.find(event.event.subject);
        if (found == by_subject_.end()) continue;
        for (const WaiterPtr& waiter : found->second) {
          waiter->dirty = true;
          wake(waiter);
        }
      }
    }
    if (!groups.empty()) {
      for (const WaiterPtr& waiter : waiters_) {
        if (waiter->subject.empty()) wake(waiter);
      }
    }
  }
  for (const WaiterPtr& waiter : woken) waiter->Wake();
  return absl::OkStatus();
}

void Hub::Heartbeat() {
  const absl::Time now = clock_->Now();
  // A clock that was set back says nothing of when the last one was.
  if (heartbeat_ <= now && now < heartbeat_ + options_.heartbeat_interval) return;
  heartbeat_ = now;
  std::vector<WaiterPtr> woken;
  {
    absl::MutexLock lock(&mutex_);
    for (const WaiterPtr& waiter : waiters_) {
      if (!waiter->subject.empty()) continue;
      waiter->heartbeat = true;
      if (std::exchange(waiter->waiting, false)) woken.push_back(waiter);
    }
  }
  for (const WaiterPtr& waiter : woken) waiter->Wake();
}

absl::Status Hub::AddWaiter(const WaiterPtr& waiter) {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return error::ShuttingDown();
    if (waiters_.size() >= options_.streams_max) {
      return error::WithRetryAfter(
          error::WithReason(absl::StatusCode::kResourceExhausted, "too many streams", "QUEUE_FULL"),
          kTooManyStreamsRetry);
    }
    waiters_.insert(waiter);
    if (!waiter->subject.empty()) by_subject_[waiter->subject].insert(waiter);
  }
  Wake();  // It may have been idle.
  return absl::OkStatus();
}

void Hub::RemoveWaiter(const WaiterPtr& waiter) {
  absl::MutexLock lock(&mutex_);
  waiters_.erase(waiter);
  const auto found = by_subject_.find(waiter->subject);
  if (found == by_subject_.end()) return;
  found->second.erase(waiter);
  if (found->second.empty()) by_subject_.erase(found);
}

absl::StatusOr<std::unique_ptr<GroupStream>> Hub::Watch(int64_t position) {
  auto waiter = std::make_shared<Waiter>("");
  RETURN_IF_ERROR(AddWaiter(waiter));
  return std::unique_ptr<GroupStream>(new GroupStream(this, std::move(waiter), position));
}

absl::StatusOr<std::unique_ptr<GroupStream>> Hub::WatchFromNow() { return Watch(0); }

absl::StatusOr<std::unique_ptr<SubjectStream>> Hub::WatchSubject(absl::string_view province_code,
                                                                 absl::string_view subject,
                                                                 int64_t after_version) {
  auto waiter = std::make_shared<Waiter>(std::string(subject));
  RETURN_IF_ERROR(AddWaiter(waiter));
  return std::unique_ptr<SubjectStream>(
      new SubjectStream(this, std::move(waiter), std::string(province_code), after_version));
}

}  // namespace twotier::feed
