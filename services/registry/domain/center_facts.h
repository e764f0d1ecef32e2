// What can be decided of a center, each for itself.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_FACTS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_FACTS_H_

#include <set>

#include "services/registry/domain/center.h"

namespace twotier::registry {

enum class CenterFact { kKind, kState, kName, kUnit, kParent, kOrganisation, kServed };

// In what two versions differ, but for what they serve.
std::set<CenterFact> Differences(const CenterVersion& a, const CenterVersion& b);

// Makes `to` in this what `from` is; not in what it serves.
void TakeFact(CenterFact fact, const CenterVersion& from, CenterVersion& to);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_FACTS_H_
