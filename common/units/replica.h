// Rows that copy the registry's units and changes of units, as its feed sends them.
//
// A whole snapshot is staged under a new id while the one in use is still read; see
// common/feed/follower.h. Errors of all functions: those of db::Tx; DATA_LOSS `UNREADABLE_ROW` for
// a row that cannot be read.
#ifndef TWOTIER_COMMON_UNITS_REPLICA_H_
#define TWOTIER_COMMON_UNITS_REPLICA_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "common/db/migrate.h"
#include "common/feed/follower.h"
#include "common/units/units.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/type/date.pb.h"
#include "twotier/common/v1/types.pb.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::units {

// Name of the source in the follower's position.
inline constexpr absl::string_view kRegistrySource = "registry";

using Resources = google::protobuf::RepeatedPtrField<registry::v1::Resource>;

// The tables of a service that copies units and changes of units, and nothing else of the registry.
// Routing made them before they were anybody else's; its own migrations hold them.
std::vector<db::Migration> Migrations();

// Writes the units and changes of units among `resources` into `snapshot_id`; one that is at or
// below the version held is dropped. Counts a change of units (snapshot_state.h); the caller counts
// the change of the whole.
absl::Status Apply(db::Tx& tx, int64_t snapshot_id, const Resources& resources);

// Deletes the units and changes of every snapshot but `snapshot_id`, which is taken into use, and
// counts a change of units.
absl::Status KeepOnly(db::Tx& tx, int64_t snapshot_id);

// What `snapshot_id` holds.
absl::StatusOr<UnitChanges> LoadAll(db::Tx& tx, int64_t snapshot_id);

// For services that copy more of the registry: writes one resource by a statement with parameters
// (snapshot_id, name, version, body), says that a row cannot be read, reads dates.
absl::Status Put(db::Tx& tx, const db::Statement& statement, int64_t snapshot_id,
                 const registry::v1::Resource& resource, const std::string& body);
absl::Status Unreadable(absl::string_view name);
absl::CivilDay DayOf(const google::type::Date& date);
DayRange RangeOf(const common::v1::DateRange& range);

// As Apply and KeepOnly; they also count the change of the whole.
absl::Status ApplyAlone(db::Tx& tx, int64_t snapshot_id, const Resources& resources);
absl::Status KeepAlone(db::Tx& tx, int64_t snapshot_id);

// How a service follows the registry into its database. Nothing is owned; everything outlives the
// follower.
struct FollowingParts {
  db::Database* database = nullptr;
  const Clock* clock = nullptr;
  prometheus::Registry* metrics = nullptr;
  std::string target;     // Address of the registry.
  std::string principal;  // Who asks it.
  // What writes what came, and what takes a snapshot into use: of services that copy more than
  // units and changes of units.
  std::function<absl::Status(db::Tx& tx, int64_t snapshot_id, const Resources& resources)> apply =
      ApplyAlone;
  std::function<absl::Status(db::Tx& tx, int64_t snapshot_id)> keep = KeepAlone;
};
// RefresherParts::follow.
std::function<std::unique_ptr<feed::Follower>(std::function<void()> applied)> Following(
    FollowingParts parts);

}  // namespace twotier::units

#endif  // TWOTIER_COMMON_UNITS_REPLICA_H_
