#include "services/registry/domain/center_carrier.h"

#include <algorithm>

#include "services/registry/domain/center_versions.h"

namespace twotier::registry {

CenterCarrier::CenterCarrier(const UnitTree& after, const ChangeEvent& event)
    : after_(after), event_(event) {
  for (const std::string& source : EndedBy(event)) authority_[source] = LargestPart(source);
}

std::string CenterCarrier::LargestPart(const std::string& source) const {
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

bool CenterCarrier::IsTouched(const std::string& unit_id) const {
  return std::any_of(event_.edges.begin(), event_.edges.end(), [&](const ChangeEdge& edge) {
    return edge.source_id == unit_id || edge.target_id == unit_id;
  });
}

bool CenterCarrier::Carry(absl::string_view province_code, CenterVersion& version) const {
  if (version.state == CenterState::kClosed) return false;
  Rename(version);
  const UnitIds before(version.served_unit_ids.begin(), version.served_unit_ids.end());
  UnitIds served = UnitsAfter(event_, before);
  std::erase_if(served, [&](const std::string& unit_id) {
    if (!IsTouched(unit_id)) return false;
    const UnitVersion* unit = UnitOn(after_, unit_id, event_.effective);
    return unit == nullptr || unit->province_code != province_code;
  });
  version.served_unit_ids.assign(served.begin(), served.end());
  if (const auto it = authority_.find(version.unit_id); it != authority_.end()) {
    version.unit_id = it->second;
  }
  // A center is run by a unit of its province.
  const UnitVersion* unit =
      UnitOn(after_, version.unit_id, std::max(version.valid.first, event_.effective));
  const bool here = unit != nullptr && unit->province_code == province_code;
  if (!here && !served.empty()) version.unit_id = *served.begin();
  return served.empty() && !before.empty();
}

void CenterCarrier::Rename(CenterVersion& version) const {
  if (!GoesOn(event_, version.unit_id)) return;
  const UnitVersion* was = UnitOn(after_, version.unit_id, event_.effective - 1);
  const UnitVersion* is = UnitOn(after_, version.unit_id, event_.effective);
  if (was == nullptr || is == nullptr) return;
  if (version.display_name == DisplayName(version.kind, was->full_name)) {
    version.display_name = DisplayName(version.kind, is->full_name);
  }
}

}  // namespace twotier::registry
