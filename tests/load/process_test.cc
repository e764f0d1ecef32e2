#include "tests/load/process.h"

#include <gtest/gtest.h>

#include "absl/strings/numbers.h"
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

TEST(FreeAddressTest, IsNoneThatAnOutgoingConnectionMayHave) {
  for (int i = 0; i < 20; ++i) {
    const auto address = FreeAddress();
    ASSERT_TRUE(address.ok()) << address.status();
    ASSERT_EQ(address->substr(0, 10), "127.0.0.1:");
    int port = 0;
    ASSERT_TRUE(absl::SimpleAtoi(address->substr(10), &port)) << *address;
    EXPECT_LT(port, 32'768);  // Where net.ipv4.ip_local_port_range begins.
  }
}

}  // namespace
}  // namespace twotier::load
