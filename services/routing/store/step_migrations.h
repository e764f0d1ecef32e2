// Columns of what the later steps of a dossier leave behind.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_STEP_MIGRATIONS_H_
#define TWOTIER_SERVICES_ROUTING_STORE_STEP_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::routing::store {

// `supplement_us` of a dossier is since this step the instant at which its clock stopped, whatever
// for. The defaults are those of a dossier that has just been submitted.
inline std::vector<db::Migration> StepMigrations() {
  return {{"routing_steps",
           1,
           "assignment, other agencies, payments, extensions and endings of dossiers",
           {
               "ALTER TABLE dossier ADD COLUMN assignee TEXT NOT NULL DEFAULT ''",
               "ALTER TABLE dossier ADD COLUMN agency_unit TEXT NOT NULL DEFAULT ''",
               "ALTER TABLE dossier ADD COLUMN agency_unit_full_name TEXT NOT NULL DEFAULT ''",
               "ALTER TABLE dossier ADD COLUMN agency_level BIGINT NOT NULL DEFAULT 0",
               "ALTER TABLE dossier ADD COLUMN agency_title TEXT NOT NULL DEFAULT ''",
               "ALTER TABLE dossier ADD COLUMN fee_due_vnd BIGINT",
               "ALTER TABLE dossier ADD COLUMN fee_paid_vnd BIGINT",
               "ALTER TABLE dossier ADD COLUMN fee_gateway BIGINT NOT NULL DEFAULT 0",
               "ALTER TABLE dossier ADD COLUMN fee_reference TEXT NOT NULL DEFAULT ''",
               "ALTER TABLE dossier ADD COLUMN answer_by_us BIGINT",
               "ALTER TABLE dossier ADD COLUMN first_due_us BIGINT",
               "ALTER TABLE dossier ADD COLUMN extensions BIGINT NOT NULL DEFAULT 0",
               "ALTER TABLE dossier ADD COLUMN end_us BIGINT",
           }},
          {"routing_steps",
           2,
           "alarms of dossiers",
           {
               "CREATE INDEX dossier_by_answer ON dossier (province_code, answer_by_us, code)"
               " WHERE answer_by_us > 0",
               // Up to where due dates have been looked at.
               "CREATE TABLE alarm_mark ("
               " province_code TEXT NOT NULL, kind BIGINT NOT NULL, due_us BIGINT NOT NULL,"
               " code TEXT NOT NULL,"
               " PRIMARY KEY (province_code, kind))",
               "CREATE TABLE dossier_alarm ("
               " province_code TEXT NOT NULL, code TEXT NOT NULL, kind BIGINT NOT NULL,"
               " due_us BIGINT NOT NULL, fired_us BIGINT NOT NULL, center TEXT NOT NULL,"
               " PRIMARY KEY (province_code, code, kind, due_us))",
               "CREATE INDEX dossier_alarm_by_time ON dossier_alarm"
               " (province_code, fired_us, code, kind)",
           }},
          {"routing_steps",
           3,
           "what a post works on, and the alarms of a center",
           {
               "CREATE INDEX dossier_alarm_by_center ON dossier_alarm"
               " (province_code, center, fired_us, code, kind)",
               // Nobody works on a dossier that has just been submitted: it costs nothing there.
               "CREATE INDEX dossier_by_assignee ON dossier"
               " (province_code, assignee, open_due_us, code)"
               " WHERE assignee <> '' AND open_due_us > 0",
           }},
          {"routing_steps",
           4,
           "what waits for somebody and was in time",
           {
               "CREATE INDEX dossier_stopped_by_due ON dossier (province_code, open_due_us, code)"
               " WHERE open_due_us > 0 AND supplement_us <= open_due_us",
           }},
          {"routing_steps",
           5,
           "when a fee is due",
           {
               "ALTER TABLE dossier ADD COLUMN fee_due_at BIGINT NOT NULL DEFAULT 0",
               // So far a fee could only be asked for while the dossier was worked on.
               "UPDATE dossier SET fee_due_at = 2 WHERE fee_due_vnd IS NOT NULL",
           }},
          {"routing_steps",
           6,
           "what waits at a counter",
           {
               // Registered, to be paid, processed: to be found among all that ever was.
               "CREATE INDEX dossier_at_counter ON dossier (province_code, state, code)"
               " WHERE state IN (1, 6, 9)",
           }}};
}

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_STEP_MIGRATIONS_H_
