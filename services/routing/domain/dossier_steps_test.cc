#include "services/routing/domain/dossier_steps.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "common/errors.h"
#include "services/routing/domain/clock_oracle.h"
#include "services/routing/domain/dossier_clock.h"

namespace twotier::routing {
namespace {

Dossier Registered(Term term) {
  Dossier dossier;
  dossier.province_code = kProvince;
  dossier.state = DossierState::kRegistered;
  dossier.term = term;
  return dossier;
}

// Back and forth between agencies a dossier goes as often as its timeline allows; home it comes.
TEST(Forward, FromAgencyToAgencyNeedsRoomAndHomeNeedsNone) {
  const calendar::Calendar& calendar = National().calendar();
  const absl::Time now = At(absl::CivilDay(2026, 11, 2), 9);
  Dossier dossier = Registered(WorkingDays(3));
  ASSERT_TRUE(Accept(dossier, now, calendar).ok());
  const CompetentBody home = dossier.body;
  CompetentBody agency;
  agency.unit = "units/x";
  ASSERT_TRUE(Forward(dossier, now, agency, std::nullopt, calendar).ok());
  dossier.version = kRepeatedStepsEntriesMax;
  agency.unit = "units/y";
  const absl::Status further = Forward(dossier, now, agency, std::nullopt, calendar);
  ASSERT_TRUE(error::ReasonOf(further).has_value()) << further;
  EXPECT_EQ(error::ReasonOf(further)->reason, "TIMELINE_FULL");
  EXPECT_EQ(dossier.agency.unit, "units/x");
  EXPECT_TRUE(Forward(dossier, now, home, std::nullopt, calendar).ok());
}

// A re-routing can make the agency that has a dossier the body that decides it.
TEST(Forward, WhoHasBecomeTheCompetentBodyIsStillGivenItBack) {
  const calendar::Calendar& calendar = National().calendar();
  const absl::Time now = At(absl::CivilDay(2026, 11, 2), 9);
  Dossier dossier = Registered(WorkingDays(3));
  ASSERT_TRUE(Accept(dossier, now, calendar).ok());
  CompetentBody agency;
  agency.unit = "units/x";
  ASSERT_TRUE(Forward(dossier, now, agency, std::nullopt, calendar).ok());
  dossier.body = agency;
  const absl::Status home = Forward(dossier, now + absl::Hours(48), agency, std::nullopt, calendar);
  EXPECT_TRUE(home.ok()) << home;
  EXPECT_EQ(dossier.agency.unit, "");
  EXPECT_FALSE(dossier.pause_time.has_value());
  EXPECT_FALSE(Forward(dossier, now + absl::Hours(49), agency, std::nullopt, calendar).ok());
}

TEST(TakeBack, NeedsAnAgencyThatHasIt) {
  Dossier dossier = Registered(WorkingDays(3));
  const absl::Time now = At(absl::CivilDay(2026, 11, 2), 9);
  ASSERT_TRUE(Accept(dossier, now, National().calendar()).ok());
  const absl::Status here = TakeBack(dossier, now, National().calendar());
  ASSERT_TRUE(error::ReasonOf(here).has_value()) << here;
  EXPECT_EQ(error::ReasonOf(here)->reason, "FORWARDED_TO_HOLDER");
  EXPECT_EQ(dossier.version, 1);
}

// The agency says nothing until its date, and whoever looks at it comes some days later at most:
// the term goes on from there. Days are counted one by one, minutes of a term in hours too.
RC_GTEST_PROP(TakeBack, MovesTheDueTimeByAllThatTheAgencyHadIt, ()) {
  const bool hours = *rc::gen::arbitrary<bool>();
  const Day accepted = Day(2025, 1, 1) + *rc::gen::inRange(0, 2 * 365);
  Term term = WorkingDays(*rc::gen::inRange(1, 31));
  if (hours) term.unit = TermUnit::kHour;
  Dossier dossier = Registered(term);
  RC_ASSERT(Accept(dossier, At(accepted, 8), National().calendar()).ok());
  const absl::Time due = *dossier.due_time;
  const auto term_minutes = static_cast<int>((due - At(accepted, 8)) / absl::Minutes(1));
  const absl::Time asked = At(accepted, 8) + absl::Minutes(*rc::gen::inRange(0, term_minutes + 1));
  const absl::Time answer_by = asked + absl::Minutes(*rc::gen::inRange(1, 40 * 24 * 60));
  const absl::Time seen = answer_by + absl::Minutes(*rc::gen::inRange(0, 4 * 24 * 60));
  const CompetentBody agency = {"units/x", "", Level::kCommune, Line::kUnknown, "Công an"};
  RC_ASSERT(Forward(dossier, asked, agency, answer_by, National().calendar()).ok());
  RC_ASSERT(TakeBack(dossier, seen, National().calendar()).ok());
  absl::Time expected = due;
  if (hours) {
    for (absl::Time minute = asked; minute < seen; minute += absl::Minutes(1)) {
      expected += absl::Minutes(1);
    }
  } else {
    const auto minute = static_cast<int>((seen - At(VietnamDay(seen), 0)) / absl::Minutes(1));
    const Day counts = OracleCountsOn(VietnamDay(seen), minute, 17 * 60);
    int stood_still = 0;
    for (Day day = VietnamDay(asked) + 1; day <= counts; ++day) {
      if (National().Works(day)) ++stood_still;
    }
    expected = At(OracleAfter(VietnamDay(due), stood_still), 17);
  }
  RC_ASSERT(dossier.due_time == expected);
  RC_ASSERT(HolderOf(dossier) == ClockHolder::kAuthority);
  RC_ASSERT(!dossier.answer_by.has_value());
  RC_ASSERT(!dossier.pause_time.has_value());
}

// Extends to the first day from `day` on that is later than what is promised.
void ExtendFrom(Dossier& dossier, absl::Time now, absl::CivilDay day) {
  while (!ExtendDueDate(dossier, now, day, National().calendar()).ok()) {
    RC_ASSERT(day < absl::CivilDay(2027, 12, 31));
    ++day;
  }
}

// The steps move the due time one by one; the moves that they leave behind give the same one.
RC_GTEST_PROP(Moves, GiveTheDueTimeThatTheStepsGave, ()) {
  const calendar::Calendar& calendar = National().calendar();
  absl::Time now = At(absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 2 * 365), 8);
  Dossier dossier = Registered(WorkingDays(*rc::gen::inRange(1, 31)));
  if (*rc::gen::arbitrary<bool>()) dossier.term.cutoff_minute = 15 * 60;
  RC_ASSERT(Accept(dossier, now, calendar).ok());
  std::vector<ClockMove> moves = {{ClockMove::Kind::kStarted, now}};
  const CompetentBody agency = {"units/x", "", Level::kCommune, Line::kUnknown, "Công an"};
  for (int steps = *rc::gen::inRange(0, 4); steps > 0; --steps) {
    const bool to_agency = *rc::gen::arbitrary<bool>();
    now += absl::Hours(*rc::gen::inRange(0, 200));
    moves.push_back({ClockMove::Kind::kStopped, now});
    RC_ASSERT((to_agency ? Forward(dossier, now, agency, std::nullopt, calendar)
                         : RequestPayment(dossier, now, 1, std::nullopt))
                  .ok());
    for (int extensions = to_agency ? *rc::gen::inRange(0, 3) : 0; extensions > 0; --extensions) {
      now += absl::Hours(*rc::gen::inRange(0, 200));
      ExtendFrom(dossier, now, VietnamDay(now));
      moves.push_back({ClockMove::Kind::kExtended, now, *dossier.due_time});
    }
    now += absl::Hours(*rc::gen::inRange(0, 200));
    moves.push_back({ClockMove::Kind::kWentOn, now});
    Payment paid;
    paid.paid_vnd = 1;
    RC_ASSERT((!to_agency ? ConfirmPayment(dossier, now, paid, calendar)
               : *rc::gen::arbitrary<bool>()
                   ? TakeBack(dossier, now, calendar)
                   : Forward(dossier, now, dossier.body, std::nullopt, calendar))
                  .ok());
    if (*rc::gen::inRange(0, 4) > 0) continue;
    ExtendFrom(dossier, now, VietnamDay(now));
    moves.push_back({ClockMove::Kind::kExtended, now, *dossier.due_time});
  }
  const Recount recount =
      DueAfterMoves(calendar, dossier.term, moves, dossier.province_code).value();
  RC_ASSERT(recount.due.time == *dossier.due_time);
  RC_ASSERT(recount.first_due == dossier.first_due_time);
  RC_ASSERT(recount.due.provisional == dossier.due_provisional);
  Dossier again = dossier;
  RC_ASSERT(!Recompute(again, recount));
  RC_ASSERT(again.version == dossier.version);
}

// Received on a Monday with five working days, with another agency from Wednesday 4 March 2026 on.
Dossier Away() {
  const calendar::Calendar& calendar = National().calendar();
  Dossier dossier = Registered(WorkingDays(5));
  EXPECT_TRUE(Accept(dossier, At(Day(2026, 3, 2), 9), calendar).ok());
  EXPECT_EQ(dossier.due_time, At(Day(2026, 3, 9), 17));
  const CompetentBody agency = {"units/x", "", Level::kCommune, Line::kUnknown, "Công an"};
  EXPECT_TRUE(Forward(dossier, At(Day(2026, 3, 4), 9), agency, std::nullopt, calendar).ok());
  return dossier;
}

// From Wednesday to Monday are three working days.
TEST(TakeBack, GivesTheExampleOfTheDocumentation) {
  Dossier dossier = Away();
  ASSERT_TRUE(TakeBack(dossier, At(Day(2026, 3, 9), 10), National().calendar()).ok());
  EXPECT_EQ(dossier.due_time, At(Day(2026, 3, 12), 17));
}

// Two working days of the pause lie behind the extension, eight in all of it.
TEST(Extension, DuringAPauseMovesByTheRestOfIt) {
  const calendar::Calendar& calendar = National().calendar();
  Dossier dossier = Away();
  ASSERT_TRUE(ExtendDueDate(dossier, At(Day(2026, 3, 12), 9), Day(2026, 3, 20), calendar).ok());
  EXPECT_EQ(dossier.due_time, At(Day(2026, 3, 20), 17));
  ASSERT_TRUE(Forward(dossier, At(Day(2026, 3, 16), 9), dossier.body, std::nullopt, calendar).ok());
  EXPECT_EQ(dossier.due_time, At(Day(2026, 3, 24), 17));
  EXPECT_EQ(dossier.first_due_time, At(Day(2026, 3, 19), 17));
  EXPECT_FALSE(dossier.pause_extended_time.has_value());
}

// Back on Thursday 12 March it would be due on the 17th.
TEST(Extension, DuringAPauseIsBehindWhatTheDossierHasAnyway) {
  const calendar::Calendar& calendar = National().calendar();
  Dossier dossier = Away();
  const absl::Time now = At(Day(2026, 3, 12), 9);
  const absl::Status refused = ExtendDueDate(dossier, now, Day(2026, 3, 17), calendar);
  ASSERT_TRUE(error::ReasonOf(refused).has_value()) << refused;
  EXPECT_EQ(error::ReasonOf(refused)->reason, "EXTENSION_NOT_LATER");
  EXPECT_EQ(dossier.extensions, 0);
  EXPECT_TRUE(ExtendDueDate(dossier, now, Day(2026, 3, 18), calendar).ok());
}

// It was due on Monday 9 March; what is promised on Thursday lies ahead of it.
TEST(Extension, OfAnOverdueDossierIsNotIntoThePast) {
  const calendar::Calendar& calendar = National().calendar();
  Dossier dossier = Registered(WorkingDays(5));
  ASSERT_TRUE(Accept(dossier, At(Day(2026, 3, 2), 9), calendar).ok());
  const absl::Time now = At(Day(2026, 3, 12), 9);
  for (const absl::CivilDay day : {Day(2026, 3, 10), Day(2026, 3, 11)}) {
    const absl::Status refused = ExtendDueDate(dossier, now, day, calendar);
    ASSERT_TRUE(error::ReasonOf(refused).has_value()) << refused;
    EXPECT_EQ(error::ReasonOf(refused)->reason, "EXTENSION_NOT_LATER");
  }
  EXPECT_EQ(dossier.extensions, 0);
  EXPECT_EQ(dossier.due_time, At(Day(2026, 3, 9), 17));
  EXPECT_TRUE(ExtendDueDate(dossier, now, Day(2026, 3, 13), calendar).ok());
}

// Whatever is promised meanwhile, lateness is told by the date that there would be without it.
RC_GTEST_PROP(Extension, DuringAPauseLetsTheFirstDateBe, ()) {
  const calendar::Calendar& calendar = National().calendar();
  Dossier dossier = Away();
  Dossier plain = dossier;
  absl::Time now = At(Day(2026, 3, 4), 9);
  absl::CivilDay extended;
  for (int extensions = *rc::gen::inRange(1, 4); extensions > 0; --extensions) {
    now += absl::Minutes(*rc::gen::inRange(0, 10 * 24 * 60));
    ExtendFrom(dossier, now, VietnamDay(now));
    extended = VietnamDay(now);
  }
  const absl::CivilDay promised = VietnamDay(*dossier.due_time);
  now += absl::Minutes(*rc::gen::inRange(0, 30 * 24 * 60));
  RC_ASSERT(Forward(dossier, now, dossier.body, std::nullopt, calendar).ok());
  RC_ASSERT(Forward(plain, now, plain.body, std::nullopt, calendar).ok());
  RC_ASSERT(dossier.first_due_time == plain.due_time);
  // Counted day by day from the extension on.
  const absl::Duration minute = now - At(VietnamDay(now), 0);
  const absl::CivilDay counts =
      OracleCountsOn(VietnamDay(now), static_cast<int>(absl::ToInt64Minutes(minute)), 17 * 60);
  int stood_still = 0;
  for (absl::CivilDay day = extended + 1; day <= counts; ++day) {
    if (National().Works(day)) ++stood_still;
  }
  RC_ASSERT(dossier.due_time == At(OracleAfter(promised, stood_still), 17));
}

// Three working days from Tuesday 2 February 2027 end on the 5th while Tết is proposed; the day
// that is promised instead is certain.
TEST(Extension, BeyondUndecidedDaysLeavesTheFirstDateProvisional) {
  const calendar::Calendar& calendar = National().calendar();
  Dossier dossier = Registered(WorkingDays(3));
  ASSERT_TRUE(Accept(dossier, At(Day(2027, 2, 2), 9), calendar).ok());
  ASSERT_TRUE(dossier.due_provisional);
  ASSERT_TRUE(ExtendDueDate(dossier, At(Day(2027, 2, 3), 9), Day(2027, 3, 1), calendar).ok());
  EXPECT_TRUE(dossier.due_provisional);
  const auto recount =
      DueAfterMoves(calendar, dossier.term,
                    {{ClockMove::Kind::kStarted, At(Day(2027, 2, 2), 9)},
                     {ClockMove::Kind::kExtended, At(Day(2027, 2, 3), 9), At(Day(2027, 3, 1), 17)}},
                    kProvince);
  ASSERT_TRUE(recount.ok()) << recount.status();
  EXPECT_TRUE(recount->due.provisional);
}

// The pause moves the first date from the 3rd, which is certain, on to a day that is proposed as a
// day off; the date that was promised rests on no such day.
TEST(Extension, IsProvisionalWhereTheFirstDateBecomesSo) {
  const calendar::Calendar& calendar = National().calendar();
  Dossier dossier = Registered(WorkingDays(1));
  ASSERT_TRUE(Accept(dossier, At(Day(2027, 2, 1), 9), calendar).ok());
  ASSERT_TRUE(ExtendDueDate(dossier, At(Day(2027, 2, 1), 10), Day(2027, 3, 1), calendar).ok());
  ASSERT_TRUE(RequestPayment(dossier, At(Day(2027, 2, 1), 11), 1, std::nullopt).ok());
  EXPECT_FALSE(dossier.due_provisional);
  Payment paid;
  paid.paid_vnd = 1;
  ASSERT_TRUE(ConfirmPayment(dossier, At(Day(2027, 2, 3), 9), paid, calendar).ok());
  EXPECT_EQ(dossier.first_due_time, At(Day(2027, 2, 4), 17));
  EXPECT_EQ(dossier.due_time, At(Day(2027, 3, 3), 17));
  EXPECT_TRUE(dossier.due_provisional);
}

TEST(Answer, IsAwaitedForAYearAtMost) {
  const absl::Time now = At(Day(2026, 11, 2), 9);
  Dossier dossier;
  dossier.state = DossierState::kReceived;
  const absl::Time last = now + absl::Hours(24) * kAnswerDaysMax;
  for (const auto& refused : {RequestSupplement(dossier, now, last + absl::Microseconds(1)),
                              RequestPayment(dossier, now, 1, last + absl::Microseconds(1))}) {
    ASSERT_TRUE(error::ReasonOf(refused).has_value()) << refused;
    EXPECT_EQ(error::ReasonOf(refused)->reason, "ANSWER_DATE_TOO_FAR");
  }
  EXPECT_FALSE(dossier.pause_time.has_value());
  ASSERT_TRUE(RequestSupplement(dossier, now, last).ok());
  EXPECT_EQ(dossier.answer_by, last);
}

// Another agency is awaited like an applicant; each that gets it has a date of its own, and the
// clock stands still all the while.
TEST(Answer, IsAwaitedOfAnotherAgencyToo) {
  const calendar::Calendar& calendar = National().calendar();
  Dossier dossier = Away();
  const absl::Time sent = At(Day(2026, 3, 4), 9);
  EXPECT_EQ(dossier.answer_by, sent + absl::Hours(24) * kAnswerDaysDefault);
  const CompetentBody next = {"units/y", "", Level::kCommune, Line::kUnknown, "Thuế"};
  const absl::Time now = At(Day(2026, 3, 6), 9);
  const absl::Time last = now + absl::Hours(24) * kAnswerDaysMax;
  EXPECT_FALSE(Forward(dossier, now, next, now, calendar).ok());
  EXPECT_FALSE(Forward(dossier, now, next, last + absl::Seconds(1), calendar).ok());
  EXPECT_EQ(dossier.agency.unit, "units/x");
  ASSERT_TRUE(Forward(dossier, now, next, last, calendar).ok());
  EXPECT_EQ(dossier.answer_by, last);
  EXPECT_EQ(dossier.pause_time, sent);
  ASSERT_TRUE(Forward(dossier, now, dossier.body, std::nullopt, calendar).ok());
  EXPECT_FALSE(dossier.answer_by.has_value());
}

TEST(Payment, ThatIsAskedForAgainIsAddedToWhatWasPaid) {
  const calendar::Calendar& calendar = National().calendar();
  const absl::Time now = At(Day(2026, 11, 2), 9);
  Dossier dossier = Registered(WorkingDays(3));
  ASSERT_TRUE(Accept(dossier, now, calendar).ok());
  const auto pay = [&](int64_t vnd, const char* reference) {
    Payment paid;
    paid.paid_vnd = vnd;
    paid.gateway = PaymentGateway::kLocal;
    paid.reference = reference;
    return ConfirmPayment(dossier, now, paid, calendar);
  };
  ASSERT_TRUE(RequestPayment(dossier, now, 8'000, std::nullopt).ok());
  ASSERT_TRUE(pay(8'000, "BL-1").ok());
  ASSERT_TRUE(RequestPayment(dossier, now, 5'000, std::nullopt).ok());
  const Payment asked{5'000, FeeDue::kAtSupplement, 8'000, PaymentGateway::kLocal, "BL-1", 8'000};
  EXPECT_EQ(dossier.payment, asked) << "what was paid stays known";
  EXPECT_FALSE(pay(8'000, "BL-2").ok());
  ASSERT_TRUE(pay(5'000, "BL-2").ok());
  const Payment both{5'000, FeeDue::kAtSupplement, 5'000, PaymentGateway::kLocal, "BL-2", 13'000};
  EXPECT_EQ(dossier.payment, both);
}

// Neither before reception nor behind the end of processing is there a clock to stop.
TEST(Payment, AtReceptionAndAtTheResultLetsTheClockAlone) {
  const calendar::Calendar& calendar = National().calendar();
  const absl::Time monday = At(Day(2026, 11, 2), 9);
  const auto pay = [&](Dossier& dossier, absl::Time now) {
    Payment paid;
    paid.paid_vnd = 8'000;
    return ConfirmPayment(dossier, now, paid, calendar);
  };
  Dossier dossier = Registered(WorkingDays(3));
  ASSERT_TRUE(RequestPayment(dossier, monday, 8'000, std::nullopt).ok());
  EXPECT_EQ(dossier.payment.due_at, FeeDue::kAtReception);
  EXPECT_EQ(dossier.answer_by, monday + absl::Hours(24) * kAnswerDaysDefault);
  EXPECT_FALSE(Accept(dossier, monday, calendar).ok()) << "it is received when it is paid";
  ASSERT_TRUE(pay(dossier, monday + absl::Hours(1)).ok());
  EXPECT_EQ(dossier.state, DossierState::kRegistered);
  EXPECT_FALSE(dossier.answer_by.has_value());
  ASSERT_TRUE(Accept(dossier, monday + absl::Hours(2), calendar).ok());
  const absl::Time due = At(Day(2026, 11, 5), 17);
  EXPECT_EQ(dossier.due_time, due);
  ASSERT_TRUE(CompleteProcessing(dossier, monday + absl::Hours(24), "R1").ok());
  ASSERT_TRUE(RequestPayment(dossier, monday + absl::Hours(25), 8'000, std::nullopt).ok());
  EXPECT_EQ(dossier.payment.due_at, FeeDue::kAtResult);
  EXPECT_FALSE(dossier.pause_time.has_value());
  EXPECT_FALSE(IsOverdue(dossier, due + absl::Hours(24))) << "it was processed in time";
  ASSERT_TRUE(pay(dossier, due + absl::Hours(24)).ok());
  EXPECT_EQ(dossier.state, DossierState::kProcessed);
  EXPECT_EQ(dossier.due_time, due);
  EXPECT_EQ(dossier.payment.paid_total_vnd, 16'000);
}

// Three working days from Monday end on Thursday; from Tuesday to Wednesday the fee was awaited.
TEST(Payment, ThatIsTakenBackIsNotDueAndLetsTheClockGoOn) {
  const calendar::Calendar& calendar = National().calendar();
  Dossier dossier = Registered(WorkingDays(3));
  ASSERT_TRUE(Accept(dossier, At(Day(2026, 11, 2), 9), calendar).ok());
  ASSERT_TRUE(RequestPayment(dossier, At(Day(2026, 11, 3), 9), 80'000, std::nullopt).ok());
  ASSERT_TRUE(CancelPaymentRequest(dossier, At(Day(2026, 11, 4), 9), calendar).ok());
  EXPECT_EQ(dossier.state, DossierState::kInProgress);
  EXPECT_EQ(dossier.due_time, At(Day(2026, 11, 6), 17));
  EXPECT_EQ(dossier.payment, Payment());
  EXPECT_FALSE(dossier.answer_by.has_value());
  EXPECT_FALSE(CancelPaymentRequest(dossier, At(Day(2026, 11, 4), 9), calendar).ok());
}

// Five working days from Monday 2 March 2026 end on the 9th. The date is extended to the 20th; from
// Thursday the 5th to Thursday the 12th the applicant is awaited, five working days.
TEST(Moves, WhatIsAwaitedAfterAnExtensionMovesTheFirstDateToo) {
  const auto recount =
      DueAfterMoves(National().calendar(), WorkingDays(5),
                    {{ClockMove::Kind::kStarted, At(Day(2026, 3, 2), 9)},
                     {ClockMove::Kind::kExtended, At(Day(2026, 3, 4), 9), At(Day(2026, 3, 20), 17)},
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
  const auto due = DueAfterMoves(
      National().calendar(), WorkingDays(1),
      {{ClockMove::Kind::kStarted, At(Day(2026, 8, 20), 9)},
       {ClockMove::Kind::kExtended, At(Day(2026, 8, 21), 9), At(Day(2026, 8, 29), 17)}},
      kProvince);
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_EQ(due->due.time, At(Day(2026, 9, 3), 17));
  EXPECT_EQ(due->first_due, At(Day(2026, 8, 21), 17));
}

TEST(Steps, ARefusedStepLeavesTheRecordAsItWas) {
  Dossier dossier = Registered(WorkingDays(3));
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
  Dossier dossier = Registered(WorkingDays(3));
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
