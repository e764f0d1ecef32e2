// The legal year: who must do what by when, and what was done.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_BUDGET_STEPS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_BUDGET_STEPS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/budget_step.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::ListBudgetStepsResponse> ListBudgetSteps(
    const Env& env, const Call& call, const v1::ListBudgetStepsRequest& request, db::Tx& tx);
void ValidateListBudgetSteps(const v1::ListBudgetStepsRequest& request,
                             error::Violations& violations);

absl::StatusOr<v1::ListOverdueStepsResponse> ListOverdueSteps(
    const Env& env, const Call& call, const v1::ListOverdueStepsRequest& request, db::Tx& tx);
void ValidateListOverdueSteps(const v1::ListOverdueStepsRequest& request,
                              error::Violations& violations);

absl::StatusOr<v1::RecordBudgetStepResponse> RecordBudgetStep(
    const Env& env, const Call& call, const v1::RecordBudgetStepRequest& request, db::Tx& tx);
void ValidateRecordBudgetStep(const v1::RecordBudgetStepRequest& request,
                              error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_BUDGET_STEPS_H_
