#include "services/budget/handlers/allocations.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto.h"
#include "common/etag.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/allocation_run.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/events.h"
#include "services/budget/handlers/norm_sets.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kCreated = "allocation.created";
constexpr absl::string_view kApproved = "allocation.approved";
constexpr absl::string_view kListMethod = "ListAllocationRuns";

absl::Status CheckLaw(const Evaluated& run) {
  if (run.results.broken.empty()) return absl::OkStatus();
  std::vector<error::PreconditionViolation> violations;
  for (const BrokenCheck& broken : run.results.broken) {
    if (violations.size() == error::Violations::kViolationsMax) break;
    const NormCheck& check = run.program.set.checks[broken.check];
    violations.push_back(
        {"ALLOCATION_BREAKS_LAW", absl::StrCat(run.units[broken.unit].code, " ", check.key),
         absl::StrCat(check.title, " (", check.citation, "): ", budget::TextOf(broken.left),
                      " against ", budget::TextOf(broken.right))});
  }
  return error::WithPreconditions(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat(violations[0].subject, ": ", violations[0].description),
                        "ALLOCATION_BREAKS_LAW"),
      violations);
}

void CheckPlan(const v1::AllocationPlan& plan, error::Violations& violations) {
  if (plan.norm_set_version() < 0) {
    violations.Add("plan.norm_set_version", "must not be negative");
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < plan.unit_codes_size(); ++i) {
    if (seen.insert(plan.unit_codes(i)).second) continue;
    violations.Add(absl::StrCat("plan.unit_codes[", i, "]"), "stands there twice");
  }
}

std::string DigestOf(absl::string_view bytes) {
  Sha256 digest;
  digest.Bytes(bytes);
  return absl::BytesToHexString(digest.Finish());
}

}  // namespace

void ValidateSimulateAllocation(const v1::SimulateAllocationRequest& request,
                                error::Violations& violations) {
  CheckPlan(request.plan(), violations);
  if (request.other_norm_set_version() < 0) {
    violations.Add("other_norm_set_version", "must not be negative");
  }
}

absl::StatusOr<v1::CreateAllocationRunResponse> CreateAllocationRun(
    const Env& env, const Call& call, const v1::CreateAllocationRunRequest& request, db::Tx& tx) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot,
                   CurrentSnapshot(*env.snapshots, tx));
  ASSIGN_OR_RETURN(Evaluated evaluated, EvaluatePlan(tx, *snapshot, province_code, request.plan()));
  RETURN_IF_ERROR(CheckLaw(evaluated));
  // Frozen with the units that it was made for.
  evaluated.plan.clear_unit_codes();
  v1::CreateAllocationRunResponse response;
  std::vector<store::PartRow> parts;
  store::RunRow run;
  for (size_t i = 0; i < evaluated.units.size(); ++i) {
    const RunUnit& unit = evaluated.units[i];
    evaluated.plan.add_unit_codes(unit.code);
    const int64_t assigned = evaluated.AssignedTo(i);
    parts.push_back({unit.code, unit.name, unit.full_name, unit.province_code, assigned});
    v1::UnitAllocation* shown = response.add_units();
    UnitToProto(unit, evaluated.AmountOf(i), assigned, shown);
    shown->set_assumed_inputs(AssumedOf(evaluated.facts, evaluated.plan, i));
    run.assumed_inputs += shown->assumed_inputs();
  }
  std::string plan;
  rpc::AppendDeterministic(evaluated.plan, plan);
  run.province_code = std::string(province_code);
  run.run_id = call.new_id;
  run.norm_set = evaluated.plan.norm_set();
  run.norm_set_version = evaluated.plan.norm_set_version();
  run.year = evaluated.plan.year();
  run.as_of = FromProto(evaluated.plan.as_of());
  run.units = static_cast<int64_t>(parts.size());
  ASSIGN_OR_RETURN(run.total_vnd, TotalOf(evaluated, evaluated.program.assigned));
  run.inputs_sha256 = DigestOf(plan);
  run.creator = call.principal.name;
  run.create_time = call.now;
  Events events(env, call, tx);
  ASSIGN_OR_RETURN(run.chain_hash, events.AppendFirst(province_code, NameOf(run), kCreated));
  RETURN_IF_ERROR(store::InsertRun(tx, run, plan, parts));
  RunToProto(run, response.mutable_run());
  PoolsToProto(evaluated, response.mutable_pools());
  return response;
}

void ValidateCreateAllocationRun(const v1::CreateAllocationRunRequest& request,
                                 error::Violations& violations) {
  CheckPlan(request.plan(), violations);
}

absl::StatusOr<v1::ApproveAllocationRunResponse> ApproveAllocationRun(
    const Env& env, const Call& call, const v1::ApproveAllocationRunRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(store::RunRow run, RequireRun(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), run.version));
  RETURN_IF_ERROR(CheckRunState(run, store::RunState::kCreated));
  if (run.creator == call.principal.name) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             "who creates a run does not approve it", "APPROVER_IS_CREATOR",
                             {{"creator", run.creator}});
  }
  run.approval_body = static_cast<Body>(request.body());
  run.approval_day = FromProto(request.decision_date());
  const int year = static_cast<int>(run.year);
  RETURN_IF_ERROR(CheckResolution(env, call,
                                  {.matter = Matter::kAllocation,
                                   .province_code = run.province_code,
                                   .years = {year, year},
                                   .body = request.body(),
                                   .day = run.approval_day},
                                  tx));
  run.state = store::RunState::kApproved;
  run.approver = call.principal.name;
  run.approval_act = request.act().number();
  run.approve_time = call.now;
  Events events(env, call, tx);
  RETURN_IF_ERROR(ChangeRun(events, kApproved, tx, run));
  v1::ApproveAllocationRunResponse response;
  RunToProto(run, response.mutable_run());
  return response;
}

absl::StatusOr<v1::ListAllocationRunsResponse> ListAllocationRuns(
    const Env& env, const Call&, const v1::ListAllocationRunsRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open(kListMethod, query, request.page_token()));
  ASSIGN_OR_RETURN(
      const std::vector<store::RunRow> runs,
      store::ListRuns(tx, ProvinceCodeOf(request.parent()), request.year(), after, size + 1));
  v1::ListAllocationRunsResponse response;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (response.runs_size() == size) {
      response.set_next_page_token(env.pages->Seal(kListMethod, query, runs[i - 1].run_id));
      break;
    }
    RunToProto(runs[i], response.add_runs());
  }
  return response;
}

void ValidateListAllocationRuns(const v1::ListAllocationRunsRequest& request,
                                error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::ExplainAllocationResponse> ExplainAllocation(
    const Env&, const Call&, const v1::ExplainAllocationRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const store::RunRow run, RequireRun(tx, request.name()));
  ASSIGN_OR_RETURN(const std::vector<store::PartRow> parts,
                   store::ListParts(tx, run.province_code, run.run_id));
  const auto part = std::find_if(parts.begin(), parts.end(), [&request](const auto& each) {
    return each.unit_code == request.unit_code();
  });
  if (part == parts.end()) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat(request.unit_code(), " has no part in the run"),
                             "UNIT_NOT_FOUND", {{"unit", request.unit_code()}});
  }
  ASSIGN_OR_RETURN(const std::string bytes, store::LoadPlan(tx, run.province_code, run.run_id));
  v1::AllocationPlan plan;
  if (!plan.ParseFromString(bytes) || DigestOf(bytes) != run.inputs_sha256) {
    return error::WithReason(absl::StatusCode::kDataLoss, "the frozen facts cannot be read",
                             "UNREADABLE_ROW", {{"subject", NameOf(run)}});
  }
  ASSIGN_OR_RETURN(const ReadyNormSet ready, LoadNormSet(tx, run.norm_set, run.norm_set_version));
  std::vector<std::string> codes;
  codes.reserve(parts.size());
  for (const store::PartRow& each : parts) codes.push_back(each.unit_code);
  ASSIGN_OR_RETURN(const RunFacts facts, FactsOf(ready.program, codes, plan));
  ASSIGN_OR_RETURN(const NormResults results, Evaluate(ready.program, facts.inputs));
  const size_t unit = part - parts.begin();
  if (!(results.lines[ready.program.assigned][unit] == Rational(part->amount_vnd))) {
    return error::WithReason(absl::StatusCode::kInternal,
                             absl::StrCat("the facts of ", NameOf(run), " do not give its outcome"),
                             "BROKEN_INVARIANT", {{"subject", NameOf(run)}});
  }
  v1::ExplainAllocationResponse response;
  RunToProto(run, response.mutable_run());
  v1::UnitAllocation* shown = response.mutable_working()->mutable_unit();
  UnitToProto({part->unit_code, part->unit, part->full_name, part->province_code},
              results.lines[ready.program.result][unit].numerator(), part->amount_vnd, shown);
  shown->set_assumed_inputs(AssumedOf(facts, plan, unit));
  WorkingToProto(ready.program, facts, plan, results, unit, response.mutable_working());
  return response;
}

}  // namespace twotier::budget::handlers
