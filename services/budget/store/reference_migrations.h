// Tables of the reference data and of the legal year's steps. Released migrations are never edited.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_REFERENCE_MIGRATIONS_H_
#define TWOTIER_SERVICES_BUDGET_STORE_REFERENCE_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::budget::store {

inline std::vector<db::Migration> ReferenceMigrations() {
  return {{"budget_reference",
           1,
           "reference data and steps of the legal year",
           {
               // Every import that changed something.
               "CREATE TABLE reference_import ("
               " version BIGINT NOT NULL PRIMARY KEY,"
               " imported_us BIGINT NOT NULL,"
               " chain_hash BYTEA NOT NULL)",
               // Files as they were imported, every version; small, and read whole.
               "CREATE TABLE reference_file ("
               " file_name TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " content TEXT NOT NULL,"
               " PRIMARY KEY (file_name, version))",
               // Files that were ever imported, by SHA-256 in hexadecimal: a start does not import
               // one again that a later import replaced.
               "CREATE TABLE reference_digest ("
               " sha256 TEXT NOT NULL PRIMARY KEY,"
               " imported_us BIGINT NOT NULL)",
               // What was done. A correction is a further version; `newest` is 1 for the last one.
               // `unit` is empty for the province itself, and for the nation in province 00.
               "CREATE TABLE budget_step ("
               " province_code TEXT NOT NULL,"
               " budget_year BIGINT NOT NULL,"
               " unit TEXT NOT NULL,"
               " step TEXT NOT NULL,"
               " occurrence BIGINT NOT NULL,"
               " version BIGINT NOT NULL,"
               " newest BIGINT NOT NULL,"
               " body BIGINT NOT NULL,"
               " done_day BIGINT NOT NULL,"
               " act TEXT NOT NULL,"
               " act_title TEXT NOT NULL,"
               " recorded_us BIGINT NOT NULL,"
               " chain_hash BYTEA NOT NULL,"
               " PRIMARY KEY (province_code, budget_year, unit, step, occurrence, version))",
           }}};
}

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_REFERENCE_MIGRATIONS_H_
