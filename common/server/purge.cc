#include "common/server/purge.h"

#include "common/rpc/request_log.h"
#include "common/status_macros.h"

namespace twotier::server {
namespace {

// While slices come back full: 500 rows each 100 ms outrun any rate at which a service makes them
// for long.
constexpr absl::Duration kPause = absl::Milliseconds(100);
// When nothing is left. Rows are kept for 90 days; an hour more does not matter.
constexpr absl::Duration kRest = absl::Hours(1);

}  // namespace

std::unique_ptr<Chore> PurgeRequestLog(db::Database& database, const Clock& clock, Log& log) {
  return std::make_unique<Chore>(
      Chore::Options{.name = "request log purge", .pause = kPause, .rest = kRest},
      [&database, &clock]() -> absl::StatusOr<bool> {
        ASSIGN_OR_RETURN(const int64_t deleted, rpc::PurgeOnce(database, clock.Now()));
        return deleted == rpc::kPurgeSlice;
      },
      &log);
}

}  // namespace twotier::server
