// Joins the hub to the server streams of common/rpc: snapshot first, then changes, or one subject's
// timeline.
#ifndef TWOTIER_COMMON_FEED_WATCH_SOURCE_H_
#define TWOTIER_COMMON_FEED_WATCH_SOURCE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/feed/hub.h"
#include "common/rpc/watch.h"
#include "common/status_macros.h"

namespace twotier::feed {

// Hands out a snapshot in bounded parts. It holds the immutable snapshot it was made from.
template <typename Response>
class SnapshotProducer {
 public:
  virtual ~SnapshotProducer() = default;

  // The snapshot contains at least every change up to here. It may contain newer ones: the consumer
  // drops a change at or below the subject version it holds.
  virtual int64_t position() const = 0;

  // Fills the next part; false when there is none left. Must not block.
  virtual bool Next(Response* out) = 0;
};

// How a service's messages are made.
template <typename Response>
struct WatchMapping {
  // Called once, unless the consumer resumes. Errors end the call, for example UNAVAILABLE
  // `SNAPSHOT_NOT_READY`. Null: there is none, who does not resume begins with what comes from now
  // on.
  std::function<absl::StatusOr<std::unique_ptr<SnapshotProducer<Response>>>()> snapshot;
  // Ends the snapshot, also where there is none; `token` resumes after it.
  std::function<void(std::string token, Response* out)> snapshot_end;
  // Fills a group's message; `token` resumes after it. False: nothing in the group concerns this
  // consumer. A service that sends states, not events, sends the newest one it holds, which may be
  // newer than the group, with that state's version (docs/feed.md). DATA_LOSS: a body cannot be
  // read.
  std::function<absl::StatusOr<bool>(const Group& group, std::string token, Response* out)> group;
  // Fills a heartbeat; `token` resumes after it, and after the groups that did not concern this
  // consumer: who waits long for one of his need not have all others read again.
  std::function<void(absl::Time known_time, std::string token, Response* out)> heartbeat;
};

// Source of one WatchChanges stream.
template <typename Response>
class GroupWatchSource final : public rpc::WatchSource<Response> {
 public:
  // `resume_token` empty: begins with a snapshot. Errors: Hub::OpenToken, Hub::Watch,
  // mapping.snapshot.
  static absl::StatusOr<std::unique_ptr<rpc::WatchSource<Response>>> Create(
      Hub& hub, absl::string_view resume_token, WatchMapping<Response> mapping) {
    std::unique_ptr<SnapshotProducer<Response>> snapshot;
    int64_t position = 0;
    if (resume_token.empty() && !mapping.snapshot) {
      ASSIGN_OR_RETURN(std::unique_ptr<GroupStream> from_now, hub.WatchFromNow());
      std::unique_ptr<GroupWatchSource> source(
          new GroupWatchSource(hub, std::move(from_now), nullptr, std::move(mapping)));
      source->begins_ = true;
      return source;
    }
    if (resume_token.empty()) {
      ASSIGN_OR_RETURN(snapshot, mapping.snapshot());
      position = snapshot->position();
    } else {
      ASSIGN_OR_RETURN(position, hub.OpenToken(resume_token));
    }
    ASSIGN_OR_RETURN(std::unique_ptr<GroupStream> stream, hub.Watch(position));
    return std::unique_ptr<rpc::WatchSource<Response>>(
        new GroupWatchSource(hub, std::move(stream), std::move(snapshot), std::move(mapping)));
  }

  void SetWake(std::function<void()> wake) override { stream_->SetWake(std::move(wake)); }

  absl::StatusOr<rpc::Pull> Next(Response* out) override {
    if (begins_) {
      ASSIGN_OR_RETURN(const std::optional<int64_t> position, stream_->Begin());
      if (!position.has_value()) return rpc::Pull::kWait;
      begins_ = false;
      mapping_.snapshot_end(hub_.SealToken(*position), out);
      return rpc::Pull::kMessage;
    }
    if (snapshot_ != nullptr) {
      if (snapshot_->Next(out)) return rpc::Pull::kMessage;
      out->Clear();
      mapping_.snapshot_end(hub_.SealToken(snapshot_->position()), out);
      snapshot_.reset();
      return rpc::Pull::kMessage;
    }
    while (true) {
      ASSIGN_OR_RETURN(const GroupStep step, stream_->Next());
      if (step.kind == GroupStep::Kind::kWait) return rpc::Pull::kWait;
      if (step.kind == GroupStep::Kind::kHeartbeat) {
        mapping_.heartbeat(step.known_time, hub_.SealToken(stream_->position()), out);
        return rpc::Pull::kMessage;
      }
      ASSIGN_OR_RETURN(const bool wanted,
                       mapping_.group(*step.group, hub_.SealToken(step.group->position()), out));
      if (wanted) {
        // A message that the client refuses would end its stream again and again.
        if (out->ByteSizeLong() > hub_.options().message_bytes_max) return GroupTooLarge();
        return rpc::Pull::kMessage;
      }
      out->Clear();
    }
  }

 private:
  GroupWatchSource(Hub& hub, std::unique_ptr<GroupStream> stream,
                   std::unique_ptr<SnapshotProducer<Response>> snapshot,
                   WatchMapping<Response> mapping)
      : hub_(hub),
        stream_(std::move(stream)),
        snapshot_(std::move(snapshot)),
        mapping_(std::move(mapping)) {}

  Hub& hub_;
  const std::unique_ptr<GroupStream> stream_;
  std::unique_ptr<SnapshotProducer<Response>> snapshot_;  // Null once it was given.
  const WatchMapping<Response> mapping_;
  bool begins_ = false;  // From now on, and has not begun.
};

// Source of one stream of a subject's timeline, for example WatchDossier.
template <typename Response>
class SubjectWatchSource final : public rpc::WatchSource<Response> {
 public:
  // DATA_LOSS: a body cannot be read.
  using Fill = std::function<absl::Status(const StoredEvent& event, Response* out)>;

  // `not_found` ends the stream when the subject has no event at all. Errors: Hub::WatchSubject.
  static absl::StatusOr<std::unique_ptr<rpc::WatchSource<Response>>> Create(
      Hub& hub, absl::string_view province_code, absl::string_view subject, int64_t after_version,
      absl::Status not_found, Fill fill) {
    ASSIGN_OR_RETURN(std::unique_ptr<SubjectStream> stream,
                     hub.WatchSubject(province_code, subject, after_version));
    return std::unique_ptr<rpc::WatchSource<Response>>(
        new SubjectWatchSource(std::move(stream), std::move(not_found), std::move(fill)));
  }

  void SetWake(std::function<void()> wake) override { stream_->SetWake(std::move(wake)); }

  absl::StatusOr<rpc::Pull> Next(Response* out) override {
    absl::StatusOr<SubjectStep> step = stream_->Next();
    if (absl::IsNotFound(step.status())) return not_found_;
    if (!step.ok()) return step.status();
    if (step->kind == SubjectStep::Kind::kWait) return rpc::Pull::kWait;
    RETURN_IF_ERROR(fill_(step->event, out));
    return rpc::Pull::kMessage;
  }

 private:
  SubjectWatchSource(std::unique_ptr<SubjectStream> stream, absl::Status not_found, Fill fill)
      : stream_(std::move(stream)), not_found_(std::move(not_found)), fill_(std::move(fill)) {}

  const std::unique_ptr<SubjectStream> stream_;
  const absl::Status not_found_;
  const Fill fill_;
};

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_WATCH_SOURCE_H_
