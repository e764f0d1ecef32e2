// Tables of what is published by an act, beside the catalogue's.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_PROCEDURE_MIGRATIONS_H_
#define TWOTIER_SERVICES_ROUTING_STORE_PROCEDURE_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::routing::store {

inline std::vector<db::Migration> ProcedureMigrations() {
  return {{"routing_procedures",
           1,
           "versions of procedures published by acts, their endings, and cases of dossiers",
           {
               // What table procedure_version does not hold of a version that an act published;
               // `content` is a v1.ProcedureContent. A version without such a row was imported.
               "CREATE TABLE procedure_publication ("
               " province_code TEXT NOT NULL, code TEXT NOT NULL, version BIGINT NOT NULL,"
               " end_day BIGINT NOT NULL, act TEXT NOT NULL, content BYTEA NOT NULL,"
               " published_us BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, code, version))",
               // Numbered with the versions of the code.
               "CREATE TABLE procedure_end ("
               " province_code TEXT NOT NULL, code TEXT NOT NULL, version BIGINT NOT NULL,"
               " first_day BIGINT NOT NULL, act TEXT NOT NULL, written_us BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, code, version))",
               // Who publishes or submits looks at one code in all provinces.
               "CREATE INDEX procedure_version_by_code ON procedure_version (code)",
               "CREATE INDEX procedure_end_by_code ON procedure_end (code)",
               "ALTER TABLE dossier ADD COLUMN case_key TEXT NOT NULL DEFAULT ''",
           }}};
}

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_PROCEDURE_MIGRATIONS_H_
