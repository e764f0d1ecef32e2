#include "services/registry/domain/center_facts.h"

namespace twotier::registry {

std::set<CenterFact> Differences(const CenterVersion& a, const CenterVersion& b) {
  std::set<CenterFact> facts;
  if (a.kind != b.kind) facts.insert(CenterFact::kKind);
  if (a.state != b.state || a.successor_id != b.successor_id) facts.insert(CenterFact::kState);
  if (a.display_name != b.display_name) facts.insert(CenterFact::kName);
  if (a.unit_id != b.unit_id) facts.insert(CenterFact::kUnit);
  if (a.parent_id != b.parent_id) facts.insert(CenterFact::kParent);
  if (a.organisation_id != b.organisation_id ||
      a.organisation_id_provisional != b.organisation_id_provisional) {
    facts.insert(CenterFact::kOrganisation);
  }
  return facts;
}

void TakeFact(CenterFact fact, const CenterVersion& from, CenterVersion& to) {
  switch (fact) {
    case CenterFact::kKind:
      to.kind = from.kind;
      break;
    case CenterFact::kState:
      to.state = from.state;
      to.successor_id = from.successor_id;
      break;
    case CenterFact::kName:
      to.display_name = from.display_name;
      break;
    case CenterFact::kUnit:
      to.unit_id = from.unit_id;
      break;
    case CenterFact::kParent:
      to.parent_id = from.parent_id;
      break;
    case CenterFact::kOrganisation:
      to.organisation_id = from.organisation_id;
      to.organisation_id_provisional = from.organisation_id_provisional;
      break;
    case CenterFact::kServed:
      break;
  }
}

}  // namespace twotier::registry
