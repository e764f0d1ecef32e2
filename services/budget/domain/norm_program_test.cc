// What Compile refuses, each under its path, all at once.
#include "services/budget/domain/norm_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/budget/domain/norm_testing.h"

namespace twotier::budget {
namespace {

using namespace ::twotier::budget::testing;  // NOLINT: the words of norms.
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> WrongIn(NormSet set) {
  error::Violations violations;
  Compile(std::move(set), "content.", violations);
  std::vector<std::string> all;
  for (const error::FieldViolation& each : violations.all()) {
    all.push_back(absl::StrCat(each.field, ": ", each.description));
  }
  return all;
}

// A set with one line of the expression.
NormSet OneLine(Form amount, std::vector<NormChoice> choices = {}) {
  return SetOf({NumberInput("posts", "post"), NumberInput("people", "person"),
                WordInput("kind", {"ward", "commune"})},
               {AmountLine("use", Sum({Times({In("posts"), Num("0", "VND/post")}),
                                       Times({In("people"), Num("0", "VND/person")}),
                                       Cases("kind", {{{"ward", "commune"}, {Num("0", "VND")}}})})),
                AmountLine("tested", std::move(amount))},
               std::move(choices));
}

TEST(CompileTest, AcceptsWhatIsWellFormed) {
  EXPECT_THAT(WrongIn(OneLine(Times({In("posts"), Num("62000000", "VND/post")}))), IsEmpty());
}

TEST(CompileTest, NamesEveryMistakeUnderItsPath) {
  const struct {
    Form amount;
    std::string path, description;
  } cases[] = {
      {In("nobody"), ".input", "no input has the key"},
      {Chosen("nobody"), ".choice", "no choice of a number"},
      {Above("nobody"), ".line", "no line has the key"},
      {Above("tested"), ".line", "does not stand above"},
      {Lines({"use", "tested"}), ".sum_of_lines.lines[1]", "does not stand above"},
      {Lines({"use", "use"}), ".sum_of_lines.lines[1]", "stands there twice"},
      {In("posts"), "", "is measured in post; expected VND"},
      {In("kind"), ".input", "is a word"},
      {Sum({Num("1", "VND"), In("people")}), ".sum.operands[1]", "is measured in person"},
      {Less({Num("1", "VND"), In("people")}), ".difference.subtrahends[0]", "measured in person"},
      {Num("1,5", "VND"), ".number.value", "must be a number"},
      {Num("1", "VND/"), ".number.unit", "must be a unit of measure"},
      {Form(), "", "an expression must stand here"},
      {With(Form::Kind::kQuotient, {Num("1", "VND")}), "", "must have 2 to 2 operands"},
      {Tariff({{"people", "1"}, {"posts", "1"}}, "VND/person"), ".tariff.rates[1].input",
       "is measured in"},
      {Tariff({}, "VND/person"), ".tariff.rates", "is required"},
      {Bands(In("people"), {{"100", false, "1", "", ""}, {"100", false, "2", "", ""}}, "VND"),
       ".bands.bands[1].from", "overlaps the band before"},
      {Bands(In("people"), {{"100", true, "1", "", ""}, {"50", true, "2", "", ""}}, "VND"),
       ".bands.bands[1].above", "overlaps the band before"},
      {Bands(In("people"), {{"0", false, "1", "1", "2"}}, "VND"), ".bands.stepping_choice",
       "no choice has the key"},
      {Bands(In("people"), {{"0", false, "1", "1", ""}}, "VND", "moment"), ".bands.bands[0].per",
       "must be given together"},
      {Cases("kind", {{{"ward"}, {Num("1", "VND")}}}), ".cases.cases", "\"commune\" has no case"},
      {Cases("kind", {{{"town"}, {Num("1", "VND")}}}, {Num("0", "VND")}),
       ".cases.cases[0].words[0]", "is none of the words"},
      {Cases("posts", {{{"1"}, {Num("1", "VND")}}}), ".cases.input", "is a number"},
      {Listed({"2019"}, Num("1", "VND")), ".listed.unit_codes[0]", "must be the code of a unit"},
      {Listed({"20194", "20194"}, Num("1", "VND")), ".listed.unit_codes[1]", "twice"},
      {If(In("people"), NormComparison::kLess, In("posts"), Num("1", "VND"), Num("2", "VND")),
       ".condition.right", "is measured in post"},
      {If(In("people"), NormComparison::kUnknown, In("people"), Num("1", "VND"), Num("2", "VND")),
       ".condition.comparison", "is required"},
      {ShareOfTotal(Num("100%"), Num("1", "VND")), ".share_of_total.share", "below 100 %"},
      {ShareOfTotal(Num("1", "VND"), Num("1", "VND")), ".share_of_total.share", "measured in VND"},
      {Decided(Num("1", "VND"), In("people")), ".decision.ceiling", "is measured in person"},
      {Rounded(Num("1", "VND"), "0", "mode"), ".rounded.to", "must be above 0"},
      {Rounded(Num("1", "VND"), "1", "moment"), ".rounded.mode_choice", "none, down, up, half_up"},
      {MeanOfLowest("use", 0), ".mean_of_lowest.count", "must be above 0"},
  };
  for (const auto& c : cases) {
    const std::vector<std::string> wrong = WrongIn(OneLine(c.amount));
    EXPECT_THAT(wrong, ::testing::Contains(
                           AllOf(HasSubstr(absl::StrCat("content.lines[1].amount", c.path, ": ")),
                                 HasSubstr(c.description))))
        << c.path << " " << c.description;
    EXPECT_LE(wrong.size(), 2u) << ::testing::PrintToString(wrong);
  }
}

TEST(CompileTest, TellsEveryMistakeAtOnce) {
  NormSet set = OneLine(Sum({In("nobody"), Num("x", "VND")}));
  set.lines[0].key = "Use";
  set.last_year = 2025;
  set.result = "nothing";
  set.assigned = "points";
  EXPECT_THAT(
      WrongIn(std::move(set)),
      ElementsAre(HasSubstr("content.last_year"), HasSubstr("content.lines[0].key"),
                  HasSubstr("amount.sum.operands[0].input"),
                  HasSubstr("amount.sum.operands[1].number.value"), HasSubstr("content.result"),
                  HasSubstr("content.assigned: no line has the key")));
}

TEST(CompileTest, WhatARunAssignsIsMoney) {
  NormSet set = SetOf(
      {}, {AmountLine("points", Num("1", "point"), "point"), AmountLine("money", Num("1", "VND"))});
  set.assigned = "points";
  EXPECT_THAT(WrongIn(std::move(set)),
              ElementsAre(HasSubstr("content.assigned: must be measured in VND")));
}

TEST(CompileTest, SharesOfOnePoolAreAtMostTheWhole) {
  EXPECT_THAT(WrongIn(SetOf({}, {DistributionLine("a", "60%", Num("1")),
                                 DistributionLine("b", "40%", Num("1"))})),
              IsEmpty());
  EXPECT_THAT(
      WrongIn(SetOf(
          {}, {DistributionLine("a", "60%", Num("1")), DistributionLine("b", "40.1%", Num("1"))})),
      ElementsAre(AllOf(HasSubstr("content.lines[1].distribution.share"), HasSubstr("100.1 %"))));
  EXPECT_THAT(WrongIn(SetOf({}, {DistributionLine("a", "101%", Num("1"))})),
              ::testing::Contains(HasSubstr("at most 100 %")));
}

TEST(CompileTest, AFloorIsNotAboveItsCap) {
  NormLine line = DistributionLine("a", "100%", Num("1"));
  line.distribution[0].floor = {Num("2", "VND")};
  line.distribution[0].cap = {Num("1", "VND")};
  EXPECT_THAT(WrongIn(SetOf({}, {line})),
              ElementsAre(HasSubstr("content.lines[0].distribution.cap: is below the floor")));
}

TEST(CompileTest, ADistributionDividesAPoolOfMoney) {
  NormLine line = DistributionLine("a", "100%", Num("1"));
  line.pool = "";
  EXPECT_THAT(WrongIn(SetOf({}, {line})), ElementsAre(HasSubstr("content.lines[0].pool")));
  line.pool = "nobody";
  EXPECT_THAT(WrongIn(SetOf({}, {line})), ElementsAre(HasSubstr("no pool has the key")));
}

TEST(CompileTest, AWordIsAmongItsAlternativesAndAnInputIsNeeded) {
  NormSet set = OneLine(Num("1", "VND"), {WordChoice("odd", "c", {"a", "b"})});
  set.inputs.push_back(NumberInput("spare", "VND"));
  EXPECT_THAT(WrongIn(std::move(set)),
              ElementsAre(HasSubstr("content.choices[0].word: must be one of the alternatives"),
                          HasSubstr("content.inputs[3].key: no line needs this input")));
}

TEST(CompileTest, RoundingIsDecidedWhereMoneyIsCalculated) {
  NormSet set = OneLine(Num("1", "VND"));
  set.rounding = {};
  EXPECT_THAT(WrongIn(std::move(set)), ElementsAre(HasSubstr("content.rounding.step_choice"),
                                                   HasSubstr("content.rounding.mode_choice"),
                                                   HasSubstr("content.rounding.moment_choice")));
}

TEST(CompileTest, NestingAndSizeAreBounded) {
  Form deep = Num("1", "VND");
  for (int i = 1; i < kNormDepthMax; ++i) deep = Sum({deep});
  EXPECT_THAT(WrongIn(OneLine(deep)), IsEmpty());
  EXPECT_THAT(WrongIn(OneLine(Sum({deep}))), ElementsAre(HasSubstr("nested more than 16 deep")));
  const Form wide = Sum(std::vector<Form>(100, Sum(std::vector<Form>(100, Num("1", "VND")))));
  EXPECT_THAT(WrongIn(OneLine(wide)), ElementsAre(HasSubstr("more than 10000 forms")));
}

TEST(CompileTest, SourcesHaveWeights) {
  NormSet set = OneLine(Num("1", "VND"));
  set.lines[1].sources = {{"norm", "0"}, {"norm", "0"}};
  EXPECT_THAT(WrongIn(std::move(set)),
              ElementsAre(HasSubstr("content.lines[1].sources[1].source: stands there twice"),
                          HasSubstr("content.lines[1].sources: the weights sum to nothing")));
}

}  // namespace
}  // namespace twotier::budget
