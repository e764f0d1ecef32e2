#include "services/budget/domain/rational.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

namespace twotier::budget {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

TEST(RationalTest, CalculatesExactly) {
  const Rational third = Rational::Of(1, 3);
  EXPECT_EQ(third + third + third, Rational(1));
  EXPECT_EQ(Rational(1) / 3 * 3, Rational(1));
  EXPECT_EQ(Rational::Of(2, 4), Rational::Of(1, 2));
  EXPECT_EQ(Rational::Of(1, -2), Rational::Of(-1, 2));
  EXPECT_LT(Rational::Of(1, 3), Rational::Of(334, 1000));
  EXPECT_FALSE(Rational::Of(1, 3) < Rational::Of(1, 3));
}

TEST(RationalTest, OverflowAndDivisionByZeroSpreadToEverythingCalculatedWithThem) {
  const Rational none = Rational(1) / Rational(0);
  EXPECT_FALSE(none.ok());
  EXPECT_FALSE((Rational(kMost) + 1).ok());
  EXPECT_FALSE((Rational(kMost) * 2).ok());
  EXPECT_FALSE((Rational::Of(1, kMost) * Rational::Of(1, 2)).ok());
  EXPECT_FALSE((Rational(kMost) * 2 / 2).ok());
  for (const Rational& spread :
       {none + 1, none - Rational(none), none * 0, Rational(0) / none, 1 - none}) {
    EXPECT_FALSE(spread.ok());
  }
  EXPECT_FALSE(none == none);
  EXPECT_FALSE(none < Rational(1));
}

TEST(RationalTest, RoundsToAStep) {
  const struct {
    Rational value, step;
    Rounding mode;
    Rational rounded;
  } cases[] = {
      {Rational::Of(31, 3), 1, Rounding::kDown, 10},
      {Rational::Of(31, 3), 1, Rounding::kUp, 11},
      {Rational::Of(31, 3), 1, Rounding::kHalfUp, 10},
      {Rational::Of(21, 2), 1, Rounding::kHalfUp, 11},
      {Rational::Of(-21, 2), 1, Rounding::kHalfUp, -10},
      {Rational::Of(-21, 2), 1, Rounding::kDown, -11},
      {Rational::Of(31, 3), 1, Rounding::kNone, Rational::Of(31, 3)},
      {1'499, 1'000, Rounding::kHalfUp, 1'000},
      {1'500, 1'000, Rounding::kHalfUp, 2'000},
      {Rational::Of(127, 1000), Rational::Of(1, 100), Rounding::kHalfUp, Rational::Of(13, 100)},
      {7, 1, Rounding::kUp, 7},
  };
  for (const auto& c : cases) EXPECT_EQ(Round(c.value, c.step, c.mode), c.rounded);
  EXPECT_FALSE(Round(1, 0, Rounding::kUp).ok());
}

TEST(RationalTest, ReadsWhatResolutionsPrint) {
  EXPECT_EQ(ParseRational("46000"), Rational(46'000));
  EXPECT_EQ(ParseRational("8.1"), Rational::Of(81, 10));
  EXPECT_EQ(ParseRational("-0.25"), Rational::Of(-1, 4));
  EXPECT_EQ(ParseRational("1/3"), Rational::Of(1, 3));
  EXPECT_EQ(ParseRational("0.5%"), Rational::Of(1, 200));
  for (const char* wrong : {"", "-", ".", "1.", ".5", "1,000", "1e3", "1/0", "1/-3", "1/2/3", "%",
                            "1/3%", "+1", " 1", "9223372036854775808", "0.1234567890123456789"}) {
    EXPECT_EQ(ParseRational(wrong), std::nullopt) << wrong;
  }
}

TEST(RationalTest, ReadsLikeAnAmount) {
  EXPECT_EQ(TextOf(62'000'000), "62,000,000");
  EXPECT_EQ(TextOf(-1'000), "-1,000");
  EXPECT_EQ(TextOf(999), "999");
  EXPECT_EQ(TextOf(Rational::Of(13, 10)), "1.3");
  EXPECT_EQ(TextOf(Rational::Of(4'000, 3)), "1,333 1/3");
  EXPECT_EQ(TextOf(Rational::Of(-1, 3)), "-1/3");
  EXPECT_EQ(TextOf(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
  EXPECT_EQ(TextOf(Rational::NotComputable()), "?");
  EXPECT_EQ(PercentText(Rational::Of(1, 200)), "0.5 %");
}

RC_GTEST_PROP(RationalProperties, SumsAndProductsUndoEachOther, ()) {
  const auto fraction = [] {
    return Rational::Of(*rc::gen::inRange<int64_t>(-1'000'000, 1'000'000),
                        *rc::gen::inRange<int64_t>(1, 1'000));
  };
  const Rational a = fraction(), b = fraction();
  RC_ASSERT((a + b) - b == a);
  if (!(b == Rational(0))) RC_ASSERT(a * b / b == a);
  RC_ASSERT((a < b) + (b < a) + (a == b) == 1);
  RC_ASSERT(Floor(a) <= a && a < Rational(Floor(a)) + 1);
}

RC_GTEST_PROP(RationalProperties, ReadsBackDecimalsItWrites, ()) {
  const Rational value = Rational::Of(*rc::gen::inRange<int64_t>(0, 999'999),
                                      *rc::gen::element<int64_t>(1, 2, 5, 8, 100, 1'000));
  std::string text = TextOf(value);
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  RC_ASSERT(ParseRational(text) == value);
}

}  // namespace
}  // namespace twotier::budget
