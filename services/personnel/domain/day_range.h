// Half-open ranges of dates: `first` belongs to one, `end` does not.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_DAY_RANGE_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_DAY_RANGE_H_

#include <algorithm>

#include "absl/time/civil_time.h"

namespace twotier::personnel {

// End of a range that has none: the last date that the contract's dates can express.
inline const absl::CivilDay kNoEnd(9999, 12, 31);

struct DayRange {
  absl::CivilDay first;
  absl::CivilDay end = kNoEnd;

  bool Contains(absl::CivilDay day) const { return first <= day && day < end; }
  bool Overlaps(const DayRange& other) const {
    return std::max(first, other.first) < std::min(end, other.end);
  }
  // Whether every date of `other` lies in this one.
  bool Covers(const DayRange& other) const { return first <= other.first && other.end <= end; }
  friend bool operator==(const DayRange&, const DayRange&) = default;
};

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_DAY_RANGE_H_
