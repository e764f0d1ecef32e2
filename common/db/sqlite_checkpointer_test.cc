// The log is copied back while commits go on, and what a disk does to that.
#include "common/db/sqlite_checkpointer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/db/sqlite.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

// What a sync of the database file does first; of the log's nothing is asked. 0 lets it go on, else
// it fails with this errno.
std::atomic<const std::function<int()>*> before_sync = nullptr;

}  // namespace
}  // namespace twotier::db

// Instead of the C library's, also for SQLite.
extern "C" int fdatasync(int descriptor) {
  const auto* const before = twotier::db::before_sync.load();
  const std::filesystem::path file =
      std::filesystem::read_symlink(absl::StrCat("/proc/self/fd/", descriptor));
  if (before != nullptr && !absl::EndsWith(file.string(), "-wal")) {
    if (const int failure = (*before)(); failure != 0) {
      errno = failure;
      return -1;
    }
  }
  return static_cast<int>(syscall(SYS_fdatasync, descriptor));
}

namespace twotier::db {
namespace {

using testing::ElementsAre;

// Longest a test waits for something that must happen; only a broken program gets there.
constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr Statement kInsert{"insert_page", "INSERT INTO page (i, body) VALUES ($1, $2)"};

class CheckpointerTest : public testing::Test {
 protected:
  ~CheckpointerTest() override { before_sync = nullptr; }

  void OpenWith(const CheckpointAt& at) {
    auto opened = OpenSqlite(file_.path(), {.checkpoint_at = at});
    ASSERT_TRUE(opened.ok()) << opened.status();
    connection_ = *std::move(opened);
    ASSERT_TRUE(connection_->Begin(Access::kWrite, {}, "test").ok());
    connection_->StartUnit(/*singly=*/true);
    ASSERT_TRUE(
        connection_
            ->Exec({"make", "CREATE TABLE page (i BIGINT PRIMARY KEY, body BYTEA NOT NULL)"}, {})
            .ok());
    ASSERT_TRUE(connection_->Commit().ok());
  }
  // Some pages each, as a lane does it under load.
  absl::Status CommitOne() {
    absl::Status status = connection_->Begin(Access::kWrite, {}, "test");
    connection_->StartUnit(/*singly=*/true);
    if (status.ok()) status = connection_->Exec(kInsert, {int64_t{rows_}, Blob{body_}}).status();
    if (status.ok()) status = connection_->Commit();
    if (!status.ok()) return status;
    ++rows_;
    connection_->KeepHouse(/*idle=*/false);
    return absl::OkStatus();
  }
  int64_t LogBytes() const {
    return static_cast<int64_t>(std::filesystem::file_size(absl::StrCat(file_.path(), "-wal")));
  }

  testing_support::TestDatabase file_ = testing_support::MakeSqlite();
  const std::string body_ = std::string(3500, 'b');
  std::unique_ptr<Connection> connection_;
  int rows_ = 0;
};

TEST_F(CheckpointerTest, CommitsGoOnWhileTheLogIsCopied) {
  absl::Notification begun;
  absl::Notification go_on;
  const std::function<int()> wait = [&] {
    if (!begun.HasBeenNotified()) begun.Notify();
    EXPECT_TRUE(go_on.WaitForNotificationWithTimeout(kPatience));
    return 0;
  };
  OpenWith({.rest = 1000, .load = 50, .left = 40, .most = 100'000});
  before_sync = &wait;
  while (!begun.HasBeenNotified()) ASSERT_TRUE(CommitOne().ok());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(CommitOne().ok());
  go_on.Notify();
  connection_.reset();
  EXPECT_THAT(file_.Run("SELECT COUNT(*) FROM page"), ElementsAre(absl::StrCat(rows_)));
  EXPECT_THAT(file_.Run("PRAGMA integrity_check"), ElementsAre("ok"));
}

TEST_F(CheckpointerTest, TheLogStaysBoundedUnderSteadyLoad) {
  constexpr int kMost = 400;
  constexpr int kPagesOfACommit = 8;
  OpenWith({.rest = 1000, .load = 100, .left = 50, .most = kMost});
  for (int i = 0; i < 600; ++i) {
    ASSERT_TRUE(CommitOne().ok());
    ASSERT_LE(LogBytes(), (kMost + kPagesOfACommit) * (4096 + 24) + 32);
  }
  connection_.reset();
  EXPECT_THAT(file_.Run("SELECT COUNT(*) FROM page"), ElementsAre("600"));
  EXPECT_THAT(file_.Run("PRAGMA integrity_check"), ElementsAre("ok"));
}

// The system tells of a failed sync once: whoever would begin the log anew after it loses pages.
TEST_F(CheckpointerTest, AfterADiskThatFailedNothingIsHardAnyMore) {
  std::atomic<int> failures = 0;
  const std::function<int()> fail = [&] {
    ++failures;
    return EIO;
  };
  OpenWith({.rest = 1000, .load = 50, .left = 40, .most = 200});
  ASSERT_TRUE(connection_->Harden().ok());
  before_sync = &fail;
  for (int i = 0; i < 300 && connection_->Harden().ok(); ++i) ASSERT_TRUE(CommitOne().ok());
  EXPECT_GT(failures, 0);
  before_sync = nullptr;
  EXPECT_EQ(connection_->Harden().code(), absl::StatusCode::kDataLoss);
}

TEST_F(CheckpointerTest, TellsOnceHowMuchWasCopied) {
  OpenWith({.rest = 1000, .load = 100'000, .left = 40, .most = 100'000});
  ASSERT_TRUE(CommitOne().ok());
  SqliteCheckpointer beside(file_.path());
  EXPECT_EQ(beside.TakeCopied(), std::nullopt);
  beside.Start();
  beside.Await();
  EXPECT_FALSE(beside.copying());
  EXPECT_EQ(beside.TakeCopied(), (LogBytes() - 32) / (4096 + 24));
  EXPECT_EQ(beside.TakeCopied(), std::nullopt);
}

TEST_F(CheckpointerTest, WithoutADatabaseItCopiesNothing) {
  SqliteCheckpointer beside(absl::StrCat(file_.path(), ".missing"));
  beside.Start();
  beside.Await();
  EXPECT_EQ(beside.TakeCopied(), std::nullopt);
}

}  // namespace
}  // namespace twotier::db
