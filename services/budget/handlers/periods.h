// Periods for which the books are closed.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_PERIODS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_PERIODS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/period.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::GetPeriodResponse> GetPeriod(const Env& env, const Call& call,
                                                const v1::GetPeriodRequest& request, db::Tx& tx);
void ValidateGetPeriod(const v1::GetPeriodRequest& request, error::Violations& violations);

absl::StatusOr<v1::ClosePeriodResponse> ClosePeriod(const Env& env, const Call& call,
                                                    const v1::ClosePeriodRequest& request,
                                                    db::Tx& tx);
void ValidateClosePeriod(const v1::ClosePeriodRequest& request, error::Violations& violations);

absl::StatusOr<v1::ReopenPeriodResponse> ReopenPeriod(const Env& env, const Call& call,
                                                      const v1::ReopenPeriodRequest& request,
                                                      db::Tx& tx);
void ValidateReopenPeriod(const v1::ReopenPeriodRequest& request, error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_PERIODS_H_
