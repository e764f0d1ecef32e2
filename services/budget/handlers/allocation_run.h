// What simulating, creating and explaining an allocation have in common.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_ALLOCATION_RUN_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_ALLOCATION_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/db.h"
#include "services/budget/allocation_plan.h"
#include "services/budget/domain/norm_evaluation.h"
#include "services/budget/domain/norm_program.h"
#include "services/budget/handlers/events.h"
#include "services/budget/snapshot.h"
#include "services/budget/store/allocation_store.h"
#include "twotier/budget/v1/allocation.pb.h"

namespace twotier::budget::handlers {

// A plan, evaluated.
struct Evaluated {
  v1::AllocationPlan
      plan;  // With the registry's and personnel's facts and the norm set's version filled in.
  std::vector<RunUnit> units;
  NormProgram program;
  RunFacts facts;
  NormResults results;

  int64_t AmountOf(size_t unit) const { return results.lines[program.result][unit].numerator(); }
  int64_t AssignedTo(size_t unit) const {
    return results.lines[program.assigned][unit].numerator();
  }
};

// `also` names another norm set whose inputs the plan may have too; null: none. Errors: those that
// SimulateAllocation documents.
absl::StatusOr<Evaluated> EvaluatePlan(db::Tx& tx, const Snapshot& snapshot,
                                       absl::string_view province_code, v1::AllocationPlan plan,
                                       const NormSet* also = nullptr);

// Sum of a line of whole amounts. OUT_OF_RANGE `ALLOCATION_NOT_COMPUTABLE`.
absl::StatusOr<int64_t> TotalOf(const Evaluated& run, int line);

void UnitToProto(const RunUnit& unit, int64_t amount, int64_t assigned, v1::UnitAllocation* out);
void PoolsToProto(const Evaluated& run, google::protobuf::RepeatedPtrField<v1::PoolOutcome>* out);
void WorkingToProto(const NormProgram& program, const RunFacts& facts,
                    const v1::AllocationPlan& plan, const NormResults& results, size_t unit,
                    v1::UnitWorking* out);
void RunToProto(const store::RunRow& run, v1::AllocationRun* out);

// `provinces/{province_code}/allocationRuns/{run_id}`.
std::string NameOf(const store::RunRow& run);
// The run of that name. NOT_FOUND `ALLOCATION_RUN_NOT_FOUND`.
absl::StatusOr<store::RunRow> RequireRun(db::Tx& tx, absl::string_view name);
// FAILED_PRECONDITION `WRONG_ALLOCATION_RUN_STATE` (`state`, `allowed`).
absl::Status CheckRunState(const store::RunRow& run, store::RunState allowed);
// Writes the next version of a run, with its event.
absl::Status ChangeRun(Events& events, absl::string_view kind, db::Tx& tx, store::RunRow& run);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_ALLOCATION_RUN_H_
