// A province changes the model of its centers.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_TIER_CHANGE_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_TIER_CHANGE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/registry/domain/center_life.h"

namespace twotier::registry {

// What becomes of one center on that day.
struct SiteChange {
  std::string center_id;
  CenterKind becomes = CenterKind::kUnspecified;  // Unspecified: it closes.
  std::string successor_id;                       // Who takes over when it closes.
};

struct TierChange {
  TierModel model = TierModel::kUnspecified;
  std::vector<SiteChange> sites;
  // What each commune center becomes that is not in `sites`; unspecified: each must be.
  CenterKind others_become = CenterKind::kUnspecified;
};

// Writes the model into `province.models` from the terms' date on, and closes or converts the
// centers. Alters `province` and leaves it in an undefined state when it fails. A converted center
// gets the name of its new kind; a branch or point belongs to the provincial center.
//
// NOT_FOUND `UNIT_NOT_FOUND` when there is no such province on the day. FAILED_PRECONDITION
// `TIER_MODEL_IN_FORCE` when the model holds already; `LATER_CHANGE_PLANNED`;
// `COMMUNE_CENTERS_OPERATE` with a precondition violation for each commune center that would go on
// under a single-level model; `PARENT_CENTER_MISSING` when there is no operating provincial center
// to belong to; and the errors of TakeCenterStep for a center that closes. OUT_OF_RANGE
// `DATE_BEFORE_DATA`. Coverage is the caller's to check.
absl::Status ChangeTierModel(Province& province, const TierChange& change,
                             const ChangeTerms& terms);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_TIER_CHANGE_H_
