// What follows from all procedures, assignments and units together.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_COMPETENCES_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_COMPETENCES_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/competence.pb.h"

namespace twotier::routing::handlers {

absl::StatusOr<v1::ListCompetencesResponse> ListCompetences(
    const Env& env, const Call& call, const v1::ListCompetencesRequest& request, db::Tx* tx);
void ValidateListCompetences(const v1::ListCompetencesRequest& request,
                             error::Violations& violations);

// Long: it runs on a reader of the database, never on a thread that serves calls.
absl::StatusOr<v1::CheckCoverageResponse> CheckCoverage(const Env& env, const Call& call,
                                                        const v1::CheckCoverageRequest& request,
                                                        db::Tx& tx);

absl::StatusOr<v1::GetDecentralizationResponse> GetDecentralization(
    const Env& env, const Call& call, const v1::GetDecentralizationRequest& request);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_COMPETENCES_H_
