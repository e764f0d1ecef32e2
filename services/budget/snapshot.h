// What budget holds in memory: the registry's units and the reference data.
#ifndef TWOTIER_SERVICES_BUDGET_SNAPSHOT_H_
#define TWOTIER_SERVICES_BUDGET_SNAPSHOT_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "common/db/db.h"
#include "common/units/memory_snapshot.h"
#include "common/units/units.h"
#include "services/budget/domain/reference.h"

namespace twotier::budget {

// One committed state. Immutable.
struct Snapshot {
  std::shared_ptr<const units::Units> units = std::make_shared<const units::Units>();
  int64_t units_change = -1;
  // Null until some were imported.
  std::shared_ptr<const Reference> reference;
  // State of the database this was read from (common/units/snapshot_state.h); -1: none.
  int64_t change = -1;

  bool ready() const { return !units->empty(); }
};

// Reads the snapshot that `tx` sees. Takes over from `previous` what has not changed. Errors: those
// of db::Tx; DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(db::Tx& tx, const Snapshot& previous);

using SnapshotHolder = units::SnapshotHolder<Snapshot>;

// What `tx` sees: memory, or the whole of it again where the tables have moved on. Errors: those of
// LoadSnapshot; UNAVAILABLE `SNAPSHOT_NOT_READY`.
absl::StatusOr<std::shared_ptr<const Snapshot>> CurrentSnapshot(const SnapshotHolder& memory,
                                                                db::Tx& tx);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_SNAPSHOT_H_
