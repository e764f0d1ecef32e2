#include "services/routing/snapshot.h"

#include <malloc.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/feed/follower.h"
#include "common/status_macros.h"
#include "services/routing/catalogue_file.h"
#include "services/routing/store/catalogue_store.h"
#include "services/routing/store/replica_store.h"
#include "services/routing/store/snapshot_state.h"

namespace twotier::routing {
namespace {

// The content was checked when it was imported; a row that no longer passes was altered.
absl::StatusOr<std::shared_ptr<const calendar::Calendar>> CalendarOf(
    const store::CalendarFile& file) {
  error::Violations violations;
  std::shared_ptr<const calendar::Calendar> calendar = ReadCalendar(file.content, violations);
  if (calendar != nullptr) return calendar;
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("calendar version ", file.version, " cannot be read"),
                           "UNREADABLE_ROW", {{"calendar_version", absl::StrCat(file.version)}});
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(db::Tx& tx, const Snapshot& previous) {
  auto snapshot = std::make_shared<Snapshot>(previous);
  ASSIGN_OR_RETURN(snapshot->change, store::LoadChange(tx));
  ASSIGN_OR_RETURN(snapshot->replica_id, feed::SnapshotInUse(tx, store::kRegistrySource));
  ASSIGN_OR_RETURN(snapshot->units, store::LoadRegister(tx, snapshot->replica_id));

  ASSIGN_OR_RETURN(const store::CatalogueHead head, store::LoadCatalogueHead(tx));
  if (head.version != previous.catalogue_version) {
    ASSIGN_OR_RETURN(std::vector<ProcedureVersion> versions, store::LoadProcedures(tx));
    snapshot->catalogue = Catalogue::Of(std::move(versions));
    snapshot->catalogue_version = head.version;
  }

  ASSIGN_OR_RETURN(const store::CalendarFile file, store::LoadCalendarFile(tx));
  if (file.version != previous.calendar_version) {
    ASSIGN_OR_RETURN(snapshot->calendar, CalendarOf(file));
    snapshot->calendar_version = file.version;
  }
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

void ReturnFreedMemory() { malloc_trim(0); }

}  // namespace twotier::routing
