// One expression for one unit.
#include <algorithm>

#include "services/budget/domain/norm_evaluation.h"

namespace twotier::budget {
namespace {

using Kind = NormExpression::Kind;

class Calculation {
 public:
  Calculation(const NormInputs& inputs, const NormResults& results, size_t unit,
              bool* above_ceiling)
      : inputs_(inputs), results_(results), unit_(unit), above_ceiling_(above_ceiling) {}

  Rational Of(const NormNode& node) const {
    switch (node.kind) {
      case Kind::kMissing:
        return Rational::NotComputable();
      case Kind::kNumber:
      case Kind::kChoice:
        return node.number;
      case Kind::kInput:
        return inputs_.values[node.place][unit_];
      case Kind::kLine:
        return results_.lines[node.place][unit_];
      case Kind::kSumOfLines:
        return SumOfLines(node);
      case Kind::kSum:
      case Kind::kProduct:
      case Kind::kDifference:
      case Kind::kQuotient:
      case Kind::kLeast:
      case Kind::kGreatest:
        return Combined(node);
      case Kind::kTariff:
        return Tariff(node);
      case Kind::kBands:
        return Banded(node);
      case Kind::kCases:
        return Of(CaseOf(node, inputs_, unit_));
      case Kind::kListed:
        return node.listed.contains(inputs_.units[unit_]) ? Of(node.operands[0]) : Rational(0);
      case Kind::kCondition:
        return Conditional(node);
      case Kind::kShareOfTotal: {
        const Rational share = Of(node.operands[0]);
        if (share < 0 || !(share < 1)) return Rational::NotComputable();
        return Of(node.operands[1]) * (share / (Rational(1) - share));
      }
      case Kind::kDecision: {
        const Rational value = Of(node.operands[0]);
        const Rational ceiling = Of(node.operands[1]);
        if (!ceiling.ok()) return ceiling;
        if (ceiling < value && above_ceiling_ != nullptr) *above_ceiling_ = true;
        return value;
      }
      case Kind::kRounded:
        return Round(Of(node.operands[0]), node.number, node.mode);
      case Kind::kTotalOverUnits:
      case Kind::kMeanOfLowest:
        return results_.shared[node.slot];
    }
    return Rational::NotComputable();
  }

 private:
  // What cannot be compared neither holds nor fails to.
  Rational Conditional(const NormNode& node) const {
    const Rational left = Of(node.operands[0]);
    const Rational right = Of(node.operands[1]);
    if (!left.ok() || !right.ok()) return Rational::NotComputable();
    return Of(node.operands[Holds(left, node.comparison, right) ? 2 : 3]);
  }

  Rational SumOfLines(const NormNode& node) const {
    Rational sum = 0;
    for (const int line : node.places) sum = sum + results_.lines[line][unit_];
    return sum;
  }

  Rational Combined(const NormNode& node) const {
    Rational result = Of(node.operands[0]);
    for (size_t i = 1; i < node.operands.size(); ++i) {
      const Rational next = Of(node.operands[i]);
      if (node.kind == Kind::kSum) {
        result = result + next;
      } else if (node.kind == Kind::kProduct) {
        result = result * next;
      } else if (node.kind == Kind::kDifference) {
        result = result - next;
      } else if (node.kind == Kind::kQuotient) {
        result = result / next;
      } else if (!result.ok() || !next.ok()) {
        return Rational::NotComputable();
      } else if (node.kind == Kind::kLeast ? next < result : result < next) {
        result = next;
      }
    }
    return result;
  }

  Rational Tariff(const NormNode& node) const {
    Rational sum = 0;
    for (const NormNode::Rate& rate : node.rates) {
      const auto& counts = rate.of_line ? results_.lines[rate.place] : inputs_.values[rate.place];
      sum = sum + counts[unit_] * rate.rate;
    }
    return sum;
  }

  Rational Banded(const NormNode& node) const {
    const Rational value = Of(node.operands[0]);
    if (!value.ok()) return value;
    const int place = BandOf(node, value);
    if (place < 0) return 0;
    const NormNode::Band& band = node.bands[place];
    Rational steps = (value - band.bound) / band.per;
    if (node.whole_steps && steps.ok()) steps = Floor(steps);
    return band.base + band.add * steps;
  }

  const NormInputs& inputs_;
  const NormResults& results_;
  const size_t unit_;
  bool* const above_ceiling_;
};

}  // namespace

Rational Value(const NormNode& node, const NormInputs& inputs, const NormResults& results,
               size_t unit, bool* above_ceiling) {
  return Calculation(inputs, results, unit, above_ceiling).Of(node);
}

int BandOf(const NormNode& node, const Rational& value) {
  const auto begins_above = [](const Rational& v, const NormNode::Band& band) {
    return v < band.bound || (band.exclusive && v == band.bound);
  };
  const auto next = std::upper_bound(node.bands.begin(), node.bands.end(), value, begins_above);
  return static_cast<int>(next - node.bands.begin()) - 1;
}

bool Holds(const Rational& left, NormComparison comparison, const Rational& right) {
  switch (comparison) {
    case NormComparison::kUnknown:
      return false;
    case NormComparison::kLess:
      return left < right;
    case NormComparison::kAtMost:
      return left <= right;
    case NormComparison::kMore:
      return right < left;
    case NormComparison::kAtLeast:
      return right <= left;
  }
  return false;
}

const NormNode& CaseOf(const NormNode& node, const NormInputs& inputs, size_t unit) {
  if (node.by_choice) return node.operands[0];
  return node.operands[node.places[inputs.values[node.place][unit].numerator()]];
}

}  // namespace twotier::budget
