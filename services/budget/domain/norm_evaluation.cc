#include "services/budget/domain/norm_evaluation.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/budget/domain/apportion.h"

namespace twotier::budget {
namespace {

using Kind = NormExpression::Kind;

constexpr absl::StatusCode kRefused = absl::StatusCode::kFailedPrecondition;

// What is wrong with some units, for one reason.
class Problems {
 public:
  // Most units that an answer names: as many as a request's violations.
  static constexpr size_t kNamedMax = error::Violations::kViolationsMax;

  Problems(absl::StatusCode code, absl::string_view reason, absl::string_view what)
      : code_(code), reason_(reason), what_(what) {}

  // `key`: of the line or input.
  void Add(const std::string& unit, const std::string& key, absl::string_view description) {
    if (named_.empty()) first_ = {{"unit_code", unit}, {std::string(what_), key}};
    if (++count_ > static_cast<int64_t>(kNamedMax)) return;
    named_.push_back(
        {std::string(reason_), absl::StrCat(unit, " ", key), std::string(description)});
  }

  absl::Status ToStatus() const {
    if (named_.empty()) return absl::OkStatus();
    return error::WithPreconditions(
        error::WithReason(
            code_,
            absl::StrCat(named_[0].subject, ": ", named_[0].description,
                         count_ == 1 ? "" : absl::StrCat(" and ", count_ - 1, " more")),
            reason_, first_),
        named_);
  }

 private:
  const absl::StatusCode code_;
  const absl::string_view reason_, what_;
  error::Metadata first_;
  std::vector<error::PreconditionViolation> named_;
  int64_t count_ = 0;
};

// Whole numbers in the proportions of `weights`; empty when 64 bits do not hold them.
std::vector<int64_t> Proportions(const std::vector<Rational>& weights) {
  int64_t common = 1;
  for (const Rational& weight : weights) {
    const Rational factor = Rational::Of(weight.denominator(), 1) *
                            Rational::Of(1, std::gcd(common, weight.denominator()));
    const Rational next = Rational(common) * factor;
    if (!next.ok()) return {};
    common = next.numerator();
  }
  std::vector<int64_t> proportions;
  proportions.reserve(weights.size());
  for (const Rational& weight : weights) {
    const Rational scaled = weight * common;
    if (!scaled.ok()) return {};
    proportions.push_back(scaled.numerator());
  }
  return proportions;
}

class Evaluation {
 public:
  Evaluation(const NormProgram& program, const NormInputs& inputs)
      : program_(program), inputs_(inputs) {}

  absl::StatusOr<NormResults> Run() {
    RETURN_IF_ERROR(CheckInputs());
    results_.lines.reserve(program_.lines.size());
    results_.divisions.resize(program_.lines.size());
    results_.shared.assign(program_.slots, Rational(0));
    results_.pool_rests = inputs_.pools;
    RETURN_IF_ERROR(DividePools());
    for (size_t line = 0; line < program_.lines.size(); ++line) {
      const NormProgram::Line& rule = program_.lines[line];
      RETURN_IF_ERROR(rule.distributed ? Distribute(line) : Calculate(line));
    }
    RETURN_IF_ERROR(RunChecks());
    return std::move(results_);
  }

 private:
  const std::string& KeyOf(size_t line) const { return program_.set.lines[line].key; }
  size_t units() const { return inputs_.units.size(); }

  absl::Status CheckInputs() const {
    Problems missing(kRefused, "ALLOCATION_INPUT_MISSING", "input");
    for (size_t unit = 0; unit < units(); ++unit) {
      for (size_t i = 0; i < program_.set.inputs.size(); ++i) {
        if (inputs_.values[i][unit].ok()) continue;
        missing.Add(inputs_.units[unit], program_.set.inputs[i].key, "is missing");
      }
    }
    return missing.ToStatus();
  }

  // The parts of each pool that distributions take by their share: exact, so that shares of 100 %
  // leave nothing.
  absl::Status DividePools() {
    for (size_t pool = 0; pool < inputs_.pools.size(); ++pool) {
      std::vector<Rational> shares;
      std::vector<size_t> lines;
      Rational rest = 1;
      for (size_t line = 0; line < program_.lines.size(); ++line) {
        const NormProgram::Line& rule = program_.lines[line];
        const bool takes =
            rule.distributed && !rule.of_remainder && rule.pool == static_cast<int>(pool);
        if (!takes) continue;
        shares.push_back(rule.share);
        lines.push_back(line);
        rest = rest - rule.share;
      }
      if (lines.empty()) continue;
      shares.push_back(rest);
      ASSIGN_OR_RETURN(const std::vector<int64_t> parts,
                       Divide(inputs_.pools[pool], shares, lines));
      for (size_t i = 0; i < lines.size(); ++i) results_.divisions[lines[i]].part = parts[i];
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<int64_t>> Divide(int64_t pool, const std::vector<Rational>& shares,
                                              const std::vector<size_t>& lines) const {
    const std::vector<int64_t> proportions = Proportions(shares);
    std::vector<Claim> claims;
    for (size_t i = 0; i < proportions.size(); ++i) {
      claims.push_back(
          {i < lines.size() ? absl::string_view(KeyOf(lines[i])) : "~", proportions[i]});
    }
    if (claims.empty()) return NotComputable(KeyOf(lines[0]), "shares of the pool");
    return Apportion(pool, claims);
  }

  absl::Status NotComputable(const std::string& line, absl::string_view what) const {
    return error::WithReason(
        absl::StatusCode::kOutOfRange,
        absl::StrCat(line, ": the ", what, " have no common denominator in 64 bits; round them"),
        "ALLOCATION_NOT_COMPUTABLE", {{"line", line}});
  }

  // Fills the values of `node` that all units share.
  absl::Status Share(const NormNode& node, const std::string& key) {
    for (const NormNode& operand : node.operands) RETURN_IF_ERROR(Share(operand, key));
    if (node.slot < 0) return absl::OkStatus();
    std::vector<Rational> values = results_.lines[node.place];
    if (node.kind == Kind::kMeanOfLowest) {
      if (values.size() < static_cast<size_t>(node.count)) {
        return error::WithReason(absl::StatusCode::kOutOfRange,
                                 absl::StrCat(key, ": the mean of the ", node.count, " lowest of ",
                                              values.size(), " units"),
                                 "ALLOCATION_NOT_COMPUTABLE", {{"line", key}});
      }
      std::sort(values.begin(), values.end());
      values.resize(node.count);
    }
    Rational sum = 0;
    for (const Rational& value : values) sum = sum + value;
    results_.shared[node.slot] = node.kind == Kind::kMeanOfLowest ? sum / node.count : sum;
    return absl::OkStatus();
  }

  // `node`, of the line or check `key`, for each unit. `signless`: it must not be negative.
  absl::StatusOr<std::vector<Rational>> ValuesOf(const NormNode& node, const std::string& key,
                                                 bool signless) {
    RETURN_IF_ERROR(Share(node, key));
    Problems ceilings(kRefused, "ALLOCATION_CEILING_EXCEEDED", "line");
    Problems broken(absl::StatusCode::kOutOfRange, "ALLOCATION_NOT_COMPUTABLE", "line");
    std::vector<Rational> values(units());
    for (size_t unit = 0; unit < units(); ++unit) {
      bool above = false;
      values[unit] = Value(node, inputs_, results_, unit, &above);
      if (!values[unit].ok()) {
        broken.Add(inputs_.units[unit], key, "is beyond 64 bits or divided by zero");
      } else if (signless && values[unit] < 0) {
        broken.Add(inputs_.units[unit], key, absl::StrCat("is negative: ", TextOf(values[unit])));
      }
      if (above) {
        ceilings.Add(
            inputs_.units[unit], key,
            absl::StrCat("what was decided, ", TextOf(values[unit]), ", is above the ceiling"));
      }
    }
    RETURN_IF_ERROR(broken.ToStatus());
    RETURN_IF_ERROR(ceilings.ToStatus());
    return values;
  }

  absl::Status Calculate(size_t line) {
    const NormProgram::Line& rule = program_.lines[line];
    const int place = static_cast<int>(line);
    const bool whole = rule.pool >= 0 || place == program_.result || place == program_.assigned;
    ASSIGN_OR_RETURN(std::vector<Rational> values, ValuesOf(rule.amount, KeyOf(line), whole));
    if (rule.money && (whole || program_.each_line)) {
      for (Rational& value : values) value = Round(value, program_.step, program_.mode);
    }
    if (rule.pool >= 0) RETURN_IF_ERROR(Pay(line, values));
    results_.lines.push_back(std::move(values));
    return absl::OkStatus();
  }

  // Takes whole amounts out of the line's pool.
  absl::Status Pay(size_t line, const std::vector<Rational>& amounts) {
    const int pool = program_.lines[line].pool;
    Rational sum = 0;
    for (const Rational& amount : amounts) sum = sum + amount;
    int64_t& rest = results_.pool_rests[pool];
    if (sum <= rest) {
      rest -= sum.numerator();
      return absl::OkStatus();
    }
    const std::string& key = program_.set.pools[pool].key;
    return error::WithReason(kRefused,
                             absl::StrCat("line ", KeyOf(line), " needs ", TextOf(sum), " of pool ",
                                          key, ", which has ", TextOf(rest)),
                             "POOL_EXHAUSTED",
                             {{"pool", key},
                              {"line", KeyOf(line)},
                              {"available", absl::StrCat(rest)},
                              {"asked", absl::StrCat(sum.numerator())}});
  }

  absl::Status Distribute(size_t line) {
    const NormProgram::Line& rule = program_.lines[line];
    NormResults::Division& division = results_.divisions[line];
    int64_t& rest = results_.pool_rests[rule.pool];
    if (rule.of_remainder) division.part = Floor(Rational(rest) * rule.share);
    if (division.part > rest) return Pay(line, {division.part});
    ASSIGN_OR_RETURN(division.weights, ValuesOf(rule.amount, KeyOf(line), true));
    for (const Rational& weight : division.weights) {
      division.weight_sum = division.weight_sum + weight;
    }
    ASSIGN_OR_RETURN(const std::vector<Claim> claims, ClaimsOf(line));
    ASSIGN_OR_RETURN(const std::vector<int64_t> parts, Apportion(division.part, claims));
    rest -= division.part;
    results_.lines.emplace_back(parts.begin(), parts.end());
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Claim>> ClaimsOf(size_t line) {
    const NormProgram::Line& rule = program_.lines[line];
    const std::vector<int64_t> proportions = Proportions(results_.divisions[line].weights);
    if (proportions.size() != units()) return NotComputable(KeyOf(line), "weights");
    std::vector<Rational> floors, caps;
    for (const NormNode& floor : rule.floor) {
      ASSIGN_OR_RETURN(floors, ValuesOf(floor, KeyOf(line), true));
    }
    for (const NormNode& cap : rule.cap) {
      ASSIGN_OR_RETURN(caps, ValuesOf(cap, KeyOf(line), true));
    }
    Problems crossed(kRefused, "ALLOCATION_FLOOR_ABOVE_CAP", "line");
    std::vector<Claim> claims(units());
    for (size_t unit = 0; unit < units(); ++unit) {
      Claim& claim = claims[unit];
      claim.key = inputs_.units[unit];
      claim.weight = proportions[unit];
      // A part of a đồng more is needed to be at least, and may not be had to be at most.
      if (!floors.empty()) claim.floor = Round(floors[unit], 1, Rounding::kUp).numerator();
      if (!caps.empty()) claim.cap = Floor(caps[unit]);
      if (claim.floor > claim.cap) {
        crossed.Add(inputs_.units[unit], KeyOf(line),
                    absl::StrCat("the floor ", TextOf(claim.floor), " is above the cap ",
                                 TextOf(claim.cap)));
      }
    }
    RETURN_IF_ERROR(crossed.ToStatus());
    return claims;
  }

  absl::Status RunChecks() {
    for (size_t i = 0; i < program_.checks.size(); ++i) {
      const NormCheck& check = program_.set.checks[i];
      ASSIGN_OR_RETURN(const std::vector<Rational> left,
                       ValuesOf(program_.checks[i].left, check.key, false));
      ASSIGN_OR_RETURN(const std::vector<Rational> right,
                       ValuesOf(program_.checks[i].right, check.key, false));
      for (size_t unit = 0; unit < units(); ++unit) {
        if (Holds(left[unit], check.comparison, right[unit])) continue;
        results_.broken.push_back(
            {static_cast<int>(i), static_cast<int>(unit), left[unit], right[unit]});
      }
    }
    return absl::OkStatus();
  }

  const NormProgram& program_;
  const NormInputs& inputs_;
  NormResults results_;
};

}  // namespace

absl::StatusOr<NormResults> Evaluate(const NormProgram& program, const NormInputs& inputs) {
  return Evaluation(program, inputs).Run();
}

}  // namespace twotier::budget
