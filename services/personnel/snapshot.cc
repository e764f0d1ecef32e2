#include "services/personnel/snapshot.h"

#include <algorithm>

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
  ASSIGN_OR_RETURN(snapshot->center_days, store::LoadCenterDays(tx, replica_id));
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

bool Snapshot::HasCenters(const std::string& province_code, absl::CivilDay day) const {
  const auto found = center_days.find(province_code);
  if (found == center_days.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(),
                     [day](const units::DayRange& range) { return range.Contains(day); });
}

absl::StatusOr<std::shared_ptr<const Snapshot>> CurrentSnapshot(const SnapshotHolder& memory,
                                                                db::Tx& tx) {
  return units::Current(memory, tx, LoadSnapshot, "the units are not loaded yet");
}

absl::StatusOr<std::shared_ptr<const units::Units>> CurrentUnits(const SnapshotHolder& memory,
                                                                 db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, CurrentSnapshot(memory, tx));
  return snapshot->units;
}

}  // namespace twotier::personnel
