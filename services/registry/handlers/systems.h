// Information systems and incidents, read, and heartbeats. All from memory.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_SYSTEMS_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_SYSTEMS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/errors.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/information_system.pb.h"

namespace twotier::registry::handlers {

// NOT_FOUND `SYSTEM_NOT_FOUND`.
absl::Status SystemNotFound(absl::string_view name);

absl::StatusOr<v1::GetInformationSystemResponse> GetInformationSystem(
    const Env& env, const Call& call, const v1::GetInformationSystemRequest& request);

absl::StatusOr<v1::ListInformationSystemsResponse> ListInformationSystems(
    const Env& env, const Call& call, const v1::ListInformationSystemsRequest& request);
void ValidateListInformationSystems(const v1::ListInformationSystemsRequest& request,
                                    error::Violations& violations);

absl::StatusOr<v1::ReportHeartbeatResponse> ReportHeartbeat(
    const Env& env, const Call& call, const v1::ReportHeartbeatRequest& request);

absl::StatusOr<v1::ListIncidentsResponse> ListIncidents(const Env& env, const Call& call,
                                                        const v1::ListIncidentsRequest& request);
void ValidateListIncidents(const v1::ListIncidentsRequest& request, error::Violations& violations);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_SYSTEMS_H_
