// What an import makes of each dossier it is given, before anything is written.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_IMPORT_PLAN_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_IMPORT_PLAN_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "services/routing/domain/dossier.h"
#include "services/routing/domain/dossier_code.h"
#include "services/routing/domain/register.h"
#include "services/routing/snapshot.h"
#include "services/routing/store/import_store.h"
#include "twotier/routing/v1/dossier_import.pb.h"

namespace twotier::routing::handlers {

// What the dossiers of one request rest on.
struct ImportBasis {
  const Call& call;
  const v1::ImportDossiersRequest& request;
  std::shared_ptr<const Snapshot> snapshot;  // As the transaction sees it; with a calendar.
  const CenterRecord* center = nullptr;      // That received them. Never null.
};

// Highest number of a code that is kept: a day's counter goes on behind it, and no center receives
// a million dossiers a day.
inline constexpr int64_t kKeptNumberMax = 999'999;

// One dossier of the request.
struct PlannedDossier {
  std::string external_key;
  store::KeyUse key_use;                   // Of external_key.
  std::optional<std::string> imported_as;  // Of those the one that it is.
  Dossier dossier;                         // New, without a code unless `kept`; or as it is stored.
  std::optional<DossierCode> kept;         // Its own code, which it keeps.
  bool unchanged = false;                  // It was imported before, with the same content.
};

// Plans every dossier of the request, in order. Errors: INVALID_ARGUMENT `IMPORT_ROW_INVALID` with
// everything that is wrong with any of them; those of db::Tx; DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<std::vector<PlannedDossier>> PlanImport(const ImportBasis& basis, db::Tx& tx);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_IMPORT_PLAN_H_
