// What belongs to centers and provinces without being a dated unit or center: opening hours,
// information systems, incidents. A part of the snapshot.
#ifndef TWOTIER_SERVICES_REGISTRY_OPERATIONS_H_
#define TWOTIER_SERVICES_REGISTRY_OPERATIONS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/registry/domain/information_system.h"
#include "services/registry/domain/opening.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::registry {

// Immutable, thread-safe.
class Operations {
 public:
  Operations() = default;
  // Each in the order in which the store gives them.
  Operations(std::vector<InformationSystem> systems, std::vector<Incident> incidents,
             std::vector<OpeningHours> opening_hours);

  // In order of (province code, id).
  absl::Span<const InformationSystem> systems() const { return systems_; }
  // In order of (province code, system, id).
  absl::Span<const Incident> incidents() const { return incidents_; }

  // Null when there is none.
  const InformationSystem* FindSystem(absl::string_view province_code, absl::string_view id) const;
  const OpeningHours* FindHours(absl::string_view province_code, absl::string_view center_id) const;
  absl::Span<const Incident> IncidentsOf(const InformationSystem& system) const;

  // Everything as resources of the feed: opening hours, then systems, then incidents.
  size_t size() const { return opening_hours_.size() + systems_.size() + incidents_.size(); }
  v1::Resource At(size_t index) const;
  // The resource a subject of the feed stands for; nothing when there is none.
  std::optional<v1::Resource> Find(absl::string_view subject) const;

 private:
  std::vector<InformationSystem> systems_;
  std::vector<Incident> incidents_;
  std::vector<OpeningHours> opening_hours_;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_OPERATIONS_H_
