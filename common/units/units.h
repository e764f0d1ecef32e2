// Units as services see them that follow the registry: a copy, indexed for look-ups.
#ifndef TWOTIER_COMMON_UNITS_UNITS_H_
#define TWOTIER_COMMON_UNITS_UNITS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace twotier::units {

// End of a range that has none: the last date that the contract's dates can express.
inline const absl::CivilDay kNoEnd(9999, 12, 31);

// Half-open range of dates.
struct DayRange {
  absl::CivilDay first;
  absl::CivilDay end = kNoEnd;

  bool Contains(absl::CivilDay day) const { return first <= day && day < end; }
  friend bool operator==(const DayRange&, const DayRange&) = default;
};

// The version that holds on `day`; null when none does.
template <typename Version>
const Version* VersionOn(const std::vector<Version>& versions, absl::CivilDay day) {
  // Newest first: most questions are about today. Records have a handful of versions.
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->valid.Contains(day)) return &*it;
  }
  return nullptr;
}

// The numbers of registry/v1/unit.proto.
enum class Tier { kUnknown = 0, kProvince = 1, kDistrict = 2, kCommune = 3 };
enum class UnitType {
  kUnknown = 0,
  kProvince = 1,
  kCentrallyRunCity = 2,
  kDistrict = 3,
  kCommune = 4,
  kWard = 5,
  kTownship = 6,
  kSpecialZone = 7,
  kUnassignedArea = 8,
};

// Representative point in degrees, WGS 84.
struct Point {
  double latitude = 0;
  double longitude = 0;
};

// A unit as it stands on some dates.
struct UnitVersion {
  Tier tier = Tier::kUnknown;
  std::string code;
  std::string full_name;
  std::string province_code;
  std::string act;  // Number of the act that brought this version about; may be empty.
  DayRange valid;
  UnitType type = UnitType::kUnknown;
  std::optional<Point> point = std::nullopt;
  int64_t area_hectares = 0;                         // 0 when not known.
  std::optional<int64_t> population = std::nullopt;  // Printed; absent when none is believed.
};

// A step to a unit that followed.
struct UnitSuccessor {
  std::string unit;
  absl::CivilDay effective;
  std::string act;
  // Share of the people that went this way, in parts per million; absent: not known.
  std::optional<int32_t> population_ppm = std::nullopt;
};

struct UnitRecord {
  std::string name;  // `units/{unit_id}`.
  std::vector<UnitVersion> versions;
  std::vector<UnitSuccessor> successors;

  // The version that holds on `day`; null when the unit does not exist then.
  const UnitVersion* On(absl::CivilDay day) const { return VersionOn(versions, day); }
};

// A change of units by law, as far as what rests on units that end needs it.
struct ChangeRecord {
  std::string name;  // `changeEvents/{event_id}`.
  absl::CivilDay effective;
  bool cancelled = false;
  std::vector<std::string> ended_units;
  std::string caretaker;  // Answers for what is left of the units that end.
  std::string act = {};   // Number of the act.
  // Units that go on, where some of them lie in another province then (Units::MovedBy).
  std::vector<std::string> kept_units = {};
};

// Records that replace those of the same name.
struct UnitChanges {
  std::vector<std::shared_ptr<const UnitRecord>> units;
  std::vector<std::shared_ptr<const ChangeRecord>> changes;
};

// Index. Not changed any more once it is shared; then thread-safe. Pointers it hands out live as
// long as it does.
class Units {
 public:
  Units() = default;
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;

  // The units of `base` with `changes` applied. Records that did not change are shared.
  static std::shared_ptr<const Units> With(const Units& base, const UnitChanges& changes);

  bool empty() const { return units_.empty(); }
  size_t units() const { return units_.size(); }

  // Null when there is none of that name.
  const UnitRecord* FindUnit(absl::string_view name) const;
  const ChangeRecord* FindChange(absl::string_view name) const;

  // Changes that end units and were not cancelled, in order of name.
  std::vector<const ChangeRecord*> EndingChanges() const;
  // The one of them that ends `unit`; null when none is known.
  const ChangeRecord* ChangeEnding(absl::string_view unit) const;
  // Changes that end units or put some into another province, and were not cancelled, in order of
  // name.
  std::vector<const ChangeRecord*> EndingOrMovingChanges() const;
  // Units that go on in another province by `change`.
  std::vector<const UnitRecord*> MovedBy(const ChangeRecord& change) const;
  // The last change up to `day` that put `unit` into another province; null when none is known.
  const ChangeRecord* ChangeMoving(absl::string_view unit, absl::CivilDay day) const;
  // The one by which `unit` goes over from a province to another one, seen from `day`: of a unit
  // that lies in the province then, the next; of another one, the last before, or the first ahead.
  // Null when it stays, has come back, or no change is known to say so.
  const ChangeRecord* ChangeMoving(absl::string_view unit, absl::string_view province_code,
                                   absl::CivilDay day) const;

  // Units that exist on `day`, in order of name.
  std::vector<const UnitRecord*> UnitsOn(absl::CivilDay day) const;

  // Codes of the provinces that units of `day` lie in.
  std::set<std::string> ProvincesOn(absl::CivilDay day) const;

  // Codes of the provinces that units of any day lie in.
  std::set<std::string> Provinces() const;

  // Units that ever had `code`, in order of the date from which they had it.
  const std::vector<const UnitRecord*>& UnitsOfCode(absl::string_view code) const;
  // The unit that has `code` on `day`; null when none has.
  const UnitRecord* FindUnitByCode(absl::string_view code, absl::CivilDay day) const;

  // Names of the units that exist on `day` and that `unit` became by then, directly or over several
  // reforms, in order of name. Empty when nothing is known to have followed.
  std::vector<std::string> SuccessorsOn(const UnitRecord& unit, absl::CivilDay day) const;

 protected:
  // Makes this, which is empty, `base` with `changes`.
  void Become(const Units& base, const UnitChanges& changes);

 private:
  template <typename T>
  using Records = absl::flat_hash_map<std::string, std::shared_ptr<const T>>;

  void BuildIndexes();

  Records<UnitRecord> units_;
  Records<ChangeRecord> changes_;
  absl::flat_hash_map<std::string, const ChangeRecord*> change_ending_;
  absl::flat_hash_map<std::string, std::vector<const ChangeRecord*>> changes_moving_;
  absl::flat_hash_map<std::string, std::vector<const UnitRecord*>> units_of_code_;
};

}  // namespace twotier::units

#endif  // TWOTIER_COMMON_UNITS_UNITS_H_
