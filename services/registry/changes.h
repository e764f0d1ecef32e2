// Changes of units by law, and how far the services are with them. A part of the snapshot.
#ifndef TWOTIER_SERVICES_REGISTRY_CHANGES_H_
#define TWOTIER_SERVICES_REGISTRY_CHANGES_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/registry/domain/import.h"
#include "services/registry/domain/unit_tree.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::registry {

// Immutable, thread-safe.
class Changes {
 public:
  Changes() = default;
  // Takes the events, the reports and the withdrawn units of `state`, and copies of the centers of
  // which something fell; what the units' history tells besides is derived from `tree`.
  Changes(RegisterState& state, const UnitTree& tree);

  // Recorded and derived ones, in order of (date, id).
  absl::Span<const ChangeEvent> events() const { return events_; }
  // Centers of which something that was planned fell by an event.
  absl::Span<const CenterHistory> fallen() const { return fallen_; }
  // Null when there is none.
  const ChangeEvent* FindEvent(absl::string_view id) const;
  // What the services reported and what this one counts itself, in order of the services.
  std::vector<SuccessionReport> PlanOf(const ChangeEvent& event,
                                       absl::Span<const CenterHistory> centers) const;

  // What is recorded, as resources of the feed: events, then reports.
  size_t size() const { return recorded_.size() + reports_.size(); }
  v1::Resource At(size_t index) const;
  // The resource a subject of the feed stands for, a withdrawn unit too; nothing when there is
  // none.
  std::optional<v1::Resource> Find(absl::string_view subject) const;

 private:
  absl::Span<const SuccessionReport> ReportsOf(absl::string_view event_id) const;

  std::vector<ChangeEvent> events_;
  std::vector<size_t> recorded_;                    // Positions in events_.
  absl::flat_hash_map<std::string, size_t> by_id_;  // The same of all.
  std::vector<CenterHistory> fallen_;
  std::vector<SuccessionReport> reports_;                      // In order of (event, service).
  absl::flat_hash_map<std::string, WithdrawnUnit> withdrawn_;  // By unit id.
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_CHANGES_H_
