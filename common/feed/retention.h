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
// that no rule names are kept for ever.
//
// A rule may name a kind only when nothing but resumed streams reads its old events: the aggregate
// keeps the hash that its next event chains to, and nobody asks when its versions became known. A
// dossier's timeline is its record, and units and centers are read as they were known at an
// instant: neither may be named.
struct RetentionRule {
  std::string kind_prefix = {};  // For example "unit."; not empty, ends with an ASCII character.
  absl::Duration keep = {};
};

// Most events that one call looks at: some milliseconds of a write lane.
inline constexpr int kPurgeEventsMax = 1000;

// What one call did.
struct PurgedSlice {
  int looked_at = 0;    // Less than the limit: nothing is left to do.
  int64_t deleted = 0;  // Of them.
};

// Looks at the next `limit` events (at most kPurgeEventsMax) of age and deletes those of the rule,
// in one transaction. Tokens that stand before a deleted event are expired from then on. Waits for
// the database. INVALID_ARGUMENT: the rule or the limit.
absl::StatusOr<PurgedSlice> PurgeOnce(db::Database& database, const RetentionRule& rule,
                                      absl::Time now, int limit);

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_RETENTION_H_
