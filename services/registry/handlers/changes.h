// Changes of units by law, and corrections.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_CHANGES_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_CHANGES_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/change.pb.h"

namespace twotier::registry::handlers {

absl::StatusOr<v1::ApplyChangeEventResponse> ApplyChangeEvent(
    const Env& env, const Call& call, const v1::ApplyChangeEventRequest& request, db::Tx& tx);
void ValidateApplyChangeEvent(const v1::ApplyChangeEventRequest& request,
                              error::Violations& violations);

absl::StatusOr<v1::CancelChangeEventResponse> CancelChangeEvent(
    const Env& env, const Call& call, const v1::CancelChangeEventRequest& request, db::Tx& tx);

absl::StatusOr<v1::CorrectUnitResponse> CorrectUnit(const Env& env, const Call& call,
                                                    const v1::CorrectUnitRequest& request,
                                                    db::Tx& tx);
void ValidateCorrectUnit(const v1::CorrectUnitRequest& request, error::Violations& violations);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_CHANGES_H_
