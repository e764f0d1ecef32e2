// The checklist of a center.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_READINESS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_READINESS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/registry/domain/center.h"

namespace twotier::registry {

// Sets or, where `done` is absent, takes back items of the checklist.
struct ReadinessEntry {
  ReadinessItem item = ReadinessItem::kUnspecified;
  std::optional<absl::CivilDay> done;
  std::string note;
};
void RecordReadiness(CenterHistory& center, const std::vector<ReadinessEntry>& entries);

// Items that a center of `kind` lacks on `day`, in their order.
std::vector<ReadinessItem> MissingReadiness(const CenterHistory& center, CenterKind kind,
                                            absl::CivilDay day);

// Name in messages: "staff_in_post".
absl::string_view NameOf(ReadinessItem item);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_READINESS_H_
