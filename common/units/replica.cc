#include "common/units/replica.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/feed/follower_grpc.h"
#include "common/rpc/authn.h"
#include "common/status_macros.h"
#include "common/units/snapshot_state.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::units {
namespace {

// The newer version wins; an equal or older one touches no row.
constexpr db::Statement kPutUnit{
    "units_put_unit",
    "INSERT INTO replica_unit (snapshot_id, name, version, body) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (snapshot_id, name) DO UPDATE SET version = excluded.version,"
    " body = excluded.body WHERE replica_unit.version < excluded.version"};
constexpr db::Statement kPutChange{
    "units_put_change_event",
    "INSERT INTO replica_change_event (snapshot_id, name, version, body) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (snapshot_id, name) DO UPDATE SET version = excluded.version,"
    " body = excluded.body WHERE replica_change_event.version < excluded.version"};

constexpr db::Statement kKeepUnits{"units_keep_units",
                                   "DELETE FROM replica_unit WHERE snapshot_id <> $1"};
constexpr db::Statement kKeepChanges{"units_keep_change_events",
                                     "DELETE FROM replica_change_event WHERE snapshot_id <> $1"};

constexpr db::Statement kLoadUnits{"units_load_units",
                                   "SELECT name, body FROM replica_unit WHERE snapshot_id = $1"};
constexpr db::Statement kLoadChanges{
    "units_load_change_events",
    "SELECT name, body FROM replica_change_event WHERE snapshot_id = $1"};

std::shared_ptr<const UnitRecord> UnitOf(const registry::v1::UnitHistory& history) {
  auto record = std::make_shared<UnitRecord>();
  record->name = history.name();
  for (const registry::v1::Unit& unit : history.versions()) {
    UnitVersion& version = record->versions.emplace_back();
    version = {static_cast<Tier>(unit.tier()),
               unit.code(),
               unit.full_name(),
               unit.province_code(),
               unit.act().number(),
               RangeOf(unit.valid()),
               static_cast<UnitType>(unit.type())};
    if (unit.has_point()) version.point = {unit.point().latitude(), unit.point().longitude()};
    version.area_hectares = unit.area_hectares();
    if (unit.has_population()) version.population = unit.population();
  }
  for (const registry::v1::Succession& step : history.successions()) {
    UnitSuccessor& successor = record->successors.emplace_back();
    successor = {step.target(), DayOf(step.effective_date()), step.act().number()};
    if (step.has_population_ppm()) successor.population_ppm = step.population_ppm();
  }
  return record;
}

std::shared_ptr<const ChangeRecord> ChangeOf(const registry::v1::ChangeEvent& event) {
  auto record = std::make_shared<ChangeRecord>();
  record->name = event.name();
  record->effective = DayOf(event.effective_date());
  record->cancelled = !event.cancel_reason().empty();
  record->ended_units = {event.ended_units().begin(), event.ended_units().end()};
  record->caretaker = event.caretaker();
  record->act = event.act().number();
  const bool moves = std::find(event.kinds().begin(), event.kinds().end(),
                               registry::v1::CHANGE_KIND_REPARENT) != event.kinds().end();
  for (const registry::v1::Succession& edge : event.edges()) {
    if (moves && edge.source() == edge.target()) record->kept_units.push_back(edge.source());
  }
  return record;
}

// The stream of the registry at `target`, asked for by `principal`.
std::unique_ptr<feed::FollowedFeed> StreamOf(
    const std::string& target, const std::string& principal,
    std::function<absl::Status(db::Tx& tx, int64_t snapshot_id, const Resources& resources)>
        apply) {
  using Response = registry::v1::WatchChangesResponse;
  std::shared_ptr<registry::v1::RegistryService::Stub> stub =
      registry::v1::RegistryService::NewStub(feed::CreateFollowerChannel(target));
  return std::make_unique<feed::GrpcFeed<Response>>(
      [stub, principal](grpc::ClientContext* context, const std::string& token,
                        grpc::CompletionQueue* queue, void* tag) {
        context->AddMetadata(std::string(rpc::kPrincipalMetadata), principal);
        registry::v1::WatchChangesRequest request;
        request.set_resume_token(token);
        return stub->AsyncWatchChanges(context, request, queue, tag);
      },
      [apply = std::move(apply)](db::Tx& tx, int64_t snapshot_id, const Response& response) {
        return apply(tx, snapshot_id,
                     response.has_group() ? response.group().changes()
                                          : response.snapshot_part().resources());
      });
}

}  // namespace

std::vector<db::Migration> Migrations() {
  return {{"units",
           1,
           "copy of the registry's units",
           {
               // Records of the registry as its feed sends them; `body` is the serialized history.
               // A snapshot is staged under a new id while the one in use is still read.
               "CREATE TABLE replica_unit ("
               " snapshot_id BIGINT NOT NULL,"
               " name TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " body BYTEA NOT NULL,"
               " PRIMARY KEY (snapshot_id, name))",
               "CREATE TABLE replica_change_event ("
               " snapshot_id BIGINT NOT NULL,"
               " name TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " body BYTEA NOT NULL,"
               " PRIMARY KEY (snapshot_id, name))",
               // Row 1 counts every change of what the service holds in memory, row 2 those of
               // units.
               "CREATE TABLE snapshot_state ("
               " id BIGINT NOT NULL PRIMARY KEY,"
               " change BIGINT NOT NULL)",
               "INSERT INTO snapshot_state (id, change) VALUES (1, 0), (2, 0)",
           }}};
}

absl::Status Put(db::Tx& tx, const db::Statement& statement, int64_t snapshot_id,
                 const registry::v1::Resource& resource, const std::string& body) {
  return tx.Exec(statement, {snapshot_id, resource.subject(), resource.version(), db::Blob{body}})
      .status();
}

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

absl::Status Apply(db::Tx& tx, int64_t snapshot_id, const Resources& resources) {
  bool units_changed = false;
  for (const registry::v1::Resource& resource : resources) {
    if (resource.has_unit()) {
      RETURN_IF_ERROR(
          Put(tx, kPutUnit, snapshot_id, resource, resource.unit().SerializeAsString()));
      units_changed = true;
    } else if (resource.has_change_event()) {
      RETURN_IF_ERROR(
          Put(tx, kPutChange, snapshot_id, resource, resource.change_event().SerializeAsString()));
    }
  }
  if (!units_changed) return absl::OkStatus();
  // What is staged is counted when it is taken into use: nobody decides on it before.
  ASSIGN_OR_RETURN(const int64_t in_use, feed::SnapshotInUse(tx, kRegistrySource));
  return snapshot_id == in_use ? CountUnitsChange(tx) : absl::OkStatus();
}

absl::Status KeepOnly(db::Tx& tx, int64_t snapshot_id) {
  for (const db::Statement& statement : {kKeepUnits, kKeepChanges}) {
    RETURN_IF_ERROR(tx.Exec(statement, {snapshot_id}).status());
  }
  return CountUnitsChange(tx);
}

absl::StatusOr<UnitChanges> LoadAll(db::Tx& tx, int64_t snapshot_id) {
  UnitChanges all;
  ASSIGN_OR_RETURN(const db::Rows units, tx.Query(kLoadUnits, {snapshot_id}));
  all.units.reserve(units.size());
  registry::v1::UnitHistory history;
  for (const db::Row& row : units) {
    if (!history.ParseFromString(row.Bytes(1))) return Unreadable(row.Text(0));
    // A unit whose founding was taken back: its row only keeps older versions out.
    if (history.versions().empty()) continue;
    all.units.push_back(UnitOf(history));
  }
  ASSIGN_OR_RETURN(const db::Rows changes, tx.Query(kLoadChanges, {snapshot_id}));
  all.changes.reserve(changes.size());
  registry::v1::ChangeEvent event;
  for (const db::Row& row : changes) {
    if (!event.ParseFromString(row.Bytes(1))) return Unreadable(row.Text(0));
    all.changes.push_back(ChangeOf(event));
  }
  return all;
}

absl::Status ApplyAlone(db::Tx& tx, int64_t snapshot_id, const Resources& resources) {
  RETURN_IF_ERROR(Apply(tx, snapshot_id, resources));
  return CountChange(tx);
}

absl::Status KeepAlone(db::Tx& tx, int64_t snapshot_id) {
  RETURN_IF_ERROR(KeepOnly(tx, snapshot_id));
  return CountChange(tx);
}

std::function<std::unique_ptr<feed::Follower>(std::function<void()> applied)> Following(
    FollowingParts parts) {
  return [parts = std::move(parts)](std::function<void()> applied) {
    feed::FollowerOptions options;
    options.source = std::string(kRegistrySource);
    options.metrics = parts.metrics;
    return std::make_unique<feed::Follower>(
        parts.database, parts.clock, StreamOf(parts.target, parts.principal, parts.apply),
        feed::FollowerSink{parts.keep, std::move(applied)}, std::move(options));
  };
}

}  // namespace twotier::units
