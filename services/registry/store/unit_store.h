// Units in the database. Errors of every function: those of db::Tx.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_UNIT_STORE_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_UNIT_STORE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/registry/domain/unit.h"

namespace twotier::registry::store {

// All units as they are believed now, in order of their ids.
absl::StatusOr<std::vector<UnitHistory>> LoadUnits(db::Tx& tx);
// The same as it was believed once the feed was known up to `position`.
absl::StatusOr<std::vector<UnitHistory>> LoadUnitsAt(db::Tx& tx, int64_t position);

// Units that were to be founded and were withdrawn, in order of their ids.
absl::StatusOr<std::vector<WithdrawnUnit>> LoadWithdrawn(db::Tx& tx);

// Writes `unit.version`: what the version before believed stops to hold, `unit` holds from now on.
absl::Status WriteUnit(db::Tx& tx, const UnitHistory& unit);

// Whether the data set was imported, and that it was.
absl::StatusOr<bool> IsImported(db::Tx& tx, absl::string_view sha256_hex);
absl::Status RecordImport(db::Tx& tx, absl::string_view sha256_hex, absl::Time now);

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_UNIT_STORE_H_
