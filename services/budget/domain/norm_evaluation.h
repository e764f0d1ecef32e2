// What a norm set gives for the units of one run. Deterministic: equal inputs give equal results to
// the đồng, in whatever order they came.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_EVALUATION_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_EVALUATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/budget/domain/norm_program.h"
#include "services/budget/domain/rational.h"

namespace twotier::budget {

// What a run hands over.
struct NormInputs {
  std::vector<std::string> units;  // Codes in rising order, each once.
  // By input of the program and unit. A word is its place among the input's words; what is not
  // ok() is missing.
  std::vector<std::vector<Rational>> values;
  std::vector<int64_t> pools;  // Amounts, by pool of the program.
};

// A rule of law that does not hold for a unit.
struct BrokenCheck {
  int check = 0;
  int unit = 0;
  Rational left, right;
};

struct NormResults {
  std::vector<std::vector<Rational>> lines;  // By line and unit; money that was rounded is whole.
  // By line; of distributions only.
  struct Division {
    int64_t part = 0;               // Of the pool.
    std::vector<Rational> weights;  // By unit,
    Rational weight_sum;            // and all together.
  };
  std::vector<Division> divisions;
  std::vector<Rational> shared;     // Values that all units share, by slot of the program.
  std::vector<int64_t> pool_rests;  // What the lines left of each pool.
  std::vector<BrokenCheck> broken;  // By check and unit.
};

// Calculates every line for every unit. `program` was compiled without violations and `inputs` has
// its sizes. Errors name every unit concerned as a precondition violation:
//   FAILED_PRECONDITION `ALLOCATION_INPUT_MISSING` (`unit_code`, `input`)
//   FAILED_PRECONDITION `ALLOCATION_CEILING_EXCEEDED` (`unit_code`, `line`): a decision above it
//   FAILED_PRECONDITION `ALLOCATION_FLOOR_ABOVE_CAP` (`unit_code`, `line`)
//   FAILED_PRECONDITION `POOL_EXHAUSTED` (`pool`, `line`, `available`, `asked`)
//   OUT_OF_RANGE `ALLOCATION_NOT_COMPUTABLE` (`unit_code`, `line`): beyond 64 bits, divided by
//   zero,
//     negative where nothing can be, too few units for a mean
//   those of Apportion
absl::StatusOr<NormResults> Evaluate(const NormProgram& program, const NormInputs& inputs);

// One expression for one unit. The lines that it reads are in `results`. Not ok() when it cannot be
// calculated. `above_ceiling`, when given, becomes true for a decision above its ceiling.
Rational Value(const NormNode& node, const NormInputs& inputs, const NormResults& results,
               size_t unit, bool* above_ceiling = nullptr);

// Which band of `node` (kBands) `value` lies in; -1: below the first.
int BandOf(const NormNode& node, const Rational& value);

// True when `left` stands to `right` as asked.
bool Holds(const Rational& left, NormComparison comparison, const Rational& right);

// The operand of `node` (kCases by an input) that holds for a unit.
const NormNode& CaseOf(const NormNode& node, const NormInputs& inputs, size_t unit);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_EVALUATION_H_
