#include "tests/load/raw_inserts.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "tests/load/calls.h"

namespace twotier::load {
namespace {

// As the services set them (common/db/sqlite.cc); SQLite itself copies the WAL back.
constexpr char kSettings[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000";

// ledger_transfer without what makes it a ledger.
constexpr char kTable[] =
    "CREATE TABLE transfer (province_code TEXT NOT NULL, journal TEXT NOT NULL,"
    " line BIGINT NOT NULL, kind BIGINT NOT NULL, debit_province TEXT NOT NULL,"
    " debit_account TEXT NOT NULL, credit_province TEXT NOT NULL, credit_account TEXT NOT NULL,"
    " amount BIGINT NOT NULL, effective_day BIGINT NOT NULL, act TEXT NOT NULL,"
    " text TEXT NOT NULL, subject TEXT NOT NULL, version BIGINT NOT NULL,"
    " recorded_us BIGINT NOT NULL, PRIMARY KEY (province_code, journal, line))";

constexpr char kInsert[] =
    "INSERT INTO transfer VALUES ('79', ?1, 1, 1, '79', ?2, '79', ?3, 1000000, 20784,"
    " '12/NQ-HĐND', 'Bổ sung cân đối', ?4, 1, 1795800000000000)";

constexpr char kAccount[] = "2026.allocated.u-27000.x.x.x.x.x";

}  // namespace

void RawInserts::Close::operator()(sqlite3* database) const { sqlite3_close(database); }
void RawInserts::Close::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

absl::Status RawInserts::Execute(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) {
    return absl::OkStatus();
  }
  return absl::InternalError(sqlite3_errmsg(database_.get()));
}

absl::StatusOr<RawInserts> RawInserts::Create(const std::string& path) {
  RawInserts raw;
  sqlite3* database = nullptr;
  const int code = sqlite3_open(path.c_str(), &database);
  raw.database_.reset(database);
  if (code != SQLITE_OK) return absl::InternalError(absl::StrCat("cannot make ", path));
  RETURN_IF_ERROR(raw.Execute(kSettings));
  RETURN_IF_ERROR(raw.Execute(kTable));
  sqlite3_stmt* insert = nullptr;
  if (sqlite3_prepare_v2(database, kInsert, -1, &insert, nullptr) != SQLITE_OK) {
    return absl::InternalError(sqlite3_errmsg(database));
  }
  raw.insert_.reset(insert);
  return raw;
}

absl::Status RawInserts::InsertOne() {
  const std::string journal = UuidOf(1, static_cast<uint64_t>(inserted_++));
  const std::string subject = absl::StrCat("provinces/79/journals/", journal);
  sqlite3_stmt* const insert = insert_.get();
  sqlite3_bind_text(insert, 1, journal.data(), static_cast<int>(journal.size()), SQLITE_STATIC);
  sqlite3_bind_text(insert, 2, kAccount, -1, SQLITE_STATIC);
  sqlite3_bind_text(insert, 3, kAccount, -1, SQLITE_STATIC);
  sqlite3_bind_text(insert, 4, subject.data(), static_cast<int>(subject.size()), SQLITE_STATIC);
  const int code = sqlite3_step(insert);
  sqlite3_reset(insert);
  if (code == SQLITE_DONE) return absl::OkStatus();
  return absl::InternalError(sqlite3_errmsg(database_.get()));
}

absl::StatusOr<double> RawInserts::Run(int rows, absl::Duration duration) {
  const int64_t before = inserted_;
  const absl::Time begin = absl::Now();
  while (absl::Now() - begin < duration) {
    RETURN_IF_ERROR(Execute("BEGIN IMMEDIATE"));
    for (int i = 0; i < rows; ++i) RETURN_IF_ERROR(InsertOne());
    RETURN_IF_ERROR(Execute("COMMIT"));
  }
  return static_cast<double>(inserted_ - before) / absl::ToDoubleSeconds(absl::Now() - begin);
}

}  // namespace twotier::load
