// What happens when the world fails: databases that must be refused, connections that break, disks
// that are full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/db/database.h"
#include "common/db/sqlite.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing_support::EngineParam;
using testing_support::MakePostgres;
using testing_support::MakeSqlite;
using testing_support::TestDatabase;

constexpr Statement kInsert{"insert", "INSERT INTO thing (name, size) VALUES ($1, $2)"};
constexpr Statement kCount{"count", "SELECT COUNT(*) FROM thing"};

std::vector<Migration> Steps() {
  return {{"test",
           1,
           "thing",
           {"CREATE TABLE thing (name TEXT NOT NULL PRIMARY KEY, size BIGINT NOT NULL)"}}};
}

std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

absl::Status TryOpen(const std::string& url, DatabaseOptions options = {}) {
  return Database::Open(url, Steps(), options).status();
}

std::unique_ptr<Database> MustOpen(const TestDatabase& test_database,
                                   DatabaseOptions options = {}) {
  absl::StatusOr<std::unique_ptr<Database>> database =
      Database::Open(test_database.url(), Steps(), options);
  EXPECT_TRUE(database.ok()) << database.status();
  return database.ok() ? *std::move(database) : nullptr;
}

absl::Status Insert(Database& database, const std::string& name) {
  return database.Write({{"48", "lane"}}, [&](Tx& tx) { return tx.Write(kInsert, {name, 1}); });
}

// Asks until the answer is OK; the test's own time limit bounds it. Every refusal on the way must
// be `reason`.
absl::Status AskUntilOk(const std::function<absl::Status()>& ask, const std::string& reason) {
  for (;;) {
    absl::Status status = ask();
    if (status.ok()) return status;
    if (ReasonOf(status) != reason) return status;
  }
}

// ---- Refused at open

TEST(OpenTest, UrlsThatNameNoDatabaseAreRefused) {
  for (const char* url : {"", "sqlite:", "sqlite::memory:", "sqlite:file:x?mode=memory",
                          "mysql://x", "/var/lib/x.db", "postgresql://%zz/x"}) {
    EXPECT_EQ(TryOpen(url).code(), absl::StatusCode::kInvalidArgument) << url;
  }
}

TEST(OpenTest, NoMessageCarriesThePassword) {
  for (const char* url : {"postgresql://u:sesame@127.0.0.1:1/x", "postgresql://u:sesame@h:p:p/x",
                          "postgresql://u:sesame@127.0.0.1:1/x?bad=1"}) {
    const absl::Status status = TryOpen(url);
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(status.ToString(), Not(HasSubstr("sesame"))) << url;
  }
}

TEST(OpenTest, AServerThatIsNotThereIsAway) {
  const absl::Status status = TryOpen("postgresql://u@127.0.0.1:1/x");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(ReasonOf(status), "DATABASE_AWAY");
  EXPECT_TRUE(error::RetryAfterOf(status).has_value());
}

TEST(OpenTest, AFileThatIsNoDatabaseIsRefused) {
  const TestDatabase test_database = MakeSqlite();
  std::ofstream(test_database.path()) << std::string(10000, 'x');
  const absl::Status status = TryOpen(test_database.url());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(ReasonOf(status), "DATABASE_NOT_RECOGNIZED");
}

TEST(OpenTest, AFileThatCannotBeMadeIsRefused) {
  const absl::Status status = TryOpen("sqlite:/nowhere/at/all.db");
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
}

TEST(OpenTest, AFileThatIsGoneIsNotMadeAnewWhenItsConnectionIsOpenedAgain) {
  const TestDatabase test_database = MakeSqlite();
  absl::StatusOr<std::unique_ptr<Connection>> connection = OpenSqlite(test_database.path(), {});
  ASSERT_TRUE(connection.ok()) << connection.status();
  ASSERT_EQ(unlink(test_database.path().c_str()), 0);
  EXPECT_FALSE((*connection)->Reopen().ok());
  EXPECT_NE(access(test_database.path().c_str(), F_OK), 0);
}

TEST(OpenTest, AReadOnlyFileIsRefused) {
  const TestDatabase test_database = MakeSqlite();
  MustOpen(test_database);
  ASSERT_EQ(chmod(test_database.path().c_str(), 0444), 0);
  // Permissions do not bind root; nobody has them.
  const std::string directory = test_database.path().substr(0, test_database.path().rfind('/'));
  ASSERT_EQ(chmod(directory.c_str(), 0777), 0);
  const uid_t self = geteuid();
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(seteuid(self == 0 ? kNobody : self), 0);
  const absl::Status status = TryOpen(test_database.url());
  ASSERT_EQ(seteuid(self), 0);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(ReasonOf(status), "DATABASE_READ_ONLY");
}

TEST(OpenTest, ALockedFileIsAway) {
  const TestDatabase test_database = MakeSqlite();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(test_database.path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "CREATE TABLE x (y); BEGIN EXCLUSIVE", nullptr, nullptr, nullptr),
            SQLITE_OK);
  const absl::Status status = TryOpen(test_database.url());
  sqlite3_close(other);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(ReasonOf(status), "DATABASE_AWAY");
}

TEST(OpenTest, AnotherCollationIsRefused) {
  const TestDatabase test_database = MakePostgres({.collation = "C.UTF-8"});
  const absl::Status status = TryOpen(test_database.url());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(ReasonOf(status), "DATABASE_COLLATION");
}

// ---- Schema

class SchemaTest : public testing::TestWithParam<EngineParam> {
 protected:
  SchemaTest() : test_database_(GetParam().make()) {}
  TestDatabase test_database_;
};

TEST_P(SchemaTest, StepsRunOnceEachInOrder) {
  MustOpen(test_database_);
  MustOpen(test_database_);
  EXPECT_THAT(test_database_.Run("SELECT module || ' ' || version || ' ' || name FROM migration"
                                 " ORDER BY module, version"),
              ElementsAre("db 1 aggregate_version", "db 2 write_probe", "test 1 thing"));
}

TEST_P(SchemaTest, AMissingStepIsRefusedUnlessItMayBeApplied) {
  DatabaseOptions options;
  options.migrate = false;
  const absl::Status status = TryOpen(test_database_.url(), options);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(ReasonOf(status), "DATABASE_SCHEMA_BEHIND");
  MustOpen(test_database_);
  EXPECT_TRUE(TryOpen(test_database_.url(), options).ok());
}

TEST_P(SchemaTest, WhatANewerProgramDidIsRefused) {
  MustOpen(test_database_);
  const char* const newer[] = {"'test', 2, 'later'", "'other', 1, 'first'", "'test', 9, 'gap'"};
  for (const char* step : newer) {
    test_database_.Run(absl::StrCat("INSERT INTO migration VALUES (", step, ", 0)"));
    const absl::Status status = TryOpen(test_database_.url());
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << step << status;
    EXPECT_EQ(ReasonOf(status), "DATABASE_SCHEMA_NEWER");
    test_database_.Run("DELETE FROM migration WHERE applied_us = 0");
  }
  test_database_.Run("UPDATE migration SET name = 'renamed' WHERE module = 'test'");
  EXPECT_EQ(ReasonOf(TryOpen(test_database_.url())), "DATABASE_SCHEMA_NEWER");
}

TEST_P(SchemaTest, AStepThatFailsLeavesNothing) {
  std::vector<Migration> steps = Steps();
  steps.push_back({"test", 2, "broken", {"CREATE TABLE half (x BIGINT)", "CREATE TABLE"}});
  EXPECT_EQ(Database::Open(test_database_.url(), steps, {}).status().code(),
            absl::StatusCode::kInternal);
  steps.back().statements.pop_back();
  EXPECT_TRUE(Database::Open(test_database_.url(), steps, {}).ok());
}

TEST_P(SchemaTest, VersionsWithAGapAreRefused) {
  std::vector<Migration> steps = Steps();
  steps.push_back({"test", 3, "too far", {}});
  EXPECT_EQ(Database::Open(test_database_.url(), steps, {}).status().code(),
            absl::StatusCode::kInternal);
}

TEST_P(SchemaTest, RacingStartersShareTheWork) {
  constexpr int kStarters = 4;
  std::vector<absl::Status> results(kStarters);
  std::vector<std::thread> starters;
  for (int i = 0; i < kStarters; ++i) {
    starters.emplace_back([&, i] { results[i] = TryOpen(test_database_.url()); });
  }
  for (std::thread& starter : starters) starter.join();
  for (const absl::Status& result : results) EXPECT_TRUE(result.ok()) << result;
  EXPECT_THAT(test_database_.Run("SELECT COUNT(*) FROM migration"), ElementsAre("3"));
}

TEST_P(SchemaTest, WhatWasReportedSurvivesARestart) {
  {
    const std::unique_ptr<Database> database = MustOpen(test_database_);
    ASSERT_TRUE(Insert(*database, "kept").ok());
  }
  const std::unique_ptr<Database> database = MustOpen(test_database_);
  EXPECT_EQ(Insert(*database, "kept").code(), absl::StatusCode::kAlreadyExists);
}

INSTANTIATE_TEST_SUITE_P(All, SchemaTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

// ---- Broken connections

TEST(ConnectionTest, ALossWhileIdleIsNotNoticed) {
  TestDatabase test_database = MakePostgres();
  const std::unique_ptr<Database> database = MustOpen(test_database);
  ASSERT_TRUE(Insert(*database, "before").ok());
  test_database.KillConnections();
  EXPECT_TRUE(Insert(*database, "after").ok());
  EXPECT_TRUE(database->ReadNow([](Tx& tx) { return tx.Query(kCount, {}).status(); }).ok());
}

TEST(ConnectionTest, WhileTheServerIsAwayEverythingIsRefusedAndThenRecovers) {
  TestDatabase test_database = MakePostgres();
  const std::unique_ptr<Database> database = MustOpen(test_database);
  ASSERT_TRUE(database->Writable().ok());
  const auto read = [&] {
    return database->ReadNow([](Tx& tx) { return tx.Query(kCount, {}).status(); });
  };
  test_database.AllowConnections(false);
  test_database.KillConnections();
  // The first read finds its connection dead; what the server says stays in the server's log.
  EXPECT_EQ(read().message(), "the database is away");
  const absl::Status write = Insert(*database, "refused");
  EXPECT_EQ(write.code(), absl::StatusCode::kUnavailable) << write;
  EXPECT_EQ(ReasonOf(write), "DATABASE_AWAY");
  EXPECT_TRUE(error::RetryAfterOf(write).has_value());
  EXPECT_EQ(ReasonOf(read()), "DATABASE_AWAY");
  EXPECT_EQ(database->Writable().code(), absl::StatusCode::kUnavailable);

  test_database.AllowConnections(true);
  const absl::Status recovered =
      AskUntilOk([&] { return Insert(*database, "accepted"); }, "DATABASE_AWAY");
  EXPECT_TRUE(recovered.ok()) << recovered;
  const absl::Status readable = AskUntilOk(read, "DATABASE_AWAY");
  EXPECT_TRUE(readable.ok()) << readable;
  EXPECT_TRUE(AskUntilOk([&] { return database->Writable(); }, "DATABASE_AWAY").ok());
  EXPECT_THAT(test_database.Run("SELECT name FROM thing"), ElementsAre("accepted"));
}

TEST(ConnectionTest, ALossBeforeTheCommitLeavesNothingAndRunsAgain) {
  TestDatabase test_database = MakePostgres();
  const std::unique_ptr<Database> database = MustOpen(test_database);
  int runs = 0;
  const absl::Status status = database->Write({{"48", "lane"}}, [&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Exec(kInsert, {absl::StrCat("run", ++runs), 1}).status());
    if (runs == 1) test_database.KillConnections();
    return tx.Query(kCount, {}).status();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(test_database.Run("SELECT name FROM thing"), ElementsAre("run2"));
}

TEST(ConnectionTest, ALossDuringTheCommitIsAnUnknownOutcome) {
  TestDatabase test_database = MakePostgres();
  // A trigger that runs at commit ends its own connection: the commit was asked for and never
  // answered.
  const std::unique_ptr<Database> database = MustOpen(test_database);
  test_database.Run(
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$");
  test_database.Run(
      "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW WHEN (NEW.name = 'dying') EXECUTE FUNCTION die()");
  const absl::Status status = Insert(*database, "dying");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(ReasonOf(status), "OUTCOME_UNKNOWN");
  EXPECT_TRUE(Insert(*database, "living").ok());
}

TEST(ConnectionTest, AFailureAtCommitFailsNoMate) {
  TestDatabase test_database = MakePostgres();
  const std::unique_ptr<Database> database = MustOpen(test_database);
  test_database.Run(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$");
  test_database.Run(
      "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW WHEN (NEW.name = 'refused') EXECUTE FUNCTION refuse()");
  absl::Notification running;
  absl::Notification release;
  std::vector<absl::Status> results(3);
  std::vector<std::unique_ptr<absl::Notification>> finished;
  const std::string names[] = {"first", "refused", "last"};
  for (int i = 0; i < 3; ++i) finished.push_back(std::make_unique<absl::Notification>());
  for (int i = 0; i < 3; ++i) {
    Unit unit;
    unit.keys = {{"48", "lane"}};
    unit.work = [&, i](Tx& tx) {
      if (i == 0 && !running.HasBeenNotified()) {
        running.Notify();
        release.WaitForNotification();
      }
      return tx.Write(kInsert, {names[i], 1});
    };
    unit.done = [&, i](absl::Status status) {
      results[i] = std::move(status);
      finished[i]->Notify();
    };
    database->Submit(std::move(unit));
    if (i == 0) running.WaitForNotification();
  }
  release.Notify();
  for (const auto& notification : finished) notification->WaitForNotification();
  EXPECT_TRUE(results[0].ok()) << results[0];
  EXPECT_EQ(results[1].code(), absl::StatusCode::kFailedPrecondition) << results[1];
  EXPECT_TRUE(results[2].ok()) << results[2];
  // Turns end also when the commit fails and nobody comes after.
  EXPECT_FALSE(Insert(*database, "refused").ok());
  EXPECT_THAT(test_database.Run("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND"
                                " database = (SELECT oid FROM pg_database"
                                " WHERE datname = current_database())"),
              ElementsAre("0"));
}

TEST(ConnectionTest, AStatementThatTakesTooLongIsCancelled) {
  for (const EngineParam& engine : testing_support::Engines()) {
    const TestDatabase test_database = engine.make();
    DatabaseOptions options;
    options.statement_timeout = absl::Milliseconds(50);
    const std::unique_ptr<Database> database = MustOpen(test_database, options);
    constexpr Statement kEndless{"endless",
                                 "WITH RECURSIVE step(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL"
                                 " SELECT n + 1 FROM step WHERE n < 1000000000)"
                                 " SELECT COUNT(*) FROM step"};
    const absl::Status status =
        database->ReadNow([&](Tx& tx) { return tx.Query(kEndless, {}).status(); });
    EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << engine.name << status;
    EXPECT_EQ(ReasonOf(status), "TOO_LATE");
  }
}

// ---- Databases that take no writes

constexpr Statement kLimit{"limit", "PRAGMA max_page_count = 1"};  // Becomes the present size.
constexpr Statement kRoom{"room", "PRAGMA max_page_count = 1000000"};

// Runs a statement that writes nothing, on the only lane.
absl::Status Set(Database& database, const Statement& statement) {
  return database.Write({}, [&](Tx& tx) { return tx.Query(statement, {}).status(); });
}

TEST(FullTest, AFullDatabaseRefusesAndKeepsWhatItHas) {
  TestDatabase test_database = MakeSqlite();
  const std::unique_ptr<Database> database = MustOpen(test_database);
  ASSERT_TRUE(Insert(*database, "before").ok());
  ASSERT_TRUE(Set(*database, kLimit).ok());
  absl::Status full;
  int accepted = 0;
  while (full.ok()) {
    full = Insert(*database, std::string(2000, static_cast<char>('a' + accepted)));
    if (full.ok()) ++accepted;
  }
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted) << full;
  EXPECT_EQ(ReasonOf(full), "DATABASE_FULL");
  EXPECT_EQ(ReasonOf(database->Writable()), "DATABASE_FULL");
  EXPECT_THAT(test_database.Run("SELECT COUNT(*) FROM thing"),
              ElementsAre(absl::StrCat(accepted + 1)));
  // What writes nothing proves nothing.
  ASSERT_TRUE(database->Write({}, [](Tx& tx) { return tx.Query(kCount, {}).status(); }).ok());
  EXPECT_EQ(ReasonOf(database->Writable()), "DATABASE_FULL");
  ASSERT_TRUE(Set(*database, kRoom).ok());
  EXPECT_TRUE(Insert(*database, "after").ok());
  EXPECT_TRUE(database->Writable().ok());
}

// A full disk ends SQLite's transaction, and with it the savepoint that the guard would go back to.
TEST(FullTest, AGuardTellsThatTheDatabaseIsFull) {
  TestDatabase test_database = MakeSqlite();
  const std::unique_ptr<Database> database = MustOpen(test_database);
  ASSERT_TRUE(Set(*database, kLimit).ok());
  absl::Status full;
  for (char name = 'a'; full.ok(); ++name) {
    full = database->Write({}, [&](Tx& tx) {
      return tx.Guard([&] { return tx.Write(kInsert, {std::string(2000, name), 1}); });
    });
  }
  EXPECT_EQ(ReasonOf(full), "DATABASE_FULL") << full;
}

TEST(FullTest, HealthComesBackWithRoomThoughNobodyWrites) {
  TestDatabase test_database = MakeSqlite();
  const std::unique_ptr<Database> database = MustOpen(test_database);
  ASSERT_TRUE(Set(*database, kLimit).ok());
  int inserted = 0;
  while (Insert(*database, std::string(2000, static_cast<char>('a' + inserted))).ok()) ++inserted;
  ASSERT_EQ(ReasonOf(database->Writable()), "DATABASE_FULL");
  ASSERT_TRUE(Set(*database, kRoom).ok());
  EXPECT_TRUE(AskUntilOk([&] { return database->Writable(); }, "DATABASE_FULL").ok());
  EXPECT_THAT(test_database.Run("SELECT COUNT(*) FROM write_probe"), ElementsAre("0"));
}

TEST(ReadOnlyTest, HealthComesBackWithWritesThoughNobodyWrites) {
  TestDatabase test_database = MakePostgres();
  DatabaseOptions options;
  options.lanes_postgres = 1;
  const std::unique_ptr<Database> database = MustOpen(test_database, options);
  constexpr Statement kReadOnly{"read_only", "SET default_transaction_read_only = on"};
  constexpr Statement kWritable{"writable", "SET default_transaction_read_only = off"};
  ASSERT_TRUE(Set(*database, kReadOnly).ok());
  const absl::Status refused = Insert(*database, "refused");
  EXPECT_EQ(ReasonOf(refused), "DATABASE_READ_ONLY") << refused;
  EXPECT_EQ(ReasonOf(database->Writable()), "DATABASE_READ_ONLY");
  ASSERT_TRUE(Set(*database, kWritable).ok());
  EXPECT_TRUE(AskUntilOk([&] { return database->Writable(); }, "DATABASE_READ_ONLY").ok());
  EXPECT_THAT(test_database.Run("SELECT COUNT(*) FROM write_probe"), ElementsAre("0"));
  EXPECT_TRUE(Insert(*database, "accepted").ok());
}

}  // namespace
}  // namespace twotier::db
