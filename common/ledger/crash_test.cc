// A process that posts is killed, again and again; what it acknowledged is there, once, and the
// ledger adds up. The killed process is this program itself, started with --post_to.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/ledger/ledger_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_ledger.h"

namespace twotier::ledger {
namespace {

constexpr int kCallers = 32;
constexpr int kKills = 4;
constexpr size_t kAcknowledgedBetweenKills = 100;
constexpr absl::string_view kPostTo = "--post_to=";
constexpr absl::string_view kPrefix = "--prefix=";

// What the n-th journal of a run does. Three legs, so that half a journal would show.
Journal NthJournal(const std::string& prefix, int n) {
  const std::string id = absl::StrCat(prefix, n);
  return MakeJournal(id, {PostLine("state", "budget", 3), HoldLine("budget", "school", 2),
                          SettleLine({id, 2}, 1)});
}

// Posts for ever, many at a time, and prints the number of each journal once it is committed.
class Poster {
 public:
  Poster(db::Database& database, std::string prefix)
      : database_(database), prefix_(std::move(prefix)) {}

  void Submit() {
    const int n = next_++;
    db::Unit unit;
    unit.keys = {{"48", std::string(kKeyName)}};
    unit.work = [this, n](db::Tx& tx) {
      return Post(tx, InBook(), NthJournal(prefix_, n)).status();
    };
    unit.done = [this, n](const absl::Status& status) {
      const std::string line = absl::StrCat(n, "\n");
      if (!status.ok() || write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(1);
      Submit();
    };
    database_.Submit(std::move(unit));
  }

 private:
  db::Database& database_;
  const std::string prefix_;
  std::atomic<int> next_{0};
};

int PostForEver(const std::string& url, const std::string& prefix) {
  std::vector<db::Migration> migrations = feed::Migrations();
  for (db::Migration& step : Migrations()) migrations.push_back(std::move(step));
  const auto database = db::Database::Open(url, migrations, {});
  if (!database.ok()) {
    std::cerr << database.status() << std::endl;
    return 1;
  }
  Poster poster(**database, prefix);
  for (int i = 0; i < kCallers; ++i) poster.Submit();
  pause();
  return 0;
}

class CrashTest : public LedgerTest {
 protected:
  // Starts a poster, kills it once it has acknowledged enough, and returns what it acknowledged.
  std::vector<int> PostUntilKilled(const std::string& prefix) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = "/proc/self/exe";
    std::string url = absl::StrCat(kPostTo, test_database_.url());
    std::string with_prefix = absl::StrCat(kPrefix, prefix);
    char* const argv[] = {program.data(), url.data(), with_prefix.data(), nullptr};
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, program.c_str(), &actions, nullptr, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);

    std::string said;
    size_t lines = 0;
    bool killed = false;
    char buffer[4096];
    for (ssize_t size = 0; (size = read(ends[0], buffer, sizeof(buffer))) > 0;) {
      said.append(buffer, static_cast<size_t>(size));
      lines += static_cast<size_t>(std::count(buffer, buffer + size, '\n'));
      if (!killed && lines >= kAcknowledgedBetweenKills) {
        kill(child, SIGKILL);
        killed = true;
      }
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the poster ended by itself";
    std::vector<int> numbers;
    for (const absl::string_view line : absl::StrSplit(said, '\n', absl::SkipEmpty())) {
      int number = 0;
      EXPECT_TRUE(absl::SimpleAtoi(line, &number)) << line;
      numbers.push_back(number);
    }
    return numbers;
  }
};

TEST_P(CrashTest, WhatWasAcknowledgedIsThereOnceAndTheLedgerAddsUp) {
  OpenAll({MakeAccount("state"), MakeAccount("budget", Limit::kDebitsWithinCredits),
           MakeAccount("school")});
  for (int i = 0; i < kKills; ++i) {
    const std::string prefix = absl::StrCat("run", i, "-");
    database_.reset();
    const std::vector<int> acknowledged = PostUntilKilled(prefix);
    Open({});
    ASSERT_GE(acknowledged.size(), kAcknowledgedBetweenKills);
    for (const int n : acknowledged) ASSERT_EQ(PostOne(NthJournal(prefix, n)), "OK again") << n;
    testing_support::ExpectSound(verify::VerifyLedger(test_database_.url(), /*told=*/false));
  }
}

INSTANTIATE_TEST_SUITE_P(All, CrashTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::ledger

int main(int argc, char** argv) {
  absl::string_view url;
  absl::string_view prefix;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (absl::ConsumePrefix(&argument, twotier::ledger::kPostTo)) url = argument;
    if (absl::ConsumePrefix(&argument, twotier::ledger::kPrefix)) prefix = argument;
  }
  if (!url.empty()) return twotier::ledger::PostForEver(std::string(url), std::string(prefix));
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
