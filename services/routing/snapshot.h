// What routing holds in memory: units and centers, the catalogue, and the calendar.
#ifndef TWOTIER_SERVICES_ROUTING_SNAPSHOT_H_
#define TWOTIER_SERVICES_ROUTING_SNAPSHOT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/calendar/calendar.h"
#include "common/db/db.h"
#include "common/units/memory_snapshot.h"
#include "services/routing/domain/catalogue.h"
#include "services/routing/domain/register.h"

namespace twotier::routing {

// One committed state. Immutable.
struct Snapshot {
  std::shared_ptr<const Register> units = std::make_shared<const Register>();
  int64_t replica_id = 0;  // Snapshot of the registry the units are from; 0: none was followed yet.
  std::string replica_token;  // How far it was followed (feed::TokenInUse).
  std::shared_ptr<const Catalogue> catalogue = std::make_shared<const Catalogue>();
  // Serialised v1::Procedure of versions of `catalogue`; of all of them in what LoadSnapshot reads.
  using ProcedureBytes = absl::flat_hash_map<const ProcedureVersion*, std::string>;
  std::shared_ptr<const ProcedureBytes> procedure_bytes = std::make_shared<const ProcedureBytes>();
  int64_t units_change = 0;  // State of the units (common/units/snapshot_state.h).
  int64_t catalogue_version = 0;
  std::shared_ptr<const calendar::Calendar> calendar;  // Null: none was imported.
  int64_t calendar_version = 0;
  int64_t change =
      -1;  // State of the database this was read from (common/units/snapshot_state.h); -1: none.

  // Competence can be answered.
  bool ready() const { return !units->empty() && catalogue->size() > 0 && calendar != nullptr; }
};

// Reads the snapshot that `tx` sees. Takes units, catalogue and calendar over from `previous` where
// they are the same. Errors: those of db::Tx; DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(db::Tx& tx, const Snapshot& previous);

// What a submission rests on, as `tx` sees it, when `memory` has fallen behind: the units, the
// versions of one procedure, and the centers of the provinces concerned. The rest is as it is in
// `memory`. Reads all units only when one of them changed. Errors: those of
// LoadSnapshot.
absl::StatusOr<std::shared_ptr<const Snapshot>> LoadForSubmission(db::Tx& tx,
                                                                  const Snapshot& memory,
                                                                  absl::string_view procedure_code,
                                                                  absl::string_view unit,
                                                                  absl::string_view center);

// The calendar that `tx` sees; null when none was imported. Errors: those of LoadSnapshot.
absl::StatusOr<std::shared_ptr<const calendar::Calendar>> LoadCalendar(db::Tx& tx);

using SnapshotHolder = units::SnapshotHolder<Snapshot>;

// What `tx` sees: memory, or the whole of it again where the tables have moved on. For work that is
// rare; a submission looks only at what it rests on. Errors: those of LoadSnapshot; UNAVAILABLE
// `SNAPSHOT_NOT_READY`.
absl::StatusOr<std::shared_ptr<const Snapshot>> CurrentSnapshot(const SnapshotHolder& memory,
                                                                db::Tx& tx);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_SNAPSHOT_H_
