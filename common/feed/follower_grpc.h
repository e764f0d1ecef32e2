// Follows over gRPC. Works with every server stream whose response has the items of WatchChanges:
// snapshot_part, snapshot_end{resume_token}, group{resume_token, known_time},
// heartbeat{known_time}.
#ifndef TWOTIER_COMMON_FEED_FOLLOWER_GRPC_H_
#define TWOTIER_COMMON_FEED_FOLLOWER_GRPC_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "common/feed/follower.h"
#include "common/rpc/status.h"
#include "common/status_macros.h"
#include "google/protobuf/timestamp.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/status.h"

namespace twotier::feed {

// A channel whose dead peer is noticed: HTTP/2 keepalive each 20 s, answered within 10 s, also
// between messages. Servers allow it because their heartbeats come more often. Messages up to 16
// MiB are taken.
std::shared_ptr<grpc::Channel> CreateFollowerChannel(const std::string& target);

// `Response` is the stream's message.
template <typename Response>
class GrpcFeed final : public FollowedFeed {
 public:
  using Stream = grpc::ClientAsyncReaderInterface<Response>;
  // Opens the stream on `queue` with `tag`: stub->AsyncWatchChanges(context, request, queue, tag).
  using OpenStream =
      std::function<std::unique_ptr<Stream>(grpc::ClientContext* context, const std::string& token,
                                            grpc::CompletionQueue* queue, void* tag)>;
  // Writes the resources of a part (`response.snapshot_part()`) or of a group (`response.group()`).
  using Apply =
      std::function<absl::Status(db::Tx& tx, int64_t snapshot_id, const Response& response)>;

  GrpcFeed(OpenStream open, Apply apply) : open_(std::move(open)), apply_(std::move(apply)) {}
  ~GrpcFeed() override { Close(); }

  void Open(absl::string_view token) override;
  absl::StatusOr<FollowedItem> Read(absl::Duration timeout) override;
  void Cancel() override;

 private:
  // Waits for the operation under way. False when it failed; DEADLINE_EXCEEDED when it is still
  // under way.
  absl::StatusOr<bool> WaitForTag(absl::Duration timeout);
  absl::Status Finish();
  void Close();
  FollowedItem ItemOf(std::shared_ptr<const Response> response) const;

  const OpenStream open_;
  const Apply apply_;
  std::unique_ptr<grpc::CompletionQueue> queue_;
  std::unique_ptr<Stream> stream_;
  std::shared_ptr<Response> response_;
  bool started_ = false;  // The stream's start has been seen.
  bool pending_ = false;  // An operation is under way on queue_.

  absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<grpc::ClientContext> context_ ABSL_GUARDED_BY(mutex_);
};

template <typename Response>
void GrpcFeed<Response>::Open(absl::string_view token) {
  Close();
  queue_ = std::make_unique<grpc::CompletionQueue>();
  auto context = std::make_unique<grpc::ClientContext>();
  grpc::ClientContext* const opened = context.get();
  {
    absl::MutexLock lock(&mutex_);
    context_ = std::move(context);
  }
  started_ = false;
  pending_ = true;
  stream_ = open_(opened, std::string(token), queue_.get(), this);
}

template <typename Response>
absl::StatusOr<FollowedItem> GrpcFeed<Response>::Read(absl::Duration timeout) {
  {
    absl::MutexLock lock(&mutex_);
    if (cancelled_) return absl::CancelledError("the follower was stopped");
  }
  if (!started_) {
    ASSIGN_OR_RETURN(started_, WaitForTag(timeout));
    if (!started_) return Finish();
  }
  if (!pending_) {
    response_ = std::make_shared<Response>();
    pending_ = true;
    stream_->Read(response_.get(), this);
  }
  ASSIGN_OR_RETURN(const bool read, WaitForTag(timeout));
  if (!read) return Finish();
  return ItemOf(std::move(response_));
}

template <typename Response>
void GrpcFeed<Response>::Cancel() {
  absl::MutexLock lock(&mutex_);
  cancelled_ = true;
  if (context_ != nullptr) context_->TryCancel();
}

template <typename Response>
absl::StatusOr<bool> GrpcFeed<Response>::WaitForTag(absl::Duration timeout) {
  void* tag = nullptr;
  bool ok = false;
  const auto deadline = absl::ToChronoTime(absl::Now() + timeout);
  switch (queue_->AsyncNext(&tag, &ok, deadline)) {
    case grpc::CompletionQueue::GOT_EVENT:
      pending_ = false;
      return ok;
    case grpc::CompletionQueue::TIMEOUT:
      return absl::DeadlineExceededError("nothing came from the source");
    case grpc::CompletionQueue::SHUTDOWN:
      break;
  }
  return absl::CancelledError("the stream is closed");
}

// Only after an operation failed: then the status is there, or comes at once.
template <typename Response>
absl::Status GrpcFeed<Response>::Finish() {
  grpc::Status status;
  stream_->Finish(&status, this);
  pending_ = true;
  absl::StatusOr<bool> finished = WaitForTag(absl::InfiniteDuration());
  stream_.reset();
  if (!finished.ok()) return finished.status();
  if (status.ok()) return absl::UnavailableError("the source ended the stream");
  return rpc::FromGrpcStatus(status);
}

template <typename Response>
void GrpcFeed<Response>::Close() {
  {
    absl::MutexLock lock(&mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }
  if (stream_ != nullptr) {
    // A cancelled operation completes; its memory must live until it does.
    while (pending_) WaitForTag(absl::InfiniteDuration()).IgnoreError();
    Finish().IgnoreError();  // The stream was given up: how it ends tells nothing.
  }
  stream_.reset();
  response_.reset();
  queue_.reset();
  absl::MutexLock lock(&mutex_);
  context_.reset();
}

template <typename Response>
FollowedItem GrpcFeed<Response>::ItemOf(std::shared_ptr<const Response> response) const {
  const auto time_of = [](const google::protobuf::Timestamp& stamp) {
    return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
  };
  FollowedItem item;
  if (response->has_snapshot_part()) {
    item.kind = FollowedItem::Kind::kSnapshotPart;
  } else if (response->has_snapshot_end()) {
    item.kind = FollowedItem::Kind::kSnapshotEnd;
    item.token = response->snapshot_end().resume_token();
  } else if (response->has_group()) {
    item.kind = FollowedItem::Kind::kGroup;
    item.token = response->group().resume_token();
    item.known_time = time_of(response->group().known_time());
  } else {
    item.kind = FollowedItem::Kind::kHeartbeat;
    item.known_time = time_of(response->heartbeat().known_time());
  }
  item.apply = [this, response = std::move(response)](db::Tx& tx, int64_t snapshot_id) {
    return apply_(tx, snapshot_id, *response);
  };
  return item;
}

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_FOLLOWER_GRPC_H_
