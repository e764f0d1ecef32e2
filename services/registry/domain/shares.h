// Shares of a divided unit: stated for every part and adding up to the whole, or not known at all.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_SHARES_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_SHARES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "common/errors.h"
#include "services/registry/domain/types.h"

namespace twotier::registry {

// The shares of one part, in parts per million; absent: not known.
struct PartShares {
  std::optional<int64_t> population_ppm;
  std::optional<int64_t> area_ppm;
  std::string field;  // Path of the part in the request.
};

// Adds a violation for each basis whose shares are stated in part, or do not add up to 1,000,000.
// Ranges are checked before.
void CheckShares(absl::Span<const PartShares> parts, error::Violations& violations);

// How a part of a divided unit relates to it, by what is known of its shares.
Relation RelationOf(std::optional<int64_t> population_ppm, std::optional<int64_t> area_ppm);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_SHARES_H_
