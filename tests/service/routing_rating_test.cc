// What the applicant says of a dossier, and the system that owns its status.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/service/routing_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using Stub = v1::RoutingService::Stub;

constexpr char kSystem[] = "provinces/48/informationSystems/case-handling";

class RoutingRatingTest : public RoutingTest {
 protected:
  absl::StatusOr<v1::Dossier> Rate(const v1::Dossier& dossier, v1::Satisfaction satisfaction,
                                   bool validate_only = false) {
    v1::RateDossierRequest request;
    request.set_satisfaction(satisfaction);
    request.set_validate_only(validate_only);
    return TakeStep(&Stub::RateDossier, server_, dossier, request);
  }

  absl::StatusOr<v1::Dossier> Stored(const std::string& name) {
    v1::GetDossierRequest request;
    request.set_name(name);
    const auto response = Invoke(&Stub::GetDossier, server_.stub(), request);
    if (!response.ok()) return response.status();
    return response->dossier();
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingRatingTest);

TEST_P(RoutingRatingTest, IsGivenAfterTheResultAndReplacedInSight) {
  const auto processed = Complete(server_, *Accept(server_, *Submit(server_, Submission())));
  ASSERT_TRUE(processed.ok()) << processed.status();
  const absl::Status early = Rate(*processed, v1::SATISFACTION_SATISFIED).status();
  EXPECT_EQ(ReasonOf(early), "TRANSITION_NOT_ALLOWED");
  EXPECT_EQ(MetadataOf(early, "allowed"), "RequestPayment,ReturnResult");

  const auto returned = Return(server_, *processed);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->satisfaction(), v1::SATISFACTION_UNSPECIFIED);
  const auto tried = Rate(*returned, v1::SATISFACTION_NEUTRAL, /*validate_only=*/true);
  ASSERT_TRUE(tried.ok()) << tried.status();
  EXPECT_EQ(tried->satisfaction(), v1::SATISFACTION_NEUTRAL);
  EXPECT_EQ(Stored(returned->name())->version(), returned->version());

  const auto first = Rate(*returned, v1::SATISFACTION_VERY_DISSATISFIED);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->state(), v1::DOSSIER_STATE_RETURNED);
  EXPECT_EQ(ReasonOf(Rate(*returned, v1::SATISFACTION_NEUTRAL).status()), "STALE_ETAG");
  const auto second = Rate(*first, v1::SATISFACTION_SATISFIED);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(Stored(returned->name())->satisfaction(), v1::SATISFACTION_SATISFIED);

  std::vector<int> said;
  for (const v1::TimelineEntry& entry : Timeline(server_, returned->name())) {
    v1::DossierEventBody body;
    ASSERT_TRUE(body.ParseFromString(entry.body()));
    if (entry.kind() == "dossier.rated") said.push_back(body.satisfaction());
  }
  EXPECT_THAT(said, ElementsAre(v1::SATISFACTION_VERY_DISSATISFIED, v1::SATISFACTION_SATISFIED));
}

TEST_P(RoutingRatingTest, IsOneOfTheLevels) {
  const auto returned =
      Return(server_, *Complete(server_, *Accept(server_, *Submit(server_, Submission()))));
  ASSERT_TRUE(returned.ok()) << returned.status();
  for (const int level : {0, 6}) {
    const absl::Status status = Rate(*returned, static_cast<v1::Satisfaction>(level)).status();
    EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST") << level << ": " << status;
  }
}

TEST_P(RoutingRatingTest, TheOwningSystemIsOfTheProvinceAndStandsInTheFirstEntry) {
  auto request = Submission();
  request.set_owning_system("provinces/01/informationSystems/case-handling");
  const absl::Status elsewhere = Submit(server_, request).status();
  ASSERT_EQ(ReasonOf(elsewhere), "MALFORMED_REQUEST") << elsewhere;
  EXPECT_EQ(error::FieldViolationsOf(elsewhere)[0].field, "owning_system");

  request = Submission();
  EXPECT_EQ(Submit(server_, request)->owning_system(), "");
  request = Submission();
  request.set_owning_system(kSystem);
  const auto dossier = Submit(server_, request);
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(Stored(dossier->name())->owning_system(), kSystem);
  v1::DossierEventBody body;
  ASSERT_TRUE(body.ParseFromString(Timeline(server_, dossier->name())[0].body()));
  EXPECT_EQ(body.owning_system(), kSystem);
}

TEST_P(RoutingRatingTest, TheCenterThatReceivesReturnsTheResultUnlessAnotherOneIsNamed) {
  const auto refused = [&](const std::string& center) {
    auto request = Submission();
    request.set_return_center(center);
    return Submit(server_, request).status();
  };
  const absl::Status elsewhere = refused(kHaNoiCenter);
  ASSERT_EQ(ReasonOf(elsewhere), "MALFORMED_REQUEST") << elsewhere;
  EXPECT_EQ(error::FieldViolationsOf(elsewhere)[0].field, "return_center");
  EXPECT_EQ(ReasonOf(refused("provinces/48/centers/nowhere")), "CENTER_NOT_FOUND");
  EXPECT_EQ(ReasonOf(refused(kSuspendedCenter)), "CENTER_NOT_ACCEPTING");

  EXPECT_EQ(Submit(server_, Submission())->return_center(), kCenter);
  EXPECT_EQ(Submit(server_, Submission(kResidence, kProvincialCenter))->return_center(),
            kProvincialCenter);
  auto request = Submission();
  request.set_return_center(kOtherCenter);
  const auto dossier = Submit(server_, request);
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(dossier->center(), kCenter);
  EXPECT_EQ(Stored(dossier->name())->return_center(), kOtherCenter);
  v1::DossierEventBody body;
  ASSERT_TRUE(body.ParseFromString(Timeline(server_, dossier->name())[0].body()));
  EXPECT_EQ(body.return_center(), kOtherCenter);
  testing_support::ExpectSound(verify::VerifyDossiers(database_.url()));
}

TEST_P(RoutingRatingTest, ADossierTellsOfItsAccountAndOfWhoHelped) {
  auto request = Submission();
  request.set_support_center("provinces/01/centers/H26");
  const absl::Status elsewhere = Submit(server_, request).status();
  ASSERT_EQ(ReasonOf(elsewhere), "MALFORMED_REQUEST") << elsewhere;
  EXPECT_EQ(error::FieldViolationsOf(elsewhere)[0].field, "support_center");
  request = Submission();
  request.set_support_center("provinces/48/centers/nowhere");
  EXPECT_EQ(ReasonOf(Submit(server_, request).status()), "CENTER_NOT_FOUND");

  request = Submission();
  request.mutable_applicant()->set_account_verified(true);
  request.set_support_center(kOtherCenter);
  const auto dossier = Submit(server_, request);
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  const auto stored = Stored(dossier->name());
  EXPECT_TRUE(stored->account_verified());
  EXPECT_EQ(stored->support_center(), kOtherCenter);
  EXPECT_EQ(stored->center(), request.center());
  v1::DossierEventBody body;
  ASSERT_TRUE(body.ParseFromString(Timeline(server_, dossier->name())[0].body()));
  EXPECT_TRUE(body.account_verified());
  EXPECT_EQ(body.support_center(), kOtherCenter);
}

}  // namespace
}  // namespace twotier::routing::testing
