// What changes of centers and tier models refuse, over gRPC, on both engines.
#include "common/errors.h"
#include "tests/service/registry_center_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;
using Code = absl::StatusCode;

INSTANTIATE_TEST_SUITE_P(Refusals, RegistryCenterTest,
                         ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

constexpr absl::CivilDay kDay(2026, 12, 15);

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

TEST_P(RegistryCenterTest, PlanningIsRefusedWhereUnitOrParentIsWrong) {
  const int64_t events = server_->CountEvents();
  const auto refused = [&](v1::CreateCenterRequest request) {
    request.set_request_id(NextId());
    return server_->Call(&Stub::CreateCenter, request).status();
  };
  EXPECT_EQ(Reason(refused(NewCenter("c", v1::CENTER_KIND_COMMUNE, "units/uA"))), "UNIT_ENDED");
  EXPECT_EQ(Reason(refused(NewCenter("c", v1::CENTER_KIND_COMMUNE, "units/uX"))),
            "UNIT_OUTSIDE_PROVINCE");
  EXPECT_EQ(Reason(refused(NewCenter("c", v1::CENTER_KIND_COMMUNE, "units/none"))),
            "UNIT_NOT_FOUND");
  const absl::Status exists = refused(NewCenter("H48.00001", v1::CENTER_KIND_COMMUNE, "units/uN"));
  EXPECT_EQ(exists.code(), Code::kAlreadyExists);
  EXPECT_EQ(Reason(exists), "CENTER_EXISTS");
  auto branch = NewCenter("c", v1::CENTER_KIND_BRANCH, "units/uN");
  EXPECT_EQ(Reason(refused(branch)), "PARENT_CENTER_MISSING");
  branch.set_parent_center("provinces/48/centers/none");
  EXPECT_EQ(Reason(refused(branch)), "PARENT_CENTER_MISSING");
  auto taken = NewCenter("c", v1::CENTER_KIND_COMMUNE, "units/uN");
  taken.set_organisation_id("H48.00002");
  EXPECT_EQ(Reason(refused(taken)), "ORGANISATION_ID_TAKEN");
  auto early = NewCenter("c", v1::CENTER_KIND_COMMUNE, "units/uN");
  registry::SetDate(absl::CivilDay(2025, 6, 29), early.mutable_effective_date());
  EXPECT_EQ(Reason(refused(early)), "DATE_BEFORE_DATA");
  auto single = NewCenter("c", v1::CENTER_KIND_COMMUNE, "units/uX");
  single.set_parent("provinces/01");
  EXPECT_EQ(Reason(refused(single)), "COMMUNE_CENTER_IN_SINGLE_LEVEL");
  EXPECT_EQ(server_->CountEvents(), events) << "nothing half done";
}

TEST_P(RegistryCenterTest, EveryMalformedFieldIsNamedAtOnce) {
  v1::CreateCenterRequest create;
  create.set_parent("provinces/48");
  create.set_center_id("a b");
  create.set_unit("uN");
  create.set_parent_center("provinces/01/centers/H01");
  create.set_organisation_id("26");
  const absl::Status status = server_->Call(&Stub::CreateCenter, create).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(Fields(status),
              IsSupersetOf({"center_id", "kind", "unit", "parent_center", "organisation_id",
                            "effective_date", "act", "request_id"}));

  auto update = Of<v1::UpdateCenterRequest>(kNorth, 1, kDay);
  update.mutable_act()->clear_number();
  update.mutable_center()->set_unit("uN");
  for (const char* path : {"state", "unit", "parent", "display_name", "organisation_id"}) {
    update.mutable_update_mask()->add_paths(path);
  }
  EXPECT_THAT(Fields(server_->Call(&Stub::UpdateCenter, update).status()),
              UnorderedElementsAre("act.number", "update_mask", "center.unit", "center.parent",
                                   "center.display_name", "center.organisation_id"));

  auto close = Of<v1::CloseCenterRequest>(kNorth, 1, kDay);
  close.set_successor("provinces/01/centers/H01");
  EXPECT_THAT(Fields(server_->Call(&Stub::CloseCenter, close).status()), Contains("successor"));

  auto ready = AllReady(kNorth, 1);
  ready.mutable_items(1)->set_item(ready.items(0).item());
  EXPECT_THAT(Fields(server_->Call(&Stub::RecordReadiness, ready).status()),
              Contains("items[1].item"));

  auto tier = Of<v1::SetTierModelRequest>("provinces/48/tierModel", 1, kDay);
  tier.set_model(v1::TIER_MODEL_TWO_LEVEL);
  tier.set_others_become(v1::CENTER_KIND_BRANCH);
  tier.add_conversions()->set_center("provinces/01/centers/H01");
  tier.mutable_conversions(0)->set_becomes(v1::CENTER_KIND_PROVINCIAL);
  EXPECT_THAT(
      Fields(server_->Call(&Stub::SetTierModel, tier).status()),
      UnorderedElementsAre("others_become", "conversions[0].center", "conversions[0].becomes"));
}

TEST_P(RegistryCenterTest, AChangeThatMeetsALaterOneIsRefused) {
  auto later = Of<v1::SuspendCenterRequest>(kNorth, 1, kDay + 30);
  later.set_successor(kSouth);
  ASSERT_TRUE(server_->Call(&Stub::SuspendCenter, later).ok());
  auto sooner = Of<v1::CloseCenterRequest>(kNorth, 2, kDay);
  sooner.set_successor(kSouth);
  const absl::Status status = server_->Call(&Stub::CloseCenter, sooner).status();
  EXPECT_EQ(Reason(status), "LATER_CHANGE_PLANNED");
  EXPECT_EQ(error::ReasonOf(status)->metadata[0].second, "2027-01-14");
}

TEST_P(RegistryCenterTest, StepsAreRefusedOutOfTurnStaleOrOnNothing) {
  const absl::Status open =
      server_->Call(&Stub::OpenCenter, Of<v1::OpenCenterRequest>(kNorth, 1, kDay)).status();
  EXPECT_EQ(Reason(open), "TRANSITION_NOT_ALLOWED");
  const auto violations = error::PreconditionsOf(open);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].subject, kNorth);
  EXPECT_THAT(violations[0].description, ::testing::HasSubstr("allowed: suspend,close"));
  EXPECT_EQ(
      Reason(server_->Call(&Stub::OpenCenter, Of<v1::OpenCenterRequest>(kNorth, 7, kDay)).status()),
      "STALE_ETAG");
  EXPECT_EQ(Reason(server_
                       ->Call(&Stub::OpenCenter,
                              Of<v1::OpenCenterRequest>("provinces/48/centers/none", 1, kDay))
                       .status()),
            "CENTER_NOT_FOUND");
  EXPECT_EQ(Reason(server_
                       ->Call(&Stub::OpenCenter,
                              Of<v1::OpenCenterRequest>(kNorth, 1, absl::CivilDay(2025, 6, 29)))
                       .status()),
            "DATE_BEFORE_DATA");
}

TEST_P(RegistryCenterTest, UnitsKeepACenterAndBranchesTheirParent) {
  auto drop = Of<v1::SetServedUnitsRequest>(kNorth, 1, kDay);
  drop.add_served_units("units/uB");
  const absl::Status uncovered = server_->Call(&Stub::SetServedUnits, drop).status();
  EXPECT_EQ(Reason(uncovered), "UNITS_LEFT_UNCOVERED");
  EXPECT_THAT(error::PreconditionsOf(uncovered),
              Contains(Field(&error::PreconditionViolation::subject, "units/uN")));
  auto elsewhere = Of<v1::SetServedUnitsRequest>(kNorth, 1, kDay);
  elsewhere.add_served_units("units/uX");
  EXPECT_EQ(Reason(server_->Call(&Stub::SetServedUnits, elsewhere).status()),
            "UNIT_OUTSIDE_PROVINCE");

  auto branch = NewCenter("H48.00001-2", v1::CENTER_KIND_BRANCH, "units/uN");
  branch.set_parent_center(kNorth);
  ASSERT_TRUE(server_->Call(&Stub::CreateCenter, branch).ok());
  auto close = Of<v1::CloseCenterRequest>(kNorth, 1, kDay);
  close.set_successor(kSouth);
  const absl::Status orphan = server_->Call(&Stub::CloseCenter, close).status();
  EXPECT_EQ(Reason(orphan), "PARENT_CENTER_MISSING");
  EXPECT_THAT(error::PreconditionsOf(orphan), Contains(Field(&error::PreconditionViolation::subject,
                                                             "provinces/48/centers/H48.00001-2")));
}

TEST_P(RegistryCenterTest, TierModelsOfNowhereAndStaleOnesAreRefused) {
  auto nowhere = Of<v1::SetTierModelRequest>("provinces/99/tierModel", 0, kDay);
  nowhere.set_model(v1::TIER_MODEL_TWO_LEVEL);
  EXPECT_EQ(Reason(server_->Call(&Stub::SetTierModel, nowhere).status()), "UNIT_NOT_FOUND");
  auto stale = Of<v1::SetTierModelRequest>("provinces/48/tierModel", 3, kDay);
  stale.set_model(v1::TIER_MODEL_SINGLE_LEVEL);
  EXPECT_EQ(Reason(server_->Call(&Stub::SetTierModel, stale).status()), "STALE_ETAG");
}

}  // namespace
}  // namespace twotier::registry
