// How a service keeps what it holds in memory of the registry's units, and of its own reference
// data, in step with its database.
//
// A `Snapshot` is an immutable, committed state with `int64_t change` (snapshot_state.h; -1: none)
// and `bool ready() const`. A `Load` is
// absl::StatusOr<std::shared_ptr<const Snapshot>>(db::Tx&, const Snapshot& previous): what the
// transaction sees, with what has not changed taken over from `previous`.
#ifndef TWOTIER_COMMON_UNITS_MEMORY_SNAPSHOT_H_
#define TWOTIER_COMMON_UNITS_MEMORY_SNAPSHOT_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/database.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "common/feed/hub.h"
#include "common/feed/refresher.h"
#include "common/feed/spine.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/status_macros.h"
#include "common/units/replica.h"
#include "common/units/snapshot_state.h"

namespace twotier::units {

// Where the present snapshot hangs. Thread-safe; who got a snapshot keeps it as long as he holds
// the pointer.
template <typename Snapshot>
class SnapshotHolder {
 public:
  std::shared_ptr<const Snapshot> Get() const { return snapshot_.load(std::memory_order_acquire); }
  void Set(std::shared_ptr<const Snapshot> snapshot) {
    snapshot_.store(std::move(snapshot), std::memory_order_release);
  }

 private:
  std::atomic<std::shared_ptr<const Snapshot>> snapshot_{std::make_shared<const Snapshot>()};
};

// Reads the first snapshot and returns the position of the feed that it shows. Waits: for start-up
// only. Errors: those of `load`.
template <typename Snapshot, typename Load>
absl::StatusOr<int64_t> LoadFirst(SnapshotHolder<Snapshot>& memory, db::Database& database,
                                  Load load) {
  int64_t position = 0;
  std::shared_ptr<const Snapshot> snapshot;
  RETURN_IF_ERROR(database.ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(position, feed::PositionOf(tx));
    ASSIGN_OR_RETURN(snapshot, load(tx, Snapshot()));
    return absl::OkStatus();
  }));
  memory.Set(std::move(snapshot));
  ReturnFreedMemory();
  return position;
}

// Reads the snapshot again when the database has another one; true: it has. Errors: those of
// `load`.
template <typename Snapshot, typename Load>
absl::StatusOr<bool> Refresh(SnapshotHolder<Snapshot>& memory, db::Database& database, Load load) {
  const std::shared_ptr<const Snapshot> held = memory.Get();
  std::shared_ptr<const Snapshot> loaded;
  RETURN_IF_ERROR(database.ReadNow([&](db::Tx& tx) -> absl::Status {
    loaded = nullptr;
    ASSIGN_OR_RETURN(const int64_t change, LoadChange(tx));
    if (change == held->change) return absl::OkStatus();
    ASSIGN_OR_RETURN(loaded, load(tx, *held));
    return absl::OkStatus();
  }));
  if (loaded == nullptr) return false;
  memory.Set(std::move(loaded));
  return true;
}

// Keeps `memory` in step with the database from now on; the process that leads also follows the
// registry into it, unless `following` has no target. What is passed by reference outlives the
// refresher.
template <typename Snapshot, typename Load>
std::unique_ptr<feed::Refresher> KeepFresh(SnapshotHolder<Snapshot>& memory, Load load,
                                           const feed::Spine& spine, Log& log,
                                           FollowingParts following) {
  feed::RefresherParts parts;
  parts.log = &log;
  parts.refresh = [&memory, load, database = following.database] {
    return Refresh(memory, *database, load);
  };
  parts.leading = [&spine] { return spine.leading(); };
  if (!following.target.empty()) parts.follow = Following(std::move(following));
  auto refresher = std::make_unique<feed::Refresher>(std::move(parts));
  refresher->Start();
  return refresher;
}

// What `tx` sees: memory, or what `load` reads where the tables have moved on. Errors: those of
// `load`; UNAVAILABLE `SNAPSHOT_NOT_READY` with RetryInfo, with the message `missing`.
template <typename Snapshot, typename Load>
absl::StatusOr<std::shared_ptr<const Snapshot>> Current(const SnapshotHolder<Snapshot>& memory,
                                                        db::Tx& tx, Load load,
                                                        absl::string_view missing) {
  std::shared_ptr<const Snapshot> snapshot = memory.Get();
  ASSIGN_OR_RETURN(const int64_t change, LoadChange(tx));
  if (change != snapshot->change) {
    ASSIGN_OR_RETURN(snapshot, load(tx, *snapshot));
  }
  if (snapshot->ready()) return snapshot;
  return error::WithRetryAfter(
      error::WithReason(absl::StatusCode::kUnavailable, missing, "SNAPSHOT_NOT_READY"),
      absl::Seconds(1));
}

}  // namespace twotier::units

#endif  // TWOTIER_COMMON_UNITS_MEMORY_SNAPSHOT_H_
