// Columns of a dossier whose clock stands still more than once, and for money more than once.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_CLOCK_MIGRATIONS_H_
#define TWOTIER_SERVICES_ROUTING_STORE_CLOCK_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::routing::store {

inline std::vector<db::Migration> ClockMigrations() {
  return {{"routing_clock",
           1,
           "extensions during a pause, and all that was paid",
           {
               "ALTER TABLE dossier ADD COLUMN pause_extended_us BIGINT",
               "ALTER TABLE dossier ADD COLUMN fee_paid_total_vnd BIGINT NOT NULL DEFAULT 0",
               // What was paid before a further request was not kept.
               "UPDATE dossier SET fee_paid_total_vnd = fee_paid_vnd WHERE fee_paid_vnd > 0",
           }},
          {"routing_clock",
           2,
           "dates that were not kept before",
           {
               // Thirty days, as ForwardDossier has it where nobody says until when.
               "UPDATE dossier SET answer_by_us = supplement_us + 2592000000000"
               " WHERE agency_unit <> '' AND open_due_us > 0 AND supplement_us IS NOT NULL"
               " AND answer_by_us IS NULL",
               // The first date may rest on days that were not decided; a recount only confirms it.
               "UPDATE dossier SET due_provisional = 1"
               " WHERE first_due_us IS NOT NULL AND open_due_us > 0",
           }},
          {"routing_clock",
           3,
           "what waits for an answer, by who acts on its silence",
           {
               "DROP INDEX dossier_by_answer",
               "CREATE INDEX dossier_by_answer ON dossier (province_code, answer_by_us, code)"
               " WHERE answer_by_us > 0 AND owning_system = ''",
               // What is only told stays behind its date, and in nobody's way here.
               "CREATE INDEX dossier_elsewhere_by_answer ON dossier"
               " (province_code, answer_by_us, code)"
               " WHERE answer_by_us > 0 AND owning_system <> ''",
               // That an agency was silent was told and nothing done: it is told when its dossier
               // is taken back.
               "DELETE FROM dossier_alarm WHERE kind = 4 AND EXISTS (SELECT 1 FROM dossier d"
               " WHERE d.province_code = dossier_alarm.province_code"
               " AND d.code = dossier_alarm.code AND d.answer_by_us = dossier_alarm.due_us"
               " AND d.owning_system = '')",
           }}};
}

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_CLOCK_MIGRATIONS_H_
