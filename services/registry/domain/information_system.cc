#include "services/registry/domain/information_system.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace twotier::registry {

bool IsSystemId(absl::string_view id) {
  constexpr size_t kBytesMax = 40;
  return !id.empty() && id.size() <= kBytesMax &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

ConnectionState ConnectionOf(const InformationSystem& system, std::optional<absl::Time> heard,
                             absl::Time now) {
  if (!heard.has_value()) return ConnectionState::kDown;
  const absl::Duration age = now - *heard;
  if (age <= absl::Seconds(system.silent_after_seconds)) return ConnectionState::kConnected;
  return age <= absl::Seconds(system.down_after_seconds) ? ConnectionState::kSilent
                                                         : ConnectionState::kDown;
}

bool IsOverdue(const Incident& incident, absl::CivilDay today) {
  return !incident.resolved.has_value() && incident.due < today;
}

int64_t AgeDays(const Incident& incident, absl::Time now) {
  const absl::Duration age = incident.resolved.value_or(now) - incident.opened;
  return std::max<int64_t>(0, age / absl::Hours(24));
}

}  // namespace twotier::registry
