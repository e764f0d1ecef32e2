#include <algorithm>
#include <utility>

#include "common/errors.h"
#include "common/feed/hub.h"
#include "common/feed/tables.h"
#include "common/feed/waiter.h"
#include "common/status_macros.h"

namespace twotier::feed {
namespace {

// Timeline entries of one read: most timelines are shorter. Few, because a body may have 256 KiB
// and ten thousand streams may hold a page.
constexpr size_t kSubjectPageEvents = 16;

absl::Status SlowConsumer() {
  return error::WithReason(absl::StatusCode::kResourceExhausted,
                           "the consumer fell too far behind; go on with the last token",
                           "SLOW_CONSUMER");
}

absl::Status Expired(absl::string_view why) {
  return error::WithReason(absl::StatusCode::kOutOfRange, why, "RESUME_TOKEN_EXPIRED");
}

absl::Status NeverGiven() {
  return error::WithReason(absl::StatusCode::kInvalidArgument,
                           "the resume token is not one of this feed", "WRONG_RESUME_TOKEN");
}

}  // namespace

absl::Status GroupTooLarge() {
  return Expired("the next group is too large for one message; start again from a snapshot");
}

GroupStream::~GroupStream() {
  hub_->RemoveWaiter(waiter_);
  absl::MutexLock lock(&waiter_->mutex);
  waiter_->wake.reset();
  waiter_->closed = true;
}

void GroupStream::SetWake(std::function<void()> wake) {
  absl::MutexLock lock(&waiter_->mutex);
  waiter_->wake = std::make_shared<const std::function<void()>>(std::move(wake));
}

absl::StatusOr<std::optional<int64_t>> GroupStream::Begin() {
  absl::MutexLock lock(&hub_->mutex_);
  if (hub_->stopped_) return error::ShuttingDown();
  if (hub_->stale_) {  // The hub wakes everybody once it has caught up.
    waiter_->waiting = true;
    return std::nullopt;
  }
  cursor_ = hub_->stats_.position;
  live_ = known_ = true;
  return cursor_;
}

absl::StatusOr<GroupStep> GroupStream::Give(GroupPtr group) {
  if (static_cast<int>(group->events.size()) > hub_->options_.group_events_max) {
    return GroupTooLarge();
  }
  cursor_ = group->position();
  const absl::Time known_time = group->known_time();
  return GroupStep{GroupStep::Kind::kGroup, std::move(group), known_time};
}

absl::StatusOr<GroupStep> GroupStream::Next() {
  while (true) {
    if (!page_.empty()) {
      GroupPtr next = std::move(page_.front());
      page_.pop_front();
      return Give(std::move(next));
    }
    std::optional<absl::StatusOr<Hub::Waiter::Page>> result;
    {
      absl::MutexLock lock(&waiter_->mutex);
      if (waiter_->fetching) return GroupStep{};
      result = std::exchange(waiter_->result, std::nullopt);
    }
    if (result.has_value()) {
      RETURN_IF_ERROR(result->status());
      TakePage(std::get<std::vector<GroupPtr>>(**result));
      if (!page_.empty()) continue;
    }
    ASSIGN_OR_RETURN(std::optional<GroupStep> step, FromRing());
    if (step.has_value()) {
      if (step->kind == GroupStep::Kind::kGroup) return Give(std::move(step->group));
      return *std::move(step);
    }
    FetchPage();
  }
}

// The database may be ahead of the hub. What the listeners have not seen is left for the ring: a
// service fills its answer from its snapshot, and that must hold the group before a stream does.
void GroupStream::TakePage(std::vector<GroupPtr>& groups) {
  known_ = true;
  absl::MutexLock lock(&hub_->mutex_);
  for (GroupPtr& group : groups) {
    if (group->position() > hub_->stats_.position) break;
    page_.push_back(std::move(group));
  }
}

absl::StatusOr<std::optional<GroupStep>> GroupStream::FromRing() {
  absl::MutexLock lock(&hub_->mutex_);
  if (hub_->stopped_) return error::ShuttingDown();
  const auto wait = [this] {
    waiter_->waiting = true;
    return std::optional<GroupStep>(GroupStep{});
  };
  // The hub wakes everybody once it has caught up.
  if (hub_->stale_) return wait();
  if (cursor_ < hub_->base_) {
    if (!live_) return std::nullopt;
    ++hub_->stats_.slow_consumers;
    return SlowConsumer();
  }
  if (cursor_ > hub_->stats_.position) {
    // Given by another process, which is a little ahead; or never.
    if (!known_) return std::nullopt;
    return wait();
  }
  live_ = known_ = true;
  const auto next =
      std::partition_point(hub_->ring_.begin(), hub_->ring_.end(),
                           [this](const GroupPtr& group) { return group->position() <= cursor_; });
  if (next != hub_->ring_.end()) {
    return std::optional<GroupStep>(
        GroupStep{GroupStep::Kind::kGroup, *next, (*next)->known_time()});
  }
  if (std::exchange(waiter_->heartbeat, false)) {
    return std::optional<GroupStep>(
        GroupStep{GroupStep::Kind::kHeartbeat, nullptr, hub_->stats_.known_time});
  }
  return wait();
}

void GroupStream::FetchPage() {
  const Hub::WaiterPtr waiter = waiter_;
  {
    absl::MutexLock lock(&waiter->mutex);
    waiter->fetching = waiter->submitting = true;
  }
  auto groups = std::make_shared<std::vector<GroupPtr>>();
  db::Read read;
  const PageLimits limits{hub_->options_.page_events, hub_->options_.page_bytes};
  read.work = [groups, position = cursor_, limits](db::Tx& tx) {
    groups->clear();
    ASSIGN_OR_RETURN(const Head head, ReadHead(tx));
    if (position > head.position) return NeverGiven();
    ASSIGN_OR_RETURN(const int64_t deleted, DeletedPosition(tx));
    if (position < deleted) return Expired("the token is older than the feed keeps");
    ASSIGN_OR_RETURN(*groups, ReadGroups(tx, position, limits));
    return absl::OkStatus();
  };
  read.wanted = [waiter] {
    absl::MutexLock lock(&waiter->mutex);
    return !waiter->closed;
  };
  read.done = [waiter, groups](absl::Status status) {
    if (status.ok()) {
      waiter->Finish(Hub::Waiter::Page(std::move(*groups)));
    } else {
      waiter->Finish(std::move(status));
    }
  };
  hub_->database_->Submit(std::move(read));
  absl::MutexLock lock(&waiter->mutex);
  waiter->submitting = false;
}

SubjectStream::~SubjectStream() {
  hub_->RemoveWaiter(waiter_);
  absl::MutexLock lock(&waiter_->mutex);
  waiter_->wake.reset();
  waiter_->closed = true;
}

void SubjectStream::SetWake(std::function<void()> wake) {
  absl::MutexLock lock(&waiter_->mutex);
  waiter_->wake = std::make_shared<const std::function<void()>>(std::move(wake));
}

absl::StatusOr<SubjectStep> SubjectStream::Next() {
  while (true) {
    if (!page_.empty()) {
      SubjectStep step{SubjectStep::Kind::kEvent, std::move(page_.front())};
      page_.pop_front();
      after_version_ = step.event.event.version;
      return step;
    }
    {
      absl::MutexLock lock(&waiter_->mutex);
      if (waiter_->fetching) return SubjectStep{};
      if (waiter_->result.has_value()) {
        absl::StatusOr<Hub::Waiter::Page> result = *std::move(waiter_->result);
        waiter_->result.reset();
        RETURN_IF_ERROR(result.status());
        auto& events = std::get<std::vector<StoredEvent>>(*result);
        page_.assign(std::make_move_iterator(events.begin()),
                     std::make_move_iterator(events.end()));
        exists_ = true;
        page_full_ = page_.size() == kSubjectPageEvents;
        if (!page_.empty()) continue;
      }
    }
    {
      absl::MutexLock lock(&hub_->mutex_);
      if (hub_->stopped_) return error::ShuttingDown();
      if (!std::exchange(waiter_->dirty, false) && !page_full_) {
        waiter_->waiting = true;
        return SubjectStep{};
      }
    }
    FetchPage();
  }
}

void SubjectStream::FetchPage() {
  const Hub::WaiterPtr waiter = waiter_;
  {
    absl::MutexLock lock(&waiter->mutex);
    waiter->fetching = waiter->submitting = true;
  }
  auto events = std::make_shared<std::vector<StoredEvent>>();
  db::Read read;
  read.work = [events, waiter, province_code = province_code_, after = after_version_,
               exists = exists_](db::Tx& tx) -> absl::Status {
    events->clear();
    ASSIGN_OR_RETURN(*events, ListEvents(tx, province_code, waiter->subject, after,
                                         static_cast<int>(kSubjectPageEvents)));
    if (!events->empty() || exists) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<StoredEvent> any,
                     ListEvents(tx, province_code, waiter->subject, 0, 1));
    return any.empty() ? absl::NotFoundError("the subject has no events") : absl::OkStatus();
  };
  read.wanted = [waiter] {
    absl::MutexLock lock(&waiter->mutex);
    return !waiter->closed;
  };
  read.done = [waiter, events](absl::Status status) {
    if (status.ok()) {
      waiter->Finish(Hub::Waiter::Page(std::move(*events)));
    } else {
      waiter->Finish(std::move(status));
    }
  };
  hub_->database_->Submit(std::move(read));
  absl::MutexLock lock(&waiter->mutex);
  waiter->submitting = false;
}

}  // namespace twotier::feed
