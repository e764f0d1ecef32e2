// Centers, tier models and coverage. From memory; with `tx`, as known at the request's
// `as_known_at`.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTERS_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTERS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::registry::handlers {

absl::StatusOr<v1::GetCenterResponse> GetCenter(const Env& env, const Call& call,
                                                const v1::GetCenterRequest& request, db::Tx* tx);

absl::StatusOr<v1::ListCentersResponse> ListCenters(const Env& env, const Call& call,
                                                    const v1::ListCentersRequest& request,
                                                    db::Tx* tx);
void ValidateListCenters(const v1::ListCentersRequest& request, error::Violations& violations);

absl::StatusOr<v1::GetTierModelResponse> GetTierModel(const Env& env, const Call& call,
                                                      const v1::GetTierModelRequest& request,
                                                      db::Tx* tx);

absl::StatusOr<v1::GetCoverageResponse> GetCoverage(const Env& env, const Call& call,
                                                    const v1::GetCoverageRequest& request,
                                                    db::Tx* tx);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTERS_H_
