// Places that a request names.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_PLACES_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_PLACES_H_

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/errors.h"

namespace twotier::routing::handlers {

// A center that is named lies in the province `parent`.
inline void CheckCenterIn(absl::string_view parent, absl::string_view center,
                          absl::string_view field, error::Violations& violations) {
  if (center.empty() || absl::StartsWith(center, absl::StrCat(parent, "/"))) return;
  violations.Add(field, "must be a center of the province in parent");
}

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_PLACES_H_
