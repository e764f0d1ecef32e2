// The number that tells whether what the service holds in memory is still what the database has.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_SNAPSHOT_STATE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_SNAPSHOT_STATE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/db.h"

namespace twotier::routing::store {

// To be called in every transaction that changes replica, catalogue or calendar. Errors: those of
// db::Tx.
absl::Status CountChange(db::Tx& tx);
// To be called too when it changes units: they are the part whose rows cannot be looked at one by
// one.
absl::Status CountUnitsChange(db::Tx& tx);

// Errors: those of db::Tx; DATA_LOSS `UNREADABLE_ROW` when the row is missing.
absl::StatusOr<int64_t> LoadChange(db::Tx& tx);
absl::StatusOr<int64_t> LoadUnitsChange(db::Tx& tx);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_SNAPSHOT_STATE_H_
