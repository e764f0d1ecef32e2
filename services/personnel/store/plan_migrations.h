// Tables of plans of reorganisation.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_PLAN_MIGRATIONS_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_PLAN_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::personnel::store {

inline std::vector<db::Migration> PlanMigrations() {
  return {{"personnel_plan",
           1,
           "plans of reorganisation",
           {
               "CREATE TABLE plan ("
               " province_code TEXT NOT NULL, plan_id TEXT NOT NULL, display_name TEXT NOT NULL,"
               " act TEXT NOT NULL, effective_day BIGINT NOT NULL, state BIGINT NOT NULL,"
               " to_units TEXT NOT NULL, people BIGINT NOT NULL, placed BIGINT NOT NULL,"
               " held BIGINT NOT NULL, number TEXT NOT NULL, sign_day BIGINT NOT NULL,"
               " signer_post TEXT NOT NULL, signer TEXT NOT NULL, in_order TEXT NOT NULL,"
               " version BIGINT NOT NULL, chain_hash BYTEA NOT NULL,"
               " PRIMARY KEY (province_code, plan_id))",
               // Nothing of a line is seen elsewhere before the plan is in force. `hold_line` 0:
               // the place of the quota moves along and needs no hold.
               "CREATE TABLE plan_line ("
               " province_code TEXT NOT NULL, plan_id TEXT NOT NULL, person TEXT NOT NULL,"
               " appointment_id TEXT NOT NULL, post TEXT NOT NULL, wishes TEXT NOT NULL,"
               " held BIGINT NOT NULL, hold_journal TEXT NOT NULL, hold_line BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, plan_id, person))",
               "CREATE INDEX plan_line_by_appointment ON plan_line"
               " (province_code, appointment_id)",
               // One signed plan a post; others' orders on it are refused meanwhile.
               "CREATE TABLE plan_post ("
               " province_code TEXT NOT NULL, post TEXT NOT NULL, plan_id TEXT NOT NULL,"
               " PRIMARY KEY (province_code, post))",
           }},
          {"personnel_plan",
           2,
           "plans empty units, and carry places",
           {
               // Units whose posts nobody keeps.
               "CREATE TABLE plan_unit ("
               " province_code TEXT NOT NULL, unit TEXT NOT NULL, plan_id TEXT NOT NULL,"
               " PRIMARY KEY (province_code, unit, plan_id))",
               "ALTER TABLE plan ADD COLUMN carries_places BIGINT NOT NULL DEFAULT 0",
           }},
          {"personnel_plan",
           3,
           "a plan has its posts from its signing on",
           {
               // Those signed before have the posts of the slices that were executed.
               "INSERT INTO plan_post (province_code, post, plan_id)"
               " SELECT l.province_code, l.post, l.plan_id FROM plan_line l JOIN plan n"
               " ON n.province_code = l.province_code AND n.plan_id = l.plan_id"
               " WHERE n.state = 2 ON CONFLICT DO NOTHING",
           }}};
}

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_PLAN_MIGRATIONS_H_
