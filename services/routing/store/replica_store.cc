#include "services/routing/store/replica_store.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "common/units/snapshot_state.h"

namespace twotier::routing::store {
namespace {

// The newer version wins; an equal or older one touches no row.
constexpr db::Statement kPutCenter{
    "routing_put_center",
    "INSERT INTO replica_center (snapshot_id, name, version, body) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (snapshot_id, name) DO UPDATE SET version = excluded.version,"
    " body = excluded.body WHERE replica_center.version < excluded.version"};
constexpr db::Statement kPutTierModel{
    "routing_put_tier_model",
    "INSERT INTO replica_tier_model (snapshot_id, name, version, body) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (snapshot_id, name) DO UPDATE SET version = excluded.version,"
    " body = excluded.body WHERE replica_tier_model.version < excluded.version"};
constexpr db::Statement kKeepCenters{"routing_keep_centers",
                                     "DELETE FROM replica_center WHERE snapshot_id <> $1"};
constexpr db::Statement kKeepTierModels{"routing_keep_tier_models",
                                        "DELETE FROM replica_tier_model WHERE snapshot_id <> $1"};

constexpr db::Statement kLoadCenters{
    "routing_load_centers",
    "SELECT name, version, body FROM replica_center WHERE snapshot_id = $1"};
constexpr db::Statement kLoadCentersBetween{"routing_load_centers_between",
                                            "SELECT name, version, body FROM replica_center"
                                            " WHERE snapshot_id = $1 AND name > $2 AND name < $3"};
absl::StatusOr<std::shared_ptr<const CenterRecord>> CenterOf(const db::Row& row) {
  registry::v1::CenterHistory history;
  const std::vector<absl::string_view> name = absl::StrSplit(row.Text(0), '/');
  if (name.size() != 4 || !history.ParseFromString(row.Bytes(2)))
    return units::Unreadable(row.Text(0));
  auto record = std::make_shared<CenterRecord>();
  record->name = row.Text(0);
  record->province_code = std::string(name[1]);
  record->record_version = row.Int(1);
  for (const registry::v1::Center& center : history.versions()) {
    record->versions.push_back({static_cast<CenterKind>(center.kind()),
                                static_cast<CenterState>(center.state()),
                                center.display_name(),
                                center.unit(),
                                {center.served_units().begin(), center.served_units().end()},
                                center.organisation_id(),
                                units::RangeOf(center.valid())});
  }
  return std::shared_ptr<const CenterRecord>(std::move(record));
}

}  // namespace

absl::Status ApplyResources(db::Tx& tx, int64_t snapshot_id, const units::Resources& resources) {
  RETURN_IF_ERROR(units::Apply(tx, snapshot_id, resources));
  for (const registry::v1::Resource& resource : resources) {
    if (resource.has_center()) {
      RETURN_IF_ERROR(
          units::Put(tx, kPutCenter, snapshot_id, resource, resource.center().SerializeAsString()));
    } else if (resource.has_tier_model()) {
      RETURN_IF_ERROR(units::Put(tx, kPutTierModel, snapshot_id, resource,
                                 resource.tier_model().SerializeAsString()));
    }
    // No decision of this service rests on the other kinds.
  }
  return units::CountChange(tx);
}

absl::Status KeepOnly(db::Tx& tx, int64_t snapshot_id) {
  RETURN_IF_ERROR(units::KeepOnly(tx, snapshot_id));
  for (const db::Statement& statement : {kKeepCenters, kKeepTierModels}) {
    RETURN_IF_ERROR(tx.Exec(statement, {snapshot_id}).status());
  }
  return units::CountChange(tx);
}

absl::StatusOr<std::shared_ptr<const Register>> LoadRegister(db::Tx& tx, int64_t snapshot_id) {
  RegisterChanges all;
  ASSIGN_OR_RETURN(static_cast<units::UnitChanges&>(all), units::LoadAll(tx, snapshot_id));
  ASSIGN_OR_RETURN(const db::Rows centers, tx.Query(kLoadCenters, {snapshot_id}));
  all.centers.reserve(centers.size());
  for (const db::Row& row : centers) {
    ASSIGN_OR_RETURN(auto center, CenterOf(row));
    all.centers.push_back(std::move(center));
  }
  return Register::With(Register(), all);
}

absl::StatusOr<std::vector<std::shared_ptr<const CenterRecord>>> LoadCentersOf(
    db::Tx& tx, int64_t snapshot_id, absl::string_view province_code) {
  // Names of a province's centers are those between its prefix and the prefix's last byte + 1.
  const std::string first = absl::StrCat("provinces/", province_code, "/centers/");
  std::string end = first;
  ++end.back();
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadCentersBetween, {snapshot_id, first, end}));
  std::vector<std::shared_ptr<const CenterRecord>> centers;
  centers.reserve(rows.size());
  for (const db::Row& row : rows) {
    ASSIGN_OR_RETURN(auto center, CenterOf(row));
    centers.push_back(std::move(center));
  }
  return centers;
}

}  // namespace twotier::routing::store
