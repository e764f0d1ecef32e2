// Ceilings of quarters and months: granted, listed. What payments take of them: under_ceilings.h.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_CEILINGS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_CEILINGS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/ceiling.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::GrantPeriodCeilingResponse> GrantPeriodCeiling(
    const Env& env, const Call& call, const v1::GrantPeriodCeilingRequest& request, db::Tx& tx);
void ValidateGrantPeriodCeiling(const v1::GrantPeriodCeilingRequest& request,
                                error::Violations& violations);

absl::StatusOr<v1::ListPeriodCeilingsResponse> ListPeriodCeilings(
    const Env& env, const Call& call, const v1::ListPeriodCeilingsRequest& request, db::Tx& tx);
void ValidateListPeriodCeilings(const v1::ListPeriodCeilingsRequest& request,
                                error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_CEILINGS_H_
