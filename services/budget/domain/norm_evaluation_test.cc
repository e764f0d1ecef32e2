// What each form of the language gives, with the working that is published of it.
#include "services/budget/domain/norm_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/budget/domain/norm_testing.h"
#include "services/budget/domain/norm_working.h"

namespace twotier::budget {
namespace {

using namespace ::twotier::budget::testing;  // NOLINT: the words of norms.
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Pair;

NormProgram Ready(NormSet set) {
  error::Violations violations;
  NormProgram program = Compile(std::move(set), "", violations);
  for (const auto& each : violations.all()) ADD_FAILURE() << each.field << ": " << each.description;
  return program;
}

NormInputs Of(std::vector<std::vector<Rational>> values, std::vector<int64_t> pools = {0}) {
  NormInputs inputs;
  const size_t count = values.empty() ? 1 : values[0].size();
  for (size_t i = 0; i < count; ++i) inputs.units.push_back(absl::StrCat(20194 + i));
  inputs.values = std::move(values);
  inputs.pools = std::move(pools);
  return inputs;
}

std::string ReasonOfRun(const NormProgram& program, const NormInputs& inputs) {
  const absl::Status status = Evaluate(program, inputs).status();
  const auto reason = error::ReasonOf(status);
  return reason ? reason->reason : std::string(status.message());
}

// The working of the last line for the only unit.
std::string Worked(NormSet set, const std::vector<Rational>& values) {
  std::vector<std::vector<Rational>> columns;
  columns.reserve(values.size());
  for (const Rational& value : values) columns.push_back({value});
  const NormProgram program = Ready(std::move(set));
  const NormInputs inputs = Of(std::move(columns));
  const absl::StatusOr<NormResults> results = Evaluate(program, inputs);
  if (!results.ok()) return std::string(results.status().message());
  return WorkingOf(program, inputs, *results, 0).back().text;
}

std::string Worked(std::vector<NormInput> inputs, Form amount, const std::vector<Rational>& values,
                   std::vector<NormChoice> choices = {}, const std::string& unit = "VND") {
  std::vector<NormLine> lines = {AmountLine("tested", std::move(amount), unit)};
  if (unit != "VND") {
    // The outcome of a set is money.
    lines.insert(lines.begin(), AmountLine("money", Num("0", "VND")));
  }
  NormSet set = SetOf(std::move(inputs), std::move(lines), std::move(choices));
  set.result = set.lines[0].key;
  return Worked(std::move(set), values);
}

TEST(NormTest, PostsTimesAmountTimesCoefficient) {
  EXPECT_EQ(Worked({NumberInput("posts", "post")},
                   Times({In("posts"), Num("62000000", "VND/post"), Num("1.3")}), {31}),
            "31 posts × 62,000,000 × 1.3 = 2,498,600,000");
}

TEST(NormTest, AZoneBelongsToPeople) {
  const Form tariff =
      Tariff({{"people_a", "46000"}, {"people_c", "21500"}, {"people_d", "23700"}}, "VND/person");
  EXPECT_EQ(Worked({NumberInput("people_a", "person"), NumberInput("people_c", "person"),
                    NumberInput("people_d", "person")},
                   tariff, {1'200, 0, 8'000}),
            "1,200 people × 46,000 + 8,000 people × 23,700 = 244,800,000");
}

TEST(NormTest, ALowerBoundBelongsToItsBand) {
  const Form density = Bands(Over(In("people"), In("area")),
                             {{"0", false, "3800000000", "", ""},
                              {"100", false, "7500000000", "", ""},
                              {"500", false, "11500000000", "", ""}},
                             "VND");
  const std::vector<NormInput> inputs = {NumberInput("people", "person"),
                                         NumberInput("area", "km2")};
  EXPECT_EQ(Worked(inputs, density, {1'000, 10}),
            "[1,000 people / 10 km² ≥ 100: 7,500,000,000] = 7,500,000,000");
  EXPECT_EQ(Worked(inputs, density, {999, 10}),
            "[999 people / 10 km² ≥ 0: 3,800,000,000] = 3,800,000,000");
}

TEST(NormTest, APointScaleCountsWholeStepsOrProRata) {
  const Form scale = Bands(In("people"),
                           {{"0", false, "10", "", ""},
                            {"10000", true, "10", "2", "2000"},
                            {"20000", true, "20", "1", "2000"}},
                           "point", "stepping");
  const auto worked = [&scale](const std::string& stepping, int people) {
    return Worked({NumberInput("people", "person")}, scale, {people},
                  {WordChoice("stepping", stepping, {"pro_rata", "whole_steps"})}, "point");
  };
  EXPECT_EQ(worked("pro_rata", 23'000),
            "[23,000 people > 20,000: 20 + 1 × (23,000 − 20,000) / 2,000] = 21.5");
  EXPECT_EQ(worked("whole_steps", 23'000),
            "[23,000 people > 20,000: 20 + 1 × ⌊(23,000 − 20,000) / 2,000⌋] = 21");
  EXPECT_EQ(worked("whole_steps", 10'000), "[10,000 people ≥ 0: 10] = 10");
}

TEST(NormTest, BelowEveryBandIsNothing) {
  EXPECT_EQ(Worked({NumberInput("share", "1")},
                   Bands(In("share"), {{"0", true, "5", "", ""}}, "point"), {0}, {}, "point"),
            "[0, below every band: 0] = 0");
}

TEST(NormTest, APartOfATotalThatContainsIt) {
  EXPECT_EQ(Worked({NumberInput("pay", "VND")}, ShareOfTotal(Num("25%"), In("pay")), {300}),
            "300 × 25 % / (100 % − 25 %) = 100");
}

TEST(NormTest, BelowLastYearAFixedAmountIsGiven) {
  const auto worked = [](int cells) {
    return Worked(
        {NumberInput("cells", "cell"), NumberInput("before", "VND")},
        If(Times({In("cells"), Num("2912", "VND/cell")}), NormComparison::kLess, In("before"),
           Num("500000", "VND"), Times({In("cells"), Num("2912", "VND/cell")})),
        {cells, 30'000});
  };
  EXPECT_EQ(worked(10), "[10 cells × 2,912 < 30,000 holds: 500,000] = 500,000");
  EXPECT_EQ(worked(11), "[11 cells × 2,912 < 30,000 does not hold: 11 cells × 2,912] = 32,032");
}

TEST(NormTest, AWordOfTheUnitOrOfTheTextDecides) {
  const Form coefficient =
      Cases("zone", {{{"hard"}, {Num("6.9")}}, {{"urban", "other"}, {Num("6")}}});
  EXPECT_EQ(Worked({WordInput("zone", {"hard", "urban", "other"})},
                   Times({coefficient, Num("2340000", "VND")}), {2}),
            "6 × 2,340,000 = 14,040,000");
  const Form contingency =
      ByChoice(Cases("base", {{{"inside"}, {ShareOfTotal(Num("2%"), In("total"))}},
                              {{"outside"}, {Times({Num("2%"), In("total")})}}}));
  const auto worked = [&contingency](const std::string& base) {
    return Worked({NumberInput("total", "VND")}, contingency, {9'800},
                  {WordChoice("base", base, {"inside", "outside"})});
  };
  EXPECT_EQ(worked("inside"), "9,800 × 2 % / (100 % − 2 %) = 200");
  EXPECT_EQ(worked("outside"), "2 % × 9,800 = 196");
}

TEST(NormTest, NamedUnitsGetALump) {
  EXPECT_EQ(Worked({}, Listed({"20194"}, Num("5000000000", "VND")), {}), "5,000,000,000");
  EXPECT_EQ(Worked({}, Listed({"20197"}, Num("5000000000", "VND")), {}), "0 (not listed) = 0");
}

TEST(NormTest, SumsDifferencesAndExtremesAreWrittenWithTheirParentheses) {
  EXPECT_EQ(Worked({NumberInput("a", "VND"), NumberInput("b", "VND")},
                   With(Form::Kind::kGreatest,
                        {Less({In("a"), Sum({In("b"), Num("1", "VND")})}), Num("0", "VND")}),
                   {10, 20}),
            "[greatest of 10 − (20 + 1); 0] = 0");
  EXPECT_EQ(
      Worked({NumberInput("a", "VND")}, Times({Num("2"), Less({In("a"), Num("1", "VND")})}), {10}),
      "2 × (10 − 1) = 18");
  EXPECT_EQ(
      Worked({NumberInput("a", "VND")}, With(Form::Kind::kLeast, {In("a"), Num("3", "VND")}), {10}),
      "[least of 10; 3] = 3");
}

TEST(NormTest, RoundingIsShownWhereItChangesSomething) {
  EXPECT_EQ(Worked({NumberInput("a", "VND")}, Times({In("a"), Num("1/3")}), {100}),
            "100 × 1/3 = 33 1/3, rounded half up to 1 = 33");
  EXPECT_EQ(Worked({NumberInput("posts", "post")},
                   Times({Rounded(Times({In("posts"), Num("1/3")}), "1", "third"),
                          Num("300", "VND/post")}),
                   {31}, {WordChoice("third", "down", {"none", "down"})}),
            "[31 posts × 1/3 rounded down to 1: 10] × 300 = 3,000");
}

TEST(NormTest, WhenOnlyTheResultIsRoundedLinesKeepTheirFractions) {
  NormSet set =
      SetOf({NumberInput("a", "VND")}, {AmountLine("third", Times({In("a"), Num("1/3")})),
                                        AmountLine("total", Times({Num("3"), Above("third")}))});
  EXPECT_EQ(Worked(set, {100}), "3 × 33 = 99");
  set.choices[2].word = "result";
  EXPECT_EQ(Worked(set, {100}), "3 × 33 1/3 = 100");
}

TEST(NormTest, OneLineHasSeveralSources) {
  NormSet set = SetOf({NumberInput("posts", "post")},
                      {AmountLine("pay", Times({In("posts"), Num("2340000", "VND/post")}))});
  set.lines[0].sources = {{"norm", "1490000"}, {"salary_reform", "850000"}};
  const NormProgram program = Ready(std::move(set));
  const NormInputs inputs = Of({{3}});
  const auto results = Evaluate(program, inputs);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_THAT(WorkingOf(program, inputs, *results, 0)[0].sources,
              ElementsAre(3 * 1'490'000, 3 * 850'000));
}

TEST(NormTest, ADecisionAboveItsCeilingIsRefusedForEveryUnit) {
  const NormProgram program =
      Ready(SetOf({NumberInput("decided", "VND"), NumberInput("base", "VND")},
                  {AmountLine("economy", Decided(In("decided"), Times({Num("6%"), In("base")})))}));
  EXPECT_EQ(Worked(program.set, {5, 100}), "[5, at most 6] = 5");
  const absl::Status status = Evaluate(program, Of({{7, 6, 9}, {100, 100, 100}})).status();
  EXPECT_EQ(error::ReasonOf(status)->reason, "ALLOCATION_CEILING_EXCEEDED");
  ASSERT_EQ(error::PreconditionsOf(status).size(), 2u);
  EXPECT_EQ(error::PreconditionsOf(status)[1].subject, "20196 economy");
}

TEST(NormTest, EveryMissingInputOfEveryUnitIsNamed) {
  const NormProgram program = Ready(SetOf({NumberInput("a", "VND"), NumberInput("b", "VND")},
                                          {AmountLine("x", Sum({In("a"), In("b")}))}));
  const Rational none = Rational::NotComputable();
  const absl::Status status = Evaluate(program, Of({{1, none}, {none, none}})).status();
  EXPECT_EQ(error::ReasonOf(status)->reason, "ALLOCATION_INPUT_MISSING");
  std::vector<std::string> named;
  for (const auto& each : error::PreconditionsOf(status)) named.push_back(each.subject);
  EXPECT_THAT(named, ElementsAre("20194 b", "20195 a", "20195 b"));
}

TEST(NormTest, WhatCannotBeCalculatedIsRefused) {
  const NormProgram quotient = Ready(SetOf({NumberInput("a", "VND"), NumberInput("b", "1")},
                                           {AmountLine("x", Over(In("a"), In("b")))}));
  EXPECT_EQ(ReasonOfRun(quotient, Of({{1}, {0}})), "ALLOCATION_NOT_COMPUTABLE");
  const NormProgram product = Ready(SetOf({NumberInput("a", "VND"), NumberInput("b", "1")},
                                          {AmountLine("x", Times({In("a"), In("b")}))}));
  EXPECT_EQ(ReasonOfRun(product, Of({{int64_t{1} << 40}, {int64_t{1} << 40}})),
            "ALLOCATION_NOT_COMPUTABLE");
  EXPECT_EQ(ReasonOfRun(product, Of({{-1}, {1}})), "ALLOCATION_NOT_COMPUTABLE");
}

TEST(NormTest, AConditionOrCeilingThatCannotBeCalculatedIsRefusedWithItsUnit) {
  const std::vector<NormInput> inputs = {NumberInput("poor", "person"),
                                         NumberInput("people", "person")};
  const Form share = Over(In("poor"), In("people"));
  const Form helped =
      If(share, NormComparison::kAtLeast, Num("20%"), Num("500", "VND"), Num("0", "VND"));
  const Form decided = Decided(Num("500", "VND"), Over(Num("1000", "VND"), share));
  for (const Form& form : {helped, decided}) {
    const NormProgram program = Ready(SetOf(inputs, {AmountLine("x", form)}));
    EXPECT_EQ(ReasonOfRun(program, Of({{1}, {5}})), "");
    const auto refused = error::ReasonOf(Evaluate(program, Of({{1, 0}, {5, 0}})).status());
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->reason, "ALLOCATION_NOT_COMPUTABLE");
    EXPECT_THAT(refused->metadata, Contains(Pair("unit_code", "20195")));
  }
}

TEST(NormTest, APoolPaysTopUpsFirstAndDividesTheRemainder) {
  NormSet set = SetOf(
      {NumberInput("people", "person")},
      {AmountLine("top_up", Listed({"20195"}, Num("10", "VND"))),
       DistributionLine("rest", "", In("people")), AmountLine("total", Lines({"top_up", "rest"}))});
  set.lines[0].pool = "pool";
  set.lines[1].distribution[0].share_of_remainder = "100%";
  const NormProgram program = Ready(std::move(set));
  const NormInputs inputs = Of({{1, 2, 4}}, {110});
  const auto results = Evaluate(program, inputs);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_THAT(results->lines[1], ElementsAre(Rational(14), Rational(29), Rational(57)));
  EXPECT_THAT(results->lines[2], ElementsAre(Rational(14), Rational(39), Rational(57)));
  EXPECT_THAT(results->pool_rests, ElementsAre(0));
  EXPECT_EQ(WorkingOf(program, inputs, *results, 1)[1].text,
            "100 × 2 people / 7, the largest remainders one đồng more = 29");
  EXPECT_EQ(ReasonOfRun(program, Of({{1, 2, 4}}, {9})), "POOL_EXHAUSTED");
}

TEST(NormTest, WhatARunAssignsIsRoundedAsTheOutcomeIs) {
  NormSet set = SetOf({NumberInput("revenue", "VND")},
                      {AmountLine("part", Num("10/4", "VND")), AmountLine("total", Above("part")),
                       AmountLine("supplement", Less({Above("total"), In("revenue")}))});
  set.choices.back().word = "result";
  set.result = "total";
  set.assigned = "supplement";
  const NormProgram program = Ready(std::move(set));
  EXPECT_EQ(program.set.lines[program.assigned].key, "supplement");
  const auto results = Evaluate(program, Of({{Rational::Of(6, 4)}}));
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_THAT(results->lines[0], ElementsAre(Rational::Of(10, 4)));
  EXPECT_THAT(results->lines[2], ElementsAre(Rational(2)));  // 3 − 1.5, half up.
  EXPECT_EQ(ReasonOfRun(program, Of({{4}})), "ALLOCATION_NOT_COMPUTABLE") << "below nothing";
}

TEST(NormTest, SharesOfAPoolLeaveNothingOver) {
  const NormProgram program = Ready(
      SetOf({}, {DistributionLine("a", "1/3", Num("1")), DistributionLine("b", "1/3", Num("1")),
                 DistributionLine("c", "1/3", Num("1"))}));
  const auto results = Evaluate(program, Of({}, {100}));
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ(results->lines[0][0] + results->lines[1][0] + results->lines[2][0], Rational(100));
  EXPECT_THAT(results->pool_rests, ElementsAre(0));
}

TEST(NormTest, AMergedUnitGetsNoLessThanItsPartsHad) {
  NormSet set = SetOf({NumberInput("people", "person"), NumberInput("before", "VND")},
                      {DistributionLine("v", "100%", In("people"))});
  set.lines[0].distribution[0].floor = {Times({Num("90%"), In("before")})};
  const NormProgram program = Ready(std::move(set));
  const auto results = Evaluate(program, Of({{1, 9}, {51, 0}}, {100}));
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_THAT(results->lines[0], ElementsAre(Rational(46), Rational(54)));  // 45.9 is the least.
}

TEST(NormTest, AFloorAboveTheCapOfOneUnitIsRefused) {
  NormSet set = SetOf({NumberInput("before", "VND")}, {DistributionLine("v", "100%", Num("1"))});
  set.lines[0].distribution[0].floor = {In("before")};
  set.lines[0].distribution[0].cap = {Num("50", "VND")};
  EXPECT_EQ(ReasonOfRun(Ready(std::move(set)), Of({{0, 51}}, {100})), "ALLOCATION_FLOOR_ABOVE_CAP");
}

TEST(NormTest, TheFloorOfPointsIsTheMeanOfTheLowest) {
  NormSet set = SetOf(
      {NumberInput("x", "point")},
      {AmountLine("total", In("x"), "point"),
       AmountLine("points", With(Form::Kind::kGreatest, {Above("total"), MeanOfLowest("total", 2)}),
                  "point"),
       DistributionLine("v", "100%", Above("points"))});
  const NormProgram program = Ready(std::move(set));
  const NormInputs inputs = Of({{5, 10, 20, 2}}, {1'000});
  const auto results = Evaluate(program, inputs);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ(WorkingOf(program, inputs, *results, 3)[1].text,
            "[greatest of 2 points; [mean of the 2 lowest total 3.5]] = 3.5");
  // Z = 1,000 / 38.5.
  EXPECT_THAT(results->lines[2],
              ElementsAre(Rational(130), Rational(260), Rational(519), Rational(91)));
  EXPECT_EQ(ReasonOfRun(program, Of({{5}}, {1'000})), "ALLOCATION_NOT_COMPUTABLE");
}

TEST(NormTest, WeightsWithoutACommonDenominatorAreRefused) {
  const NormProgram program =
      Ready(SetOf({NumberInput("x", "1")}, {DistributionLine("v", "100%", In("x"))}));
  EXPECT_EQ(
      ReasonOfRun(program,
                  Of({{Rational::Of(1, 4'000'000'007), Rational::Of(1, 4'000'000'009)}}, {1'000})),
      "ALLOCATION_NOT_COMPUTABLE");
}

TEST(NormTest, RulesOfLawThatDoNotHoldAreListed) {
  NormSet set = SetOf({NumberInput("a", "VND"), NumberInput("b", "VND")},
                      {AmountLine("x", Sum({In("a"), In("b")}))});
  set.checks.resize(1);
  set.checks[0].key = "contingency";
  set.checks[0].left = In("a");
  set.checks[0].comparison = NormComparison::kAtLeast;
  set.checks[0].right = Times({Num("2%"), Above("x")});
  const auto results = Evaluate(Ready(std::move(set)), Of({{2, 1}, {98, 99}}));
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_EQ(results->broken.size(), 1u);
  EXPECT_EQ(results->broken[0].unit, 1);
}

RC_GTEST_PROP(NormProperties, EveryPoolIsDividedToTheDong, ()) {
  const auto first = *rc::gen::inRange(1, 99);
  const NormProgram program =
      Ready(SetOf({NumberInput("a", "1"), NumberInput("b", "1")},
                  {DistributionLine("x", absl::StrCat(first, "%"), In("a")),
                   DistributionLine("y", absl::StrCat(100 - first, "%"), In("b"))}));
  const auto pool = *rc::gen::inRange<int64_t>(0, int64_t{1} << 50);
  const auto column = [] {
    std::vector<Rational> values = {1};
    for (const int value : *rc::gen::container<std::vector<int>>(9, rc::gen::inRange(0, 10'000))) {
      values.push_back(Rational::Of(value, 1'000));
    }
    return values;
  };
  const auto results = Evaluate(program, Of({column(), column()}, {pool}));
  RC_ASSERT(results.ok());
  Rational sum = 0;
  for (const auto& line : results->lines) {
    for (const Rational& amount : line) sum = sum + amount;
  }
  RC_ASSERT(sum == Rational(pool));
}

}  // namespace
}  // namespace twotier::budget
