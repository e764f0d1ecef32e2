#include "services/registry/domain/opening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "common/clock.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;

constexpr absl::CivilDay kMonday(2026, 7, 6);

absl::Time At(absl::CivilDay day, int hour, int minute = 0) {
  return absl::FromCivil(day, VietnamTimeZone()) + absl::Hours(hour) + absl::Minutes(minute);
}

// Monday to Friday 7:30-11:30 and 13:30-17:00, Saturday 7:30-11:30.
OpeningHours Office() {
  OpeningHours hours;
  WeeklyHours week;
  week.valid = {absl::CivilDay(2026, 7, 1), kNoEnd};
  for (int day = 0; day < 5; ++day) week.days[day] = {{450, 690}, {810, 1020}};
  week.days[5] = {{450, 690}};
  EXPECT_TRUE(SetWeek(hours, week).ok());
  return hours;
}

TEST(OpeningTest, TellsSinceAndUntil) {
  const OpeningHours hours = Office();
  const Opening open = OpeningAt(hours, At(kMonday, 7, 30));
  EXPECT_TRUE(open.known);
  EXPECT_TRUE(open.open);
  EXPECT_EQ(open.since, At(kMonday, 7, 30));
  EXPECT_EQ(open.until, At(kMonday, 11, 30));
  const Opening noon = OpeningAt(hours, At(kMonday, 11, 30));
  EXPECT_FALSE(noon.open) << "an interval ends before its last minute";
  EXPECT_EQ(noon.since, At(kMonday, 11, 30));
  EXPECT_EQ(noon.until, At(kMonday, 13, 30));
  const Opening weekend = OpeningAt(hours, At(kMonday + 5, 12));
  EXPECT_FALSE(weekend.open);
  EXPECT_EQ(weekend.since, At(kMonday + 5, 11, 30));
  EXPECT_EQ(weekend.until, At(kMonday + 7, 7, 30));
  EXPECT_TRUE(OpeningAt(hours, At(kMonday + 5, 8)).open) << "Saturday morning";
}

TEST(OpeningTest, KnowsNothingBeforeTheFirstWeek) {
  const OpeningHours hours = Office();
  EXPECT_FALSE(OpeningAt(hours, At(absl::CivilDay(2026, 6, 30), 9)).known);
  EXPECT_EQ(OpeningAt(hours, At(absl::CivilDay(2026, 7, 1), 6)).since, std::nullopt);
}

TEST(OpeningTest, AnExceptionStandsForItsDateAlone) {
  OpeningHours hours = Office();
  SetException(hours, {kMonday, {}, "lễ"}, /*remove=*/false);
  EXPECT_FALSE(OpeningAt(hours, At(kMonday, 9)).open);
  EXPECT_EQ(OpeningAt(hours, At(kMonday, 9)).until, At(kMonday + 1, 7, 30));
  SetException(hours, {kMonday, {{540, 600}}, ""}, /*remove=*/false);
  EXPECT_TRUE(OpeningAt(hours, At(kMonday, 9)).open);
  EXPECT_EQ(hours.exceptions.size(), 1u);
  SetException(hours, {kMonday, {}, ""}, /*remove=*/true);
  EXPECT_EQ(OpeningAt(hours, At(kMonday, 9)).until, At(kMonday, 11, 30));
}

TEST(OpeningTest, ALaterWeekIsNotOverwritten) {
  OpeningHours hours = Office();
  WeeklyHours closed;
  closed.valid = {absl::CivilDay(2026, 8, 1), kNoEnd};
  ASSERT_TRUE(SetWeek(hours, closed).ok());
  EXPECT_EQ(hours.weeks[0].valid.end, absl::CivilDay(2026, 8, 1));
  closed.valid.first = absl::CivilDay(2026, 7, 20);
  EXPECT_EQ(SetWeek(hours, closed).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(OpeningTest, NamesWrongIntervals) {
  EXPECT_EQ(WrongIntervals({{0, 1440}}), "");
  EXPECT_EQ(WrongIntervals({}), "");
  for (const std::vector<DayInterval>& wrong :
       std::vector<std::vector<DayInterval>>{{{-1, 10}},
                                             {{10, 10}},
                                             {{0, 1441}},
                                             {{20, 10}},
                                             {{0, 60}, {60, 90}},
                                             {{60, 90}, {0, 9}}}) {
    EXPECT_NE(WrongIntervals(wrong), "");
  }
}

TEST(OpeningTest, RefusesTextThatItDidNotWrite) {
  WeeklyHours week;
  for (const char* text : {"", "0730-1130", "0730-1130;;;;;;;", "x;;;;;;", "1130-0730;;;;;;"}) {
    EXPECT_EQ(WeekFromText(text, week).code(), absl::StatusCode::kDataLoss) << text;
  }
}

RC_GTEST_PROP(OpeningPropertyTest, TextReadsBack, ()) {
  WeeklyHours week;
  for (auto& day : week.days) {
    const auto edges = *rc::gen::container<std::set<int>>(rc::gen::inRange(0, kMinutesOfDay + 1));
    std::vector<int> sorted(edges.begin(), edges.end());
    for (size_t i = 0; i + 1 < sorted.size(); i += 2) day.push_back({sorted[i], sorted[i + 1]});
  }
  WeeklyHours read;
  RC_ASSERT(WeekFromText(ToText(week), read).ok());
  for (size_t i = 0; i < std::size(week.days); ++i) RC_ASSERT(read.days[i] == week.days[i]);
}

// Open now means: it opened at `since`, closes at `until`, and the instant before `since` differs.
RC_GTEST_PROP(OpeningPropertyTest, EdgesAreWhereTheStateChanges, ()) {
  const OpeningHours hours = Office();
  const absl::Time instant = At(kMonday, 0) + absl::Minutes(*rc::gen::inRange(0, 14 * 1440));
  const Opening now = OpeningAt(hours, instant);
  RC_ASSERT(now.until.has_value() && instant < *now.until);
  RC_ASSERT(OpeningAt(hours, *now.until).open != now.open);
  RC_ASSERT(OpeningAt(hours, *now.until - absl::Seconds(1)).open == now.open);
  RC_ASSERT(now.since.has_value() && *now.since <= instant);
  RC_ASSERT(OpeningAt(hours, *now.since).open == now.open);
  RC_ASSERT(OpeningAt(hours, *now.since - absl::Seconds(1)).open != now.open);
}

}  // namespace
}  // namespace twotier::registry
