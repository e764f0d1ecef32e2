// The log of SQLite is written in few pieces, and holds what it held without that.
#include "common/db/sqlite_wal_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

using Sqlite = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

Sqlite OpenFile(const std::string& path, const char* file_system) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, file_system);
  EXPECT_EQ(code, SQLITE_OK);
  return Sqlite(opened, sqlite3_close);
}

int Execute(const Sqlite& database, const std::string& sql) {
  return sqlite3_exec(database.get(), sql.c_str(), nullptr, nullptr, nullptr);
}

std::string Ask(const Sqlite& database, const std::string& sql) {
  std::string answer;
  const auto take = [](void* to, int, char** columns, char**) {
    *static_cast<std::string*>(to) = columns[0];
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(database.get(), sql.c_str(), take, &answer, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database.get());
  return answer;
}

// Write calls of this process so far; proc(5).
int64_t Writes() {
  std::ifstream file("/proc/self/io");
  std::string name;
  int64_t count = 0;
  while (file >> name >> count) {
    if (name == "syscw:") return count;
  }
  ADD_FAILURE() << "/proc/self/io has no syscw";
  return 0;
}

// A table of 1,000 rows that fill a page each.
constexpr char kFill[] =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
    " INSERT INTO page SELECT i, randomblob(3500) FROM n";
constexpr char kCount[] = "SELECT COUNT(*) FROM page";

class WalBufferTest : public testing::Test {
 protected:
  WalBufferTest() {
    for (const char* sql :
         {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=0",
          "CREATE TABLE page (i INTEGER PRIMARY KEY, body BLOB NOT NULL)"}) {
      EXPECT_EQ(Execute(writer_, sql), SQLITE_OK);
    }
  }

  const testing_support::TestDatabase file_ = testing_support::MakeSqlite();
  const Sqlite writer_ = OpenFile(file_.path(), WalBufferFileSystem());
};

TEST_F(WalBufferTest, ACommitIsWrittenInFewPieces) {
  ASSERT_EQ(Execute(writer_, "BEGIN"), SQLITE_OK);
  ASSERT_EQ(Execute(writer_, kFill), SQLITE_OK);
  const int64_t before = Writes();
  ASSERT_EQ(Execute(writer_, "COMMIT"), SQLITE_OK);
  EXPECT_LT(Writes() - before, 100) << "two a frame are 2,000";
}

TEST_F(WalBufferTest, AnotherConnectionReadsWhatIsCommittedAndNothingElse) {
  const Sqlite reader = OpenFile(file_.path(), nullptr);
  ASSERT_EQ(Execute(writer_, "BEGIN"), SQLITE_OK);
  ASSERT_EQ(Execute(writer_, kFill), SQLITE_OK);
  EXPECT_EQ(Ask(reader, kCount), "0");
  ASSERT_EQ(Execute(writer_, "COMMIT"), SQLITE_OK);
  EXPECT_EQ(Ask(reader, kCount), "1000");
  EXPECT_EQ(Ask(reader, "PRAGMA integrity_check"), "ok");
}

// Pages that leave a small cache go to the log before the commit, and come back from there.
TEST_F(WalBufferTest, ATransactionReadsItsOwnPagesFromTheLog) {
  ASSERT_EQ(Execute(writer_, "PRAGMA cache_size=10"), SQLITE_OK);
  ASSERT_EQ(Execute(writer_, "BEGIN"), SQLITE_OK);
  ASSERT_EQ(Execute(writer_, kFill), SQLITE_OK);
  EXPECT_EQ(Ask(writer_, "SELECT SUM(LENGTH(body)) FROM page"), "3500000");
  ASSERT_EQ(Execute(writer_, "UPDATE page SET body = randomblob(3000)"), SQLITE_OK);
  EXPECT_EQ(Ask(writer_, "SELECT SUM(LENGTH(body)) FROM page"), "3000000");
  ASSERT_EQ(Execute(writer_, "ROLLBACK"), SQLITE_OK);
  EXPECT_EQ(Ask(writer_, kCount), "0");
  ASSERT_EQ(Execute(writer_, kFill), SQLITE_OK);
  EXPECT_EQ(Ask(writer_, "PRAGMA integrity_check"), "ok");
}

TEST_F(WalBufferTest, TheLogIsCopiedBackAndBegunAnew) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(Execute(writer_, "DELETE FROM page"), SQLITE_OK);
    ASSERT_EQ(Execute(writer_, kFill), SQLITE_OK);
    EXPECT_EQ(Ask(writer_, "PRAGMA wal_checkpoint(RESTART)"), "0");
  }
  EXPECT_EQ(Ask(OpenFile(file_.path(), nullptr), kCount), "1000");
  EXPECT_EQ(Ask(writer_, "PRAGMA integrity_check"), "ok");
}

// A write that fails late fails the commit, and nothing of it is seen.
TEST_F(WalBufferTest, ADiskThatTakesNoMoreFailsTheCommit) {
  ASSERT_EQ(Execute(writer_, "INSERT INTO page VALUES (0, randomblob(10))"), SQLITE_OK);
  signal(SIGXFSZ, SIG_IGN);  // The write then fails with EFBIG.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1'000'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const int code = Execute(writer_, kFill);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_NE(code, SQLITE_OK);
  EXPECT_EQ(Ask(OpenFile(file_.path(), nullptr), kCount), "1");
  EXPECT_EQ(Execute(writer_, kFill), SQLITE_OK);
  EXPECT_EQ(Ask(OpenFile(file_.path(), nullptr), kCount), "1001");
  EXPECT_EQ(Ask(writer_, "PRAGMA integrity_check"), "ok");
}

}  // namespace
}  // namespace twotier::db
