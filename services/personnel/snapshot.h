// What personnel holds in memory: the registry's units.
#ifndef TWOTIER_SERVICES_PERSONNEL_SNAPSHOT_H_
#define TWOTIER_SERVICES_PERSONNEL_SNAPSHOT_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "common/db/db.h"
#include "common/units/memory_snapshot.h"
#include "common/units/units.h"

namespace twotier::personnel {

// One committed state. Immutable.
struct Snapshot {
  std::shared_ptr<const units::Units> units = std::make_shared<const units::Units>();
  // State of the database this was read from (common/units/snapshot_state.h); -1: none.
  int64_t change = -1;

  bool ready() const { return !units->empty(); }
};

// Reads the snapshot that `tx` sees; all of it, whatever was there before. Errors: those of db::Tx;
// DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(db::Tx& tx, const Snapshot& previous);

using SnapshotHolder = units::SnapshotHolder<Snapshot>;

// The units that `tx` sees: memory, or the whole of them again where the tables have moved on.
// Errors: those of LoadSnapshot; UNAVAILABLE `SNAPSHOT_NOT_READY`.
absl::StatusOr<std::shared_ptr<const units::Units>> CurrentUnits(const SnapshotHolder& memory,
                                                                 db::Tx& tx);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_SNAPSHOT_H_
