// The legal year of the budget, every row of the data, by hand for budget year 2027.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "services/budget/domain/budget_year.h"
#include "services/budget/reference_testing.h"

namespace twotier::budget {
namespace {

using ::testing::Eq;
using ::testing::Optional;
using Day = absl::CivilDay;

class BudgetCalendar : public ::testing::Test {
 protected:
  StepQuestion Ask(Level level, Day today, int year = 2027) const {
    return {year, level, level == Level::kNation ? "" : "48", /*day_off_moves=*/false, today};
  }
  DatedStep Find(const StepQuestion& question, const DoneSteps& done, const std::string& id) const {
    return DatedStepOf(reference_->steps, *reference_->calendar, question, done, {id, 1});
  }
  std::string DayOf(const StepQuestion& question, const DoneSteps& done,
                    const std::string& id) const {
    const DatedStep step = Find(question, done, id);
    return step.last_day ? absl::FormatCivilTime(*step.last_day) : step.why_not_dated;
  }
  absl::Status Record(const StepQuestion& question, const DoneSteps& done,
                      const StepRecord& record) const {
    return CheckRecord(reference_->steps, *reference_->calendar, question, done, record).status();
  }
  static std::string ReasonOf(const absl::Status& status) {
    const auto reason = error::ReasonOf(status);
    return reason ? reason->reason : "";
  }

  const std::shared_ptr<const Reference> reference_ = NationalReferenceForTest();
};

constexpr char kNoDay[] = "the law names no day";

TEST_F(BudgetCalendar, EveryRowOfBudgetYear2027) {
  const std::map<Level, std::map<std::string, std::string>> expected = {
      {Level::kNation,
       {{"pm-guidance", "2026-05-14"},
        {"ministry-circular", "2026-05-24"},
        {"government-submits", "2026-09-19"},
        {"national-assembly-decides", "2026-11-09"},
        {"pm-assigns", "2026-11-19"},
        {"ministry-details", "2026-11-27"},  // 24 November 2026 is a holiday.
        {"nation-carry-over-begins", "2027-09-30"},
        {"nation-last-payment", "2027-12-31"},
        {"nation-books-closed", "2027-12-31"},
        {"nation-corrections-end", "2028-01-31"},
        {"ministry-accounts", "2028-08-15"},
        {"government-accounts", "2028-09-20"},
        {"national-assembly-accounts", "2028-12-31"}}},
      {Level::kProvince,
       {{"province-guidance", "2026-05-31"},
        {"province-units-estimate", "2026-06-15"},
        {"province-standing-opinion", "2026-07-09"},
        {"province-estimate", "2026-07-09"},
        {"ministry-asks-more", "2026-07-16"},
        {"province-answers-more", "waits for ministry-asks-more"},
        {"province-council", "2026-12-09"},
        {"province-assigns", "2026-12-16"},
        {"province-units-allocate", "2026-12-30"},
        {"province-allocation-received", kNoDay},
        {"province-correction", "waits for province-allocation-received"},
        {"province-provisional-allocation", kNoDay},
        {"province-supplement-received", kNoDay},
        {"province-supplement-assigned", "waits for province-supplement-received"},
        {"province-supplement-told", kNoDay},
        {"province-adjustment", kNoDay},
        {"province-contingency-report-q1", "2027-04-19"},
        {"province-contingency-report-q2", "2027-07-19"},
        {"province-contingency-report-q3", "2027-10-19"},
        {"province-contingency-report-q4", "2028-01-19"},
        {"province-carry-over-begins", "2027-09-30"},
        {"province-last-change", "2027-12-14"},
        {"province-last-files", "2027-12-30"},
        {"province-last-payment", "2027-12-31"},
        {"province-books-closed", "2027-12-31"},
        {"province-corrections-end", "2028-01-31"},
        {"province-reconciled", "2028-02-10"},
        {"province-unspent-returned", "2028-02-15"},
        {"province-carry-over-reported", "2028-02-20"},
        {"province-accounts-sent", "2028-04-30"},
        {"province-accounts", "2028-06-30"},
        {"province-accounts-approved-sent", "2028-07-04"}}},
      {Level::kCommune,
       {{"commune-units-estimate", "2026-06-05"},
        {"commune-estimate", "2026-06-15"},
        {"commune-standing-opinion", "2026-06-15"},
        {"commune-discussion", kNoDay},
        {"commune-council", "2026-12-19"},
        {"commune-assigns", "2026-12-25"},
        {"commune-units-allocate", "2026-12-30"},
        {"commune-allocation-received", kNoDay},
        {"commune-correction", "waits for commune-allocation-received"},
        {"commune-provisional-allocation", kNoDay},
        {"commune-supplement-received", kNoDay},
        {"commune-supplement-assigned", "waits for commune-supplement-received"},
        {"commune-supplement-told", kNoDay},
        {"commune-adjustment", kNoDay},
        {"commune-contingency-report-q1", "2027-04-19"},
        {"commune-contingency-report-q2", "2027-07-19"},
        {"commune-contingency-report-q3", "2027-10-19"},
        {"commune-contingency-report-q4", "2028-01-19"},
        {"commune-quarter-report-q1", "2027-04-10"},
        {"commune-quarter-report-q2", "2027-07-10"},
        {"commune-quarter-report-q3", "2027-10-10"},
        {"commune-quarter-report-q4", "2028-01-10"},
        {"commune-carry-over-begins", "2027-09-30"},
        {"commune-last-change", "2027-12-14"},
        {"commune-last-files", "2027-12-30"},
        {"commune-last-payment", "2027-12-31"},
        {"commune-books-closed", "2027-12-31"},
        {"commune-corrections-end", "2028-01-31"},
        {"commune-reconciled", "2028-02-10"},
        {"commune-unspent-returned", "2028-02-15"},
        {"commune-carry-over-reported", "2028-02-20"},
        {"commune-reward-report", "2028-01-31"},
        {"commune-units-accounts", "2028-02-19"},
        {"commune-accounts-draft", "2028-03-09"},
        {"commune-extra-revenue-use", "2028-03-09"},
        {"commune-accounts", "2028-03-30"},
        {"commune-accounts-sent", "2028-04-06"},  // If no day off of 2028 is decided before.
        {"commune-accounts-refused", kNoDay},
        {"commune-accounts-again", "waits for commune-accounts-refused"}}}};
  for (const auto& [level, steps] : expected) {
    const StepQuestion question = Ask(level, Day(2026, 1, 1));
    std::map<std::string, std::string> found;
    for (const DatedStep& step :
         DatedStepsOf(reference_->steps, *reference_->calendar, question, {})) {
      found[step.step->id] = DayOf(question, {}, step.step->id);
    }
    EXPECT_EQ(found, steps) << NameOf(level);
  }
}

TEST_F(BudgetCalendar, ACouncilOn9DecemberMovesWhatFollows) {
  // Worked by hand: Council on Wednesday 9 December 2026.
  const DoneSteps done = {{{"province-council", 1}, Day(2026, 12, 9)}};
  EXPECT_EQ(DayOf(Ask(Level::kProvince, Day(2026, 12, 10)), done, "province-assigns"),
            "2026-12-16");
  const StepQuestion commune = Ask(Level::kCommune, Day(2026, 12, 10));
  EXPECT_EQ(DayOf(commune, done, "commune-council"), "2026-12-19");
  EXPECT_EQ(DayOf(commune, done, "commune-assigns"), "2026-12-25");
  EXPECT_FALSE(Find(commune, done, "commune-council").from_last_day);
  EXPECT_TRUE(Find(commune, done, "commune-assigns").from_last_day);

  // An earlier one moves them with it: Tuesday 1 December, to Friday 11 and Friday 18.
  const DoneSteps earlier = {{{"province-council", 1}, Day(2026, 12, 1)}};
  EXPECT_EQ(DayOf(commune, earlier, "commune-council"), "2026-12-11");
  EXPECT_EQ(DayOf(commune, earlier, "commune-assigns"), "2026-12-18");
  // And the commune's own decision counts once it is there.
  DoneSteps both = earlier;
  both[{"commune-council", 1}] = Day(2026, 12, 8);
  EXPECT_EQ(DayOf(commune, both, "commune-assigns"), "2026-12-15");
}

TEST_F(BudgetCalendar, ALimitOnASaturdayMovesOnlyWhereThatIsAsked) {
  const DoneSteps done = {{{"province-council", 1}, Day(2026, 12, 9)}};
  StepQuestion question = Ask(Level::kCommune, Day(2026, 12, 10));
  question.day_off_moves = true;
  EXPECT_EQ(DayOf(question, done, "commune-council"), "2026-12-21");
  EXPECT_EQ(DayOf(question, done, "commune-assigns"), "2026-12-28");
  EXPECT_EQ(DayOf(question, done, "commune-reconciled"), "2028-02-10");
  EXPECT_TRUE(Find(question, done, "commune-reconciled").provisional);
  question.budget_year = 2037;
  EXPECT_EQ(DayOf(question, done, "commune-reconciled"),
            "the working-day calendar ends on 2037-12-31");
  EXPECT_EQ(reference_->limits.ValueOf(Limit::kDayOffMovesLimit, 2027).value(), 0);
}

TEST_F(BudgetCalendar, BeforeMeansThatTheDayItselfIsLate) {
  const auto state = [this](Day today, const DoneSteps& done) {
    return Find(Ask(Level::kProvince, today), done, "province-council").state;
  };
  EXPECT_EQ(state(Day(2026, 12, 9), {}), StepState::kOpen);
  EXPECT_EQ(state(Day(2026, 12, 10), {}), StepState::kOverdue);
  EXPECT_EQ(state(Day(2026, 12, 31), {{{"province-council", 1}, Day(2026, 12, 9)}}),
            StepState::kDone);
  EXPECT_EQ(state(Day(2026, 12, 31), {{{"province-council", 1}, Day(2026, 12, 10)}}),
            StepState::kDoneLate);
}

TEST_F(BudgetCalendar, OverdueStepsComeFirst) {
  const auto steps = DatedStepsOf(reference_->steps, *reference_->calendar,
                                  Ask(Level::kProvince, Day(2026, 6, 20)), {});
  ASSERT_GE(steps.size(), 3u);
  EXPECT_EQ(steps[0].step->id, "province-guidance");
  EXPECT_EQ(steps[0].state, StepState::kOverdue);
  EXPECT_EQ(steps[1].step->id, "province-units-estimate");
  EXPECT_EQ(steps[2].step->id, "province-standing-opinion");
  EXPECT_EQ(steps[2].state, StepState::kOpen);
}

TEST_F(BudgetCalendar, AnEventHasItsTermEachTime) {
  DoneSteps done = {{{"commune-supplement-received", 1}, Day(2027, 3, 1)},
                    {{"commune-supplement-received", 2}, Day(2027, 7, 1)},
                    {{"commune-supplement-assigned", 1}, Day(2027, 3, 10)}};
  std::map<int, std::pair<StepState, std::string>> assigned;
  for (const DatedStep& step : DatedStepsOf(reference_->steps, *reference_->calendar,
                                            Ask(Level::kCommune, Day(2027, 7, 2)), done)) {
    if (step.step->id != "commune-supplement-assigned") continue;
    assigned[step.occurrence] = {step.state, absl::FormatCivilTime(*step.last_day)};
  }
  // 10 working days after Monday 1 March and after Thursday 1 July 2027.
  EXPECT_EQ(assigned,
            (std::map<int, std::pair<StepState, std::string>>{
                {1, {StepState::kDone, "2027-03-15"}}, {2, {StepState::kOpen, "2027-07-15"}}}));
}

TEST_F(BudgetCalendar, ThePreparationOf2026FollowedTheLawOf2015) {
  EXPECT_EQ(DayOf(Ask(Level::kProvince, Day(2025, 1, 1), 2026), {}, "province-estimate"),
            "2025-07-19");
  EXPECT_EQ(DayOf(Ask(Level::kNation, Day(2025, 1, 1), 2026), {}, "national-assembly-decides"),
            "2025-11-14");
  EXPECT_EQ(reference_->steps.Find("province-estimate", 2026, "48")->source.act, "83/2015/QH13");
  EXPECT_EQ(reference_->steps.Find("province-estimate", 2027, "48")->source.act, "73/2026/NĐ-CP");
  // What happens in the year itself follows Law 89 already.
  EXPECT_EQ(DayOf(Ask(Level::kCommune, Day(2026, 1, 1), 2026), {}, "commune-last-change"),
            "2026-12-14");
  EXPECT_EQ(reference_->steps.Find("pm-guidance", 2025, ""), nullptr);
}

TEST_F(BudgetCalendar, AProvinceHasItsOwnDatesAndOthersHaveThoseOfTheNation) {
  StepQuestion other = Ask(Level::kCommune, Day(2026, 1, 1));
  other.province_code = "01";
  EXPECT_EQ(DayOf(other, {}, "commune-estimate"), kNoDay);
  EXPECT_EQ(reference_->steps.Find("commune-units-estimate", 2027, "01"), nullptr);
  EXPECT_EQ(DayOf(other, {}, "commune-assigns"), "2026-12-25");
}

TEST_F(BudgetCalendar, ADayBesideAProposedHolidayIsProvisional) {
  const StepQuestion question = Ask(Level::kCommune, Day(2027, 1, 1));
  const DoneSteps done = {{{"commune-supplement-received", 1}, Day(2027, 1, 29)}};
  const DatedStep step = Find(question, done, "commune-supplement-assigned");
  EXPECT_TRUE(step.provisional);
  EXPECT_THAT(step.last_day, Optional(Eq(Day(2027, 2, 12))));
}

TEST_F(BudgetCalendar, WhatIsRecordedIsCheckedAgainstTheRules) {
  const StepQuestion question = Ask(Level::kProvince, Day(2026, 12, 11));
  const auto reason = [&](const StepRecord& record, const DoneSteps& done = {}) {
    return ReasonOf(Record(question, done, record));
  };
  const StepKey council{"province-council", 1};
  EXPECT_EQ(reason({council, Body::kCouncil, Day(2026, 12, 9)}), "");
  EXPECT_EQ(reason({council, Body::kCouncil, Day(2026, 12, 11)}), "");  // Late, and a fact.
  EXPECT_EQ(reason({council, Body::kChair, Day(2026, 12, 9)}), "BODY_NOT_COMPETENT");
  EXPECT_EQ(reason({council, Body::kCouncil, Day(2026, 12, 12)}), "STEP_AHEAD");
  EXPECT_EQ(reason({{"province-council", 2}, Body::kCouncil, Day(2026, 12, 9)}),
            "STEP_OUT_OF_ORDER");
  EXPECT_EQ(reason({{"commune-council", 1}, Body::kCouncil, Day(2026, 12, 9)}), "STEP_NOT_FOUND");
  EXPECT_EQ(reason({{"province-books-closed", 1}, Body::kEveryone, Day(2026, 12, 9)}),
            "STEP_NOT_RECORDED");
  EXPECT_EQ(reason({{"province-assigns", 1}, Body::kCommittee, Day(2026, 12, 8)},
                   {{council, Day(2026, 12, 9)}}),
            "STEP_OUT_OF_ORDER");
  EXPECT_EQ(reason({{"province-correction", 1}, Body::kFinanceOffice, Day(2026, 12, 8)}),
            "STEP_OUT_OF_ORDER");
  EXPECT_EQ(reason({{"province-allocation-received", 2}, Body::kFinanceOffice, Day(2026, 12, 8)}),
            "STEP_OUT_OF_ORDER");
  EXPECT_EQ(reason({{"province-standing-opinion", 1}, Body::kCommittee, Day(2026, 7, 9)},
                   {{{"province-estimate", 1}, Day(2026, 7, 8)}}),
            "STEP_OUT_OF_ORDER");
  EXPECT_EQ(reason({{"ministry-asks-more", 1}, Body::kMinistryOfFinance, Day(2026, 7, 16)},
                   {{{"province-estimate", 1}, Day(2026, 7, 8)}}),
            "STEP_PAST_ITS_DAY");
}

}  // namespace
}  // namespace twotier::budget
