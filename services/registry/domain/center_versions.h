// Versions of one center as a list in order of their dates, and what many centers do together.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_VERSIONS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_VERSIONS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/center.h"

namespace twotier::registry {

using UnitIds = std::set<std::string>;

// Joins neighbours without a gap that differ in their dates alone: a boundary at which nothing
// changes would look like a change to whoever compares two lists.
void JoinEqualNeighbours(std::vector<CenterVersion>& versions);

// Changes what the center is within a range of dates, and splits versions at its ends, but only
// where `change` makes a difference. Versions that begin within it keep the act that planned them,
// and all do when `act` is empty.
void ChangeDuring(CenterHistory& center, DateRange range, absl::string_view act,
                  absl::FunctionRef<void(CenterVersion&)> change);

// Units that an operating center serves on `day`.
UnitIds ServedOn(absl::Span<const CenterHistory> centers, absl::CivilDay day);

// The provincial center of a province that operates on `day`; null when there is none.
CenterHistory* ProvincialCenterOn(std::vector<CenterHistory>& centers,
                                  absl::string_view province_code, absl::CivilDay day);

// The centers of `after` whose versions differ from those at the same place of `before`, each with
// its next version and `kind` as its last change.
std::vector<CenterHistory> ChangedCenters(absl::Span<const CenterHistory> before,
                                          std::vector<CenterHistory> after, absl::string_view kind);

// The unit on a day; null when it does not exist.
const UnitVersion* UnitOn(const UnitTree& tree, absl::string_view unit_id, absl::CivilDay day);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_VERSIONS_H_
