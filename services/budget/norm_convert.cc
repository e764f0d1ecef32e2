#include "services/budget/norm_convert.h"

#include <string>
#include <utility>
#include <vector>

namespace twotier::budget {
namespace {

using Kind = NormExpression::Kind;

NormExpression Expression(const v1::NormExpression& from);

NormNumber Number(const v1::NormNumber& from) {
  return {from.value(), from.unit().empty() ? "1" : from.unit()};
}

template <typename Repeated>
std::vector<std::string> Texts(const Repeated& from) {
  return {from.begin(), from.end()};
}

template <typename Repeated>
void AddOperands(const Repeated& from, NormExpression& form) {
  for (const v1::NormExpression& operand : from) form.operands.push_back(Expression(operand));
}

void Bands(const v1::NormBands& from, NormExpression& form) {
  form.operands.push_back(Expression(from.of()));
  form.unit = from.unit();
  form.key = from.stepping_choice();
  for (const v1::NormBand& band : from.bands()) {
    const bool exclusive = band.has_above();
    form.bands.push_back(
        {exclusive ? band.above() : band.from(), exclusive, band.base(), band.add(), band.per()});
  }
}

void Cases(const v1::NormCases& from, NormExpression& form) {
  form.by_choice = from.has_choice();
  form.key = form.by_choice ? from.choice() : from.input();
  for (const v1::NormCase& each : from.cases()) {
    form.cases.push_back({Texts(each.words()), {Expression(each.value())}});
  }
  if (from.has_otherwise()) form.operands.push_back(Expression(from.otherwise()));
}

void Condition(const v1::NormCondition& from, NormExpression& form) {
  form.comparison = static_cast<NormComparison>(from.comparison());
  for (const v1::NormExpression* operand :
       {&from.left(), &from.right(), &from.then(), &from.otherwise()}) {
    form.operands.push_back(Expression(*operand));
  }
}

void Pair(Kind kind, const v1::NormExpression& first, const v1::NormExpression& second,
          NormExpression& form) {
  form.kind = kind;
  form.operands.push_back(Expression(first));
  form.operands.push_back(Expression(second));
}

// Forms whose parts are expressions only.
bool Combined(const v1::NormExpression& from, NormExpression& form) {
  const auto all = [&form](Kind kind, const v1::NormOperands& operands) {
    form.kind = kind;
    AddOperands(operands.operands(), form);
  };
  switch (from.form_case()) {
    case v1::NormExpression::kSum:
      all(Kind::kSum, from.sum());
      return true;
    case v1::NormExpression::kProduct:
      all(Kind::kProduct, from.product());
      return true;
    case v1::NormExpression::kLeast:
      all(Kind::kLeast, from.least());
      return true;
    case v1::NormExpression::kGreatest:
      all(Kind::kGreatest, from.greatest());
      return true;
    case v1::NormExpression::kDifference:
      form.kind = Kind::kDifference;
      form.operands.push_back(Expression(from.difference().minuend()));
      AddOperands(from.difference().subtrahends(), form);
      return true;
    case v1::NormExpression::kQuotient:
      Pair(Kind::kQuotient, from.quotient().dividend(), from.quotient().divisor(), form);
      return true;
    case v1::NormExpression::kShareOfTotal:
      Pair(Kind::kShareOfTotal, from.share_of_total().share(), from.share_of_total().rest(), form);
      return true;
    case v1::NormExpression::kDecision:
      Pair(Kind::kDecision, from.decision().value(), from.decision().ceiling(), form);
      return true;
    default:
      return false;
  }
}

// Forms that refer to something by its key, and numbers.
bool Referring(const v1::NormExpression& from, NormExpression& form) {
  const auto key = [&form](Kind kind, const std::string& value) {
    form.kind = kind;
    form.key = value;
    return true;
  };
  switch (from.form_case()) {
    case v1::NormExpression::kNumber:
      form.kind = Kind::kNumber;
      form.number = Number(from.number());
      return true;
    case v1::NormExpression::kInput:
      return key(Kind::kInput, from.input());
    case v1::NormExpression::kChoice:
      return key(Kind::kChoice, from.choice());
    case v1::NormExpression::kLine:
      return key(Kind::kLine, from.line());
    case v1::NormExpression::kTotalOverUnits:
      return key(Kind::kTotalOverUnits, from.total_over_units());
    case v1::NormExpression::kMeanOfLowest:
      form.count = from.mean_of_lowest().count();
      return key(Kind::kMeanOfLowest, from.mean_of_lowest().line());
    case v1::NormExpression::kSumOfLines:
      form.kind = Kind::kSumOfLines;
      form.keys = Texts(from.sum_of_lines().lines());
      return true;
    default:
      return false;
  }
}

NormExpression Expression(const v1::NormExpression& from) {
  NormExpression form;
  if (Combined(from, form) || Referring(from, form)) return form;
  switch (from.form_case()) {
    case v1::NormExpression::kTariff:
      form.kind = Kind::kTariff;
      form.unit = from.tariff().unit();
      for (const v1::NormRate& rate : from.tariff().rates()) {
        form.rates.push_back(
            {rate.has_line() ? rate.line() : rate.input(), rate.rate(), rate.has_line()});
      }
      break;
    case v1::NormExpression::kBands:
      form.kind = Kind::kBands;
      Bands(from.bands(), form);
      break;
    case v1::NormExpression::kCases:
      form.kind = Kind::kCases;
      Cases(from.cases(), form);
      break;
    case v1::NormExpression::kListed:
      form.kind = Kind::kListed;
      form.keys = Texts(from.listed().unit_codes());
      form.operands.push_back(Expression(from.listed().amount()));
      break;
    case v1::NormExpression::kCondition:
      form.kind = Kind::kCondition;
      Condition(from.condition(), form);
      break;
    case v1::NormExpression::kRounded:
      form.kind = Kind::kRounded;
      form.operands.push_back(Expression(from.rounded().of()));
      form.to = from.rounded().to();
      form.key = from.rounded().mode_choice();
      break;
    default:
      break;
  }
  return form;
}

NormLine Line(const v1::NormLine& from) {
  NormLine line;
  line.key = from.key();
  line.title = from.title();
  line.citation = from.citation();
  line.unit = from.unit();
  line.pool = from.pool();
  if (from.has_amount()) line.amount.push_back(Expression(from.amount()));
  if (from.has_distribution()) {
    const v1::NormDistribution& rule = from.distribution();
    NormDistribution& to = line.distribution.emplace_back();
    to.share = rule.share();
    to.share_of_remainder = rule.share_of_remainder();
    to.weight = Expression(rule.weight());
    if (rule.has_floor()) to.floor.push_back(Expression(rule.floor()));
    if (rule.has_cap()) to.cap.push_back(Expression(rule.cap()));
  }
  for (const v1::NormSource& source : from.sources()) {
    line.sources.push_back({source.source(), source.weight()});
  }
  return line;
}

NormChoice Choice(const v1::NormChoice& from) {
  NormChoice choice;
  choice.key = from.key();
  choice.question = from.question();
  choice.word = from.word();
  if (from.has_number()) choice.number = Number(from.number());
  choice.alternatives = Texts(from.alternatives());
  choice.reason = from.reason();
  choice.citation = from.citation();
  return choice;
}

}  // namespace

NormSet FromProto(const v1::NormSetContent& content) {
  NormSet set;
  set.title = content.title();
  set.first_year = content.first_year();
  set.last_year = content.last_year();
  for (const v1::NormInput& input : content.inputs()) {
    set.inputs.push_back({input.key(), input.title(), input.unit(), Texts(input.words()),
                          static_cast<InputSource>(input.source())});
  }
  for (const v1::NormChoice& choice : content.choices()) set.choices.push_back(Choice(choice));
  for (const v1::NormPool& pool : content.pools()) set.pools.push_back({pool.key(), pool.title()});
  for (const v1::NormLine& line : content.lines()) set.lines.push_back(Line(line));
  for (const v1::NormCheck& check : content.checks()) {
    set.checks.push_back({check.key(), check.title(), check.citation(), Expression(check.left()),
                          static_cast<NormComparison>(check.comparison()),
                          Expression(check.right())});
  }
  set.rounding = {content.rounding().step_choice(), content.rounding().mode_choice(),
                  content.rounding().moment_choice()};
  set.result = content.result();
  set.assigned = content.assigned();
  set.of_provinces = content.recipients().tier() == v1::NORM_TIER_PROVINCE;
  set.without_units = Texts(content.recipients().without_unit_codes());
  return set;
}

}  // namespace twotier::budget
