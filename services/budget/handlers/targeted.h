// Targeted money that goes back to who gave it (Law 89/2025/QH15, Article 4).
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_TARGETED_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_TARGETED_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/domain/account.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/lawful_spending.pb.h"

namespace twotier::budget::handlers {

// Whereto targeted money of an account of the unit goes back: a commune's to its province, a
// province's to the centre, whose ledger `return_to` must name. NOT_FOUND `UNIT_NOT_FOUND`;
// FAILED_PRECONDITION `LEDGER_NOT_NAMED`.
absl::StatusOr<AccountKey> GiverOf(const Acting& acting, const AccountKey& key,
                                   const std::string& return_to);

// How much of a purpose's money of the year the level above gave, in that year or before, and has
// not got back. What a unit has of its own for a purpose is not theirs.
absl::StatusOr<int64_t> GivenAbove(db::Tx& tx, const Acting& acting, const std::string& purpose);

absl::StatusOr<v1::ReturnTargetedMoneyResponse> ReturnTargetedMoney(
    const Env& env, const Call& call, const v1::ReturnTargetedMoneyRequest& request, db::Tx& tx);
void ValidateReturnTargetedMoney(const v1::ReturnTargetedMoneyRequest& request,
                                 error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_TARGETED_H_
