#include "services/personnel/store/tier_model_store.h"

#include "common/status_macros.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::personnel::store {
namespace {

// The newer version wins; an equal or older one touches no row.
constexpr db::Statement kPut{
    "personnel_put_tier_model",
    "INSERT INTO replica_tier_model (snapshot_id, name, version, body) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (snapshot_id, name) DO UPDATE SET version = excluded.version,"
    " body = excluded.body WHERE replica_tier_model.version < excluded.version"};
constexpr db::Statement kKeep{"personnel_keep_tier_models",
                              "DELETE FROM replica_tier_model WHERE snapshot_id <> $1"};
constexpr db::Statement kLoad{"personnel_load_tier_models",
                              "SELECT name, body FROM replica_tier_model WHERE snapshot_id = $1"};

}  // namespace

std::vector<db::Migration> TierModelMigrations() {
  return {{"personnel_tier_model",
           1,
           "copy of the registry's models of centers",
           {
               "CREATE TABLE replica_tier_model ("
               " snapshot_id BIGINT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL,"
               " body BYTEA NOT NULL, PRIMARY KEY (snapshot_id, name))",
               // A replica of before has none: the follower takes a whole snapshot, while what is
               // there answers. Of SUBSTR of bytes both engines have this form.
               "UPDATE follower_position SET token = SUBSTR(token, 1, 0)"
               " WHERE source = 'registry'",
           }}};
}

absl::Status ApplyResources(db::Tx& tx, int64_t snapshot_id, const units::Resources& resources) {
  for (const registry::v1::Resource& resource : resources) {
    if (!resource.has_tier_model()) continue;
    RETURN_IF_ERROR(
        units::Put(tx, kPut, snapshot_id, resource, resource.tier_model().SerializeAsString()));
  }
  return units::ApplyAlone(tx, snapshot_id, resources);
}

absl::Status KeepOnly(db::Tx& tx, int64_t snapshot_id) {
  RETURN_IF_ERROR(tx.Exec(kKeep, {snapshot_id}).status());
  return units::KeepAlone(tx, snapshot_id);
}

absl::StatusOr<CenterDays> LoadCenterDays(db::Tx& tx, int64_t snapshot_id) {
  CenterDays days;
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoad, {snapshot_id}));
  for (const db::Row& row : rows) {
    registry::v1::TierModelHistory history;
    if (!history.ParseFromString(row.Bytes(1))) return units::Unreadable(row.Text(0));
    for (const registry::v1::ProvinceTierModel& model : history.models()) {
      if (model.model() != registry::v1::TIER_MODEL_TWO_LEVEL) continue;
      days[model.province_code()].push_back(units::RangeOf(model.valid()));
    }
  }
  return days;
}

}  // namespace twotier::personnel::store
