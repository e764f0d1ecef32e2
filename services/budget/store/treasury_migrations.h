// Tables of the Treasury's statements. Released migrations are never edited.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_TREASURY_MIGRATIONS_H_
#define TWOTIER_SERVICES_BUDGET_STORE_TREASURY_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::budget::store {

inline std::vector<db::Migration> TreasuryMigrations() {
  return {{"budget_treasury",
           1,
           "statements of the Treasury, their lines and matches",
           {
               "CREATE TABLE treasury_statement ("
               " province_code TEXT NOT NULL,"
               " statement_id TEXT NOT NULL,"
               " unit TEXT NOT NULL,"
               " budget_year BIGINT NOT NULL,"
               " first_day BIGINT NOT NULL,"
               " last_day BIGINT NOT NULL,"
               " lines BIGINT NOT NULL,"
               " sha256 TEXT NOT NULL,"
               " imported_us BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, statement_id))",
               // A file is imported once.
               ("CREATE UNIQUE INDEX treasury_statement_by_unit ON treasury_statement"
                " (province_code, unit, budget_year, sha256)"),
               // A line is taken from the first statement that has it.
               "CREATE TABLE treasury_line ("
               " province_code TEXT NOT NULL,"
               " unit TEXT NOT NULL,"
               " line_id TEXT NOT NULL,"
               " budget_year BIGINT NOT NULL,"
               " statement_id TEXT NOT NULL,"
               " value_day BIGINT NOT NULL,"
               " direction BIGINT NOT NULL,"
               " amount_vnd BIGINT NOT NULL,"
               " reference TEXT NOT NULL,"
               " treasury_code TEXT NOT NULL,"
               " text TEXT NOT NULL,"
               " PRIMARY KEY (province_code, unit, line_id))",
               // What lines and entries are to each other. `line_id` is empty for an entry that was
               // explained alone; `journal` is empty, and `journal_line` 0, for such a line.
               "CREATE TABLE treasury_match ("
               " province_code TEXT NOT NULL,"
               " unit TEXT NOT NULL,"
               " budget_year BIGINT NOT NULL,"
               " line_id TEXT NOT NULL,"
               " book TEXT NOT NULL,"
               " journal TEXT NOT NULL,"
               " journal_line BIGINT NOT NULL,"
               " rule BIGINT NOT NULL,"
               " act TEXT NOT NULL,"
               " text TEXT NOT NULL,"
               " matched_us BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, unit, budget_year, line_id, book, journal,"
               " journal_line))",
               "CREATE UNIQUE INDEX treasury_match_of_line ON treasury_match"
               " (province_code, unit, line_id) WHERE line_id <> ''",
               "CREATE UNIQUE INDEX treasury_match_of_entry ON treasury_match"
               " (province_code, unit, book, journal, journal_line) WHERE journal <> ''",
           }}};
}

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_TREASURY_MIGRATIONS_H_
