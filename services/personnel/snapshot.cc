#include "services/personnel/snapshot.h"

#include "absl/time/time.h"
#include "common/errors.h"
#include "common/feed/follower.h"
#include "common/status_macros.h"
#include "common/units/replica.h"
#include "common/units/snapshot_state.h"

namespace twotier::personnel {

absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(db::Tx& tx) {
  auto snapshot = std::make_shared<Snapshot>();
  ASSIGN_OR_RETURN(snapshot->change, units::LoadChange(tx));
  ASSIGN_OR_RETURN(const int64_t replica_id, feed::SnapshotInUse(tx, units::kRegistrySource));
  ASSIGN_OR_RETURN(const units::UnitChanges all, units::LoadAll(tx, replica_id));
  snapshot->units = units::Units::With(units::Units(), all);
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

absl::StatusOr<bool> Refresh(SnapshotHolder& memory, db::Database& database) {
  const int64_t held = memory.Get()->change;
  std::shared_ptr<const Snapshot> loaded;
  RETURN_IF_ERROR(database.ReadNow([&](db::Tx& tx) -> absl::Status {
    loaded = nullptr;
    ASSIGN_OR_RETURN(const int64_t change, units::LoadChange(tx));
    if (change == held) return absl::OkStatus();
    ASSIGN_OR_RETURN(loaded, LoadSnapshot(tx));
    return absl::OkStatus();
  }));
  if (loaded == nullptr) return false;
  memory.Set(std::move(loaded));
  return true;
}

absl::StatusOr<std::shared_ptr<const units::Units>> CurrentUnits(const SnapshotHolder& memory,
                                                                 db::Tx& tx) {
  std::shared_ptr<const Snapshot> snapshot = memory.Get();
  ASSIGN_OR_RETURN(const int64_t change, units::LoadChange(tx));
  if (change != snapshot->change) {
    ASSIGN_OR_RETURN(snapshot, LoadSnapshot(tx));
  }
  if (snapshot->ready()) return snapshot->units;
  return error::WithRetryAfter(
      error::WithReason(absl::StatusCode::kUnavailable, "the units are not loaded yet",
                        "SNAPSHOT_NOT_READY"),
      absl::Seconds(1));
}

}  // namespace twotier::personnel
