// Opening hours in the database. Errors of every function: those of db::Tx; DATA_LOSS
// `UNREADABLE_ROW`.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_OPENING_STORE_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_OPENING_STORE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/db.h"
#include "services/registry/domain/opening.h"

namespace twotier::registry::store {

// All that are recorded, in order of (province code, center).
absl::StatusOr<std::vector<OpeningHours>> LoadOpeningHours(db::Tx& tx);
// All as they were believed once the feed was known up to `position`.
absl::StatusOr<std::vector<OpeningHours>> LoadOpeningHoursAt(db::Tx& tx, int64_t position);
// Those of one center; version 0 when none are recorded.
absl::StatusOr<OpeningHours> LoadOpeningHours(db::Tx& tx, absl::string_view province_code,
                                              absl::string_view center_id);
// Writes `hours.version`: what `before`, the version before it, believed otherwise stops to hold.
absl::Status WriteOpeningHours(db::Tx& tx, const OpeningHours& before, const OpeningHours& hours);

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_OPENING_STORE_H_
