// What authorities published beside what the data hold.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_COUNTS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_COUNTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/reference_data.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// Word of published_counts.csv for a number that never binds: the centers here are derived, not
// published.
inline constexpr absl::string_view kCommuneCenters = "commune_centers";

// A binding published count beside the count of the data.
struct CheckedCount {
  std::string what;  // For example "wards on 2025-07-01".
  int64_t published = 0;
  int64_t counted = 0;
};

// Number of units on `day` that `what` speaks of: provinces, centrally_run_cities, districts,
// communes_of_any_type, communes, wards, townships, special_zones. Areas that belonged to no
// commune do not count. Absent for an unknown word.
std::optional<int64_t> CountUnits(const UnitTree& tree, absl::string_view what, absl::CivilDay day);

// Reports rows of published_counts.csv whose word is unknown.
void CheckCountWords(const std::vector<PublishedCount>& counts, RowErrors& errors);

// Counts what every binding row speaks of.
std::vector<CheckedCount> CheckCounts(const UnitTree& tree,
                                      const std::vector<PublishedCount>& counts);

// Such a name: "wards on 2025-07-01".
std::string NameOf(const PublishedCount& count);

// OK when all are met and none is released; else FAILED_PRECONDITION `COUNTS_DIFFER` with one
// precondition violation for each that is not. `released` names stored counts that bind and that a
// data set would make not binding.
absl::Status RequireCounts(const std::vector<CheckedCount>& counts,
                           absl::Span<const std::string> released = {});

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_COUNTS_H_
