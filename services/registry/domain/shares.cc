#include "services/registry/domain/shares.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/registry/domain/unit.h"

namespace twotier::registry {
namespace {

void CheckBasis(absl::Span<const PartShares> parts, std::optional<int64_t> PartShares::*share,
                absl::string_view name, error::Violations& violations) {
  int64_t sum = 0;
  size_t stated = 0;
  for (const PartShares& part : parts) {
    if (!(part.*share).has_value()) continue;
    ++stated;
    sum += *(part.*share);
  }
  if (stated == 0 || (stated == parts.size() && sum == kWholePpm)) return;
  for (const PartShares& part : parts) {
    const bool missing = !(part.*share).has_value();
    if (stated != parts.size() && !missing) continue;
    violations.Add(
        absl::StrCat(part.field, ".", name),
        missing ? "is missing, while other parts of the unit state theirs"
                : absl::StrCat("the shares of the unit add up to ", sum, ", not to ", kWholePpm));
  }
}

}  // namespace

void CheckShares(absl::Span<const PartShares> parts, error::Violations& violations) {
  CheckBasis(parts, &PartShares::population_ppm, "population_ppm", violations);
  CheckBasis(parts, &PartShares::area_ppm, "area_ppm", violations);
}

Relation RelationOf(std::optional<int64_t> population_ppm, std::optional<int64_t> area_ppm) {
  if (population_ppm == kWholePpm && area_ppm == kWholePpm) return Relation::kWhole;
  if (area_ppm == kWholePpm) return Relation::kAllArea;
  if (population_ppm == kWholePpm) return Relation::kPartOfAreaAllPopulation;
  if (area_ppm == 0) return Relation::kPartOfPopulation;
  if (population_ppm == 0) return Relation::kPartOfArea;
  return Relation::kPart;
}

}  // namespace twotier::registry
