#include "common/shown_lag.h"

#include "gtest/gtest.h"

namespace twotier {
namespace {

TEST(ShownLagTest, TheLargestOfTwoMinutesIsShown) {
  const absl::Time start = absl::UnixEpoch();
  ShownLag lag;
  EXPECT_EQ(lag.Show(absl::Seconds(3), start), absl::Seconds(3));
  EXPECT_EQ(lag.Show(absl::ZeroDuration(), start + absl::Seconds(1)), absl::Seconds(3));
  EXPECT_EQ(lag.Show(absl::Seconds(5), start + absl::Seconds(60)), absl::Seconds(5));
  EXPECT_EQ(lag.Show(absl::Seconds(4), start + absl::Seconds(179)), absl::Seconds(5));
  EXPECT_EQ(lag.Show(absl::Seconds(4), start + absl::Seconds(180)), absl::Seconds(4));
}

}  // namespace
}  // namespace twotier
