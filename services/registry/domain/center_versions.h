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

// Alters what a center is within a range of dates, and splits versions at its ends, but only where
// `alter` makes a difference.
void AlterDuring(std::vector<CenterVersion>& versions, DateRange range,
                 absl::FunctionRef<void(CenterVersion&)> alter);

// The same, and what differs was recorded under the act. Versions that begin within the range keep
// the act that planned them, and all do when `act` is empty.
void ChangeDuring(std::vector<CenterVersion>& versions, DateRange range, absl::string_view act,
                  absl::FunctionRef<void(CenterVersion&)> change);

// What is planned of the center from the day on, as if no change of units closed it.
std::vector<CenterVersion> PlannedFrom(const CenterHistory& center, absl::CivilDay day);

// Closes the center for ever on the day, which is one of its versions': what was planned for later
// falls. `change` is the id of the change of units that took its last unit.
void CloseByLaw(CenterHistory& center, absl::CivilDay day, absl::string_view change);

// Days from `day` on at which a version of a center begins or ends.
std::set<absl::CivilDay> DaysFrom(absl::Span<const CenterHistory> centers, absl::CivilDay day);

// Adds a unit to those that the version serves.
void AddServed(CenterVersion& version, const std::string& unit_id);

// First day of the suspension that `suspended`, a version of the center, belongs to.
absl::CivilDay SuspendedSince(const CenterHistory& center, const CenterVersion& suspended);

// Units that an operating center serves on `day`.
UnitIds ServedOn(absl::Span<const CenterHistory> centers, absl::CivilDay day);

// The provincial center of a province that operates on `day`; null when there is none.
CenterHistory* ProvincialCenterOn(std::vector<CenterHistory>& centers,
                                  absl::string_view province_code, absl::CivilDay day);

// The centers of `after` that differ in what holds or what has fallen from those at the same place
// of `before`, each with its next version and `kind` as its last change.
std::vector<CenterHistory> ChangedCenters(absl::Span<const CenterHistory> before,
                                          std::vector<CenterHistory> after, absl::string_view kind);

// The unit on a day; null when it does not exist.
const UnitVersion* UnitOn(const UnitTree& tree, absl::string_view unit_id, absl::CivilDay day);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_VERSIONS_H_
