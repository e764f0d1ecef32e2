// Units of measure of norms, so that people are never added to square kilometres.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_MEASURE_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_MEASURE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace twotier::budget {

// A product of powers of named units: "VND", "VND/person/month", "1/post", "1" (a bare number). Any
// name of letters, digits and "_" that begins with a letter is a unit.
class Measure {
 public:
  // A bare number.
  Measure() = default;

  // nullopt: not of the form above, or longer than kMeasureBytesMax.
  static std::optional<Measure> Parse(absl::string_view text);

  friend Measure operator*(const Measure& a, const Measure& b);
  friend Measure operator/(const Measure& a, const Measure& b);
  friend bool operator==(const Measure&, const Measure&) = default;

  bool bare() const { return powers_.empty(); }
  // A form that Parse reads, with the names in order; a higher power is its name repeated.
  std::string Text() const;
  // What stands behind `value` for people: "posts" of 31, "km²" of 406.09, nothing for bare numbers
  // and for money, which everything else is about.
  std::string Noun(bool plural) const;

 private:
  std::vector<std::pair<std::string, int>> powers_;  // By name, none 0.
};

// A norm says what it is about in a few words.
inline constexpr size_t kMeasureBytesMax = 64;

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_MEASURE_H_
