#include "services/routing/store/replica_store.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/errors.h"
#include "common/feed/follower.h"
#include "common/status_macros.h"
#include "google/type/date.pb.h"
#include "services/routing/store/snapshot_state.h"
#include "twotier/common/v1/types.pb.h"

namespace twotier::routing::store {
namespace {

// The newer version wins; an equal or older one touches no row.
constexpr db::Statement kPutUnit{
    "routing_put_unit",
    "INSERT INTO replica_unit (snapshot_id, name, version, body) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (snapshot_id, name) DO UPDATE SET version = excluded.version,"
    " body = excluded.body WHERE replica_unit.version < excluded.version"};
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
constexpr db::Statement kPutChange{
    "routing_put_change_event",
    "INSERT INTO replica_change_event (snapshot_id, name, version, body) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (snapshot_id, name) DO UPDATE SET version = excluded.version,"
    " body = excluded.body WHERE replica_change_event.version < excluded.version"};

constexpr db::Statement kKeepUnits{"routing_keep_units",
                                   "DELETE FROM replica_unit WHERE snapshot_id <> $1"};
constexpr db::Statement kKeepCenters{"routing_keep_centers",
                                     "DELETE FROM replica_center WHERE snapshot_id <> $1"};
constexpr db::Statement kKeepTierModels{"routing_keep_tier_models",
                                        "DELETE FROM replica_tier_model WHERE snapshot_id <> $1"};
constexpr db::Statement kKeepChanges{"routing_keep_change_events",
                                     "DELETE FROM replica_change_event WHERE snapshot_id <> $1"};

constexpr db::Statement kLoadUnits{"routing_load_units",
                                   "SELECT name, body FROM replica_unit WHERE snapshot_id = $1"};
constexpr db::Statement kLoadCenters{
    "routing_load_centers",
    "SELECT name, version, body FROM replica_center WHERE snapshot_id = $1"};
constexpr db::Statement kLoadCentersBetween{"routing_load_centers_between",
                                            "SELECT name, version, body FROM replica_center"
                                            " WHERE snapshot_id = $1 AND name > $2 AND name < $3"};
constexpr db::Statement kLoadChanges{
    "routing_load_change_events",
    "SELECT name, body FROM replica_change_event WHERE snapshot_id = $1"};

absl::Status Unreadable(absl::string_view name) {
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("the replica of ", name, " cannot be read"),
                           "UNREADABLE_ROW", {{"subject", std::string(name)}});
}

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

DayRange RangeOf(const common::v1::DateRange& range) {
  return {range.has_first_date() ? DayOf(range.first_date()) : absl::CivilDay(1, 1, 1),
          range.has_end_date() ? DayOf(range.end_date()) : kNoEnd};
}

std::shared_ptr<const UnitRecord> UnitOf(const registry::v1::UnitHistory& history) {
  auto record = std::make_shared<UnitRecord>();
  record->name = history.name();
  for (const registry::v1::Unit& unit : history.versions()) {
    record->versions.push_back({static_cast<Tier>(unit.tier()), unit.code(), unit.full_name(),
                                unit.province_code(), unit.act().number(), RangeOf(unit.valid())});
  }
  for (const registry::v1::Succession& step : history.successions()) {
    record->successors.push_back(
        {step.target(), DayOf(step.effective_date()), step.act().number()});
  }
  return record;
}

absl::StatusOr<std::shared_ptr<const CenterRecord>> CenterOf(const db::Row& row) {
  registry::v1::CenterHistory history;
  const std::vector<absl::string_view> name = absl::StrSplit(row.Text(0), '/');
  if (name.size() != 4 || !history.ParseFromString(row.Bytes(2))) return Unreadable(row.Text(0));
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
                                RangeOf(center.valid())});
  }
  return std::shared_ptr<const CenterRecord>(std::move(record));
}

std::shared_ptr<const ChangeRecord> ChangeOf(const registry::v1::ChangeEvent& event) {
  auto record = std::make_shared<ChangeRecord>();
  record->name = event.name();
  record->effective = DayOf(event.effective_date());
  record->cancelled = !event.cancel_reason().empty();
  record->ended_units = {event.ended_units().begin(), event.ended_units().end()};
  record->caretaker = event.caretaker();
  return record;
}

absl::Status Put(db::Tx& tx, const db::Statement& statement, int64_t snapshot_id,
                 const registry::v1::Resource& resource, const std::string& body) {
  return tx.Exec(statement, {snapshot_id, resource.subject(), resource.version(), db::Blob{body}})
      .status();
}

}  // namespace

absl::Status ApplyResources(
    db::Tx& tx, int64_t snapshot_id,
    const google::protobuf::RepeatedPtrField<registry::v1::Resource>& resources) {
  bool units_changed = false;
  for (const registry::v1::Resource& resource : resources) {
    switch (resource.resource_case()) {
      case registry::v1::Resource::kUnit:
        RETURN_IF_ERROR(
            Put(tx, kPutUnit, snapshot_id, resource, resource.unit().SerializeAsString()));
        units_changed = true;
        break;
      case registry::v1::Resource::kCenter:
        RETURN_IF_ERROR(
            Put(tx, kPutCenter, snapshot_id, resource, resource.center().SerializeAsString()));
        break;
      case registry::v1::Resource::kTierModel:
        RETURN_IF_ERROR(Put(tx, kPutTierModel, snapshot_id, resource,
                            resource.tier_model().SerializeAsString()));
        break;
      case registry::v1::Resource::kChangeEvent:
        RETURN_IF_ERROR(Put(tx, kPutChange, snapshot_id, resource,
                            resource.change_event().SerializeAsString()));
        break;
      case registry::v1::Resource::kOpeningHours:
      case registry::v1::Resource::kInformationSystem:
      case registry::v1::Resource::kIncident:
      case registry::v1::Resource::kSuccessionReport:
        break;  // No decision of this service rests on them.
      case registry::v1::Resource::RESOURCE_NOT_SET:
        break;  // A kind that a newer registry has and this service does not use.
    }
  }
  if (units_changed) {
    // What is staged is counted when it is taken into use: nobody decides on it before.
    ASSIGN_OR_RETURN(const int64_t in_use, feed::SnapshotInUse(tx, kRegistrySource));
    if (snapshot_id == in_use) RETURN_IF_ERROR(CountUnitsChange(tx));
  }
  return CountChange(tx);
}

absl::Status KeepOnly(db::Tx& tx, int64_t snapshot_id) {
  for (const db::Statement& statement : {kKeepUnits, kKeepCenters, kKeepTierModels, kKeepChanges}) {
    RETURN_IF_ERROR(tx.Exec(statement, {snapshot_id}).status());
  }
  RETURN_IF_ERROR(CountUnitsChange(tx));
  return CountChange(tx);
}

absl::StatusOr<std::shared_ptr<const Register>> LoadRegister(db::Tx& tx, int64_t snapshot_id) {
  RegisterChanges all;
  ASSIGN_OR_RETURN(const db::Rows units, tx.Query(kLoadUnits, {snapshot_id}));
  all.units.reserve(units.size());
  registry::v1::UnitHistory history;
  for (const db::Row& row : units) {
    if (!history.ParseFromString(row.Bytes(1))) return Unreadable(row.Text(0));
    // A unit whose founding was taken back: its row only keeps older versions out.
    if (history.versions().empty()) continue;
    all.units.push_back(UnitOf(history));
  }
  ASSIGN_OR_RETURN(const db::Rows centers, tx.Query(kLoadCenters, {snapshot_id}));
  all.centers.reserve(centers.size());
  for (const db::Row& row : centers) {
    ASSIGN_OR_RETURN(auto center, CenterOf(row));
    all.centers.push_back(std::move(center));
  }
  ASSIGN_OR_RETURN(const db::Rows changes, tx.Query(kLoadChanges, {snapshot_id}));
  all.changes.reserve(changes.size());
  registry::v1::ChangeEvent event;
  for (const db::Row& row : changes) {
    if (!event.ParseFromString(row.Bytes(1))) return Unreadable(row.Text(0));
    all.changes.push_back(ChangeOf(event));
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
