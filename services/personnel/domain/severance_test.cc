#include "services/personnel/domain/severance.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "common/errors.h"
#include "services/personnel/domain/retirement.h"
#include "services/personnel/domain/salary.h"

namespace twotier::personnel {
namespace {

SeveranceFacts Facts(SeveranceRule rule, Departure departure, int64_t monthly_vnd,
                     int service_months) {
  SeveranceFacts facts;
  facts.rule = rule;
  facts.departure = departure;
  facts.leaves =
      rule == SeveranceRule::kDecree178 ? absl::CivilDay(2025, 5, 1) : absl::CivilDay(2026, 3, 1);
  facts.monthly_vnd = monthly_vnd;
  facts.service_months = service_months;
  return facts;
}

std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason ? reason->reason : "";
}

std::vector<int64_t> Amounts(const Severance& severance) {
  std::vector<int64_t> amounts;
  for (const SeveranceLine& line : severance.lines) amounts.push_back(line.amount_vnd);
  return amounts;
}

// Example C of letter 1814/BNV. The paper prints 744,788,125 as the sum; its own parts give
// 744,778,125.
TEST(SeveranceTest, EarlyRetirementUnderDecree178) {
  SeveranceFacts facts = Facts(SeveranceRule::kDecree178, Departure::kEarlyRetirement,
                               *MonthlySalaryVnd(465, 60, absl::CivilDay(2025, 5, 1)), 22 * 12);
  facts.apparatus_decision = absl::CivilDay(2025, 3, 1);
  facts.pension_from = PensionFrom(Sex::kMale, absl::CivilDay(1966, 1, 15));
  const absl::StatusOr<Severance> severance = ComputeSeverance(facts);
  ASSERT_TRUE(severance.ok()) << severance.status();
  EXPECT_EQ(Amounts(*severance),
            (std::vector<int64_t>{460'687'500, 191'953'125, 76'781'250, 15'356'250}));
  EXPECT_EQ(severance->total_vnd, 744'778'125);
}

// Example M of the same letter, exact as printed.
TEST(SeveranceTest, LeaveUnderDecree178) {
  const absl::StatusOr<Severance> severance =
      ComputeSeverance(Facts(SeveranceRule::kDecree178, Departure::kLeave,
                             *MonthlySalaryVnd(366, 0, absl::CivilDay(2025, 5, 1)), 15 * 12));
  ASSERT_TRUE(severance.ok()) << severance.status();
  EXPECT_EQ(Amounts(*severance), (std::vector<int64_t>{513'864'000, 240'873'750, 32'116'500}));
  EXPECT_EQ(severance->total_vnd, 786'854'250);
}

TEST(SeveranceTest, TheFullRateOfDecree178LastsTwelveMonths) {
  SeveranceFacts facts = Facts(SeveranceRule::kDecree178, Departure::kLeave, 10'000'000, 60);
  facts.apparatus_decision = absl::CivilDay(2024, 5, 2);
  EXPECT_EQ(ComputeSeverance(facts)->lines[0].rate_hundredths, 80);
  facts.apparatus_decision = absl::CivilDay(2024, 5, 1);
  EXPECT_EQ(ComputeSeverance(facts)->lines[0].rate_hundredths, 40);
}

TEST(SeveranceTest, ServiceBetweenFifteenAndTwentyYears) {
  SeveranceFacts facts =
      Facts(SeveranceRule::kDecree178, Departure::kEarlyRetirement, 10'000'000, 19 * 12 + 2);
  facts.pension_from = absl::CivilMonth(2028, 5);
  // 19 years and 2 months count 19½: 4 + 0.5 × 4.5.
  const absl::StatusOr<Severance> severance = ComputeSeverance(facts);
  ASSERT_TRUE(severance.ok()) << severance.status();
  EXPECT_EQ(severance->lines[2].amount_vnd + severance->lines[3].amount_vnd, 62'500'000);
  facts.rule = SeveranceRule::kDecree154;
  facts.leaves = absl::CivilDay(2026, 3, 1);
  EXPECT_EQ(ComputeSeverance(facts)->lines[1].amount_vnd, 50'000'000);
}

TEST(SeveranceTest, MoreThanFiveYearsEarly) {
  SeveranceFacts facts =
      Facts(SeveranceRule::kDecree178, Departure::kEarlyRetirement, 10'000'000, 20 * 12);
  facts.pension_from = absl::CivilMonth(2031, 5);  // Six years.
  const absl::StatusOr<Severance> severance = ComputeSeverance(facts);
  ASSERT_TRUE(severance.ok()) << severance.status();
  EXPECT_EQ(Amounts(*severance), (std::vector<int64_t>{540'000'000, 240'000'000, 50'000'000, 0}));
  facts.rule = SeveranceRule::kDecree154;
  facts.leaves = absl::CivilDay(2026, 3, 1);
  EXPECT_EQ(ReasonOf(ComputeSeverance(facts).status()), "SEVERANCE_NOT_PROVIDED");
}

TEST(SeveranceTest, Decree154) {
  const struct {
    const char* name;
    Departure departure;
    int service_months;
    int pension_year;
    int pension_month;
    std::vector<int64_t> amounts;  // Of 10 m a month, in millions.
  } cases[] = {
      {"3 years early, 25 years", Departure::kEarlyRetirement, 300, 2029, 3, {150, 50, 25}},
      {"leave after 10 years", Departure::kLeave, 120, 2040, 1, {30, 150}},
      {"out of the budget", Departure::kMoveOutOfBudget, 120, 2040, 1, {30, 50}},
      {"part-timer, 4 years", Departure::kPartTimerLeave, 48, 2040, 1, {384, 60, 30}},
      {"part-timer, 10 years, 2 to go", Departure::kPartTimerLeave, 120, 2028, 3, {192, 150, 30}},
      {"part-timer, 10 years, 9 to go", Departure::kPartTimerLeave, 120, 2035, 3, {480, 150, 30}},
  };
  for (const auto& c : cases) {
    SeveranceFacts facts =
        Facts(SeveranceRule::kDecree154, c.departure, 10'000'000, c.service_months);
    facts.pension_from = absl::CivilMonth(c.pension_year, c.pension_month);
    const absl::StatusOr<Severance> severance = ComputeSeverance(facts);
    ASSERT_TRUE(severance.ok()) << c.name << severance.status();
    std::vector<int64_t> millions = Amounts(*severance);
    for (int64_t& amount : millions) amount /= 1'000'000;
    EXPECT_EQ(millions, c.amounts) << c.name;
  }
}

TEST(SeveranceTest, RefusesWhatTheDecreesDoNotProvide) {
  SeveranceFacts facts =
      Facts(SeveranceRule::kDecree154, Departure::kEarlyRetirement, 10'000'000, 300);
  EXPECT_EQ(ReasonOf(ComputeSeverance(facts).status()), "SEVERANCE_NOT_PROVIDED");
  facts.pension_from = absl::CivilMonth(2028, 2);  // 23 months.
  EXPECT_EQ(ReasonOf(ComputeSeverance(facts).status()), "SEVERANCE_NOT_PROVIDED");
  facts.pension_from = absl::CivilMonth(2029, 3);
  facts.service_months = 179;
  EXPECT_EQ(ReasonOf(ComputeSeverance(facts).status()), "SEVERANCE_NOT_PROVIDED");
  facts.leaves = absl::CivilDay(2031, 1, 1);
  EXPECT_EQ(ReasonOf(ComputeSeverance(facts).status()), "SEVERANCE_RULE_NOT_IN_FORCE");
  facts.rule = SeveranceRule::kDecree178;
  facts.leaves = absl::CivilDay(2026, 1, 1);
  EXPECT_EQ(ReasonOf(ComputeSeverance(facts).status()), "SEVERANCE_RULE_NOT_IN_FORCE");
  facts.leaves = absl::CivilDay(2025, 12, 31);
  facts.departure = Departure::kMoveOutOfBudget;
  EXPECT_EQ(ReasonOf(ComputeSeverance(facts).status()), "SEVERANCE_NOT_PROVIDED");
}

TEST(SeveranceTest, CountsOddMonthsInHalves) {
  const std::pair<int, int> cases[] = {{0, 0}, {1, 1}, {6, 1}, {7, 2}, {12, 2}, {30, 5}, {31, 6}};
  for (const auto& [months, halves] : cases) EXPECT_EQ(HalfYearsOf(months), halves) << months;
}

TEST(SeveranceTest, WhoIsHiredWithinSixtyMonthsPaysBack) {
  const absl::CivilDay left(2025, 8, 1);
  EXPECT_TRUE(MustRepay(left, left));
  EXPECT_TRUE(MustRepay(left, absl::CivilDay(2030, 7, 31)));
  EXPECT_FALSE(MustRepay(left, absl::CivilDay(2030, 8, 1)));
}

RC_GTEST_PROP(SeveranceTest, TheTotalIsTheSumAndGrowsWithThePay, ()) {
  SeveranceFacts facts = Facts(
      *rc::gen::element(SeveranceRule::kDecree178, SeveranceRule::kDecree154),
      *rc::gen::element(Departure::kEarlyRetirement, Departure::kLeave, Departure::kPartTimerLeave),
      *rc::gen::inRange<int64_t>(0, 100'000'000), *rc::gen::inRange(0, 600));
  facts.pension_from = absl::CivilMonth(facts.leaves) + *rc::gen::inRange(0, 200);
  const absl::StatusOr<Severance> severance = ComputeSeverance(facts);
  facts.monthly_vnd += *rc::gen::inRange<int64_t>(0, 1'000'000);
  const absl::StatusOr<Severance> more = ComputeSeverance(facts);
  RC_ASSERT(severance.ok() == more.ok());
  if (!severance.ok()) return;
  int64_t sum = 0;
  for (const SeveranceLine& line : severance->lines) {
    RC_ASSERT(line.amount_vnd >= 0);
    sum += line.amount_vnd;
  }
  RC_ASSERT(sum == severance->total_vnd);
  RC_ASSERT(more->total_vnd >= severance->total_vnd);
}

}  // namespace
}  // namespace twotier::personnel
