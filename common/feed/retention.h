// Deletes events that nobody needs any more.
#ifndef TWOTIER_COMMON_FEED_RETENTION_H_
#define TWOTIER_COMMON_FEED_RETENTION_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/database.h"

namespace twotier::feed {

// Events whose kind begins with `kind_prefix` are kept for `keep` after they became known. Kinds
// that no rule names are kept for ever: a dossier's timeline is its record (kinds "dossier.*"),
// only the feed of reference data, whose state is in its own tables, is shortened.
struct RetentionRule {
  std::string kind_prefix = {};  // For example "unit."; not empty, ends with an ASCII character.
  absl::Duration keep = {};
};

// Most events that one call looks at: some milliseconds of a write lane.
inline constexpr int kPurgeEventsMax = 1000;

// Looks at the next `limit` events (at most kPurgeEventsMax) of age and deletes those of the rule,
// in one transaction. Tokens that stand before a deleted event are expired from then on. Returns
// how many were looked at; less than `limit` when nothing is left to do. Waits for the database.
// INVALID_ARGUMENT: the rule or the limit.
absl::StatusOr<int> PurgeOnce(db::Database& database, const RetentionRule& rule, absl::Time now,
                              int limit);

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_RETENTION_H_
