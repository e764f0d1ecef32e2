#include "services/routing/domain/register.h"

#include <algorithm>
#include <set>

#include "absl/container/flat_hash_set.h"

namespace twotier::routing {
namespace {

template <typename Version>
const Version* VersionOn(const std::vector<Version>& versions, absl::CivilDay day) {
  // Newest first: most questions are about today. Records have a handful of versions.
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->valid.Contains(day)) return &*it;
  }
  return nullptr;
}

template <typename T>
const std::vector<const T*>& Lookup(
    const absl::flat_hash_map<std::string, std::vector<const T*>>& index, absl::string_view key) {
  static const auto* const kNone = new std::vector<const T*>();
  const auto it = index.find(key);
  return it == index.end() ? *kNone : it->second;
}

bool ByName(const CenterRecord* a, const CenterRecord* b) { return a->name < b->name; }

}  // namespace

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

const UnitVersion* UnitRecord::On(absl::CivilDay day) const { return VersionOn(versions, day); }

const CenterVersion* CenterRecord::On(absl::CivilDay day) const { return VersionOn(versions, day); }

std::shared_ptr<const Register> Register::With(const Register& base,
                                               const RegisterChanges& changes) {
  auto result = std::make_shared<Register>();
  result->units_ = base.units_;
  result->centers_ = base.centers_;
  result->changes_ = base.changes_;
  for (const auto& unit : changes.units) result->units_.insert_or_assign(unit->name, unit);
  for (const auto& center : changes.centers) {
    result->centers_.insert_or_assign(center->name, center);
  }
  for (const auto& change : changes.changes) {
    result->changes_.insert_or_assign(change->name, change);
  }
  result->BuildIndexes();
  return result;
}

void Register::BuildIndexes() {
  for (const auto& [name, unit] : units_) {
    absl::flat_hash_set<absl::string_view> codes;
    for (const UnitVersion& version : unit->versions) {
      if (codes.insert(version.code).second) units_of_code_[version.code].push_back(unit.get());
    }
  }
  for (auto& [code, units] : units_of_code_) {
    const auto first_day = [&code = code](const UnitRecord* unit) {
      for (const UnitVersion& version : unit->versions) {
        if (version.code == code) return version.valid.first;
      }
      return kNoEnd;
    };
    std::sort(units.begin(), units.end(), [&](const UnitRecord* a, const UnitRecord* b) {
      const auto left = first_day(a);
      const auto right = first_day(b);
      return left != right ? left < right : a->name < b->name;
    });
  }
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
  for (const ChangeRecord* change : EndingChanges()) {
    for (const std::string& unit : change->ended_units) change_ending_.emplace(unit, change);
  }
  for (auto& [unit, centers] : centers_serving_) std::sort(centers.begin(), centers.end(), ByName);
  for (auto& [code, centers] : provincial_centers_) {
    std::sort(centers.begin(), centers.end(), ByName);
  }
  for (auto& [id, centers] : centers_of_organisation_) {
    std::sort(centers.begin(), centers.end(), ByName);
  }
}

const UnitRecord* Register::FindUnit(absl::string_view name) const {
  const auto it = units_.find(name);
  return it == units_.end() ? nullptr : it->second.get();
}

const CenterRecord* Register::FindCenter(absl::string_view name) const {
  const auto it = centers_.find(name);
  return it == centers_.end() ? nullptr : it->second.get();
}

const ChangeRecord* Register::FindChange(absl::string_view name) const {
  const auto it = changes_.find(name);
  return it == changes_.end() ? nullptr : it->second.get();
}

std::vector<const ChangeRecord*> Register::EndingChanges() const {
  std::vector<const ChangeRecord*> ending;
  for (const auto& [name, change] : changes_) {
    if (!change->cancelled && !change->ended_units.empty()) ending.push_back(change.get());
  }
  std::sort(ending.begin(), ending.end(),
            [](const ChangeRecord* a, const ChangeRecord* b) { return a->name < b->name; });
  return ending;
}

const ChangeRecord* Register::ChangeEnding(absl::string_view unit) const {
  const auto it = change_ending_.find(unit);
  return it == change_ending_.end() ? nullptr : it->second;
}

std::vector<const UnitRecord*> Register::UnitsOn(absl::CivilDay day) const {
  std::vector<const UnitRecord*> alive;
  for (const auto& [name, unit] : units_) {
    if (unit->On(day) != nullptr) alive.push_back(unit.get());
  }
  std::sort(alive.begin(), alive.end(),
            [](const UnitRecord* a, const UnitRecord* b) { return a->name < b->name; });
  return alive;
}

std::set<std::string> Register::ProvincesOn(absl::CivilDay day) const {
  std::set<std::string> provinces;
  for (const auto& [name, unit] : units_) {
    if (const UnitVersion* version = unit->On(day)) provinces.insert(version->province_code);
  }
  return provinces;
}

const std::vector<const UnitRecord*>& Register::UnitsOfCode(absl::string_view code) const {
  return Lookup(units_of_code_, code);
}

const UnitRecord* Register::FindUnitByCode(absl::string_view code, absl::CivilDay day) const {
  for (const UnitRecord* unit : UnitsOfCode(code)) {
    const UnitVersion* version = unit->On(day);
    if (version != nullptr && version->code == code) return unit;
  }
  return nullptr;
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

std::vector<std::string> Register::SuccessorsOn(const UnitRecord& unit, absl::CivilDay day) const {
  std::set<std::string> alive;
  absl::flat_hash_set<absl::string_view> seen = {unit.name};
  std::vector<const UnitRecord*> open = {&unit};
  while (!open.empty()) {
    const UnitRecord* current = open.back();
    open.pop_back();
    for (const UnitSuccessor& step : current->successors) {
      if (step.effective > day || !seen.insert(step.unit).second) continue;
      const UnitRecord* next = FindUnit(step.unit);
      if (next == nullptr) continue;
      if (next->On(day) != nullptr) {
        alive.insert(next->name);
      } else {
        open.push_back(next);
      }
    }
  }
  return std::vector<std::string>(alive.begin(), alive.end());
}

}  // namespace twotier::routing
