#include "services/routing/domain/register.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"

namespace twotier::routing {
namespace {

const std::vector<const CenterRecord*>& Lookup(
    const absl::flat_hash_map<std::string, std::vector<const CenterRecord*>>& index,
    absl::string_view key) {
  static const auto* const kNone = new std::vector<const CenterRecord*>();
  const auto it = index.find(key);
  return it == index.end() ? *kNone : it->second;
}

bool ByName(const CenterRecord* a, const CenterRecord* b) { return a->name < b->name; }

}  // namespace

absl::Status UnitNotFound(absl::string_view what) {
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no unit is ", what),
                           "UNIT_NOT_FOUND", {{"unit", std::string(what)}});
}

absl::Status CenterNotFound(absl::string_view name) {
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no center is ", name),
                           "CENTER_NOT_FOUND", {{"center", std::string(name)}});
}

absl::string_view NameOf(CenterState state) {
  switch (state) {
    case CenterState::kUnknown:
      return "UNSPECIFIED";
    case CenterState::kPlanned:
      return "PLANNED";
    case CenterState::kReady:
      return "READY";
    case CenterState::kOperating:
      return "OPERATING";
    case CenterState::kSuspended:
      return "SUSPENDED";
    case CenterState::kClosed:
      return "CLOSED";
  }
  return "UNSPECIFIED";
}

const CenterVersion* CenterRecord::On(absl::CivilDay day) const {
  return units::VersionOn(versions, day);
}

std::shared_ptr<const Register> Register::With(const Register& base,
                                               const RegisterChanges& changes) {
  auto result = std::make_shared<Register>();
  result->Become(base, changes);
  result->centers_ = base.centers_;
  for (const auto& center : changes.centers) {
    result->centers_.insert_or_assign(center->name, center);
  }
  result->IndexCenters();
  return result;
}

void Register::IndexCenters() {
  for (const auto& [name, center] : centers_) {
    absl::flat_hash_set<absl::string_view> served;
    absl::flat_hash_set<absl::string_view> ids;
    bool provincial = false;
    for (const CenterVersion& version : center->versions) {
      provincial = provincial || version.kind == CenterKind::kProvincial;
      const std::string& id = version.organisation_id;
      if (ids.insert(id).second) centers_of_organisation_[id].push_back(center.get());
      for (const std::string& unit : version.served_units) {
        if (served.insert(unit).second) centers_serving_[unit].push_back(center.get());
      }
    }
    if (provincial) provincial_centers_[center->province_code].push_back(center.get());
  }
  for (auto& [unit, centers] : centers_serving_) std::sort(centers.begin(), centers.end(), ByName);
  for (auto& [code, centers] : provincial_centers_) {
    std::sort(centers.begin(), centers.end(), ByName);
  }
  for (auto& [id, centers] : centers_of_organisation_) {
    std::sort(centers.begin(), centers.end(), ByName);
  }
}

const CenterRecord* Register::FindCenter(absl::string_view name) const {
  const auto it = centers_.find(name);
  return it == centers_.end() ? nullptr : it->second.get();
}

const std::vector<const CenterRecord*>& Register::CentersServing(absl::string_view unit) const {
  return Lookup(centers_serving_, unit);
}

const std::vector<const CenterRecord*>& Register::ProvincialCenters(
    absl::string_view province_code) const {
  return Lookup(provincial_centers_, province_code);
}

const std::vector<const CenterRecord*>& Register::CentersOfOrganisation(
    absl::string_view organisation_id) const {
  return Lookup(centers_of_organisation_, organisation_id);
}

}  // namespace twotier::routing
