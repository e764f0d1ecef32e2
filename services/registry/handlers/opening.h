// Opening hours of centers.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_OPENING_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_OPENING_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/opening.pb.h"

namespace twotier::registry::handlers {

// Errors of both: NOT_FOUND `CENTER_NOT_FOUND`; ABORTED `STALE_ETAG`; OUT_OF_RANGE
// `DATE_BEFORE_DATA`; of the first FAILED_PRECONDITION `LATER_CHANGE_PLANNED`.
absl::StatusOr<v1::SetOpeningHoursResponse> SetOpeningHours(
    const Env& env, const Call& call, const v1::SetOpeningHoursRequest& request, db::Tx& tx);
void ValidateSetOpeningHours(const v1::SetOpeningHoursRequest& request,
                             error::Violations& violations);

absl::StatusOr<v1::SetOpeningExceptionResponse> SetOpeningException(
    const Env& env, const Call& call, const v1::SetOpeningExceptionRequest& request, db::Tx& tx);
void ValidateSetOpeningException(const v1::SetOpeningExceptionRequest& request,
                                 error::Violations& violations);

// From memory.
absl::StatusOr<v1::GetOpeningResponse> GetOpening(const Env& env, const Call& call,
                                                  const v1::GetOpeningRequest& request, db::Tx* tx);
void ValidateGetOpening(const v1::GetOpeningRequest& request, error::Violations& violations);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_OPENING_H_
