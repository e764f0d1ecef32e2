// Keys that a unit of work learns of only while it runs.
#ifndef TWOTIER_COMMON_DB_LATE_KEYS_H_
#define TWOTIER_COMMON_DB_LATE_KEYS_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/db/database.h"
#include "common/db/db.h"

namespace twotier::db {

// Declares `keys` for the unit that runs in `tx`, as if they had stood among its own: whoever has
// changed or declared one of them since the unit's snapshot makes it run again. Keys that are known
// beforehand belong to the unit, which then waits for its turn instead of losing. SQLite, which has
// one writer, writes the rows too: nobody asks for them.
//
// Errors: those of Tx::Write.
absl::Status DeclareLate(Tx& tx, absl::Span<const Key> keys);

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_LATE_KEYS_H_
