// Server streams that follow something: the stream pulls, one message at a time, so that nothing is
// buffered for a consumer that does not read.
#ifndef TWOTIER_COMMON_RPC_WATCH_H_
#define TWOTIER_COMMON_RPC_WATCH_H_

#include <functional>

#include "absl/status/statusor.h"

namespace twotier::rpc {

// What a source has for its stream now.
enum class Pull {
  kMessage,  // `out` was filled.
  kWait,     // Nothing now; the source calls `wake` when there may be something.
  kEnd,      // Nothing ever again: the stream ends with OK.
};

// Supplies the messages of one stream of KIND_WATCH. Owned by the stream and destroyed with it, on
// any thread.
template <typename Response>
class WatchSource {
 public:
  // Must cut every tie through which `wake` could still be called; calls that are already running
  // are allowed to finish later and do nothing.
  virtual ~WatchSource() = default;

  // Called once, before the first Next. `wake` may be called from any thread, any number of times,
  // also after the stream has ended, but never while holding a lock that Next or the destructor
  // takes: it may call Next on the same thread. It never blocks otherwise.
  virtual void SetWake(std::function<void()> wake) = 0;

  // Called by one thread at a time, only when the message before was handed to the transport. Must
  // not block. `out` is empty. An error ends the stream with it; a consumer that fell too far
  // behind is RESOURCE_EXHAUSTED `SLOW_CONSUMER`.
  virtual absl::StatusOr<Pull> Next(Response* out) = 0;
};

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_WATCH_H_
