// Contingency, competence, credit lines and the end of the year.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "services/budget/domain/competence.h"
#include "services/budget/domain/contingency.h"
#include "services/budget/domain/credit_line.h"
#include "services/budget/domain/year_close.h"

namespace twotier::budget {
namespace {

using Day = absl::CivilDay;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason ? reason->reason : "";
}

std::string Of(const absl::Status& status, absl::string_view key) {
  const auto reason = error::ReasonOf(status);
  if (!reason) return "";
  for (const auto& [name, value] : reason->metadata) {
    if (name == key) return value;
  }
  return "";
}

Limits LimitsForTest() {
  const auto rule = [](Limit limit, int64_t value, YearSpan years) {
    return LimitRule{limit, value, years, {}, ""};
  };
  const YearSpan law89{2026, YearSpan::kNoLast};
  return Limits(
      {rule(Limit::kContingencyMinPercent, 2, law89), rule(Limit::kContingencyMaxPercent, 5, law89),
       rule(Limit::kContingencyMaxPercent, 4, {2017, 2025}),
       rule(Limit::kAdvanceMaxPercent, 30, law89), rule(Limit::kCommuneLoanMonths, 12, law89),
       rule(Limit::kProvisionalMonthlyPercent, 100, law89)});
}

TEST(Contingency, IsTwoToFivePercentOfTheLevelsOwnExpenditure) {
  const struct {
    EstimateTotals totals;
    int64_t base, min, max;
  } cases[] = {
      // A commune leaves out what it receives for a purpose.
      {{Level::kCommune, 0, 10'000, 0, 2'000}, 8'000, 160, 400},
      // A province leaves out what it hands down too.
      {{Level::kProvince, 0, 100'000, 40'000, 10'000}, 50'000, 1'000, 2'500},
      // Whole đồng within the range.
      {{Level::kCommune, 0, 101, 0, 0}, 101, 3, 5},
      {{Level::kCommune, 0, kMax, 0, 0}, kMax, 184467440737095517, 461168601842738790},
  };
  for (const auto& each : cases) {
    const auto range = ContingencyRangeOf(each.totals, LimitsForTest(), 2027);
    ASSERT_TRUE(range.ok()) << range.status();
    EXPECT_EQ(range->base_vnd, each.base);
    EXPECT_EQ(range->min_vnd, each.min);
    EXPECT_EQ(range->max_vnd, each.max);
    EXPECT_TRUE(CheckContingency(*range, each.min).ok());
    EXPECT_TRUE(CheckContingency(*range, each.max).ok());
    EXPECT_EQ(ReasonOf(CheckContingency(*range, each.min - 1)), "CONTINGENCY_OUT_OF_RANGE");
    EXPECT_EQ(ReasonOf(CheckContingency(*range, each.max + 1)), "CONTINGENCY_OUT_OF_RANGE");
  }
}

TEST(Contingency, LeavesAtLeastTheBaseThatItIsTheMostOf) {
  for (const int64_t percent : {1, 4, 5, 100}) {
    for (const int64_t set : {int64_t{1}, int64_t{19}, int64_t{20}, int64_t{450}, kMax / 100}) {
      const int64_t base = LeastBase(set, percent);
      EXPECT_GE(PercentDown(base, percent), set) << set << " of " << percent;
      EXPECT_LT(PercentDown(base - 1, percent), set) << set << " of " << percent;
    }
  }
  EXPECT_EQ(LeastBase(kMax, 1), kMax);
}

EstimateFlows Flows(int64_t expenditure, int64_t paid_out, int64_t received) {
  EstimateFlows flows;
  flows.expenditure_vnd = expenditure;
  flows.balancing_paid_out_vnd = paid_out;
  flows.targeted_received_vnd = received;
  return flows;
}

TEST(Contingency, HasABaseOfWhatCameAndWentAndWasNotGivenBack) {
  const auto base = [](const EstimateFlows& flows) { return static_cast<int64_t>(flows.Base()); };
  EXPECT_EQ(base(Flows(100, 30, 20)), 50);
  EXPECT_EQ(base(Flows(100, -30, -20)), 100);  // More came back than went.
  EXPECT_EQ(base(Flows(100, 90, 20)), 0);
  EXPECT_EQ(base(Flows(-1, 0, 0)), 0);
  EXPECT_EQ(base(Flows(100, 30, 20) + Flows(-10, 5, 0)), 35);
  EXPECT_TRUE(Flows(kMax, kMax, 0).Fit());
  EXPECT_FALSE((Flows(kMax, 0, 0) + Flows(1, 0, 0)).Fit());
  EXPECT_FALSE(Flows(-kMax, kMax, 0).Fit());
}

TEST(Contingency, NeedsTotalsThatHoldTogetherAndALawForTheYear) {
  const auto wrong = [](const EstimateTotals& totals, int year) {
    return ReasonOf(ContingencyRangeOf(totals, LimitsForTest(), year).status());
  };
  EXPECT_EQ(wrong({Level::kCommune, 0, 100, 1, 0}, 2027), "MALFORMED_REQUEST");
  EXPECT_EQ(wrong({Level::kProvince, 0, 100, 60, 41}, 2027), "MALFORMED_REQUEST");
  EXPECT_EQ(wrong({Level::kProvince, 0, kMax, kMax, kMax}, 2027), "MALFORMED_REQUEST");
  EXPECT_EQ(wrong({Level::kProvince, 0, 100, 60, 40}, 2025), "LIMIT_NOT_KNOWN");
}

TEST(Deficit, IsForProvincesOnly) {
  EXPECT_TRUE(CheckNoDeficit({Level::kCommune, 100, 100, 0, 0}).ok());
  EXPECT_EQ(ReasonOf(CheckNoDeficit({Level::kCommune, 100, 101, 0, 0})), "COMMUNE_DEFICIT");
  EXPECT_TRUE(CheckNoDeficit({Level::kProvince, 100, 101, 0, 0}).ok());
}

TEST(Deficit, AnApprovalStaysWithinTheRevenue) {
  EXPECT_TRUE(CheckCovered(100, 60, 40).ok());
  const absl::Status beyond = CheckCovered(100, 60, 41);
  EXPECT_EQ(ReasonOf(beyond), "COMMUNE_DEFICIT");
  EXPECT_EQ(Of(beyond, "revenue_vnd"), "100");
  EXPECT_EQ(Of(beyond, "expenditure_vnd"), "101");
  EXPECT_EQ(Of(beyond, "available_vnd"), "40");
  EXPECT_EQ(Of(beyond, "asked_vnd"), "41");
  EXPECT_EQ(Of(CheckCovered(100, 101, 1), "available_vnd"), "0");
  EXPECT_EQ(Of(CheckCovered(kMax, kMax, kMax), "expenditure_vnd"), absl::StrCat(kMax));
}

TEST(Contingency, RestsOnWhatWasApproved) {
  const EstimateTotals stated{Level::kProvince, 0, 100, 20, 10};
  EXPECT_TRUE(CheckAsApproved(stated, {100, 20, 10}).ok());
  const absl::Status other = CheckAsApproved(stated, {101, 20, 10});
  EXPECT_EQ(ReasonOf(other), "ESTIMATE_NOT_AS_APPROVED");
  EXPECT_EQ(Of(other, "total"), "expenditure_vnd");
  EXPECT_EQ(Of(other, "stated_vnd"), "100");
  EXPECT_EQ(Of(other, "approved_vnd"), "101");
  EXPECT_EQ(Of(CheckAsApproved(stated, {100, 21, 10}), "total"), "balancing_paid_out_vnd");
  EXPECT_EQ(Of(CheckAsApproved(stated, {100, 20, 9}), "total"), "targeted_received_vnd");
}

TEST(Competence, AnyOfSeveralMattersWillDo) {
  const YearSpan years{2026, YearSpan::kNoLast};
  const std::vector<Competency> rules = {
      {Matter::kAllocation, Level::kCommune, Body::kCouncil, Body::kUnknown, years, {}},
      {Matter::kAssignment, Level::kCommune, Body::kCommittee, Body::kUnknown, years, {}}};
  const auto by = [&rules](Body body) {
    return CompetencyOf(rules,
                        {{Matter::kAllocation, Matter::kAssignment}, Level::kCommune, body, 2027});
  };
  EXPECT_TRUE(by(Body::kCouncil).ok());
  EXPECT_TRUE(by(Body::kCommittee).ok());
  EXPECT_EQ(Of(by(Body::kChair).status(), "matter"), "ALLOCATION,ASSIGNMENT");
  EXPECT_EQ(Of(by(Body::kChair).status(), "competent"), "COUNCIL,COMMITTEE");
}

TEST(Competence, OfSeveralYearsEveryOneIsAsked) {
  const auto rule = [](Body body, YearSpan years) {
    return Competency{Matter::kNorms, Level::kProvince, body, Body::kUnknown, years, {}};
  };
  const std::vector<Competency> rules = {
      rule(Body::kCouncil, {2026, 2027}), rule(Body::kCommittee, {2028, 2029}),
      rule(Body::kCouncil, {2030, 2030}), rule(Body::kGovernment, {2031, 2031})};
  const auto in = [&rules](Body body, YearSpan years) {
    return CheckCompetentIn(
        rules, {.matters = {Matter::kNorms}, .level = Level::kProvince, .body = body}, years);
  };
  EXPECT_TRUE(in(Body::kCouncil, {2026, 2027}).ok());
  EXPECT_TRUE(in(Body::kCommittee, {2028, 2028}).ok());
  const absl::Status refused = in(Body::kCouncil, {2027, 2032});
  EXPECT_EQ(ReasonOf(refused), "BODY_NOT_COMPETENT");
  EXPECT_EQ(Of(refused, "budget_years"), "2028-2029,2031,2032");
  EXPECT_EQ(Of(refused, "competent"), "COMMITTEE");
  const auto told = error::PreconditionsOf(refused);
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[0].subject, "budget year 2028-2029");
  EXPECT_EQ(told[1].type, "BODY_NOT_COMPETENT");
  EXPECT_NE(told[1].description.find("GOVERNMENT"), std::string::npos);
  EXPECT_EQ(told[2].subject, "budget year 2032");
}

TEST(Competence, IsNeverTheChairsAlone) {
  const YearSpan years{2026, YearSpan::kNoLast};
  const std::vector<Competency> rules = {
      {Matter::kEstimate, Level::kCommune, Body::kCouncil, Body::kUnknown, years, {}},
      {Matter::kContingencyUse,
       Level::kCommune,
       Body::kCommittee,
       Body::kStandingCommittee,
       years,
       {}}};
  const auto of = [&rules](Matter matter, Body body, int year = 2027) {
    return CompetencyOf(rules, {{matter}, Level::kCommune, body, year});
  };
  ASSERT_TRUE(of(Matter::kContingencyUse, Body::kCommittee).ok());
  EXPECT_EQ((*of(Matter::kContingencyUse, Body::kCommittee))->told, Body::kStandingCommittee);
  const absl::Status chair = of(Matter::kEstimate, Body::kChair).status();
  EXPECT_EQ(ReasonOf(chair), "BODY_NOT_COMPETENT");
  EXPECT_EQ(Of(chair, "competent"), "COUNCIL");
  EXPECT_EQ(ReasonOf(of(Matter::kEstimate, Body::kCommittee).status()), "BODY_NOT_COMPETENT");
  EXPECT_EQ(Of(of(Matter::kEstimate, Body::kCouncil, 2025).status(), "competent"), "");
}

TEST(CreditLine, AProvisionalAllocationIsAMonthsMeanOfLastYear) {
  CreditRequest request;
  request.kind = CreditKind::kProvisional;
  request.level = Level::kCommune;
  request.budget_year = 2027;
  request.month = 2;
  request.base_vnd = 1'200'000'011;
  request.amount_vnd = 100'000'000;
  const auto terms = TermsOf(request, LimitsForTest());
  ASSERT_TRUE(terms.ok()) << terms.status();
  EXPECT_EQ(terms->max_vnd, 100'000'000);
  EXPECT_EQ(terms->last_day, Day(2027, 2, 28));
  request.amount_vnd = 100'000'001;
  const absl::Status above = TermsOf(request, LimitsForTest()).status();
  EXPECT_EQ(ReasonOf(above), "CREDIT_ABOVE_LIMIT");
  EXPECT_EQ(Of(above, "max_vnd"), "100000000");
  ClassificationCode item;
  EXPECT_EQ(ReasonOf(CheckProvisionalItem(item)), "NOT_WHILE_PROVISIONAL");
  item.code = "6000";
  EXPECT_TRUE(CheckProvisionalItem(item).ok());
  item.nature = Nature::kRepair;
  EXPECT_EQ(ReasonOf(CheckProvisionalItem(item)), "NOT_WHILE_PROVISIONAL");
}

TEST(CreditLine, AnAdvanceIsThirtyPercentWithinItsYear) {
  CreditRequest request;
  request.kind = CreditKind::kAdvance;
  request.level = Level::kProvince;
  request.budget_year = 2027;
  request.base_vnd = 1'000;
  request.amount_vnd = 300;
  request.decided = Day(2026, 12, 31);
  request.last_day = Day(2027, 12, 31);
  EXPECT_TRUE(TermsOf(request, LimitsForTest()).ok());
  request.decided = Day(2027, 1, 1);
  const absl::Status late = TermsOf(request, LimitsForTest()).status();
  EXPECT_EQ(ReasonOf(late), "TOO_LATE_IN_YEAR");
  EXPECT_EQ(Of(late, "last_day"), "2026-12-31");
  request.decided = Day(2026, 12, 31);
  request.last_day = Day(2028, 1, 1);
  EXPECT_EQ(ReasonOf(TermsOf(request, LimitsForTest()).status()), "CREDIT_TERM_TOO_LONG");
  request.last_day = Day(2027, 12, 31);
  request.amount_vnd = 301;
  EXPECT_EQ(ReasonOf(TermsOf(request, LimitsForTest()).status()), "CREDIT_ABOVE_LIMIT");
}

TEST(CreditLine, ALoanComesBackWithinTwelveMonths) {
  CreditRequest request;
  request.kind = CreditKind::kLoan;
  request.level = Level::kCommune;
  request.budget_year = 2027;
  request.amount_vnd = 5;
  request.decided = Day(2027, 2, 28);
  request.last_day = Day(2028, 2, 28);
  EXPECT_TRUE(TermsOf(request, LimitsForTest()).ok());
  request.last_day = Day(2028, 2, 29);
  EXPECT_EQ(ReasonOf(TermsOf(request, LimitsForTest()).status()), "CREDIT_TERM_TOO_LONG");
  request.decided = Day(2028, 2, 29);  // A year on there is no such day: the month's last.
  request.last_day = Day(2029, 2, 28);
  EXPECT_TRUE(TermsOf(request, LimitsForTest()).ok());
  request.level = Level::kProvince;
  EXPECT_EQ(ReasonOf(TermsOf(request, LimitsForTest()).status()), "CREDIT_WRONG_LEVEL");
}

std::vector<CarryRule> CarryRulesForTest() {
  const YearSpan years{2026, YearSpan::kNoLast};
  return {{CarryCategory::kAddedAfterSeptember, years, {}, ""},
          {CarryCategory::kSalaryReform, years, {}, ""}};
}

TEST(YearClose, WhatIsLeftIsCarriedReturnedOrCancelled) {
  const auto settle = [](const Remainder& remainder) {
    return Settle({remainder}, CarryRulesForTest(), 2027, {{"flood", 1'000}}).value()[0];
  };
  Remainder rest;
  rest.available_vnd = 100;
  EXPECT_EQ(settle(rest).cancelled_vnd, 100);
  rest.purpose = "flood";
  EXPECT_EQ(settle(rest).returned_vnd, 100);
  rest.added_late_vnd = 30;  // Of what is left, what came after 30 September.
  EXPECT_EQ(settle(rest).carried_vnd, 30);
  EXPECT_EQ(settle(rest).category, CarryCategory::kAddedAfterSeptember);
  EXPECT_EQ(settle(rest).returned_vnd, 70);
  rest.added_late_vnd = 130;  // Part of it is spent.
  EXPECT_EQ(settle(rest).carried_vnd, 100);
  EXPECT_EQ(settle(rest).returned_vnd, 0);
  rest.category = CarryCategory::kSalaryReform;
  rest.added_late_vnd = 0;
  EXPECT_EQ(settle(rest).carried_vnd, 100);
  rest.category = CarryCategory::kAddedAfterSeptember;  // Stated, and not so.
  EXPECT_EQ(settle(rest).carried_vnd, 0);
  EXPECT_EQ(settle(rest).category, CarryCategory::kNone);
}

TEST(YearClose, NoMoreGoesBackThanTheLevelAboveGave) {
  Remainder rest;
  rest.available_vnd = 100;
  rest.purpose = "flood";
  const auto settled =
      Settle({rest, rest, rest}, CarryRulesForTest(), 2027, {{"flood", 130}}).value();
  EXPECT_EQ(settled[0].returned_vnd, 100);
  EXPECT_EQ(settled[1].returned_vnd, 30);
  EXPECT_EQ(settled[1].cancelled_vnd, 70);
  EXPECT_EQ(settled[2].returned_vnd, 0);
  EXPECT_EQ(settled[2].cancelled_vnd, 100);
}

TEST(YearClose, RefusesOpenHoldsAndCategoriesOfNoRule) {
  Remainder held;
  held.account = "a";
  held.held_vnd = 1;
  const absl::Status open = Settle({held, held}, CarryRulesForTest(), 2027, {}).status();
  EXPECT_EQ(ReasonOf(open), "HOLDS_OPEN");
  EXPECT_EQ(error::PreconditionsOf(open).size(), 2u);
  Remainder science;
  science.available_vnd = 1;
  science.category = CarryCategory::kScience;
  EXPECT_EQ(ReasonOf(Settle({science}, CarryRulesForTest(), 2027, {}).status()),
            "CARRY_CATEGORY_NOT_KNOWN");
}

}  // namespace
}  // namespace twotier::budget
