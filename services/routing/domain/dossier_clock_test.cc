#include "services/routing/domain/dossier_clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/errors.h"
#include "services/routing/domain/dossier_steps.h"

namespace twotier::routing {
namespace {

using Day = absl::CivilDay;

constexpr char kProvince[] = "48";

// The first three columns of the calendar this service imports: date, kind, province. They hold no
// quotes.
struct Fact {
  absl::CivilDay day;
  std::string kind;
};

std::vector<Fact> ReadFacts() {
  std::ifstream file("services/routing/data/calendar.csv");
  std::vector<Fact> facts;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, absl::MaxSplits(',', 3));
    absl::CivilDay day;
    if (cells.size() < 4 || !absl::ParseCivilTime(cells[0], &day)) continue;
    if (!cells[2].empty()) continue;  // A province's own day.
    facts.push_back({day, cells[1]});
  }
  return facts;
}

class Facts {
 public:
  Facts() : facts_(ReadFacts()) {
    std::vector<calendar::Entry> entries;
    for (const Fact& fact : facts_) {
      kinds_[fact.day] = fact.kind;
      const auto kind = calendar::KindOf(fact.kind);
      if (!kind) std::abort();
      entries.push_back({fact.day, *kind, "", "", "", absl::CivilDay(2020, 1, 1)});
    }
    calendar_ = calendar::Calendar::Build(entries, {2025, 2027, std::nullopt}).value();
  }

  const calendar::Calendar& calendar() const { return *calendar_; }
  size_t size() const { return facts_.size(); }

  // The oracle: one day looked at by itself.
  bool Works(absl::CivilDay day) const {
    const auto found = kinds_.find(day);
    if (found != kinds_.end() && found->second == "makeup_work") return true;
    if (found != kinds_.end() && found->second != "proposed") return false;
    const absl::Weekday weekday = absl::GetWeekday(day);
    return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
  }

 private:
  std::vector<Fact> facts_;
  std::map<absl::CivilDay, std::string> kinds_;
  std::shared_ptr<const calendar::Calendar> calendar_;
};

const Facts& National() {
  static const auto* const kFacts = new Facts();
  return *kFacts;
}

absl::Time At(absl::CivilDay day, int hour, int minute = 0) {
  return absl::FromCivil(day, VietnamTimeZone()) + absl::Hours(hour) + absl::Minutes(minute);
}

Term WorkingDays(int count) { return {count, false, TermUnit::kWorkingDay, std::nullopt}; }

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

// Counted day by day.
absl::CivilDay OracleAfter(absl::CivilDay day, int count) {
  while (count > 0) {
    ++day;
    if (National().Works(day)) --count;
  }
  return day;
}

RC_GTEST_PROP(Due, EqualsADayByDayCount, ()) {
  const absl::CivilDay day = absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 3 * 365 - 120);
  const int count = *rc::gen::inRange(1, 61);
  const int minute = *rc::gen::inRange(0, 24 * 60);
  RC_ASSERT(DueTime(WorkingDays(count), At(day, 0, minute)) == At(OracleAfter(day, count), 17));
}

// The day an answer counts on, looked for day by day.
absl::CivilDay OracleCountsOn(absl::CivilDay day, int minute, int closes) {
  if (minute > closes) ++day;
  while (!National().Works(day)) ++day;
  return day;
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
  const absl::CivilDay before = OracleAfter(accepted, count);
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

// Back and forth between agencies a dossier goes as often as its timeline allows; home it comes.
TEST(Forward, FromAgencyToAgencyNeedsRoomAndHomeNeedsNone) {
  const calendar::Calendar& calendar = National().calendar();
  const absl::Time now = At(absl::CivilDay(2026, 11, 2), 9);
  Dossier dossier;
  dossier.province_code = kProvince;
  dossier.state = DossierState::kRegistered;
  dossier.term = WorkingDays(3);
  ASSERT_TRUE(Accept(dossier, now, calendar).ok());
  const CompetentBody home = dossier.body;
  CompetentBody agency;
  agency.unit = "units/x";
  ASSERT_TRUE(Forward(dossier, now, agency, calendar).ok());
  dossier.version = kRepeatedStepsEntriesMax;
  agency.unit = "units/y";
  const absl::Status further = Forward(dossier, now, agency, calendar);
  ASSERT_TRUE(error::ReasonOf(further).has_value()) << further;
  EXPECT_EQ(error::ReasonOf(further)->reason, "TIMELINE_FULL");
  EXPECT_EQ(dossier.agency.unit, "units/x");
  EXPECT_TRUE(Forward(dossier, now, home, calendar).ok());
}

// The steps move the due time one by one; the moves that they leave behind give the same one.
RC_GTEST_PROP(Moves, GiveTheDueTimeThatTheStepsGave, ()) {
  const calendar::Calendar& calendar = National().calendar();
  absl::Time now = At(absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 2 * 365), 8);
  Dossier dossier;
  dossier.province_code = kProvince;
  dossier.state = DossierState::kRegistered;
  dossier.term = WorkingDays(*rc::gen::inRange(1, 31));
  if (*rc::gen::arbitrary<bool>()) dossier.term.cutoff_minute = 15 * 60;
  RC_ASSERT(Accept(dossier, now, calendar).ok());
  std::vector<ClockMove> moves = {{ClockMove::Kind::kStarted, now}};
  const CompetentBody agency = {"units/x", "", Level::kCommune, Line::kUnknown, "Công an"};
  for (int steps = *rc::gen::inRange(0, 4); steps > 0; --steps) {
    const bool to_agency = *rc::gen::arbitrary<bool>();
    now += absl::Hours(*rc::gen::inRange(0, 200));
    moves.push_back({ClockMove::Kind::kStopped, now});
    RC_ASSERT((to_agency ? Forward(dossier, now, agency, calendar)
                         : RequestPayment(dossier, now, 1, std::nullopt))
                  .ok());
    now += absl::Hours(*rc::gen::inRange(0, 200));
    moves.push_back({ClockMove::Kind::kWentOn, now});
    Payment paid;
    paid.paid_vnd = 1;
    RC_ASSERT((to_agency ? Forward(dossier, now, dossier.body, calendar)
                         : ConfirmPayment(dossier, now, paid, calendar))
                  .ok());
    if (*rc::gen::inRange(0, 4) > 0) continue;
    absl::CivilDay day = VietnamDay(std::max(now, *dossier.due_time)) + 1;
    while (!National().Works(day)) ++day;
    RC_ASSERT(ExtendDueDate(dossier, now, day, calendar).ok());
    moves.push_back({ClockMove::Kind::kExtended, *dossier.due_time});
  }
  const Recount recount =
      DueAfterMoves(calendar, dossier.term, moves, dossier.province_code).value();
  RC_ASSERT(recount.due.time == *dossier.due_time);
  RC_ASSERT(recount.first_due == dossier.first_due_time);
  const bool known = recount.due.provisional == dossier.due_provisional;
  Dossier again = dossier;
  RC_ASSERT(Recompute(again, recount) != known);
  RC_ASSERT(again.version == dossier.version + (known ? 0 : 1));
}

// Five working days from Monday 2 March 2026 end on the 9th. The date is extended to the 20th; from
// Thursday the 5th to Thursday the 12th the applicant is awaited, five working days.
TEST(Moves, WhatIsAwaitedAfterAnExtensionMovesTheFirstDateToo) {
  const auto recount = DueAfterMoves(National().calendar(), WorkingDays(5),
                                     {{ClockMove::Kind::kStarted, At(Day(2026, 3, 2), 9)},
                                      {ClockMove::Kind::kExtended, At(Day(2026, 3, 20), 17)},
                                      {ClockMove::Kind::kStopped, At(Day(2026, 3, 5), 9)},
                                      {ClockMove::Kind::kWentOn, At(Day(2026, 3, 12), 9)}},
                                     kProvince);
  ASSERT_TRUE(recount.ok()) << recount.status();
  EXPECT_EQ(recount->due.time, At(Day(2026, 3, 27), 17));
  EXPECT_EQ(recount->first_due, At(Day(2026, 3, 16), 17));
}

TEST(Moves, ThatNeverStartedGiveNothing) {
  const auto due = DueAfterMoves(National().calendar(), WorkingDays(3), {}, kProvince);
  EXPECT_EQ(due.status().code(), absl::StatusCode::kInternal);
}

TEST(Moves, AnExtendedDateThatBecameADayOffIsTheNextWorkingDay) {
  // Saturday 29 August 2026; Monday is a swapped day off, 1 and 2 September are holidays.
  const auto due = DueAfterMoves(National().calendar(), WorkingDays(1),
                                 {{ClockMove::Kind::kStarted, At(Day(2026, 8, 20), 9)},
                                  {ClockMove::Kind::kExtended, At(Day(2026, 8, 29), 17)}},
                                 kProvince);
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_EQ(due->due.time, At(Day(2026, 9, 3), 17));
  EXPECT_EQ(due->first_due, At(Day(2026, 8, 21), 17));
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

TEST(Steps, ARefusedStepLeavesTheRecordAsItWas) {
  Dossier dossier;
  dossier.province_code = kProvince;
  dossier.state = DossierState::kRegistered;
  dossier.term = WorkingDays(3);
  dossier.version = 1;
  EXPECT_FALSE(ReturnResult(dossier, At(Day(2026, 11, 2), 9)).ok());
  EXPECT_FALSE(CompleteProcessing(dossier, At(Day(2026, 11, 2), 9), "R1").ok());
  EXPECT_FALSE(Accept(dossier, At(Day(2027, 12, 31), 9), National().calendar()).ok());
  EXPECT_EQ(dossier.version, 1);
  EXPECT_EQ(dossier.state, DossierState::kRegistered);
  EXPECT_FALSE(dossier.accept_time.has_value());
  EXPECT_TRUE(dossier.result_id.empty());
}

TEST(Steps, AWholeLife) {
  Dossier dossier;
  dossier.province_code = kProvince;
  dossier.state = DossierState::kRegistered;
  dossier.term = WorkingDays(3);
  dossier.version = 1;
  ASSERT_TRUE(Accept(dossier, At(Day(2026, 11, 2), 9), National().calendar()).ok());
  ASSERT_TRUE(RequestSupplement(dossier, At(Day(2026, 11, 3), 9), std::nullopt).ok());
  ASSERT_TRUE(ProvideSupplement(dossier, At(Day(2026, 11, 5), 9), National().calendar()).ok());
  EXPECT_EQ(dossier.due_time, At(Day(2026, 11, 9), 17)) << "two working days later than 5 November";
  ASSERT_TRUE(CompleteProcessing(dossier, At(Day(2026, 11, 9), 16), "R1").ok());
  ASSERT_TRUE(ReturnResult(dossier, At(Day(2026, 11, 10), 9)).ok());
  EXPECT_EQ(dossier.version, 6);
  EXPECT_EQ(dossier.state, DossierState::kReturned);
  EXPECT_FALSE(IsOverdue(dossier, At(Day(2027, 1, 1), 0)));
}

}  // namespace
}  // namespace twotier::routing
