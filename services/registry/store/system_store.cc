#include "services/registry/store/system_store.h"

#include <utility>

#include "common/status_macros.h"
#include "services/registry/store/rows.h"

namespace twotier::registry::store {
namespace {

// The parameters of a place behind the provinces are empty for "all".
constexpr db::Statement kLoadSystems{
    "registry_load_information_systems",
    "SELECT province_code, system_id, since_version, kind, display_name, operator_name,"
    " operator_provisional, silent_after_seconds, down_after_seconds, source, origin, change_kind"
    " FROM information_system" TWOTIER_HELD_IN_PROVINCES
    " AND ($4 = '' OR system_id = $4)"
    " ORDER BY province_code, system_id"};

constexpr db::Statement kInsertSystem{
    "registry_insert_information_system",
    "INSERT INTO information_system (province_code, system_id, since_version, until_version, kind,"
    " display_name, operator_name, operator_provisional, silent_after_seconds, down_after_seconds,"
    " source, origin, change_kind)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};

constexpr db::Statement kEndSystem{
    "registry_end_information_system",
    "UPDATE information_system SET until_version = $1"
    " WHERE province_code = $2 AND system_id = $3 AND until_version = $4"};

constexpr db::Statement kLoadIncidents{
    "registry_load_incidents",
    "SELECT province_code, system_id, incident_id, since_version, title, description, severity,"
    " owner, due_day, opened_us, resolved_us, resolution, change_kind FROM "
    "incident" TWOTIER_HELD_IN_PROVINCES
    " AND ($4 = '' OR (system_id = $4 AND incident_id = $5))"
    " ORDER BY province_code, system_id, incident_id"};

constexpr db::Statement kInsertIncident{
    "registry_insert_incident",
    "INSERT INTO incident (province_code, system_id, incident_id, since_version, until_version,"
    " title, description, severity, owner, due_day, opened_us, resolved_us, resolution,"
    " change_kind) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"};

constexpr db::Statement kEndIncident{
    "registry_end_incident",
    "UPDATE incident SET until_version = $1 WHERE province_code = $2 AND system_id = $3"
    " AND incident_id = $4 AND until_version = $5"};

constexpr db::Statement kLoadHeartbeats{
    "registry_load_heartbeats",
    "SELECT province_code, system_id, heard_us FROM system_heartbeat"
    " ORDER BY province_code, system_id"};

constexpr db::Statement kWriteHeartbeat{
    "registry_write_heartbeat",
    "INSERT INTO system_heartbeat (province_code, system_id, heard_us) VALUES ($1, $2, $3)"
    " ON CONFLICT (province_code, system_id) DO UPDATE SET heard_us = excluded.heard_us"
    " WHERE system_heartbeat.heard_us < excluded.heard_us"};

InformationSystem ReadSystem(const db::Row& row) {
  InformationSystem system;
  system.province_code = row.Text(0);
  system.id = row.Text(1);
  system.version = row.Int(2);
  system.kind = static_cast<SystemKind>(row.Int(3));
  system.display_name = row.Text(4);
  system.operator_name = row.Text(5);
  system.operator_provisional = row.Bool(6);
  system.silent_after_seconds = row.Int(7);
  system.down_after_seconds = row.Int(8);
  system.source = row.Text(9);
  system.origin = static_cast<Origin>(row.Int(10));
  system.last_change = row.Text(11);
  return system;
}

Incident ReadIncident(const db::Row& row) {
  Incident incident;
  incident.province_code = row.Text(0);
  incident.system_id = row.Text(1);
  incident.id = row.Text(2);
  incident.version = row.Int(3);
  incident.title = row.Text(4);
  incident.description = row.Text(5);
  incident.severity = static_cast<IncidentSeverity>(row.Int(6));
  incident.owner = row.Text(7);
  incident.due = ToDay(row.Int(8));
  incident.opened = absl::FromUnixMicros(row.Int(9));
  if (!row.IsNull(10)) incident.resolved = absl::FromUnixMicros(row.Int(10));
  incident.resolution = row.Text(11);
  incident.last_change = row.Text(12);
  return incident;
}

}  // namespace

absl::StatusOr<std::vector<InformationSystem>> LoadSystems(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoadSystems, {kStillHolds, "", LastProvince(""), ""}));
  std::vector<InformationSystem> systems;
  for (const db::Row& row : rows) systems.push_back(ReadSystem(row));
  return systems;
}

absl::StatusOr<std::optional<InformationSystem>> LoadSystem(db::Tx& tx,
                                                            absl::string_view province_code,
                                                            absl::string_view id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadSystems, {kStillHolds, province_code,
                                                                LastProvince(province_code), id}));
  if (rows.empty()) return std::optional<InformationSystem>();
  return std::optional<InformationSystem>(ReadSystem(rows[0]));
}

absl::Status WriteSystem(db::Tx& tx, const InformationSystem& system) {
  if (system.version > 1) {
    RETURN_IF_ERROR(
        tx.Exec(kEndSystem, {system.version, system.province_code, system.id, kStillHolds})
            .status());
  }
  return tx.Write(
      kInsertSystem,
      {system.province_code, system.id, system.version, kStillHolds,
       static_cast<int64_t>(system.kind), system.display_name, system.operator_name,
       system.operator_provisional, system.silent_after_seconds, system.down_after_seconds,
       system.source, static_cast<int64_t>(system.origin), system.last_change});
}

absl::StatusOr<std::vector<Incident>> LoadIncidents(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoadIncidents, {kStillHolds, "", LastProvince(""), "", ""}));
  std::vector<Incident> incidents;
  for (const db::Row& row : rows) incidents.push_back(ReadIncident(row));
  return incidents;
}

absl::StatusOr<std::optional<Incident>> LoadIncident(db::Tx& tx, absl::string_view province_code,
                                                     absl::string_view system_id,
                                                     absl::string_view id) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoadIncidents, {kStillHolds, province_code,
                                             LastProvince(province_code), system_id, id}));
  if (rows.empty()) return std::optional<Incident>();
  return std::optional<Incident>(ReadIncident(rows[0]));
}

absl::Status WriteIncident(db::Tx& tx, const Incident& incident) {
  if (incident.version > 1) {
    RETURN_IF_ERROR(tx.Exec(kEndIncident, {incident.version, incident.province_code,
                                           incident.system_id, incident.id, kStillHolds})
                        .status());
  }
  std::optional<int64_t> resolved_us;
  if (incident.resolved) resolved_us = absl::ToUnixMicros(*incident.resolved);
  return tx.Write(
      kInsertIncident,
      {incident.province_code, incident.system_id, incident.id, incident.version, kStillHolds,
       incident.title, incident.description, static_cast<int64_t>(incident.severity),
       incident.owner, ToColumn(incident.due), absl::ToUnixMicros(incident.opened), resolved_us,
       incident.resolution, incident.last_change});
}

absl::StatusOr<std::vector<Heartbeat>> LoadHeartbeats(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadHeartbeats, db::Values()));
  std::vector<Heartbeat> heartbeats;
  for (const db::Row& row : rows) {
    heartbeats.push_back({row.Text(0), row.Text(1), absl::FromUnixMicros(row.Int(2))});
  }
  return heartbeats;
}

absl::Status WriteHeartbeat(db::Tx& tx, const Heartbeat& heartbeat) {
  return tx
      .Exec(kWriteHeartbeat,
            {heartbeat.province_code, heartbeat.system_id, absl::ToUnixMicros(heartbeat.heard)})
      .status();
}

}  // namespace twotier::registry::store
