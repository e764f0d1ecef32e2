// The files of a data set, as rows with types. services/registry/data/README.md describes every
// column.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_REFERENCE_DATA_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_REFERENCE_DATA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/information_system.h"
#include "services/registry/domain/row_errors.h"
#include "services/registry/domain/unit.h"

namespace twotier::registry {

inline constexpr absl::string_view kProvincesFile = "provinces.csv";
inline constexpr absl::string_view kDistrictsFile = "districts.csv";
inline constexpr absl::string_view kCommunesFile = "communes.csv";
inline constexpr absl::string_view kSuccessionsFile = "successions.csv";
inline constexpr absl::string_view kTierModelsFile = "tier_models.csv";
inline constexpr absl::string_view kPublishedCountsFile = "published_counts.csv";
inline constexpr absl::string_view kOrganisationIdsFile = "organisation_ids.csv";
inline constexpr absl::string_view kInformationSystemsFile = "information_systems.csv";

// All files of a data set, in the order in which they are read.
inline constexpr absl::string_view kReferenceFiles[] = {
    kProvincesFile,  kDistrictsFile,       kCommunesFile,        kSuccessionsFile,
    kTierModelsFile, kPublishedCountsFile, kOrganisationIdsFile, kInformationSystemsFile,
};

// A file as it came: neither part is owned.
struct DataFile {
  absl::string_view name;
  absl::string_view content;
};

// One row of provinces.csv, districts.csv or communes.csv: one version of a unit.
// `version.parent_id` and `version.province_code` are empty still.
struct VersionRow {
  RowPlace place;
  Tier tier = Tier::kUnspecified;
  std::string unit_id;
  std::string parent_code;
  UnitVersion version;
};

// One row of successions.csv. `source` and `target` are codes; a source without a code is named by
// its unit id.
struct SuccessionRow {
  RowPlace place;
  std::string source;
  std::string target;
  absl::CivilDay effective;
  Relation relation = Relation::kUnspecified;
  std::string act;
};

// One row of tier_models.csv.
struct TierModelRow {
  RowPlace place;
  std::string province_code;
  TierModel model = TierModel::kUnspecified;
  CenterKind commune_site = CenterKind::kUnspecified;  // What stands in each commune.
  DateRange valid;
  std::string source;
  Origin origin = Origin::kPublished;  // kRecorded: `source` is the act of a call.

  friend bool operator==(const TierModelRow& a, const TierModelRow& b) {
    return a.province_code == b.province_code && a.model == b.model &&
           a.commune_site == b.commune_site && a.valid == b.valid && a.source == b.source &&
           a.origin == b.origin;
  }
};

// One row of published_counts.csv. A binding count must be met by the data; the others only stand
// beside it.
struct PublishedCount {
  RowPlace place;
  absl::CivilDay day;
  std::string what;
  int64_t count = 0;
  bool binding = false;
  std::string source;
};

// One row of organisation_ids.csv: the State's id of a province during a range of dates.
struct OrganisationIdRow {
  RowPlace place;
  std::string province_code;
  std::string organisation_id;  // "H26"
  DateRange valid;
  std::string source;
};

struct ReferenceData {
  std::vector<VersionRow> versions;
  std::vector<SuccessionRow> successions;
  std::vector<TierModelRow> tier_models;
  std::vector<PublishedCount> counts;
  std::vector<OrganisationIdRow> organisation_ids;  // In order of (province code, date).
  std::vector<InformationSystem> systems;           // In order of (province code, id).
  // False when a file is missing or a row lacks what other rows refer to: then rules between rows
  // cannot be judged without blaming innocent rows.
  bool complete = false;
};

// Reads the files. Adds every wrong cell to `errors`.
ReferenceData ReadReferenceData(absl::Span<const DataFile> files, RowErrors& errors);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_REFERENCE_DATA_H_
