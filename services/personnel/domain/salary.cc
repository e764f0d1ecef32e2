#include "services/personnel/domain/salary.h"

namespace twotier::personnel {
namespace {

struct BaseSalary {
  absl::CivilDay from;
  int64_t vnd;
};

// Allowance for public service, in hundredths of the salary: 1 + 25 %.
constexpr int64_t kWithAllowanceHundredths = 125;

}  // namespace

std::optional<int64_t> BaseSalaryVnd(absl::CivilDay day) {
  const BaseSalary newest_first[] = {
      {absl::CivilDay(2026, 7, 1), 2'530'000},
      {absl::CivilDay(2024, 7, 1), 2'340'000},
      {absl::CivilDay(2023, 7, 1), 1'800'000},
  };
  for (const BaseSalary& base : newest_first) {
    if (day >= base.from) return base.vnd;
  }
  return std::nullopt;
}

std::optional<int64_t> MonthlySalaryVnd(int rank_hundredths, int post_hundredths,
                                        absl::CivilDay day) {
  const std::optional<int64_t> base = BaseSalaryVnd(day);
  if (!base) return std::nullopt;
  const int64_t coefficient = int64_t{rank_hundredths} + post_hundredths;
  return (coefficient * *base * kWithAllowanceHundredths + 5'000) / 10'000;
}

std::vector<SalaryMonths> SalaryMonthsOf(int year) {
  std::vector<SalaryMonths> all;
  for (int month = 1; month <= 12; ++month) {
    const std::optional<int64_t> base = BaseSalaryVnd(absl::CivilDay(year, month, 1));
    if (!base) continue;
    if (all.empty() || all.back().base_vnd != *base) all.push_back({month, 0, *base});
    ++all.back().months;
  }
  return all;
}

}  // namespace twotier::personnel
