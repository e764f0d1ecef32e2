#include "common/rpc/watch_stream.h"

#include <new>

#include "common/errors.h"

namespace twotier::rpc {

void WatchStreamBase::SetObserver(std::function<void()> sent,
                                  std::function<void(const absl::Status&)> ended) {
  sent_ = std::move(sent);
  ended_ = std::move(ended);
}

void WatchStreamBase::Start() { Wake(); }

void WatchStreamBase::Wake() {
  {
    absl::MutexLock lock(&mutex_);
    if (finished_) return;
    if (pumping_) {
      woken_ = true;
      return;
    }
    pumping_ = true;
  }
  Pump();
}

void WatchStreamBase::End(absl::Status status) {
  {
    absl::MutexLock lock(&mutex_);
    if (finished_ || end_.has_value()) return;
    end_ = std::move(status);
    if (pumping_) return;  // The pump sees it before it asks the source again.
    pumping_ = true;
  }
  Pump();
}

void WatchStreamBase::Written(bool ok) {
  if (!ok) {
    absl::MutexLock lock(&mutex_);
    if (!end_.has_value()) end_ = absl::CancelledError("the stream is broken");
  }
  Pump();
}

void WatchStreamBase::Pump() {
  for (;;) {
    std::optional<absl::Status> end;
    {
      absl::MutexLock lock(&mutex_);
      woken_ = false;
      end = end_;
    }
    if (end.has_value()) return CloseWith(*end);

    absl::StatusOr<Pull> pull = Pull::kWait;
    try {
      pull = PullNext();
    } catch (const std::bad_alloc&) {
      pull =
          error::WithReason(absl::StatusCode::kResourceExhausted, "out of memory", "OUT_OF_MEMORY");
    }
    if (!pull.ok()) return CloseWith(pull.status());
    if (*pull == Pull::kEnd) return CloseWith(absl::OkStatus());
    if (*pull == Pull::kMessage) {
      if (sent_) sent_();
      WriteMessage();  // From here on another thread may be the pump.
      return;
    }
    absl::MutexLock lock(&mutex_);
    if (!woken_ && !end_.has_value()) {
      pumping_ = false;
      return;
    }
  }
}

void WatchStreamBase::CloseWith(const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    finished_ = true;
  }
  if (ended_) ended_(status);
  FinishStream(ToGrpcStatus(status));  // May destroy this object.
}

}  // namespace twotier::rpc
