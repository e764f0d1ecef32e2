// Allocation runs: simulated, created, approved, posted, listed, explained.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_ALLOCATIONS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_ALLOCATIONS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/allocation.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::SimulateAllocationResponse> SimulateAllocation(
    const Env& env, const Call& call, const v1::SimulateAllocationRequest& request, db::Tx& tx);
void ValidateSimulateAllocation(const v1::SimulateAllocationRequest& request,
                                error::Violations& violations);

absl::StatusOr<v1::CreateAllocationRunResponse> CreateAllocationRun(
    const Env& env, const Call& call, const v1::CreateAllocationRunRequest& request, db::Tx& tx);
void ValidateCreateAllocationRun(const v1::CreateAllocationRunRequest& request,
                                 error::Violations& violations);

absl::StatusOr<v1::ApproveAllocationRunResponse> ApproveAllocationRun(
    const Env& env, const Call& call, const v1::ApproveAllocationRunRequest& request, db::Tx& tx);

absl::StatusOr<v1::PostAllocationRunResponse> PostAllocationRun(
    const Env& env, const Call& call, const v1::PostAllocationRunRequest& request, db::Tx& tx);
void ValidatePostAllocationRun(const v1::PostAllocationRunRequest& request,
                               error::Violations& violations);

absl::StatusOr<v1::ListAllocationRunsResponse> ListAllocationRuns(
    const Env& env, const Call& call, const v1::ListAllocationRunsRequest& request, db::Tx& tx);
void ValidateListAllocationRuns(const v1::ListAllocationRunsRequest& request,
                                error::Violations& violations);

absl::StatusOr<v1::ExplainAllocationResponse> ExplainAllocation(
    const Env& env, const Call& call, const v1::ExplainAllocationRequest& request, db::Tx& tx);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_ALLOCATIONS_H_
