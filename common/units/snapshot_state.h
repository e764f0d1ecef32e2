// The number that tells whether what a service holds in memory is still what its database has.
#ifndef TWOTIER_COMMON_UNITS_SNAPSHOT_STATE_H_
#define TWOTIER_COMMON_UNITS_SNAPSHOT_STATE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/db.h"

namespace twotier::units {

// To be called in every transaction that changes what is held in memory. Errors: those of db::Tx.
absl::Status CountChange(db::Tx& tx);
// To be called too when it changes units: they are the part whose rows cannot be looked at one by
// one.
absl::Status CountUnitsChange(db::Tx& tx);

// Errors: those of db::Tx; DATA_LOSS `UNREADABLE_ROW` when the row is missing.
absl::StatusOr<int64_t> LoadChange(db::Tx& tx);
// What LoadChange asks: the units of a batch may share the answer, as they would in memory.
db::BoundStatement LoadChangeQuery();
absl::StatusOr<int64_t> LoadUnitsChange(db::Tx& tx);

}  // namespace twotier::units

#endif  // TWOTIER_COMMON_UNITS_SNAPSHOT_STATE_H_
