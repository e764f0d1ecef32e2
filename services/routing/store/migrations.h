// Tables of routing. A published step is never edited; what comes later is a further step.
//
// Everything that grows with dossiers begins its primary key with `province_code`, the distribution
// column. The applicant's personal data stand in table `applicant` and nowhere else: the dossier
// holds a reference and a salted digest.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_MIGRATIONS_H_
#define TWOTIER_SERVICES_ROUTING_STORE_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::routing::store {

inline std::vector<db::Migration> Migrations() {
  return {{"routing",
           1,
           "replica, catalogue and dossiers",
           {
               // Records of the registry as its feed sends them; `body` is the serialized history.
               // A snapshot is staged under a new id while the one in use is still read.
               "CREATE TABLE replica_unit ("
               " snapshot_id BIGINT NOT NULL,"
               " name TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " body BYTEA NOT NULL,"
               " PRIMARY KEY (snapshot_id, name))",
               "CREATE TABLE replica_center ("
               " snapshot_id BIGINT NOT NULL,"
               " name TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " body BYTEA NOT NULL,"
               " PRIMARY KEY (snapshot_id, name))",
               "CREATE TABLE replica_tier_model ("
               " snapshot_id BIGINT NOT NULL,"
               " name TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " body BYTEA NOT NULL,"
               " PRIMARY KEY (snapshot_id, name))",
               // One row, counted up with every change of what the service holds in memory:
               // replica, catalogue, calendar.
               "CREATE TABLE snapshot_state ("
               " id BIGINT NOT NULL PRIMARY KEY,"
               " change BIGINT NOT NULL)",
               "INSERT INTO snapshot_state (id, change) VALUES (1, 0)",

               // Catalogue. `province_code` is empty for national procedures.
               "CREATE TABLE procedure_version ("
               " province_code TEXT NOT NULL,"
               " code TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " display_name TEXT NOT NULL,"
               " field TEXT NOT NULL,"
               " ministry TEXT NOT NULL,"
               " level BIGINT NOT NULL,"
               " line BIGINT NOT NULL,"
               " body_title TEXT NOT NULL,"
               " former_level TEXT NOT NULL,"
               " proven BIGINT NOT NULL,"
               " term_value BIGINT,"  // NULL: the term is not known.
               " term_half BIGINT NOT NULL,"
               " term_unit BIGINT NOT NULL,"
               " cutoff_minute BIGINT,"
               " term_cases TEXT NOT NULL,"
               " fee_vnd BIGINT,"  // NULL: not known, which is not 0.
               " online_level TEXT NOT NULL,"
               " boundary BIGINT NOT NULL,"
               " acts TEXT NOT NULL,"
               " decentralisation_acts TEXT NOT NULL,"
               " known_from_day BIGINT NOT NULL,"
               " imported_us BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, code, version))",
               // One row: what the next event of the subject `catalogue` chains to.
               "CREATE TABLE catalogue_head ("
               " id BIGINT NOT NULL PRIMARY KEY,"
               " version BIGINT NOT NULL,"
               " chain_hash BYTEA NOT NULL)",
               // The working-day calendar as it was imported, every version.
               "CREATE TABLE calendar_version ("
               " version BIGINT NOT NULL PRIMARY KEY,"
               " content TEXT NOT NULL,"
               " imported_us BIGINT NOT NULL)",

               // Number of the day, one row a center and day; the number is taken in the submitting
               // transaction.
               "CREATE TABLE dossier_counter ("
               " province_code TEXT NOT NULL,"
               " center TEXT NOT NULL,"
               " day BIGINT NOT NULL,"
               " last BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, center, day))",
               "CREATE TABLE dossier ("
               " province_code TEXT NOT NULL,"
               " code TEXT NOT NULL,"
               " state BIGINT NOT NULL,"
               " procedure_code TEXT NOT NULL,"
               " procedure_version BIGINT NOT NULL,"
               " unit TEXT NOT NULL,"
               " center TEXT NOT NULL,"
               " return_center TEXT NOT NULL,"
               " body_unit TEXT NOT NULL,"
               " body_unit_full_name TEXT NOT NULL,"
               " body_level BIGINT NOT NULL,"
               " body_line BIGINT NOT NULL,"
               " body_title TEXT NOT NULL,"
               " channel BIGINT NOT NULL,"
               " applicant_kind BIGINT NOT NULL,"
               " applicant_ref TEXT NOT NULL,"
               " applicant_digest BYTEA NOT NULL,"
               " components BYTEA NOT NULL,"
               " term_value BIGINT NOT NULL,"
               " term_half BIGINT NOT NULL,"
               " term_unit BIGINT NOT NULL,"
               " cutoff_minute BIGINT,"
               " submit_us BIGINT NOT NULL,"
               " accept_us BIGINT,"
               " due_us BIGINT,"
               " due_provisional BIGINT NOT NULL,"
               " open_due_us BIGINT NOT NULL,"  // Due time while it is accepted and not processed,
                                                // else 0.
               " process_us BIGINT,"
               " return_us BIGINT,"
               " supplement_requests BIGINT NOT NULL,"
               " supplement_us BIGINT,"  // Of the request that is open.
               " result_id TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " chain_hash BYTEA NOT NULL,"
               " PRIMARY KEY (province_code, code))",
               "CREATE INDEX dossier_by_center ON dossier (province_code, center, code)",
               "CREATE INDEX dossier_by_due ON dossier (province_code, open_due_us, code)"
               " WHERE open_due_us > 0",
               "CREATE INDEX dossier_by_center_due ON dossier"
               " (province_code, center, open_due_us, code) WHERE open_due_us > 0",
               "CREATE TABLE applicant ("
               " province_code TEXT NOT NULL,"
               " applicant_ref TEXT NOT NULL,"
               " kind BIGINT NOT NULL,"
               " full_name TEXT NOT NULL,"
               " identity_number TEXT NOT NULL,"
               " phone TEXT NOT NULL,"
               " address TEXT NOT NULL,"
               " account_verified BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, applicant_ref))",
           }},
          {"routing",
           2,
           "imported files, and a number for changes of units",
           {
               // Catalogue files that were ever imported, by SHA-256 in hexadecimal: a start does
               // not import one again that a later import replaced.
               "CREATE TABLE imported_file ("
               " sha256 TEXT NOT NULL PRIMARY KEY,"
               " imported_us BIGINT NOT NULL)",
               // Row 1 counts every change, this one those of units.
               "INSERT INTO snapshot_state (id, change) VALUES (2, 0)",
           }},
          {"routing",
           3,
           "dossiers of a center are listed by their codes",
           {
               // Organisation ids under which a center has numbered dossiers; the codes begin with
               // them. Some rows a center, where an index had one a dossier.
               "CREATE TABLE center_organisation ("
               " province_code TEXT NOT NULL,"
               " center TEXT NOT NULL,"
               " organisation_id TEXT NOT NULL,"
               " PRIMARY KEY (province_code, center, organisation_id))",
               // A code without `-{yymmdd}-{number}`. RTRIM is no part of the subset of
               // docs/sql.md; both engines have this form of it.
               "INSERT INTO center_organisation (province_code, center, organisation_id)"
               " SELECT DISTINCT province_code, center,"
               " RTRIM(RTRIM(RTRIM(RTRIM(code, '0123456789'), '-'), '0123456789'), '-')"
               " FROM dossier",
               "DROP INDEX dossier_by_center",
           }}};
}

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_MIGRATIONS_H_
