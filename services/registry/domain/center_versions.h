// Versions of one center as a list in order of their dates.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_VERSIONS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_VERSIONS_H_

#include <vector>

#include "services/registry/domain/center.h"

namespace twotier::registry {

// Joins neighbours without a gap that differ in their dates alone: a boundary at which nothing
// changes would look like a change to whoever compares two lists.
void JoinEqualNeighbours(std::vector<CenterVersion>& versions);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_VERSIONS_H_
