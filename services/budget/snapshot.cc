#include "services/budget/snapshot.h"

#include "common/feed/follower.h"
#include "common/status_macros.h"
#include "common/units/replica.h"
#include "common/units/snapshot_state.h"
#include "services/budget/store/reference_store.h"

namespace twotier::budget {

absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(db::Tx& tx, const Snapshot& previous) {
  auto snapshot = std::make_shared<Snapshot>(previous);
  ASSIGN_OR_RETURN(snapshot->change, units::LoadChange(tx));
  ASSIGN_OR_RETURN(snapshot->units_change, units::LoadUnitsChange(tx));
  // A change event alone does not count as one of units, so that the whole is read again.
  ASSIGN_OR_RETURN(const int64_t replica_id, feed::SnapshotInUse(tx, units::kRegistrySource));
  ASSIGN_OR_RETURN(const units::UnitChanges all, units::LoadAll(tx, replica_id));
  snapshot->units = units::Units::With(units::Units(), all);
  ASSIGN_OR_RETURN(const store::ReferenceHead head, store::LoadReferenceHead(tx));
  if (snapshot->reference == nullptr || snapshot->reference->version != head.version) {
    ASSIGN_OR_RETURN(snapshot->reference, store::LoadReference(tx, head.version));
  }
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

absl::StatusOr<std::shared_ptr<const Snapshot>> CurrentSnapshot(const SnapshotHolder& memory,
                                                                db::Tx& tx) {
  return units::Current(memory, tx, LoadSnapshot, "the units are not loaded yet");
}

}  // namespace twotier::budget
