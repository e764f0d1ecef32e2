// What an operator does to a feed.
#ifndef TWOTIER_COMMON_FEED_EPOCH_H_
#define TWOTIER_COMMON_FEED_EPOCH_H_

#include "absl/status/status.h"
#include "common/db/database.h"

namespace twotier::feed {

// Gives the feed a new epoch: every resume token handed out before is refused from now on, and
// followers start again from a snapshot. To be run after a backup was restored and before any
// process of the service is started on it (--new_feed_epoch): positions given after the backup was
// taken are given a second time, to other events. A process that runs meanwhile goes on with the
// epoch it read at its start. Waits for the database.
absl::Status NewEpoch(db::Database& database);

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_EPOCH_H_
