// Versions of procedures that acts publish and end, and the lists of them.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_PUBLICATIONS_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_PUBLICATIONS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/procedure_publication.pb.h"

namespace twotier::routing::handlers {

// The errors of routing::Publish; NOT_FOUND `UNIT_NOT_FOUND`; UNAVAILABLE `SNAPSHOT_NOT_READY`.
absl::StatusOr<v1::PublishProcedureResponse> PublishProcedure(
    const Env& env, const Call& call, const v1::PublishProcedureRequest& request, db::Tx& tx);
void ValidatePublishProcedure(const v1::PublishProcedureRequest& request,
                              error::Violations& violations);

// The errors of routing::End; ABORTED `STALE_ETAG`.
absl::StatusOr<v1::EndProcedureResponse> EndProcedure(const Env& env, const Call& call,
                                                      const v1::EndProcedureRequest& request,
                                                      db::Tx& tx);
void ValidateEndProcedure(const v1::EndProcedureRequest& request, error::Violations& violations);

// NOT_FOUND `PROCEDURE_NOT_FOUND`.
absl::StatusOr<v1::ListProcedureVersionsResponse> ListProcedureVersions(
    const Env& env, const Call& call, const v1::ListProcedureVersionsRequest& request);
void ValidateListProcedureVersions(const v1::ListProcedureVersionsRequest& request,
                                   error::Violations& violations);

// INVALID_ARGUMENT `WRONG_PAGE_TOKEN`.
absl::StatusOr<v1::ListProceduresResponse> ListProcedures(const Env& env, const Call& call,
                                                          const v1::ListProceduresRequest& request);
void ValidateListProcedures(const v1::ListProceduresRequest& request,
                            error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_PUBLICATIONS_H_
