// Table of what contingencies are held against. Released migrations are never edited.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_CONTINGENCY_MIGRATIONS_H_
#define TWOTIER_SERVICES_BUDGET_STORE_CONTINGENCY_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::budget::store {

inline std::vector<db::Migration> ContingencyMigrations() {
  return {{"budget_contingency",
           1,
           "what contingencies are held against",
           {
               // What the statements of a unit's accounts of a year add up to, under the account of
               // its contingency. No row: nobody has added them up yet.
               "CREATE TABLE budget_contingency ("
               " province_code TEXT NOT NULL,"
               " account_id TEXT NOT NULL,"
               " level BIGINT NOT NULL,"
               " set_vnd BIGINT NOT NULL,"
               // Each is below 0 where more went than came.
               " expenditure_vnd BIGINT NOT NULL,"
               " balancing_paid_out_vnd BIGINT NOT NULL,"
               " targeted_received_vnd BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, account_id))",
           }}};
}

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_CONTINGENCY_MIGRATIONS_H_
