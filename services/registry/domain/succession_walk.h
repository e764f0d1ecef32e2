// The walk along successions: from one version of a unit to every unit it became, or was made from.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_SUCCESSION_WALK_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_SUCCESSION_WALK_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// One step of a path. `source` and `target` are the same unit where only its name or type changed,
// or for the part that stayed.
struct PathStep {
  uint32_t source = 0;
  uint32_t target = 0;
  Relation relation = Relation::kUnspecified;
  absl::CivilDay effective;
  absl::string_view act;  // Owned by the tree.
};

struct ResolvedUnit {
  VersionRef unit;  // On the date resolved to.
  // The weakest of the path; kWhole where everything that was divided came together again.
  Relation relation = Relation::kUnchanged;
  std::vector<PathStep> path;  // Oldest first.
  // Share of the unit walked from that is in this one; backwards, share of this one that is in the
  // unit walked from. Rounded down at each step; absent: not known.
  std::optional<int64_t> population_ppm = kWholePpm;
  std::optional<int64_t> area_ppm = kWholePpm;
  // Hamlets that are in this one. Filled only when they tell all results apart.
  std::vector<absl::string_view> hamlets;  // Owned by the tree.
};

struct Walked {
  std::vector<ResolvedUnit> results;
  // Unspecified unless the unit was divided, and backwards.
  Discriminator discriminator = Discriminator::kUnspecified;
};

// Follows every step between the day `from_day`, on which `from` is valid, and `to_day`, forwards
// or backwards. Each unit is in the answer once, with the first path that leads to it and the sum
// of the shares of all. Dates only grow (shrink) on the way, so the walk ends. The tree must
// outlive the answer.
Walked Walk(const UnitTree& tree, VersionRef from, absl::CivilDay from_day, absl::CivilDay to_day);

// The weaker of two relations: the one that says less about the whole of the unit.
Relation Weaker(Relation a, Relation b);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_SUCCESSION_WALK_H_
