// An administrative unit with its whole history. A unit's id never changes and is never used again;
// its code, name, type and parent belong to dated versions.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/registry/domain/types.h"

namespace twotier::registry {

// WGS 84, in millionths of a degree: integers compare exactly and fit BIGINT columns.
struct Point {
  int64_t latitude_micros = 0;
  int64_t longitude_micros = 0;
  friend bool operator==(const Point& a, const Point& b) {
    return a.latitude_micros == b.latitude_micros && a.longitude_micros == b.longitude_micros;
  }
};

// A unit as it stands during one range of dates.
struct UnitVersion {
  DateRange valid;
  // How this version relates to the one before it of the same unit; kUnspecified for the first one.
  Relation change = Relation::kUnspecified;
  UnitType type = UnitType::kUnspecified;
  std::string code;           // Empty only for an area that belonged to no commune.
  std::string full_name;      // "Phường Ba Đình"
  std::string short_name;     // "Ba Đình"
  std::string parent_id;      // Empty for a province.
  std::string province_code;  // Of the province it lies in; constant during the version.
  int64_t area_hectares = 0;  // 0: not known.
  FigureQuality area_quality = FigureQuality::kUnspecified;
  std::optional<int64_t> population;  // Absent when no printed figure can be believed.
  FigureQuality population_quality = FigureQuality::kUnspecified;
  int64_t population_estimate = 0;  // 0: not known.
  std::optional<Point> point;
  std::string act;  // Number of the legal act; empty when none is known.

  friend bool operator==(const UnitVersion& a, const UnitVersion& b) = default;
};

// One step from a unit to one that followed it: another unit, or itself for the part that stayed.
struct Succession {
  std::string target_id;
  absl::CivilDay effective;
  Relation relation = Relation::kUnspecified;
  std::string act;
  // Published, or derived by this project (the successors of districts follow from those of their
  // communes).
  Origin origin = Origin::kPublished;
  // Shares of the unit that went this way, in parts per million; absent: not known.
  std::optional<int64_t> population_ppm{};
  std::optional<int64_t> area_ppm{};
  // Hamlets and streets that went this way; empty: not known.
  std::vector<std::string> hamlets{};

  friend bool operator==(const Succession& a, const Succession& b) = default;
};

struct UnitHistory {
  std::string id;
  Tier tier = Tier::kUnspecified;
  int64_t version = 0;  // Of the record: 1 for the first import, one more with every change.
  std::vector<UnitVersion> versions;    // Oldest first, without gap or overlap. Never empty.
  std::vector<Succession> successions;  // Steps out of this unit, by date, then target.
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_H_
