// Plans of reorganisation.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLANS_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLANS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/personnel/handlers/env.h"
#include "services/personnel/store/due_store.h"
#include "services/personnel/store/plan_store.h"
#include "twotier/personnel/v1/reorganisation.pb.h"

namespace twotier::personnel::handlers {

absl::StatusOr<v1::CreateReorganisationPlanResponse> CreateReorganisationPlan(
    const Env& env, const Call& call, const v1::CreateReorganisationPlanRequest& request,
    db::Tx& tx);
void ValidateCreateReorganisationPlan(const v1::CreateReorganisationPlanRequest& request,
                                      error::Violations& violations);

absl::StatusOr<v1::GetReorganisationPlanResponse> GetReorganisationPlan(
    const Env& env, const Call& call, const v1::GetReorganisationPlanRequest& request, db::Tx& tx);

absl::StatusOr<v1::ListPlanLinesResponse> ListPlanLines(const Env& env, const Call& call,
                                                        const v1::ListPlanLinesRequest& request,
                                                        db::Tx& tx);
void ValidateListPlanLines(const v1::ListPlanLinesRequest& request, error::Violations& violations);

absl::StatusOr<v1::EditReorganisationPlanResponse> EditReorganisationPlan(
    const Env& env, const Call& call, const v1::EditReorganisationPlanRequest& request, db::Tx& tx);

absl::StatusOr<v1::CancelReorganisationPlanResponse> CancelReorganisationPlan(
    const Env& env, const Call& call, const v1::CancelReorganisationPlanRequest& request,
    db::Tx& tx);

absl::StatusOr<v1::ProposeReorganisationPlanResponse> ProposeReorganisationPlan(
    const Env& env, const Call& call, const v1::ProposeReorganisationPlanRequest& request,
    db::Tx& tx);

absl::StatusOr<v1::CheckReorganisationPlanResponse> CheckReorganisationPlan(
    const Env& env, const Call& call, const v1::CheckReorganisationPlanRequest& request,
    db::Tx& tx);

absl::StatusOr<v1::SignReorganisationPlanResponse> SignReorganisationPlan(
    const Env& env, const Call& call, const v1::SignReorganisationPlanRequest& request, db::Tx& tx);

absl::StatusOr<v1::ExecuteReorganisationPlanResponse> ExecuteReorganisationPlan(
    const Env& env, const Call& call, const v1::ExecuteReorganisationPlanRequest& request,
    db::Tx& tx);
void ValidateExecuteReorganisationPlan(const v1::ExecuteReorganisationPlanRequest& request,
                                       error::Violations& violations);

// On the plan's day: everything of it at once. FAILED_PRECONDITION `PLAN_NOT_HELD` while slices are
// to be executed.
absl::Status PutPlanInForce(const Env& env, const Call& call, absl::string_view province_code,
                            absl::string_view plan_id, db::Tx& tx);

// Shared by the files of plans.

// Most people of a plan.
inline constexpr int kPlanPeopleMax = 12'000;
// People whose places one journal moves: six lines each, of a place that is carried from the end of
// a grant, stay below the ledger's limit.
inline constexpr size_t kJournalPeople = 1'200;

// NOT_FOUND `PLAN_NOT_FOUND`.
absl::StatusOr<store::Plan> RequirePlan(db::Tx& tx, absl::string_view name);
// FAILED_PRECONDITION `PLAN_STATE_NOT_ALLOWED` with metadata `state`.
absl::Status RequireState(const store::Plan& plan, store::PlanState state);
// Code of the province in which all of its units lie on its day. FAILED_PRECONDITION
// `UNIT_OUTSIDE_PROVINCE` where they lie in several.
absl::StatusOr<std::string> ProvinceOf(const units::Units& units, const store::Plan& plan);
// What puts it in force on its day.
store::DueEffect DueOf(const store::Plan& plan);
absl::StatusOr<std::vector<store::PlanLine>> AllLines(db::Tx& tx, const store::Plan& plan);
// Counts the version up, appends the event and writes the row.
absl::Status WritePlan(const Env& env, const Call& call, store::Plan& plan, absl::string_view kind,
                       db::Tx& tx);
void ToProto(const store::Plan& plan, v1::ReorganisationPlan* out);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLANS_H_
