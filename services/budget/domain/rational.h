// Exact fractions for norms: no floating point comes near money.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_RATIONAL_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_RATIONAL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "services/budget/domain/int128.h"

namespace twotier::budget {

// A fraction in lowest terms, its denominator positive. Whatever does not fit 64 bits, and a
// division by zero, gives a fraction that is not ok(), and so does all arithmetic with one: a long
// calculation is checked once, at its end.
class Rational {
 public:
  constexpr Rational() = default;
  // Whole numbers convert by themselves: norms are mostly made of them.
  constexpr Rational(int64_t whole) : numerator_(whole) {}  // NOLINT(google-explicit-constructor)
  static Rational Of(Int128 numerator, Int128 denominator);
  static constexpr Rational NotComputable() {
    Rational result;
    result.denominator_ = 0;
    return result;
  }

  constexpr bool ok() const { return denominator_ != 0; }
  constexpr int64_t numerator() const { return numerator_; }
  constexpr int64_t denominator() const { return denominator_; }
  constexpr bool whole() const { return denominator_ == 1; }

  friend Rational operator+(const Rational& a, const Rational& b);
  friend Rational operator-(const Rational& a, const Rational& b);
  friend Rational operator*(const Rational& a, const Rational& b);
  friend Rational operator/(const Rational& a, const Rational& b);

  // False for any comparison with what is not ok().
  friend bool operator==(const Rational& a, const Rational& b);
  friend bool operator<(const Rational& a, const Rational& b);
  friend bool operator<=(const Rational& a, const Rational& b) { return a < b || a == b; }

 private:
  int64_t numerator_ = 0;
  int64_t denominator_ = 1;
};

// How a fraction becomes a multiple of a step.
enum class Rounding {
  kNone = 0,
  kDown = 1,    // Towards minus infinity.
  kUp = 2,      // Towards plus infinity.
  kHalfUp = 3,  // To the nearest; halves upwards.
};

// The multiple of `step` that `value` is rounded to; `value` itself for kNone. Not ok() when `step`
// is not above zero.
Rational Round(const Rational& value, const Rational& step, Rounding mode);

// The largest whole number that is not above `value`, which is ok().
int64_t Floor(const Rational& value);

// Reads "1300", "-2.34", "1/3", "25%"; nothing else, and no separators. nullopt: it is none of
// these, or does not fit.
std::optional<Rational> ParseRational(absl::string_view text);

// For people, and exact: "62,000,000", "1.3", "-2.5", "412 1/3". What is not ok() is "?".
std::string TextOf(const Rational& value);

// Like TextOf for a share of one: 1/4 is "25 %".
std::string PercentText(const Rational& value);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_RATIONAL_H_
