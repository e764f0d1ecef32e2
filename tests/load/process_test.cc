#include "tests/load/process.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace twotier::load {
namespace {

absl::StatusOr<Process> Start(const std::vector<std::string>& argv) {
  return Process::Start(argv, absl::StrCat(testing::TempDir(), "/load_process_test.log"));
}

TEST(ProcessTest, TellsHowItEnded) {
  auto good = Start({"true"});
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_TRUE(good->Wait().ok());
  auto bad = Start({"false"});
  ASSERT_TRUE(bad.ok()) << bad.status();
  EXPECT_TRUE(absl::IsInternal(bad->Wait()));
  auto terminated = Start({"sleep", "infinity"});
  ASSERT_TRUE(terminated.ok()) << terminated.status();
  EXPECT_TRUE(absl::IsInternal(terminated->Terminate())) << "of the signal";
}

TEST(ProcessTest, EndsOnce) {
  auto process = Start({"true"});
  ASSERT_TRUE(process.ok()) << process.status();
  ASSERT_TRUE(process->Wait().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(process->Wait()));
  EXPECT_TRUE(absl::IsFailedPrecondition(process->Terminate()));
  process->Kill();  // Of nobody.
}

TEST(ProcessTest, SaysThatThereIsNoSuchProgram) {
  EXPECT_TRUE(absl::IsNotFound(Start({"/nowhere/program"}).status()));
}

}  // namespace
}  // namespace twotier::load
