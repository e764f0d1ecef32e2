// From rows to units: joins what several rows say of one unit and judges the rules between rows.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_ASSEMBLY_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_ASSEMBLY_H_

#include <vector>

#include "common/csv.h"
#include "services/registry/domain/reference_data.h"
#include "services/registry/domain/unit.h"

namespace twotier::registry {

// Joins versions and steps to units, in order of their ids, and derives the successors of the
// districts from those of their communes. `data.complete` must hold. Adds to `errors`: versions of
// one unit with a gap or an overlap, a code that two units have on one date, parents that do not
// exist during the whole version, a unit that ends without a successor or begins without a
// predecessor, steps between units that do not exist then or are the same, a step given twice,
// provinces without or with overlapping tier models. When it added nothing, the units make a
// UnitTree.
//
// "whole" into several units is accepted: the published table says so of two communes
// (data/README.md).
std::vector<UnitHistory> Assemble(const ReferenceData& data, RowErrors& errors);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_ASSEMBLY_H_
