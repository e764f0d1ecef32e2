// Units: get, list, resolve. From memory; with `tx`, as known at the request's `as_known_at`.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_UNITS_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_UNITS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "common/rpc/encoded.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::registry::handlers {

absl::StatusOr<v1::GetUnitResponse> GetUnit(const Env& env, const Call& call,
                                            const v1::GetUnitRequest& request, db::Tx* tx);
void ValidateGetUnit(const v1::GetUnitRequest& request, error::Violations& violations);

absl::StatusOr<rpc::Encoded<v1::ListUnitsResponse>> ListUnits(const Env& env, const Call& call,
                                                              const v1::ListUnitsRequest& request,
                                                              db::Tx* tx);
void ValidateListUnits(const v1::ListUnitsRequest& request, error::Violations& violations);

absl::StatusOr<rpc::Encoded<v1::ResolveUnitsResponse>> ResolveUnits(
    const Env& env, const Call& call, const v1::ResolveUnitsRequest& request, db::Tx* tx);
void ValidateResolveUnits(const v1::ResolveUnitsRequest& request, error::Violations& violations);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_UNITS_H_
