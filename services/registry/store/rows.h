// How the register's values stand in columns.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_ROWS_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_ROWS_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace twotier::registry::store {

// until_version of a row that still holds.
inline constexpr int64_t kStillHolds = std::numeric_limits<int64_t>::max();

// Condition on rows of records: they were believed once the events up to position $1 were known.
// `province` and `subject` name the record in the feed; `subject` is an expression of SQL.
#define TWOTIER_BELIEVED_AT(province, subject)                                          \
  " WHERE EXISTS (SELECT 1 FROM event AS begun WHERE begun.province_code = " province   \
  " AND begun.subject = " subject                                                       \
  " AND begun.version = since_version AND begun.position <= $1)"                        \
  " AND NOT EXISTS (SELECT 1 FROM event AS ended WHERE ended.province_code = " province \
  " AND ended.subject = " subject " AND ended.version = until_version AND ended.position <= $1)"

// Condition on rows of records: they still hold ($1, kStillHolds) in the provinces from $2 to $3.
// One statement reads one province or all of them, and a range keeps the primary key in use for
// both.
#define TWOTIER_HELD_IN_PROVINCES \
  " WHERE until_version = $1 AND province_code >= $2 AND province_code <= $3"
// $3 for $2 = `province_code`; empty: all provinces.
inline absl::string_view LastProvince(absl::string_view province_code) {
  return province_code.empty() ? "~" : province_code;
}

// Short texts without line breaks, one a line.
inline std::string TextOf(const std::vector<std::string>& lines) {
  return absl::StrJoin(lines, "\n");
}
inline std::vector<std::string> LinesOf(absl::string_view text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

inline int64_t ToColumn(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }
inline absl::CivilDay ToDay(int64_t column) { return absl::CivilDay(1970, 1, 1) + column; }

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_ROWS_H_
