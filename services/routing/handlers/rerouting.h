// PreviewRerouting and RerouteDossiers: open dossiers go on when centers stop and units change.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_REROUTING_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_REROUTING_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/rerouting.pb.h"

namespace twotier::routing::handlers {

// Errors of both: NOT_FOUND `CENTER_NOT_FOUND`, `UNIT_NOT_FOUND`, `CHANGE_EVENT_NOT_FOUND`;
// FAILED_PRECONDITION `NOT_A_SUCCESSOR`; INVALID_ARGUMENT `WRONG_PAGE_TOKEN`; UNAVAILABLE
// `SNAPSHOT_NOT_READY`. What keeps one dossier from going on stands in the answer.

absl::StatusOr<v1::PreviewReroutingResponse> PreviewRerouting(
    const Env& env, const Call& call, const v1::PreviewReroutingRequest& request, db::Tx& tx);
void ValidatePreviewRerouting(const v1::PreviewReroutingRequest& request,
                              error::Violations& violations);

absl::StatusOr<v1::RerouteDossiersResponse> RerouteDossiers(
    const Env& env, const Call& call, const v1::RerouteDossiersRequest& request, db::Tx& tx);
void ValidateRerouteDossiers(const v1::RerouteDossiersRequest& request,
                             error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_REROUTING_H_
