// How the register's values stand in columns.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_ROWS_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_ROWS_H_

#include <cstdint>
#include <limits>

#include "absl/time/civil_time.h"

namespace twotier::registry::store {

// until_version of a row that still holds.
inline constexpr int64_t kStillHolds = std::numeric_limits<int64_t>::max();

inline int64_t ToColumn(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }
inline absl::CivilDay ToDay(int64_t column) { return absl::CivilDay(1970, 1, 1) + column; }

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_ROWS_H_
