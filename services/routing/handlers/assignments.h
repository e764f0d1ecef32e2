// Assignments of competence.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_ASSIGNMENTS_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_ASSIGNMENTS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/competence.pb.h"

namespace twotier::routing::handlers {

absl::StatusOr<v1::PublishAssignmentResponse> PublishAssignment(
    const Env& env, const Call& call, const v1::PublishAssignmentRequest& request, db::Tx& tx);
void ValidatePublishAssignment(const v1::PublishAssignmentRequest& request,
                               error::Violations& violations);

absl::StatusOr<v1::EndAssignmentResponse> EndAssignment(const Env& env, const Call& call,
                                                        const v1::EndAssignmentRequest& request,
                                                        db::Tx& tx);
void ValidateEndAssignment(const v1::EndAssignmentRequest& request, error::Violations& violations);

absl::StatusOr<v1::ListAssignmentsResponse> ListAssignments(
    const Env& env, const Call& call, const v1::ListAssignmentsRequest& request, db::Tx* tx);
void ValidateListAssignments(const v1::ListAssignmentsRequest& request,
                             error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_ASSIGNMENTS_H_
