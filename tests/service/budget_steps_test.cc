#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/clock.h"
#include "services/budget/metrics.h"
#include "services/budget/snapshot.h"
#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::kHaNoi;

std::string Text(const google::type::Date& date) {
  return absl::FormatCivilTime(absl::CivilDay(date.year(), date.month(), date.day()));
}

class StepsTest : public BudgetTest {
 protected:
  void SetUp() override { SetDay(2026, 12, 21); }
  void SetDay(int year, int month, int day) {
    server_.clock().Set(absl::FromCivil(absl::CivilHour(year, month, day, 9), VietnamTimeZone()));
  }

  v1::RecordBudgetStepRequest Record(const std::string& unit, const std::string& step,
                                     v1::Body body, absl::CivilDay day) {
    v1::RecordBudgetStepRequest request;
    request.set_parent("provinces/48");
    request.set_unit(unit);
    request.set_budget_year(2027);
    request.set_step(step);
    request.set_body(body);
    testing_support::SetDate(request.mutable_date(), static_cast<int>(day.year()), day.month(),
                             day.day());
    request.mutable_act()->set_number("99/NQ-HĐND");
    request.set_request_id(RequestId());
    return request;
  }
  absl::StatusOr<v1::RecordBudgetStepResponse> Send(const v1::RecordBudgetStepRequest& request) {
    return server_.Call(&Stub::RecordBudgetStep, request);
  }
  std::string Refused(const v1::RecordBudgetStepRequest& request) {
    return ReasonOf(Send(request).status());
  }

  v1::ListBudgetStepsResponse List(const std::string& parent, const std::string& unit) {
    v1::ListBudgetStepsRequest request;
    request.set_parent(parent);
    request.set_unit(unit);
    request.set_budget_year(2027);
    const auto response = server_.Call(&Stub::ListBudgetSteps, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ListBudgetStepsResponse());
  }
  v1::BudgetStep Find(const std::string& unit, const std::string& step) {
    const v1::ListBudgetStepsResponse listed = List("provinces/48", unit);
    for (const v1::BudgetStep& each : listed.steps()) {
      if (each.step() == step) return each;
    }
    ADD_FAILURE() << "no step " << step;
    return {};
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(StepsTest);

TEST_P(StepsTest, ACouncilsDayMovesWhatFollowsFromIt) {
  EXPECT_EQ(Text(Find(kHaiChau, "commune-council").last_date()), "2026-12-19");
  EXPECT_TRUE(Find(kHaiChau, "commune-council").from_last_date());
  EXPECT_EQ(Find(kHaiChau, "commune-council").state(), v1::STEP_STATE_OVERDUE);

  v1::RecordBudgetStepRequest council =
      Record("", "province-council", v1::BODY_COUNCIL, absl::CivilDay(2026, 12, 8));
  council.set_validate_only(true);
  const auto shown = Send(council);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(Find("", "province-council").state(), v1::STEP_STATE_OVERDUE);
  council.set_validate_only(false);
  council.set_request_id(RequestId());
  const auto recorded = Send(council);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->SerializeAsString(), shown->SerializeAsString());
  EXPECT_EQ(recorded->step().unit(), kDaNang);
  EXPECT_EQ(recorded->step().state(), v1::STEP_STATE_DONE);
  ASSERT_EQ(recorded->moved_steps_size(), 1);
  EXPECT_EQ(recorded->moved_steps(0).step(), "province-assigns");
  EXPECT_EQ(Text(recorded->moved_steps(0).last_date()), "2026-12-15");

  const v1::BudgetStep commune = Find(kHaiChau, "commune-council");
  EXPECT_EQ(Text(commune.last_date()), "2026-12-18");
  EXPECT_FALSE(commune.from_last_date());
  EXPECT_EQ(Text(Find(kHaiChau, "commune-assigns").last_date()), "2026-12-25");
  // The province's own unit is the province itself.
  EXPECT_EQ(Find(kDaNang, "province-council").done().act().number(), "99/NQ-HĐND");
}

TEST_P(StepsTest, AStepIsRecordedOnceAndCorrectedByItsEtag) {
  v1::RecordBudgetStepRequest council =
      Record(kHaiChau, "commune-council", v1::BODY_COUNCIL, absl::CivilDay(2026, 12, 18));
  const auto first = Send(council);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->step().done().name(),
            "provinces/48/budgetSteps/2027.commune-council.1.commune20194");
  council.set_request_id(RequestId());
  const absl::Status again = Send(council).status();
  EXPECT_EQ(again.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(again), "STEP_ALREADY_RECORDED");
  council.set_etag(MetadataOf(again, "etag"));
  council.mutable_date()->set_day(21);
  council.set_request_id(RequestId());
  const auto corrected = Send(council);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->step().done().version(), 2);
  EXPECT_EQ(corrected->step().state(), v1::STEP_STATE_DONE_LATE);
  council.set_request_id(RequestId());
  EXPECT_EQ(Refused(council), "STALE_ETAG");
  v1::RecordBudgetStepRequest never =
      Record(kAnHai, "commune-council", v1::BODY_COUNCIL, absl::CivilDay(2026, 12, 18));
  never.set_etag("\"1\"");
  EXPECT_EQ(Refused(never), "STALE_ETAG");
  EXPECT_EQ(Find(kAnHai, "commune-council").has_done(), false);
}

TEST_P(StepsTest, WhatIsRecordedIsCheckedAgainstCompetenceAndOrder) {
  const absl::CivilDay day(2026, 12, 18);
  const absl::Status chair =
      Send(Record(kHaiChau, "commune-council", v1::BODY_CHAIR, day)).status();
  EXPECT_EQ(ReasonOf(chair), "BODY_NOT_COMPETENT");
  EXPECT_EQ(MetadataOf(chair, "competent"), "COUNCIL");
  EXPECT_EQ(Refused(Record(kHaiChau, "province-council", v1::BODY_COUNCIL, day)), "STEP_NOT_FOUND");
  EXPECT_EQ(Refused(Record(kHaiChau, "commune-council", v1::BODY_COUNCIL, day + 4)), "STEP_AHEAD");
  EXPECT_EQ(Refused(Record(kHaiChau, "commune-books-closed", v1::BODY_EVERYONE, day)),
            "STEP_NOT_RECORDED");
  EXPECT_EQ(Refused(Record(kHaiChau, "commune-correction", v1::BODY_FINANCE_OFFICE, day)),
            "STEP_OUT_OF_ORDER");
  ASSERT_TRUE(
      Send(Record("", "province-estimate", v1::BODY_COMMITTEE, absl::CivilDay(2026, 7, 1))).ok());
  EXPECT_EQ(Refused(Record("", "ministry-asks-more", v1::BODY_MINISTRY_OF_FINANCE,
                           absl::CivilDay(2026, 7, 9))),
            "STEP_PAST_ITS_DAY");
  EXPECT_EQ(Refused(Record("units/nowhere", "commune-council", v1::BODY_COUNCIL, day)),
            "UNIT_NOT_FOUND");
  EXPECT_EQ(Refused(Record(kHaNoi, "commune-council", v1::BODY_COUNCIL, day)),
            "UNIT_OUTSIDE_PROVINCE");
}

TEST_P(StepsTest, WhoseStepsTheyAreIsKnownOrNamed) {
  const auto refused = [this](const std::string& parent, const std::string& unit) {
    v1::ListBudgetStepsRequest request;
    request.set_parent(parent);
    request.set_unit(unit);
    request.set_budget_year(2027);
    return server_.Call(&Stub::ListBudgetSteps, request).status();
  };
  // The centre is nobody's province.
  const absl::Status centre = refused("provinces/00", kHaiChau);
  EXPECT_EQ(ReasonOf(centre), "UNIT_OUTSIDE_PROVINCE");
  EXPECT_EQ(MetadataOf(centre, "unit"), kHaiChau);
  EXPECT_EQ(MetadataOf(centre, "province_code"), "00");
  const absl::Status elsewhere = refused("provinces/48", kHaNoi);
  EXPECT_EQ(ReasonOf(elsewhere), "UNIT_OUTSIDE_PROVINCE");
  EXPECT_EQ(MetadataOf(elsewhere, "province_code"), "01");
  const absl::Status province = refused("provinces/98", "");
  EXPECT_EQ(ReasonOf(province), "UNIT_NOT_FOUND");
  EXPECT_EQ(MetadataOf(province, "unit"), "provinces/98");
  EXPECT_EQ(MetadataOf(refused("provinces/48", "units/nowhere"), "unit"), "units/nowhere");
}

TEST_P(StepsTest, EveryMalformedFieldIsToldAtOnce) {
  v1::RecordBudgetStepRequest request =
      Record(kHaiChau, "commune-council", v1::BODY_COUNCIL, absl::CivilDay(2026, 12, 18));
  request.set_budget_year(1999);
  request.set_occurrence(-1);
  request.mutable_act()->clear_number();
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(Send(request).status())) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("budget_year", "occurrence", "act.number"));
}

TEST_P(StepsTest, TheNationHasStepsOfItsOwn) {
  const v1::ListBudgetStepsResponse nation = List("provinces/00", "");
  EXPECT_EQ(nation.steps_size(), 13);
  for (const v1::BudgetStep& step : nation.steps()) {
    EXPECT_EQ(step.level(), v1::GOVERNMENT_LEVEL_NATION);
    EXPECT_EQ(step.unit(), "");
  }
}

TEST_P(StepsTest, ADayOffMovesALimitWhereTheCallerAsks) {
  v1::ListBudgetStepsRequest request;
  request.set_parent("provinces/48");
  request.set_unit(kHaiChau);
  request.set_budget_year(2027);
  request.set_day_off_rule(v1::DAY_OFF_RULE_MOVES);
  testing_support::SetDate(request.mutable_as_of(), 2026, 12, 1);
  const auto moved = server_.Call(&Stub::ListBudgetSteps, request);
  ASSERT_TRUE(moved.ok()) << moved.status();
  const auto council =
      std::find_if(moved->steps().begin(), moved->steps().end(),
                   [](const v1::BudgetStep& step) { return step.step() == "commune-council"; });
  ASSERT_NE(council, moved->steps().end());
  EXPECT_EQ(Text(council->last_date()), "2026-12-21");
  EXPECT_EQ(council->state(), v1::STEP_STATE_OPEN);
}

TEST_P(StepsTest, OverdueStepsOfAProvinceComeUnitByUnitInPages) {
  SetDay(2026, 6, 10);  // Guidance and the estimates of communes' units are late.
  v1::ListOverdueStepsRequest request;
  request.set_parent("provinces/48");
  request.set_budget_year(2027);
  request.set_page_size(2);
  std::vector<std::string> found;
  int pages = 0;
  do {
    const auto page = server_.Call(&Stub::ListOverdueSteps, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::BudgetStep& step : page->steps()) {
      EXPECT_EQ(step.state(), v1::STEP_STATE_OVERDUE);
      found.push_back(step.unit() + " " + step.step());
    }
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 2);
  EXPECT_THAT(found, ElementsAre("units/province48 province-guidance",
                                 "units/commune20194 commune-units-estimate",
                                 "units/commune20195 commune-units-estimate",
                                 "units/commune20196 commune-units-estimate"));
  request.set_budget_year(2028);
  request.set_page_token("x");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ListOverdueSteps, request).status()), "WRONG_PAGE_TOKEN");
}

TEST_P(StepsTest, TheMetricCountsProvincesThatKeepTheirCalendarHere) {
  BudgetMetrics metrics(server_.metrics());
  SnapshotHolder holder;
  ASSERT_TRUE(units::Refresh(holder, server_.database(), LoadSnapshot).ok());
  const auto overdue = [&](const std::string& province_code) {
    EXPECT_TRUE(metrics.Set(*holder.Get(), server_.database(), absl::CivilDay(2026, 12, 21)).ok());
    for (const auto& family : server_.metrics().Collect()) {
      if (family.name != "twotier_budget_steps_overdue") continue;
      for (const auto& metric : family.metric) {
        if (metric.label[0].value == province_code) return metric.gauge.value;
      }
    }
    return -1.0;
  };
  EXPECT_EQ(overdue("48"), 0);
  ASSERT_TRUE(
      Send(Record("", "province-council", v1::BODY_COUNCIL, absl::CivilDay(2026, 12, 9))).ok());
  // By the calendar of the steps themselves.
  double expected = 0;
  v1::ListOverdueStepsRequest request;
  request.set_parent("provinces/48");
  for (const int year : {2026, 2027}) {
    request.set_budget_year(year);
    const auto listed = server_.Call(&Stub::ListOverdueSteps, request);
    ASSERT_TRUE(listed.ok()) << listed.status();
    if (year == 2027) expected += listed->steps_size();
  }
  EXPECT_GT(expected, 0);
  EXPECT_EQ(overdue("48"), expected);
  EXPECT_EQ(overdue("01"), 0);
}

}  // namespace
}  // namespace twotier::budget::testing
