// Changes of information systems and incidents.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_SYSTEM_CHANGES_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_SYSTEM_CHANGES_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/information_system.pb.h"

namespace twotier::registry::handlers {

// NOT_FOUND `UNIT_NOT_FOUND` (no such province); ALREADY_EXISTS `SYSTEM_EXISTS`.
absl::StatusOr<v1::RegisterInformationSystemResponse> RegisterInformationSystem(
    const Env& env, const Call& call, const v1::RegisterInformationSystemRequest& request,
    db::Tx& tx);
void ValidateRegisterInformationSystem(const v1::RegisterInformationSystemRequest& request,
                                       error::Violations& violations);

// NOT_FOUND `SYSTEM_NOT_FOUND`; ABORTED `STALE_ETAG`; INVALID_ARGUMENT when old and new values
// together are malformed.
absl::StatusOr<v1::UpdateInformationSystemResponse> UpdateInformationSystem(
    const Env& env, const Call& call, const v1::UpdateInformationSystemRequest& request,
    db::Tx& tx);
void ValidateUpdateInformationSystem(const v1::UpdateInformationSystemRequest& request,
                                     error::Violations& violations);

// NOT_FOUND `SYSTEM_NOT_FOUND`.
absl::StatusOr<v1::OpenIncidentResponse> OpenIncident(const Env& env, const Call& call,
                                                      const v1::OpenIncidentRequest& request,
                                                      db::Tx& tx);

// Errors of both: NOT_FOUND `INCIDENT_NOT_FOUND`; ABORTED `STALE_ETAG`; FAILED_PRECONDITION
// `INCIDENT_RESOLVED`.
absl::StatusOr<v1::UpdateIncidentResponse> UpdateIncident(const Env& env, const Call& call,
                                                          const v1::UpdateIncidentRequest& request,
                                                          db::Tx& tx);
void ValidateUpdateIncident(const v1::UpdateIncidentRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::ResolveIncidentResponse> ResolveIncident(
    const Env& env, const Call& call, const v1::ResolveIncidentRequest& request, db::Tx& tx);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_SYSTEM_CHANGES_H_
