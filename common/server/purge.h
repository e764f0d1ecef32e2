// Forgets old requests in the background.
#ifndef TWOTIER_COMMON_SERVER_PURGE_H_
#define TWOTIER_COMMON_SERVER_PURGE_H_

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/log.h"

namespace twotier::server {

// Deletes request log rows past their time, one bounded slice after another, with pauses in which
// the lanes belong to the callers.
class RequestLogPurge {
 public:
  // While slices come back full: 500 rows each 100 ms outrun any rate at which a service makes them
  // for long.
  static constexpr absl::Duration kPause = absl::Milliseconds(100);
  // When nothing is left. Rows are kept for 90 days; an hour more does not matter.
  static constexpr absl::Duration kRest = absl::Hours(1);

  // Everything outlives this object.
  RequestLogPurge(db::Database& database, const Clock& clock, Log& log);
  ~RequestLogPurge();
  RequestLogPurge(const RequestLogPurge&) = delete;
  RequestLogPurge& operator=(const RequestLogPurge&) = delete;

  // Ends after the slice at hand. Waits.
  void Stop();

 private:
  void Run();

  db::Database& database_;
  const Clock& clock_;
  Log& log_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace twotier::server

#endif  // TWOTIER_COMMON_SERVER_PURGE_H_
