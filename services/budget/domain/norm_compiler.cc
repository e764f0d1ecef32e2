#include "services/budget/domain/norm_compiler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"

namespace twotier::budget {
namespace {

using Form = NormExpression;
using Kind = Form::Kind;

// Path of operand `i` of a form, as the contract names it.
std::string OperandPath(const Form& form, const std::string& path, size_t i) {
  const auto nth = [&](absl::string_view list, size_t n) {
    return absl::StrCat(path, ".", list, "[", n, "]");
  };
  const auto named = [&](absl::string_view name) { return absl::StrCat(path, ".", name); };
  switch (form.kind) {
    case Kind::kSum:
      return nth("sum.operands", i);
    case Kind::kProduct:
      return nth("product.operands", i);
    case Kind::kDifference:
      return i == 0 ? named("difference.minuend") : nth("difference.subtrahends", i - 1);
    case Kind::kQuotient:
      return named(i == 0 ? "quotient.dividend" : "quotient.divisor");
    case Kind::kLeast:
      return nth("least.operands", i);
    case Kind::kGreatest:
      return nth("greatest.operands", i);
    case Kind::kBands:
      return named("bands.of");
    case Kind::kCases:
      return named("cases.otherwise");
    case Kind::kListed:
      return named("listed.amount");
    case Kind::kCondition: {
      constexpr absl::string_view kNames[] = {"left", "right", "then", "otherwise"};
      return named(absl::StrCat("condition.", kNames[std::min<size_t>(i, 3)]));
    }
    case Kind::kShareOfTotal:
      return named(i == 0 ? "share_of_total.share" : "share_of_total.rest");
    case Kind::kDecision:
      return named(i == 0 ? "decision.value" : "decision.ceiling");
    case Kind::kRounded:
      return named("rounded.of");
    default:
      return path;
  }
}

// How many operands a form has: at least, at most.
std::pair<size_t, size_t> OperandsOf(Kind kind) {
  constexpr size_t kMany = 100;
  switch (kind) {
    case Kind::kSum:
    case Kind::kProduct:
    case Kind::kLeast:
    case Kind::kGreatest:
      return {1, kMany};
    case Kind::kDifference:
      return {2, kMany};
    case Kind::kQuotient:
    case Kind::kShareOfTotal:
    case Kind::kDecision:
      return {2, 2};
    case Kind::kBands:
    case Kind::kListed:
    case Kind::kRounded:
      return {1, 1};
    case Kind::kCases:
      return {0, 1};
    case Kind::kCondition:
      return {4, 4};
    default:
      return {0, 0};
  }
}

bool IsUnitCode(absl::string_view code) {
  return (code.size() == 2 || code.size() == 5) &&
         std::all_of(code.begin(), code.end(), absl::ascii_isdigit);
}

}  // namespace

void NormCompiler::Declare() {
  for (size_t i = 0; i < set_.inputs.size(); ++i) {
    const NormInput& input = set_.inputs[i];
    const std::string path = absl::StrCat("inputs[", i, "]");
    Key(input.key, path + ".key", inputs_);
    inputs_.emplace(input.key, static_cast<int>(i));
    if (input.words.empty() == input.unit.empty()) {
      Wrong(path + ".unit", "either a unit of measure or words must be given");
    }
    for (size_t k = 0; k < input.words.size(); ++k) {
      if (std::count(input.words.begin(), input.words.end(), input.words[k]) > 1) {
        Wrong(absl::StrCat(path, ".words[", k, "]"), "stands there twice");
      }
    }
    input_measures_.push_back(input.unit.empty() ? Measure() : Unit(input.unit, path + ".unit"));
  }
  used_.assign(set_.inputs.size(), false);
  for (size_t i = 0; i < set_.choices.size(); ++i) {
    const NormChoice& choice = set_.choices[i];
    const std::string path = absl::StrCat("choices[", i, "]");
    Key(choice.key, path + ".key", choices_);
    choices_.emplace(choice.key, static_cast<int>(i));
    if (choice.word.empty() == choice.number.value.empty()) {
      Wrong(path, "either a number or a word must be decided");
    } else if (choice.word.empty()) {
      Number(choice.number.value, path + ".number.value");
      Unit(choice.number.unit, path + ".number.unit");
    } else if (std::count(choice.alternatives.begin(), choice.alternatives.end(), choice.word) !=
               1) {
      Wrong(path + ".word", "must be one of the alternatives");
    }
  }
}

void NormCompiler::AddLine(const std::string& key, const Measure& measure) {
  lines_.emplace(key, static_cast<int>(line_measures_.size()));
  line_measures_.push_back(measure);
}

void NormCompiler::CheckUse() {
  for (size_t i = 0; i < used_.size(); ++i) {
    if (!used_[i]) Wrong(absl::StrCat("inputs[", i, "].key"), "no line needs this input");
  }
}

std::optional<Rational> NormCompiler::Number(absl::string_view text, const std::string& path) {
  const std::optional<Rational> number = ParseRational(text);
  if (!number) {
    Wrong(path, "must be a number such as 46000, 8.1, 1/3 or 25%, within 64 bits");
  }
  return number;
}

Measure NormCompiler::Unit(absl::string_view text, const std::string& path) {
  const std::optional<Measure> measure = Measure::Parse(text.empty() ? "1" : text);
  if (!measure) Wrong(path, "must be a unit of measure such as VND/person");
  return measure.value_or(Measure());
}

void NormCompiler::Key(const std::string& key, const std::string& path,
                       const absl::flat_hash_map<std::string, int>& known) {
  const bool formed = !key.empty() && absl::ascii_islower(static_cast<unsigned char>(key[0])) &&
                      std::all_of(key.begin(), key.end(), [](unsigned char c) {
                        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
                      });
  if (!formed) Wrong(path, "must be lower-case letters, digits and \"_\", a letter first");
  if (known.contains(key)) Wrong(path, "stands there twice");
}

int NormCompiler::Word(const std::string& key, const std::string& path,
                       std::vector<absl::string_view> words) {
  const auto it = choices_.find(key);
  if (it == choices_.end()) {
    Wrong(path, absl::StrCat("no choice has the key \"", key, "\""));
    return -1;
  }
  const auto word = std::find(words.begin(), words.end(), set_.choices[it->second].word);
  if (word == words.end()) {
    Wrong(path,
          absl::StrCat("must be a choice with one of the words ", absl::StrJoin(words, ", ")));
    return -1;
  }
  return static_cast<int>(word - words.begin());
}

Rounding NormCompiler::Mode(const std::string& key, const std::string& path, bool none_allowed) {
  if (none_allowed) {
    return static_cast<Rounding>(std::max(0, Word(key, path, {"none", "down", "up", "half_up"})));
  }
  return static_cast<Rounding>(1 + std::max(0, Word(key, path, {"down", "up", "half_up"})));
}

NormNode NormCompiler::ChoiceNumber(const std::string& key, const std::string& path) {
  NormNode node;
  const auto it = choices_.find(key);
  if (it == choices_.end() || set_.choices[it->second].number.value.empty()) {
    Wrong(path, absl::StrCat("no choice of a number has the key \"", key, "\""));
    return node;
  }
  const NormNumber& number = set_.choices[it->second].number;
  const std::optional<Rational> value = ParseRational(number.value);
  const std::optional<Measure> measure = Measure::Parse(number.unit.empty() ? "1" : number.unit);
  if (!value || !measure) return node;  // Declare has said so.
  node.kind = Kind::kChoice;
  node.place = it->second;
  node.number = *value;
  node.measure = *measure;
  node.percent = number.value.back() == '%';
  return node;
}

bool NormCompiler::Alike(const Measure& expected, const NormNode& node, const std::string& path) {
  if (node.kind == Kind::kMissing) return false;
  if (expected == node.measure) return true;
  Wrong(path, absl::StrCat("is measured in ", node.measure.Text(), "; expected ", expected.Text()));
  return false;
}

int NormCompiler::LineAbove(const std::string& key, const std::string& path) {
  const auto it = lines_.find(key);
  if (it != lines_.end()) return it->second;
  const bool below = std::any_of(set_.lines.begin(), set_.lines.end(),
                                 [&key](const NormLine& line) { return line.key == key; });
  Wrong(path, below ? absl::StrCat("line \"", key, "\" does not stand above")
                    : absl::StrCat("no line has the key \"", key, "\""));
  return -1;
}

int NormCompiler::NumberInput(const std::string& key, const std::string& path) {
  const auto it = inputs_.find(key);
  if (it == inputs_.end()) {
    Wrong(path, absl::StrCat("no input has the key \"", key, "\""));
    return -1;
  }
  used_[it->second] = true;
  if (set_.inputs[it->second].words.empty()) return it->second;
  Wrong(path, absl::StrCat("input \"", key, "\" is a word"));
  return -1;
}

NormNode NormCompiler::Expression(const NormExpression& form, const std::string& path) {
  NormNode node;
  if (form.kind == Kind::kMissing) {
    Wrong(path, "an expression must stand here");
    return node;
  }
  if (++forms_ > kNormFormsMax) {
    if (forms_ == kNormFormsMax + 1) {
      Wrong(path, absl::StrCat("there are more than ", kNormFormsMax, " forms"));
    }
    return node;
  }
  if (depth_ == kNormDepthMax) {
    Wrong(path, absl::StrCat("is nested more than ", kNormDepthMax, " deep"));
    return node;
  }
  ++depth_;
  node.kind = form.kind;
  if (!Read(form, path, node)) node.kind = Kind::kMissing;
  --depth_;
  return node;
}

bool NormCompiler::Read(const Form& form, const std::string& path, NormNode& node) {
  if (!Operands(form, path, node)) return false;
  switch (form.kind) {
    case Kind::kMissing:
      return false;
    case Kind::kNumber:
    case Kind::kInput:
    case Kind::kChoice:
    case Kind::kLine:
      return Constant(form, path, node);
    case Kind::kProduct:
    case Kind::kQuotient:
    case Kind::kListed:
      return Arithmetic(form, path, node);
    case Kind::kSum:
    case Kind::kDifference:
    case Kind::kLeast:
    case Kind::kGreatest:
    case Kind::kDecision:
      return AllAlike(form, path, node);
    case Kind::kRounded: {
      const std::optional<Rational> step = Number(form.to, path + ".rounded.to");
      if (step && !(Rational(0) < *step)) Wrong(path + ".rounded.to", "must be above 0");
      node.number = step.value_or(1);
      node.mode = Mode(form.key, path + ".rounded.mode_choice", true);
      return AllAlike(form, path, node);
    }
    case Kind::kSumOfLines:
      return SumOfLines(form, path, node);
    case Kind::kTariff:
      return Tariff(form, path + ".tariff", node);
    case Kind::kBands:
      return Bands(form, path + ".bands", node);
    case Kind::kCases:
      return Cases(form, path + ".cases", node);
    case Kind::kCondition:
      return Condition(form, path, node);
    case Kind::kShareOfTotal:
      return ShareOfTotal(form, path, node);
    case Kind::kTotalOverUnits:
    case Kind::kMeanOfLowest:
      return OverUnits(form, path, node);
  }
  return false;
}

bool NormCompiler::Operands(const Form& form, const std::string& path, NormNode& node) {
  const auto [least, most] = OperandsOf(form.kind);
  if (form.operands.size() < least || form.operands.size() > most) {
    Wrong(path, absl::StrCat("must have ", least, " to ", most, " operands"));
    return false;
  }
  bool complete = true;
  for (size_t i = 0; i < form.operands.size(); ++i) {
    node.operands.push_back(Expression(form.operands[i], OperandPath(form, path, i)));
    complete = complete && node.operands.back().kind != Kind::kMissing;
  }
  return complete;
}

bool NormCompiler::AllAlike(const Form& form, const std::string& path, NormNode& node) {
  node.measure = node.operands[0].measure;
  bool alike = true;
  for (size_t i = 1; i < node.operands.size(); ++i) {
    alike = Alike(node.measure, node.operands[i], OperandPath(form, path, i)) && alike;
  }
  return alike;
}

bool NormCompiler::Constant(const Form& form, const std::string& path, NormNode& node) {
  switch (form.kind) {
    case Kind::kNumber: {
      const std::optional<Rational> value = Number(form.number.value, path + ".number.value");
      node.number = value.value_or(0);
      node.percent = !form.number.value.empty() && form.number.value.back() == '%';
      node.measure = Unit(form.number.unit, path + ".number.unit");
      return value.has_value();
    }
    case Kind::kInput:
      node.place = NumberInput(form.key, path + ".input");
      if (node.place >= 0) node.measure = input_measures_[node.place];
      return node.place >= 0;
    case Kind::kLine:
      node.place = LineAbove(form.key, path + ".line");
      if (node.place >= 0) node.measure = line_measures_[node.place];
      return node.place >= 0;
    default:
      node = ChoiceNumber(form.key, path + ".choice");
      return node.kind != Kind::kMissing;
  }
}

bool NormCompiler::Arithmetic(const Form& form, const std::string& path, NormNode& node) {
  node.measure = node.operands[0].measure;
  if (form.kind == Kind::kQuotient) {
    node.measure = node.measure / node.operands[1].measure;
  } else if (form.kind == Kind::kProduct) {
    for (size_t i = 1; i < node.operands.size(); ++i) {
      node.measure = node.measure * node.operands[i].measure;
    }
  } else {
    for (size_t i = 0; i < form.keys.size(); ++i) {
      const std::string at = absl::StrCat(path, ".listed.unit_codes[", i, "]");
      if (!IsUnitCode(form.keys[i])) Wrong(at, "must be the code of a unit: 2 or 5 digits");
      if (!node.listed.insert(form.keys[i]).second) Wrong(at, "stands there twice");
    }
  }
  return true;
}

}  // namespace twotier::budget
