// Tables of personnel. A published step is never edited; what comes later is a further step.
//
// Data of persons stand in table `person` and nowhere else: everything else holds a reference.
// Dates without an end are 9999-12-31.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_MIGRATIONS_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_MIGRATIONS_H_

#include <vector>

#include "common/db/migrate.h"

namespace twotier::personnel::store {

inline std::vector<db::Migration> Migrations() {
  return {
      {"personnel",
       1,
       "bodies, posts, persons, orders, appointments, quotas",
       {
           "CREATE TABLE body ("
           " province_code TEXT NOT NULL, body_id TEXT NOT NULL, unit TEXT NOT NULL,"
           " kind BIGINT NOT NULL, display_name TEXT NOT NULL, first_day BIGINT NOT NULL,"
           " end_day BIGINT NOT NULL, act TEXT NOT NULL, end_act TEXT NOT NULL,"
           " version BIGINT NOT NULL, chain_hash BYTEA NOT NULL,"
           " PRIMARY KEY (province_code, body_id))",
           "CREATE INDEX body_by_unit ON body (province_code, unit)",
           // `holder` and `vacant_since_day` are today's state, moved on by the orders' days.
           "CREATE TABLE post ("
           " province_code TEXT NOT NULL, post_id TEXT NOT NULL, body_id TEXT NOT NULL,"
           " body_kind BIGINT NOT NULL, unit TEXT NOT NULL, kind BIGINT NOT NULL,"
           " title TEXT NOT NULL, grade BIGINT NOT NULL, allowance BIGINT NOT NULL,"
           " vice_chair BIGINT NOT NULL, education_min BIGINT NOT NULL, theory_min BIGINT NOT NULL,"
           " service_min BIGINT NOT NULL, pension_min BIGINT NOT NULL, first_day BIGINT NOT NULL,"
           " end_day BIGINT NOT NULL, act TEXT NOT NULL, holder TEXT NOT NULL,"
           " vacant_since_day BIGINT NOT NULL, key_post BIGINT NOT NULL, number BIGINT NOT NULL,"
           " version BIGINT NOT NULL, chain_hash BYTEA NOT NULL,"
           " PRIMARY KEY (province_code, post_id))",
           "CREATE INDEX post_by_unit ON post (province_code, unit, post_id)",
           "CREATE INDEX post_by_body ON post (province_code, body_id)",
           ("CREATE INDEX post_vacant ON post (province_code, unit, post_id)"
            " WHERE key_post = 1 AND holder = ''"),
           // In their own distribution: people move between provinces.
           "CREATE TABLE person ("
           " person_id TEXT NOT NULL PRIMARY KEY, province_code TEXT NOT NULL,"
           " full_name TEXT NOT NULL, birth_day BIGINT NOT NULL, sex BIGINT NOT NULL,"
           " national_id TEXT NOT NULL, education BIGINT NOT NULL, theory BIGINT NOT NULL,"
           " service_first_day BIGINT, grade BIGINT NOT NULL, rank_coefficient BIGINT NOT NULL,"
           " pension_month BIGINT," /* Months since 1970; NULL: not known. */
           " state BIGINT NOT NULL, left_day BIGINT, synthetic BIGINT NOT NULL,"
           " version BIGINT NOT NULL)",
           // HMAC of the national id: found without scanning, and taken once.
           "CREATE TABLE national_id_claim ("
           " claim BYTEA NOT NULL PRIMARY KEY, person_id TEXT NOT NULL)",
           "CREATE TABLE staff_order ("
           " province_code TEXT NOT NULL, order_id TEXT NOT NULL, kind BIGINT NOT NULL,"
           " number TEXT NOT NULL, sign_day BIGINT NOT NULL, signer_post TEXT NOT NULL,"
           " signer TEXT NOT NULL, effective_day BIGINT NOT NULL, reason TEXT NOT NULL,"
           " agreement TEXT NOT NULL, created_us BIGINT NOT NULL, open_effects BIGINT NOT NULL,"
           " version BIGINT NOT NULL, chain_hash BYTEA NOT NULL,"
           " PRIMARY KEY (province_code, order_id))",
           // A row was written by version since_version and held until until_version
           // (9223372036854775807: still holds); rows are never deleted. `quota_state` and the hold
           // are moved on in place.
           "CREATE TABLE appointment ("
           " province_code TEXT NOT NULL, appointment_id TEXT NOT NULL,"
           " since_version BIGINT NOT NULL, until_version BIGINT NOT NULL,"
           " person TEXT NOT NULL, post TEXT NOT NULL, unit TEXT NOT NULL,"
           " post_kind BIGINT NOT NULL, quota_kind BIGINT NOT NULL, vice_chair BIGINT NOT NULL,"
           " kind BIGINT NOT NULL, first_day BIGINT NOT NULL, end_day BIGINT NOT NULL,"
           " end_reason BIGINT NOT NULL, begin_order TEXT NOT NULL, end_order TEXT NOT NULL,"
           " unverified BIGINT NOT NULL, quota_state BIGINT NOT NULL, hold_book TEXT NOT NULL,"
           " hold_journal TEXT NOT NULL, hold_line BIGINT NOT NULL,"
           " PRIMARY KEY (province_code, appointment_id, since_version))",
           "CREATE INDEX appointment_by_person ON appointment (person)"
           " WHERE until_version = 9223372036854775807",
           "CREATE INDEX appointment_by_post ON appointment (province_code, post)"
           " WHERE until_version = 9223372036854775807",
           "CREATE INDEX appointment_by_unit ON appointment (province_code, unit, appointment_id)"
           " WHERE until_version = 9223372036854775807",
           "CREATE INDEX appointment_by_order ON appointment (begin_order)",
           "CREATE TABLE rating ("
           " province_code TEXT NOT NULL, appointment_id TEXT NOT NULL, year BIGINT NOT NULL,"
           " month BIGINT NOT NULL, version BIGINT NOT NULL, rank BIGINT NOT NULL,"
           " rater_post TEXT NOT NULL, rated_us BIGINT NOT NULL,"
           " PRIMARY KEY (province_code, appointment_id, year, month, version))",
           "CREATE TABLE quota ("
           " province_code TEXT NOT NULL, unit TEXT NOT NULL, kind BIGINT NOT NULL,"
           " granted BIGINT NOT NULL, distributed BIGINT NOT NULL, allowance BIGINT NOT NULL,"
           " steps TEXT NOT NULL, year BIGINT NOT NULL, act TEXT NOT NULL,"
           " version BIGINT NOT NULL, chain_hash BYTEA NOT NULL,"
           " PRIMARY KEY (province_code, unit, kind))",
           // What is to happen on a day; kinds as in appointment_store.h.
           "CREATE TABLE due_effect ("
           " province_code TEXT NOT NULL, day BIGINT NOT NULL, kind BIGINT NOT NULL,"
           " subject TEXT NOT NULL, PRIMARY KEY (province_code, day, kind, subject))",
           "CREATE INDEX due_effect_by_day ON due_effect (day, province_code)",
           // Posts and holders of a unit by grade, counted along.
           "CREATE TABLE unit_count ("
           " province_code TEXT NOT NULL, unit TEXT NOT NULL, quota_kind BIGINT NOT NULL,"
           " grade BIGINT NOT NULL, posts BIGINT NOT NULL, filled BIGINT NOT NULL,"
           " key_posts BIGINT NOT NULL, key_filled BIGINT NOT NULL,"
           " PRIMARY KEY (province_code, unit, quota_kind, grade))",
       }},
      {"personnel",
       2,
       "what an order looks up ends with what is over",
       {
           "DROP INDEX appointment_by_person",
           ("CREATE INDEX appointment_by_person ON appointment (person, end_day)"
            " WHERE until_version = 9223372036854775807"),
           "DROP INDEX appointment_by_post",
           ("CREATE INDEX appointment_by_post ON appointment (province_code, post, end_day)"
            " WHERE until_version = 9223372036854775807"),
           // Of those that follow another one, whose name is in `hold_journal`.
           ("CREATE INDEX appointment_that_follows ON appointment (hold_journal)"
            " WHERE until_version = 9223372036854775807 AND quota_state = 2"),
       }},
      {"personnel",
       3,
       "an effect that fails stands aside",
       {
           "ALTER TABLE due_effect ADD COLUMN failures BIGINT NOT NULL DEFAULT 0",
           // Of the last failure, as in errors.proto.
           "ALTER TABLE due_effect ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
           "ALTER TABLE due_effect ADD COLUMN retry_us BIGINT NOT NULL DEFAULT 0",
           "CREATE INDEX due_effect_failing ON due_effect (day) WHERE failures > 0",
       }},
      {"personnel",
       4,
       "published figures, and grants of later dates",
       {
           // Every version; the newest is in force.
           "CREATE TABLE published_file ("
           " version BIGINT NOT NULL PRIMARY KEY, content TEXT NOT NULL,"
           " imported_us BIGINT NOT NULL, chain_hash BYTEA NOT NULL)",
           // One grant a line: "day year posts act".
           "ALTER TABLE quota ADD COLUMN planned TEXT NOT NULL DEFAULT ''",
       }},
      {"personnel",
       5,
       "what an order writes is in fewer indexes",
       {
           // Ids say which order made an appointment.
           "DROP INDEX appointment_by_order",
           // Nobody asks for the statement of a quota's account; the checker reads them all.
           "DROP INDEX ledger_transfer_debit",
           "DROP INDEX ledger_transfer_credit",
           // Without `holder`: PostgreSQL writes a row anew in every index when one of them, or its
           // condition, names a column that changes.
           "DROP INDEX post_vacant",
           ("CREATE INDEX post_key ON post (province_code, unit, post_id) WHERE key_post = 1"),
       }},
      {"personnel",
       6,
       "corrections of persons",
       {
           // What was wrong, and why; no data of the person. `fields` are joined by commas.
           "CREATE TABLE person_correction ("
           " person_id TEXT NOT NULL, version BIGINT NOT NULL, fields TEXT NOT NULL,"
           " reason TEXT NOT NULL, corrected_us BIGINT NOT NULL,"
           " PRIMARY KEY (person_id, version))",
       }},
      {"personnel",
       7,
       "persons are managed where their last main appointment began",
       {
           // One whose beginning is still due has not begun.
           "CREATE TABLE begun_main AS SELECT a.person, a.province_code, a.first_day"
           " FROM appointment a LEFT JOIN due_effect d ON d.province_code = a.province_code"
           " AND d.day = a.first_day AND d.kind = 1 AND d.subject = a.appointment_id"
           " WHERE a.until_version = 9223372036854775807 AND a.kind IN (1, 5)"
           " AND a.first_day < a.end_day AND d.day IS NULL",
           "CREATE INDEX begun_main_by_person ON begun_main (person, first_day)",
           // Nobody has two main appointments that begin on one day.
           "UPDATE person SET province_code = m.province_code FROM begun_main AS m"
           " WHERE m.person = 'persons/' || person.person_id"
           " AND m.province_code <> person.province_code"
           " AND NOT EXISTS (SELECT 1 FROM begun_main n WHERE n.person = m.person"
           " AND n.first_day > m.first_day)",
           "DROP TABLE begun_main",
       }},
      {"personnel",
       8,
       "quotas are counted where their unit lies",
       {
           "ALTER TABLE quota ADD COLUMN counted_in TEXT NOT NULL DEFAULT ''",
           "UPDATE quota SET counted_in = province_code",
           "CREATE INDEX quota_by_count ON quota (counted_in, unit, kind)",
       }}};
}

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_MIGRATIONS_H_
