#include "services/routing/domain/dossier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <vector>

#include "common/errors.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Dossier In(DossierState state, int supplement_requests = 0) {
  Dossier dossier;
  dossier.code = "H26-261102-0001";
  dossier.state = state;
  dossier.supplement_requests = supplement_requests;
  return dossier;
}

Dossier Unpaid(FeeDue due_at) {
  Dossier dossier = In(DossierState::kPaymentRequested);
  dossier.payment.due_at = due_at;
  return dossier;
}

std::string MetadataOf(const absl::Status& status, absl::string_view key) {
  const auto reason = error::ReasonOf(status);
  if (!reason) return "no reason";
  for (const auto& [name, value] : reason->metadata) {
    if (name == key) return value;
  }
  return "absent";
}

TEST(Steps, AreAllowedByState) {
  EXPECT_THAT(AllowedSteps(In(DossierState::kRegistered)),
              ElementsAre(Step::kAccept, Step::kRefuse, Step::kRequestPayment, Step::kWithdraw));
  EXPECT_THAT(
      AllowedSteps(In(DossierState::kInProgress, 2)),
      ElementsAre(Step::kAssign, Step::kForward, Step::kRequestPayment, Step::kExtendDueDate,
                  Step::kCompleteProcessing, Step::kWithdraw, Step::kStop));
  EXPECT_THAT(AllowedSteps(In(DossierState::kSupplementRequested, 1)),
              ElementsAre(Step::kProvideSupplement, Step::kWithdraw, Step::kStop));
  EXPECT_THAT(AllowedSteps(In(DossierState::kProcessed)),
              ElementsAre(Step::kRequestPayment, Step::kReturnResult));
  EXPECT_THAT(AllowedSteps(In(DossierState::kReturned)), ElementsAre(Step::kRate));
  for (const DossierState end :
       {DossierState::kWithdrawn, DossierState::kStopped, DossierState::kNotReceived}) {
    EXPECT_THAT(AllowedSteps(In(end)), IsEmpty());
  }
}

TEST(Steps, WhatWaitsForItsFeeEndsAsWhatItWasBefore) {
  EXPECT_THAT(AllowedSteps(Unpaid(FeeDue::kAtReception)),
              ElementsAre(Step::kRefuse, Step::kConfirmPayment, Step::kCancelPaymentRequest,
                          Step::kWithdraw));
  EXPECT_THAT(AllowedSteps(Unpaid(FeeDue::kAtSupplement)),
              ElementsAre(Step::kConfirmPayment, Step::kCancelPaymentRequest, Step::kWithdraw,
                          Step::kStop));
  EXPECT_THAT(AllowedSteps(Unpaid(FeeDue::kAtResult)),
              ElementsAre(Step::kConfirmPayment, Step::kCancelPaymentRequest));
}

TEST(Steps, WhatAnotherAgencyHasComesBackFirst) {
  Dossier dossier = In(DossierState::kInProgress);
  dossier.agency.unit = "units/p";
  EXPECT_THAT(AllowedSteps(dossier),
              ElementsAre(Step::kForward, Step::kExtendDueDate, Step::kWithdraw));
  EXPECT_EQ(HolderOf(dossier), ClockHolder::kOtherAgency);
}

TEST(Steps, ARefusalNamesStateAndAllowedSteps) {
  const absl::Status status = CheckStep(In(DossierState::kProcessed), Step::kAccept);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(error::ReasonOf(status).has_value());
  EXPECT_EQ(error::ReasonOf(status)->reason, "TRANSITION_NOT_ALLOWED");
  EXPECT_EQ(MetadataOf(status, "state"), "PROCESSED");
  EXPECT_EQ(MetadataOf(status, "allowed"), "RequestPayment,ReturnResult");
}

// Its timeline is read as a whole; whatever may come again would make it longer without end.
TEST(Steps, AFullTimelineIsOnlyBroughtToItsEnd) {
  Dossier dossier = In(DossierState::kInProgress);
  dossier.version = kRepeatedStepsEntriesMax - 1;
  EXPECT_EQ(CheckStep(dossier, Step::kAssign), absl::OkStatus());
  dossier.version = kRepeatedStepsEntriesMax;
  const absl::Status status = CheckStep(dossier, Step::kAssign);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(error::ReasonOf(status).has_value());
  EXPECT_EQ(error::ReasonOf(status)->reason, "TIMELINE_FULL");
  EXPECT_EQ(MetadataOf(status, "entries"), "900");
  EXPECT_THAT(AllowedSteps(dossier),
              ElementsAre(Step::kRequestSupplement, Step::kCompleteProcessing, Step::kWithdraw,
                          Step::kStop));
  dossier.agency.unit = "units/p";
  EXPECT_THAT(AllowedSteps(dossier), ElementsAre(Step::kForward, Step::kWithdraw));
  dossier = In(DossierState::kReturned);
  dossier.version = kRepeatedStepsEntriesMax;
  EXPECT_THAT(AllowedSteps(dossier), IsEmpty());
}

TEST(Steps, AThirdSupplementRequestHasItsOwnReason) {
  const absl::Status status = CheckStep(In(DossierState::kInProgress, 2), Step::kRequestSupplement);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(error::ReasonOf(status).has_value());
  EXPECT_EQ(error::ReasonOf(status)->reason, "TOO_MANY_SUPPLEMENT_REQUESTS");
}

TEST(Overdue, ComparesTheInstantThatCounts) {
  const absl::Time due = absl::FromUnixSeconds(1'000'000);
  Dossier dossier = In(DossierState::kReceived);
  EXPECT_FALSE(IsOverdue(dossier, due + absl::Hours(1))) << "nothing is due before acceptance";
  dossier.due_time = due;
  EXPECT_FALSE(IsOverdue(dossier, due)) << "at the due time it is still on time";
  EXPECT_TRUE(IsOverdue(dossier, due + absl::Microseconds(1)));

  Dossier processed = dossier;
  processed.state = DossierState::kProcessed;
  processed.process_time = due;
  EXPECT_FALSE(IsOverdue(processed, due + absl::Hours(1000)));
  processed.process_time = due + absl::Seconds(1);
  EXPECT_TRUE(IsOverdue(processed, due)) << "processed late is late for ever";
}

TEST(Overdue, WaitingForTheApplicantIsNotTheAuthoritysDelay) {
  const absl::Time due = absl::FromUnixSeconds(1'000'000);
  Dossier dossier = In(DossierState::kSupplementRequested, 1);
  dossier.due_time = due;
  dossier.pause_time = due - absl::Hours(1);
  EXPECT_FALSE(IsOverdue(dossier, due + absl::Hours(1000)));
  dossier.pause_time = due + absl::Hours(1);
  EXPECT_TRUE(IsOverdue(dossier, due + absl::Hours(2)));
}

TEST(Overdue, AnEndCountsWhenItCame) {
  const absl::Time due = absl::FromUnixSeconds(1'000'000);
  Dossier dossier = In(DossierState::kStopped);
  dossier.due_time = due;
  dossier.end_time = due;
  EXPECT_FALSE(IsOverdue(dossier, due + absl::Hours(1)));
  dossier.end_time = due + absl::Hours(1);
  EXPECT_TRUE(IsOverdue(dossier, due + absl::Hours(1)));
}

TEST(Overdue, MoreThanOneSupplementRequestCountsAsOverdue) {
  Dossier dossier = In(DossierState::kSupplementRequested, 2);
  dossier.due_time = absl::FromUnixSeconds(1'000'000);
  EXPECT_TRUE(IsOverdue(dossier, absl::FromUnixSeconds(0)));
}

TEST(ClockHolder, IsKnownInEveryState) {
  EXPECT_EQ(HolderOf(In(DossierState::kRegistered)), ClockHolder::kNobody);
  EXPECT_EQ(HolderOf(In(DossierState::kReceived)), ClockHolder::kAuthority);
  EXPECT_EQ(HolderOf(In(DossierState::kInProgress)), ClockHolder::kAuthority);
  EXPECT_EQ(HolderOf(In(DossierState::kSupplementRequested)), ClockHolder::kApplicant);
  EXPECT_EQ(HolderOf(Unpaid(FeeDue::kAtReception)), ClockHolder::kNobody) << "it has not begun";
  EXPECT_EQ(HolderOf(Unpaid(FeeDue::kAtSupplement)), ClockHolder::kApplicant);
  EXPECT_EQ(HolderOf(Unpaid(FeeDue::kAtResult)), ClockHolder::kNobody) << "it is over";
  EXPECT_EQ(HolderOf(In(DossierState::kProcessed)), ClockHolder::kNobody);
  EXPECT_EQ(HolderOf(In(DossierState::kReturned)), ClockHolder::kNobody);
}

TEST(StepUnanswered, StopsForTheApplicantTakesBackFromAnAgencyAndLeavesOtherSystemsAlone) {
  Dossier away = In(DossierState::kInProgress);
  EXPECT_EQ(StepUnanswered(away), std::nullopt) << "nobody is asked";
  away.agency.unit = "units/p";
  EXPECT_EQ(StepUnanswered(away), Step::kForward);
  EXPECT_EQ(StepUnanswered(In(DossierState::kSupplementRequested)), Step::kStop);
  EXPECT_EQ(StepUnanswered(Unpaid(FeeDue::kAtReception)), Step::kRefuse);
  EXPECT_EQ(StepUnanswered(Unpaid(FeeDue::kAtSupplement)), Step::kStop);
  EXPECT_EQ(StepUnanswered(Unpaid(FeeDue::kAtResult)), Step::kCancelPaymentRequest);
  for (Dossier owned : {away, Unpaid(FeeDue::kAtSupplement), Unpaid(FeeDue::kAtResult)}) {
    owned.owning_system = "provinces/48/informationSystems/s";
    EXPECT_EQ(StepUnanswered(owned), std::nullopt);
  }
}

// The model: for each state what each step leads to, written apart from the code under test. 0: not
// allowed. With another agency a dossier is in state 4; `stood` is the state in which a fee was
// asked for.
int ModelAfter(int state, int stood, bool away, Step step) {
  const bool worked = state == 2 || state == 4;
  const bool unpaid = state == 6;
  const bool at_reception = unpaid && stood == 1;
  const bool at_result = unpaid && stood == 9;
  const bool waits = state == 5 || (unpaid && !at_reception && !at_result);
  const bool here = worked && !away;
  switch (step) {
    case Step::kAccept:
      return state == 1 ? 2 : 0;
    case Step::kRefuse:
      return state == 1 || at_reception ? 3 : 0;
    case Step::kAssign:
      return here ? 4 : 0;
    case Step::kForward:
      return worked ? 4 : 0;
    case Step::kRequestSupplement:
      return here ? 5 : 0;
    case Step::kProvideSupplement:
      return state == 5 ? 4 : 0;
    case Step::kRequestPayment:
      return here || state == 1 || state == 9 ? 6 : 0;
    case Step::kConfirmPayment:
    case Step::kCancelPaymentRequest:
      if (!unpaid) return 0;
      return at_reception || at_result ? stood : 4;
    case Step::kExtendDueDate:
      return worked ? state : 0;
    case Step::kCompleteProcessing:
      return here ? 9 : 0;
    case Step::kReturnResult:
      return state == 9 ? 10 : 0;
    case Step::kWithdraw:
      return state == 1 || at_reception || worked || waits ? 7 : 0;
    case Step::kStop:
      return here || waits ? 8 : 0;
    case Step::kRate:
      return state == 10 ? 10 : 0;
  }
  return 0;
}

// Where the model leads when nobody answers; 0: nobody is awaited.
int ModelAfterSilence(int state, int stood, bool away) {
  if (state == 6 && stood == 1) return 3;
  if (state == 6 && stood == 9) return 9;
  if (state == 5 || state == 6) return 8;
  return away ? 4 : 0;
}

// Steps of persons, and in between the time of an answer passes.
RC_GTEST_PROP(Steps, FollowTheModelForAnySequence, ()) {
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, kSteps + 1));
  Dossier dossier = In(DossierState::kRegistered);
  int state = 1;
  int stood = 0;
  bool away = false;
  int requests = 0;
  for (const int number : steps) {
    const std::optional<Step> unanswered = StepUnanswered(dossier);
    const int after_silence = ModelAfterSilence(state, stood, away);
    RC_ASSERT(unanswered.has_value() == (after_silence != 0));
    const bool silence = number == kSteps;
    if (silence && !unanswered) continue;
    const Step step = silence ? *unanswered : static_cast<Step>(number);
    const int after = silence ? after_silence : ModelAfter(state, stood, away, step);
    const bool allowed = after != 0 && !(step == Step::kRequestSupplement && requests == 2);
    RC_ASSERT(CheckStep(dossier, step).ok() == allowed);
    if (!allowed) continue;
    dossier.state = StateAfter(dossier, step);
    if (step == Step::kRequestPayment) {
      stood = state;
      dossier.payment.due_at = state == 1   ? FeeDue::kAtReception
                               : state == 9 ? FeeDue::kAtResult
                                            : FeeDue::kAtSupplement;
    }
    state = after;
    if (step == Step::kRequestSupplement) dossier.supplement_requests = ++requests;
    if (step == Step::kForward || state == 7) away = step == Step::kForward && !away;
    dossier.agency.unit = away ? "units/p" : "";
    RC_ASSERT(static_cast<int>(dossier.state) == state);
    // No dead end but the ends without a result.
    const bool ended = state == 3 || state == 7 || state == 8;
    RC_ASSERT(AllowedSteps(dossier).empty() == ended);
  }
}

}  // namespace
}  // namespace twotier::routing
