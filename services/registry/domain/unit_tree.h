// All units with all their versions, checked and indexed. Immutable.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_TREE_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_TREE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/unit.h"

namespace twotier::registry {

// First date the register knows. The tables state the units as of that day; what was before is not
// in them.
inline constexpr absl::CivilDay kDataBegins(2025, 6, 30);

// One version of one unit, by position in the tree.
struct VersionRef {
  uint32_t unit = 0;
  uint32_t version = 0;
  friend bool operator==(VersionRef a, VersionRef b) {
    return a.unit == b.unit && a.version == b.version;
  }
};

// One step between two units, by position in the tree.
struct Edge {
  uint32_t source = 0;
  uint32_t target = 0;
  const Succession* step = nullptr;  // Owned by the tree.
};

// Thread-safe, because nothing changes after Build.
class UnitTree {
 public:
  // INTERNAL `BROKEN_INVARIANT` names the first unit that breaks a rule: versions without gap or
  // overlap, one parent of the level above that exists during the whole version, no code twice on
  // one date, every step from a unit that exists the day before to one that exists on the day.
  static absl::StatusOr<UnitTree> Build(std::vector<UnitHistory> units);

  UnitTree() = default;
  UnitTree(const UnitTree&) = delete;  // Edges point into the units.
  UnitTree(UnitTree&&) = default;
  UnitTree& operator=(UnitTree&&) = default;

  const std::vector<UnitHistory>& units() const { return units_; }
  const UnitHistory& unit(uint32_t index) const { return units_[index]; }
  const UnitVersion& version(VersionRef ref) const {
    return units_[ref.unit].versions[ref.version];
  }

  // Position of a unit by its id.
  std::optional<uint32_t> Find(absl::string_view id) const;
  // The version of a unit on a date.
  std::optional<VersionRef> On(uint32_t unit, absl::CivilDay day) const;
  // Its last version.
  VersionRef Last(uint32_t unit) const;
  // The version that had `code` on `day`: at most one.
  std::optional<VersionRef> ByCode(absl::string_view code, absl::CivilDay day) const;
  // All versions that ever had `code`, by date.
  absl::Span<const VersionRef> WithCode(absl::string_view code) const;
  // All versions whose full or short name has this index form (place_text.h).
  absl::Span<const VersionRef> WithName(absl::string_view index_name) const;
  // True when the version's full or short name has this index form.
  bool HasName(VersionRef ref, absl::string_view index_name) const;

  // Steps out of and into a unit.
  absl::Span<const Edge> Out(uint32_t unit) const { return out_[unit]; }
  absl::Span<const Edge> In(uint32_t unit) const { return in_[unit]; }

  // Every version in order of (code, unit id, date).
  absl::Span<const VersionRef> InCodeOrder() const { return in_code_order_; }

 private:
  absl::Status CheckUnit(const UnitHistory& unit) const;
  absl::Status CheckParent(const UnitHistory& unit, const UnitVersion& version) const;
  absl::Status CheckSteps(const UnitHistory& unit) const;
  absl::Status CheckCodes() const;
  void Index();
  uint32_t NameId(absl::string_view name);

  struct NameIds {
    uint32_t full = 0;
    uint32_t short_name = 0;
  };

  std::vector<UnitHistory> units_;
  absl::flat_hash_map<absl::string_view, uint32_t> by_id_;  // Views into units_.
  absl::flat_hash_map<absl::string_view, std::vector<VersionRef>> by_code_;
  absl::flat_hash_map<std::string, uint32_t> name_ids_;
  std::vector<std::vector<VersionRef>> by_name_;     // By name id.
  std::vector<std::vector<NameIds>> version_names_;  // By unit and version.
  std::vector<std::vector<Edge>> out_;
  std::vector<std::vector<Edge>> in_;
  std::vector<VersionRef> in_code_order_;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_UNIT_TREE_H_
