// The norms of one province, run over its 93 communes: three of them worked by hand, the columns
// that are published compared for all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/csv.h"
#include "common/file.h"
#include "services/budget/domain/rational.h"
#include "tests/service/budget_norms_fixture.h"
#include "tests/service/danang_by_hand.h"

namespace twotier::budget::testing {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

class DaNangTest : public NormsTest {
 protected:
  // Amounts of every line by unit and line, as the workings print them.
  using Amounts = std::map<std::string, std::map<std::string, std::string>>;

  Amounts AllAmounts(const v1::AllocationPlan& plan) {
    constexpr int kExplainedMax = 10;
    Amounts amounts;
    std::vector<std::string> asked;
    for (int i = 0; i < plan.unit_codes_size(); ++i) {
      asked.push_back(plan.unit_codes(i));
      if (asked.size() < kExplainedMax && i + 1 < plan.unit_codes_size()) continue;
      const auto simulated = Simulate(plan, asked);
      EXPECT_TRUE(simulated.ok()) << simulated.status();
      if (!simulated.ok()) return amounts;
      for (const v1::UnitWorking& working : simulated->workings()) {
        for (const v1::LineWorking& line : working.lines()) {
          amounts[working.unit().unit_code()][line.line()] = line.amount();
        }
      }
      asked.clear();
    }
    return amounts;
  }

  // The working of one line.
  static std::string TextOfLine(const v1::UnitWorking& working, const std::string& key) {
    for (const v1::LineWorking& line : working.lines()) {
      if (line.line() == key) return line.text();
    }
    return "no line " + key;
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(DaNangTest);

void ExpectByHand(const v1::UnitWorking& working, const std::vector<HandLine>& by_hand) {
  std::map<std::string, std::string> amounts;
  for (const v1::LineWorking& line : working.lines()) amounts[line.line()] = line.amount();
  for (const HandLine& line : by_hand) {
    EXPECT_EQ(amounts[line.line], TextOf(line.amount_vnd))
        << working.unit().unit_code() << " " << line.line;
  }
}

TEST_P(DaNangTest, ThreeCommunesComeOutAsByHand) {
  const auto simulated = Simulate(ShippedPlan("recurrent-2026"), {"20698", "20242", "20320"});
  ASSERT_TRUE(simulated.ok()) << simulated.status();
  EXPECT_EQ(simulated->units_size(), 93);
  EXPECT_THAT(simulated->broken_checks(), IsEmpty());
  ExpectByHand(simulated->workings(0), kLandBorder);
  ExpectByHand(simulated->workings(1), kUrban);
  ExpectByHand(simulated->workings(2), kFormerCentre);
  for (const v1::UnitWorking& working : simulated->workings()) {
    EXPECT_THAT(TextOfLine(working, "total"),
                ::testing::EndsWith(absl::StrCat("= ", TextOf(working.unit().amount_vnd()))));
  }
}

TEST_P(DaNangTest, TheWorkingCanBeDoneAgain) {
  const auto simulated = Simulate(ShippedPlan("recurrent-2026"), {"20698", "20242"});
  ASSERT_TRUE(simulated.ok()) << simulated.status();
  const v1::UnitWorking& border = simulated->workings(0);
  const v1::UnitWorking& urban = simulated->workings(1);
  EXPECT_EQ(TextOfLine(border, "education_pay"),
            "60 posts × 8.1 × 1.3 × 2,340,000 × 12 = 17,740,944,000");
  EXPECT_EQ(TextOfLine(border, "education_vacant"),
            "7 posts × 2.34 × 1.585 × 1 × 2,340,000 × 12 = 729,021,384");
  EXPECT_EQ(TextOfLine(border, "education_raise"),
            "67 posts × 1/3 × 0.33 × 1.585 × 2,340,000 × 12 = 328,015,116");
  EXPECT_EQ(TextOfLine(border, "administration_posts"),
            "24 posts × 72,000,000 + 32 posts × 62,000,000 + 5 posts × 50,000,000 + "
            "1 post × 55,000,000 = 4,017,000,000");
  EXPECT_EQ(TextOfLine(border, "special_tasks"),
            "(14,105,145,600 + 390,300,768 + 275,212,080 + 4,017,000,000 + 515,976,000) × 25 % / "
            "(100 % − 25 %) = 6,434,544,816");
  EXPECT_EQ(TextOfLine(border, "training"),
            "[15 cells × 2,912,000 < 100,000,000 holds: 500,000,000] + 0 = 500,000,000");
  EXPECT_EQ(TextOfLine(border, "culture_heads"), "2,371 people × 46,000 = 109,066,000");
  EXPECT_EQ(TextOfLine(border, "defence_extra"),
            "1,000,000,000 + 0 + 0 (not listed) = 1,000,000,000");
  EXPECT_EQ(TextOfLine(urban, "uplift"),
            "[0.67 ≥ 0.6: 0.8] × (2,825,680,500 + 2,904,536,700 + 2,037,118,500 + 1,274,841,900 + "
            "2,707,396,200 + 2,155,402,800) = 11,123,981,280");
  EXPECT_EQ(TextOfLine(urban, "economic_share"),
            "[6 % × 363,908,793,528, at most 21,834,527,611.68] = 21,834,527,611.68, rounded half "
            "up to 1 = 21,834,527,612");
  EXPECT_EQ(TextOfLine(border, "contingency"),
            "71,622,579,633 × 2 % / (100 % − 2 %) = 1,461,685,298 31/49, rounded half up to 1 = "
            "1,461,685,299");
}

TEST_P(DaNangTest, WhatIsAssignedAndPostedIsTheBalancingSupplement) {
  constexpr int64_t kExpenditure = 13'635'779'984'087, kSupplement = 12'420'037'634'087;
  const auto simulated = Simulate(ShippedPlan("recurrent-2026"));
  ASSERT_TRUE(simulated.ok()) << simulated.status();
  EXPECT_EQ(simulated->total_vnd(), kExpenditure);
  EXPECT_EQ(simulated->assigned_total_vnd(), kSupplement);
  const auto created = Create(ShippedPlan("recurrent-2026"));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->run().total_vnd(), kSupplement);
  const auto urban =
      std::find_if(created->units().begin(), created->units().end(),
                   [](const v1::UnitAllocation& unit) { return unit.unit_code() == "20242"; });
  ASSERT_NE(urban, created->units().end());
  EXPECT_EQ(urban->amount_vnd(), 474'117'433'090);
  EXPECT_EQ(urban->assigned_vnd(), 395'261'233'090);
  v1::ExplainAllocationRequest explain;
  explain.set_name(created->run().name());
  explain.set_unit_code("20242");
  const auto explained = server_.Call(&Stub::ExplainAllocation, explain);
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->working().unit().amount_vnd(), urban->amount_vnd());
  EXPECT_EQ(explained->working().unit().assigned_vnd(), urban->assigned_vnd());
  const std::string province = FundProvince(kSupplement);
  const auto approved = Approve(created->run(), "chair");
  ASSERT_TRUE(approved.ok()) << approved.status();
  const auto posted = server_.Call(&Stub::PostAllocationRun, PostingOf(approved->run()));
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_EQ(BalanceOf(province).balance_vnd(), 0);
  v1::GetJournalRequest get;
  get.set_name(posted->run().journal());
  const auto journal = server_.Call(&Stub::GetJournal, get);
  ASSERT_TRUE(journal.ok()) << journal.status();
  int64_t sum = 0;
  for (const v1::Entry& entry : journal->journal().entries()) sum += entry.amount_vnd();
  EXPECT_EQ(sum, kSupplement);
  EXPECT_EQ(BalanceOf("provinces/48/accounts/2026.approved.commune20242.x.x.x.x.x").balance_vnd(),
            urban->assigned_vnd());
}

TEST_P(DaNangTest, PayHasTwoSources) {
  const auto simulated = Simulate(ShippedPlan("recurrent-2026"), {"20698"});
  ASSERT_TRUE(simulated.ok()) << simulated.status();
  ASSERT_EQ(simulated->workings_size(), 1);
  const auto& lines = simulated->workings(0).lines();
  const auto pay = std::find_if(lines.begin(), lines.end(), [](const v1::LineWorking& line) {
    return line.line() == "education_pay";
  });
  ASSERT_NE(pay, lines.end());
  ASSERT_EQ(pay->sources_size(), 2);
  EXPECT_EQ(pay->sources(0).source(), "norm");
  EXPECT_EQ(pay->sources(0).amount_vnd(), 60 * 81 * 13 * int64_t{1'490'000} * 12 / 100);
  EXPECT_EQ(pay->sources(1).source(), "salary_reform");
  EXPECT_EQ(pay->sources(1).amount_vnd(), 60 * 81 * 13 * int64_t{850'000} * 12 / 100);
}

// What the resolutions' annexes give for every commune, copied.
std::vector<CsvRow> PublishedFacts(const std::string& content, RowErrors& errors) {
  constexpr absl::string_view kColumns[] = {"unit_code",
                                            "contract_month_vnd",
                                            "density_lump_million",
                                            "sanitation_lump_million",
                                            "uplift_percent",
                                            "population_points_pro_rata",
                                            "population_points_whole_steps",
                                            "area_points_pro_rata",
                                            "area_points_whole_steps"};
  bool complete = true;
  return ReadCsv("danang_facts.csv", content, kColumns, errors, complete);
}

// A printed amount, with its groups of digits.
Rational Number(const std::string& printed) {
  return *ParseRational(absl::StrReplaceAll(printed, {{",", ""}}));
}

class PublishedFactsTest : public DaNangTest {
 protected:
  void SetUp() override {
    const auto content = ReadFile("tests/service/danang_facts.csv");
    ASSERT_TRUE(content.ok()) << content.status();
    RowErrors errors;
    rows_ = PublishedFacts(*content, errors);
    ASSERT_EQ(rows_.size(), 93u);
  }

  std::vector<CsvRow> rows_;
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(PublishedFactsTest);

TEST_P(PublishedFactsTest, LumpsAndContractsAreThoseOfEveryCommune) {
  Amounts amounts = AllAmounts(ShippedPlan("recurrent-2026"));
  for (const CsvRow& row : rows_) {
    std::map<std::string, std::string>& of_unit = amounts[row.cells[0]];
    int64_t contract_month = 0, density = 0, sanitation = 0;
    ASSERT_TRUE(absl::SimpleAtoi(row.cells[1], &contract_month) &&
                absl::SimpleAtoi(row.cells[2], &density) &&
                absl::SimpleAtoi(row.cells[3], &sanitation));
    EXPECT_EQ(of_unit["education_contract_month"], TextOf(contract_month)) << row.cells[0];
    EXPECT_EQ(of_unit["density_lump"], TextOf(density * kMillion)) << row.cells[0];
    EXPECT_EQ(of_unit["sanitation_lump"], TextOf(sanitation * kMillion)) << row.cells[0];
    // § 16: of the amounts a head of §§ 5 to 10, to the đồng.
    Rational heads(0);
    for (const char* line : {"culture_heads", "broadcasting_heads", "sport_heads", "social_heads",
                             "defence_heads", "security_heads"}) {
      heads = heads + Number(of_unit[line]);
    }
    const Rational uplift = heads * *ParseRational(row.cells[4]) / Rational(100);
    const Rational difference = Number(of_unit["uplift"]) - uplift;
    const Rational half = Rational::Of(1, 2);
    EXPECT_TRUE(Rational(0) - half <= difference && difference <= half)
        << row.cells[0] << " " << of_unit["uplift"] << " for " << row.cells[4] << " %";
  }
}

TEST_P(PublishedFactsTest, PointsAreThoseOfEveryCommune) {
  v1::AllocationPlan plan = ShippedPlan("investment-2026");
  v1::PoolAmount* pool = plan.add_pools();
  pool->set_pool("balanced_investment");
  pool->set_amount_vnd(10'000 * 1'000 * kMillion + 1);
  Amounts pro_rata = AllAmounts(plan);
  v1::NormSetContent content = ShippedNorms("investment-2026");
  for (v1::NormChoice& choice : *content.mutable_choices()) {
    if (choice.key() == "stepping") choice.set_word("whole_steps");
  }
  ASSERT_TRUE(Publish("investment-2026", content, "\"1\"").ok());
  Amounts whole_steps = AllAmounts(plan);
  const auto expect = [](const std::string& amount, const std::string& printed,
                         const std::string& unit) {
    // Printed with at most four decimals, to the nearest.
    const Rational difference = *ParseRational(amount) - *ParseRational(printed);
    const Rational half = Rational::Of(1, 20'000);
    EXPECT_TRUE(Rational(0) - half <= difference && difference <= half)
        << unit << " " << amount << " " << printed;
  };
  for (const CsvRow& row : rows_) {
    const std::string& unit = row.cells[0];
    expect(pro_rata[unit]["population_points"], row.cells[5], unit);
    expect(whole_steps[unit]["population_points"], row.cells[6], unit);
    expect(pro_rata[unit]["area_points"], row.cells[7], unit);
    expect(whole_steps[unit]["area_points"], row.cells[8], unit);
  }
}

TEST_P(DaNangTest, InvestmentIsDividedToTheDongAndNobodyIsBelowTheMeanOfTheThirtyLowest) {
  v1::AllocationPlan plan = ShippedPlan("investment-2026");
  v1::PoolAmount* pool = plan.add_pools();
  pool->set_pool("balanced_investment");
  pool->set_amount_vnd(12'345'678'901'234);
  const auto simulated = Simulate(plan, {"20698"});
  ASSERT_TRUE(simulated.ok()) << simulated.status();
  int64_t sum = 0;
  for (const v1::UnitAllocation& unit : simulated->units()) sum += unit.amount_vnd();
  EXPECT_EQ(sum, HalfUp(12'345'678'901'234 * 3, 10));
  EXPECT_EQ(simulated->pools(0).divided_vnd(), sum);
  EXPECT_EQ(simulated->pools(0).rest_vnd(), 12'345'678'901'234 - sum);
  EXPECT_THAT(TextOfLine(simulated->workings(0), "points"),
              ::testing::HasSubstr("mean of the 30 lowest scored"));
}

TEST_P(DaNangTest, PointsRestOnTheFinishedEstimateOfTheRecurrentNorms) {
  const auto simulated = Simulate(ShippedPlan("recurrent-2026"));
  ASSERT_TRUE(simulated.ok()) << simulated.status();
  std::map<std::string, int64_t> totals;
  for (const v1::UnitAllocation& unit : simulated->units()) {
    totals[unit.unit_code()] = unit.amount_vnd();
  }
  const ctl::AllocationFacts facts = ShippedFacts("investment-2026");
  const auto expenditure = std::find_if(
      facts.inputs.begin(), facts.inputs.end(),
      [](const v1::AllocationInput& input) { return input.key() == "expenditure_2026"; });
  ASSERT_NE(expenditure, facts.inputs.end());
  EXPECT_EQ(expenditure->values_size(), 93);
  for (const v1::UnitValue& value : expenditure->values()) {
    EXPECT_EQ(value.value(), absl::StrCat(totals[value.unit_code()])) << value.unit_code();
  }
}

TEST_P(DaNangTest, WhatTheTextLeavesOpenIsAChoiceWithAReason) {
  std::vector<std::string> keys;
  for (const char* id : {"recurrent-2026", "investment-2026"}) {
    const v1::NormSetContent content = ShippedNorms(id);
    for (const v1::NormChoice& choice : content.choices()) {
      EXPECT_THAT(choice.reason(), Not(IsEmpty()));
      EXPECT_THAT(choice.citation(), Not(IsEmpty()));
      EXPECT_GE(choice.alternatives_size() + (choice.has_number() ? 1 : 0), 1) << choice.key();
      keys.push_back(choice.key());
    }
  }
  for (const char* open : {"supplement_rule",     "island_zone",         "pay_zone_rule",
                           "zone_list",           "contribution_rate",   "months",
                           "third_rounding",      "border_on_contracts", "contingency_base",
                           "uplift_in_bases",     "rounding_step",       "rounding_mode",
                           "rounding_moment",     "density_of",          "economic_share",
                           "environment_share",   "reward_share",        "centre_posts_base",
                           "centre_income_above", "revenue_above",       "stepping",
                           "additional_most"}) {
    EXPECT_THAT(keys, Contains(open));
  }
}

// Sets the value of one unit.
void Tell(v1::AllocationPlan& plan, const std::string& input, const std::string& unit,
          const std::string& value) {
  v1::UnitValue told;
  told.set_unit_code(unit);
  told.set_value(value);
  for (v1::AllocationInput& each : *plan.mutable_inputs()) {
    if (each.key() != input) continue;
    for (v1::UnitValue& held : *each.mutable_values()) {
      if (held.unit_code() != unit) continue;
      held = told;
      return;
    }
  }
  ADD_FAILURE() << "no " << input << " of " << unit;
}

TEST_P(DaNangTest, PeopleOfNoZoneAndContractsWithoutAPostBreakARule) {
  const v1::AllocationPlan plan = ShippedPlan("recurrent-2026");
  const auto broken_by = [&](const std::string& input, const std::string& unit,
                             const std::string& value) {
    v1::AllocationPlan changed = plan;
    Tell(changed, input, unit, value);
    return error::PreconditionsOf(Create(changed).status());
  };
  const auto lost = broken_by("people_urban", "20242", "0");
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].subject, "20242 people_least");
  const auto twice = broken_by("people_very_difficult", "20698", "2372");
  ASSERT_EQ(twice.size(), 1u);
  EXPECT_EQ(twice[0].subject, "20698 people_most");
  const auto unposted = broken_by("education_contracts", "20698", "500");  // 7 posts are vacant.
  ASSERT_EQ(unposted.size(), 1u);
  EXPECT_EQ(unposted[0].subject, "20698 education_contracts_most");
}

TEST_P(DaNangTest, AnotherChoiceIsAnotherVersionAndCanBeCompared) {
  const v1::AllocationPlan plan = ShippedPlan("recurrent-2026");
  v1::NormSetContent content = ShippedNorms("recurrent-2026");
  for (v1::NormChoice& choice : *content.mutable_choices()) {
    if (choice.key() == "contingency_base") choice.set_word("outside");
  }
  ASSERT_TRUE(Publish("recurrent-2026", content, "\"1\"").ok());
  v1::SimulateAllocationRequest request;
  request.set_parent("provinces/48");
  *request.mutable_plan() = plan;
  request.mutable_plan()->set_norm_set_version(1);
  request.set_other_norm_set(plan.norm_set());
  request.set_other_norm_set_version(2);
  const auto compared = server_.Call(&Stub::SimulateAllocation, request);
  ASSERT_TRUE(compared.ok()) << compared.status();
  EXPECT_THAT(compared->broken_checks(), IsEmpty());
  EXPECT_EQ(compared->units_size(), 93);
  for (const v1::UnitAllocation& unit : compared->units()) {
    EXPECT_LT(unit.other_vnd(), unit.amount_vnd());
  }
  // Outside of the total, 2 % are less than the law asks for.
  const auto other = Simulate(plan);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->norm_set_version(), 2);
  ASSERT_EQ(other->broken_checks_size(), 93);
  EXPECT_EQ(other->broken_checks(0).check(), "contingency_least");
  const auto refused = Create(plan);
  EXPECT_EQ(ReasonOf(refused.status()), "ALLOCATION_BREAKS_LAW");
  ASSERT_FALSE(error::PreconditionsOf(refused.status()).empty());
  EXPECT_EQ(error::PreconditionsOf(refused.status())[0].subject, "20194 contingency_least");
}

}  // namespace
}  // namespace twotier::budget::testing
