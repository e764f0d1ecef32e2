// What dossiers are counted by. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_DOSSIER_COUNT_STORE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_DOSSIER_COUNT_STORE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "services/routing/domain/dossier.h"

namespace twotier::routing::store {

// The dossiers that a center, or each center of a province, has numbered on the days [first, end).
struct DossierPeriod {
  std::string province_code;
  std::string center;  // Empty: of the whole province.
  absl::CivilDay first;
  absl::CivilDay end;
};

// Calls `visit` with each of them, center by center in the order of names. Of a dossier only
// center, state and what TimelinessOf looks at are filled.
absl::Status VisitDossiers(db::Tx& tx, const DossierPeriod& period,
                           absl::FunctionRef<void(const Dossier&)> visit);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_DOSSIER_COUNT_STORE_H_
