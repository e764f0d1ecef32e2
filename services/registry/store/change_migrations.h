// Tables of changes of units by law.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_CHANGE_MIGRATIONS_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_CHANGE_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::registry::store {

// The step of the register behind those of operations_migrations.h. Rows hold for versions of their
// record (migrations.h) but for change_edge: what an event leads from and to never changes.
inline std::vector<db::Migration> ChangeMigrations() {
  return {{
      "registry",
      4,
      "change events, shares of divided units, reports of succession",
      {
          // Kind of the event that wrote the version.
          "ALTER TABLE unit_version ADD COLUMN change_kind TEXT NOT NULL"
          " DEFAULT 'unit.imported'",
          // Parts per million; NULL: not known. Hamlets one a line.
          "ALTER TABLE unit_succession ADD COLUMN population_ppm BIGINT",
          "ALTER TABLE unit_succession ADD COLUMN area_ppm BIGINT",
          "ALTER TABLE unit_succession ADD COLUMN hamlets TEXT NOT NULL DEFAULT ''",
          // `kinds`: the numbers of the contract, separated by commas.
          "CREATE TABLE change_event ("
          " event_id TEXT NOT NULL, since_version BIGINT NOT NULL, until_version BIGINT NOT NULL,"
          " effective_day BIGINT NOT NULL, act TEXT NOT NULL, kinds TEXT NOT NULL,"
          " caretaker_id TEXT NOT NULL, cancelled BIGINT NOT NULL, cancel_reason TEXT NOT NULL,"
          " PRIMARY KEY (event_id, since_version))",
          "CREATE TABLE change_edge ("
          " event_id TEXT NOT NULL, ordinal BIGINT NOT NULL, source_id TEXT NOT NULL,"
          " target_id TEXT NOT NULL, target_founded BIGINT NOT NULL, relation BIGINT NOT NULL,"
          " population_ppm BIGINT, area_ppm BIGINT, hamlets TEXT NOT NULL,"
          " PRIMARY KEY (event_id, ordinal))",
          "CREATE TABLE succession_report ("
          " event_id TEXT NOT NULL, service TEXT NOT NULL, since_version BIGINT NOT NULL,"
          " until_version BIGINT NOT NULL, open_count BIGINT NOT NULL,"
          " planned_count BIGINT NOT NULL, unplanned_items TEXT NOT NULL, principal TEXT NOT NULL,"
          " reported_us BIGINT NOT NULL,"
          " PRIMARY KEY (event_id, service, since_version))",
      },
  }};
}

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_CHANGE_MIGRATIONS_H_
