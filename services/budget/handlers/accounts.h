// Accounts: opened, closed, shown.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_ACCOUNTS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_ACCOUNTS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/account.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::OpenAccountsResponse> OpenAccounts(const Env& env, const Call& call,
                                                      const v1::OpenAccountsRequest& request,
                                                      db::Tx& tx);
void ValidateOpenAccounts(const v1::OpenAccountsRequest& request, error::Violations& violations);

absl::StatusOr<v1::CloseAccountResponse> CloseAccount(const Env& env, const Call& call,
                                                      const v1::CloseAccountRequest& request,
                                                      db::Tx& tx);
void ValidateCloseAccount(const v1::CloseAccountRequest& request, error::Violations& violations);

absl::StatusOr<v1::GetAccountResponse> GetAccount(const Env& env, const Call& call,
                                                  const v1::GetAccountRequest& request, db::Tx& tx);

absl::StatusOr<v1::ListAccountsResponse> ListAccounts(const Env& env, const Call& call,
                                                      const v1::ListAccountsRequest& request,
                                                      db::Tx& tx);
void ValidateListAccounts(const v1::ListAccountsRequest& request, error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_ACCOUNTS_H_
