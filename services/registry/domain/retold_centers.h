// What centers would be if one change of units, or one decision on a center, had never been made.
//
// The rows of a center tell what it is, not why. So the story of its province is told once as it
// was and once again without the one thing, day by day and side by side: what the law does to the
// centers (center_carrier.h) and what they hand over to each other is derived in both; whatever
// else is there in the first was decided, and is decided in the second too.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_RETOLD_CENTERS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_RETOLD_CENTERS_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/center_facts.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// Kind of the feed's event with which the cancellation of a change of units writes a center.
inline constexpr absl::string_view kCenterReturned = "center.returned";

// Undoes CarryCenters for an event that is cancelled; what calls decided before and in the meantime
// stays, and so does what other events do. `with` holds the units with the event, `without` those
// without it; `recorded` holds every recorded event. Where a decision cannot hold without the event
// and a unit would be left to nobody, those serve it who served what it was to become, else the
// provincial center. Returns the centers that differ, with their next version. FAILED_PRECONDITION
// `LATER_CHANGE_PLANNED` for each founded unit that a center was planned for.
absl::StatusOr<std::vector<CenterHistory>> ReturnCenters(const UnitTree& with,
                                                         const UnitTree& without,
                                                         absl::Span<const CenterHistory> centers,
                                                         absl::Span<const ChangeEvent> recorded,
                                                         const ChangeEvent& event);

// A province in which one decision was not made.
struct WithoutDecision {
  std::vector<CenterHistory> centers;  // All of the province, in the order they were given.
  std::set<CenterFact> undone;         // What had been decided; empty: nothing.
  // First later day on which one of these is decided again.
  std::optional<absl::CivilDay> decided_again;
  // Why the center changes on the day where nothing was decided of it: id of a change of units, or
  // of the center that it takes over from or gives back to.
  std::string by_change;
  std::string by_center;
};

// Takes back whatever was decided of the center `id` for `day`. `centers` are those of one
// province; `recorded` changes of units that were cancelled are left out of the story.
WithoutDecision TakeBackDecision(const UnitTree& tree, absl::Span<const CenterHistory> centers,
                                 absl::Span<const ChangeEvent> recorded, absl::string_view id,
                                 absl::CivilDay day);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_RETOLD_CENTERS_H_
