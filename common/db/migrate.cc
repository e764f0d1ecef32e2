#include "common/db/migrate.h"

#include <map>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/connection.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::db {
namespace {

constexpr absl::string_view kCreate =
    "CREATE TABLE migration (module TEXT NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL,"
    " applied_us BIGINT NOT NULL, PRIMARY KEY (module, version))";
constexpr Statement kList{"list_migrations",
                          "SELECT module, version, name FROM migration ORDER BY module, version"};
constexpr Statement kRecord{
    "record_migration",
    "INSERT INTO migration (module, version, name, applied_us) VALUES ($1, $2, $3, $4)"};

// Rounds of "another process holds the lock": each waits for the engine's own lock timeout.
constexpr int kAttemptsMax = 100;

using Step = std::pair<std::string, int64_t>;  // Module and version.
using Applied = std::map<Step, std::string>;   // Its name.

absl::Status CheckList(const std::vector<Migration>& migrations) {
  std::map<absl::string_view, int64_t> last;
  for (const Migration& migration : migrations) {
    if (migration.version != ++last[migration.module]) {
      return absl::InternalError(absl::StrCat("migrations of module ", migration.module,
                                              " have a gap before ", migration.version));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Applied> ReadApplied(Connection& connection) {
  Applied applied;
  ASSIGN_OR_RETURN(const bool exists, connection.HasTable("migration"));
  if (!exists) return applied;
  ASSIGN_OR_RETURN(const Rows rows, connection.Query(kList, {}));
  for (const Row& row : rows) applied[{row.Text(0), row.Int(1)}] = row.Text(2);
  return applied;
}

// Refuses what a newer binary, or another program, has done to this database.
absl::Status CheckApplied(const Applied& applied, const std::vector<Migration>& migrations) {
  std::map<Step, absl::string_view> known;
  for (const Migration& m : migrations) known[{std::string(m.module), m.version}] = m.name;
  for (const auto& [step, name] : applied) {
    const auto found = known.find(step);
    const bool has_previous =
        step.second == 1 || applied.contains(Step(step.first, step.second - 1));
    if (found != known.end() && found->second == name && has_previous) continue;
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("the database has step ", step.second, " (", name, ") of module ", step.first,
                     ", which this program does not know"),
        "DATABASE_SCHEMA_NEWER", {{"module", step.first}, {"version", absl::StrCat(step.second)}});
  }
  return absl::OkStatus();
}

absl::Status Apply(Connection& connection, const Migration& migration, bool create_table) {
  if (create_table) RETURN_IF_ERROR(connection.RunOnce(kCreate));
  for (const absl::string_view sql : migration.statements) {
    RETURN_IF_ERROR(connection.RunOnce(sql));
  }
  RETURN_IF_ERROR(connection
                      .Exec(kRecord, {migration.module, migration.version, migration.name,
                                      absl::ToUnixMicros(absl::Now())})
                      .status());
  return connection.Commit();
}

// Applies the first missing step, if any, in one transaction. Returns whether there was one.
absl::StatusOr<bool> ApplyNext(Connection& connection, const std::vector<Migration>& migrations,
                               bool apply) {
  const absl::Cleanup rollback = [&connection] { connection.Rollback(); };
  RETURN_IF_ERROR(connection.Begin(apply ? Access::kWrite : Access::kRead, {}));
  ASSIGN_OR_RETURN(const Applied applied, ReadApplied(connection));
  RETURN_IF_ERROR(CheckApplied(applied, migrations));
  for (const Migration& migration : migrations) {
    if (applied.contains(Step(migration.module, migration.version))) continue;
    if (!apply) {
      return error::WithReason(absl::StatusCode::kFailedPrecondition,
                               absl::StrCat("the database lacks step ", migration.version, " (",
                                            migration.name, ") of module ", migration.module),
                               "DATABASE_SCHEMA_BEHIND");
    }
    RETURN_IF_ERROR(Apply(connection, migration, applied.empty()));
    return true;
  }
  return false;
}

}  // namespace

std::vector<Migration> OwnMigrations() {
  return {{"db",
           1,
           "aggregate_version",
           {"CREATE TABLE aggregate_version (province_code TEXT NOT NULL, bucket BIGINT NOT NULL,"
            " version BIGINT NOT NULL, PRIMARY KEY (province_code, bucket))"}},
          // What a lane writes to learn whether the database takes writes again.
          {"db",
           2,
           "write_probe",
           {"CREATE TABLE write_probe (lane TEXT NOT NULL, body BYTEA NOT NULL,"
            " PRIMARY KEY (lane))"}}};
}

absl::Status Migrate(Connection& connection, const std::vector<Migration>& migrations, bool apply) {
  RETURN_IF_ERROR(CheckList(migrations));
  if (apply) RETURN_IF_ERROR(connection.LockSchema());
  const absl::Cleanup unlock = [&connection, apply] {
    if (apply) connection.UnlockSchema();
  };
  int attempts = 0;
  for (;;) {
    const absl::StatusOr<bool> applied = ApplyNext(connection, migrations, apply);
    if (applied.ok() && !*applied) return absl::OkStatus();
    if (applied.ok()) continue;
    // ABORTED is the engine's word for a lock that another process holds; each attempt waited for
    // it.
    if (!absl::IsAborted(applied.status())) return applied.status();
    if (++attempts == kAttemptsMax) return Away("another process keeps the schema locked");
  }
}

}  // namespace twotier::db
