// From an allocation's plan to what the norms are evaluated over: units, facts, pools.
#ifndef TWOTIER_SERVICES_BUDGET_ALLOCATION_PLAN_H_
#define TWOTIER_SERVICES_BUDGET_ALLOCATION_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/units/units.h"
#include "services/budget/domain/norm_evaluation.h"
#include "services/budget/domain/norm_program.h"
#include "twotier/budget/v1/allocation.pb.h"

namespace twotier::budget {

// A unit that takes part in a run.
struct RunUnit {
  std::string code;
  std::string name;  // `units/{unit_id}`.
  std::string full_name;
  std::string province_code;
};

// The units of a plan by code: those it names, or all recipients of the norm set in the province
// ("00": in the country) on the plan's date. NOT_FOUND `UNIT_NOT_FOUND` (also: there is none);
// FAILED_PRECONDITION `UNIT_OUTSIDE_PROVINCE`.
absl::StatusOr<std::vector<RunUnit>> UnitsOf(const units::Units& units,
                                             absl::string_view province_code, const NormSet& set,
                                             const v1::AllocationPlan& plan);

// Those of the units that have no value of an input in the plan.
std::vector<const RunUnit*> WithoutValue(const std::string& input,
                                         const std::vector<RunUnit>& run_units,
                                         const v1::AllocationPlan& plan);

// Adds to the plan what the registry knows of its date and the plan does not give: `population`,
// `area_km2` and `unit_type`, where the norm set has such an input of the registry.
void AddRegistryFacts(const units::Units& units, const std::vector<RunUnit>& run_units,
                      const NormSet& set, v1::AllocationPlan& plan);

// The facts of a run, and where each is from.
struct RunFacts {
  NormInputs inputs;
  // By input and unit: which entry of the plan's inputs; -1: none.
  std::vector<std::vector<int>> entries;
};

// Reads the facts of `plan` for the units with `codes`, which rise. An input that the set does not
// have is wrong, unless `also`, when given, has it. INVALID_ARGUMENT lists what is wrong. What is
// missing is for Evaluate to say.
absl::StatusOr<RunFacts> FactsOf(const NormProgram& program, const std::vector<std::string>& codes,
                                 const v1::AllocationPlan& plan, const NormSet* also = nullptr);

// How many facts of a unit are assumed.
int AssumedOf(const RunFacts& facts, const v1::AllocationPlan& plan, size_t unit);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_ALLOCATION_PLAN_H_
