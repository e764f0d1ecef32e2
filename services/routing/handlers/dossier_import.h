// ImportDossiers: open dossiers of another system become dossiers of this one.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_DOSSIER_IMPORT_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_DOSSIER_IMPORT_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::routing::handlers {

// Errors: INVALID_ARGUMENT `IMPORT_ROW_INVALID` with every violation; NOT_FOUND `CENTER_NOT_FOUND`;
// UNAVAILABLE `SNAPSHOT_NOT_READY`.
absl::StatusOr<v1::ImportDossiersResponse> ImportDossiers(const Env& env, const Call& call,
                                                          const v1::ImportDossiersRequest& request,
                                                          db::Tx& tx);
void ValidateImportDossiers(const v1::ImportDossiersRequest& request,
                            error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_DOSSIER_IMPORT_H_
