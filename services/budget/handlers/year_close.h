// The end of a budget year of a unit, and its reopening.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_YEAR_CLOSE_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_YEAR_CLOSE_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/year_close.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::CloseBudgetYearResponse> CloseBudgetYear(
    const Env& env, const Call& call, const v1::CloseBudgetYearRequest& request, db::Tx& tx);
void ValidateCloseBudgetYear(const v1::CloseBudgetYearRequest& request,
                             error::Violations& violations);

absl::StatusOr<v1::ReopenBudgetYearResponse> ReopenBudgetYear(
    const Env& env, const Call& call, const v1::ReopenBudgetYearRequest& request, db::Tx& tx);
void ValidateReopenBudgetYear(const v1::ReopenBudgetYearRequest& request,
                              error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_YEAR_CLOSE_H_
