// Makes single expressions ready; the part of Compile (norm_program.h) that walks their forms.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_COMPILER_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_COMPILER_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/errors.h"
#include "services/budget/domain/norm_program.h"

namespace twotier::budget {

// Reads the expressions of one norm set. Lines become known one by one, so that an expression sees
// only those above it. Not thread-safe.
class NormCompiler {
 public:
  NormCompiler(const NormSet& set, std::string prefix, error::Violations& violations)
      : set_(set), prefix_(std::move(prefix)), violations_(violations) {}

  // Reads inputs and choices.
  void Declare();
  // From now on expressions see this line.
  void AddLine(const std::string& key, const Measure& measure);
  // Adds what is wrong under `path`; the node is then kMissing, and so is every one that contains
  // it: one mistake is told once.
  NormNode Expression(const NormExpression& form, const std::string& path);
  // Adds inputs that no expression used.
  void CheckUse();

  void Wrong(absl::string_view path, absl::string_view description) {
    violations_.Add(absl::StrCat(prefix_, path), description);
  }
  std::optional<Rational> Number(absl::string_view text, const std::string& path);
  Measure Unit(absl::string_view text, const std::string& path);
  // A key is lower-case letters, digits and "_", begins with a letter, and is new among `known`.
  void Key(const std::string& key, const std::string& path,
           const absl::flat_hash_map<std::string, int>& known);
  // The word of the choice `key`, which must be one of `words`; -1: it is not.
  int Word(const std::string& key, const std::string& path, std::vector<absl::string_view> words);
  Rounding Mode(const std::string& key, const std::string& path, bool none_allowed);
  // The choice `key` as a number.
  NormNode ChoiceNumber(const std::string& key, const std::string& path);
  // `node` must be measured in `expected`. False: it is not, which was added.
  bool Alike(const Measure& expected, const NormNode& node, const std::string& path);
  const std::vector<Measure>& input_measures() const { return input_measures_; }
  int slots() const { return slots_; }

 private:
  using Form = NormExpression;
  // Each reads one form, or several that are alike; false: something is wrong with it.
  bool Read(const Form& form, const std::string& path, NormNode& node);
  bool Constant(const Form& form, const std::string& path, NormNode& node);
  bool Arithmetic(const Form& form, const std::string& path, NormNode& node);
  bool SumOfLines(const Form& form, const std::string& path, NormNode& node);
  bool Tariff(const Form& form, const std::string& path, NormNode& node);
  bool Bands(const Form& form, const std::string& path, NormNode& node);
  bool Cases(const Form& form, const std::string& path, NormNode& node);
  bool Condition(const Form& form, const std::string& path, NormNode& node);
  bool ShareOfTotal(const Form& form, const std::string& path, NormNode& node);
  bool OverUnits(const Form& form, const std::string& path, NormNode& node);
  bool Operands(const Form& form, const std::string& path, NormNode& node);
  bool AllAlike(const Form& form, const std::string& path, NormNode& node);
  bool Band(const NormBand& band, const std::string& path, NormNode& node);
  const std::vector<std::string>* Subject(const Form& form, const std::string& path,
                                          NormNode& node);
  int LineAbove(const std::string& key, const std::string& path);
  int NumberInput(const std::string& key, const std::string& path);

  const NormSet& set_;
  const std::string prefix_;
  error::Violations& violations_;
  absl::flat_hash_map<std::string, int> inputs_, choices_, lines_;
  std::vector<Measure> input_measures_, line_measures_;
  std::vector<bool> used_;
  int depth_ = 0;
  int forms_ = 0;
  int slots_ = 0;
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_COMPILER_H_
