// The life of centers and the tier model over gRPC, on both engines.
#include <map>
#include <thread>

#include "common/errors.h"
#include "tests/service/registry_center_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Code = absl::StatusCode;

INSTANTIATE_TEST_SUITE_P(All, RegistryCenterTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

constexpr absl::CivilDay kDay(2026, 12, 15);

TEST_P(RegistryCenterTest, ACenterLivesFromPlanToClosing) {
  auto create = NewCenter("H48.00001-2", v1::CENTER_KIND_COMMUNE, "units/uN");
  const auto planned = server_->Call(&Stub::CreateCenter, create);
  ASSERT_TRUE(planned.ok()) << planned.status();
  const std::string name = planned->center().name();
  EXPECT_EQ(name, "provinces/48/centers/H48.00001-2");
  EXPECT_EQ(planned->center().state(), v1::CENTER_STATE_PLANNED);
  EXPECT_EQ(planned->center().origin(), v1::ORIGIN_RECORDED);
  EXPECT_EQ(planned->center().display_name(), "Trung tâm Phục vụ hành chính công phường N");
  EXPECT_EQ(planned->center().organisation_id(), "H48.00001.02") << "the other one has H48.00001";
  EXPECT_TRUE(planned->center().organisation_id_provisional());
  EXPECT_THAT(Served(planned->center()), ElementsAre("units/uN"));
  EXPECT_EQ(planned->effect().before_size(), 0);
  EXPECT_EQ(planned->effect().after_size(), 1);

  auto early = Of<v1::MarkCenterReadyRequest>(name, 1, kDay);
  const absl::Status lacking = server_->Call(&Stub::MarkCenterReady, early).status();
  EXPECT_EQ(Reason(lacking), "READINESS_INCOMPLETE");
  EXPECT_EQ(error::PreconditionsOf(lacking).size(), 5u);

  const auto checklist = server_->Call(&Stub::RecordReadiness, AllReady(name, 1));
  ASSERT_TRUE(checklist.ok()) << checklist.status();
  EXPECT_THAT(checklist->missing(), IsEmpty());
  EXPECT_EQ(checklist->center().readiness_size(), 5);

  const auto ready =
      server_->Call(&Stub::MarkCenterReady, Of<v1::MarkCenterReadyRequest>(name, 2, kDay));
  ASSERT_TRUE(ready.ok()) << ready.status();
  EXPECT_EQ(ready->center().state(), v1::CENTER_STATE_READY);
  const auto opened =
      server_->Call(&Stub::OpenCenter, Of<v1::OpenCenterRequest>(name, 3, kDay + 5));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->center().state(), v1::CENTER_STATE_OPERATING);
  EXPECT_EQ(opened->center().act().number(), "12/QĐ-UBND");

  server_->Await(name, 4);
  EXPECT_EQ(Center(name, kDay - 1)->state(), v1::CENTER_STATE_PLANNED);
  EXPECT_EQ(Center(name, kDay)->state(), v1::CENTER_STATE_READY);
  EXPECT_EQ(Center(name, kDay + 5)->state(), v1::CENTER_STATE_OPERATING);
  EXPECT_EQ(Center(name, kDay - 30).status().code(), Code::kNotFound);
  Restart();
  EXPECT_EQ(Center(name, kDay + 5)->state(), v1::CENTER_STATE_OPERATING);
  EXPECT_EQ(Center(name, kDay + 5)->readiness_size(), 5);

  auto close = Of<v1::CloseCenterRequest>(name, 4, kDay + 30);
  close.set_successor(kNorth);
  const auto closed = server_->Call(&Stub::CloseCenter, close);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->center().state(), v1::CENTER_STATE_CLOSED);
  EXPECT_EQ(closed->center().successor(), kNorth);
  EXPECT_THAT(Served(closed->center()), IsEmpty());
}

TEST_P(RegistryCenterTest, ASuspensionMovesItsUnitsAndGivesThemBack) {
  auto suspend = Of<v1::SuspendCenterRequest>(kNorth, 1, kDay);
  suspend.set_successor(kSouth);
  suspend.set_validate_only(true);
  const auto dry = server_->Call(&Stub::SuspendCenter, suspend);
  ASSERT_TRUE(dry.ok()) << dry.status();
  const int64_t events = server_->CountEvents();
  suspend.set_validate_only(false);
  const auto suspended = server_->Call(&Stub::SuspendCenter, suspend);
  ASSERT_TRUE(suspended.ok()) << suspended.status();
  EXPECT_EQ(dry->SerializeAsString(), suspended->SerializeAsString()) << "the whole effect";
  EXPECT_EQ(server_->CountEvents(), events + 2) << "both centers, and nothing for the dry run";
  EXPECT_EQ(server_->Call(&Stub::SuspendCenter, suspend)->SerializeAsString(),
            suspended->SerializeAsString())
      << "repeating the request id";
  EXPECT_EQ(server_->CountEvents(), events + 2);
  ASSERT_EQ(suspended->effect().after_size(), 2);
  EXPECT_THAT(Served(suspended->effect().before(1)), ElementsAre("units/uB"));
  EXPECT_THAT(Served(suspended->effect().after(1)), ElementsAre("units/uB", "units/uN"));

  auto resume = Of<v1::ResumeCenterRequest>(kNorth, 2, kDay + 7);
  const auto resumed = server_->Call(&Stub::ResumeCenter, resume);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  server_->Await(kSouth, 3);
  EXPECT_THAT(Served(*Center(kSouth, kDay - 1)), ElementsAre("units/uB"));
  EXPECT_THAT(Served(*Center(kSouth, kDay + 6)), ElementsAre("units/uB", "units/uN"));
  EXPECT_THAT(Served(*Center(kSouth, kDay + 7)), ElementsAre("units/uB"));
  EXPECT_EQ(Center(kNorth, kDay + 7)->state(), v1::CENTER_STATE_OPERATING);
}

TEST_P(RegistryCenterTest, AnOverrideIsRecordedAndCountedAndShowsInTheCoverage) {
  auto suspend = Of<v1::SuspendCenterRequest>(kNorth, 1, absl::CivilDay(2026, 11, 20));
  EXPECT_EQ(Reason(server_->Call(&Stub::SuspendCenter, suspend).status()),
            "SUCCESSOR_CENTER_MISSING");
  EXPECT_EQ(server_->Gauge("twotier_registry_center_overrides", "48"), 0);
  suspend.set_override_reason("ngập lụt");
  suspend.set_request_id(NextId());
  const auto suspended = server_->Call(&Stub::SuspendCenter, suspend);
  ASSERT_TRUE(suspended.ok()) << suspended.status();
  EXPECT_THAT(suspended->effect().uncovered_units(), ElementsAre("units/uN"));
  ASSERT_EQ(suspended->center().overrides_size(), 2);
  EXPECT_EQ(suspended->center().overrides(0).rule(), "SUCCESSOR_CENTER_MISSING");
  EXPECT_EQ(suspended->center().overrides(1).rule(), "UNITS_LEFT_UNCOVERED");
  EXPECT_EQ(suspended->center().overrides(1).reason(), "ngập lụt");
  server_->Await(kNorth, 2);
  EXPECT_EQ(server_->Gauge("twotier_registry_center_overrides", "48"), 2);
  EXPECT_EQ(server_->Gauge("twotier_registry_communes_uncovered"), 1);
  const auto coverage = server_->Call(&Stub::GetCoverage, v1::GetCoverageRequest());
  ASSERT_TRUE(coverage.ok());
  EXPECT_THAT(coverage->coverage().uncovered_units(), ElementsAre("units/uN"));
  EXPECT_EQ(coverage->coverage().province_coverage(1).communes_covered(), 1);
  Restart();
  EXPECT_EQ(Center(kNorth, kDay)->overrides_size(), 2);
}

TEST_P(RegistryCenterTest, ServedUnitsAreManyToManyAndDated) {
  auto both = Of<v1::SetServedUnitsRequest>(kSouth, 1, kDay);
  both.add_served_units("units/uN");
  both.add_served_units("units/uB");
  const auto set = server_->Call(&Stub::SetServedUnits, both);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(Served(set->center()), ElementsAre("units/uB", "units/uN"));
  server_->Await(kSouth, 2);
  v1::ListCentersRequest serving;
  serving.set_served_unit("units/uN");
  registry::SetDate(kDay, serving.mutable_as_of());
  EXPECT_EQ(server_->Call(&Stub::ListCenters, serving)->centers_size(), 2);
  registry::SetDate(kDay - 1, serving.mutable_as_of());
  EXPECT_EQ(server_->Call(&Stub::ListCenters, serving)->centers_size(), 1);

  auto update = Of<v1::UpdateCenterRequest>(kSouth, 2, kDay);
  update.mutable_center()->set_organisation_id("013.05.50.H15");
  update.mutable_center()->set_display_name("Trung tâm B");
  update.mutable_update_mask()->add_paths("organisation_id");
  update.mutable_update_mask()->add_paths("display_name");
  const auto updated = server_->Call(&Stub::UpdateCenter, update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->center().organisation_id(), "H15.50.05.013");
  EXPECT_EQ(updated->center().organisation_id_older_form(), "013.05.50.H15");
  EXPECT_FALSE(updated->center().organisation_id_provisional());
  EXPECT_EQ(updated->effect().before(0).display_name(), "Trung tâm Phục vụ hành chính công xã B");
}

TEST_P(RegistryCenterTest, GoingSingleLevelClosesOrConvertsEveryCommuneCenter) {
  auto set = Of<v1::SetTierModelRequest>("provinces/48/tierModel", 1, kDay);
  set.set_model(v1::TIER_MODEL_SINGLE_LEVEL);
  const absl::Status refused = server_->Call(&Stub::SetTierModel, set).status();
  EXPECT_EQ(Reason(refused), "COMMUNE_CENTERS_OPERATE");
  EXPECT_EQ(error::PreconditionsOf(refused).size(), 2u);

  v1::SiteConversion* site = set.add_conversions();
  site->set_center(kSouth);
  site->set_successor(kNorth);
  set.set_others_become(v1::CENTER_KIND_BRANCH);
  set.set_request_id(NextId());
  const auto changed = server_->Call(&Stub::SetTierModel, set);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->tier_model().model(), v1::TIER_MODEL_SINGLE_LEVEL);
  EXPECT_EQ(changed->tier_model().origin(), v1::ORIGIN_RECORDED);
  ASSERT_EQ(changed->effect().after_size(), 2);
  EXPECT_EQ(changed->effect().after(0).kind(), v1::CENTER_KIND_BRANCH);
  EXPECT_EQ(changed->effect().after(0).parent(), kProvincial);
  EXPECT_EQ(changed->effect().after(0).display_name(),
            "Chi nhánh Trung tâm Phục vụ hành chính công tại phường N");
  EXPECT_THAT(Served(changed->effect().after(0)), ElementsAre("units/uB", "units/uN"));
  EXPECT_EQ(changed->effect().after(1).state(), v1::CENTER_STATE_CLOSED);

  server_->Await("provinces/48/tierModel", 2);
  v1::GetCoverageRequest coverage;
  registry::SetDate(kDay, coverage.mutable_as_of());
  EXPECT_EQ(
      server_->Call(&Stub::GetCoverage, coverage)->coverage().single_level_provinces_covered(), 2);
  registry::SetDate(kDay - 1, coverage.mutable_as_of());
  EXPECT_EQ(server_->Call(&Stub::GetCoverage, coverage)->coverage().two_level_provinces_covered(),
            1);

  auto commune = NewCenter("H48.9", v1::CENTER_KIND_COMMUNE, "units/uN");
  EXPECT_EQ(Reason(server_->Call(&Stub::CreateCenter, commune).status()),
            "COMMUNE_CENTER_IN_SINGLE_LEVEL")
      << "it would run on into the single-level model";
  auto again = Of<v1::SetTierModelRequest>("provinces/48/tierModel", 2, kDay + 1);
  again.set_model(v1::TIER_MODEL_SINGLE_LEVEL);
  EXPECT_EQ(Reason(server_->Call(&Stub::SetTierModel, again).status()), "TIER_MODEL_IN_FORCE");
}

TEST_P(RegistryCenterTest, AnImportDoesNotUndoWhatACallChanged) {
  auto set = Of<v1::SetTierModelRequest>("provinces/48/tierModel", 1, kDay);
  set.set_model(v1::TIER_MODEL_SINGLE_LEVEL);
  set.set_others_become(v1::CENTER_KIND_RECEPTION_POINT);
  ASSERT_TRUE(server_->Call(&Stub::SetTierModel, set).ok());
  testing::Files files = TwoProvinces();
  absl::StrReplaceAll({{"Phường N,N", "Phường Nam,Nam"}}, &files["communes.csv"]);
  const auto imported = server_->Call(&Stub::ImportUnits, ImportOf(files, 2));
  ASSERT_TRUE(imported.ok()) << imported.status();
  std::map<std::string, v1::ImportDifference> by_kind;
  for (const v1::ImportDifference& difference : imported->differences()) {
    by_kind[difference.kind()] = difference;
  }
  EXPECT_EQ(by_kind["center"].kept(), 2);
  EXPECT_EQ(by_kind["center"].changed(), 0);
  EXPECT_EQ(by_kind["tier_model"].kept(), 1);
  EXPECT_EQ(by_kind["unit"].changed(), 1);
  server_->Await("units/uN", 2);
  EXPECT_EQ(Center(kNorth, kDay)->kind(), v1::CENTER_KIND_RECEPTION_POINT);
}

TEST_P(RegistryCenterTest, AChangeIsOneGroupOfTheFeed) {
  grpc::ClientContext context;
  RegistryServer::Identify(context);
  const auto reader = server_->stub().WatchChanges(&context, {});
  v1::WatchChangesResponse message;
  while (reader->Read(&message) && !message.has_snapshot_end()) {
  }
  auto suspend = Of<v1::SuspendCenterRequest>(kNorth, 1, kDay);
  suspend.set_successor(kSouth);
  ASSERT_TRUE(server_->Call(&Stub::SuspendCenter, suspend).ok());
  while (reader->Read(&message) && !message.has_group()) {
  }
  ASSERT_EQ(message.group().changes_size(), 2);
  EXPECT_EQ(message.group().changes(0).subject(), kNorth);
  EXPECT_EQ(message.group().changes(0).kind(), "center.suspended");
  EXPECT_EQ(message.group().changes(0).center().versions_size(), 2);
  EXPECT_EQ(message.group().changes(1).subject(), kSouth);
  EXPECT_EQ(message.group().changes(1).kind(), "center.changed");
  context.TryCancel();
  reader->Finish();
}

// Two centers that name each other: each decision rests on the other center, so that only the first
// one may hold.
TEST_P(RegistryCenterTest, TwoCentersCannotSuspendInFavourOfEachOther) {
  auto north = Of<v1::SuspendCenterRequest>(kNorth, 1, kDay);
  north.set_successor(kSouth);
  auto south = Of<v1::SuspendCenterRequest>(kSouth, 1, kDay);
  south.set_successor(kNorth);
  absl::Status north_status;
  std::thread other([&] { north_status = server_->Call(&Stub::SuspendCenter, north).status(); });
  const absl::Status south_status = server_->Call(&Stub::SuspendCenter, south).status();
  other.join();
  EXPECT_NE(north_status.ok(), south_status.ok()) << north_status << south_status;
  const absl::Status& lost = north_status.ok() ? south_status : north_status;
  EXPECT_EQ(Reason(lost), "STALE_ETAG") << "the successor was changed by the first one";
}

}  // namespace
}  // namespace twotier::registry
