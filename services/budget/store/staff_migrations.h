// Tables of what personnel tells. Released migrations are never edited.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_STAFF_MIGRATIONS_H_
#define TWOTIER_SERVICES_BUDGET_STORE_STAFF_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::budget::store {

inline std::vector<db::Migration> StaffMigrations() {
  return {{"budget_staff",
           1,
           "staff as personnel tells it",
           {
               // From `from_day` until the next row of the unit and kind. `told` 0: from then on
               // personnel tells nothing of it.
               "CREATE TABLE staff_figure ("
               " province_code TEXT NOT NULL,"
               " unit TEXT NOT NULL,"
               " quota_kind BIGINT NOT NULL,"
               " from_day BIGINT NOT NULL,"
               " told BIGINT NOT NULL,"
               " granted BIGINT NOT NULL,"
               " used BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, unit, quota_kind, from_day))",
               // Days on each of which personnel was heard, without a gap.
               "CREATE TABLE staff_heard ("
               " first_day BIGINT NOT NULL,"
               " last_day BIGINT NOT NULL,"
               " PRIMARY KEY (first_day))",
           }},
          {"budget_staff",
           2,
           "vacant places as personnel counts them",
           {
               // What a province had distributed was in its figures and cannot be told apart any
               // more: those days count as not heard.
               "DELETE FROM staff_figure",
               "DELETE FROM staff_heard",
               "ALTER TABLE staff_figure RENAME COLUMN granted TO vacant",
           }}};
}

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_STAFF_MIGRATIONS_H_
