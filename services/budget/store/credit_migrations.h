// Tables of credit lines and of closed budget years. Released migrations are never edited.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_CREDIT_MIGRATIONS_H_
#define TWOTIER_SERVICES_BUDGET_STORE_CREDIT_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::budget::store {

inline std::vector<db::Migration> CreditMigrations() {
  return {{"budget_credit",
           1,
           "credit lines and closed budget years",
           {
               // Amounts that can still be drawn stand in the ledger; here is what was.
               "CREATE TABLE credit_line ("
               " province_code TEXT NOT NULL,"
               " credit_id TEXT NOT NULL,"
               " unit TEXT NOT NULL,"
               " budget_year BIGINT NOT NULL,"
               " kind BIGINT NOT NULL,"
               " month BIGINT NOT NULL,"
               " limit_vnd BIGINT NOT NULL,"
               " legal_max_vnd BIGINT NOT NULL,"
               " drawn_vnd BIGINT NOT NULL,"
               " repaid_vnd BIGINT NOT NULL,"
               " last_day BIGINT NOT NULL,"
               " account_id TEXT NOT NULL,"
               " source_account_id TEXT NOT NULL,"  // Whence it was filled; same province.
               " closed BIGINT NOT NULL,"
               " act TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " chain_hash BYTEA NOT NULL,"
               " CHECK (repaid_vnd >= 0 AND repaid_vnd <= drawn_vnd AND drawn_vnd <= limit_vnd),"
               " PRIMARY KEY (province_code, credit_id))",
               "CREATE INDEX credit_line_by_year ON credit_line"
               " (province_code, budget_year, credit_id)",
               // Journals that closed parts of a year of a unit, in the order of `ordinal`.
               "CREATE TABLE year_close ("
               " province_code TEXT NOT NULL,"
               " unit TEXT NOT NULL,"
               " budget_year BIGINT NOT NULL,"
               " ordinal BIGINT NOT NULL,"
               " journal TEXT NOT NULL,"  // Empty: nothing was left in its accounts.
               " act TEXT NOT NULL,"
               " reopened_by TEXT NOT NULL,"  // Act that undid it; empty: it stands.
               " closed_us BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, unit, budget_year, ordinal))",
               // The accounts that each of them settled and closed.
               "CREATE TABLE year_close_account ("
               " province_code TEXT NOT NULL,"
               " unit TEXT NOT NULL,"
               " budget_year BIGINT NOT NULL,"
               " ordinal BIGINT NOT NULL,"
               " account_id TEXT NOT NULL,"
               " PRIMARY KEY (province_code, unit, budget_year, ordinal, account_id))",
           }},
          {"budget_credit",
           2,
           "credit lines of units that ended",
           {
               "ALTER TABLE credit_line ADD COLUMN moved BIGINT NOT NULL DEFAULT 0",
               "CREATE INDEX credit_line_by_unit ON credit_line (province_code, unit, credit_id)",
           }}};
}

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_CREDIT_MIGRATIONS_H_
