// What lists of work and the citizen's word need of the dossiers.
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
           }}};
}

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_IMPORT_MIGRATIONS_H_
