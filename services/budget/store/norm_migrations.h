// Tables of norm sets and allocation runs. Released migrations are never edited.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_NORM_MIGRATIONS_H_
#define TWOTIER_SERVICES_BUDGET_STORE_NORM_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::budget::store {

inline std::vector<db::Migration> NormMigrations() {
  return {{"budget_norms",
           1,
           "norm sets and allocation runs",
           {
               // `content` is what was published, `head` its title, act, years and recipients.
               "CREATE TABLE norm_set ("
               " province_code TEXT NOT NULL,"
               " norm_set_id TEXT NOT NULL,"
               " version BIGINT NOT NULL,"
               " content BYTEA NOT NULL,"
               " head BYTEA NOT NULL,"
               " publisher TEXT NOT NULL,"
               " publish_us BIGINT NOT NULL,"
               " chain_hash BYTEA NOT NULL,"
               " PRIMARY KEY (province_code, norm_set_id, version))",
               "CREATE TABLE allocation_run ("
               " province_code TEXT NOT NULL,"
               " run_id TEXT NOT NULL,"
               " norm_set TEXT NOT NULL,"
               " norm_set_version BIGINT NOT NULL,"
               " year BIGINT NOT NULL,"
               " as_of_day BIGINT NOT NULL,"
               " state BIGINT NOT NULL,"
               " units BIGINT NOT NULL,"
               " total_vnd BIGINT NOT NULL,"
               " assumed_inputs BIGINT NOT NULL,"
               " inputs_sha256 TEXT NOT NULL,"
               " creator TEXT NOT NULL,"
               " create_us BIGINT NOT NULL,"
               " approver TEXT NOT NULL,"
               " approval_act TEXT NOT NULL,"
               " approve_us BIGINT NOT NULL,"
               " journal TEXT NOT NULL,"
               " post_us BIGINT NOT NULL,"
               " version BIGINT NOT NULL,"
               " chain_hash BYTEA NOT NULL,"
               " PRIMARY KEY (province_code, run_id))",
               // The plan with every fact filled in. Never changed.
               "CREATE TABLE allocation_plan ("
               " province_code TEXT NOT NULL,"
               " run_id TEXT NOT NULL,"
               " plan BYTEA NOT NULL,"
               " PRIMARY KEY (province_code, run_id))",
               // What each unit gets. Never changed.
               "CREATE TABLE allocation_part ("
               " province_code TEXT NOT NULL,"
               " run_id TEXT NOT NULL,"
               " unit_code TEXT NOT NULL,"
               " unit TEXT NOT NULL,"
               " full_name TEXT NOT NULL,"
               " unit_province_code TEXT NOT NULL,"
               " amount_vnd BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, run_id, unit_code))",
           }},
          {"budget_norms",
           2,
           "who approved an allocation run, and when",
           {
               "ALTER TABLE allocation_run ADD COLUMN approval_body BIGINT NOT NULL DEFAULT 0",
               "ALTER TABLE allocation_run ADD COLUMN approval_day BIGINT NOT NULL DEFAULT 0",
           }}};
}

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_NORM_MIGRATIONS_H_
