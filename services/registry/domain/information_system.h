// Information systems that are connected to the suite, and what goes wrong with them.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_INFORMATION_SYSTEM_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_INFORMATION_SYSTEM_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/registry/domain/types.h"

namespace twotier::registry {

enum class SystemKind { kUnspecified = 0, kCaseHandling = 1, kDataSharing = 2, kOther = 3 };

// How a system stands by its last sign of life. Never stored: it changes with time alone.
enum class ConnectionState { kUnspecified = 0, kConnected = 1, kSilent = 2, kDown = 3 };

// Kind of the feed's event with which an import writes a system.
inline constexpr absl::string_view kSystemImported = "information_system.imported";

struct InformationSystem {
  std::string province_code;
  std::string id;  // Within the province.
  int64_t version = 0;
  SystemKind kind = SystemKind::kUnspecified;
  std::string display_name;
  std::string operator_name;  // Empty: not known.
  bool operator_provisional = false;
  int64_t silent_after_seconds = 0;
  int64_t down_after_seconds = 0;
  std::string source;
  Origin origin = Origin::kUnspecified;
  std::string last_change = std::string(kSystemImported);  // Kind of the event of `version`.
};

// Lower-case letters, digits and hyphens, 1 to 40: the last segment of a resource name.
bool IsSystemId(absl::string_view id);

// True when everything but version and last change is equal.
inline bool SameContent(const InformationSystem& a, const InformationSystem& b) {
  return a.kind == b.kind && a.display_name == b.display_name &&
         a.operator_name == b.operator_name && a.operator_provisional == b.operator_provisional &&
         a.silent_after_seconds == b.silent_after_seconds &&
         a.down_after_seconds == b.down_after_seconds && a.source == b.source &&
         a.origin == b.origin;
}

// A call of this service changed it: an import leaves it as it is.
inline bool IsRecorded(const InformationSystem& system) {
  return system.origin == Origin::kRecorded;
}

// Of a system that says nothing of its own: three missed minutes are silence, half an hour is down.
inline constexpr int64_t kSilentAfterSecondsDefault = 180;
inline constexpr int64_t kDownAfterSecondsDefault = 1800;
// A day: a system that may be silent longer is not connected.
inline constexpr int64_t kDownAfterSecondsMax = 86400;

// Down when it was never heard. A heartbeat of the future (another clock) counts as one of now.
ConnectionState ConnectionOf(const InformationSystem& system, std::optional<absl::Time> heard,
                             absl::Time now);

enum class IncidentSeverity { kUnspecified = 0, kMinor = 1, kMajor = 2, kCritical = 3 };

struct Incident {
  std::string province_code;
  std::string system_id;
  std::string id;
  int64_t version = 0;
  std::string title;
  std::string description;
  IncidentSeverity severity = IncidentSeverity::kUnspecified;
  std::string owner;  // Team or account that sees to it.
  absl::CivilDay due;
  absl::Time opened;
  std::optional<absl::Time> resolved;
  std::string resolution;  // Empty while it is open.
  std::string last_change;
};

// Open after its due date.
bool IsOverdue(const Incident& incident, absl::CivilDay today);

// Full days from opening until it was resolved, or until now.
int64_t AgeDays(const Incident& incident, absl::Time now);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_INFORMATION_SYSTEM_H_
