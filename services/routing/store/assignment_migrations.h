// Tables of who is competent, beside the catalogue's.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_ASSIGNMENT_MIGRATIONS_H_
#define TWOTIER_SERVICES_ROUTING_STORE_ASSIGNMENT_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::routing::store {

// A row was written by version since_version of its record and held until until_version
// (9223372036854775807: still holds); rows are never deleted. `province_code` is empty for what
// holds in the country.
inline std::vector<db::Migration> AssignmentMigrations() {
  return {{"routing_competence",
           1,
           "assignments of competence",
           {
               "CREATE TABLE assignment ("
               " province_code TEXT NOT NULL, assignment_id TEXT NOT NULL,"
               " since_version BIGINT NOT NULL, until_version BIGINT NOT NULL,"
               " procedure_code TEXT NOT NULL, basis BIGINT NOT NULL, level BIGINT NOT NULL,"
               " line BIGINT NOT NULL, body_title TEXT NOT NULL, territory TEXT NOT NULL,"
               " case_key TEXT NOT NULL, first_day BIGINT NOT NULL, end_day BIGINT NOT NULL,"
               " act TEXT NOT NULL, end_act TEXT NOT NULL, co_bodies TEXT NOT NULL,"
               " written_us BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, assignment_id, since_version))",
               // Who publishes one looks at those of its procedure.
               "CREATE INDEX assignment_by_procedure ON assignment (procedure_code)",
           }}};
}

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_ASSIGNMENT_MIGRATIONS_H_
