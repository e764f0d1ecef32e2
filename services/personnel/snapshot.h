// What personnel holds in memory of the registry: units, and which provinces have centers in their
// communes.
#ifndef TWOTIER_SERVICES_PERSONNEL_SNAPSHOT_H_
#define TWOTIER_SERVICES_PERSONNEL_SNAPSHOT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "common/units/memory_snapshot.h"
#include "common/units/units.h"
#include "services/personnel/store/tier_model_store.h"

namespace twotier::personnel {

// One committed state. Immutable.
struct Snapshot {
  std::shared_ptr<const units::Units> units = std::make_shared<const units::Units>();
  store::CenterDays center_days;
  // State of the database this was read from (common/units/snapshot_state.h); -1: none.
  int64_t change = -1;

  bool ready() const { return !units->empty(); }
  // Whether a commune of the province has a center of its own on `day`.
  bool HasCenters(const std::string& province_code, absl::CivilDay day) const;
};

// Reads the snapshot that `tx` sees; all of it, whatever was there before. Errors: those of db::Tx;
// DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(db::Tx& tx, const Snapshot& previous);

using SnapshotHolder = units::SnapshotHolder<Snapshot>;

// What `tx` sees: memory, or the whole of it again where the tables have moved on. Errors: those of
// LoadSnapshot; UNAVAILABLE `SNAPSHOT_NOT_READY`.
absl::StatusOr<std::shared_ptr<const Snapshot>> CurrentSnapshot(const SnapshotHolder& memory,
                                                                db::Tx& tx);
// Its units.
absl::StatusOr<std::shared_ptr<const units::Units>> CurrentUnits(const SnapshotHolder& memory,
                                                                 db::Tx& tx);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_SNAPSHOT_H_
