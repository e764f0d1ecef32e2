// The reactor under a WatchSource: one message in flight, race-free end.
#ifndef TWOTIER_COMMON_RPC_WATCH_STREAM_H_
#define TWOTIER_COMMON_RPC_WATCH_STREAM_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/status.h"
#include "common/rpc/watch.h"
#include "grpcpp/support/server_callback.h"

namespace twotier::rpc {

// The state machine of a stream, without its message type. At any time at most one thread is its
// pump: it asks the source, hands a message to the transport, or ends the stream. The pump's right
// stays with the message that is being written.
class WatchStreamBase : public std::enable_shared_from_this<WatchStreamBase> {
 public:
  virtual ~WatchStreamBase() = default;

  // `sent` is called for each message, `ended` once, before the status leaves. Called before Start.
  void SetObserver(std::function<void()> sent, std::function<void(const absl::Status&)> ended);

  // Begins to pull from the source.
  void Start();

  // Ends the stream with `status` as soon as no message is in flight. The first call counts.
  // Thread-safe.
  void End(absl::Status status);

 protected:
  // Something may have come. Thread-safe.
  void Wake();
  // The message in flight was taken by the transport, or (false) the stream is broken.
  void Written(bool ok);

  virtual absl::StatusOr<Pull> PullNext() = 0;
  virtual void WriteMessage() = 0;
  virtual void FinishStream(const grpc::Status& status) = 0;

 private:
  void Pump();
  void CloseWith(const absl::Status& status);

  std::function<void()> sent_;
  std::function<void(const absl::Status&)> ended_;

  absl::Mutex mutex_;
  bool pumping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;  // Wake came while somebody pumped.
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
};

// Owns itself until gRPC is done with it; a `wake` that comes later finds nothing.
template <typename Response>
class WatchStream final : public WatchStreamBase, public grpc::ServerWriteReactor<Response> {
 public:
  static std::shared_ptr<WatchStream> Create() {
    auto stream = std::make_shared<WatchStream>();
    stream->self_ = stream;
    return stream;
  }

  void SetSource(std::unique_ptr<WatchSource<Response>> source) {
    source_ = std::move(source);
    source_->SetWake([weak = std::weak_ptr<WatchStreamBase>(this->shared_from_this())] {
      if (const auto stream = weak.lock()) static_cast<WatchStream*>(stream.get())->Wake();
    });
  }

  void OnWriteDone(bool ok) override { Written(ok); }
  void OnCancel() override { End(absl::CancelledError("the caller has gone")); }
  void OnDone() override { const auto self = std::move(self_); }

 private:
  absl::StatusOr<Pull> PullNext() override {
    message_.Clear();
    return source_->Next(&message_);
  }
  void WriteMessage() override { this->StartWrite(&message_); }
  void FinishStream(const grpc::Status& status) override { this->Finish(status); }

  std::shared_ptr<WatchStream> self_;
  std::unique_ptr<WatchSource<Response>> source_;
  Response message_;
};

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_WATCH_STREAM_H_
