// What the register answers from: everything it holds, in memory, with its answers made beforehand.
#ifndef TWOTIER_SERVICES_REGISTRY_SNAPSHOT_H_
#define TWOTIER_SERVICES_REGISTRY_SNAPSHOT_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/changes.h"
#include "services/registry/domain/import.h"
#include "services/registry/domain/name_index.h"
#include "services/registry/domain/unit_tree.h"
#include "services/registry/operations.h"
#include "twotier/registry/v1/center.pb.h"
#include "twotier/registry/v1/registry_service.pb.h"
#include "twotier/registry/v1/unit.pb.h"

namespace twotier::registry {

// One version of one center, by position.
struct CenterRef {
  uint32_t center = 0;
  uint32_t version = 0;
};

// Immutable, thread-safe. National data: about 45 MB.
class Snapshot {
 public:
  // `position`: of the feed, read in the transaction that read `state`. INTERNAL `BROKEN_INVARIANT`
  // when the units make no tree.
  static absl::StatusOr<std::shared_ptr<const Snapshot>> Create(RegisterState state,
                                                                int64_t position);

  int64_t position() const { return position_; }
  const UnitTree& tree() const { return tree_; }
  const NameIndex& names() const { return names_; }
  const v1::Unit& unit(VersionRef ref) const { return units_[first_[ref.unit] + ref.version]; }
  // The same, serialised.
  absl::string_view unit_bytes(VersionRef ref) const {
    const size_t at = first_[ref.unit] + ref.version;
    return absl::string_view(unit_bytes_)
        .substr(unit_begins_[at], unit_begins_[at + 1] - unit_begins_[at]);
  }
  // The versions that lie in the province, or all of them for an empty code; in the order of
  // UnitTree::InCodeOrder.
  absl::Span<const VersionRef> InCodeOrder(absl::string_view province_code) const;

  const std::vector<CenterHistory>& centers() const { return centers_; }
  const v1::Center& center(CenterRef ref) const { return center_protos_[ref.center][ref.version]; }
  std::optional<uint32_t> FindCenter(absl::string_view name) const;
  std::optional<CenterRef> CenterOn(uint32_t center, absl::CivilDay day) const;
  // Centers that serve the unit on some date.
  absl::Span<const uint32_t> CentersOf(absl::string_view unit_id) const;

  const std::vector<TierModelHistory>& tier_models() const { return tier_models_; }

  const Operations& operations() const { return operations_; }

  const Changes& changes() const { return changes_; }

  // Coverage on `day`, which is not before kDataBegins, with that date in it.
  v1::Coverage CoverageOn(absl::CivilDay day) const;

  // The resource a subject of the feed stands for; nothing when there is none.
  std::optional<v1::Resource> Find(absl::string_view subject) const;

 private:
  Snapshot() = default;
  void IndexCenters();
  void MakeCoverage(absl::Span<const PublishedCount> counts);

  int64_t position_ = 0;
  UnitTree tree_;
  NameIndex names_;
  std::vector<v1::Unit> units_;              // All versions of all units, in the order of the tree.
  std::vector<uint32_t> first_;              // Of the first version of each unit in units_.
  std::string unit_bytes_;                   // units_, serialised.
  std::vector<uint32_t> unit_begins_ = {0};  // Of each of units_ in unit_bytes_, and the end.
  absl::flat_hash_map<std::string, std::vector<VersionRef>> by_province_;
  std::vector<CenterHistory> centers_;
  std::vector<std::vector<v1::Center>> center_protos_;
  absl::flat_hash_map<std::string, uint32_t> center_by_name_;
  absl::flat_hash_map<std::string, std::vector<uint32_t>> centers_by_unit_;
  std::vector<TierModelHistory> tier_models_;
  Operations operations_;
  Changes changes_;
  // Coverage changes only on these days: what was computed for one holds until the next.
  std::vector<std::pair<absl::CivilDay, v1::Coverage>> coverage_;
};

// The snapshot of the moment. Thread-safe.
class SnapshotHolder {
 public:
  void Set(std::shared_ptr<const Snapshot> snapshot) { snapshot_.store(std::move(snapshot)); }
  bool loaded() const { return snapshot_.load() != nullptr; }

  // UNAVAILABLE `SNAPSHOT_NOT_READY` before the first Set.
  absl::StatusOr<std::shared_ptr<const Snapshot>> Get() const;

 private:
  std::atomic<std::shared_ptr<const Snapshot>> snapshot_;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_SNAPSHOT_H_
