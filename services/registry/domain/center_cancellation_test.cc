// Planned changes of centers that are taken back, and suspensions that end across a merger.
#include "services/registry/domain/center_cancellation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/errors.h"
#include "services/registry/domain/country_testing.h"
#include "services/registry/domain/tier_change.h"

namespace twotier::registry {
namespace {

using testing::Country;
using ::testing::ElementsAre;
using testing::Founded;
using testing::From;
using testing::kDay;
using testing::kToday;
using testing::Moved;
using testing::Renamed;

std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

std::string MetadataOf(const absl::Status& status) {
  return error::ReasonOf(status)->metadata.at(0).second;
}

// u1 and u2 become N.
ChangeEvent Merge(Country& country, const std::string& id = "e1") {
  return country.Apply({"u1", "u2"}, {Founded("N", "00010")}, {From("u1", "N"), From("u2", "N")},
                       id);
}

void Amend(Country& country, const std::string& id, const CenterAmendment& amendment,
           absl::CivilDay day) {
  Province province = country.province("48");
  const absl::Status amended = AmendCenter(province, id, amendment, {day, "6/QĐ", ""});
  ASSERT_TRUE(amended.ok()) << amended;
  country.Put(province);
}

TEST(ResumeTest, ASuccessorKeepsWhatItsOwnUnitsHaveBecomeSince) {
  Country country;
  ASSERT_TRUE(country.Step("C1", CenterStep::kSuspend, "C2", kDay - 10).ok());
  Merge(country);
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("N"));
  ASSERT_TRUE(country.Step("C1", CenterStep::kResume, "", kDay + 10).ok());
  EXPECT_THAT(country.Served("C1", kDay + 10), ElementsAre("N"));
  EXPECT_THAT(country.Served("C2", kDay + 10), ElementsAre("N")) << "N is what u2 became too";
}

TEST(ResumeTest, AnEarlierSuspensionSaysNothingOfWhatTheSuccessorHadBeforeThisOne) {
  Country country;
  ASSERT_TRUE(country.Step("C1", CenterStep::kSuspend, "C2", kToday - 60).ok());
  ASSERT_TRUE(country.Step("C1", CenterStep::kResume, "", kToday - 50).ok());
  Province province = country.province("48");
  ASSERT_TRUE(ServeUnits(province, "C2", {"u1", "u2"}, {kToday - 40, "6/QĐ", ""}).ok());
  country.Put(province);
  ASSERT_TRUE(country.Step("C1", CenterStep::kSuspend, "C2", kToday - 30).ok());
  ASSERT_TRUE(country.Step("C1", CenterStep::kResume, "", kToday - 20).ok());
  EXPECT_THAT(country.Served("C2", kToday - 20), ElementsAre("u1", "u2"));
}

TEST(CancelCenterChangeTest, EveryChangeLeavesNothingBehind) {
  const auto amend = [](Country& country) {
    CenterAmendment amendment;
    amendment.display_name = "Trung tâm mới";
    amendment.unit_id = "u2";
    amendment.organisation_id = "H48.7";
    Amend(country, "C1", amendment, kDay);
  };
  const auto serve = [](Country& country) {
    Province province = country.province("48");
    ASSERT_TRUE(ServeUnits(province, "C1", {"u1", "u3"}, {kDay, "6/QĐ", ""}).ok());
    country.Put(province);
  };
  const auto suspend = [](Country& country) {
    ASSERT_TRUE(country.Step("C1", CenterStep::kSuspend, "C2", kDay).ok());
  };
  const auto close = [](Country& country) { country.Close("C1", "C2", kDay); };
  for (const auto& change :
       std::vector<std::function<void(Country&)>>{amend, serve, suspend, close}) {
    Country country;
    const std::vector<CenterHistory> before = country.centers();
    change(country);
    ASSERT_FALSE(country.Same(before));
    const absl::Status cancelled = country.CancelChange("C1", kDay);
    EXPECT_TRUE(cancelled.ok()) << cancelled;
    EXPECT_TRUE(country.Same(before));
  }
}

TEST(CancelCenterChangeTest, AfterACancelledResumptionTheSuccessorAndItsOwnSuccessorGoOn) {
  Country country;
  ASSERT_TRUE(country.Step("C1", CenterStep::kSuspend, "C2", kToday - 10).ok());
  ASSERT_TRUE(country.Step("C1", CenterStep::kResume, "", kDay).ok());
  country.Close("C2", "C3", kDay + 5);
  EXPECT_THAT(country.Served("C3", kDay + 5), ElementsAre("u2", "u3"));
  ASSERT_TRUE(country.CancelChange("C1", kDay).ok());
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("u1", "u2"));
  EXPECT_THAT(country.Served("C3", kDay + 5), ElementsAre("u1", "u2", "u3"));
}

TEST(CancelCenterChangeTest, ACenterThatDoesNotCloseGoesThroughTheChangesOfUnitsThatFollow) {
  Country country;
  country.Close("C1", "C2", kDay - 10);
  Merge(country);
  EXPECT_THAT(country.Served("C2", kDay - 10), ElementsAre("u1", "u2"));
  ASSERT_TRUE(country.CancelChange("C1", kDay - 10).ok());
  EXPECT_THAT(country.Served("C1", kDay - 10), ElementsAre("u1"));
  EXPECT_THAT(country.Served("C2", kDay - 10), ElementsAre("u2"));
  EXPECT_THAT(country.Served("C1", kDay), ElementsAre("N"));
  EXPECT_EQ(VersionOn(country.center("C1"), kDay)->unit_id, "N");
}

TEST(CancelCenterChangeTest, OnTheDayOfAMergerOnlyWhatWasDecidedIsTakenBack) {
  Country country;
  Merge(country);
  const std::vector<CenterHistory> merged = country.centers();
  country.Close("C2", "C1", kDay);
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("closed"));
  EXPECT_EQ(ReasonOf(country.CancelChange("C1", kDay)), "PLANNED_WITH_OTHER_CENTER");
  ASSERT_TRUE(country.CancelChange("C2", kDay).ok());
  EXPECT_TRUE(country.Same(merged));
}

TEST(CancelCenterChangeTest, WhatASuccessorTookFromAnotherOneStays) {
  Country country;
  country.Close("C1", "C3", kDay);
  const std::vector<CenterHistory> before = country.centers();
  country.Close("C2", "C3", kDay);
  EXPECT_THAT(country.Served("C3", kDay), ElementsAre("u1", "u2", "u3"));
  ASSERT_TRUE(country.CancelChange("C2", kDay).ok());
  EXPECT_TRUE(country.Same(before));
}

TEST(CancelCenterChangeTest, WhatAClosingCenterTookOnItsLastDayGoesWithItAndComesBack) {
  Country country;
  country.Close("C1", "C4", kDay);
  const std::vector<CenterHistory> before = country.centers();
  country.Close("C4", "C2", kDay);
  EXPECT_THAT(country.Served("C2", kDay), ElementsAre("u1", "u2", "u4"));
  ASSERT_TRUE(country.CancelChange("C4", kDay).ok());
  EXPECT_TRUE(country.Same(before));
}

TEST(CancelCenterChangeTest, WhoStandsInForASuccessorTakesWhatThatWasToTakeLater) {
  Country country;
  country.Close("C4", "C1", kDay + 1);
  const std::vector<CenterHistory> before = country.centers();
  country.Close("C1", "C2", kDay);
  EXPECT_THAT(country.Served("C2", kDay + 1), ElementsAre("u1", "u2", "u4"));
  ASSERT_TRUE(country.CancelChange("C1", kDay).ok());
  EXPECT_TRUE(country.Same(before));
}

TEST(CancelCenterChangeTest, OtherDecisionsStay) {
  Country country;
  country.Close("C1", "C2", kDay);
  CenterAmendment amendment;
  amendment.display_name = "Trung tâm mới";
  Amend(country, "C2", amendment, kDay + 3);
  Amend(country, "C1", amendment, kDay + 3);
  ASSERT_TRUE(country.CancelChange("C1", kDay).ok());
  EXPECT_THAT(country.Served("C2", kDay + 3), ElementsAre("u2"));
  EXPECT_EQ(VersionOn(country.center("C2"), kDay + 3)->display_name, "Trung tâm mới");
  EXPECT_EQ(VersionOn(country.center("C1"), kDay + 3)->display_name, "Trung tâm mới");
  EXPECT_NE(VersionOn(country.center("C1"), kDay + 2)->display_name, "Trung tâm mới");
}

TEST(CancelCenterChangeTest, WhatTookEffectWasNotPlannedOrFollowsFromSomethingElseIsRefused) {
  Country country;
  ASSERT_TRUE(country.Step("C1", CenterStep::kSuspend, "C2", kToday).ok());
  EXPECT_EQ(ReasonOf(country.CancelChange("C1", kToday)), "CENTER_CHANGE_IN_FORCE");
  EXPECT_EQ(ReasonOf(country.CancelChange("C1", kDay)), "CENTER_CHANGE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(country.CancelChange("C1", testing::kBegin)), "CENTER_CHANGE_NOT_FOUND")
      << "its founding";
  EXPECT_EQ(ReasonOf(country.CancelChange("none", kDay)), "CENTER_NOT_FOUND");
  country.Apply({"u3"}, {Renamed("u3", "Xã Y")}, {From("u3", "u3")});
  const absl::Status by_law = country.CancelChange("C3", kDay);
  EXPECT_EQ(ReasonOf(by_law), "PLANNED_BY_CHANGE_EVENT");
  EXPECT_EQ(MetadataOf(by_law), "changeEvents/e1");
  country.Close("C4", "C3", kDay + 1);
  const absl::Status by_other = country.CancelChange("C3", kDay + 1);
  EXPECT_EQ(ReasonOf(by_other), "PLANNED_WITH_OTHER_CENTER");
  EXPECT_EQ(MetadataOf(by_other), "provinces/48/centers/C4");
}

TEST(CancelCenterChangeTest, ALaterDecisionOnTheSameFactIsCancelledFirst) {
  Country country;
  ASSERT_TRUE(country.Step("C1", CenterStep::kSuspend, "C2", kDay).ok());
  ASSERT_TRUE(country.Step("C1", CenterStep::kResume, "", kDay + 9).ok());
  const absl::Status later = country.CancelChange("C1", kDay);
  EXPECT_EQ(ReasonOf(later), "LATER_CHANGE_PLANNED");
  EXPECT_EQ(MetadataOf(later), "2027-01-10");
  ASSERT_TRUE(country.CancelChange("C1", kDay + 9).ok());
  EXPECT_TRUE(country.CancelChange("C1", kDay).ok());
}

TEST(CancelCenterChangeTest, WhatTheCenterCouldNotGoOnWithIsRefused) {
  Country country;
  CenterAmendment amendment;
  amendment.organisation_id = "H48.7";
  Amend(country, "C1", amendment, kDay);
  amendment.organisation_id = "C1";  // What C1 had before.
  Amend(country, "C2", amendment, kDay);
  EXPECT_EQ(ReasonOf(country.CancelChange("C1", kDay)), "ORGANISATION_ID_TAKEN");

  // A center that opens only to take over.
  Province province = country.province("48");
  NewCenter center;
  center.id = "C5";
  center.kind = CenterKind::kCommune;
  center.unit_id = "u3";
  center.organisation_id = "H48.5";
  ASSERT_TRUE(PlanCenter(province, center, {kToday, "6/QĐ", ""}).ok());
  for (const ReadinessItem item :
       MissingReadiness(province.centers[4], CenterKind::kCommune, kDay)) {
    RecordReadiness(*FindCenter(province, "C5"), {{item, kToday, ""}});
  }
  country.Add(*FindCenter(province, "C5"));
  ASSERT_TRUE(country.Step("C5", CenterStep::kMarkReady, "", kToday + 1).ok());
  ASSERT_TRUE(country.Step("C5", CenterStep::kOpen, "", kDay).ok());
  country.Close("C3", "C5", kDay + 5);
  EXPECT_EQ(ReasonOf(country.CancelChange("C5", kDay)), "SUCCESSOR_CENTER_MISSING");
}

}  // namespace
}  // namespace twotier::registry
