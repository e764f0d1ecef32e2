// Work that a process does in the background, in bounded slices.
#ifndef TWOTIER_COMMON_CHORE_H_
#define TWOTIER_COMMON_CHORE_H_

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/log.h"

namespace twotier {

// Runs one slice after another on a thread of its own, with pauses in which the database belongs to
// the callers. The first slice runs at once.
class Chore {
 public:
  struct Options {
    std::string name;      // For the log.
    absl::Duration pause;  // After a slice that left something to do.
    absl::Duration rest;   // After one that left nothing, or failed: the next one finds the same.
  };

  // `slice` does a bounded part of the work; true: there is more. A failure is logged. `log`
  // outlives this object.
  Chore(Options options, std::function<absl::StatusOr<bool>()> slice, Log* log);
  // Stops.
  ~Chore();
  Chore(const Chore&) = delete;
  Chore& operator=(const Chore&) = delete;

  // Ends after the slice at hand. Waits. Idempotent.
  void Stop();

 private:
  void Run();

  const Options options_;
  const std::function<absl::StatusOr<bool>()> slice_;
  Log& log_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace twotier

#endif  // TWOTIER_COMMON_CHORE_H_
