// Short words for writing norms in tests.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_TESTING_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_TESTING_H_

#include <string>
#include <utility>
#include <vector>

#include "services/budget/domain/norm.h"

namespace twotier::budget::testing {

using Form = NormExpression;

inline Form With(Form::Kind kind, std::vector<Form> operands = {}, std::string key = "") {
  Form form;
  form.kind = kind;
  form.operands = std::move(operands);
  form.key = std::move(key);
  return form;
}
inline Form Num(std::string value, std::string unit = "1") {
  Form form = With(Form::Kind::kNumber);
  form.number = {std::move(value), std::move(unit)};
  return form;
}
inline Form In(std::string key) { return With(Form::Kind::kInput, {}, std::move(key)); }
inline Form Chosen(std::string key) { return With(Form::Kind::kChoice, {}, std::move(key)); }
inline Form Above(std::string key) { return With(Form::Kind::kLine, {}, std::move(key)); }
inline Form Sum(std::vector<Form> operands) { return With(Form::Kind::kSum, std::move(operands)); }
inline Form Times(std::vector<Form> operands) {
  return With(Form::Kind::kProduct, std::move(operands));
}
inline Form Less(std::vector<Form> operands) {
  return With(Form::Kind::kDifference, std::move(operands));
}
inline Form Over(Form dividend, Form divisor) {
  return With(Form::Kind::kQuotient, {std::move(dividend), std::move(divisor)});
}
inline Form Lines(std::vector<std::string> keys) {
  Form form = With(Form::Kind::kSumOfLines);
  form.keys = std::move(keys);
  return form;
}
inline Form Tariff(std::vector<NormRate> rates, std::string unit) {
  Form form = With(Form::Kind::kTariff);
  form.rates = std::move(rates);
  form.unit = std::move(unit);
  return form;
}
inline Form Bands(Form of, std::vector<NormBand> bands, std::string unit,
                  std::string stepping = "") {
  Form form = With(Form::Kind::kBands, {std::move(of)}, std::move(stepping));
  form.bands = std::move(bands);
  form.unit = std::move(unit);
  return form;
}
inline Form Cases(std::string input, std::vector<NormCase> cases,
                  std::vector<Form> otherwise = {}) {
  Form form = With(Form::Kind::kCases, std::move(otherwise), std::move(input));
  form.cases = std::move(cases);
  return form;
}
inline Form ByChoice(Form cases) {
  cases.by_choice = true;
  return cases;
}
inline Form Listed(std::vector<std::string> codes, Form amount) {
  Form form = With(Form::Kind::kListed, {std::move(amount)});
  form.keys = std::move(codes);
  return form;
}
inline Form If(Form left, NormComparison comparison, Form right, Form then, Form otherwise) {
  Form form = With(Form::Kind::kCondition,
                   {std::move(left), std::move(right), std::move(then), std::move(otherwise)});
  form.comparison = comparison;
  return form;
}
inline Form ShareOfTotal(Form share, Form rest) {
  return With(Form::Kind::kShareOfTotal, {std::move(share), std::move(rest)});
}
inline Form Decided(Form value, Form ceiling) {
  return With(Form::Kind::kDecision, {std::move(value), std::move(ceiling)});
}
inline Form Rounded(Form of, std::string to, std::string mode_choice) {
  Form form = With(Form::Kind::kRounded, {std::move(of)}, std::move(mode_choice));
  form.to = std::move(to);
  return form;
}
inline Form MeanOfLowest(std::string line, int64_t count) {
  Form form = With(Form::Kind::kMeanOfLowest, {}, std::move(line));
  form.count = count;
  return form;
}

inline NormChoice WordChoice(std::string key, std::string word,
                             std::vector<std::string> alternatives) {
  NormChoice choice;
  choice.key = std::move(key);
  choice.word = std::move(word);
  choice.alternatives = std::move(alternatives);
  return choice;
}
inline NormChoice NumberChoice(std::string key, std::string value, std::string unit = "1") {
  NormChoice choice;
  choice.key = std::move(key);
  choice.number = {std::move(value), std::move(unit)};
  return choice;
}
inline NormInput NumberInput(std::string key, std::string unit) {
  NormInput input;
  input.key = std::move(key);
  input.unit = std::move(unit);
  return input;
}
inline NormInput WordInput(std::string key, std::vector<std::string> words) {
  NormInput input;
  input.key = std::move(key);
  input.words = std::move(words);
  return input;
}
inline NormLine AmountLine(std::string key, Form amount, std::string unit = "VND") {
  NormLine line;
  line.key = std::move(key);
  line.unit = std::move(unit);
  line.amount = {std::move(amount)};
  return line;
}
inline NormLine DistributionLine(std::string key, std::string share, Form weight) {
  NormLine line;
  line.key = std::move(key);
  line.unit = "VND";
  line.pool = "pool";
  line.distribution.resize(1);
  line.distribution[0].share = std::move(share);
  line.distribution[0].weight = std::move(weight);
  return line;
}

// A set with one pool, the usual rounding, and the last line as its result.
inline NormSet SetOf(std::vector<NormInput> inputs, std::vector<NormLine> lines,
                     std::vector<NormChoice> choices = {}) {
  NormSet set;
  set.title = "test";
  set.first_year = set.last_year = 2026;
  set.inputs = std::move(inputs);
  set.choices = std::move(choices);
  set.choices.push_back(NumberChoice("step", "1", "VND"));
  set.choices.push_back(WordChoice("mode", "half_up", {"half_up", "down"}));
  set.choices.push_back(WordChoice("moment", "each_line", {"each_line", "result"}));
  set.rounding = {"step", "mode", "moment"};
  set.pools = {{"pool", "what is divided"}};
  set.lines = std::move(lines);
  set.result = set.lines.empty() ? "" : set.lines.back().key;
  return set;
}

}  // namespace twotier::budget::testing

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_NORM_TESTING_H_
