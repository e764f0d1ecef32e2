// A plan of reorganisation from its staff lists to the day on which it is in force, watched.
#ifndef TWOTIER_TESTS_SERVICE_STAFF_PLAN_H_
#define TWOTIER_TESTS_SERVICE_STAFF_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/service/personnel_server.h"

namespace twotier::personnel::testing {

struct StaffPlanOptions {
  std::string province_code;
  std::string province_unit;
  std::vector<std::string> from_units = {};
  std::vector<std::string> to_units = {};  // None of those.
  int people_each = 0;                     // Of each of `from_units`.
};

struct StaffPlanFigures {
  int64_t people = 0;
  absl::Duration proposed;  // How long each step took.
  absl::Duration edited;    // All calls together, as `held`.
  absl::Duration signed_in;
  absl::Duration held;
  absl::Duration slice_max;  // The longest of the slices.
  absl::Duration in_force;   // From the day until its effect was seen.
  // The longest wait of somebody else's order in the province meanwhile.
  absl::Duration blocked_max;
};

// Fills the units of a province that has no quotas yet, moves everybody by one plan, and proves
// that whoever looks at the province meanwhile sees nothing of it or all of it. The server's clock
// stands at kToday. Errors: those of the calls; INTERNAL with what was seen.
absl::StatusOr<StaffPlanFigures> RunStaffPlan(PersonnelServer& server,
                                              const StaffPlanOptions& options);

}  // namespace twotier::personnel::testing

#endif  // TWOTIER_TESTS_SERVICE_STAFF_PLAN_H_
