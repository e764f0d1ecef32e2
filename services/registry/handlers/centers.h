// Centers, tier models and coverage. All from memory.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTERS_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTERS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/errors.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::registry::handlers {

absl::StatusOr<v1::GetCenterResponse> GetCenter(const Env& env, const Call& call,
                                                const v1::GetCenterRequest& request);

absl::StatusOr<v1::ListCentersResponse> ListCenters(const Env& env, const Call& call,
                                                    const v1::ListCentersRequest& request);
void ValidateListCenters(const v1::ListCentersRequest& request, error::Violations& violations);

absl::StatusOr<v1::GetTierModelResponse> GetTierModel(const Env& env, const Call& call,
                                                      const v1::GetTierModelRequest& request);

absl::StatusOr<v1::GetCoverageResponse> GetCoverage(const Env& env, const Call& call,
                                                    const v1::GetCoverageRequest& request);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTERS_H_
