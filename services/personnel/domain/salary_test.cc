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

TEST(SalaryTest, AYearHasTheMonthsOfEachBase) {
  const std::vector<SalaryMonths> moved = SalaryMonthsOf(2026);
  ASSERT_EQ(moved.size(), 2);
  EXPECT_EQ(moved[0].base_vnd, 2'340'000);
  EXPECT_EQ(moved[0].months, 6);
  EXPECT_EQ(moved[1].first_month, 7);
  EXPECT_EQ(moved[1].months, 6);
  ASSERT_EQ(SalaryMonthsOf(2027).size(), 1);
  EXPECT_EQ(SalaryMonthsOf(2027)[0].months, 12);
  EXPECT_EQ(SalaryMonthsOf(2023)[0].first_month, 7);
}

}  // namespace
}  // namespace twotier::personnel
