// Everything the register holds, read in one transaction.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_REGISTER_STORE_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_REGISTER_STORE_H_

#include <utility>

#include "absl/status/statusor.h"
#include "common/db/db.h"
#include "common/status_macros.h"
#include "services/registry/domain/import.h"
#include "services/registry/store/center_store.h"
#include "services/registry/store/change_store.h"
#include "services/registry/store/opening_store.h"
#include "services/registry/store/system_store.h"
#include "services/registry/store/unit_store.h"

namespace twotier::registry::store {

// Errors: those of db::Tx; DATA_LOSS `UNREADABLE_ROW`.
inline absl::StatusOr<RegisterState> LoadRegister(db::Tx& tx) {
  RegisterState state;
  ASSIGN_OR_RETURN(state.units, LoadUnits(tx));
  ASSIGN_OR_RETURN(state.centers, LoadCenters(tx));
  ASSIGN_OR_RETURN(state.tier_models, LoadTierModels(tx));
  ASSIGN_OR_RETURN(state.counts, LoadCounts(tx));
  ASSIGN_OR_RETURN(state.systems, LoadSystems(tx));
  ASSIGN_OR_RETURN(state.incidents, LoadIncidents(tx));
  ASSIGN_OR_RETURN(state.opening_hours, LoadOpeningHours(tx));
  ASSIGN_OR_RETURN(state.change_events, LoadChangeEvents(tx));
  ASSIGN_OR_RETURN(state.succession_reports, LoadReports(tx));
  ASSIGN_OR_RETURN(state.withdrawn, LoadWithdrawn(tx));
  return state;
}

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_REGISTER_STORE_H_
