// The words of the register: levels, types, relations, qualities and date ranges, without protobuf.
//
// Enumerators have the numbers of their counterparts in twotier/registry/v1, so that convert.cc and
// the store need no tables; convert_test.cc compares the two lists.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_TYPES_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_TYPES_H_

#include <string>

#include "absl/time/civil_time.h"

namespace twotier::registry {

enum class Tier { kUnspecified = 0, kProvince = 1, kDistrict = 2, kCommune = 3 };

enum class UnitType {
  kUnspecified = 0,
  kProvince = 1,
  kCentrallyRunCity = 2,
  kDistrict = 3,
  kCommune = 4,
  kWard = 5,
  kTownship = 6,
  kSpecialZone = 7,
  kUnassignedArea = 8,
};

// How a unit relates to one that followed it.
enum class Relation {
  kUnspecified = 0,
  kWhole = 1,
  kPart = 2,
  kPartOfArea = 3,
  kPartOfAreaAllPopulation = 4,
  kAllArea = 5,
  kPartOfPopulation = 6,
  kUnchanged = 7,
  kBecameSpecialZone = 8,
  kTypeChanged = 9,
  kRenamed = 10,
};

enum class FigureQuality {
  kUnspecified = 0,
  kTwoSources = 1,
  kOneSource = 2,
  kPolygonMatch = 3,
  kFromPolygon = 4,
  kStatedAbovePolygon = 5,
  kAreaMatchedSource = 6,
  kSourcesDiffer = 7,
  kSuspect = 8,
  kZerosRestored = 9,
};

enum class CenterKind {
  kUnspecified = 0,
  kProvincial = 1,
  kCommune = 2,
  kBranch = 3,
  kReceptionPoint = 4,
};

enum class CenterState {
  kUnspecified = 0,
  kPlanned = 1,
  kReady = 2,
  kOperating = 3,
  kSuspended = 4,
  kClosed = 5,
};

enum class TierModel { kUnspecified = 0, kTwoLevel = 1, kSingleLevel = 2 };

// Where a record comes from. What a call recorded is not undone by an import.
enum class Origin { kUnspecified = 0, kPublished = 1, kDerived = 2, kRecorded = 3 };

// What must be in place before a center is ready.
enum class ReadinessItem {
  kUnspecified = 0,
  kStaffInPost = 1,
  kProceduresPublished = 2,
  kTreasuryAccount = 3,
  kSeal = 4,
  kPremisesAndEquipment = 5,
};

// Stands for "no end is known" in every range, so that ranges compare and sort without a special
// case.
inline constexpr absl::CivilDay kNoEnd(9999, 12, 31);

// Half-open range of calendar dates: `first` belongs to it, `end` does not.
struct DateRange {
  absl::CivilDay first;
  absl::CivilDay end = kNoEnd;

  bool Contains(absl::CivilDay day) const { return first <= day && day < end; }
  bool Overlaps(const DateRange& other) const { return first < other.end && other.first < end; }
  friend bool operator==(const DateRange& a, const DateRange& b) {
    return a.first == b.first && a.end == b.end;
  }
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_TYPES_H_
