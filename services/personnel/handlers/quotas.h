// Quotas: grants, allowances for a surplus, run-down.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_QUOTAS_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_QUOTAS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/personnel/handlers/env.h"
#include "services/personnel/store/due_store.h"
#include "services/personnel/store/quota_store.h"
#include "twotier/personnel/v1/quota.pb.h"

namespace twotier::personnel::handlers {

absl::StatusOr<v1::GrantQuotaResponse> GrantQuota(const Env& env, const Call& call,
                                                  const v1::GrantQuotaRequest& request, db::Tx& tx);
void ValidateGrantQuota(const v1::GrantQuotaRequest& request, error::Violations& violations);

absl::StatusOr<v1::GrantSurplusAllowanceResponse> GrantSurplusAllowance(
    const Env& env, const Call& call, const v1::GrantSurplusAllowanceRequest& request, db::Tx& tx);
void ValidateGrantSurplusAllowance(const v1::GrantSurplusAllowanceRequest& request,
                                   error::Violations& violations);

absl::StatusOr<v1::ListQuotasResponse> ListQuotas(const Env& env, const Call& call,
                                                  const v1::ListQuotasRequest& request, db::Tx& tx);
void ValidateListQuotas(const v1::ListQuotasRequest& request, error::Violations& violations);

absl::StatusOr<v1::GetRunDownPlanResponse> GetRunDownPlan(const Env& env, const Call& call,
                                                          const v1::GetRunDownPlanRequest& request,
                                                          db::Tx& tx);

// Shared by those who change quotas.

// Writes the quota, whose version the caller counted up, and its event.
absl::Status WriteQuota(const Call& call, store::QuotaRow& row, absl::string_view kind, db::Tx& tx,
                        int ordinal = 0);
// What lets a step of the slot's allowance take effect on `day`.
store::DueEffect AllowanceDue(const store::QuotaSlot& slot, absl::CivilDay day);
// What puts in force the grant that is planned for `day`.
store::DueEffect GrantDue(const store::QuotaSlot& slot, absl::CivilDay day);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_QUOTAS_H_
