// What lists of work, the citizen's word and dossiers of other systems need.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_IMPORT_MIGRATIONS_H_
#define TWOTIER_SERVICES_ROUTING_STORE_IMPORT_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::routing::store {

// The indexes hold dossiers that are accepted and not processed: a submission writes to none of
// them.
inline std::vector<db::Migration> ImportMigrations() {
  return {{"routing_import",
           1,
           "work of a body, dossiers sent back more than once, ratings and owning systems",
           {
               "CREATE INDEX dossier_by_body_due ON dossier"
               " (province_code, body_unit, open_due_us, code) WHERE open_due_us > 0",
               "CREATE INDEX dossier_sent_back_by_due ON dossier (province_code, open_due_us, code)"
               " WHERE open_due_us > 0 AND supplement_requests > 1",
               "ALTER TABLE dossier ADD COLUMN satisfaction BIGINT NOT NULL DEFAULT 0",
               "ALTER TABLE dossier ADD COLUMN owning_system TEXT NOT NULL DEFAULT ''",
           }},
          {"routing_import",
           2,
           "dossiers that came from another system",
           {
               "ALTER TABLE dossier ADD COLUMN external_code TEXT NOT NULL DEFAULT ''",
               "ALTER TABLE dossier ADD COLUMN source_due_us BIGINT",
               // A table and no index of the dossiers: a submission has no external code. The key
               // is the code with its organisation id from left to right.
               "CREATE TABLE imported_dossier ("
               " province_code TEXT NOT NULL, external_key TEXT NOT NULL, code TEXT NOT NULL,"
               " PRIMARY KEY (province_code, external_key))",
           }},
          {"routing_import",
           3,
           "what a dossier tells of its account and of who helped",
           {
               "ALTER TABLE dossier ADD COLUMN account_verified BIGINT NOT NULL DEFAULT 0",
               "ALTER TABLE dossier ADD COLUMN support_center TEXT NOT NULL DEFAULT ''",
               "UPDATE dossier SET account_verified = 1 WHERE EXISTS (SELECT 1 FROM applicant a"
               " WHERE a.province_code = dossier.province_code"
               " AND a.applicant_ref = dossier.applicant_ref AND a.account_verified = 1)",
           }},
          {"routing_import",
           4,
           "codes of other systems, each with the system that gave it",
           {
               // Empty: it was imported before this table said so; its first entry does.
               "CREATE TABLE imported_code ("
               " province_code TEXT NOT NULL, external_key TEXT NOT NULL,"
               " source_system TEXT NOT NULL, code TEXT NOT NULL,"
               " PRIMARY KEY (province_code, external_key, source_system))",
               "INSERT INTO imported_code (province_code, external_key, source_system, code)"
               " SELECT province_code, external_key, '', code FROM imported_dossier",
               "DROP TABLE imported_dossier",
           }}};
}

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_IMPORT_MIGRATIONS_H_
