// Public administrative service centers: how they are derived from units and tier models, and how
// far they cover the country.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
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
  std::string act;           // Number of the act of the call that made it; empty for derived ones.
  std::string successor_id;  // While suspended or after closing: the center that took over.

  friend bool operator==(const CenterVersion& a, const CenterVersion& b) = default;
};

// One item of a center's checklist that is done.
struct Readiness {
  ReadinessItem item = ReadinessItem::kUnspecified;
  absl::CivilDay done;
  std::string note;

  friend bool operator==(const Readiness& a, const Readiness& b) = default;
};

// A rule that a change was allowed to break, and why.
struct CenterOverride {
  std::string rule;  // The reason of the refusal that was overridden.
  std::string reason;
  absl::CivilDay effective;

  friend bool operator==(const CenterOverride& a, const CenterOverride& b) = default;
};

// Kinds of the feed's events with which an import writes a center, and a correction of its unit.
inline constexpr absl::string_view kCenterImported = "center.imported";
inline constexpr absl::string_view kCenterCorrected = "center.corrected";

struct CenterHistory {
  std::string province_code;
  std::string
      id;  // Within the province; the resource name is `provinces/{province_code}/centers/{id}`.
  int64_t version = 0;
  std::vector<CenterVersion> versions;                     // Oldest first, without overlap.
  std::vector<Readiness> readiness = {};                   // In order of the items.
  std::vector<CenterOverride> overrides = {};              // Oldest first.
  std::string last_change = std::string(kCenterImported);  // Kind of the event of `version`.
  // What was planned for it from the day on at which a change of units closes it. It holds no more,
  // and comes back when that change is cancelled. The first one begins on that day; empty where
  // nothing was planned for later.
  std::vector<CenterVersion> fallen = {};
  std::string fallen_by = {};  // Id of that change event.
};

// The models of one province.
struct TierModelHistory {
  std::string province_code;
  int64_t version = 0;
  std::vector<TierModelRow> models;  // Oldest first; `place` is not kept.
};

// True when a call of this service changed the record: an import leaves it as it is.
bool IsRecorded(const CenterHistory& center);
bool IsRecorded(const TierModelHistory& history);

// The version that stands on `day`; null when there is none.
const CenterVersion* VersionOn(const CenterHistory& center, absl::CivilDay day);
const TierModelRow* ModelOn(const TierModelHistory& history, absl::CivilDay day);

// Vietnamese name of a site of `kind` in a unit with this full name.
std::string DisplayName(CenterKind kind, absl::string_view unit_full_name);

// Tier models by province, in order of the code.
std::vector<TierModelHistory> TierModels(const std::vector<TierModelRow>& rows);

// Derives, for demonstration, one provincial center in each province with a tier model and one site
// in each of its communes: a commune center in a two-level province, a branch or reception point of
// the provincial center in a single-level one (Decree 118/2025/NĐ-CP; Hà Nội and Quảng Ninh).
// Everything is marked Origin::kDerived. A provincial center has the organisation id of its
// province where `organisation_ids` knows it (Decision 20/2020/QĐ-TTg; Hà Nội "H26"); every other
// organisation id ("H48", "H26.00004") is invented and marked provisional. Ids of centers
// ("H01.00004") are names of this register and never change with them. In order of (province code,
// id).
std::vector<CenterHistory> DeriveCenters(const UnitTree& tree,
                                         const std::vector<TierModelHistory>& models,
                                         const std::vector<OrganisationIdRow>& organisation_ids);

// One province in the coverage of a date.
struct ProvinceCoverage {
  std::string province_code;
  std::string unit_id;
  TierModel model = TierModel::kUnspecified;
  bool provincial_center_operating = false;
  int communes = 0;
  int communes_covered = 0;
};

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
  std::vector<ProvinceCoverage> by_province;    // In order of the code.
};

// Bounds the answer of GetCoverage.
inline constexpr size_t kUncoveredMax = 1000;

Coverage ComputeCoverage(const UnitTree& tree, absl::Span<const CenterHistory> centers,
                         absl::Span<const TierModelHistory> models,
                         absl::Span<const PublishedCount> counts, absl::CivilDay day);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_H_
