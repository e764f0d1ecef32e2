// A norm set: the resolution by which a province's Council divides money, as data. The contract
// (proto/twotier/budget/v1/norms.proto) tells what each form means; the names here are its names.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/budget/domain/measure.h"
#include "services/budget/domain/rational.h"

namespace twotier::budget {

// A number as the resolution prints it: "8.1", "25%", "46000".
struct NormNumber {
  std::string value;
  std::string unit = "1";
};

struct NormExpression;

// Amount for each of what an input, or a line above, counts.
struct NormRate {
  std::string key;
  std::string rate;
  bool of_line = false;
};

// From `bound` on (above it, when `exclusive`) the value is `base`, and `add` more for each `per`
// beyond the bound; an empty `add` adds nothing.
struct NormBand {
  std::string bound;
  bool exclusive = false;
  std::string base;
  std::string add;
  std::string per;
};

struct NormCase {
  std::vector<std::string> words;
  std::vector<NormExpression> value;  // One; a vector because it contains itself.
};

enum class NormComparison { kUnknown = 0, kLess = 1, kAtMost = 2, kMore = 3, kAtLeast = 4 };

// One form of the language. Which fields a form uses stands beside its name.
struct NormExpression {
  enum class Kind {
    kMissing = 0,     // Nothing was written where something has to stand.
    kNumber,          // number
    kInput,           // key
    kChoice,          // key
    kLine,            // key
    kSum,             // operands
    kSumOfLines,      // keys
    kProduct,         // operands
    kDifference,      // operands: the first less all others
    kQuotient,        // operands: two
    kLeast,           // operands
    kGreatest,        // operands
    kTariff,          // rates, unit
    kBands,           // operands: one; bands, unit, key: choice of the stepping
    kCases,           // key: input or choice; by_choice; cases; operands: otherwise, or none
    kListed,          // keys: unit codes; operands: one
    kCondition,       // operands: left, right, then, otherwise; comparison
    kShareOfTotal,    // operands: share, rest
    kDecision,        // operands: value, ceiling
    kRounded,         // operands: one; to, key: choice of the mode
    kTotalOverUnits,  // key
    kMeanOfLowest,    // key, count
  };
  Kind kind = Kind::kMissing;
  NormNumber number;
  std::string key;
  std::vector<std::string> keys;
  std::vector<NormExpression> operands;
  std::vector<NormRate> rates;
  std::vector<NormBand> bands;
  std::vector<NormCase> cases;
  std::string unit;
  std::string to;
  bool by_choice = false;
  NormComparison comparison = NormComparison::kUnknown;
  int64_t count = 0;
};

enum class InputSource { kUnknown = 0, kGiven = 1, kRegistry = 2, kPersonnel = 3 };

// A fact that each unit has: a number with a unit of measure, or one of `words`.
struct NormInput {
  std::string key;
  std::string title;
  std::string unit;                // Empty for words.
  std::vector<std::string> words;  // Empty for numbers.
  InputSource source = InputSource::kGiven;
};

// What the legal text leaves open, decided: a number or one of the alternatives.
struct NormChoice {
  std::string key;
  std::string question;
  std::string word;   // Either a word,
  NormNumber number;  // or a number with a non-empty value.
  std::vector<std::string> alternatives;
  std::string reason;
  std::string citation;
};

// What a run divides. Its amount comes with the run.
struct NormPool {
  std::string key;
  std::string title;
};

struct NormDistribution {
  std::string share;               // Of the pool,
  std::string share_of_remainder;  // or of what the lines before left of it.
  NormExpression weight;
  std::vector<NormExpression> floor;  // None or one.
  std::vector<NormExpression> cap;    // None or one.
};

// Part of a line that comes from one source of money.
struct NormSource {
  std::string source;
  std::string weight;
};

struct NormLine {
  std::string key;
  std::string title;
  std::string citation;
  std::string unit;                            // Of its amount.
  std::string pool;                            // That it is paid from; empty: none.
  std::vector<NormExpression> amount;          // One, or
  std::vector<NormDistribution> distribution;  // one.
  std::vector<NormSource> sources;
};

// A rule of law that holds for each unit after the calculation.
struct NormCheck {
  std::string key;
  std::string title;
  std::string citation;
  NormExpression left;
  NormComparison comparison = NormComparison::kUnknown;
  NormExpression right;
};

// Keys of the choices that round money: the step, the mode, and whether each line is rounded or
// only the result.
struct NormRounding {
  std::string step_choice;
  std::string mode_choice;
  std::string moment_choice;
};

struct NormSet {
  std::string title;
  int64_t first_year = 0;
  int64_t last_year = 0;
  std::vector<NormInput> inputs;
  std::vector<NormChoice> choices;
  std::vector<NormPool> pools;
  std::vector<NormLine> lines;
  std::vector<NormCheck> checks;
  NormRounding rounding;
  std::string result;                      // Key of the line that is the outcome.
  std::string assigned;                    // Of the one that a run assigns; empty: `result`.
  bool of_provinces = false;               // Recipients are provinces, not communes.
  std::vector<std::string> without_units;  // Codes of those that stand outside.
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_H_
