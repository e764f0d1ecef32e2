// A norm set made ready: every key resolved, every number read, every unit of measure checked.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_PROGRAM_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "common/errors.h"
#include "services/budget/domain/measure.h"
#include "services/budget/domain/norm.h"
#include "services/budget/domain/rational.h"

namespace twotier::budget {

// Deepest nesting of an expression. The resolutions of golden cases need five.
inline constexpr int kNormDepthMax = 16;
// Most forms in one norm set, so that a run's work is bounded by its units.
inline constexpr int kNormFormsMax = 10'000;

// One form of an expression, ready. Fields as in NormExpression, with places instead of keys.
struct NormNode {
  using Kind = NormExpression::Kind;
  Kind kind = Kind::kMissing;
  Measure measure;
  Rational number;           // kNumber, kChoice: the value; kRounded: the step.
  bool percent = false;      // It was written as a percentage.
  int place = -1;            // Of the input, choice or line; kMeanOfLowest: of the line.
  std::vector<int> places;   // kSumOfLines: lines; kCases by input: operand of each word.
  int slot = -1;             // kTotalOverUnits, kMeanOfLowest: of the value all units share.
  int64_t count = 0;         // kMeanOfLowest.
  bool whole_steps = false;  // kBands.
  bool by_choice = false;    // kCases: the operand is what the choice decided.
  Rounding mode = Rounding::kNone;
  NormComparison comparison = NormComparison::kUnknown;
  std::vector<NormNode> operands;
  absl::flat_hash_set<std::string> listed;
  struct Rate {
    int place = -1;  // Of the input, or of the line.
    Rational rate;
    bool of_line = false;
  };
  std::vector<Rate> rates;
  struct Band {
    Rational bound, base, add, per;
    bool exclusive = false;
  };
  std::vector<Band> bands;
};

struct NormProgram {
  NormSet set;
  std::vector<Measure> inputs;  // Of those of the set.
  struct Line {
    Measure measure;
    int pool = -1;
    bool distributed = false;
    bool money = false;  // Its unit of measure is VND.
    Rational share;      // Of the pool, or of its remainder.
    bool of_remainder = false;
    NormNode amount;  // Or the weight.
    std::vector<NormNode> floor, cap;
    std::vector<Rational> sources;  // Weights, as in set.lines[i].sources.
  };
  std::vector<Line> lines;
  struct Check {
    NormNode left, right;
  };
  std::vector<Check> checks;
  // Of money.
  Rational step = 1;
  Rounding mode = Rounding::kHalfUp;
  bool each_line = false;
  int result = -1;
  int assigned = -1;  // Line that a run assigns: the result, where the set names no other.
  int slots = 0;      // Values that all units share.

  int FindLine(absl::string_view key) const;  // -1: there is none.
  int FindInput(absl::string_view key) const;
};

// Makes `set` ready. Adds everything that is wrong with it to `violations`, under its path in the
// contract below `prefix` (such as "content."); the program may be evaluated only when nothing was
// added. Checked are: keys and their uniqueness; what is referred to stands above (so that nothing
// goes in circles); units of measure; numbers; shares of one pool above 100 %; a floor above its
// cap; bands that do not rise; words without case and cases without word; choices outside their
// alternatives; inputs that nothing uses; years; limits.
NormProgram Compile(NormSet set, absl::string_view prefix, error::Violations& violations);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_PROGRAM_H_
