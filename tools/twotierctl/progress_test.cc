#include "tools/twotierctl/progress.h"

#include <sstream>

#include "gtest/gtest.h"

namespace twotier::ctl {
namespace {

TEST(ProgressLineTest, FillsWithWhatIsDone) {
  EXPECT_EQ(ProgressLine("reading", 0, 4), "reading  [--------------------]  0%");
  EXPECT_EQ(ProgressLine("reading", 1, 4), "reading  [#####---------------]  25%");
  EXPECT_EQ(ProgressLine("reading", 4, 4), "reading  [####################]  100%");
  EXPECT_EQ(ProgressLine("reading", 0, 0), "reading  [####################]  100%");
}

TEST(WaitingLineTest, RunsToTheEndAndBack) {
  EXPECT_EQ(WaitingLine("importing", absl::ZeroDuration()),
            "importing  [###                 ]  0s");
  EXPECT_EQ(WaitingLine("importing", absl::Milliseconds(1700)),
            "importing  [                 ###]  1s");
  EXPECT_EQ(WaitingLine("importing", absl::Milliseconds(1800)),
            "importing  [                ### ]  1s");
  EXPECT_EQ(WaitingLine("importing", absl::Milliseconds(3400)),
            "importing  [###                 ]  3s");
}

TEST(ProgressTest, ClearsItsLineOnATerminalAndIsSilentElsewhere) {
  std::ostringstream terminal;
  {
    Progress progress(terminal, /*enabled=*/true);
    progress.Show("one");
  }
  EXPECT_EQ(terminal.str(), "\r\x1b[Kone\r\x1b[K");

  std::ostringstream pipe;
  {
    Progress progress(pipe, /*enabled=*/false);
    progress.Show("one");
  }
  EXPECT_EQ(pipe.str(), "");
}

}  // namespace
}  // namespace twotier::ctl
