// The changes of units that the imported history tells of, as events.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_PAST_EVENTS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_PAST_EVENTS_H_

#include <vector>

#include "absl/types/span.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// One event for each date and act of the history, without what the recorded events did and without
// steps that this project derived (districts). Ids are made of date and act, for example
// "20250701-1656.NQ-UBTVQH15". In order of (date, id).
std::vector<ChangeEvent> DerivePastEvents(const UnitTree& tree,
                                          absl::Span<const ChangeEvent> recorded);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_PAST_EVENTS_H_
