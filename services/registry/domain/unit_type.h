// Which types units of a level have.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_TYPE_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_TYPE_H_

#include "absl/time/civil_time.h"
#include "services/registry/domain/types.h"

namespace twotier::registry {

// Law 72/2025/QH15: no districts, no townships and no area outside the communes from this day on.
inline constexpr absl::CivilDay kTwoTierBegins(2025, 7, 1);

// True when a unit of the level may have the type on the day.
inline bool TypeFits(Tier tier, UnitType type, absl::CivilDay day) {
  switch (tier) {
    case Tier::kProvince:
      return type == UnitType::kProvince || type == UnitType::kCentrallyRunCity;
    case Tier::kDistrict:
      return type == UnitType::kDistrict;
    case Tier::kCommune:
      return type == UnitType::kCommune || type == UnitType::kWard ||
             (day < kTwoTierBegins
                  ? type == UnitType::kTownship || type == UnitType::kUnassignedArea
                  : type == UnitType::kSpecialZone);
    case Tier::kUnspecified:
      break;
  }
  return false;
}

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_TYPE_H_
