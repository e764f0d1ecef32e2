#include "common/chore.h"

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier {
namespace {

class ChoreTest : public testing::Test {
 protected:
  std::string LogText() {
    log_.Flush();
    std::rewind(file_.get());
    std::string text(4096, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file_.get()));
    return text;
  }

  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{std::tmpfile(), &std::fclose};
  Log log_{fileno(file_.get())};
};

TEST_F(ChoreTest, DoesSliceAfterSliceUntilNothingIsLeftAndThenRests) {
  std::atomic<int> slices{0};
  absl::Notification done;
  Chore chore(
      {.name = "counting", .pause = {}, .rest = absl::InfiniteDuration()},
      [&]() -> absl::StatusOr<bool> {
        if (++slices < 3) return true;
        done.Notify();  // A fourth slice would notify again and end the test.
        return false;
      },
      &log_);
  done.WaitForNotification();
  chore.Stop();
  EXPECT_EQ(slices, 3);
  EXPECT_EQ(LogText(), "");
}

TEST_F(ChoreTest, AFailureIsLoggedAndTriedAgainAfterARest) {
  absl::Notification again;
  int slices = 0;
  Chore chore(
      {.name = "failing", .pause = absl::InfiniteDuration(), .rest = {}},
      [&]() -> absl::StatusOr<bool> {
        if (++slices == 1) return absl::UnavailableError("away");
        if (slices == 2) again.Notify();
        return false;
      },
      &log_);
  again.WaitForNotification();
  chore.Stop();
  EXPECT_THAT(LogText(), testing::HasSubstr("failing"));
  EXPECT_THAT(LogText(), testing::HasSubstr("away"));
}

TEST_F(ChoreTest, EndsInTheMiddleOfARest) {
  absl::Notification ran;
  Chore chore(
      {.name = "resting", .pause = {}, .rest = absl::InfiniteDuration()},
      [&]() -> absl::StatusOr<bool> {
        ran.Notify();
        return false;
      },
      &log_);
  ran.WaitForNotification();
  chore.Stop();
  chore.Stop();
}

}  // namespace
}  // namespace twotier
