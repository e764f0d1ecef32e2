// What becomes of centers when the units they belong to and serve are changed by law: buildings and
// people are there the next morning, so they go on with the units after.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CARRIED_CENTERS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CARRIED_CENTERS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// Kind of the feed's event with which a change of units writes a center.
inline constexpr absl::string_view kCenterCarried = "center.carried";

// From the event's date on
// - a center that serves a unit which ends serves all units after it, within the center's province;
//   one that serves a unit which goes on also serves what was founded out of it;
// - a center of a unit that ends belongs to the unit after with the largest share of its people
//   (of the first edge where shares are not known);
// - a center all of whose units went to another province closes for ever, and what is planned for
//   it later falls: the law does not wait for plans;
// - a center that is named after its unit takes the unit's new name;
// - a unit that nobody serves then, one after the event or one that a plan which fell would have
//   covered, is served by the provincial center of its province, which receives for any commune of
//   it (Decree 118/2025/NĐ-CP).
//
// Later versions of centers, planned already, are treated alike. `after` holds the event. Returns
// the centers that differ, with their next version. FAILED_PRECONDITION `UNITS_LEFT_UNCOVERED`
// where a unit that was served would be left to nobody.
absl::StatusOr<std::vector<CenterHistory>> CarryCenters(const UnitTree& after,
                                                        absl::Span<const CenterHistory> centers,
                                                        const ChangeEvent& event);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CARRIED_CENTERS_H_
