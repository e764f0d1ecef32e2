#include "services/personnel/domain/salary.h"

#include <gtest/gtest.h>

namespace twotier::personnel {
namespace {

TEST(SalaryTest, ComputesThePublishedSalaries) {
  const absl::CivilDay day(2025, 5, 1);
  EXPECT_EQ(MonthlySalaryVnd(465, 60, day), 15'356'250);  // Worked example of letter 1814/BNV.
  EXPECT_EQ(MonthlySalaryVnd(366, 0, day), 10'705'500);
}

TEST(SalaryTest, TheBaseMovesWithTheDate) {
  EXPECT_EQ(BaseSalaryVnd(absl::CivilDay(2023, 6, 30)), std::nullopt);
  EXPECT_EQ(BaseSalaryVnd(absl::CivilDay(2024, 6, 30)), 1'800'000);
  EXPECT_EQ(BaseSalaryVnd(absl::CivilDay(2026, 6, 30)), 2'340'000);
  EXPECT_EQ(BaseSalaryVnd(absl::CivilDay(2026, 7, 1)), 2'530'000);
  EXPECT_EQ(MonthlySalaryVnd(234, 0, absl::CivilDay(2026, 7, 1)), 7'400'250);
  EXPECT_EQ(MonthlySalaryVnd(234, 0, absl::CivilDay(2020, 1, 1)), std::nullopt);
}

}  // namespace
}  // namespace twotier::personnel
