// The whole life of a process: from its flags to its exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/feed/feed.h"
#include "common/server/main.h"
#include "google/protobuf/descriptor.h"
#include "spine.grpc.pb.h"
#include "tests/support/database.h"

namespace twotier::server {
namespace {

// A service without handlers that asks its own process to end.
class EndingService final : public Service {
 public:
  EndingService() { kill(getpid(), SIGTERM); }  // Blocked: it waits until Main waits for it.
  grpc::Service& binding() override { return binding_; }
  bool ready() const override { return true; }

 private:
  testing::v1::SpineService::CallbackService binding_;
};

class MainTest : public ::testing::Test {
 protected:
  MainTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  // Runs Main in a child process and ends it with Main's exit code.
  [[noreturn]] void Run(std::vector<std::string> flags) {
    Description description;
    description.service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        testing::v1::SpineService::service_full_name());
    description.defaults = {"127.0.0.1:0", "none", database_.url()};
    description.migrations = feed::Migrations();
    description.build = [](const Parts&) -> absl::StatusOr<std::unique_ptr<Service>> {
      return std::make_unique<EndingService>();
    };
    flags.insert(flags.begin(), "spine");
    std::vector<char*> arguments;
    for (std::string& flag : flags) arguments.push_back(flag.data());
    std::exit(Main(static_cast<int>(arguments.size()), arguments.data(), description));
  }

  testing_support::TestDatabase database_ = testing_support::MakeSqlite();
};

TEST_F(MainTest, ServesUntilItIsAskedToEndAndDrains) {
  EXPECT_EXIT(
      {
        dup2(STDERR_FILENO, STDOUT_FILENO);  // The log, where the death test looks.
        Run({"--drain_notice_ms=0"});
      },
      ::testing::ExitedWithCode(0), "listening(.|\n)*drained");
}

TEST_F(MainTest, NamesEveryWrongFlagAndDoesNotStart) {
  EXPECT_EXIT(Run({"--listen=nowhere", "--drain_seconds_max=-1"}), ::testing::ExitedWithCode(1),
              "--drain_seconds_max is -1(.|\n)*--listen is \"nowhere\"");
}

TEST_F(MainTest, DoesNotBelieveCallersOnAnOpenAddress) {
  EXPECT_EXIT(Run({"--listen=0.0.0.0:0"}), ::testing::ExitedWithCode(1),
              "needs a loopback address");
}

TEST_F(MainTest, GivesTheFeedANewEpochWithoutServing) {
  // Forked without starting the test again: parent and child have one database.
  GTEST_FLAG_SET(death_test_style, "fast");
  static constexpr char kEpoch[] = "SELECT epoch FROM feed_head";
  const auto run = [this] {
    EXPECT_EXIT(
        {
          dup2(STDERR_FILENO, STDOUT_FILENO);
          Run({"--new_feed_epoch"});
        },
        ::testing::ExitedWithCode(0), "new feed epoch");
    return database_.Run(kEpoch);
  };
  const std::vector<std::string> first = run();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_NE(run(), first);
}

TEST_F(MainTest, SaysWhyTheDatabaseCannotBeOpened) {
  EXPECT_EXIT(Run({"--database=sqlite:/nowhere/at/all.db"}), ::testing::ExitedWithCode(1),
              "cannot start");
}

}  // namespace
}  // namespace twotier::server
