#include "services/routing/snapshot.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/calendar/calendar_file.h"
#include "common/errors.h"
#include "common/feed/follower.h"
#include "common/status_macros.h"
#include "common/units/snapshot_state.h"
#include "services/routing/catalogue_file.h"
#include "services/routing/convert.h"
#include "services/routing/store/assignment_store.h"
#include "services/routing/store/catalogue_store.h"
#include "services/routing/store/replica_store.h"

namespace twotier::routing {
namespace {

// The content was checked when it was imported; a row that no longer passes was altered.
absl::StatusOr<std::shared_ptr<const calendar::Calendar>> CalendarOf(
    const store::CalendarFile& file) {
  if (file.version == 0) return nullptr;
  RowErrors errors;
  std::shared_ptr<const calendar::Calendar> calendar = calendar::ReadCalendar(file.content, errors);
  if (calendar != nullptr) return calendar;
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("calendar version ", file.version, " cannot be read"),
                           "UNREADABLE_ROW", {{"calendar_version", absl::StrCat(file.version)}});
}

std::shared_ptr<const Snapshot::ProcedureBytes> Serialized(const Catalogue& catalogue) {
  auto bytes = std::make_shared<Snapshot::ProcedureBytes>();
  for (const CatalogueEntry* entry : catalogue.entries()) {
    for (const ProcedureVersion& version : entry->versions) {
      v1::Procedure procedure;
      ToProto(*entry, version, &procedure);
      bytes->emplace(&version, procedure.SerializeAsString());
    }
  }
  return bytes;
}

// Province code of a center's name.
std::string ProvinceOf(absl::string_view center) {
  const std::vector<absl::string_view> parts = absl::StrSplit(center, '/');
  return parts.size() > 1 ? std::string(parts[1]) : std::string();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(db::Tx& tx, const Snapshot& previous) {
  auto snapshot = std::make_shared<Snapshot>(previous);
  ASSIGN_OR_RETURN(snapshot->change, units::LoadChange(tx));
  ASSIGN_OR_RETURN(snapshot->replica_id, feed::SnapshotInUse(tx, units::kRegistrySource));
  ASSIGN_OR_RETURN(snapshot->replica_token, feed::TokenInUse(tx, units::kRegistrySource));
  ASSIGN_OR_RETURN(snapshot->units_change, units::LoadUnitsChange(tx));
  const bool followed_on = snapshot->replica_id != previous.replica_id ||
                           snapshot->replica_token != previous.replica_token;
  if (followed_on) {
    ASSIGN_OR_RETURN(snapshot->units, store::LoadRegister(tx, snapshot->replica_id));
  }

  ASSIGN_OR_RETURN(const store::CatalogueHead head, store::LoadCatalogueHead(tx));
  if (head.version != previous.catalogue_version) {
    ASSIGN_OR_RETURN(store::StoredProcedures stored, store::LoadProcedures(tx));
    ASSIGN_OR_RETURN(std::vector<Assignment> assignments, store::LoadAssignments(tx));
    snapshot->catalogue =
        Catalogue::Of(std::move(stored.versions), std::move(assignments), std::move(stored.ends));
    snapshot->procedure_bytes = Serialized(*snapshot->catalogue);
    snapshot->catalogue_version = head.version;
  }

  ASSIGN_OR_RETURN(const store::CalendarFile file, store::LoadCalendarFile(tx));
  if (file.version != previous.calendar_version) {
    ASSIGN_OR_RETURN(snapshot->calendar, CalendarOf(file));
    snapshot->calendar_version = file.version;
  }
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

absl::StatusOr<std::shared_ptr<const Snapshot>> LoadForSubmission(db::Tx& tx,
                                                                  const Snapshot& memory,
                                                                  absl::string_view procedure_code,
                                                                  absl::string_view unit,
                                                                  absl::string_view center) {
  auto snapshot = std::make_shared<Snapshot>(memory);
  ASSIGN_OR_RETURN(snapshot->change, units::LoadChange(tx));
  ASSIGN_OR_RETURN(const store::CatalogueHead head, store::LoadCatalogueHead(tx));
  if (head.version != memory.catalogue_version) {
    ASSIGN_OR_RETURN(store::StoredProcedures stored, store::LoadProcedure(tx, procedure_code));
    ASSIGN_OR_RETURN(std::vector<Assignment> assignments,
                     store::LoadAssignmentsOf(tx, procedure_code));
    snapshot->catalogue =
        Catalogue::Of(std::move(stored.versions), std::move(assignments), std::move(stored.ends));
    // Its keys may be gone with the catalogue that they point into.
    snapshot->procedure_bytes = std::make_shared<const Snapshot::ProcedureBytes>();
    snapshot->catalogue_version = head.version;
  }
  ASSIGN_OR_RETURN(snapshot->replica_id, feed::SnapshotInUse(tx, units::kRegistrySource));
  ASSIGN_OR_RETURN(snapshot->units_change, units::LoadUnitsChange(tx));
  if (snapshot->units_change != memory.units_change) {
    ASSIGN_OR_RETURN(snapshot->units, store::LoadRegister(tx, snapshot->replica_id));
    return std::shared_ptr<const Snapshot>(std::move(snapshot));
  }
  std::set<std::string> provinces = {ProvinceOf(center)};
  if (const UnitRecord* record = memory.units->FindUnit(unit)) {
    for (const UnitVersion& version : record->versions) provinces.insert(version.province_code);
  }
  RegisterChanges changes;
  for (const std::string& province : provinces) {
    ASSIGN_OR_RETURN(auto centers, store::LoadCentersOf(tx, snapshot->replica_id, province));
    changes.centers.insert(changes.centers.end(), centers.begin(), centers.end());
  }
  snapshot->units = Register::With(*memory.units, changes);
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

absl::StatusOr<std::shared_ptr<const calendar::Calendar>> LoadCalendar(db::Tx& tx) {
  ASSIGN_OR_RETURN(const store::CalendarFile file, store::LoadCalendarFile(tx));
  return CalendarOf(file);
}

absl::StatusOr<std::shared_ptr<const Snapshot>> CurrentSnapshot(const SnapshotHolder& memory,
                                                                db::Tx& tx) {
  return units::Current(memory, tx, LoadSnapshot,
                        "units, procedures or the calendar are not loaded yet");
}

}  // namespace twotier::routing
