#include "services/budget/domain/norm_working.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/budget/domain/apportion.h"

namespace twotier::budget {
namespace {

using Kind = NormExpression::Kind;

// How tightly a text binds: what binds less gets parentheses inside of what binds more.
enum class Binding { kSum, kProduct, kAtom };

struct Text {
  std::string text;
  Binding binding = Binding::kAtom;
};

std::string Inside(const Text& text, Binding outer) {
  return text.binding < outer ? absl::StrCat("(", text.text, ")") : text.text;
}

absl::string_view Sign(NormComparison comparison) {
  switch (comparison) {
    case NormComparison::kLess:
      return "<";
    case NormComparison::kAtMost:
      return "≤";
    case NormComparison::kMore:
      return ">";
    case NormComparison::kAtLeast:
      return "≥";
    default:
      return "?";
  }
}

absl::string_view RoundingText(Rounding mode) {
  switch (mode) {
    case Rounding::kDown:
      return "down";
    case Rounding::kUp:
      return "up";
    case Rounding::kHalfUp:
      return "half up";
    default:
      return "not";
  }
}

// Writes the expressions of one unit.
class Writer {
 public:
  Writer(const NormProgram& program, const NormInputs& inputs, const NormResults& results,
         size_t unit)
      : program_(program), inputs_(inputs), results_(results), unit_(unit) {}

  Text Of(const NormNode& node) {
    switch (node.kind) {
      case Kind::kMissing:
        return {"?"};
      case Kind::kNumber:
        return {NumberText(node)};
      case Kind::kChoice:
        AddFact(WorkingFact::Kind::kChoice, node.place, NumberText(node));
        return {NumberText(node)};
      case Kind::kInput:
        return {InputText(node.place)};
      case Kind::kLine:
        return {LineText(node.place)};
      case Kind::kSumOfLines:
        return SumOfLines(node);
      case Kind::kSum:
        return Joined(node, " + ", Binding::kSum);
      case Kind::kProduct:
        return Joined(node, " × ", Binding::kProduct);
      case Kind::kDifference:
        return Joined(node, " − ", Binding::kSum);
      case Kind::kQuotient:
        return Joined(node, " / ", Binding::kProduct);
      case Kind::kLeast:
      case Kind::kGreatest:
        return OneOf(node);
      case Kind::kTariff:
        return Tariff(node);
      case Kind::kBands:
        return Banded(node);
      case Kind::kCases:
        AddWord(node);
        return Of(CaseOf(node, inputs_, unit_));
      case Kind::kListed:
        return node.listed.contains(inputs_.units[unit_]) ? Of(node.operands[0])
                                                          : Text{"0 (not listed)"};
      case Kind::kCondition:
        return Condition(node);
      case Kind::kShareOfTotal: {
        const std::string share = Inside(Of(node.operands[0]), Binding::kAtom);
        return {absl::StrCat(Inside(Of(node.operands[1]), Binding::kProduct), " × ", share,
                             " / (100 % − ", share, ")"),
                Binding::kProduct};
      }
      case Kind::kDecision: {
        const Text value = Of(node.operands[0]);
        return {absl::StrCat("[", value.text, ", at most ", ValueText(node.operands[1]), "]")};
      }
      case Kind::kRounded: {
        Text value = Of(node.operands[0]);
        if (node.mode == Rounding::kNone) return value;
        return {absl::StrCat("[", value.text, " rounded ", RoundingText(node.mode), " to ",
                             TextOf(node.number), ": ", ValueText(node), "]")};
      }
      case Kind::kTotalOverUnits:
        return {absl::StrCat("[all units' ", KeyOf(node.place), " ", ValueText(node), "]")};
      case Kind::kMeanOfLowest:
        return {absl::StrCat("[mean of the ", node.count, " lowest ", KeyOf(node.place), " ",
                             ValueText(node), "]")};
    }
    return {"?"};
  }

  std::string ValueText(const NormNode& node) const {
    return TextOf(Value(node, inputs_, results_, unit_));
  }

  std::vector<WorkingFact> TakeFacts() { return std::move(facts_); }

 private:
  const std::string& KeyOf(int line) const { return program_.set.lines[line].key; }

  static std::string NumberText(const NormNode& node) {
    return node.percent ? PercentText(node.number) : TextOf(node.number);
  }

  void AddFact(WorkingFact::Kind kind, int place, const std::string& value) {
    const bool known = std::any_of(facts_.begin(), facts_.end(), [&](const WorkingFact& fact) {
      return fact.kind == kind && fact.place == place;
    });
    if (!known) facts_.push_back({kind, place, value});
  }

  void AddWord(const NormNode& node) {
    if (node.by_choice) {
      return AddFact(WorkingFact::Kind::kChoice, node.place, program_.set.choices[node.place].word);
    }
    const int64_t word = inputs_.values[node.place][unit_].numerator();
    AddFact(WorkingFact::Kind::kInput, node.place, program_.set.inputs[node.place].words[word]);
  }

  static std::string Counted(const Rational& value, const Measure& measure) {
    const std::string noun = measure.Noun(!(value == Rational(1)));
    return absl::StrCat(TextOf(value), noun.empty() ? "" : " ", noun);
  }

  std::string InputText(int place) {
    std::string text = Counted(inputs_.values[place][unit_], program_.inputs[place]);
    AddFact(WorkingFact::Kind::kInput, place, text);
    return text;
  }

  std::string LineText(int line) {
    std::string text = Counted(results_.lines[line][unit_], program_.lines[line].measure);
    AddFact(WorkingFact::Kind::kLine, line, text);
    return text;
  }

  Text Joined(const NormNode& node, absl::string_view sign, Binding binding) {
    if (node.operands.size() == 1) return Of(node.operands[0]);
    // What is taken away or divided by keeps its own parentheses.
    const bool strict = node.kind == Kind::kDifference || node.kind == Kind::kQuotient;
    std::string text = Inside(Of(node.operands[0]), binding);
    for (size_t i = 1; i < node.operands.size(); ++i) {
      const Text operand = Of(node.operands[i]);
      const bool inside = operand.binding < binding || (strict && operand.binding == binding);
      absl::StrAppend(&text, sign, inside ? absl::StrCat("(", operand.text, ")") : operand.text);
    }
    return {text, binding};
  }

  // Lines that are zero change nothing: they stand among the facts only.
  Text SumOfLines(const NormNode& node) {
    std::vector<std::string> parts;
    for (const int line : node.places) {
      std::string text = LineText(line);
      if (!(results_.lines[line][unit_] == Rational(0))) parts.push_back(std::move(text));
    }
    if (parts.empty()) return {"0"};
    return {absl::StrJoin(parts, " + "), parts.size() == 1 ? Binding::kAtom : Binding::kSum};
  }

  Text OneOf(const NormNode& node) {
    std::vector<std::string> parts;
    for (const NormNode& operand : node.operands) parts.push_back(Of(operand).text);
    return {absl::StrCat("[", node.kind == Kind::kLeast ? "least" : "greatest", " of ",
                         absl::StrJoin(parts, "; "), "]")};
  }

  Text Tariff(const NormNode& node) {
    std::vector<std::string> parts;
    for (const NormNode::Rate& rate : node.rates) {
      const std::string count = rate.of_line ? LineText(rate.place) : InputText(rate.place);
      const auto& counts = rate.of_line ? results_.lines[rate.place] : inputs_.values[rate.place];
      if (counts[unit_] == Rational(0)) continue;
      parts.push_back(absl::StrCat(count, " × ", TextOf(rate.rate)));
    }
    if (parts.empty()) return {"0"};
    return {absl::StrJoin(parts, " + "), parts.size() == 1 ? Binding::kProduct : Binding::kSum};
  }

  Text Banded(const NormNode& node) {
    const std::string measured = Of(node.operands[0]).text;
    const Rational value = Value(node.operands[0], inputs_, results_, unit_);
    const int place = BandOf(node, value);
    if (place < 0) return {absl::StrCat("[", measured, ", below every band: 0]")};
    const NormNode::Band& band = node.bands[place];
    std::string text = absl::StrCat("[", measured, band.exclusive ? " > " : " ≥ ",
                                    TextOf(band.bound), ": ", TextOf(band.base));
    if (!(band.add == Rational(0))) {
      const std::string steps =
          absl::StrCat("(", TextOf(value), " − ", TextOf(band.bound), ") / ", TextOf(band.per));
      absl::StrAppend(&text, " + ", TextOf(band.add), " × ",
                      node.whole_steps ? absl::StrCat("⌊", steps, "⌋") : steps);
    }
    return {absl::StrCat(text, "]")};
  }

  Text Condition(const NormNode& node) {
    const std::string left = Of(node.operands[0]).text;
    const std::string right = Of(node.operands[1]).text;
    const bool holds = Holds(Value(node.operands[0], inputs_, results_, unit_), node.comparison,
                             Value(node.operands[1], inputs_, results_, unit_));
    return {absl::StrCat(
        "[", left, " ", Sign(node.comparison), " ", right,
        holds ? " holds: " : " does not hold: ", Of(node.operands[holds ? 2 : 3]).text, "]")};
  }

  const NormProgram& program_;
  const NormInputs& inputs_;
  const NormResults& results_;
  const size_t unit_;
  std::vector<WorkingFact> facts_;
};

// "a × b = 1 1/3, rounded half up to 1 = 1"; only the first part where nothing was calculated.
std::string Calculated(const std::string& text, const std::string& exact, const std::string& amount,
                       const NormProgram& program) {
  std::string all = text;
  if (text != exact) absl::StrAppend(&all, " = ", exact);
  if (exact != amount) {
    absl::StrAppend(&all, ", rounded ", RoundingText(program.mode), " to ", TextOf(program.step),
                    " = ", amount);
  }
  return all;
}

std::string Distributed(const NormProgram::Line& rule, const NormResults::Division& division,
                        const std::string& weight, const std::string& amount, Writer& writer,
                        size_t unit) {
  std::string text =
      absl::StrCat(TextOf(division.part), " × ", weight, " / ", TextOf(division.weight_sum));
  for (const NormNode& floor : rule.floor) {
    absl::StrAppend(&text, ", at least ", writer.Of(floor).text);
  }
  for (const NormNode& cap : rule.cap) absl::StrAppend(&text, ", at most ", writer.Of(cap).text);
  const Rational quota = division.weights[unit] / division.weight_sum * division.part;
  if (quota.ok() && rule.floor.empty() && rule.cap.empty() && TextOf(quota) != amount) {
    return absl::StrCat(text, ", the largest remainders one đồng more = ", amount);
  }
  return absl::StrCat(text, " = ", amount);
}

std::vector<int64_t> PartsBySource(const NormProgram::Line& rule,
                                   const std::vector<NormSource>& sources, const Rational& amount) {
  std::vector<Claim> claims;
  Rational common = 1;
  for (const Rational& weight : rule.sources) common = common * weight.denominator();
  for (size_t i = 0; i < sources.size(); ++i) {
    const Rational weight = rule.sources[i] * common;
    if (!weight.ok()) return {};
    claims.push_back({sources[i].source, weight.numerator()});
  }
  if (claims.empty() || !amount.whole() || amount < 0) return {};
  const absl::StatusOr<std::vector<int64_t>> parts = Apportion(amount.numerator(), claims);
  return parts.ok() ? *parts : std::vector<int64_t>();
}

}  // namespace

std::vector<LineWorking> WorkingOf(const NormProgram& program, const NormInputs& inputs,
                                   const NormResults& results, size_t unit) {
  std::vector<LineWorking> workings;
  for (size_t i = 0; i < program.lines.size(); ++i) {
    const NormProgram::Line& rule = program.lines[i];
    Writer writer(program, inputs, results, unit);
    LineWorking working;
    working.line = static_cast<int>(i);
    working.amount = TextOf(results.lines[i][unit]);
    const Text text = writer.Of(rule.amount);
    if (rule.distributed) {
      working.text = Distributed(
          rule, results.divisions[i],
          text.binding == Binding::kAtom ? text.text : absl::StrCat("(", text.text, ")"),
          working.amount, writer, unit);
    } else {
      working.text = Calculated(text.text, writer.ValueText(rule.amount), working.amount, program);
    }
    working.facts = writer.TakeFacts();
    working.sources = PartsBySource(rule, program.set.lines[i].sources, results.lines[i][unit]);
    workings.push_back(std::move(working));
  }
  return workings;
}

}  // namespace twotier::budget
