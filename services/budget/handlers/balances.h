// What accounts hold, and what happened in them.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_BALANCES_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_BALANCES_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/balance.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::GetBalancesResponse> GetBalances(const Env& env, const Call& call,
                                                    const v1::GetBalancesRequest& request,
                                                    db::Tx& tx);
void ValidateGetBalances(const v1::GetBalancesRequest& request, error::Violations& violations);

absl::StatusOr<v1::GetStatementResponse> GetStatement(const Env& env, const Call& call,
                                                      const v1::GetStatementRequest& request,
                                                      db::Tx& tx);
void ValidateGetStatement(const v1::GetStatementRequest& request, error::Violations& violations);

absl::StatusOr<v1::ListHoldsResponse> ListHolds(const Env& env, const Call& call,
                                                const v1::ListHoldsRequest& request, db::Tx& tx);
void ValidateListHolds(const v1::ListHoldsRequest& request, error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_BALANCES_H_
