// Tables of what belongs to centers and provinces besides units, centers and models themselves.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_OPERATIONS_MIGRATIONS_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_OPERATIONS_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::registry::store {

// The steps of the register behind those of migrations.h. Their rows hold for versions of their
// record, like those there, and are never deleted; center_override and system_heartbeat say
// themselves how they differ.
inline std::vector<db::Migration> OperationsMigrations() {
  return {
      {
          "registry",
          2,
          "centers and tier models that calls change, checklists, overrides, opening hours",
          {
              // Kind of the event that wrote the version, for streams that begin with a snapshot.
              "ALTER TABLE center_version ADD COLUMN change_kind TEXT NOT NULL"
              " DEFAULT 'center.imported'",
              "ALTER TABLE center_version ADD COLUMN act TEXT NOT NULL DEFAULT ''",
              "ALTER TABLE center_version ADD COLUMN successor_id TEXT NOT NULL DEFAULT ''",
              "ALTER TABLE tier_model ADD COLUMN origin BIGINT NOT NULL DEFAULT 1",
              // A change of a center reads the units of its province.
              "CREATE INDEX unit_version_by_province ON unit_version (province_code, "
              "until_version)",
              "CREATE TABLE center_readiness ("
              " province_code TEXT NOT NULL, center_id TEXT NOT NULL, item BIGINT NOT NULL,"
              " since_version BIGINT NOT NULL, until_version BIGINT NOT NULL, done_day BIGINT NOT "
              "NULL,"
              " note TEXT NOT NULL,"
              " PRIMARY KEY (province_code, center_id, item, since_version))",
              // Rules that a change was allowed to break. Rows are only added.
              "CREATE TABLE center_override ("
              " province_code TEXT NOT NULL, center_id TEXT NOT NULL, version BIGINT NOT NULL,"
              " rule TEXT NOT NULL, reason TEXT NOT NULL, effective_day BIGINT NOT NULL,"
              " PRIMARY KEY (province_code, center_id, version, rule))",
              // One row for each version of a record, also of one that has no week any more.
              "CREATE TABLE opening_record ("
              " province_code TEXT NOT NULL, center_id TEXT NOT NULL, since_version BIGINT NOT "
              "NULL,"
              " until_version BIGINT NOT NULL, change_kind TEXT NOT NULL,"
              " PRIMARY KEY (province_code, center_id, since_version))",
              "CREATE TABLE opening_week ("
              " province_code TEXT NOT NULL, center_id TEXT NOT NULL, first_day BIGINT NOT NULL,"
              " since_version BIGINT NOT NULL, until_version BIGINT NOT NULL, end_day BIGINT NOT "
              "NULL,"
              " week TEXT NOT NULL, act TEXT NOT NULL,"
              " PRIMARY KEY (province_code, center_id, first_day, since_version))",
              "CREATE TABLE opening_exception ("
              " province_code TEXT NOT NULL, center_id TEXT NOT NULL, exception_day BIGINT NOT "
              "NULL,"
              " since_version BIGINT NOT NULL, until_version BIGINT NOT NULL, intervals TEXT NOT "
              "NULL,"
              " note TEXT NOT NULL,"
              " PRIMARY KEY (province_code, center_id, exception_day, since_version))",
          },
      },
      {
          "registry",
          3,
          "information systems, their incidents and heartbeats",
          {
              "CREATE TABLE information_system ("
              " province_code TEXT NOT NULL, system_id TEXT NOT NULL, since_version BIGINT NOT "
              "NULL,"
              " until_version BIGINT NOT NULL, kind BIGINT NOT NULL, display_name TEXT NOT NULL,"
              " operator_name TEXT NOT NULL, operator_provisional BIGINT NOT NULL,"
              " silent_after_seconds BIGINT NOT NULL, down_after_seconds BIGINT NOT NULL,"
              " source TEXT NOT NULL, origin BIGINT NOT NULL, change_kind TEXT NOT NULL,"
              " PRIMARY KEY (province_code, system_id, since_version))",
              "CREATE TABLE incident ("
              " province_code TEXT NOT NULL, system_id TEXT NOT NULL, incident_id TEXT NOT NULL,"
              " since_version BIGINT NOT NULL, until_version BIGINT NOT NULL, title TEXT NOT NULL,"
              " description TEXT NOT NULL, severity BIGINT NOT NULL, owner TEXT NOT NULL,"
              " due_day BIGINT NOT NULL, opened_us BIGINT NOT NULL, resolved_us BIGINT,"
              " resolution TEXT NOT NULL, change_kind TEXT NOT NULL,"
              " PRIMARY KEY (province_code, system_id, incident_id, since_version))",
              // The last sign of life alone: no history, no event (docs/adr/0006).
              "CREATE TABLE system_heartbeat ("
              " province_code TEXT NOT NULL, system_id TEXT NOT NULL, heard_us BIGINT NOT NULL,"
              " PRIMARY KEY (province_code, system_id))",
          },
      }};
}

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_OPERATIONS_MIGRATIONS_H_
