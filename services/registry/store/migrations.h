// Tables of the register.
#ifndef TWOTIER_SERVICES_REGISTRY_STORE_MIGRATIONS_H_
#define TWOTIER_SERVICES_REGISTRY_STORE_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::registry::store {

// Rows are bi-temporal. Valid time is [first_day, end_day) in days since 1970-01-01; 2932896
// (9999-12-31) is "no end". What the register believed when is told by the versions of the record:
// a row was written by version since_version and held until until_version (9223372036854775807:
// still holds). The feed's event (subject, version) carries the instant at which a version became
// known. A row is never deleted and, but for until_version, never changed. Published counts alone
// are overwritten: the feed's events of them hold what was stored when.
inline std::vector<db::Migration> Migrations() {
  return {{
      "registry",
      1,
      "units, centers, tier models and published counts",
      {
          "CREATE TABLE unit_version ("
          " unit_id TEXT NOT NULL, first_day BIGINT NOT NULL, since_version BIGINT NOT NULL,"
          " until_version BIGINT NOT NULL, end_day BIGINT NOT NULL, tier BIGINT NOT NULL,"
          " change_relation BIGINT NOT NULL, type BIGINT NOT NULL, code TEXT NOT NULL,"
          " full_name TEXT NOT NULL, short_name TEXT NOT NULL, parent_id TEXT NOT NULL,"
          " province_code TEXT NOT NULL, area_hectares BIGINT NOT NULL,"
          " area_quality BIGINT NOT NULL, population BIGINT, population_quality BIGINT NOT NULL,"
          " population_estimate BIGINT NOT NULL, latitude_micros BIGINT, longitude_micros BIGINT,"
          " act TEXT NOT NULL,"
          " PRIMARY KEY (unit_id, first_day, since_version))",
          "CREATE TABLE unit_succession ("
          " source_id TEXT NOT NULL, target_id TEXT NOT NULL, effective_day BIGINT NOT NULL,"
          " since_version BIGINT NOT NULL, until_version BIGINT NOT NULL, relation BIGINT NOT NULL,"
          " act TEXT NOT NULL, origin BIGINT NOT NULL,"
          " PRIMARY KEY (source_id, target_id, effective_day, since_version))",
          "CREATE TABLE center_version ("
          " province_code TEXT NOT NULL, center_id TEXT NOT NULL, first_day BIGINT NOT NULL,"
          " since_version BIGINT NOT NULL, until_version BIGINT NOT NULL, end_day BIGINT NOT NULL,"
          " kind BIGINT NOT NULL, state BIGINT NOT NULL, display_name TEXT NOT NULL,"
          " unit_id TEXT NOT NULL, parent_id TEXT NOT NULL, organisation_id TEXT NOT NULL,"
          " organisation_id_provisional BIGINT NOT NULL, origin BIGINT NOT NULL,"
          " PRIMARY KEY (province_code, center_id, first_day, since_version))",
          "CREATE TABLE center_unit ("
          " province_code TEXT NOT NULL, center_id TEXT NOT NULL, first_day BIGINT NOT NULL,"
          " unit_id TEXT NOT NULL, since_version BIGINT NOT NULL, until_version BIGINT NOT NULL,"
          " PRIMARY KEY (province_code, center_id, first_day, unit_id, since_version))",
          "CREATE TABLE tier_model ("
          " province_code TEXT NOT NULL, first_day BIGINT NOT NULL, since_version BIGINT NOT NULL,"
          " until_version BIGINT NOT NULL, end_day BIGINT NOT NULL, model BIGINT NOT NULL,"
          " commune_site BIGINT NOT NULL, source TEXT NOT NULL,"
          " PRIMARY KEY (province_code, first_day, since_version))",
          "CREATE TABLE published_count ("
          " count_day BIGINT NOT NULL, what TEXT NOT NULL, number BIGINT NOT NULL,"
          " binding BIGINT NOT NULL, source TEXT NOT NULL,"
          " PRIMARY KEY (count_day, what))",
          // Data sets that were imported, by SHA-256 in hexadecimal: a start does not import one
          // again.
          "CREATE TABLE data_import ("
          " sha256 TEXT NOT NULL PRIMARY KEY, imported_us BIGINT NOT NULL)",
      },
  }};
}

}  // namespace twotier::registry::store

#endif  // TWOTIER_SERVICES_REGISTRY_STORE_MIGRATIONS_H_
