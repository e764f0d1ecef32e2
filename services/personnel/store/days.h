// Dates as the tables hold them: days since 1970-01-01.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_DAYS_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_DAYS_H_

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/time/civil_time.h"

namespace twotier::personnel::store {

// until_version of a row that still holds.
inline constexpr int64_t kStillHolds = std::numeric_limits<int64_t>::max();

inline int64_t NumberOf(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }
inline absl::CivilDay DayOf(int64_t number) { return absl::CivilDay(1970, 1, 1) + number; }

inline std::optional<int64_t> NumberOf(const std::optional<absl::CivilDay>& day) {
  if (!day) return std::nullopt;
  return NumberOf(*day);
}
inline std::optional<absl::CivilDay> DayOf(const std::optional<int64_t>& number) {
  if (!number) return std::nullopt;
  return DayOf(*number);
}

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_DAYS_H_
