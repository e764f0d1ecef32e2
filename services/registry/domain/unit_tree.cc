#include "services/registry/domain/unit_tree.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/place_text.h"
#include "services/registry/domain/unit_type.h"

namespace twotier::registry {
namespace {

absl::Status Broken(absl::string_view unit_id, absl::string_view what) {
  return error::WithReason(absl::StatusCode::kInternal, absl::StrCat("unit ", unit_id, " ", what),
                           "BROKEN_INVARIANT", {{"unit", std::string(unit_id)}});
}

bool IsLevelAbove(Tier parent, Tier child, const DateRange& valid) {
  if (child == Tier::kDistrict) return parent == Tier::kProvince;
  // Communes belong to districts until the level ends, then to provinces.
  const bool districts = valid.first < kTwoTierBegins;
  return parent == (districts ? Tier::kDistrict : Tier::kProvince);
}

}  // namespace

absl::StatusOr<UnitTree> UnitTree::Build(std::vector<UnitHistory> units) {
  UnitTree tree;
  tree.units_ = std::move(units);
  for (uint32_t i = 0; i < tree.units_.size(); ++i) {
    if (!tree.by_id_.emplace(tree.units_[i].id, i).second) {
      return Broken(tree.units_[i].id, "is there twice");
    }
  }
  for (const UnitHistory& unit : tree.units_) RETURN_IF_ERROR(tree.CheckUnit(unit));
  for (const UnitHistory& unit : tree.units_) RETURN_IF_ERROR(tree.CheckSteps(unit));
  tree.Index();
  RETURN_IF_ERROR(tree.CheckCodes());
  return tree;
}

absl::Status UnitTree::CheckUnit(const UnitHistory& unit) const {
  if (unit.versions.empty()) return Broken(unit.id, "has no version");
  for (size_t i = 0; i < unit.versions.size(); ++i) {
    const UnitVersion& version = unit.versions[i];
    if (version.valid.end <= version.valid.first) return Broken(unit.id, "has an empty version");
    if (i > 0 && unit.versions[i - 1].valid.end != version.valid.first) {
      return Broken(unit.id, "has a gap or an overlap between versions");
    }
    RETURN_IF_ERROR(CheckParent(unit, version));
  }
  return absl::OkStatus();
}

absl::Status UnitTree::CheckParent(const UnitHistory& unit, const UnitVersion& version) const {
  if (unit.tier == Tier::kProvince) {
    if (!version.parent_id.empty()) return Broken(unit.id, "is a province with a parent");
    if (version.province_code != version.code) return Broken(unit.id, "is in another province");
    return absl::OkStatus();
  }
  const auto parent = by_id_.find(version.parent_id);
  if (parent == by_id_.end()) return Broken(unit.id, "has no parent");
  const UnitHistory& above = units_[parent->second];
  if (above.versions.empty() || !IsLevelAbove(above.tier, unit.tier, version.valid)) {
    return Broken(unit.id, "has a parent of the wrong level");
  }
  if (version.valid.first < above.versions.front().valid.first ||
      above.versions.back().valid.end < version.valid.end) {
    return Broken(unit.id, "outlives its parent");
  }
  for (const UnitVersion& upper : above.versions) {
    if (upper.valid.Overlaps(version.valid) && upper.province_code != version.province_code) {
      return Broken(unit.id, "lies in another province than its parent");
    }
  }
  return absl::OkStatus();
}

absl::Status UnitTree::CheckSteps(const UnitHistory& unit) const {
  for (const Succession& step : unit.successions) {
    const auto target = by_id_.find(step.target_id);
    if (target == by_id_.end()) return Broken(unit.id, "has a step to nowhere");
    const uint32_t source = by_id_.find(unit.id)->second;
    if (!On(source, step.effective - 1).has_value() ||
        !On(target->second, step.effective).has_value()) {
      return Broken(unit.id, "has a step on a date at which one of the two units does not exist");
    }
  }
  return absl::OkStatus();
}

absl::Status UnitTree::CheckCodes() const {
  for (const auto& [code, refs] : by_code_) {
    for (size_t i = 1; i < refs.size(); ++i) {
      if (version(refs[i]).valid.first < version(refs[i - 1]).valid.end) {
        return Broken(unit(refs[i].unit).id,
                      absl::StrCat("shares code ", code, " on ",
                                   absl::FormatCivilTime(version(refs[i]).valid.first),
                                   " with units/", unit(refs[i - 1].unit).id));
      }
    }
  }
  return absl::OkStatus();
}

uint32_t UnitTree::NameId(absl::string_view name) {
  const auto [it, added] =
      name_ids_.emplace(IndexName(name), static_cast<uint32_t>(by_name_.size()));
  if (added) by_name_.emplace_back();
  return it->second;
}

void UnitTree::Index() {
  out_.resize(units_.size());
  in_.resize(units_.size());
  version_names_.resize(units_.size());
  for (uint32_t i = 0; i < units_.size(); ++i) {
    const UnitHistory& unit = units_[i];
    for (uint32_t v = 0; v < unit.versions.size(); ++v) {
      const VersionRef ref{i, v};
      in_code_order_.push_back(ref);
      if (!unit.versions[v].code.empty()) by_code_[unit.versions[v].code].push_back(ref);
      const NameIds names{NameId(unit.versions[v].full_name), NameId(unit.versions[v].short_name)};
      by_name_[names.full].push_back(ref);
      if (names.short_name != names.full) by_name_[names.short_name].push_back(ref);
      version_names_[i].push_back(names);
    }
    for (const Succession& step : unit.successions) {
      const uint32_t target = by_id_.find(step.target_id)->second;
      out_[i].push_back({i, target, &step});
      in_[target].push_back({i, target, &step});
    }
  }
  for (auto& [code, refs] : by_code_) {
    std::stable_sort(refs.begin(), refs.end(), [this](VersionRef a, VersionRef b) {
      return version(a).valid.first < version(b).valid.first;
    });
  }
  std::sort(in_code_order_.begin(), in_code_order_.end(), [this](VersionRef a, VersionRef b) {
    const UnitVersion& x = version(a);
    const UnitVersion& y = version(b);
    return std::tie(x.code, units_[a.unit].id, x.valid.first) <
           std::tie(y.code, units_[b.unit].id, y.valid.first);
  });
}

std::optional<uint32_t> UnitTree::Find(absl::string_view id) const {
  const auto it = by_id_.find(id);
  if (it == by_id_.end()) return std::nullopt;
  return it->second;
}

std::optional<VersionRef> UnitTree::On(uint32_t unit, absl::CivilDay day) const {
  const std::vector<UnitVersion>& versions = units_[unit].versions;
  for (uint32_t v = 0; v < versions.size(); ++v) {
    if (versions[v].valid.Contains(day)) return VersionRef{unit, v};
  }
  return std::nullopt;
}

VersionRef UnitTree::Last(uint32_t unit) const {
  return {unit, static_cast<uint32_t>(units_[unit].versions.size() - 1)};
}

std::optional<VersionRef> UnitTree::ByCode(absl::string_view code, absl::CivilDay day) const {
  for (const VersionRef ref : WithCode(code)) {
    if (version(ref).valid.Contains(day)) return ref;
  }
  return std::nullopt;
}

absl::Span<const VersionRef> UnitTree::WithCode(absl::string_view code) const {
  const auto it = by_code_.find(code);
  if (it == by_code_.end()) return {};
  return it->second;
}

absl::Span<const VersionRef> UnitTree::WithName(absl::string_view index_name) const {
  const auto it = name_ids_.find(index_name);
  if (it == name_ids_.end()) return {};
  return by_name_[it->second];
}

bool UnitTree::HasName(VersionRef ref, absl::string_view index_name) const {
  const auto it = name_ids_.find(index_name);
  if (it == name_ids_.end()) return false;
  const NameIds& names = version_names_[ref.unit][ref.version];
  return names.full == it->second || names.short_name == it->second;
}

}  // namespace twotier::registry
