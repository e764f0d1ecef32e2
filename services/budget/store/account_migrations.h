// Tables of accounts and journals. Released migrations are never edited.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_ACCOUNT_MIGRATIONS_H_
#define TWOTIER_SERVICES_BUDGET_STORE_ACCOUNT_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::budget::store {

inline std::vector<db::Migration> AccountMigrations() {
  return {{"budget_accounts",
           1,
           "accounts and closed periods",
           {
               // `account_id` says what the columns from `unit` to `purpose` say; they are there to
               // be selected by.
               "CREATE TABLE budget_account ("
               " province_code TEXT NOT NULL,"
               " account_id TEXT NOT NULL,"
               " unit TEXT NOT NULL,"
               " year BIGINT NOT NULL,"
               " stage BIGINT NOT NULL,"
               " chapter TEXT NOT NULL,"
               " item TEXT NOT NULL,"
               " sub_item TEXT NOT NULL,"
               " source TEXT NOT NULL,"
               " purpose TEXT NOT NULL,"
               " close_act TEXT NOT NULL,"  // Empty: it is open.
               " open_us BIGINT NOT NULL,"
               " version BIGINT NOT NULL,"
               " chain_hash BYTEA NOT NULL,"
               " PRIMARY KEY (province_code, account_id))",
               "CREATE INDEX budget_account_by_unit ON budget_account"
               " (province_code, unit, year, stage)",
               "CREATE TABLE budget_period ("
               " province_code TEXT NOT NULL,"
               " year BIGINT NOT NULL,"
               " through_day BIGINT NOT NULL,"  // The last one on which nothing is entered.
               " act TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " chain_hash BYTEA NOT NULL,"
               " PRIMARY KEY (province_code, year))",
           }},
          {"budget_accounts",
           2,
           "ledgers of a unit",
           {
               // A unit that went over to another province has accounts in several.
               "CREATE INDEX budget_account_of_unit ON budget_account (unit, province_code)",
           }}};
}

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_ACCOUNT_MIGRATIONS_H_
