// Units and centers as routing sees them: a copy that follows the registry's feed, indexed for
// look-ups.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_REGISTER_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_REGISTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/units/units.h"

namespace twotier::routing {

// What every follower of the registry knows of units.
using units::ChangeRecord;
using units::DayRange;
using units::kNoEnd;
using units::Tier;
using units::UnitRecord;
using units::UnitSuccessor;
using units::UnitVersion;

// The numbers of registry/v1/center.proto.
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

// NOT_FOUND `UNIT_NOT_FOUND`; `what` is a name or a code.
absl::Status UnitNotFound(absl::string_view what);
// NOT_FOUND `CENTER_NOT_FOUND`.
absl::Status CenterNotFound(absl::string_view name);

// What changed in the registry: records that replace those of the same name.
struct RegisterChanges : units::UnitChanges {
  std::vector<std::shared_ptr<const CenterRecord>> centers;
};

// Units, and the centers that serve them. Immutable. Thread-safe. Pointers it hands out live as
// long as it does.
class Register : public units::Units {
 public:
  Register() = default;

  // The register `base` with `changes` applied. Records that did not change are shared with `base`.
  static std::shared_ptr<const Register> With(const Register& base, const RegisterChanges& changes);

  size_t centers() const { return centers_.size(); }

  // Null when there is none of that name.
  const CenterRecord* FindCenter(absl::string_view name) const;

  // Centers that serve `unit` in any of their versions, in order of name.
  const std::vector<const CenterRecord*>& CentersServing(absl::string_view unit) const;
  // Centers of a province that are provincial in any of their versions, in order of name.
  const std::vector<const CenterRecord*>& ProvincialCenters(absl::string_view province_code) const;

  // Centers that have `organisation_id` in any of their versions, in order of name.
  const std::vector<const CenterRecord*>& CentersOfOrganisation(
      absl::string_view organisation_id) const;

 private:
  using Index = absl::flat_hash_map<std::string, std::vector<const CenterRecord*>>;

  void IndexCenters();

  absl::flat_hash_map<std::string, std::shared_ptr<const CenterRecord>> centers_;
  Index centers_serving_;
  Index provincial_centers_;
  Index centers_of_organisation_;
};

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_REGISTER_H_
