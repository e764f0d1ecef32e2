// Rows that copy the registry: units, centers, tier models and changes of units, as its feed sends
// them.
//
// A whole snapshot is staged under a new id while the one in use is still read; see
// common/feed/follower.h. Errors of all functions: those of db::Tx; DATA_LOSS `UNREADABLE_ROW` for
// a row that cannot be read.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_REPLICA_STORE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_REPLICA_STORE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/units/replica.h"
#include "services/routing/domain/register.h"

namespace twotier::routing::store {

// Writes resources into `snapshot_id`. One that is at or below the version held is dropped.
absl::Status ApplyResources(db::Tx& tx, int64_t snapshot_id, const units::Resources& resources);

// Deletes every snapshot but `snapshot_id`.
absl::Status KeepOnly(db::Tx& tx, int64_t snapshot_id);

// The register of `snapshot_id`.
absl::StatusOr<std::shared_ptr<const Register>> LoadRegister(db::Tx& tx, int64_t snapshot_id);

// The centers of one province as they stand now in the replica.
absl::StatusOr<std::vector<std::shared_ptr<const CenterRecord>>> LoadCentersOf(
    db::Tx& tx, int64_t snapshot_id, absl::string_view province_code);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_REPLICA_STORE_H_
