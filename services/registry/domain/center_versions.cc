#include "services/registry/domain/center_versions.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace twotier::registry {

void ChangeDuring(CenterHistory& center, DateRange range, absl::string_view act,
                  absl::FunctionRef<void(CenterVersion&)> change) {
  std::vector<CenterVersion> versions;
  for (CenterVersion& version : center.versions) {
    CenterVersion changed = version;
    if (version.valid.Overlaps(range)) change(changed);
    if (changed == version) {
      versions.push_back(std::move(version));
      continue;
    }
    changed.origin = Origin::kRecorded;
    if (!act.empty() && version.valid.first <= range.first) changed.act = std::string(act);
    changed.valid = {std::max(version.valid.first, range.first),
                     std::min(version.valid.end, range.end)};
    const DateRange whole = version.valid;
    if (whole.first < changed.valid.first) {
      version.valid.end = changed.valid.first;
      versions.push_back(version);
    }
    versions.push_back(std::move(changed));
    if (versions.back().valid.end < whole.end) {
      version.valid = {versions.back().valid.end, whole.end};
      versions.push_back(std::move(version));
    }
  }
  center.versions = std::move(versions);
}

UnitIds ServedOn(absl::Span<const CenterHistory> centers, absl::CivilDay day) {
  UnitIds served;
  for (const CenterHistory& center : centers) {
    const CenterVersion* version = VersionOn(center, day);
    if (version == nullptr || version->state != CenterState::kOperating) continue;
    served.insert(version->served_unit_ids.begin(), version->served_unit_ids.end());
  }
  return served;
}

CenterHistory* ProvincialCenterOn(std::vector<CenterHistory>& centers,
                                  absl::string_view province_code, absl::CivilDay day) {
  for (CenterHistory& center : centers) {
    const CenterVersion* version = VersionOn(center, day);
    if (center.province_code == province_code && version != nullptr &&
        version->kind == CenterKind::kProvincial && version->state == CenterState::kOperating) {
      return &center;
    }
  }
  return nullptr;
}

std::vector<CenterHistory> ChangedCenters(absl::Span<const CenterHistory> before,
                                          std::vector<CenterHistory> after,
                                          absl::string_view kind) {
  std::vector<CenterHistory> changed;
  for (size_t i = 0; i < after.size(); ++i) {
    if (after[i].versions == before[i].versions) continue;
    ++after[i].version;
    after[i].last_change = std::string(kind);
    changed.push_back(std::move(after[i]));
  }
  return changed;
}

const UnitVersion* UnitOn(const UnitTree& tree, absl::string_view unit_id, absl::CivilDay day) {
  const std::optional<uint32_t> unit = tree.Find(unit_id);
  if (!unit.has_value()) return nullptr;
  const std::optional<VersionRef> ref = tree.On(*unit, day);
  return ref.has_value() ? &tree.version(*ref) : nullptr;
}

}  // namespace twotier::registry
