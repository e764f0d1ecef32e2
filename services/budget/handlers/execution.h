// How far a budget is spent.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_EXECUTION_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_EXECUTION_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/execution.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::GetExecutionResponse> GetExecution(const Env& env, const Call& call,
                                                      const v1::GetExecutionRequest& request,
                                                      db::Tx& tx);
void ValidateGetExecution(const v1::GetExecutionRequest& request, error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_EXECUTION_H_
