// Pay of cadres and civil servants: coefficients times the base salary of the day.
#ifndef TWOTIER_SERVICES_PERSONNEL_DOMAIN_SALARY_H_
#define TWOTIER_SERVICES_PERSONNEL_DOMAIN_SALARY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"

namespace twotier::personnel {

// Highest coefficient of rank and post together that is believed, in hundredths: the State's
// highest salary has 13.00 (Resolution 730/2004/NQ-UBTVQH11).
inline constexpr int kCoefficientMaxHundredths = 1'300;

// Base salary in đồng on `day`: 1.80 m from 1 July 2023 (Decree 24/2023), 2.34 m from 1 July 2024
// (Decree 73/2024), 2.53 m from 1 July 2026 (Decree 161/2026). Nothing before.
std::optional<int64_t> BaseSalaryVnd(absl::CivilDay day);

// (rank + post) × base × (1 + 25 % public-service allowance, Decree 34/2012), rounded half up to
// whole đồng. Coefficients are in hundredths, together at most kCoefficientMaxHundredths.
std::optional<int64_t> MonthlySalaryVnd(int rank_hundredths, int post_hundredths,
                                        absl::CivilDay day);

// Months of a year that have one base salary.
struct SalaryMonths {
  int first_month = 1;
  int months = 0;
  int64_t base_vnd = 0;
};
// All months of `year`, in order; those before the first known base salary are left out.
std::vector<SalaryMonths> SalaryMonthsOf(int year);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_DOMAIN_SALARY_H_
