// Units and centers as routing sees them: a copy that follows the registry's feed, indexed for
// look-ups.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_REGISTER_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_REGISTER_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace twotier::routing {

// End of a range that has none: the last date that the contract's dates can express.
inline const absl::CivilDay kNoEnd(9999, 12, 31);

// Half-open range of dates.
struct DayRange {
  absl::CivilDay first;
  absl::CivilDay end = kNoEnd;

  bool Contains(absl::CivilDay day) const { return first <= day && day < end; }
  friend bool operator==(const DayRange&, const DayRange&) = default;
};

// The numbers of registry/v1/*.proto.
enum class Tier { kUnknown = 0, kProvince = 1, kDistrict = 2, kCommune = 3 };

enum class CenterKind {
  kUnknown = 0,
  kProvincial = 1,
  kCommune = 2,
  kBranch = 3,
  kReceptionPoint = 4,
};

enum class CenterState {
  kUnknown = 0,
  kPlanned = 1,
  kReady = 2,
  kOperating = 3,
  kSuspended = 4,
  kClosed = 5,
};

// Name of the contract without prefix, for metadata.
absl::string_view NameOf(CenterState state);

// A unit as it stands on some dates.
struct UnitVersion {
  Tier tier = Tier::kUnknown;
  std::string code;
  std::string full_name;
  std::string province_code;
  std::string act;  // Number of the act that brought this version about; may be empty.
  DayRange valid;
};

// A step to a unit that followed.
struct UnitSuccessor {
  std::string unit;
  absl::CivilDay effective;
  std::string act;
};

struct UnitRecord {
  std::string name;  // `units/{unit_id}`.
  std::vector<UnitVersion> versions;
  std::vector<UnitSuccessor> successors;

  // The version that holds on `day`; null when the unit does not exist then.
  const UnitVersion* On(absl::CivilDay day) const;
};

// A center as it stands on some dates.
struct CenterVersion {
  CenterKind kind = CenterKind::kUnknown;
  CenterState state = CenterState::kUnknown;
  std::string display_name;
  std::string unit;
  std::vector<std::string> served_units;
  std::string organisation_id;
  DayRange valid;
};

struct CenterRecord {
  std::string name;  // `provinces/{province_code}/centers/{center_id}`.
  std::string province_code;
  int64_t record_version = 0;  // In the registry; grows with every change of the record.
  std::vector<CenterVersion> versions;

  const CenterVersion* On(absl::CivilDay day) const;
};

// A change of units by law, as far as open dossiers rest on it.
struct ChangeRecord {
  std::string name;  // `changeEvents/{event_id}`.
  absl::CivilDay effective;
  bool cancelled = false;
  std::vector<std::string> ended_units;
  std::string caretaker;  // Answers for what is left of the units that end.
};

// What changed in the registry: records that replace those of the same name.
struct RegisterChanges {
  std::vector<std::shared_ptr<const UnitRecord>> units;
  std::vector<std::shared_ptr<const CenterRecord>> centers;
  std::vector<std::shared_ptr<const ChangeRecord>> changes;
};

// Immutable index. Thread-safe. Pointers it hands out live as long as it does.
class Register {
 public:
  Register() = default;

  // The register `base` with `changes` applied. Records that did not change are shared with `base`.
  static std::shared_ptr<const Register> With(const Register& base, const RegisterChanges& changes);

  bool empty() const { return units_.empty(); }
  size_t units() const { return units_.size(); }
  size_t centers() const { return centers_.size(); }

  // Null when there is none of that name.
  const UnitRecord* FindUnit(absl::string_view name) const;
  const CenterRecord* FindCenter(absl::string_view name) const;
  const ChangeRecord* FindChange(absl::string_view name) const;

  // Changes that end units and were not cancelled, in order of name.
  std::vector<const ChangeRecord*> EndingChanges() const;
  // The one of them that ends `unit`; null when none is known.
  const ChangeRecord* ChangeEnding(absl::string_view unit) const;

  // Units that exist on `day`, in order of name.
  std::vector<const UnitRecord*> UnitsOn(absl::CivilDay day) const;

  // Codes of the provinces that units of `day` lie in.
  std::set<std::string> ProvincesOn(absl::CivilDay day) const;

  // Units that ever had `code`, in order of the date from which they had it.
  const std::vector<const UnitRecord*>& UnitsOfCode(absl::string_view code) const;
  // The unit that has `code` on `day`; null when none has.
  const UnitRecord* FindUnitByCode(absl::string_view code, absl::CivilDay day) const;

  // Centers that serve `unit` in any of their versions, in order of name.
  const std::vector<const CenterRecord*>& CentersServing(absl::string_view unit) const;
  // Centers of a province that are provincial in any of their versions, in order of name.
  const std::vector<const CenterRecord*>& ProvincialCenters(absl::string_view province_code) const;

  // Centers that have `organisation_id` in any of their versions, in order of name.
  const std::vector<const CenterRecord*>& CentersOfOrganisation(
      absl::string_view organisation_id) const;

  // Names of the units that exist on `day` and that `unit` became by then, directly or over several
  // reforms, in order of name. Empty when nothing is known to have followed.
  std::vector<std::string> SuccessorsOn(const UnitRecord& unit, absl::CivilDay day) const;

 private:
  template <typename T>
  using Records = absl::flat_hash_map<std::string, std::shared_ptr<const T>>;
  template <typename T>
  using Index = absl::flat_hash_map<std::string, std::vector<const T*>>;

  void BuildIndexes();

  Records<UnitRecord> units_;
  Records<CenterRecord> centers_;
  Records<ChangeRecord> changes_;
  absl::flat_hash_map<std::string, const ChangeRecord*> change_ending_;
  Index<UnitRecord> units_of_code_;
  Index<CenterRecord> centers_serving_;
  Index<CenterRecord> provincial_centers_;
  Index<CenterRecord> centers_of_organisation_;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_REGISTER_H_
