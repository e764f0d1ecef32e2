// Contingency and adjustments.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/lawful_spending.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::SetContingencyResponse> SetContingency(const Env& env, const Call& call,
                                                          const v1::SetContingencyRequest& request,
                                                          db::Tx& tx);
void ValidateSetContingency(const v1::SetContingencyRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::UseContingencyResponse> UseContingency(const Env& env, const Call& call,
                                                          const v1::UseContingencyRequest& request,
                                                          db::Tx& tx);
void ValidateUseContingency(const v1::UseContingencyRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::AdjustEstimateResponse> AdjustEstimate(const Env& env, const Call& call,
                                                          const v1::AdjustEstimateRequest& request,
                                                          db::Tx& tx);
void ValidateAdjustEstimate(const v1::AdjustEstimateRequest& request,
                            error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_CONTINGENCY_H_
