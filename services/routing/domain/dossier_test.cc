#include "services/routing/domain/dossier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <utility>

#include "common/errors.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Step kAllSteps[] = {Step::kAccept, Step::kRequestSupplement, Step::kProvideSupplement,
                              Step::kCompleteProcessing, Step::kReturnResult};

Dossier In(DossierState state, int supplement_requests = 0) {
  Dossier dossier;
  dossier.code = "H26-261102-0001";
  dossier.state = state;
  dossier.supplement_requests = supplement_requests;
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
  EXPECT_THAT(AllowedSteps(In(DossierState::kRegistered)), ElementsAre(Step::kAccept));
  EXPECT_THAT(AllowedSteps(In(DossierState::kReceived)),
              ElementsAre(Step::kRequestSupplement, Step::kCompleteProcessing));
  EXPECT_THAT(AllowedSteps(In(DossierState::kInProgress, 1)),
              ElementsAre(Step::kRequestSupplement, Step::kCompleteProcessing));
  EXPECT_THAT(AllowedSteps(In(DossierState::kInProgress, 2)),
              ElementsAre(Step::kCompleteProcessing));
  EXPECT_THAT(AllowedSteps(In(DossierState::kSupplementRequested, 1)),
              ElementsAre(Step::kProvideSupplement));
  EXPECT_THAT(AllowedSteps(In(DossierState::kProcessed)), ElementsAre(Step::kReturnResult));
  EXPECT_THAT(AllowedSteps(In(DossierState::kReturned)), IsEmpty());
  EXPECT_THAT(AllowedSteps(In(DossierState::kWithdrawn)), IsEmpty());
}

TEST(Steps, ARefusalNamesStateAndAllowedSteps) {
  const absl::Status status = CheckStep(In(DossierState::kReceived), Step::kAccept);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(error::ReasonOf(status).has_value());
  EXPECT_EQ(error::ReasonOf(status)->reason, "TRANSITION_NOT_ALLOWED");
  EXPECT_EQ(MetadataOf(status, "state"), "RECEIVED");
  EXPECT_EQ(MetadataOf(status, "allowed"), "RequestSupplement,CompleteProcessing");
}

TEST(Steps, AThirdSupplementRequestHasItsOwnReason) {
  const absl::Status status = CheckStep(In(DossierState::kInProgress, 2), Step::kRequestSupplement);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(error::ReasonOf(status).has_value());
  EXPECT_EQ(error::ReasonOf(status)->reason, "TOO_MANY_SUPPLEMENT_REQUESTS");
  EXPECT_EQ(MetadataOf(status, "allowed"), "CompleteProcessing");
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
  dossier.supplement_request_time = due - absl::Hours(1);
  EXPECT_FALSE(IsOverdue(dossier, due + absl::Hours(1000)));
  dossier.supplement_request_time = due + absl::Hours(1);
  EXPECT_TRUE(IsOverdue(dossier, due + absl::Hours(2)));
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
  EXPECT_EQ(HolderOf(In(DossierState::kProcessed)), ClockHolder::kNobody);
  EXPECT_EQ(HolderOf(In(DossierState::kReturned)), ClockHolder::kNobody);
}

// The model: a table of (state, step) -> state, written apart from the code under test.
const std::map<std::pair<int, Step>, int>& Model() {
  static const auto* const kModel = new std::map<std::pair<int, Step>, int>{
      {{1, Step::kAccept}, 2},
      {{2, Step::kRequestSupplement}, 5},
      {{4, Step::kRequestSupplement}, 5},
      {{5, Step::kProvideSupplement}, 4},
      {{2, Step::kCompleteProcessing}, 9},
      {{4, Step::kCompleteProcessing}, 9},
      {{9, Step::kReturnResult}, 10},
  };
  return *kModel;
}

RC_GTEST_PROP(Steps, FollowTheModelForAnySequence, ()) {
  const auto steps = *rc::gen::container<std::vector<Step>>(
      rc::gen::elementOf(std::vector<Step>(std::begin(kAllSteps), std::end(kAllSteps))));
  Dossier dossier = In(DossierState::kRegistered);
  int state = 1;
  int requests = 0;
  for (const Step step : steps) {
    const auto found = Model().find({state, step});
    const bool allowed =
        found != Model().end() && !(step == Step::kRequestSupplement && requests == 2);
    const absl::Status status = CheckStep(dossier, step);
    RC_ASSERT(status.ok() == allowed);
    if (!allowed) continue;
    state = found->second;
    dossier.state = StateAfter(step);
    if (step == Step::kRequestSupplement) dossier.supplement_requests = ++requests;
    RC_ASSERT(static_cast<int>(dossier.state) == state);
    // No dead end before the result is returned.
    RC_ASSERT(AllowedSteps(dossier).empty() == (state == 10));
  }
}

}  // namespace
}  // namespace twotier::routing
