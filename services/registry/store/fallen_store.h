// What was planned of centers and fell with their closing, in the database. Errors of every
// function: those of db::Tx.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_FALLEN_STORE_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_FALLEN_STORE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/db.h"
#include "services/registry/domain/center.h"

namespace twotier::registry::store {

// Rows of all centers or of those of one province, in order of (province code, center, date).
absl::StatusOr<db::Rows> LoadFallen(db::Tx& tx, absl::string_view province_code);
// All as they were believed once the feed was known up to `position`.
absl::StatusOr<db::Rows> LoadFallenAt(db::Tx& tx, int64_t position);
// Adds what a row, whose first columns are province and center, says to the center.
void AddFallen(CenterHistory& center, const db::Row& row);
// What has fallen by `center.version`.
absl::Status WriteFallen(db::Tx& tx, const CenterHistory& center);

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_FALLEN_STORE_H_
