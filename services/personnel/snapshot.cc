#include "services/personnel/snapshot.h"

#include "common/feed/follower.h"
#include "common/status_macros.h"
#include "common/units/replica.h"
#include "common/units/snapshot_state.h"

namespace twotier::personnel {

absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(db::Tx& tx, const Snapshot&) {
  auto snapshot = std::make_shared<Snapshot>();
  ASSIGN_OR_RETURN(snapshot->change, units::LoadChange(tx));
  ASSIGN_OR_RETURN(const int64_t replica_id, feed::SnapshotInUse(tx, units::kRegistrySource));
  ASSIGN_OR_RETURN(const units::UnitChanges all, units::LoadAll(tx, replica_id));
  snapshot->units = units::Units::With(units::Units(), all);
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

absl::StatusOr<std::shared_ptr<const units::Units>> CurrentUnits(const SnapshotHolder& memory,
                                                                 db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot,
                   units::Current(memory, tx, LoadSnapshot, "the units are not loaded yet"));
  return snapshot->units;
}

}  // namespace twotier::personnel
