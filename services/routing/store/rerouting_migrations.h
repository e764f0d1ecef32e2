// Tables of how open dossiers go on when units, centers or the calendar change.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_REROUTING_MIGRATIONS_H_
#define TWOTIER_SERVICES_ROUTING_STORE_REROUTING_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::routing::store {

inline std::vector<db::Migration> ReroutingMigrations() {
  return {{"routing_reroute",
           1,
           "changes of units, and dossiers re-routed for them",
           {
               "CREATE TABLE replica_change_event ("
               " snapshot_id BIGINT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL,"
               " body BYTEA NOT NULL,"
               " PRIMARY KEY (snapshot_id, name))",
               // A replica of before has none: the follower takes a whole snapshot, while what is
               // there answers. SUBSTR is no part of the subset of docs/sql.md; both engines have
               // this form of it, and write an empty BYTEA in no common other one.
               "UPDATE follower_position SET token = SUBSTR(token, 1, 0)"
               " WHERE source = 'registry'",
               // Dossiers that were re-routed because this event ended their unit.
               "CREATE TABLE dossier_rerouting ("
               " province_code TEXT NOT NULL, change_event TEXT NOT NULL, code TEXT NOT NULL,"
               " PRIMARY KEY (province_code, change_event, code))",
           }},
          {"routing_reroute",
           2,
           "due dates on days that are not decided",
           {
               // Few dossiers have one; a submission writes nothing here.
               "CREATE INDEX dossier_by_provisional ON dossier (province_code, code)"
               " WHERE due_provisional = 1 AND open_due_us > 0",
               // Up to which dossier due dates were computed again for a version of the calendar,
               // and in which pass.
               "CREATE TABLE calendar_mark ("
               " province_code TEXT NOT NULL PRIMARY KEY, calendar_version BIGINT NOT NULL,"
               " pass BIGINT NOT NULL, code TEXT NOT NULL)",
           }},
          {"routing_reroute",
           3,
           "where a dossier was received",
           {
               // Empty: where it still is. A submission writes nothing here.
               "ALTER TABLE dossier ADD COLUMN received_center TEXT NOT NULL DEFAULT ''",
           }},
          {"routing_reroute",
           4,
           "provinces whose dossiers lie in another one",
           {
               // Some rows for each merger of provinces: what a list of the other one asks too.
               "CREATE TABLE hosted_province ("
               " host_code TEXT NOT NULL, province_code TEXT NOT NULL,"
               " PRIMARY KEY (host_code, province_code))",
           }},
          {"routing_reroute",
           5,
           "what another agency has",
           {
               "CREATE INDEX dossier_by_forwarding ON dossier (province_code, code)"
               " WHERE answer_by_us > 0 AND agency_unit <> ''",
           }}};
}

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_REROUTING_MIGRATIONS_H_
