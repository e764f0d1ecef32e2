#include "services/budget/domain/norm_program.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/budget/domain/norm_compiler.h"

namespace twotier::budget {
namespace {

using Kind = NormExpression::Kind;

// Budget years that the system keeps: two-tier government began in 2025.
constexpr int64_t kYearFirst = 2025;
constexpr int64_t kYearLast = 2100;

const Measure& Money() {
  static const Measure* const kMoney = new Measure(*Measure::Parse("VND"));
  return *kMoney;
}

bool IsConstant(const NormNode& node) {
  return node.kind == Kind::kNumber || node.kind == Kind::kChoice;
}

// Compiles one norm set.
class Compilation {
 public:
  Compilation(NormSet set, absl::string_view prefix, error::Violations& violations)
      : compiler_(program_.set, std::string(prefix), violations) {
    program_.set = std::move(set);
  }

  NormProgram Run() {
    compiler_.Declare();
    CheckYears();
    for (size_t i = 0; i < set().pools.size(); ++i) {
      compiler_.Key(set().pools[i].key, absl::StrCat("pools[", i, "].key"), pools_);
      pools_.emplace(set().pools[i].key, static_cast<int>(i));
    }
    shares_.assign(set().pools.size(), Rational(0));
    for (size_t i = 0; i < set().lines.size(); ++i) ReadLine(i);
    for (size_t i = 0; i < set().checks.size(); ++i) ReadCheck(i);
    ReadRounding();
    ReadResult();
    compiler_.CheckUse();
    program_.inputs = compiler_.input_measures();
    program_.slots = compiler_.slots();
    return std::move(program_);
  }

 private:
  const NormSet& set() const { return program_.set; }

  void CheckYears() {
    if (set().first_year < kYearFirst || set().first_year > kYearLast) {
      compiler_.Wrong("first_year", absl::StrCat("must be ", kYearFirst, " to ", kYearLast));
    }
    if (set().last_year < set().first_year || set().last_year > kYearLast) {
      compiler_.Wrong("last_year", absl::StrCat("must be the first year to ", kYearLast));
    }
  }

  void ReadLine(size_t i) {
    const NormLine& line = set().lines[i];
    const std::string path = absl::StrCat("lines[", i, "]");
    NormProgram::Line ready;
    ready.measure = compiler_.Unit(line.unit, path + ".unit");
    ready.money = ready.measure == Money();
    compiler_.Key(line.key, path + ".key", keys_);
    ReadPool(line, path, ready);
    if (line.amount.size() + line.distribution.size() != 1) {
      compiler_.Wrong(path, "either an amount or a distribution must be given");
    } else if (!line.amount.empty()) {
      ready.amount = compiler_.Expression(line.amount[0], path + ".amount");
      compiler_.Alike(ready.measure, ready.amount, path + ".amount");
    } else {
      ReadDistribution(line.distribution[0], path, ready);
    }
    ReadSources(line, path, ready);
    keys_.emplace(line.key, static_cast<int>(i));
    compiler_.AddLine(line.key, ready.measure);
    program_.lines.push_back(std::move(ready));
  }

  void ReadPool(const NormLine& line, const std::string& path, NormProgram::Line& ready) {
    if (line.pool.empty()) {
      if (!line.distribution.empty()) {
        compiler_.Wrong(path + ".pool", "a distribution must name the pool that it divides");
      }
      return;
    }
    const auto it = pools_.find(line.pool);
    if (it == pools_.end()) {
      compiler_.Wrong(path + ".pool", absl::StrCat("no pool has the key \"", line.pool, "\""));
    } else {
      ready.pool = it->second;
    }
    if (!ready.money) compiler_.Wrong(path + ".unit", "what a pool pays is measured in VND");
  }

  // A share of something: above 0 and at most 100 %.
  Rational Share(const std::string& text, const std::string& path) {
    const std::optional<Rational> share = compiler_.Number(text, path);
    if (share && (!(Rational(0) < *share) || Rational(1) < *share)) {
      compiler_.Wrong(path, "must be above 0 and at most 100 %");
    }
    return share.value_or(0);
  }

  void ReadDistribution(const NormDistribution& rule, const std::string& path,
                        NormProgram::Line& ready) {
    const std::string at = path + ".distribution";
    ready.distributed = true;
    ready.of_remainder = !rule.share_of_remainder.empty();
    if (rule.share.empty() == rule.share_of_remainder.empty()) {
      compiler_.Wrong(at, "either a share or a share of the remainder must be given");
    } else if (ready.of_remainder) {
      ready.share = Share(rule.share_of_remainder, at + ".share_of_remainder");
    } else {
      ready.share = Share(rule.share, at + ".share");
      AddShare(ready, at + ".share");
    }
    ready.amount = compiler_.Expression(rule.weight, at + ".weight");
    for (const NormExpression& floor : rule.floor) {
      ready.floor.push_back(compiler_.Expression(floor, at + ".floor"));
      compiler_.Alike(Money(), ready.floor.back(), at + ".floor");
    }
    for (const NormExpression& cap : rule.cap) {
      ready.cap.push_back(compiler_.Expression(cap, at + ".cap"));
      compiler_.Alike(Money(), ready.cap.back(), at + ".cap");
    }
    if (!ready.floor.empty() && !ready.cap.empty() && IsConstant(ready.floor[0]) &&
        IsConstant(ready.cap[0]) && ready.cap[0].number < ready.floor[0].number) {
      compiler_.Wrong(at + ".cap", "is below the floor");
    }
  }

  // The shares of one pool together are at most 100 %.
  void AddShare(const NormProgram::Line& line, const std::string& path) {
    if (line.pool < 0) return;
    Rational& sum = shares_[line.pool];
    const bool within = sum <= 1;
    sum = sum + line.share;
    if (within && !(sum <= 1)) {
      compiler_.Wrong(path, absl::StrCat("the shares of the pool are ", PercentText(sum),
                                         " up to here; at most 100 %"));
    }
  }

  void ReadSources(const NormLine& line, const std::string& path, NormProgram::Line& ready) {
    absl::flat_hash_map<std::string, int> known;
    Rational sum = 0;
    for (size_t i = 0; i < line.sources.size(); ++i) {
      const std::string at = absl::StrCat(path, ".sources[", i, "]");
      compiler_.Key(line.sources[i].source, at + ".source", known);
      known.emplace(line.sources[i].source, 0);
      const Rational weight = compiler_.Number(line.sources[i].weight, at + ".weight").value_or(1);
      if (weight < 0) compiler_.Wrong(at + ".weight", "is negative");
      ready.sources.push_back(weight);
      sum = sum + weight;
    }
    if (line.sources.empty()) return;
    if (!ready.money) compiler_.Wrong(path + ".sources", "only money has sources");
    if (!(Rational(0) < sum)) compiler_.Wrong(path + ".sources", "the weights sum to nothing");
  }

  void ReadCheck(size_t i) {
    const NormCheck& check = set().checks[i];
    const std::string path = absl::StrCat("checks[", i, "]");
    compiler_.Key(check.key, path + ".key", checks_);
    checks_.emplace(check.key, static_cast<int>(i));
    if (check.comparison == NormComparison::kUnknown) {
      compiler_.Wrong(path + ".comparison", "is required");
    }
    NormProgram::Check ready{compiler_.Expression(check.left, path + ".left"),
                             compiler_.Expression(check.right, path + ".right")};
    if (ready.left.kind != Kind::kMissing) {
      compiler_.Alike(ready.left.measure, ready.right, path + ".right");
    }
    program_.checks.push_back(std::move(ready));
  }

  void ReadRounding() {
    const bool needed =
        std::any_of(program_.lines.begin(), program_.lines.end(),
                    [](const NormProgram::Line& line) { return line.money && !line.distributed; });
    const NormRounding& rounding = set().rounding;
    if (!needed && rounding.step_choice.empty() && rounding.mode_choice.empty() &&
        rounding.moment_choice.empty()) {
      return;
    }
    const NormNode step = compiler_.ChoiceNumber(rounding.step_choice, "rounding.step_choice");
    if (step.kind != Kind::kMissing) {
      compiler_.Alike(Money(), step, "rounding.step_choice");
      const bool whole = step.number.whole() && Rational(0) < step.number;
      if (!whole) compiler_.Wrong("rounding.step_choice", "must be whole đồng above 0");
      program_.step = whole ? step.number : 1;
    }
    program_.mode = compiler_.Mode(rounding.mode_choice, "rounding.mode_choice", false);
    program_.each_line = compiler_.Word(rounding.moment_choice, "rounding.moment_choice",
                                        {"result", "each_line"}) == 1;
  }

  // Place of the line that `path` names; -1: it is wrong.
  int MoneyLine(const std::string& key, const std::string& path) {
    const auto it = keys_.find(key);
    if (it == keys_.end()) {
      compiler_.Wrong(path, absl::StrCat("no line has the key \"", key, "\""));
      return -1;
    }
    if (!program_.lines[it->second].money) compiler_.Wrong(path, "must be measured in VND");
    return it->second;
  }

  void ReadResult() {
    program_.result = MoneyLine(set().result, "result");
    program_.assigned =
        set().assigned.empty() ? program_.result : MoneyLine(set().assigned, "assigned");
  }

  NormProgram program_;
  NormCompiler compiler_;
  absl::flat_hash_map<std::string, int> keys_, pools_, checks_;
  std::vector<Rational> shares_;
};

}  // namespace

int NormProgram::FindLine(absl::string_view key) const {
  const auto it = std::find_if(set.lines.begin(), set.lines.end(),
                               [key](const NormLine& line) { return line.key == key; });
  return it == set.lines.end() ? -1 : static_cast<int>(it - set.lines.begin());
}

int NormProgram::FindInput(absl::string_view key) const {
  const auto it = std::find_if(set.inputs.begin(), set.inputs.end(),
                               [key](const NormInput& input) { return input.key == key; });
  return it == set.inputs.end() ? -1 : static_cast<int>(it - set.inputs.begin());
}

NormProgram Compile(NormSet set, absl::string_view prefix, error::Violations& violations) {
  return Compilation(std::move(set), prefix, violations).Run();
}

}  // namespace twotier::budget
