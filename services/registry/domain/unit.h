// An administrative unit with its whole history. A unit's id never changes and is never used again;
// its code, name, type and parent belong to dated versions.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/registry/domain/types.h"

namespace twotier::registry {

// All of a unit, in the parts per million of shares.
inline constexpr int64_t kWholePpm = 1'000'000;

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

// How a version relates to the one before it of the same, undivided unit.
inline Relation OwnChange(const UnitVersion& before, const UnitVersion& after) {
  if (before.type != after.type) return Relation::kTypeChanged;
  const bool renamed = before.full_name != after.full_name || before.short_name != after.short_name;
  return renamed ? Relation::kRenamed : Relation::kUnchanged;
}

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

// Kinds of the feed's events with which a unit is written.
inline constexpr absl::string_view kUnitImported = "unit.imported";
inline constexpr absl::string_view kUnitChanged = "unit.changed";
inline constexpr absl::string_view kUnitChangeCancelled = "unit.change_cancelled";
inline constexpr absl::string_view kUnitCorrected = "unit.corrected";
// The unit was to be founded by an event that was cancelled: it has no versions.
inline constexpr absl::string_view kUnitWithdrawn = "unit.withdrawn";

struct UnitHistory {
  std::string id;
  Tier tier = Tier::kUnspecified;
  int64_t version = 0;  // Of the record: 1 for the first import, one more with every change.
  std::vector<UnitVersion> versions;    // Oldest first, without gap or overlap. Never empty.
  std::vector<Succession> successions;  // Steps out of this unit, by date, then target.
  std::string last_change = std::string(kUnitImported);  // Kind of the event of `version`.
};

// A unit that was to be founded by an event that was cancelled. Its id is never used again.
struct WithdrawnUnit {
  std::string id;
  int64_t version = 0;  // Of the record, when it was withdrawn.
};

// True when a call of this service changed the record: an import leaves it as it is.
inline bool IsRecorded(const UnitHistory& unit) { return unit.last_change != kUnitImported; }

// Puts the steps in their order.
inline void SortSteps(std::vector<Succession>& steps) {
  std::sort(steps.begin(), steps.end(), [](const Succession& a, const Succession& b) {
    return std::tie(a.effective, a.target_id) < std::tie(b.effective, b.target_id);
  });
}

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_H_
