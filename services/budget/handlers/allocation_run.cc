#include "services/budget/handlers/allocation_run.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/norm_working.h"
#include "services/budget/handlers/norm_sets.h"
#include "services/budget/handlers/staff_facts.h"

namespace twotier::budget::handlers {
namespace {

absl::Status CheckYear(const NormSet& set, int64_t year) {
  if (set.first_year <= year && year <= set.last_year) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the norm set holds from ", set.first_year, " to ", set.last_year, ", not in ",
                   year),
      "NORM_SET_NOT_IN_FORCE",
      {{"first_year", absl::StrCat(set.first_year)}, {"last_year", absl::StrCat(set.last_year)}});
}

absl::Status CheckOwner(absl::string_view norm_set, absl::string_view province_code) {
  const absl::string_view owner = ProvinceCodeOf(norm_set);
  if (owner == province_code || owner == kCentral) return absl::OkStatus();
  error::Violations violations;
  violations.Add("plan.norm_set", "must be of the run's province or of the country");
  return violations.ToStatus();
}

std::vector<std::string> CodesOf(const std::vector<RunUnit>& units) {
  std::vector<std::string> codes;
  codes.reserve(units.size());
  for (const RunUnit& unit : units) codes.push_back(unit.code);
  return codes;
}

void FactToProto(const NormSet& set, const RunFacts& facts, const v1::AllocationPlan& plan,
                 size_t unit, const WorkingFact& fact, v1::WorkingFact* out) {
  out->set_value(fact.value);
  switch (fact.kind) {
    case WorkingFact::Kind::kInput: {
      out->set_input(set.inputs[fact.place].key);
      out->set_title(set.inputs[fact.place].title);
      const v1::AllocationInput& entry = plan.inputs(facts.entries[fact.place][unit]);
      out->set_certainty(entry.certainty());
      out->set_source(entry.source());
      break;
    }
    case WorkingFact::Kind::kChoice:
      out->set_choice(set.choices[fact.place].key);
      out->set_title(set.choices[fact.place].question);
      out->set_source(set.choices[fact.place].reason);
      break;
    case WorkingFact::Kind::kLine:
      out->set_line(set.lines[fact.place].key);
      out->set_title(set.lines[fact.place].title);
      break;
  }
}

absl::string_view StateText(store::RunState state) {
  switch (state) {
    case store::RunState::kCreated:
      return "created";
    case store::RunState::kApproved:
      return "approved";
    case store::RunState::kPosted:
      return "posted";
    default:
      return "unknown";
  }
}

}  // namespace

absl::StatusOr<Evaluated> EvaluatePlan(db::Tx& tx, const Snapshot& snapshot,
                                       absl::string_view province_code, v1::AllocationPlan plan,
                                       const NormSet* also) {
  RETURN_IF_ERROR(CheckOwner(plan.norm_set(), province_code));
  ASSIGN_OR_RETURN(ReadyNormSet ready, LoadNormSet(tx, plan.norm_set(), plan.norm_set_version()));
  RETURN_IF_ERROR(CheckYear(ready.program.set, plan.year()));
  Evaluated run;
  run.plan = std::move(plan);
  run.plan.set_norm_set_version(ready.version);
  run.program = std::move(ready.program);
  ASSIGN_OR_RETURN(run.units, UnitsOf(*snapshot.units, province_code, run.program.set, run.plan));
  AddRegistryFacts(*snapshot.units, run.units, run.program.set, run.plan);
  RETURN_IF_ERROR(AddStaffFacts(tx, run.units, run.program.set, run.plan));
  ASSIGN_OR_RETURN(run.facts, FactsOf(run.program, CodesOf(run.units), run.plan, also));
  ASSIGN_OR_RETURN(run.results, Evaluate(run.program, run.facts.inputs));
  return run;
}

absl::StatusOr<int64_t> TotalOf(const Evaluated& run, int line) {
  Rational total = 0;
  for (const Rational& amount : run.results.lines[line]) total = total + amount;
  if (total.ok()) return total.numerator();
  return error::WithReason(
      absl::StatusCode::kOutOfRange, "the amounts of all units are beyond 64 bits",
      "ALLOCATION_NOT_COMPUTABLE", {{"line", run.program.set.lines[line].key}});
}

void UnitToProto(const RunUnit& unit, int64_t amount, int64_t assigned, v1::UnitAllocation* out) {
  out->set_unit_code(unit.code);
  out->set_unit(unit.name);
  out->set_full_name(unit.full_name);
  out->set_amount_vnd(amount);
  out->set_assigned_vnd(assigned);
}

void PoolsToProto(const Evaluated& run, google::protobuf::RepeatedPtrField<v1::PoolOutcome>* out) {
  for (size_t i = 0; i < run.program.set.pools.size(); ++i) {
    v1::PoolOutcome* pool = out->Add();
    pool->set_pool(run.program.set.pools[i].key);
    pool->set_amount_vnd(run.facts.inputs.pools[i]);
    pool->set_rest_vnd(run.results.pool_rests[i]);
    pool->set_divided_vnd(pool->amount_vnd() - pool->rest_vnd());
  }
}

void WorkingToProto(const NormProgram& program, const RunFacts& facts,
                    const v1::AllocationPlan& plan, const NormResults& results, size_t unit,
                    v1::UnitWorking* out) {
  for (const LineWorking& working : WorkingOf(program, facts.inputs, results, unit)) {
    const NormLine& line = program.set.lines[working.line];
    v1::LineWorking* shown = out->add_lines();
    shown->set_line(line.key);
    shown->set_title(line.title);
    shown->set_citation(line.citation);
    shown->set_text(working.text);
    shown->set_amount(working.amount);
    shown->set_unit(line.unit);
    for (const WorkingFact& fact : working.facts) {
      FactToProto(program.set, facts, plan, unit, fact, shown->add_facts());
    }
    for (size_t i = 0; i < working.sources.size(); ++i) {
      v1::SourcePart* part = shown->add_sources();
      part->set_source(line.sources[i].source);
      part->set_amount_vnd(working.sources[i]);
    }
  }
}

void RunToProto(const store::RunRow& run, v1::AllocationRun* out) {
  out->set_name(NameOf(run));
  out->set_norm_set(run.norm_set);
  out->set_norm_set_version(run.norm_set_version);
  out->set_year(static_cast<int32_t>(run.year));
  ToProto(run.as_of, out->mutable_as_of());
  out->set_state(static_cast<v1::AllocationRunState>(run.state));
  out->set_units(static_cast<int32_t>(run.units));
  out->set_total_vnd(run.total_vnd);
  out->set_assumed_inputs(static_cast<int32_t>(run.assumed_inputs));
  out->set_inputs_sha256(run.inputs_sha256);
  out->set_creator(run.creator);
  ToProto(run.create_time, out->mutable_create_time());
  if (run.state >= store::RunState::kApproved) {
    out->set_approver(run.approver);
    out->mutable_approval_act()->set_number(run.approval_act);
    out->set_approval_body(static_cast<v1::Body>(run.approval_body));
    if (run.approval_body != Body::kUnknown) {
      ToProto(run.approval_day, out->mutable_approval_date());
    }
    ToProto(run.approve_time, out->mutable_approve_time());
  }
  if (run.state >= store::RunState::kPosted) {
    out->set_journal(run.journal);
    ToProto(run.post_time, out->mutable_post_time());
  }
  out->set_version(run.version);
  out->set_etag(EtagOf(run.version));
}

std::string NameOf(const store::RunRow& run) {
  return absl::StrCat("provinces/", run.province_code, "/allocationRuns/", run.run_id);
}

absl::StatusOr<store::RunRow> RequireRun(db::Tx& tx, absl::string_view name) {
  ASSIGN_OR_RETURN(const std::optional<store::RunRow> run,
                   store::FindRun(tx, ProvinceCodeOf(name), name.substr(name.rfind('/') + 1)));
  if (run) return *run;
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no allocation run ", name),
                           "ALLOCATION_RUN_NOT_FOUND", {{"run", std::string(name)}});
}

absl::Status CheckRunState(const store::RunRow& run, store::RunState allowed) {
  if (run.state == allowed) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the run is ", StateText(run.state), ", not ", StateText(allowed)),
      "WRONG_ALLOCATION_RUN_STATE",
      {{"state", std::string(StateText(run.state))}, {"allowed", std::string(StateText(allowed))}});
}

absl::Status ChangeRun(Events& events, absl::string_view kind, db::Tx& tx, store::RunRow& run) {
  ++run.version;
  feed::Event event;
  event.province_code = run.province_code;
  event.subject = NameOf(run);
  event.version = run.version;
  event.kind = std::string(kind);
  event.previous_hash = run.chain_hash;
  return events.Append(std::move(event), [&](const std::string& hash) {
    run.chain_hash = hash;
    return store::UpdateRun(tx, run);
  });
}

}  // namespace twotier::budget::handlers
