// What became of a unit: from any code, name or id at any date to the units of another date.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_RESOLUTION_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_RESOLUTION_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/place_text.h"
#include "services/registry/domain/succession_walk.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// Most candidates of an ambiguous code or name; the count of all stands in the reason's metadata.
// "Tân Thành" names 42 units: a person reads a list of this length, a program asks again with a
// province.
inline constexpr size_t kCandidatesMax = 20;

// What to resolve: exactly one of `code`, `text` and `unit_id` is not empty.
struct UnitQuery {
  absl::string_view code;
  absl::string_view text;  // As place_text.h reads it.
  absl::string_view unit_id;
  std::optional<absl::CivilDay> from_day;
};

struct Resolution {
  // NOT_FOUND `UNIT_NOT_FOUND`; FAILED_PRECONDITION `AMBIGUOUS_CODE`, `AMBIGUOUS_NAME` (then
  // `candidates` is filled); OUT_OF_RANGE `DATE_BEFORE_DATA`. When not OK, nothing but `candidates`
  // holds anything.
  absl::Status status;
  VersionRef queried;
  std::vector<ResolvedUnit> results;
  Discriminator discriminator = Discriminator::kUnspecified;  // Of the results.
  std::vector<VersionRef> candidates;                         // At most kCandidatesMax.
};

// Resolves forwards or, when `to_day` lies before the queried version, backwards: every successor
// (predecessor) is in the answer (succession_walk.h). The tree must outlive the answer.
Resolution Resolve(const UnitTree& tree, const UnitQuery& query, absl::CivilDay to_day);

// True when, on some day of `during`, the units above `ref` had the names of `parts`, in their
// order; levels may be left out. A unit above may have several names meanwhile: a province that
// became a city.
bool LiesIn(const UnitTree& tree, VersionRef ref, DateRange during,
            absl::Span<const PlacePart> parts);

// OUT_OF_RANGE `DATE_BEFORE_DATA` when `day` lies before kDataBegins.
absl::Status CheckDay(absl::CivilDay day);

// NOT_FOUND `UNIT_NOT_FOUND` with what was asked for and the date.
absl::Status UnitNotFound(absl::string_view what, std::optional<absl::CivilDay> as_of);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_RESOLUTION_H_
