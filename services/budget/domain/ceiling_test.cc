#include "services/budget/domain/ceiling.h"

#include <limits>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier::budget {
namespace {

using ::testing::ElementsAre;
using Day = absl::CivilDay;

AccountKey Payer(const std::string& unit, const std::string& item = "", int year = 2027) {
  return {"48", unit, year, Stage::kAllocated, Line{.item = item}, "flood"};
}

TEST(CeilingTest, APurposeIsAPeriod) {
  std::set<std::string> purposes;
  for (int i = 1; i <= 12; ++i) purposes.insert(PurposeOf({.month = i}));
  for (int i = 1; i <= 4; ++i) purposes.insert(PurposeOf({.quarter = i}));
  EXPECT_EQ(purposes.size(), 16u);
  for (const std::string& purpose : purposes) {
    const auto period = PeriodOf(purpose);
    ASSERT_TRUE(period.has_value()) << purpose;
    EXPECT_EQ(PurposeOf(*period), purpose);
  }
  for (const char* other : {"", "q0", "q5", "m00", "m13", "m1", "flood"}) {
    EXPECT_FALSE(PeriodOf(other).has_value()) << other;
  }
}

TEST(CeilingTest, ADayCountsInItsQuarterAndMonth) {
  const struct {
    Day day;
    int quarter, month;
  } cases[] = {
      {Day(2027, 1, 1), 1, 1},
      {Day(2027, 3, 31), 1, 3},
      {Day(2027, 4, 1), 2, 4},
      {Day(2027, 9, 30), 3, 9},
      {Day(2027, 12, 31), 4, 12},
      // Before the year, and in its correction period.
      {Day(2026, 11, 2), 1, 1},
      {Day(2028, 1, 31), 4, 12},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(PeriodsOn(2027, c.day),
                ElementsAre(Period{.quarter = c.quarter}, Period{.month = c.month}))
        << c.day;
  }
}

TEST(CeilingTest, PaymentsOfAUnitAndYearTakeTogether) {
  const std::vector<Payment> payments = {{Payer("units/a", "341"), 10},
                                         {Payer("units/b"), 7},
                                         {Payer("units/a", "072"), 5},
                                         {Payer("units/a", "", 2028), 3}};
  const Day day(2027, 5, 4);
  const auto is_granted = [](const AccountKey& key) {
    return key.unit == "units/a" && (key.purpose == "q2" || key.purpose == "m01");
  };
  std::vector<std::string> lines;
  for (const ledger::Line& line : CeilingLines(payments, day, is_granted)) {
    lines.push_back(line.debit.id + " " + line.credit.id + " " + std::to_string(line.amount));
  }
  EXPECT_THAT(lines, ElementsAre("2027.ceiling.a.x.x.x.x.q2 2027.ceiling-paid.a.x.x.x.x.q2 15",
                                 "2028.ceiling.a.x.x.x.x.m01 2028.ceiling-paid.a.x.x.x.x.m01 3"));
  EXPECT_EQ(CeilingsOf(payments, day).size(), 6u);
}

TEST(CeilingTest, ASumBeyond64BitsIsMoreThanAnyCeiling) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const std::vector<Payment> payments = {{Payer("units/a"), kMax - 1}, {Payer("units/a"), kMax}};
  const auto lines =
      CeilingLines(payments, Day(2027, 5, 4), [](const AccountKey&) { return true; });
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].amount, kMax);
}

}  // namespace
}  // namespace twotier::budget
