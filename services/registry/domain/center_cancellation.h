// Taking back what was decided of a center for a date that lies ahead.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_CANCELLATION_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_CANCELLATION_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/registry/domain/province_centers.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// Takes back all that was decided of the center `id` for the terms' date: it goes on as it is the
// day before, or as a change of units makes it on that date. Who was to take over from it or to
// give back to it does not; other decisions, earlier and later ones, stay. The founding of a center
// is no change of it: one that is planned is closed. Alters `province` and leaves it in an
// undefined state when it fails. `tree` holds all units.
//
// NOT_FOUND `CENTER_NOT_FOUND`, `CENTER_CHANGE_NOT_FOUND`; FAILED_PRECONDITION
// `CENTER_CHANGE_IN_FORCE` when the date has come, `PLANNED_BY_CHANGE_EVENT` and
// `PLANNED_WITH_OTHER_CENTER` when nothing was decided of this center, `LATER_CHANGE_PLANNED` when
// the same fact is decided again later; and where the center could not go on as before
// `UNIT_ENDED`, `COMMUNE_CENTER_IN_SINGLE_LEVEL`, `PARENT_CENTER_MISSING`, `ORGANISATION_ID_TAKEN`
// and `SUCCESSOR_CENTER_MISSING` (another one hands over to it). Coverage is the caller's to check.
absl::Status CancelCenterChange(Province& province, const UnitTree& tree, absl::string_view id,
                                const ChangeTerms& terms, absl::CivilDay today);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_CANCELLATION_H_
