// What a change of units leaves to be done, by service.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_SUCCESSION_PLAN_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_SUCCESSION_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// This service's own name among those that report.
inline constexpr absl::string_view kOwnService = "registry";

// At most this many items that are not planned are named in one report.
inline constexpr size_t kUnplannedItemsMax = 100;

// What this service has to plan: the centers of units that the event ends. One is planned once a
// call has changed it after the event carried it on; what another event does to it, or takes back,
// decides nothing.
SuccessionReport OwnReport(const ChangeEvent& event, absl::Span<const CenterHistory> centers);

// What is open and not planned.
int64_t Unplanned(absl::Span<const SuccessionReport> reports);

// Who answers on `today` for what the event leaves: its caretaker or, once that has ended too, the
// unit with the largest share of the caretaker's people (the first one where shares are not known).
// Empty where the event has no caretaker.
std::string AnswerableUnit(const UnitTree& tree, const ChangeEvent& event, absl::CivilDay today);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_SUCCESSION_PLAN_H_
