// GetProcedure, SearchProcedures, ResolveCompetence: answered from memory, unless a least version
// of the catalogue is asked for.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_PROCEDURES_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_PROCEDURES_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "common/rpc/encoded.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::routing::handlers {

// NOT_FOUND `PROCEDURE_NOT_FOUND`; OUT_OF_RANGE `NOT_KNOWN_THEN`; FAILED_PRECONDITION
// `PROCEDURE_ENDED`; those of SnapshotFor.
absl::StatusOr<v1::GetProcedureResponse> GetProcedure(const Env& env, const Call& call,
                                                      const v1::GetProcedureRequest& request,
                                                      db::Tx* tx);
void ValidateGetProcedure(const v1::GetProcedureRequest& request, error::Violations& violations);
// A procedure's name that begins with a province has its code there.
void CheckProcedureName(absl::string_view name, error::Violations& violations);

// INVALID_ARGUMENT `WRONG_PAGE_TOKEN`.
absl::StatusOr<v1::SearchProceduresResponse> SearchProcedures(
    const Env& env, const Call& call, const v1::SearchProceduresRequest& request);
void ValidateSearchProcedures(const v1::SearchProceduresRequest& request,
                              error::Violations& violations);

// The errors of routing::ResolveCompetence and of SnapshotFor.
absl::StatusOr<rpc::Encoded<v1::ResolveCompetenceResponse>> ResolveCompetence(
    const Env& env, const Call& call, const v1::ResolveCompetenceRequest& request, db::Tx* tx);
void ValidateResolveCompetence(const v1::ResolveCompetenceRequest& request,
                               error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_PROCEDURES_H_
