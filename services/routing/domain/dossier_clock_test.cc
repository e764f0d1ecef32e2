#include "services/routing/domain/dossier_clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "common/errors.h"
#include "services/routing/domain/clock_oracle.h"
#include "services/routing/domain/dossier_steps.h"

namespace twotier::routing {
namespace {

absl::Time DueTime(const Term& term, absl::Time accepted) {
  return DueOf(National().calendar(), term, accepted, kProvince).value().time;
}

TEST(Due, TheCalendarIsTheOneThatIsImported) { EXPECT_GE(National().size(), 40u); }

TEST(Due, WaitsForTet2026) {
  // Thursday 12 February 2026: Friday is day 1, Tết is 16-20 February, then Monday 23 to
  // Thursday 26.
  EXPECT_EQ(DueTime(WorkingDays(5), At(Day(2026, 2, 12), 9)), At(Day(2026, 2, 26), 17));
  EXPECT_EQ(DueTime(WorkingDays(1), At(Day(2026, 2, 13), 9)), At(Day(2026, 2, 23), 17));
  // Ten calendar days from 9 February end on the 19th, within Tết: the next working day.
  EXPECT_EQ(DueTime({10, false, TermUnit::kCalendarDay, std::nullopt}, At(Day(2026, 2, 9), 9)),
            At(Day(2026, 2, 23), 17));
}

TEST(Due, FollowsTheSwapOfAugust2026) {
  // Saturday 22 August is worked for Monday 31 August; 1 and 2 September are holidays.
  EXPECT_EQ(DueTime(WorkingDays(3), At(Day(2026, 8, 19), 9)), At(Day(2026, 8, 22), 17));
  EXPECT_EQ(DueTime(WorkingDays(5), At(Day(2026, 8, 19), 9)), At(Day(2026, 8, 25), 17));
  EXPECT_EQ(DueTime(WorkingDays(1), At(Day(2026, 8, 28), 9)), At(Day(2026, 9, 3), 17));
  EXPECT_EQ(DueTime(WorkingDays(3), At(Day(2026, 8, 27), 9)), At(Day(2026, 9, 4), 17));
}

TEST(Due, TheNewHolidayOf24NovemberIsNotWorked) {
  EXPECT_EQ(DueTime(WorkingDays(2), At(Day(2026, 11, 20), 9)), At(Day(2026, 11, 25), 17));
}

TEST(Due, ASameDayTermEndsTheSameDayUntilTheCutoff) {
  const Term same_day{0, false, TermUnit::kImmediate, 15 * 60};
  EXPECT_EQ(DueTime(same_day, At(Day(2026, 11, 2), 9)), At(Day(2026, 11, 2), 17));
  EXPECT_EQ(DueTime(same_day, At(Day(2026, 11, 2), 15)), At(Day(2026, 11, 2), 17));
  EXPECT_EQ(DueTime(same_day, At(Day(2026, 11, 2), 15, 1)), At(Day(2026, 11, 3), 17));
  EXPECT_EQ(DueTime(same_day, At(Day(2026, 8, 29), 9)), At(Day(2026, 9, 3), 17)) << "a day off";
}

TEST(Due, ATermInDaysWithACutoffStartsOnTheNextWorkingDay) {
  const Term term{3, false, TermUnit::kWorkingDay, 15 * 60};
  EXPECT_EQ(DueTime(term, At(Day(2026, 11, 2), 14)), At(Day(2026, 11, 5), 17));
  EXPECT_EQ(DueTime(term, At(Day(2026, 11, 2), 16)), At(Day(2026, 11, 6), 17));
  EXPECT_EQ(DueTime(term, At(Day(2026, 11, 6), 16)), At(Day(2026, 11, 12), 17)) << "over a weekend";
  EXPECT_EQ(DueTime(term, At(Day(2026, 11, 7), 10)), At(Day(2026, 11, 12), 17)) << "a day off";
  EXPECT_EQ(DueTime(term, At(Day(2026, 11, 7), 16)), At(Day(2026, 11, 12), 17));
  EXPECT_EQ(DueTime(term, At(Day(2026, 8, 22), 10)), At(Day(2026, 8, 26), 17)) << "worked for once";
  const Term calendar_days{3, false, TermUnit::kCalendarDay, 15 * 60};
  EXPECT_EQ(DueTime(calendar_days, At(Day(2026, 11, 7), 10)), At(Day(2026, 11, 12), 17));
}

TEST(Due, RestsOnTheDayThatItCountsFrom) {
  // 12 February 2027 is proposed as a day off, the 15th is not: what comes behind the cut-off of
  // the 11th counts on either.
  const Term term{1, false, TermUnit::kWorkingDay, 15 * 60};
  const calendar::Due due =
      DueOf(National().calendar(), term, At(Day(2027, 2, 11), 16), kProvince).value();
  EXPECT_EQ(due.time, At(Day(2027, 2, 15), 17));
  EXPECT_TRUE(due.provisional);
}

TEST(Due, HalvesAndHoursAreNotDays) {
  const Term day_and_half{1, true, TermUnit::kWorkingDay, std::nullopt};
  EXPECT_EQ(DueTime(day_and_half, At(Day(2026, 11, 5), 9)), At(Day(2026, 11, 9), 12));
  const Term four_hours{4, false, TermUnit::kHour, std::nullopt};
  EXPECT_EQ(DueTime(four_hours, At(Day(2026, 11, 6), 16)), At(Day(2026, 11, 6), 20));
  const Term half_hour{0, true, TermUnit::kHour, std::nullopt};
  EXPECT_EQ(DueTime(half_hour, At(Day(2026, 11, 6), 16)), At(Day(2026, 11, 6), 16, 30));
}

TEST(Due, ACalendarThatEndsSaysSo) {
  const auto due =
      DueOf(National().calendar(), WorkingDays(30), At(Day(2027, 12, 1), 9), kProvince);
  EXPECT_EQ(due.status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(error::ReasonOf(due.status()).has_value());
  EXPECT_EQ(error::ReasonOf(due.status())->reason, "CALENDAR_ENDS");
}

TEST(Due, RestsOnUndecidedDaysOnlyProvisionally) {
  // Tết 2027 is proposed, not decided.
  EXPECT_TRUE(DueOf(National().calendar(), WorkingDays(5), At(Day(2027, 2, 3), 9), kProvince)
                  .value()
                  .provisional);
  EXPECT_FALSE(DueOf(National().calendar(), WorkingDays(5), At(Day(2026, 2, 3), 9), kProvince)
                   .value()
                   .provisional);
}

RC_GTEST_PROP(Due, EqualsADayByDayCount, ()) {
  const absl::CivilDay day = absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 3 * 365 - 120);
  Term term = WorkingDays(*rc::gen::inRange(1, 61));
  const int minute = *rc::gen::inRange(0, 24 * 60);
  absl::CivilDay from = day;
  if (*rc::gen::arbitrary<bool>()) {
    term.cutoff_minute = *rc::gen::inRange(0, 24 * 60);
    from = OracleCountsOn(day, minute, *term.cutoff_minute);
  }
  RC_ASSERT(DueTime(term, At(day, 0, minute)) == At(OracleAfter(from, term.value), 17));
}

RC_GTEST_PROP(Due, ComesNoEarlierForWhatIsReceivedLater, ()) {
  Term term;
  term.unit = *rc::gen::element(TermUnit::kImmediate, TermUnit::kHour, TermUnit::kWorkingDay,
                                TermUnit::kCalendarDay);
  term.value = *rc::gen::inRange(1, 31);
  term.half = term.unit == TermUnit::kWorkingDay && *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) term.cutoff_minute = *rc::gen::inRange(0, 24 * 60);
  const absl::CivilDay day = absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 3 * 365 - 120);
  // Over two weekends, hour by hour.
  absl::Time due = absl::InfinitePast();
  for (int hour = 0; hour < 14 * 24; ++hour) {
    const absl::Time later = DueTime(term, At(day, hour));
    RC_ASSERT(due <= later);
    due = later;
  }
}

// A request on a day within the term, an answer at any minute after it; compared with a count that
// knows no rule but "a working day from the request's to the one that has the answer stood still".
RC_GTEST_PROP(Due, MovesByTheWorkingDaysItStoodStill, ()) {
  const absl::CivilDay accepted = absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 2 * 365);
  const int count = *rc::gen::inRange(1, 31);
  const bool cutoff = *rc::gen::arbitrary<bool>();
  Dossier dossier;
  dossier.province_code = kProvince;
  dossier.state = DossierState::kRegistered;
  dossier.term = WorkingDays(count);
  if (cutoff) dossier.term.cutoff_minute = 15 * 60;
  RC_ASSERT(Accept(dossier, At(accepted, 8), National().calendar()).ok());
  const absl::CivilDay from = cutoff ? OracleCountsOn(accepted, 8 * 60, 15 * 60) : accepted;
  const absl::CivilDay before = OracleAfter(from, count);
  RC_ASSERT(dossier.due_time == At(before, 17));

  const absl::CivilDay requested =
      accepted + *rc::gen::inRange(0, static_cast<int>(before - accepted) + 1);
  const absl::CivilDay answered = requested + *rc::gen::inRange(0, 90);
  const int minute = *rc::gen::inRange(9 * 60, 24 * 60);
  const absl::CivilDay counts = OracleCountsOn(answered, minute, cutoff ? 15 * 60 : 17 * 60);
  int stood_still = 0;
  for (absl::CivilDay day = requested + 1; day <= counts; ++day) {
    if (National().Works(day)) ++stood_still;
  }
  RC_ASSERT(RequestSupplement(dossier, At(requested, 9), std::nullopt).ok());
  RC_ASSERT(ProvideSupplement(dossier, At(answered, 0, minute), National().calendar()).ok());
  RC_ASSERT(dossier.due_time == At(OracleAfter(before, stood_still), 17));
  RC_ASSERT(*dossier.due_time >= At(counts, 17));
  RC_ASSERT(dossier.version == 3);
  RC_ASSERT(!dossier.pause_time.has_value());
}

RC_GTEST_PROP(Due, AfterALateRequestMovesByTheWorkingDaysOfTheWaitOnly, ()) {
  const absl::CivilDay accepted = absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 2 * 365);
  const absl::CivilDay before = OracleAfter(accepted, 1);
  const absl::CivilDay requested = before + *rc::gen::inRange(1, 30);
  const absl::CivilDay answered = requested + *rc::gen::inRange(0, 90);
  int stood_still = 0;
  for (absl::CivilDay day = requested + 1; day <= answered; ++day) {
    if (National().Works(day)) ++stood_still;
  }
  const calendar::Due moved =
      DueAfterPause(National().calendar(), WorkingDays(1), {At(before, 17), before, false},
                    At(requested, 9), At(answered, 23), kProvince)
          .value();
  RC_ASSERT(moved.time == At(OracleAfter(before, stood_still), 17));
}

// A term in hours with any number of waits, minute by minute: a minute in which nobody waits for an
// answer is one of the term.
RC_GTEST_PROP(Due, OfATermInHoursEqualsACountOfMinutes, ()) {
  Term term{*rc::gen::inRange(1, 121), *rc::gen::arbitrary<bool>(), TermUnit::kHour, std::nullopt};
  const absl::CivilDay day = absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 2 * 365);
  const absl::Time accepted = At(day, 0, *rc::gen::inRange(0, 24 * 60));
  std::vector<ClockMove> moves = {{ClockMove::Kind::kStarted, accepted}};
  absl::Time now = accepted;
  int left = term.value * 60 + (term.half ? 30 : 0);
  for (int wait = *rc::gen::inRange(0, 5); wait > 0; --wait) {
    for (int minute = *rc::gen::inRange(0, left); minute > 0; --minute, --left) {
      now += absl::Minutes(1);
    }
    moves.push_back({ClockMove::Kind::kStopped, now});
    now += absl::Minutes(*rc::gen::inRange(0, 3 * 24 * 60));
    moves.push_back({ClockMove::Kind::kWentOn, now});
  }
  for (; left > 0; --left) now += absl::Minutes(1);
  const Recount counted = DueAfterMoves(National().calendar(), term, moves, kProvince).value();
  RC_ASSERT(counted.due.time == now);
  RC_ASSERT(counted.due.day == VietnamDay(now));
  RC_ASSERT(!counted.due.provisional);
}

// Days of the calendar run on days off too; the last one, moved or not, is a working day.
RC_GTEST_PROP(Due, OfATermInCalendarDaysMovesByTheWorkingDaysItStoodStill, ()) {
  const Term term{*rc::gen::inRange(1, 61), false, TermUnit::kCalendarDay, std::nullopt};
  const absl::CivilDay accepted = absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 2 * 365);
  const calendar::Due due = DueOf(National().calendar(), term, At(accepted, 8), kProvince).value();
  absl::CivilDay before = accepted + term.value;
  while (!National().Works(before)) ++before;
  RC_ASSERT(due.time == At(before, 17));
  const absl::CivilDay requested =
      accepted + *rc::gen::inRange(0, static_cast<int>(before - accepted) + 1);
  const absl::CivilDay answered = requested + *rc::gen::inRange(0, 90);
  const int minute = *rc::gen::inRange(9 * 60, 24 * 60);
  const absl::CivilDay counts = OracleCountsOn(answered, minute, 17 * 60);
  int stood_still = 0;
  for (absl::CivilDay day = requested + 1; day <= counts; ++day) {
    if (National().Works(day)) ++stood_still;
  }
  const calendar::Due moved = DueAfterPause(National().calendar(), term, due, At(requested, 9),
                                            At(answered, 0, minute), kProvince)
                                  .value();
  RC_ASSERT(moved.time == At(OracleAfter(before, stood_still), 17));
}

TEST(Supplement, AnAnswerOutsideOfficeHoursIsTakenInLikeADossier) {
  const Term same_day{0, false, TermUnit::kImmediate, 15 * 60};
  const Day friday(2026, 11, 6), monday(2026, 11, 9), tuesday(2026, 11, 10);
  const auto moved = [&](const Term& term, absl::Time requested, absl::Time answered) {
    const calendar::Due due{At(friday, 17), friday, false};
    return DueAfterPause(National().calendar(), term, due, requested, answered, kProvince)
        .value()
        .time;
  };
  EXPECT_EQ(moved(same_day, At(friday, 10), At(friday, 14)), At(friday, 17));
  EXPECT_EQ(moved(same_day, At(friday, 10), At(friday, 16, 30)), At(monday, 17)) << "cut-off";
  EXPECT_EQ(moved(same_day, At(friday, 10), At(friday, 19)), At(monday, 17));
  EXPECT_EQ(moved(same_day, At(friday, 10), At(friday + 1, 9)), At(monday, 17)) << "Saturday";
  EXPECT_EQ(moved(same_day, At(friday, 10), At(monday, 18, 30)), At(tuesday, 17));
  EXPECT_EQ(moved(WorkingDays(3), At(friday, 8), At(friday + 2, 11)), At(monday, 17)) << "Sunday";
}

TEST(Online, IsAnsweredWithinEightWorkingHours) {
  const auto owed = [](absl::Time now) {
    return OnlineToBeAnswered(National().calendar(), now, kProvince).value();
  };
  const Day monday(2026, 11, 2);
  EXPECT_EQ(owed(At(monday + 1, 10)), At(monday, 10));
  EXPECT_EQ(owed(At(monday, 17)), At(monday - 3, 17)) << "of Friday";
  EXPECT_EQ(owed(At(monday, 18)), At(monday, 0)) << "what came on the weekend, by closing";
  EXPECT_EQ(owed(At(monday - 1, 12)), At(monday - 3, 0)) << "Friday's has until Monday";
  // Tết is 16-20 February.
  EXPECT_EQ(owed(At(Day(2026, 2, 23), 9)), At(Day(2026, 2, 13), 9));
  EXPECT_FALSE(OnlineToBeAnswered(National().calendar(), At(Day(2025, 1, 1), 9), kProvince).ok());
}

TEST(Supplement, MovesATermInHoursByTheTimeBetween) {
  const Term four_hours{4, false, TermUnit::kHour, std::nullopt};
  const calendar::Due due =
      DueOf(National().calendar(), four_hours, At(Day(2026, 11, 6), 9), kProvince).value();
  const calendar::Due moved =
      DueAfterPause(National().calendar(), four_hours, due, At(Day(2026, 11, 6), 10),
                    At(Day(2026, 11, 9), 10, 30), kProvince)
          .value();
  EXPECT_EQ(moved.time, At(Day(2026, 11, 9), 13, 30));
}

}  // namespace
}  // namespace twotier::routing
