// Grants of later dates, and whether communes ever get more than their province has
// (docs/adr/0020).
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_PLANNED_GRANTS_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_PLANNED_GRANTS_H_

#include <cstdint>
#include <optional>

#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/personnel/domain/records.h"

namespace twotier::personnel {

// Most grants that may be planned for one line of a unit.
inline constexpr size_t kPlannedMax = 20;

// First day of a grant for `year` that names none: today, or the first of a year to come.
absl::CivilDay FirstDayOf(int year, absl::CivilDay today);

// What is granted on `day`, which is not past, when everything goes as planned.
int64_t GrantedOn(const Quota& quota, absl::CivilDay day);

// Adds what is granted from a later day on, in place of what was planned for that day.
void Plan(Quota& quota, PlannedGrant grant);

// Takes what has come by `today` off the plan and returns the last of it: it replaces the rest.
std::optional<PlannedGrant> TakeDue(Quota& quota, absl::CivilDay today);

// Drops what is planned for `end` and later, when the unit is no more: it will lapse.
void DropFrom(Quota& quota, absl::CivilDay end);

// The first day to come on which the communes of a province are granted more than it has to give.
struct Shortfall {
  absl::CivilDay day;
  int64_t asked = 0;
  int64_t available = 0;

  friend bool operator==(const Shortfall&, const Shortfall&) = default;
};
// `province` is the province's own quota of a line, of which its own people have `own_use` places;
// `planned` are all quotas of that line for which something is planned, its own among them.
std::optional<Shortfall> FirstShortfall(const Quota& province, int64_t own_use,
                                        absl::Span<const Quota> planned, absl::CivilDay today);
// The same where the province's quota was `before`, of the days on which it had more to give then:
// what it lacks anyway stands in no act's way.
std::optional<Shortfall> FirstWorsened(const Quota& before, const Quota& province, int64_t own_use,
                                       absl::Span<const Quota> planned, absl::CivilDay today);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_PLANNED_GRANTS_H_
