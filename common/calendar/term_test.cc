#include "common/calendar/term.h"

#include "common/calendar/testing.h"
#include "common/clock.h"
#include "gtest/gtest.h"

namespace twotier::calendar {
namespace {

using Day = absl::CivilDay;

absl::Time At(int month, int day, int hour, int minute = 0, int year = 2026) {
  return absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute), VietnamTimeZone());
}

class TermTest : public testing::Test {
 protected:
  const std::shared_ptr<const Calendar> calendar_ =
      Calendar::Build(PublishedEntriesForTest(), {.first_year = 2025, .last_year = 2027}).value();
};

TEST_F(TermTest, WorkingDaysEndAtTheEndOfTheOfficeDay) {
  const struct {
    absl::Time start;
    int count;
    bool half;
    absl::Time due;
  } cases[] = {
      {At(3, 10, 9), 1, false, At(3, 11, 17)},      // Tuesday, next day.
      {At(3, 13, 16), 1, false, At(3, 16, 17)},     // Friday, over a weekend.
      {At(3, 14, 9), 5, false, At(3, 20, 17)},      // Received on a Saturday.
      {At(2, 12, 9), 2, false, At(2, 23, 17)},      // Over Tết.
      {At(3, 10, 9), 1, true, At(3, 12, 12)},       // A day and a half: noon of the day after.
      {At(3, 10, 9), 0, true, At(3, 11, 12)},       // Half a day.
      {At(3, 10, 23, 30), 1, false, At(3, 11, 17)}  // 23:30 in Vietnam is still the tenth.
  };
  for (const auto& c : cases) {
    const auto due = DueAfterWorkingDays(*calendar_, c.start, c.count, c.half, "48");
    ASSERT_TRUE(due.ok()) << due.status();
    EXPECT_EQ(due->time, c.due) << c.start;
    EXPECT_EQ(due->day, VietnamDay(c.due));
    EXPECT_FALSE(due->provisional);
  }
  EXPECT_TRUE(DueAfterWorkingDays(*calendar_, At(1, 28, 9, 0, 2027), 10, false, "")->provisional);
  EXPECT_TRUE(absl::IsFailedPrecondition(
      DueAfterWorkingDays(*calendar_, At(12, 30, 9, 0, 2027), 5, false, "").status()));
}

TEST_F(TermTest, CalendarDaysEndOnAWorkingDay) {
  EXPECT_EQ(DueAfterCalendarDays(*calendar_, At(3, 10, 9), 3, "")->time, At(3, 13, 17));
  EXPECT_EQ(DueAfterCalendarDays(*calendar_, At(3, 10, 9), 4, "")->time,
            At(3, 16, 17));  // Saturday.
  EXPECT_EQ(DueAfterCalendarDays(*calendar_, At(2, 10, 9), 7, "")->time, At(2, 23, 17));  // Tết.
  EXPECT_TRUE(
      absl::IsInvalidArgument(DueAfterCalendarDays(*calendar_, At(3, 10, 9), -1, "").status()));
}

TEST_F(TermTest, HoursRunByTheClock) {
  const auto due = DueAfterHours(At(3, 13, 16, 20), 24);
  EXPECT_EQ(due->time, At(3, 14, 16, 20));  // Saturday.
  EXPECT_EQ(due->day, Day(2026, 3, 14));
  EXPECT_TRUE(absl::IsInvalidArgument(DueAfterHours(At(3, 13, 9), 0).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(DueAfterHours(At(3, 13, 9), kTermHoursMax + 1).status()));
}

TEST_F(TermTest, SameDayMovesToTheNextWorkingDayAfterTheCutoff) {
  const int three = 15 * 60;
  EXPECT_EQ(DueSameDay(*calendar_, At(3, 10, 14, 59), three, "")->time, At(3, 10, 17));
  EXPECT_EQ(DueSameDay(*calendar_, At(3, 10, 15), three, "")->time, At(3, 10, 17));
  EXPECT_EQ(DueSameDay(*calendar_, At(3, 10, 15, 1), three, "")->time, At(3, 11, 17));
  EXPECT_EQ(DueSameDay(*calendar_, At(3, 13, 15, 1), three, "")->time, At(3, 16, 17));
  EXPECT_EQ(DueSameDay(*calendar_, At(3, 14, 9), three, "")->time, At(3, 16, 17));  // Saturday.
  EXPECT_EQ(DueSameDay(*calendar_, At(3, 10, 16, 30), std::nullopt, "")->time, At(3, 10, 17));
  EXPECT_EQ(DueSameDay(*calendar_, At(3, 10, 17, 1), std::nullopt, "")->time, At(3, 11, 17));
  EXPECT_TRUE(absl::IsInvalidArgument(DueSameDay(*calendar_, At(3, 10, 9), 1441, "").status()));
}

TEST_F(TermTest, APauseMovesTheDueDayByItsWorkingDays) {
  const auto due = DueAfterWorkingDays(*calendar_, At(3, 9, 9), 5, true, "");
  ASSERT_EQ(due->time, At(3, 17, 12));
  const auto moved = [&](absl::Time answered) {
    return DueAfterPause(*calendar_, *due, At(3, 10, 9), answered, std::nullopt, "")->time;
  };
  EXPECT_EQ(moved(At(3, 10, 16)), At(3, 17, 12)) << "within the day of the request: no day";
  EXPECT_EQ(moved(At(3, 12, 9)), At(3, 19, 12)) << "Wednesday and Thursday";
  EXPECT_EQ(moved(At(3, 12, 17)), At(3, 19, 12)) << "at closing is within the day";
  EXPECT_EQ(moved(At(3, 12, 17, 1)), At(3, 20, 12)) << "after closing counts on Friday";
  EXPECT_EQ(moved(At(3, 14, 9)), At(3, 23, 12)) << "on Saturday counts on Monday";
  EXPECT_EQ(moved(At(3, 14, 9)), moved(At(3, 16, 8)));
  EXPECT_TRUE(absl::IsInvalidArgument(
      DueAfterPause(*calendar_, *due, At(3, 10, 9), At(3, 9, 18), std::nullopt, "").status()))
      << "even when the answer would count on the day of the request";
}

TEST_F(TermTest, AnAnswerOutsideOfficeHoursDoesNotMakeTheTermRunOut) {
  const int three = 15 * 60;
  const auto due = DueSameDay(*calendar_, At(3, 13, 9), three, "");
  ASSERT_EQ(due->time, At(3, 13, 17));  // Friday.
  const struct {
    absl::Time answered;
    absl::Time due;
  } cases[] = {
      {At(3, 13, 11), At(3, 13, 17)},
      {At(3, 13, 15), At(3, 13, 17)},
      {At(3, 13, 15, 1),
       At(3, 16, 17)},  // After the cut-off: a dossier would wait till Monday too.
      {At(3, 13, 19), At(3, 16, 17)},
      {At(3, 14, 9), At(3, 16, 17)},
      {At(3, 16, 10), At(3, 16, 17)},
      {At(3, 16, 18, 30), At(3, 17, 17)},
      {At(2, 18, 9, 0, 2027), At(2, 18, 17, 0, 2027)},
  };
  for (const auto& c : cases) {
    const auto moved = DueAfterPause(*calendar_, *due, At(3, 13, 10), c.answered, three, "");
    ASSERT_TRUE(moved.ok()) << moved.status();
    EXPECT_EQ(moved->time, c.due) << c.answered;
    EXPECT_EQ(moved->day, VietnamDay(c.due));
  }
  EXPECT_EQ(
      DueAfterPause(*calendar_, *due, At(3, 13, 10), At(3, 13, 16, 30), std::nullopt, "")->time,
      At(3, 13, 17))
      << "without a cut-off half an hour is within the day";
}

TEST_F(TermTest, AHalfDayThatStoodStillEndsNoEarlierThanTheDayOfTheAnswer) {
  const auto due = DueAfterWorkingDays(*calendar_, At(3, 12, 9), 0, true, "");
  ASSERT_EQ(due->time, At(3, 13, 12));
  EXPECT_EQ(
      DueAfterPause(*calendar_, *due, At(3, 13, 10), At(3, 16, 11, 55), std::nullopt, "")->time,
      At(3, 16, 17));
}

TEST_F(TermTest, ARequestAfterTheDueTimeDoesNotUndoTheLateness) {
  const auto due = DueSameDay(*calendar_, At(3, 13, 9), std::nullopt, "");
  const auto moved = [&](absl::Time answered) {
    return DueAfterPause(*calendar_, *due, At(3, 13, 17, 30), answered, std::nullopt, "")->time;
  };
  EXPECT_EQ(moved(At(3, 13, 19)), At(3, 13, 17));
  EXPECT_EQ(moved(At(3, 14, 9)), At(3, 13, 17));
  EXPECT_EQ(moved(At(3, 17, 19)), At(3, 17, 17)) << "the wait itself is still not charged";
}

TEST(CountingRuleTest, NamesItsSource) {
  EXPECT_EQ(CountingRuleAt(Day(2026, 1, 1)).source, "91/2015/QH13, Articles 147, 148");
  EXPECT_EQ(CountingRuleAt(Day(2026, 1, 1)).day_ends_minute, 1020);
  EXPECT_EQ(CountingRuleAt(Day(1990, 1, 1)).valid_from, Day(2017, 1, 1));
}

}  // namespace
}  // namespace twotier::calendar
