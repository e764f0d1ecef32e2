// Schema changes, in order, each once.
#ifndef TWOTIER_COMMON_DB_MIGRATE_H_
#define TWOTIER_COMMON_DB_MIGRATE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace twotier::db {

// One step of one module ("db", "rpc", "feed" or the service's name). Versions of a module count
// from 1 without gap. A published step is never edited; the statements of a step run in one
// transaction.
struct Migration {
  absl::string_view module;
  int64_t version;
  absl::string_view name;
  std::vector<absl::string_view> statements;
};

class Connection;

// Brings the schema to the state that `migrations` describe, in the order of the list, or only
// checks that it is there (`apply` false). Starters that race on one database wait for each other.
// Errors: FAILED_PRECONDITION `DATABASE_SCHEMA_NEWER` (the database has a step that the list does
// not know, or knows by another name), `DATABASE_SCHEMA_BEHIND` (a step is missing and `apply` is
// false); INTERNAL (a module's versions have a gap).
absl::Status Migrate(Connection& connection, const std::vector<Migration>& migrations, bool apply);

// Tables of the database layer itself; Database::Open puts them first.
std::vector<Migration> OwnMigrations();

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_MIGRATE_H_
