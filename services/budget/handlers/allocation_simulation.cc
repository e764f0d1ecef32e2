// What an allocation would give, against what was, what might be and what law demands.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/allocation_history.h"
#include "services/budget/handlers/allocation_run.h"
#include "services/budget/handlers/allocations.h"
#include "services/budget/handlers/norm_sets.h"

namespace twotier::budget::handlers {
namespace {

// Broken rules that an answer lists.
constexpr int kBrokenShownMax = 1000;

void AddLines(const Evaluated& run, v1::SimulateAllocationResponse& response) {
  for (size_t i = 0; i < run.program.lines.size(); ++i) {
    const NormLine& line = run.program.set.lines[i];
    v1::LineTotal* total = response.add_lines();
    total->set_line(line.key);
    total->set_title(line.title);
    total->set_unit(line.unit);
    Rational sum = 0;
    for (const Rational& amount : run.results.lines[i]) sum = sum + amount;
    if (!sum.ok()) continue;
    total->set_total(absl::StrCat(sum.numerator()));
    if (!sum.whole()) absl::StrAppend(total->mutable_total(), "/", sum.denominator());
  }
}

void AddBroken(const Evaluated& run, v1::SimulateAllocationResponse& response) {
  for (const BrokenCheck& broken : run.results.broken) {
    if (response.broken_checks_size() == kBrokenShownMax) return;
    const NormCheck& check = run.program.set.checks[broken.check];
    v1::BrokenCheck* shown = response.add_broken_checks();
    shown->set_unit_code(run.units[broken.unit].code);
    shown->set_check(check.key);
    shown->set_title(check.title);
    shown->set_citation(check.citation);
    shown->set_left(TextOf(broken.left));
    shown->set_right(TextOf(broken.right));
  }
}

// What an earlier run assigned to the units, or to those that they were formed of.
absl::Status AddBefore(const units::Units& units, const v1::SimulateAllocationRequest& request,
                       db::Tx& tx, v1::SimulateAllocationResponse& response) {
  ASSIGN_OR_RETURN(const store::RunRow before, RequireRun(tx, request.before()));
  ASSIGN_OR_RETURN(const std::vector<store::PartRow> parts,
                   store::ListParts(tx, before.province_code, before.run_id));
  std::vector<std::pair<std::string, int64_t>> amounts;
  amounts.reserve(parts.size());
  for (const store::PartRow& part : parts) amounts.emplace_back(part.unit, part.amount_vnd);
  const EarlierAmounts earlier = CarryOver(units, FromProto(request.plan().as_of()), amounts);
  response.set_before_total_vnd(before.total_vnd);
  response.set_before_unplaced_vnd(earlier.unplaced);
  for (v1::UnitAllocation& unit : *response.mutable_units()) {
    const auto had = earlier.by_unit.find(unit.unit());
    if (had != earlier.by_unit.end()) unit.set_before_vnd(had->second);
  }
  return absl::OkStatus();
}

// What the other norm set gives the same units.
absl::Status AddOther(const Evaluated& other, v1::SimulateAllocationResponse& response) {
  ASSIGN_OR_RETURN(const int64_t total, TotalOf(other, other.program.result));
  response.set_other_total_vnd(total);
  for (size_t unit = 0; unit < other.units.size(); ++unit) {
    response.mutable_units(static_cast<int>(unit))->set_other_vnd(other.AmountOf(unit));
  }
  return absl::OkStatus();
}

absl::Status AddWorkings(const Evaluated& run, const v1::SimulateAllocationRequest& request,
                         v1::SimulateAllocationResponse& response) {
  for (const std::string& code : request.explained_unit_codes()) {
    const auto unit = std::find_if(run.units.begin(), run.units.end(),
                                   [&code](const RunUnit& each) { return each.code == code; });
    if (unit == run.units.end()) {
      return error::WithReason(absl::StatusCode::kNotFound,
                               absl::StrCat("no unit of the run has the code ", code),
                               "UNIT_NOT_FOUND", {{"unit", code}});
    }
    const size_t place = unit - run.units.begin();
    v1::UnitWorking* working = response.add_workings();
    *working->mutable_unit() = response.units(static_cast<int>(place));
    WorkingToProto(run.program, run.facts, run.plan, run.results, place, working);
  }
  return absl::OkStatus();
}

// The other norm set over the same facts and units. `plan` has those of the first one.
absl::StatusOr<Evaluated> EvaluateOther(const v1::SimulateAllocationRequest& request,
                                        const Snapshot& snapshot, const Evaluated& run,
                                        db::Tx& tx) {
  v1::AllocationPlan plan = run.plan;
  plan.set_norm_set(request.other_norm_set());
  plan.set_norm_set_version(request.other_norm_set_version());
  plan.clear_unit_codes();
  for (const RunUnit& unit : run.units) plan.add_unit_codes(unit.code);
  return EvaluatePlan(tx, snapshot, ProvinceCodeOf(request.parent()), std::move(plan),
                      &run.program.set);
}

}  // namespace

absl::StatusOr<v1::SimulateAllocationResponse> SimulateAllocation(
    const Env& env, const Call&, const v1::SimulateAllocationRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot,
                   CurrentSnapshot(*env.snapshots, tx));
  ReadyNormSet other;
  const bool compares = !request.other_norm_set().empty();
  if (compares) {
    ASSIGN_OR_RETURN(other,
                     LoadNormSet(tx, request.other_norm_set(), request.other_norm_set_version()));
  }
  ASSIGN_OR_RETURN(const Evaluated run,
                   EvaluatePlan(tx, *snapshot, ProvinceCodeOf(request.parent()), request.plan(),
                                compares ? &other.program.set : nullptr));
  v1::SimulateAllocationResponse response;
  response.set_norm_set_version(run.plan.norm_set_version());
  ASSIGN_OR_RETURN(const int64_t total, TotalOf(run, run.program.result));
  response.set_total_vnd(total);
  ASSIGN_OR_RETURN(const int64_t assigned, TotalOf(run, run.program.assigned));
  response.set_assigned_total_vnd(assigned);
  for (size_t unit = 0; unit < run.units.size(); ++unit) {
    v1::UnitAllocation* shown = response.add_units();
    UnitToProto(run.units[unit], run.AmountOf(unit), run.AssignedTo(unit), shown);
    shown->set_assumed_inputs(AssumedOf(run.facts, run.plan, unit));
    response.set_assumed_inputs(response.assumed_inputs() + shown->assumed_inputs());
  }
  AddLines(run, response);
  PoolsToProto(run, response.mutable_pools());
  AddBroken(run, response);
  if (!request.before().empty()) {
    RETURN_IF_ERROR(AddBefore(*snapshot->units, request, tx, response));
  }
  if (compares) {
    ASSIGN_OR_RETURN(const Evaluated evaluated, EvaluateOther(request, *snapshot, run, tx));
    RETURN_IF_ERROR(AddOther(evaluated, response));
  }
  RETURN_IF_ERROR(AddWorkings(run, request, response));
  return response;
}

}  // namespace twotier::budget::handlers
