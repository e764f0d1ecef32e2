#include "services/registry/operations.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/registry/convert_operations.h"

namespace twotier::registry {
namespace {

using Key = std::tuple<absl::string_view, absl::string_view>;

Key KeyOf(const InformationSystem& system) { return {system.province_code, system.id}; }
Key KeyOf(const OpeningHours& hours) { return {hours.province_code, hours.center_id}; }
Key KeyOf(const Incident& incident) { return {incident.province_code, incident.system_id}; }

template <typename T>
const T* FindIn(const std::vector<T>& sorted, const Key& key) {
  const auto it = std::lower_bound(sorted.begin(), sorted.end(), key,
                                   [](const T& a, const Key& b) { return KeyOf(a) < b; });
  return it != sorted.end() && KeyOf(*it) == key ? &*it : nullptr;
}

}  // namespace

Operations::Operations(std::vector<InformationSystem> systems, std::vector<Incident> incidents,
                       std::vector<OpeningHours> opening_hours)
    : systems_(std::move(systems)),
      incidents_(std::move(incidents)),
      opening_hours_(std::move(opening_hours)) {}

const InformationSystem* Operations::FindSystem(absl::string_view province_code,
                                                absl::string_view id) const {
  return FindIn(systems_, {province_code, id});
}

const OpeningHours* Operations::FindHours(absl::string_view province_code,
                                          absl::string_view center_id) const {
  return FindIn(opening_hours_, {province_code, center_id});
}

absl::Span<const Incident> Operations::IncidentsOf(const InformationSystem& system) const {
  const Key key = KeyOf(system);
  const auto first = std::lower_bound(incidents_.begin(), incidents_.end(), key,
                                      [](const auto& a, const Key& b) { return KeyOf(a) < b; });
  const auto last = std::upper_bound(first, incidents_.end(), key,
                                     [](const Key& a, const auto& b) { return a < KeyOf(b); });
  return absl::MakeConstSpan(incidents_)
      .subspan(static_cast<size_t>(first - incidents_.begin()), static_cast<size_t>(last - first));
}

v1::Resource Operations::At(size_t index) const {
  if (index < opening_hours_.size()) return ToResource(opening_hours_[index]);
  index -= opening_hours_.size();
  if (index < systems_.size()) return ToResource(systems_[index]);
  return ToResource(incidents_[index - systems_.size()]);
}

std::optional<v1::Resource> Operations::Find(absl::string_view subject) const {
  const absl::string_view province_code = SegmentOf(subject, 1);
  const absl::string_view id = SegmentOf(subject, 3);
  if (SegmentOf(subject, 4) == "openingHours") {
    const OpeningHours* hours = FindHours(province_code, id);
    if (hours == nullptr) return std::nullopt;
    return ToResource(*hours);
  }
  const InformationSystem* system = FindSystem(province_code, id);
  if (SegmentOf(subject, 2) != "informationSystems" || system == nullptr) return std::nullopt;
  if (SegmentOf(subject, 4).empty()) return ToResource(*system);
  for (const Incident& incident : IncidentsOf(*system)) {
    if (incident.id == SegmentOf(subject, 5)) return ToResource(incident);
  }
  return std::nullopt;
}

}  // namespace twotier::registry
