// How a unit's amounts come about, line by line, so that everybody can do the sums by hand.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_WORKING_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_WORKING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/budget/domain/norm_evaluation.h"
#include "services/budget/domain/norm_program.h"

namespace twotier::budget {

// Something that a line rests on.
struct WorkingFact {
  enum class Kind { kInput = 1, kChoice = 2, kLine = 3 };
  Kind kind = Kind::kInput;
  int place = 0;      // Among inputs, choices or lines.
  std::string value;  // With its unit of measure, or the word.
};

// What one line gave a unit.
struct LineWorking {
  int line = 0;
  std::string text;    // "31 posts × 62,000,000 × 1.3 = 2,498,600,000".
  std::string amount;  // Exact, as in the text.
  std::vector<WorkingFact> facts;
  std::vector<int64_t> sources;  // Parts by source of the line; whole đồng that sum to the amount.
};

// The working of every line of `program` for a unit. `results` are those of Evaluate.
std::vector<LineWorking> WorkingOf(const NormProgram& program, const NormInputs& inputs,
                                   const NormResults& results, size_t unit);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_WORKING_H_
