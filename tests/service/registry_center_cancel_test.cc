// Planned changes of centers that are taken back, over gRPC, on both engines.
#include "common/errors.h"
#include "tests/service/registry_center_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

INSTANTIATE_TEST_SUITE_P(Cancelling, RegistryCenterTest,
                         ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

constexpr absl::CivilDay kDay(2026, 12, 15);

v1::CancelCenterChangeRequest Cancelling(const std::string& name, int version, absl::CivilDay day,
                                         const std::string& request_id) {
  v1::CancelCenterChangeRequest request;
  request.set_name(name);
  request.set_etag(absl::StrCat("\"", version, "\""));
  request.set_reason("13/QĐ-UBND");
  request.set_request_id(request_id);
  registry::SetDate(day, request.mutable_effective_date());
  return request;
}

TEST_P(RegistryCenterTest, ASuspensionThatIsTakenBackNeverComes) {
  const auto before = Center(kNorth, kDay);
  ASSERT_TRUE(before.ok());
  auto suspend = Of<v1::SuspendCenterRequest>(kNorth, 1, kDay);
  suspend.set_successor(kSouth);
  ASSERT_TRUE(server_->Call(&Stub::SuspendCenter, suspend).ok());

  auto cancel = Cancelling(kNorth, 2, kDay, NextId());
  cancel.set_validate_only(true);
  const int64_t events = server_->CountEvents();
  const auto dry = server_->Call(&Stub::CancelCenterChange, cancel);
  ASSERT_TRUE(dry.ok()) << dry.status();
  EXPECT_EQ(server_->CountEvents(), events);
  cancel.set_validate_only(false);
  const auto cancelled = server_->Call(&Stub::CancelCenterChange, cancel);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(dry->SerializeAsString(), cancelled->SerializeAsString()) << "the whole effect";
  EXPECT_EQ(server_->Call(&Stub::CancelCenterChange, cancel)->SerializeAsString(),
            cancelled->SerializeAsString())
      << "repeating the request id";
  EXPECT_EQ(server_->CountEvents(), events + 2) << "both centers";
  EXPECT_EQ(cancelled->center().state(), v1::CENTER_STATE_OPERATING);
  ASSERT_EQ(cancelled->effect().after_size(), 2);
  EXPECT_EQ(cancelled->effect().before(0).state(), v1::CENTER_STATE_SUSPENDED);
  EXPECT_THAT(Served(cancelled->effect().before(1)), ElementsAre("units/uB", "units/uN"));
  EXPECT_THAT(Served(cancelled->effect().after(1)), ElementsAre("units/uB"));
  EXPECT_THAT(database_.Run("SELECT kind FROM event WHERE version = 3 AND province_code = '48'"
                            " ORDER BY subject"),
              ElementsAre("center.change_cancelled", "center.changed"));

  server_->Await(kSouth, 3);
  auto after = Center(kNorth, kDay);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->version(), 3);
  after->set_version(before->version());
  after->set_etag(before->etag());
  EXPECT_EQ(after->SerializeAsString(), before->SerializeAsString()) << "as if nothing had been";
  Restart();
  EXPECT_THAT(Served(*Center(kSouth, kDay)), ElementsAre("units/uB"));
}

TEST_P(RegistryCenterTest, WhatCannotBeTakenBackIsRefusedByItsReason) {
  const auto refused = [&](const std::string& name, int version, absl::CivilDay day) {
    return server_->Call(&Stub::CancelCenterChange, Cancelling(name, version, day, NextId()))
        .status();
  };
  auto past = Of<v1::SuspendCenterRequest>(kNorth, 1, absl::CivilDay(2026, 11, 20));
  past.set_successor(kSouth);
  ASSERT_TRUE(server_->Call(&Stub::SuspendCenter, past).ok());
  const int64_t events = server_->CountEvents();
  EXPECT_EQ(Reason(refused(kNorth, 2, absl::CivilDay(2026, 11, 20))), "CENTER_CHANGE_IN_FORCE");
  EXPECT_EQ(Reason(refused(kNorth, 2, kDay)), "CENTER_CHANGE_NOT_FOUND");
  EXPECT_EQ(Reason(refused(kNorth, 1, kDay)), "STALE_ETAG");
  EXPECT_EQ(Reason(refused("provinces/48/centers/none", 1, kDay)), "CENTER_NOT_FOUND");
  EXPECT_EQ(server_->CountEvents(), events) << "nothing half done";

  auto resume = Of<v1::ResumeCenterRequest>(kNorth, 2, kDay);
  ASSERT_TRUE(server_->Call(&Stub::ResumeCenter, resume).ok());
  const absl::Status other = refused(kSouth, 3, kDay);
  EXPECT_EQ(other.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(other), "PLANNED_WITH_OTHER_CENTER");
  EXPECT_EQ(error::ReasonOf(other)->metadata[0].second, kNorth);
  auto again = Of<v1::CloseCenterRequest>(kNorth, 3, kDay + 10);
  again.set_successor(kSouth);
  ASSERT_TRUE(server_->Call(&Stub::CloseCenter, again).ok());
  EXPECT_EQ(Reason(refused(kNorth, 4, kDay)), "LATER_CHANGE_PLANNED");

  v1::CancelCenterChangeRequest malformed;
  malformed.set_name("provinces/48");
  const absl::Status form = server_->Call(&Stub::CancelCenterChange, malformed).status();
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(form)) fields.push_back(violation.field);
  EXPECT_THAT(fields,
              UnorderedElementsAre("name", "effective_date", "reason", "etag", "request_id"));
}

TEST_P(RegistryCenterTest, NobodyIsLeftWithoutACenterByTakingAChangeBack) {
  // The south serves both from the day on, and the north only its neighbour's unit.
  auto both = Of<v1::SetServedUnitsRequest>(kSouth, 1, kDay);
  both.add_served_units("units/uN");
  both.add_served_units("units/uB");
  ASSERT_TRUE(server_->Call(&Stub::SetServedUnits, both).ok());
  auto drop = Of<v1::SetServedUnitsRequest>(kNorth, 1, kDay);
  drop.add_served_units("units/uB");
  ASSERT_TRUE(server_->Call(&Stub::SetServedUnits, drop).ok());
  auto cancel = Cancelling(kSouth, 2, kDay, NextId());
  const absl::Status uncovered = server_->Call(&Stub::CancelCenterChange, cancel).status();
  EXPECT_EQ(Reason(uncovered), "UNITS_LEFT_UNCOVERED");
  ASSERT_EQ(error::PreconditionsOf(uncovered).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(uncovered)[0].subject, "units/uN");
  cancel.set_override_reason("ngập lụt");
  cancel.set_request_id(NextId());
  const auto overridden = server_->Call(&Stub::CancelCenterChange, cancel);
  ASSERT_TRUE(overridden.ok()) << overridden.status();
  EXPECT_THAT(overridden->effect().uncovered_units(), ElementsAre("units/uN"));
  EXPECT_EQ(overridden->center().overrides_size(), 1);
}

TEST_P(RegistryCenterTest, AConvertedCenterDoesNotGoBackWhileTheModelStands) {
  auto set = Of<v1::SetTierModelRequest>("provinces/48/tierModel", 1, kDay);
  set.set_model(v1::TIER_MODEL_SINGLE_LEVEL);
  set.set_others_become(v1::CENTER_KIND_BRANCH);
  ASSERT_TRUE(server_->Call(&Stub::SetTierModel, set).ok());
  EXPECT_EQ(
      Reason(
          server_->Call(&Stub::CancelCenterChange, Cancelling(kNorth, 2, kDay, NextId())).status()),
      "COMMUNE_CENTER_IN_SINGLE_LEVEL");
}

}  // namespace
}  // namespace twotier::registry
