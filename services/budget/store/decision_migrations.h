// Table of what journals rest on beside their act. Released migrations are never edited.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_DECISION_MIGRATIONS_H_
#define TWOTIER_SERVICES_BUDGET_STORE_DECISION_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::budget::store {

inline std::vector<db::Migration> DecisionMigrations() {
  return {{"budget_decisions",
           1,
           "what journals rest on",
           {
               // Of a journal that stated something; one from before this table has no row.
               "CREATE TABLE budget_decision ("
               " province_code TEXT NOT NULL,"
               " journal TEXT NOT NULL,"
               " body BIGINT NOT NULL,"  // Who decided; 0: it was not stated.
               " revenue_vnd BIGINT NOT NULL,"
               " expenditure_vnd BIGINT NOT NULL,"
               " balancing_paid_out_vnd BIGINT NOT NULL,"
               " targeted_received_vnd BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, journal))",
           }},
          {"budget_decisions",
           2,
           "supplements within a commune's revenue",
           {
               // 0 where an estimate was approved before they were stated.
               "ALTER TABLE budget_decision ADD COLUMN supplements_vnd BIGINT NOT NULL DEFAULT 0",
           }}};
}

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_DECISION_MIGRATIONS_H_
