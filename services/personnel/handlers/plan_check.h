// What stands against a plan, and what ends with it.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLAN_CHECK_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLAN_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/db.h"
#include "common/units/units.h"
#include "services/personnel/domain/records.h"
#include "services/personnel/handlers/plan_facts.h"
#include "services/personnel/store/plan_store.h"

namespace twotier::personnel::handlers {

struct PlanConflict {
  std::string person;  // Empty: it is of a unit's quota.
  std::string reason;
  std::string description;
};

// What a line of `plan` begins. `left`: what the person leaves; null: nothing any more. The new
// appointment is of its kind and ends when it was to.
Appointment NewAppointment(const store::Plan& plan, const store::PlanLine& line, const Post& post,
                           const store::StoredAppointment* left, absl::string_view id = "new");

// Who acts, when the plan's day comes, in the post that `line` fills: it ends with that.
std::vector<const store::StoredAppointment*> ActingBefore(const store::Plan& plan,
                                                          const store::PlanLine& line,
                                                          const PlanFacts& facts);

// In order of the lines, which are all of the plan's. Errors: those of db::Tx.
absl::StatusOr<std::vector<PlanConflict>> FindConflicts(const store::Plan& plan,
                                                        const std::vector<store::PlanLine>& lines,
                                                        const PlanFacts& facts,
                                                        const units::Units& units, db::Tx& tx);
// FAILED_PRECONDITION `PLAN_UNPLACED`, `PLAN_CONFLICTS`.
absl::Status RefusedBy(const std::vector<PlanConflict>& conflicts);

// Ids of appointments that are not main, where the plan empties the unit: whoever acts, is
// concurrent or seconded there.
absl::StatusOr<std::vector<std::string>> EndingWith(const store::Plan& plan, db::Tx& tx);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLAN_CHECK_H_
