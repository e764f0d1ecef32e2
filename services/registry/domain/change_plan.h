// What a change of units by law does to the units.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CHANGE_PLAN_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CHANGE_PLAN_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// The form of a request, which no register is needed to judge: INVALID_ARGUMENT
// `SOURCE_WITHOUT_TARGET`, `SUCCESSION_CYCLE` or `SHARES_DO_NOT_SUM`, the first that applies, with
// a field violation for every mistake of each of the three. `edges[i]` and `sources[i]` are
// numbered as in `request`.
absl::Status CheckForm(const ChangeRequest& request);

// What an event, or its cancellation, writes.
struct PlannedChange {
  ChangeEvent event;
  // Units that differ, each with its next version; one without versions is withdrawn.
  std::vector<UnitHistory> units;
};

// Plans a request whose form is right. Sources keep everything before the date; those that go on
// get a version from it on, the others end. Types are derived, never asked for.
//
// NOT_FOUND `UNIT_NOT_FOUND`; OUT_OF_RANGE `DATE_BEFORE_DATA`; FAILED_PRECONDITION, with every
// broken rule: `UNIT_ENDED`, `LATER_CHANGE_PLANNED`, `PROVINCE_BY_IMPORT`, `UNIT_TYPE_NOT_ALLOWED`,
// `WRONG_PARENT`, `CODE_IN_USE`, `NOTHING_CHANGES`, `CARETAKER_MISSING`.
absl::StatusOr<PlannedChange> PlanChange(const UnitTree& tree, const ChangeRequest& request);

// Takes `event` back on `today`. What was corrected in the meantime stays corrected. `recorded`
// holds every recorded event. FAILED_PRECONDITION `CHANGE_EVENT_CANCELLED`;
// `CHANGE_EVENT_IN_FORCE`; `LATER_CHANGE_PLANNED` with every unit that a later event touches, or
// that it founded as the caretaker of another one.
absl::StatusOr<PlannedChange> PlanCancellation(const UnitTree& tree,
                                               absl::Span<const ChangeEvent> recorded,
                                               const ChangeEvent& event, absl::CivilDay today);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CHANGE_PLAN_H_
