#include "services/registry/domain/carried_centers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/center_versions.h"
#include "services/registry/domain/refusals.h"

namespace twotier::registry {
namespace {

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
      ChangeDuring(center, {event_.effective}, event_.act,
                   [&](CenterVersion& version) { Carry(center, version); });
      CheckClosing(before[i], center, refusals);
    }
    CoverAll(before, centers, refusals);
    RETURN_IF_ERROR(refusals.ToStatus());
    return ChangedCenters(before, std::move(centers), kCenterCarried);
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
      version.unit_id = it->second;
    }
    // A center is run by a unit of its province.
    const UnitVersion* unit =
        UnitOn(after_, version.unit_id, std::max(version.valid.first, event_.effective));
    const bool here = unit != nullptr && unit->province_code == center.province_code;
    if (!here && !served.empty()) version.unit_id = *served.begin();
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
      CenterHistory* provincial =
          ProvincialCenterOn(centers, unit->province_code, event_.effective);
      if (provincial != nullptr) {
        ChangeDuring(*provincial, {event_.effective}, event_.act, [&](CenterVersion& version) {
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

  const UnitTree& after_;
  const ChangeEvent& event_;
  // Units after, by the unit before that ends, or the founded ones by the one that goes on.
  std::map<std::string, std::vector<std::string>> targets_;
  std::map<std::string, std::string> authority_;  // Who runs the centers of a unit that ends.
};

}  // namespace

absl::StatusOr<std::vector<CenterHistory>> CarryCenters(const UnitTree& after,
                                                        absl::Span<const CenterHistory> centers,
                                                        const ChangeEvent& event) {
  return Carrier(after, event).Run(centers);
}

}  // namespace twotier::registry
