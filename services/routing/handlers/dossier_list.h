// Pages of dossiers, of a province or of a place.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_DOSSIER_LIST_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_DOSSIER_LIST_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::routing::handlers {

// INVALID_ARGUMENT `WRONG_PAGE_TOKEN`.
absl::StatusOr<v1::ListDossiersResponse> ListDossiers(const Env& env, const Call& call,
                                                      const v1::ListDossiersRequest& request,
                                                      db::Tx& tx);
void ValidateListDossiers(const v1::ListDossiersRequest& request, error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_DOSSIER_LIST_H_
