// Rows that copy the registry's models of centers beside its units (common/units/replica.h). Errors
// of all functions: those of db::Tx; DATA_LOSS `UNREADABLE_ROW`.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_TIER_MODEL_STORE_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_TIER_MODEL_STORE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/db.h"
#include "common/db/migrate.h"
#include "common/units/replica.h"
#include "common/units/units.h"

namespace twotier::personnel::store {

std::vector<db::Migration> TierModelMigrations();

// units::FollowingParts::apply and ::keep.
absl::Status ApplyResources(db::Tx& tx, int64_t snapshot_id, const units::Resources& resources);
absl::Status KeepOnly(db::Tx& tx, int64_t snapshot_id);

// By code of the province: when its communes have centers of their own. A province without an
// entry has none, or is not known to have.
using CenterDays = std::map<std::string, std::vector<units::DayRange>>;
absl::StatusOr<CenterDays> LoadCenterDays(db::Tx& tx, int64_t snapshot_id);

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_TIER_MODEL_STORE_H_
