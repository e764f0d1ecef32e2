#include "services/budget/domain/measure.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace twotier::budget {
namespace {

using Powers = std::vector<std::pair<std::string, int>>;

// Adds `sign` times the powers of `b` to those of `a`.
Powers Combined(const Powers& a, const Powers& b, int sign) {
  Powers all = a;
  for (const auto& [name, power] : b) {
    const auto it = std::find_if(all.begin(), all.end(),
                                 [&name = name](const auto& each) { return each.first == name; });
    if (it == all.end()) {
      all.emplace_back(name, sign * power);
    } else {
      it->second += sign * power;
    }
  }
  all.erase(
      std::remove_if(all.begin(), all.end(), [](const auto& each) { return each.second == 0; }),
      all.end());
  std::sort(all.begin(), all.end());
  return all;
}

bool IsName(absl::string_view text) {
  return !text.empty() && absl::ascii_isalpha(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

}  // namespace

std::optional<Measure> Measure::Parse(absl::string_view text) {
  if (text.size() > kMeasureBytesMax) return std::nullopt;
  Measure measure;
  bool first = true;
  for (const absl::string_view name : absl::StrSplit(text, '/')) {
    const bool one = first && name == "1";
    if (!one && !IsName(name)) return std::nullopt;
    if (!one) {
      measure.powers_ = Combined(measure.powers_, {{std::string(name), 1}}, first ? 1 : -1);
    }
    first = false;
  }
  return measure;
}

Measure operator*(const Measure& a, const Measure& b) {
  Measure product;
  product.powers_ = Combined(a.powers_, b.powers_, 1);
  return product;
}

Measure operator/(const Measure& a, const Measure& b) {
  Measure quotient;
  quotient.powers_ = Combined(a.powers_, b.powers_, -1);
  return quotient;
}

std::string Measure::Text() const {
  std::string above, below;
  for (const auto& [name, power] : powers_) {
    for (int i = 0; i < power; ++i) absl::StrAppend(&above, above.empty() ? "" : "*", name);
    for (int i = 0; i < -power; ++i) absl::StrAppend(&below, "/", name);
  }
  return absl::StrCat(above.empty() ? "1" : above, below);
}

std::string Measure::Noun(bool plural) const {
  if (powers_.size() != 1 || powers_[0].second != 1 || powers_[0].first == "VND") return "";
  const std::string& name = powers_[0].first;
  if (name == "km2") return "km²";
  if (name == "person") return plural ? "people" : "person";
  const bool symbol = name == "ha" || name == "km";
  return plural && !symbol ? absl::StrCat(name, "s") : name;
}

}  // namespace twotier::budget
