// Tables of what a change of units does to plans, and of what became known of its edges later.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_PLANNED_MIGRATIONS_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_PLANNED_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::registry::store {

// Steps of their own behind those of change_migrations.h. Rows hold for versions of their record
// (migrations.h).
inline std::vector<db::Migration> PlannedMigrations() {
  return {{
      "registry_planned",
      1,
      "plans of centers that a change of units made fall, corrected edges of changes",
      {
          // What a center would be, as center_version tells what it is; `served_ids` one a line.
          "CREATE TABLE center_fallen ("
          " province_code TEXT NOT NULL, center_id TEXT NOT NULL, first_day BIGINT NOT NULL,"
          " since_version BIGINT NOT NULL, until_version BIGINT NOT NULL, end_day BIGINT NOT NULL,"
          " event_id TEXT NOT NULL, kind BIGINT NOT NULL, state BIGINT NOT NULL,"
          " display_name TEXT NOT NULL, unit_id TEXT NOT NULL, parent_id TEXT NOT NULL,"
          " organisation_id TEXT NOT NULL, organisation_id_provisional BIGINT NOT NULL,"
          " origin BIGINT NOT NULL, act TEXT NOT NULL, successor_id TEXT NOT NULL,"
          " served_ids TEXT NOT NULL,"
          " PRIMARY KEY (province_code, center_id, first_day, since_version))",
          // What an edge leads from and to never changes; shares and hamlets may become known.
          "CREATE TABLE change_edge_correction ("
          " event_id TEXT NOT NULL, ordinal BIGINT NOT NULL, since_version BIGINT NOT NULL,"
          " until_version BIGINT NOT NULL, relation BIGINT NOT NULL, population_ppm BIGINT,"
          " area_ppm BIGINT, hamlets TEXT NOT NULL,"
          " PRIMARY KEY (event_id, ordinal, since_version))",
      },
  }};
}

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_PLANNED_MIGRATIONS_H_
