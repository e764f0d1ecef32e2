#include "common/server/purge.h"

#include "common/rpc/request_log.h"

namespace twotier::server {

RequestLogPurge::RequestLogPurge(db::Database& database, const Clock& clock, Log& log)
    : database_(database), clock_(clock), log_(log), thread_([this] { Run(); }) {}

RequestLogPurge::~RequestLogPurge() { Stop(); }

void RequestLogPurge::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void RequestLogPurge::Run() {
  for (;;) {
    const absl::StatusOr<int64_t> deleted = rpc::PurgeOnce(database_, clock_.Now());
    if (!deleted.ok()) {
      // The next round finds the same rows.
      log_.Write(Severity::kWarning, "request log purge failed",
                 {{"message", deleted.status().message()}});
    }
    const bool more = deleted.ok() && *deleted == rpc::kPurgeSlice;
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), more ? kPause : kRest)) return;
  }
}

}  // namespace twotier::server
