#include "services/registry/domain/center_versions.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace twotier::registry {

void AlterDuring(std::vector<CenterVersion>& all, DateRange range,
                 absl::FunctionRef<void(CenterVersion&)> alter) {
  std::vector<CenterVersion> versions;
  for (CenterVersion& version : all) {
    CenterVersion changed = version;
    if (version.valid.Overlaps(range)) alter(changed);
    if (changed == version) {
      versions.push_back(std::move(version));
      continue;
    }
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
  all = std::move(versions);
}

void ChangeDuring(std::vector<CenterVersion>& versions, DateRange range, absl::string_view act,
                  absl::FunctionRef<void(CenterVersion&)> change) {
  AlterDuring(versions, range, [&](CenterVersion& version) {
    const CenterVersion before = version;
    change(version);
    if (version == before) return;
    version.origin = Origin::kRecorded;
    if (!act.empty() && version.valid.first <= range.first) version.act = std::string(act);
  });
}

std::vector<CenterVersion> PlannedFrom(const CenterHistory& center, absl::CivilDay day) {
  const absl::CivilDay falls = center.fallen.empty() ? kNoEnd : center.fallen.front().valid.first;
  std::vector<CenterVersion> planned;
  const auto add = [&](CenterVersion version) {
    if (version.valid.end <= day) return;
    version.valid.first = std::max(version.valid.first, day);
    planned.push_back(std::move(version));
  };
  for (const CenterVersion& version : center.versions) {
    if (version.valid.first < falls) add(version);
  }
  for (const CenterVersion& version : center.fallen) add(version);
  return planned;
}

void CloseByLaw(CenterHistory& center, absl::CivilDay day, absl::string_view change) {
  std::vector<CenterVersion> planned = PlannedFrom(center, day);
  JoinEqualNeighbours(planned);
  CenterVersion closed = planned.front();
  closed.valid.end = planned.back().valid.end;
  closed.state = CenterState::kClosed;
  closed.successor_id.clear();
  closed.served_unit_ids.clear();
  std::erase_if(center.versions, [day](const auto& version) { return day <= version.valid.first; });
  if (!center.versions.empty()) {
    center.versions.back().valid.end = std::min(center.versions.back().valid.end, day);
  }
  center.versions.push_back(std::move(closed));
  if (planned.size() == 1) planned.clear();
  center.fallen_by = planned.empty() ? "" : std::string(change);
  center.fallen = std::move(planned);
}

std::set<absl::CivilDay> DaysFrom(absl::Span<const CenterHistory> centers, absl::CivilDay day) {
  std::set<absl::CivilDay> days;
  for (const CenterHistory& center : centers) {
    for (const std::vector<CenterVersion>* versions : {&center.versions, &center.fallen}) {
      for (const CenterVersion& version : *versions) {
        if (day <= version.valid.first) days.insert(version.valid.first);
        if (day <= version.valid.end && version.valid.end != kNoEnd) days.insert(version.valid.end);
      }
    }
  }
  return days;
}

void AddServed(CenterVersion& version, const std::string& unit_id) {
  auto& ids = version.served_unit_ids;
  const auto at = std::lower_bound(ids.begin(), ids.end(), unit_id);
  if (at == ids.end() || *at != unit_id) ids.insert(at, unit_id);
}

absl::CivilDay SuspendedSince(const CenterHistory& center, const CenterVersion& suspended) {
  absl::CivilDay since = suspended.valid.first;
  for (auto it = center.versions.rbegin(); it != center.versions.rend(); ++it) {
    if (it->valid.end == since && it->state == CenterState::kSuspended &&
        it->successor_id == suspended.successor_id) {
      since = it->valid.first;
    }
  }
  return since;
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
    if (after[i].versions == before[i].versions && after[i].fallen == before[i].fallen) continue;
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
