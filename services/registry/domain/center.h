// Public administrative service centers: how they are derived from units and tier models, and how
// far they cover the country.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/reference_data.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// A center as it stands during one range of dates.
struct CenterVersion {
  DateRange valid;
  CenterKind kind = CenterKind::kUnspecified;
  CenterState state = CenterState::kUnspecified;
  std::string display_name;
  std::string unit_id;  // Whose authority runs it.
  std::string
      parent_id;  // Center it is a branch or point of; empty for provincial and commune centers.
  std::vector<std::string> served_unit_ids;  // Sorted.
  std::string organisation_id;
  bool organisation_id_provisional = false;
  Origin origin = Origin::kUnspecified;

  friend bool operator==(const CenterVersion& a, const CenterVersion& b) = default;
};

struct CenterHistory {
  std::string province_code;
  std::string
      id;  // Within the province; the resource name is `provinces/{province_code}/centers/{id}`.
  int64_t version = 0;
  std::vector<CenterVersion> versions;  // Oldest first, without overlap.
};

// The models of one province.
struct TierModelHistory {
  std::string province_code;
  int64_t version = 0;
  std::vector<TierModelRow> models;  // Oldest first; `place` is not kept.
};

// Tier models by province, in order of the code.
std::vector<TierModelHistory> TierModels(const std::vector<TierModelRow>& rows);

// Derives, for demonstration, one provincial center in each province with a tier model and one site
// in each of its communes: a commune center in a two-level province, a branch or reception point of
// the provincial center in a single-level one (Decree 118/2025/NĐ-CP; Hà Nội and Quảng Ninh).
// Everything is marked Origin::kDerived; organisation ids ("H48", "H48.20194") are invented and
// marked provisional, because none is published for the provinces of 2025. In order of (province
// code, id).
std::vector<CenterHistory> DeriveCenters(const UnitTree& tree,
                                         const std::vector<TierModelHistory>& models);

// How far the country is covered on a date.
struct Coverage {
  int provinces = 0;
  int two_level_provinces_covered = 0;
  int single_level_provinces_covered = 0;
  int communes = 0;
  int communes_covered = 0;
  int commune_centers = 0;
  int provincial_centers = 0;
  int branches = 0;
  int reception_points = 0;
  // The number of commune centers published last on or before the date.
  std::optional<int64_t> published_commune_centers;
  absl::CivilDay published_day;
  std::vector<std::string> uncovered_unit_ids;  // At most kUncoveredMax, in order of the code.
};

// Bounds the answer of GetCoverage.
inline constexpr size_t kUncoveredMax = 1000;

Coverage ComputeCoverage(const UnitTree& tree, absl::Span<const CenterHistory> centers,
                         absl::Span<const TierModelHistory> models,
                         absl::Span<const PublishedCount> counts, absl::CivilDay day);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_H_
