// Tables of the feed and how their rows are read. Only files of this room include it.
#ifndef TWOTIER_COMMON_FEED_TABLES_H_
#define TWOTIER_COMMON_FEED_TABLES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/db/database.h"
#include "common/db/db.h"
#include "common/feed/feed.h"

namespace twotier::feed {

// Longest body of an event: a message of the feed with some dozens of them stays below gRPC's 4
// MiB.
inline constexpr size_t kBodyBytesMax = 256 * 1024;

// Columns in the order in which ReadEvent takes them.
#define TWOTIER_EVENT_COLUMNS                                                              \
  "province_code, subject, version, kind, body, hash, previous_hash, group_id, position, " \
  "known_us,"                                                                              \
  " last_of_group"

StoredEvent ReadEvent(const db::Row& row);

// The one row of table feed_head: how far the feed is numbered, and by whom.
struct Head {
  int64_t position = 0;   // Last position that was given.
  int64_t known_us = 0;   // Watermark: everything known up to this instant has its position.
  int64_t epoch = 0;      // Random; a restored database gets another one.
  std::string token_key;  // Seals resume tokens, 32 random bytes.
  std::string holder;     // Process whose sequencer holds the lease; empty: nobody.
  int64_t fencing = 0;    // Grows with each take-over.
  int64_t until_us = 0;   // End of the lease.
};

// Reads the head. DATA_LOSS `UNREADABLE_ROW` when Prepare has never run.
absl::StatusOr<Head> ReadHead(db::Tx& tx);

// Creates the head with a random epoch and key unless it is there. Waits for the database.
absl::Status Prepare(db::Database& database);

// A random number above 0.
int64_t RandomNumber();

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_TABLES_H_
