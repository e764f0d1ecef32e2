// The life of a center, and what no change of centers may break.

#include "services/registry/domain/center_life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "services/registry/domain/tier_change.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::CivilDay kBegin(2025, 7, 1);
constexpr absl::CivilDay kDay(2026, 12, 1);

ChangeTerms On(absl::CivilDay day, const std::string& override_reason = "") {
  return {day, "12/QĐ-UBND", override_reason};
}

std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

CenterHistory Center(const std::string& id, CenterKind kind, const std::string& unit,
                     const std::string& parent = "") {
  CenterVersion version;
  version.valid = {kBegin, kNoEnd};
  version.kind = kind;
  version.state = CenterState::kOperating;
  version.unit_id = unit;
  version.parent_id = parent;
  version.served_unit_ids = {unit};
  version.organisation_id = id;
  CenterHistory center;
  center.province_code = "48";
  center.id = id;
  center.version = 1;
  center.versions = {version};
  return center;
}

// Province uP with communes u1, u2, u3; a provincial center and one in each commune.
Province Small() {
  Province province;
  province.code = "48";
  province.units = {
      {"uP", Tier::kProvince, UnitType::kProvince, "48", "Tỉnh P", "48", {kBegin, kNoEnd}}};
  province.centers = {Center("H48", CenterKind::kProvincial, "uP")};
  for (const std::string n : {"1", "2", "3"}) {
    province.units.push_back({absl::StrCat("u", n),
                              Tier::kCommune,
                              UnitType::kCommune,
                              absl::StrCat("0000", n),
                              absl::StrCat("Xã ", n),
                              "48",
                              {kBegin, kNoEnd}});
    province.centers.push_back(
        Center(absl::StrCat("H48.", n), CenterKind::kCommune, absl::StrCat("u", n)));
  }
  TierModelRow model;
  model.province_code = "48";
  model.model = TierModel::kTwoLevel;
  model.commune_site = CenterKind::kCommune;
  model.valid = {kBegin, kNoEnd};
  province.models = {"48", 1, {model}};
  return province;
}

const CenterVersion& At(const Province& province, const std::string& id, absl::CivilDay day) {
  return *VersionOn(*FindCenter(province, id), day);
}

TEST(TakeCenterStepTest, ASuccessorServesFromTheDateOnAndGivesBack) {
  Province province = Small();
  ASSERT_TRUE(TakeCenterStep(province, "H48.1", CenterStep::kSuspend, "H48.2", On(kDay)).ok());
  EXPECT_EQ(At(province, "H48.1", kDay - 1).state, CenterState::kOperating);
  EXPECT_EQ(At(province, "H48.1", kDay).state, CenterState::kSuspended);
  EXPECT_EQ(At(province, "H48.1", kDay).successor_id, "H48.2");
  EXPECT_THAT(At(province, "H48.2", kDay - 1).served_unit_ids, ElementsAre("u2"));
  EXPECT_THAT(At(province, "H48.2", kDay).served_unit_ids, ElementsAre("u1", "u2"));

  ASSERT_TRUE(TakeCenterStep(province, "H48.1", CenterStep::kResume, "", On(kDay + 10)).ok());
  EXPECT_EQ(At(province, "H48.1", kDay + 10).state, CenterState::kOperating);
  EXPECT_EQ(At(province, "H48.1", kDay + 10).successor_id, "");
  EXPECT_THAT(At(province, "H48.2", kDay + 9).served_unit_ids, ElementsAre("u1", "u2"));
  EXPECT_THAT(At(province, "H48.2", kDay + 10).served_unit_ids, ElementsAre("u2"));
}

TEST(TakeCenterStepTest, WhatASuccessorServedBeforeStaysWithIt) {
  Province province = Small();
  ASSERT_TRUE(ServeUnits(province, "H48.2", {"u2", "u1"}, On(kBegin + 5)).ok());
  ASSERT_TRUE(TakeCenterStep(province, "H48.1", CenterStep::kSuspend, "H48.2", On(kDay)).ok());
  ASSERT_TRUE(TakeCenterStep(province, "H48.1", CenterStep::kResume, "", On(kDay + 1)).ok());
  EXPECT_THAT(At(province, "H48.2", kDay + 1).served_unit_ids, ElementsAre("u1", "u2"));
}

// What the center was to serve after a change of units that is planned already.
TEST(TakeCenterStepTest, ASuccessorFollowsWhatIsPlannedForTheCenter) {
  Province province = Small();
  CenterHistory& center = *FindCenter(province, "H48.1");
  center.versions.push_back(center.versions.front());
  center.versions.front().valid.end = kDay + 20;
  center.versions.back().valid.first = kDay + 20;
  center.versions.back().served_unit_ids = {"u9"};
  ASSERT_TRUE(TakeCenterStep(province, "H48.1", CenterStep::kSuspend, "H48.2", On(kDay)).ok());
  EXPECT_THAT(At(province, "H48.2", kDay + 19).served_unit_ids, ElementsAre("u1", "u2"));
  EXPECT_THAT(At(province, "H48.2", kDay + 20).served_unit_ids, ElementsAre("u2", "u9"));
  ASSERT_TRUE(TakeCenterStep(province, "H48.1", CenterStep::kResume, "", On(kDay + 10)).ok());
  EXPECT_THAT(At(province, "H48.2", kDay + 9).served_unit_ids, ElementsAre("u1", "u2"));
  EXPECT_THAT(At(province, "H48.2", kDay + 10).served_unit_ids, ElementsAre("u2"));
  EXPECT_THAT(At(province, "H48.2", kDay + 20).served_unit_ids, ElementsAre("u2"));
}

TEST(TakeCenterStepTest, ATransitionThatIsNotAllowedNamesThoseThatAre) {
  Province province = Small();
  const absl::Status status = TakeCenterStep(province, "H48.1", CenterStep::kOpen, "", On(kDay));
  EXPECT_EQ(ReasonOf(status), "TRANSITION_NOT_ALLOWED");
  EXPECT_EQ(error::ReasonOf(status)->metadata[0].second, "operating");
  EXPECT_EQ(error::ReasonOf(status)->metadata[1].second, "suspend,close");
  EXPECT_EQ(error::PreconditionsOf(status).size(), 1u);
}

TEST(TakeCenterStepTest, ASuccessorMustOperateAndBeAnother) {
  for (const std::string successor : {"", "H48.1", "H48.9"}) {
    Province province = Small();
    EXPECT_EQ(ReasonOf(TakeCenterStep(province, "H48.1", CenterStep::kClose, successor, On(kDay))),
              "SUCCESSOR_CENTER_MISSING")
        << successor;
  }
  Province province = Small();
  ASSERT_TRUE(TakeCenterStep(province, "H48.2", CenterStep::kSuspend, "H48.3", On(kDay + 30)).ok());
  EXPECT_EQ(ReasonOf(TakeCenterStep(province, "H48.1", CenterStep::kClose, "H48.2", On(kDay))),
            "SUCCESSOR_CENTER_MISSING")
      << "it stops later";
}

TEST(TakeCenterStepTest, AnOverrideIsRecorded) {
  const Province before = Small();
  Province after = before;
  const ChangeTerms terms = On(kDay, "flood");
  ASSERT_TRUE(TakeCenterStep(after, "H48.1", CenterStep::kSuspend, "", terms).ok());
  ASSERT_TRUE(RequireCoverage(before, after, "H48.1", terms).ok());
  EXPECT_THAT(FindCenter(after, "H48.1")->overrides,
              ElementsAre(CenterOverride{"SUCCESSOR_CENTER_MISSING", "flood", kDay},
                          CenterOverride{"UNITS_LEFT_UNCOVERED", "flood", kDay}));
  EXPECT_THAT(NewlyUncovered(before, after, kDay), ElementsAre("u1"));
}

TEST(MissingReadinessTest, BranchesNeedNoSealAndNoAccountOfTheirOwn) {
  CenterHistory center = Center("H48.1", CenterKind::kCommune, "u1");
  EXPECT_EQ(MissingReadiness(center, CenterKind::kCommune, kDay).size(), 5u);
  EXPECT_EQ(MissingReadiness(center, CenterKind::kBranch, kDay).size(), 3u);
  RecordReadiness(center,
                  {{ReadinessItem::kSeal, kDay, ""}, {ReadinessItem::kStaffInPost, kDay + 1, ""}});
  EXPECT_EQ(MissingReadiness(center, CenterKind::kCommune, kDay).size(), 4u) << "staff come later";
  RecordReadiness(center, {{ReadinessItem::kSeal, std::nullopt, ""}});
  EXPECT_EQ(center.readiness.size(), 1u);
}

TEST(ChangeTierModelTest, ConvertsWhatItDoesNotClose) {
  Province province = Small();
  TierChange change;
  change.model = TierModel::kSingleLevel;
  EXPECT_EQ(ReasonOf(ChangeTierModel(province, change, On(kDay))), "COMMUNE_CENTERS_OPERATE");

  province = Small();
  change.others_become = CenterKind::kReceptionPoint;
  change.sites = {{"H48.1", CenterKind::kBranch, ""}, {"H48.2", CenterKind::kUnspecified, "H48.1"}};
  ASSERT_TRUE(ChangeTierModel(province, change, On(kDay)).ok());
  EXPECT_EQ(At(province, "H48.1", kDay).kind, CenterKind::kBranch);
  EXPECT_EQ(At(province, "H48.1", kDay).parent_id, "H48");
  EXPECT_THAT(At(province, "H48.1", kDay).served_unit_ids, ElementsAre("u1", "u2"));
  EXPECT_EQ(At(province, "H48.2", kDay).state, CenterState::kClosed);
  EXPECT_EQ(At(province, "H48.3", kDay).kind, CenterKind::kReceptionPoint);
  EXPECT_EQ(At(province, "H48.3", kDay - 1).kind, CenterKind::kCommune);
  EXPECT_EQ(ModelOn(province.models, kDay)->model, TierModel::kSingleLevel);
  EXPECT_EQ(ModelOn(province.models, kDay - 1)->model, TierModel::kTwoLevel);
}

// Whatever is asked, in whatever order: without an override no commune that a center served loses
// its last one, and versions neither overlap nor leave a gap.
RC_GTEST_PROP(CenterLifePropertyTest, NoCommuneLosesItsLastCenter, ()) {
  Province province = Small();
  const std::vector<std::string> ids = {"H48", "H48.1", "H48.2", "H48.3"};
  const std::vector<std::string> units = {"u1", "u2", "u3"};
  const int changes = *rc::gen::inRange(1, 12);
  for (int i = 0; i < changes; ++i) {
    Province after = province;
    const std::string id = *rc::gen::elementOf(ids);
    const ChangeTerms terms = On(kBegin + *rc::gen::inRange(0, 40));
    absl::Status status;
    if (*rc::gen::arbitrary<bool>()) {
      const auto step =
          *rc::gen::element(CenterStep::kSuspend, CenterStep::kResume, CenterStep::kClose);
      status = TakeCenterStep(after, id, step, *rc::gen::elementOf(ids), terms);
    } else {
      const auto served = *rc::gen::nonEmpty(
          rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(units)));
      status = ServeUnits(after, id, served, terms);
    }
    status.Update(RequireCoverage(province, after, id, terms));
    if (status.ok()) province = after;
  }
  for (int day = 0; day < 60; ++day) {
    std::vector<std::string> uncovered = units;
    for (const CenterHistory& center : province.centers) {
      const CenterVersion* version = VersionOn(center, kBegin + day);
      RC_ASSERT(version != nullptr);
      if (version->state != CenterState::kOperating) continue;
      for (const std::string& unit : version->served_unit_ids) std::erase(uncovered, unit);
    }
    RC_ASSERT(uncovered.empty());
  }
  for (const CenterHistory& center : province.centers) {
    for (size_t v = 1; v < center.versions.size(); ++v) {
      RC_ASSERT(center.versions[v].valid.first == center.versions[v - 1].valid.end);
    }
  }
}

}  // namespace
}  // namespace twotier::registry
