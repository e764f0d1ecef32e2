// What today's units had before they were formed.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_ALLOCATION_HISTORY_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_ALLOCATION_HISTORY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "common/units/units.h"

namespace twotier::budget {

struct EarlierAmounts {
  absl::flat_hash_map<std::string, int64_t> by_unit;  // By the names of units of the day.
  int64_t unplaced = 0;  // Of units that were divided by shares that nobody knows, or went nowhere.
};

// Carries `amounts` (name of a unit, whole đồng) over to the units that exist on `day`: a unit that
// goes on keeps its own, a merged one has the sum of its parts, one that was divided is shared by
// the people who went each way, exact to the đồng. Nothing is lost: everything is in one of the two
// fields.
EarlierAmounts CarryOver(const units::Units& units, absl::CivilDay day,
                         const std::vector<std::pair<std::string, int64_t>>& amounts);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_ALLOCATION_HISTORY_H_
