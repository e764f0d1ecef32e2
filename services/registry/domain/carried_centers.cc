#include "services/registry/domain/carried_centers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/center_versions.h"
#include "services/registry/domain/refusals.h"

namespace twotier::registry {
namespace {

using UnitIds = std::set<std::string>;

const UnitVersion* UnitOn(const UnitTree& tree, absl::string_view unit_id, absl::CivilDay day) {
  const std::optional<uint32_t> unit = tree.Find(unit_id);
  if (!unit.has_value()) return nullptr;
  const std::optional<VersionRef> ref = tree.On(*unit, day);
  return ref.has_value() ? &tree.version(*ref) : nullptr;
}

// Changes the versions from the event's date on, and splits the one that holds on it, but only
// where `change` makes a difference. The versions that begin later keep the act that planned them.
void ChangeFrom(CenterHistory& center, const ChangeEvent& event,
                absl::FunctionRef<void(CenterVersion&)> change) {
  std::vector<CenterVersion> versions;
  for (CenterVersion& version : center.versions) {
    CenterVersion changed = version;
    if (event.effective < version.valid.end) change(changed);
    if (changed == version) {
      versions.push_back(std::move(version));
      continue;
    }
    changed.origin = Origin::kRecorded;
    if (version.valid.first <= event.effective) changed.act = event.act;
    if (version.valid.first < event.effective) {
      version.valid.end = changed.valid.first = event.effective;
      versions.push_back(std::move(version));
    }
    versions.push_back(std::move(changed));
  }
  center.versions = std::move(versions);
}

// Units of communes that an operating center serves on `day`.
UnitIds ServedOn(absl::Span<const CenterHistory> centers, absl::CivilDay day) {
  UnitIds served;
  for (const CenterHistory& center : centers) {
    const CenterVersion* version = VersionOn(center, day);
    if (version == nullptr || version->state != CenterState::kOperating) continue;
    served.insert(version->served_unit_ids.begin(), version->served_unit_ids.end());
  }
  return served;
}

// The centers that differ from what they were, with their next version.
std::vector<CenterHistory> Changed(absl::Span<const CenterHistory> before,
                                   std::vector<CenterHistory> after, absl::string_view kind) {
  std::vector<CenterHistory> changed;
  for (size_t i = 0; i < after.size(); ++i) {
    if (after[i].versions == before[i].versions) continue;
    ++after[i].version;
    after[i].last_change = std::string(kind);
    changed.push_back(std::move(after[i]));
  }
  return changed;
}

class Carrier {
 public:
  Carrier(const UnitTree& after, const ChangeEvent& event) : after_(after), event_(event) {
    for (const std::string& source : SourcesOf(event)) {
      const bool goes_on = GoesOn(event, source);
      for (const ChangeEdge& edge : event.edges) {
        if (edge.source_id != source) continue;
        if (!goes_on || IsFounded(event, edge.target_id)) {
          targets_[source].push_back(edge.target_id);
        }
      }
      if (!goes_on) authority_[source] = LargestPart(source);
    }
  }

  absl::StatusOr<std::vector<CenterHistory>> Run(absl::Span<const CenterHistory> before) {
    std::vector<CenterHistory> centers(before.begin(), before.end());
    Refusals refusals;
    for (size_t i = 0; i < centers.size(); ++i) {
      CenterHistory& center = centers[i];
      ChangeFrom(center, event_, [&](CenterVersion& version) { Carry(center, version); });
      CheckClosing(before[i], center, refusals);
    }
    CoverAll(before, centers, refusals);
    RETURN_IF_ERROR(refusals.ToStatus());
    return Changed(before, std::move(centers), kCenterCarried);
  }

 private:
  std::string LargestPart(const std::string& source) const {
    const ChangeEdge* largest = nullptr;
    for (const ChangeEdge& edge : event_.edges) {
      if (edge.source_id != source) continue;
      if (largest == nullptr ||
          largest->population_ppm.value_or(0) < edge.population_ppm.value_or(0)) {
        largest = &edge;
      }
    }
    return largest->target_id;
  }

  void Carry(const CenterHistory& center, CenterVersion& version) const {
    if (version.state == CenterState::kClosed) return;
    Rename(version);
    UnitIds served;
    for (const std::string& unit_id : version.served_unit_ids) {
      const auto it = targets_.find(unit_id);
      if (it == targets_.end() || !authority_.contains(unit_id)) served.insert(unit_id);
      if (it == targets_.end()) continue;
      for (const std::string& target : it->second) {
        const UnitVersion* unit = UnitOn(after_, target, event_.effective);
        if (unit != nullptr && unit->province_code == center.province_code) served.insert(target);
      }
    }
    // A unit that goes on in another province.
    std::erase_if(served, [&](const std::string& unit_id) {
      if (!GoesOn(event_, unit_id)) return false;
      const UnitVersion* unit = UnitOn(after_, unit_id, event_.effective);
      return unit != nullptr && unit->province_code != center.province_code;
    });
    if (served.empty() && !version.served_unit_ids.empty()) version.state = CenterState::kClosed;
    version.served_unit_ids.assign(served.begin(), served.end());
    if (const auto it = authority_.find(version.unit_id); it != authority_.end()) {
      const UnitVersion* unit = UnitOn(after_, it->second, event_.effective);
      const bool here = unit != nullptr && unit->province_code == center.province_code;
      version.unit_id = here || served.empty() ? it->second : *served.begin();
    }
  }

  // What is planned for a center after it has lost all its units could not be told apart later.
  void CheckClosing(const CenterHistory& before, const CenterHistory& after,
                    Refusals& refusals) const {
    const CenterVersion* was = VersionOn(before, event_.effective);
    const CenterVersion* is = VersionOn(after, event_.effective);
    if (was == nullptr || is == nullptr || was->state == is->state || is->valid.end == kNoEnd) {
      return;
    }
    const std::string day = absl::FormatCivilTime(is->valid.end);
    refusals.Add("LATER_CHANGE_PLANNED", was->unit_id,
                 absl::StrCat("has a center, provinces/", after.province_code, "/centers/",
                              after.id, ", that would close and is planned to change on ", day),
                 {{"planned_date", day}});
  }

  void Rename(CenterVersion& version) const {
    if (!GoesOn(event_, version.unit_id)) return;
    const UnitVersion* was = UnitOn(after_, version.unit_id, event_.effective - 1);
    const UnitVersion* is = UnitOn(after_, version.unit_id, event_.effective);
    if (was == nullptr || is == nullptr) return;
    if (version.display_name == DisplayName(version.kind, was->full_name)) {
      version.display_name = DisplayName(version.kind, is->full_name);
    }
  }

  // Lets the provincial center serve what nobody serves, and refuses where there is none.
  void CoverAll(absl::Span<const CenterHistory> before, std::vector<CenterHistory>& centers,
                Refusals& refusals) const {
    const UnitIds served_before = ServedOn(before, event_.effective - 1);
    const UnitIds served = ServedOn(centers, event_.effective);
    for (const std::string& target : TargetsOf(event_)) {
      const UnitVersion* unit = UnitOn(after_, target, event_.effective);
      if (unit == nullptr || unit->parent_id.empty() || served.contains(target)) continue;
      CenterHistory* provincial = ProvincialCenter(centers, unit->province_code);
      if (provincial != nullptr) {
        ChangeFrom(*provincial, event_, [&](CenterVersion& version) {
          if (version.state == CenterState::kClosed) return;
          auto& ids = version.served_unit_ids;
          const auto at = std::lower_bound(ids.begin(), ids.end(), target);
          if (at == ids.end() || *at != target) ids.insert(at, target);
        });
        continue;
      }
      const bool was_served =
          std::any_of(event_.edges.begin(), event_.edges.end(), [&](const ChangeEdge& edge) {
            return edge.target_id == target && served_before.contains(edge.source_id);
          });
      if (was_served) {
        refusals.Add("UNITS_LEFT_UNCOVERED", target,
                     absl::StrCat("would have no operating center on ",
                                  absl::FormatCivilTime(event_.effective)));
      }
    }
  }

  CenterHistory* ProvincialCenter(std::vector<CenterHistory>& centers,
                                  absl::string_view province_code) const {
    for (CenterHistory& center : centers) {
      const CenterVersion* version = VersionOn(center, event_.effective);
      if (center.province_code == province_code && version != nullptr &&
          version->kind == CenterKind::kProvincial && version->state == CenterState::kOperating) {
        return &center;
      }
    }
    return nullptr;
  }

  const UnitTree& after_;
  const ChangeEvent& event_;
  // Units after, by the unit before that ends, or the founded ones by the one that goes on.
  std::map<std::string, std::vector<std::string>> targets_;
  std::map<std::string, std::string> authority_;  // Who runs the centers of a unit that ends.
};

// The version without the event. `was` is what the center was the day before.
CenterVersion Returned(const UnitTree& before, const ChangeEvent& event, const CenterVersion* was,
                       const CenterVersion& version) {
  CenterVersion out = version;
  if (was == nullptr) return out;
  const std::vector<std::string> sources = SourcesOf(event);
  const auto is_source = [&](const std::string& id) {
    return std::find(sources.begin(), sources.end(), id) != sources.end();
  };
  const std::vector<std::string> targets = TargetsOf(event);
  const auto had = [&](const std::string& id) {
    return std::find(was->served_unit_ids.begin(), was->served_unit_ids.end(), id) !=
           was->served_unit_ids.end();
  };
  const bool closed_by_event = version.state == CenterState::kClosed && version.act == event.act &&
                               version.valid.first == event.effective;
  if (closed_by_event) out.state = was->state;
  if (out.state != CenterState::kClosed) {
    UnitIds served(version.served_unit_ids.begin(), version.served_unit_ids.end());
    for (const std::string& target : targets) {
      if (!had(target)) served.erase(target);
    }
    for (const std::string& unit_id : was->served_unit_ids) {
      if (is_source(unit_id)) served.insert(unit_id);
    }
    out.served_unit_ids.assign(served.begin(), served.end());
  }
  if (is_source(was->unit_id) && version.unit_id != was->unit_id &&
      std::find(targets.begin(), targets.end(), version.unit_id) != targets.end()) {
    out.unit_id = was->unit_id;
  }
  if (const UnitVersion* unit = UnitOn(before, out.unit_id, event.effective - 1);
      unit != nullptr && was->display_name == DisplayName(was->kind, unit->full_name) &&
      out.unit_id == was->unit_id && version.act == event.act) {
    out.display_name = was->display_name;
  }
  CenterVersion same = out;
  same.valid = was->valid;
  same.origin = was->origin;
  same.act = was->act;
  if (version.act == event.act && same == *was) {
    out.origin = was->origin;
    out.act = was->act;
  }
  return out;
}

}  // namespace

absl::StatusOr<std::vector<CenterHistory>> CarryCenters(const UnitTree& after,
                                                        absl::Span<const CenterHistory> centers,
                                                        const ChangeEvent& event) {
  return Carrier(after, event).Run(centers);
}

absl::StatusOr<std::vector<CenterHistory>> ReturnCenters(const UnitTree& before,
                                                         absl::Span<const CenterHistory> centers,
                                                         const ChangeEvent& event) {
  std::vector<CenterHistory> returned(centers.begin(), centers.end());
  Refusals refusals;
  for (CenterHistory& center : returned) {
    const CenterVersion* found = VersionOn(center, event.effective - 1);
    const std::optional<CenterVersion> was =
        found == nullptr ? std::nullopt : std::optional<CenterVersion>(*found);
    for (CenterVersion& version : center.versions) {
      if (version.valid.end <= event.effective) continue;
      version = Returned(before, event, was.has_value() ? &*was : nullptr, version);
      if (version.state == CenterState::kClosed) continue;
      for (const std::string& unit_id : event.founded_ids) {
        const auto& served = version.served_unit_ids;
        if (version.unit_id != unit_id &&
            std::find(served.begin(), served.end(), unit_id) == served.end()) {
          continue;
        }
        const std::string day = absl::FormatCivilTime(version.valid.first);
        refusals.Add("LATER_CHANGE_PLANNED", unit_id,
                     absl::StrCat("is to have provinces/", center.province_code, "/centers/",
                                  center.id, " from ", day),
                     {{"planned_date", day}});
      }
    }
    JoinEqualNeighbours(center.versions);
  }
  RETURN_IF_ERROR(refusals.ToStatus());
  return Changed(centers, std::move(returned), kCenterReturned);
}

}  // namespace twotier::registry
