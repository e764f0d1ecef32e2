#include "services/budget/domain/rational.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace twotier::budget {
namespace {

// 10^18 is the largest power of ten in 64 bits.
constexpr size_t kDecimalsMax = 18;

constexpr bool Fits(Int128 value) {
  return value >= std::numeric_limits<int64_t>::min() &&
         value <= std::numeric_limits<int64_t>::max();
}

Int128 Gcd(Int128 a, Int128 b) {
  if (a < 0) a = -a;
  while (b != 0) {
    const Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

Rational WholeOf(Int128 value) {
  return Fits(value) ? Rational(static_cast<int64_t>(value)) : Rational::NotComputable();
}

int64_t Power10(size_t exponent) {
  int64_t power = 1;
  for (size_t i = 0; i < exponent; ++i) power *= 10;
  return power;
}

std::string Grouped(int64_t value) {
  const std::string digits = absl::StrCat(value);
  const size_t sign = value < 0 ? 1 : 0;
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > sign && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

// The digits after the point of `numerator / denominator`, which is below one; empty when they do
// not end.
std::string Decimals(int64_t numerator, int64_t denominator) {
  std::string digits;
  Int128 rest = numerator;
  while (rest != 0 && digits.size() < kDecimalsMax) {
    rest *= 10;
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest / denominator)));
    rest %= denominator;
  }
  return rest == 0 ? digits : "";
}

std::optional<Rational> ParseDecimal(absl::string_view text) {
  absl::string_view digits = text;
  if (!digits.empty() && digits[0] == '-') digits.remove_prefix(1);
  const size_t point = digits.find('.');
  std::string all(digits.substr(0, point));
  const absl::string_view decimals =
      point == absl::string_view::npos ? absl::string_view() : digits.substr(point + 1);
  if (all.empty() || decimals.size() > kDecimalsMax ||
      (point != absl::string_view::npos && decimals.empty())) {
    return std::nullopt;
  }
  absl::StrAppend(&all, decimals);
  if (all.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  int64_t numerator = 0;
  if (!absl::SimpleAtoi(all, &numerator)) return std::nullopt;
  const bool negative = digits.size() < text.size();
  return Rational::Of(negative ? -numerator : numerator, Power10(decimals.size()));
}

}  // namespace

Rational Rational::Of(Int128 numerator, Int128 denominator) {
  if (denominator == 0) return NotComputable();
  if (denominator == 1) return WholeOf(numerator);
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  const Int128 common = Gcd(numerator, denominator);
  numerator /= common;
  denominator /= common;
  if (!Fits(numerator) || !Fits(denominator)) return NotComputable();
  Rational result;
  result.numerator_ = static_cast<int64_t>(numerator);
  result.denominator_ = static_cast<int64_t>(denominator);
  return result;
}

// Products of two 64-bit numbers stay below 2^126, and the sum of two such below 2^127.
Rational operator+(const Rational& a, const Rational& b) {
  if (!a.ok() || !b.ok()) return Rational::NotComputable();
  if (a.denominator_ == b.denominator_) {
    return Rational::Of(Int128{a.numerator_} + b.numerator_, a.denominator_);
  }
  return Rational::Of(Int128{a.numerator_} * b.denominator_ + Int128{b.numerator_} * a.denominator_,
                      Int128{a.denominator_} * b.denominator_);
}

Rational operator-(const Rational& a, const Rational& b) {
  if (!a.ok() || !b.ok()) return Rational::NotComputable();
  if (a.denominator_ == b.denominator_) {
    return Rational::Of(Int128{a.numerator_} - b.numerator_, a.denominator_);
  }
  return Rational::Of(Int128{a.numerator_} * b.denominator_ - Int128{b.numerator_} * a.denominator_,
                      Int128{a.denominator_} * b.denominator_);
}

Rational operator*(const Rational& a, const Rational& b) {
  return Rational::Of(Int128{a.numerator_} * b.numerator_, Int128{a.denominator_} * b.denominator_);
}

Rational operator/(const Rational& a, const Rational& b) {
  if (!a.ok() || !b.ok()) return Rational::NotComputable();
  return Rational::Of(Int128{a.numerator_} * b.denominator_, Int128{a.denominator_} * b.numerator_);
}

bool operator==(const Rational& a, const Rational& b) {
  return a.ok() && a.numerator_ == b.numerator_ && a.denominator_ == b.denominator_;
}

bool operator<(const Rational& a, const Rational& b) {
  return a.ok() && b.ok() &&
         Int128{a.numerator_} * b.denominator_ < Int128{b.numerator_} * a.denominator_;
}

int64_t Floor(const Rational& value) {
  const int64_t quotient = value.numerator() / value.denominator();
  return value.numerator() % value.denominator() < 0 ? quotient - 1 : quotient;
}

Rational Round(const Rational& value, const Rational& step, Rounding mode) {
  if (mode == Rounding::kNone) return value;
  if (!(Rational(0) < step)) return Rational::NotComputable();
  Rational steps = value / step;
  if (mode == Rounding::kHalfUp) steps = steps + Rational::Of(1, 2);
  if (!steps.ok()) return steps;
  const Rational below = Floor(steps);
  return (mode == Rounding::kUp && below < steps ? below + 1 : below) * step;
}

std::optional<Rational> ParseRational(absl::string_view text) {
  Rational divisor = 1;
  if (!text.empty() && text.back() == '%') {
    text.remove_suffix(1);
    divisor = 100;
  } else if (const size_t slash = text.find('/'); slash != absl::string_view::npos) {
    const std::optional<Rational> below = ParseDecimal(text.substr(slash + 1));
    if (!below || !below->whole() || !(Rational(0) < *below)) return std::nullopt;
    divisor = *below;
    text = text.substr(0, slash);
  }
  const std::optional<Rational> above = ParseDecimal(text);
  if (!above) return std::nullopt;
  const Rational result = *above / divisor;
  return result.ok() ? std::optional<Rational>(result) : std::nullopt;
}

std::string TextOf(const Rational& value) {
  if (!value.ok()) return "?";
  if (value.whole()) return Grouped(value.numerator());
  const Int128 size = value.numerator() < 0 ? -Int128{value.numerator()} : value.numerator();
  const auto whole = static_cast<int64_t>(size / value.denominator());
  const auto rest = static_cast<int64_t>(size % value.denominator());
  const absl::string_view sign = value.numerator() < 0 ? "-" : "";
  const std::string decimals = Decimals(rest, value.denominator());
  if (!decimals.empty()) return absl::StrCat(sign, Grouped(whole), ".", decimals);
  const std::string fraction = absl::StrCat(rest, "/", value.denominator());
  return whole == 0 ? absl::StrCat(sign, fraction)
                    : absl::StrCat(sign, Grouped(whole), " ", fraction);
}

std::string PercentText(const Rational& value) { return absl::StrCat(TextOf(value * 100), " %"); }

}  // namespace twotier::budget
