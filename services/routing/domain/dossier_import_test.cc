#include "services/routing/domain/dossier_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "common/calendar/testing.h"
#include "common/clock.h"
#include "services/routing/domain/dossier_steps.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time At(int month, int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), VietnamTimeZone());
}

const absl::Time kNow = At(11, 20, 9);

const calendar::Calendar& Published() {
  static const auto* const calendar =
      new std::shared_ptr<const calendar::Calendar>(*calendar::Calendar::Build(
          calendar::PublishedEntriesForTest(), {.first_year = 2025, .last_year = 2027}));
  return **calendar;
}

// Five working days.
Dossier Untold() {
  Dossier dossier;
  dossier.province_code = "48";
  dossier.code = "H48.20194-261102-0001";
  dossier.term.value = 5;
  dossier.term.unit = TermUnit::kWorkingDay;
  dossier.version = 1;
  return dossier;
}

// Received on Monday 2 November 2026: due on Monday the 9th.
ImportedLife Received() {
  ImportedLife life;
  life.submit_time = At(11, 1, 20);
  life.accept_time = At(11, 2, 9);
  return life;
}

ClockPause Pause(PauseKind kind, absl::Time start, std::optional<absl::Time> end = std::nullopt) {
  ClockPause pause;
  pause.kind = kind;
  pause.start = start;
  pause.end = end;
  if (kind == PauseKind::kOtherAgency) {
    pause.agency.unit = "units/p";
    pause.agency.title = "Sở Tư pháp";
  }
  if (kind == PauseKind::kPayment) pause.payment.due_vnd = 8'000;
  return pause;
}

Dossier Lived(const ImportedLife& life) {
  EXPECT_THAT(ProblemsOf(life, kNow), IsEmpty());
  Dossier dossier = Untold();
  EXPECT_EQ(Live(dossier, life, kNow, Published()), absl::OkStatus());
  return dossier;
}

PaidFee Fee(FeeDue due_at, absl::Time time, int64_t paid_vnd = 5'000) {
  return {due_at, time, paid_vnd, PaymentGateway::kLocal, "BL-1"};
}

// Beside one that stopped the clock from Wednesday to Friday.
TEST(ImportedLife, FeesThatStoppedNoClockCountAndMoveNothing) {
  ImportedLife life = Received();
  life.fees = {Fee(FeeDue::kAtReception, At(11, 1, 21))};
  EXPECT_EQ(Lived(life).due_time, At(11, 9, 17));
  life.accept_time.reset();
  EXPECT_EQ(Lived(life).payment.due_at, FeeDue::kAtReception);
  EXPECT_EQ(Lived(life).state, DossierState::kRegistered);
  life.accept_time = At(11, 2, 9);
  life.pauses = {Pause(PauseKind::kPayment, At(11, 4, 10), At(11, 6, 10))};
  EXPECT_EQ(Lived(life).payment.due_at, FeeDue::kAtSupplement);
  EXPECT_EQ(Lived(life).payment.paid_total_vnd, 13'000);
  life.process_time = At(11, 9, 9);
  life.result_id = "KQ-1";
  life.fees.push_back(Fee(FeeDue::kAtResult, At(11, 10, 9), 7'000));
  const Dossier dossier = Lived(life);
  const Payment last{7'000, FeeDue::kAtResult, 7'000, PaymentGateway::kLocal, "BL-1", 20'000};
  EXPECT_EQ(dossier.payment, last);
  EXPECT_EQ(dossier.state, DossierState::kProcessed);
  EXPECT_EQ(dossier.due_time, At(11, 11, 17));
}

TEST(ImportedLife, FeesThatCannotHaveBeenPaidSoAreNamed) {
  ImportedLife life = Received();
  life.fees = {Fee(FeeDue::kAtReception, At(11, 1, 19)), Fee(FeeDue::kAtReception, At(11, 2, 10)),
               Fee(FeeDue::kAtSupplement, At(11, 3, 9)), Fee(FeeDue::kAtResult, At(11, 3, 9), 0)};
  std::vector<std::string> fields;
  for (const auto& problem : ProblemsOf(life, kNow)) fields.push_back(problem.field);
  EXPECT_THAT(fields, ElementsAre("fees[0].pay_time", "fees[1].pay_time", "fees[2].due_at",
                                  "fees[3].pay_time", "fees[3].paid_vnd"));
}

TEST(ImportedLife, StateHolderAndDueDateFollow) {
  using enum PauseKind;
  const absl::Time asked = At(11, 4, 10), answered = At(11, 6, 10);
  const struct {
    const char* what;
    std::vector<ClockPause> pauses;
    DossierState state;
    ClockHolder holder;
    int supplements;
    absl::Time due;
  } cases[] = {
      {"received", {}, DossierState::kReceived, ClockHolder::kAuthority, 0, At(11, 9, 17)},
      {"answered",
       {Pause(kSupplement, asked, answered)},
       DossierState::kInProgress,
       ClockHolder::kAuthority,
       1,
       At(11, 11, 17)},
      {"awaited",
       {Pause(kSupplement, asked)},
       DossierState::kSupplementRequested,
       ClockHolder::kApplicant,
       1,
       At(11, 9, 17)},
      {"to be paid",
       {Pause(kSupplement, asked, answered), Pause(kPayment, At(11, 6, 11))},
       DossierState::kPaymentRequested,
       ClockHolder::kApplicant,
       1,
       At(11, 11, 17)},
      {"with another agency",
       {Pause(kOtherAgency, asked)},
       DossierState::kInProgress,
       ClockHolder::kOtherAgency,
       0,
       At(11, 9, 17)},
      {"sent back three times",
       {Pause(kSupplement, At(11, 3, 9), At(11, 3, 10)),
        Pause(kSupplement, At(11, 3, 11), At(11, 3, 12)), Pause(kSupplement, asked, answered)},
       DossierState::kInProgress,
       ClockHolder::kAuthority,
       3,
       At(11, 11, 17)},
  };
  for (const auto& one : cases) {
    ImportedLife life = Received();
    life.pauses = one.pauses;
    const Dossier dossier = Lived(life);
    EXPECT_EQ(dossier.state, one.state) << one.what;
    EXPECT_EQ(HolderOf(dossier), one.holder) << one.what;
    EXPECT_EQ(dossier.supplement_requests, one.supplements) << one.what;
    EXPECT_EQ(dossier.due_time, one.due) << one.what;
    EXPECT_EQ(dossier.answer_by.has_value(), one.holder != ClockHolder::kAuthority) << one.what;
    EXPECT_EQ(dossier.pause_time.has_value(), one.holder != ClockHolder::kAuthority) << one.what;
  }
}

TEST(ImportedLife, WhatWasNotReceivedHasNoClock) {
  ImportedLife life = Received();
  life.accept_time.reset();
  const Dossier dossier = Lived(life);
  EXPECT_EQ(dossier.state, DossierState::kRegistered);
  EXPECT_FALSE(dossier.due_time);
}

TEST(ImportedLife, AProcessedDossierWaitsForItsReturn) {
  ImportedLife life = Received();
  life.process_time = At(11, 10, 9);
  life.result_id = "KQ-1";
  const Dossier dossier = Lived(life);
  EXPECT_EQ(dossier.state, DossierState::kProcessed);
  EXPECT_TRUE(IsOverdue(dossier, kNow));
  EXPECT_EQ(dossier.result_id, "KQ-1");
}

TEST(ImportedLife, TheApplicantHasTimeFromNowUnlessToldOtherwise) {
  ImportedLife life = Received();
  life.pauses = {Pause(PauseKind::kSupplement, At(11, 4, 10))};
  EXPECT_EQ(Lived(life).answer_by, kNow + absl::Hours(24) * kAnswerDaysDefault);
  life.pauses[0].answer_by = At(11, 30, 17);
  EXPECT_EQ(Lived(life).answer_by, At(11, 30, 17));
}

std::vector<std::string> FieldsOf(const ImportedLife& life) {
  std::vector<std::string> fields;
  for (const error::FieldViolation& problem : ProblemsOf(life, kNow)) {
    fields.push_back(problem.field);
  }
  return fields;
}

// An applicant's silence has ended a dossier where it was; an agency's has not.
TEST(ImportedLife, WhatAnAgencyHasKeptBeyondItsDateIsOpen) {
  ImportedLife life = Received();
  life.pauses = {Pause(PauseKind::kOtherAgency, At(11, 4, 10))};
  life.pauses[0].answer_by = At(11, 4, 11);
  EXPECT_THAT(FieldsOf(life), IsEmpty());
  EXPECT_EQ(Lived(life).answer_by, At(11, 4, 11));
  EXPECT_EQ(HolderOf(Lived(life)), ClockHolder::kOtherAgency);
  life.pauses[0].answer_by = At(11, 4, 10);
  EXPECT_THAT(FieldsOf(life), ElementsAre("pauses[0].answer_by_time"));
}

TEST(ImportedLife, APaymentIsDueOrPaid) {
  ImportedLife life = Received();
  life.pauses = {Pause(PauseKind::kPayment, At(11, 4, 10))};
  EXPECT_EQ(Lived(life).payment.due_vnd, 8'000);
  EXPECT_EQ(Lived(life).payment.paid_vnd, std::nullopt);
  life.pauses[0].end = At(11, 5, 10);
  life.pauses[0].payment.reference = "BL-1";
  EXPECT_EQ(Lived(life).payment.paid_vnd, 8'000);
  EXPECT_EQ(Lived(life).payment.reference, "BL-1");
}

TEST(ImportedLife, NamesEverythingThatCannotHaveBeenSo) {
  using enum PauseKind;
  ImportedLife life;
  life.submit_time = kNow + absl::Seconds(1);
  life.accept_time = At(11, 2, 9);
  EXPECT_THAT(FieldsOf(life), ElementsAre("submit_time", "accept_time"));

  life = Received();
  life.accept_time.reset();
  life.assignee = "posts/p1";
  life.pauses = {Pause(kSupplement, At(11, 4, 10))};
  life.process_time = At(11, 5, 9);
  EXPECT_THAT(FieldsOf(life),
              ElementsAre("pauses[0].start_time", "result_id", "process_time", "assignee"));

  life = Received();
  life.pauses = {Pause(kSupplement, At(11, 1, 21)),
                 Pause(kSupplement, At(11, 1, 20), At(11, 1, 19)),
                 Pause(kSupplement, At(11, 19, 9), kNow + absl::Hours(1))};
  EXPECT_THAT(FieldsOf(life),
              ElementsAre("pauses[0].start_time", "pauses[0].end_time", "pauses[1].start_time",
                          "pauses[1].end_time", "pauses[2].end_time"));

  life = Received();
  life.pauses = {Pause(kSupplement, At(11, 4, 10))};
  life.pauses[0].answer_by = kNow;
  life.pauses[0].agency.unit = "units/p";
  life.pauses[0].agency.title = "Sở";
  life.pauses[0].payment.due_vnd = 1;
  life.pauses[0].payment.gateway = PaymentGateway::kLocal;
  life.pauses[0].payment.reference = "BL-1";
  life.process_time = At(11, 5, 9);
  life.result_id = "KQ-1";
  EXPECT_THAT(
      FieldsOf(life),
      ElementsAre("pauses[0].answer_by_time", "pauses[0].agency_unit", "pauses[0].agency_title",
                  "pauses[0].due_vnd", "pauses[0].gateway", "pauses[0].reference", "process_time"));

  life = Received();
  life.pauses = {Pause(kOtherAgency, At(11, 4, 10)), Pause(kPayment, At(11, 4, 10), At(11, 5, 10))};
  life.pauses[0].agency = {};
  life.pauses[0].answer_by = kNow + absl::Hours(24) * kAnswerDaysMax + absl::Seconds(1);
  life.pauses[1].answer_by = At(11, 30, 9);
  life.pauses[1].payment.due_vnd = 0;
  life.result_id = "KQ-1";
  EXPECT_THAT(FieldsOf(life),
              ElementsAre("pauses[0].end_time", "pauses[0].answer_by_time", "pauses[0].agency_unit",
                          "pauses[0].agency_title", "pauses[1].answer_by_time", "pauses[1].due_vnd",
                          "result_id"));
}

TEST(ImportedLife, ACalendarThatDoesNotReachSoFarIsSaid) {
  ImportedLife life = Received();
  life.submit_time = life.submit_time - absl::Hours(24 * 365 * 3);
  life.accept_time = *life.accept_time - absl::Hours(24 * 365 * 3);
  Dossier dossier = Untold();
  EXPECT_FALSE(Live(dossier, life, kNow, Published()).ok());
}

TEST(DueDiffers, ComparesDaysUnlessTheTermIsInHours) {
  Dossier dossier = Untold();
  EXPECT_TRUE(DueDiffers(dossier, At(11, 9, 17))) << "not received here";
  dossier.due_time = At(11, 9, 17);
  EXPECT_FALSE(DueDiffers(dossier, At(11, 9, 16, 30)));
  EXPECT_TRUE(DueDiffers(dossier, At(11, 10, 8)));
  dossier.term.unit = TermUnit::kHour;
  EXPECT_TRUE(DueDiffers(dossier, At(11, 9, 16, 30)));
}

// A dossier that lived here, step by step, and one of which the same is told, are the same.
RC_GTEST_PROP(ImportedLife, TellsWhatTheStepsHaveDone, ()) {
  Dossier here = Untold();
  here.state = DossierState::kRegistered;
  here.submit_time = At(10, 1, 8);
  ImportedLife told;
  told.submit_time = here.submit_time;
  absl::Time now = here.submit_time + absl::Hours(*rc::gen::inRange(0, 72));
  RC_ASSERT(Accept(here, now, Published()).ok());
  told.accept_time = now;
  const auto later = [&] { return now += absl::Minutes(*rc::gen::inRange(0, 72 * 60)); };
  const int pauses = *rc::gen::inRange(0, 5);
  for (int i = 0; i < pauses; ++i) {
    const auto kind = static_cast<PauseKind>(*rc::gen::inRange(1, 4));
    if (kind == PauseKind::kSupplement && here.supplement_requests == kSupplementRequestsMax) break;
    ClockPause pause = Pause(kind, later());
    const absl::Time answer_by = kNow + absl::Hours(100);
    if (kind == PauseKind::kSupplement) {
      RC_ASSERT(RequestSupplement(here, pause.start, answer_by).ok());
    } else if (kind == PauseKind::kPayment) {
      RC_ASSERT(RequestPayment(here, pause.start, 8'000, answer_by).ok());
    } else {
      RC_ASSERT(Forward(here, pause.start, pause.agency, answer_by, Published()).ok());
    }
    const bool lasts = i + 1 == pauses && *rc::gen::arbitrary<bool>();
    if (lasts) {
      pause.answer_by = answer_by;
      told.pauses.push_back(pause);
      break;
    }
    pause.end = later();
    told.pauses.push_back(pause);
    if (kind == PauseKind::kSupplement) {
      RC_ASSERT(ProvideSupplement(here, *pause.end, Published()).ok());
    } else if (kind == PauseKind::kPayment) {
      Payment paid;
      paid.paid_vnd = 8'000;
      RC_ASSERT(ConfirmPayment(here, *pause.end, paid, Published()).ok());
    } else {
      RC_ASSERT(Forward(here, *pause.end, here.body, std::nullopt, Published()).ok());
    }
  }
  RC_ASSERT(ProblemsOf(told, kNow).empty());
  Dossier there = Untold();
  RC_ASSERT(Live(there, told, kNow, Published()).ok());
  RC_ASSERT(there.state == here.state);
  RC_ASSERT(HolderOf(there) == HolderOf(here));
  RC_ASSERT(there.due_time == here.due_time);
  RC_ASSERT(there.due_provisional == here.due_provisional);
  RC_ASSERT(there.pause_time == here.pause_time);
  RC_ASSERT(there.answer_by == here.answer_by);
  RC_ASSERT(there.supplement_requests == here.supplement_requests);
  RC_ASSERT(there.agency == here.agency);
  RC_ASSERT(there.payment == here.payment);
}

}  // namespace
}  // namespace twotier::routing
