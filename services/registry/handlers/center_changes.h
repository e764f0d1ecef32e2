// Changes of centers other than the steps of their life, and of a province's tier model.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTER_CHANGES_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTER_CHANGES_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/center_change.pb.h"

namespace twotier::registry::handlers {

// Errors: those of PlanCenter.
absl::StatusOr<v1::CreateCenterResponse> CreateCenter(const Env& env, const Call& call,
                                                      const v1::CreateCenterRequest& request,
                                                      db::Tx& tx);
void ValidateCreateCenter(const v1::CreateCenterRequest& request, error::Violations& violations);

// Errors: ABORTED `STALE_ETAG`; those of AmendCenter.
absl::StatusOr<v1::UpdateCenterResponse> UpdateCenter(const Env& env, const Call& call,
                                                      const v1::UpdateCenterRequest& request,
                                                      db::Tx& tx);
void ValidateUpdateCenter(const v1::UpdateCenterRequest& request, error::Violations& violations);

// Errors: NOT_FOUND `CENTER_NOT_FOUND`; ABORTED `STALE_ETAG`.
absl::StatusOr<v1::RecordReadinessResponse> RecordReadiness(
    const Env& env, const Call& call, const v1::RecordReadinessRequest& request, db::Tx& tx);
void ValidateRecordReadiness(const v1::RecordReadinessRequest& request,
                             error::Violations& violations);

// Errors: ABORTED `STALE_ETAG`; those of ServeUnits and RequireCoverage.
absl::StatusOr<v1::SetServedUnitsResponse> SetServedUnits(const Env& env, const Call& call,
                                                          const v1::SetServedUnitsRequest& request,
                                                          db::Tx& tx);
void ValidateSetServedUnits(const v1::SetServedUnitsRequest& request,
                            error::Violations& violations);

// Errors: ABORTED `STALE_ETAG`; those of ChangeTierModel and RequireCoverage.
absl::StatusOr<v1::SetTierModelResponse> SetTierModel(const Env& env, const Call& call,
                                                      const v1::SetTierModelRequest& request,
                                                      db::Tx& tx);
void ValidateSetTierModel(const v1::SetTierModelRequest& request, error::Violations& violations);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTER_CHANGES_H_
