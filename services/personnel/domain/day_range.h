// Half-open ranges of dates: `first` belongs to one, `end` does not.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_DAY_RANGE_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_DAY_RANGE_H_

#include <algorithm>

#include "common/units/units.h"

namespace twotier::personnel {

using units::DayRange;
using units::kNoEnd;

inline bool Overlap(const DayRange& a, const DayRange& b) {
  return std::max(a.first, b.first) < std::min(a.end, b.end);
}
// Whether every date of `inner` lies in `outer`.
inline bool Covers(const DayRange& outer, const DayRange& inner) {
  return outer.first <= inner.first && inner.end <= outer.end;
}

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_DAY_RANGE_H_
