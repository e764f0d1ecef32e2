// Units by their names. From memory.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_SEARCH_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_SEARCH_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "common/rpc/encoded.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::registry::handlers {

absl::StatusOr<rpc::Encoded<v1::SearchUnitsResponse>> SearchUnits(
    const Env& env, const Call& call, const v1::SearchUnitsRequest& request, db::Tx* tx);
void ValidateSearchUnits(const v1::SearchUnitsRequest& request, error::Violations& violations);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_SEARCH_H_
