// What personnel tells, as facts of an allocation.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_STAFF_FACTS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_STAFF_FACTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/db/db.h"
#include "services/budget/allocation_plan.h"
#include "services/budget/domain/norm.h"
#include "twotier/budget/v1/allocation.pb.h"

namespace twotier::budget::handlers {

// Adds to the plan what personnel told of its date and the plan does not give: places filled and
// vacant by kind of quota, where the norm set has such an input of personnel. FAILED_PRECONDITION
// `PERSONNEL_NOT_HEARD` (metadata `as_of`, and `first_day`, `last_day` of the last days on which it
// was; a precondition violation for each unit and input that lacks a value).
absl::Status AddStaffFacts(db::Tx& tx, const std::vector<RunUnit>& run_units, const NormSet& set,
                           v1::AllocationPlan& plan);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_STAFF_FACTS_H_
