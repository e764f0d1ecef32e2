// What changes of units do to plans of centers, and what corrections do to what rests on a unit,
// over gRPC, on both engines.
#include "common/errors.h"
#include "tests/service/registry_change_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

INSTANTIATE_TEST_SUITE_P(Plans, RegistryChangeTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

// u1 goes to province 01.
EventOf Move(const std::string& request_id, int version = 1) {
  EventOf event(kMerger, request_id);
  event.From("units/u1", version).GoOn("units/u1").Edge("units/u1", "units/u1");
  event.target(0).set_parent("units/uH");
  return event;
}

v1::CloseCenterRequest Closing(int center, int version, int successor, absl::CivilDay day,
                               const std::string& request_id) {
  v1::CloseCenterRequest close;
  close.set_name(SiteOf(center));
  close.set_successor(SiteOf(successor));
  close.set_etag(absl::StrCat("\"", version, "\""));
  close.set_request_id(request_id);
  close.mutable_act()->set_number("5/QĐ-UBND");
  registry::SetDate(day, close.mutable_effective_date());
  return close;
}

TEST_P(RegistryChangeTest, APlanFallsWithTheCenterThatTheLawClosesAndComesBackWithIt) {
  ASSERT_TRUE(server_->Call(&Stub::CloseCenter, Closing(1, 1, 2, kMerger + 30, NextId())).ok());
  server_->Await(SiteOf(1), 2);
  const std::string planned = CenterOn(SiteOf(1), kMerger + 30)->SerializeAsString();
  EventOf event = Move(NextId());
  event.request().set_validate_only(true);
  const auto dry = Apply(event);
  ASSERT_TRUE(dry.ok()) << dry.status();
  event.request().set_validate_only(false);
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  for (const auto* answer : {&*dry, &*applied}) {
    const auto carried = std::find_if(
        answer->effect().centers().begin(), answer->effect().centers().end(),
        [](const v1::CarriedCenter& center) { return center.after().name() == SiteOf(1); });
    ASSERT_NE(carried, answer->effect().centers().end());
    EXPECT_EQ(carried->after().state(), v1::CENTER_STATE_CLOSED);
    ASSERT_EQ(carried->fallen_size(), 1);
    EXPECT_EQ(ToDay(carried->fallen(0).valid().first_date()), kMerger + 30);
    EXPECT_EQ(carried->fallen(0).successor(), SiteOf(2));
    ASSERT_EQ(answer->change_event().fallen_centers_size(), 1);
    EXPECT_EQ(answer->change_event().fallen_centers(0).name(), SiteOf(1));
  }
  const std::string name = applied->change_event().name();
  server_->Await(name, 1);
  EXPECT_EQ(CenterOn(SiteOf(1), kMerger + 30)->successor(), "");
  EXPECT_THAT(Served(*CenterOn(SiteOf(2), kMerger + 30)), ElementsAre("units/u2"));
  EXPECT_THAT(CoverageOn(kMerger + 30).uncovered_units(), IsEmpty());
  v1::GetChangeEventRequest get;
  get.set_name(name);
  EXPECT_EQ(server_->Call(&Stub::GetChangeEvent, get)->change_event().SerializeAsString(),
            applied->change_event().SerializeAsString());

  const auto cancelled = Cancel(applied->change_event());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->change_event().fallen_centers_size(), 0);
  int back = 0;
  for (const v1::CarriedCenter& center : cancelled->effect().centers())
    back += center.fallen_size();
  EXPECT_EQ(back, 1);
  server_->Await(SiteOf(1), 4);
  auto returned = CenterOn(SiteOf(1), kMerger + 30);
  ASSERT_TRUE(returned.ok());
  v1::Center before;
  ASSERT_TRUE(before.ParseFromString(planned));
  before.set_version(4);
  before.set_etag("\"4\"");
  EXPECT_EQ(returned->SerializeAsString(), before.SerializeAsString());
  SetTime(KnownAt(name, 2) - absl::Microseconds(1), get.mutable_as_known_at());
  const auto known = server_->Call(&Stub::GetChangeEvent, get);
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_EQ(known->change_event().state(), v1::CHANGE_EVENT_STATE_PENDING);
  EXPECT_EQ(known->change_event().fallen_centers_size(), 1) << "what was believed then";
}

TEST_P(RegistryChangeTest, WhatTheLawPlannedOfACenterIsCancelledWithItsEventOnly) {
  EventOf event = Move(NextId());
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  v1::CancelCenterChangeRequest cancel;
  cancel.set_name(SiteOf(1));
  cancel.set_reason("x");
  cancel.set_etag("\"2\"");
  cancel.set_request_id(NextId());
  registry::SetDate(kMerger, cancel.mutable_effective_date());
  const absl::Status refused = server_->Call(&Stub::CancelCenterChange, cancel).status();
  EXPECT_EQ(Reason(refused), "PLANNED_BY_CHANGE_EVENT");
  EXPECT_EQ(error::ReasonOf(refused)->metadata[0].second, applied->change_event().name());
}

TEST_P(RegistryChangeTest, AClosingOnTheDayOfAMergerIsTakenBackWithoutTheMerger) {
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  const std::string founded = applied->change_event().founded_units(0);
  ASSERT_TRUE(server_->Call(&Stub::CloseCenter, Closing(2, 2, 1, kMerger, NextId())).ok());
  v1::CancelCenterChangeRequest cancel;
  cancel.set_name(SiteOf(2));
  cancel.set_reason("x");
  cancel.set_etag("\"3\"");
  cancel.set_request_id(NextId());
  registry::SetDate(kMerger, cancel.mutable_effective_date());
  const auto cancelled = server_->Call(&Stub::CancelCenterChange, cancel);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->center().state(), v1::CENTER_STATE_OPERATING);
  EXPECT_THAT(Served(cancelled->center()), ElementsAre(founded));
}

v1::CorrectUnitRequest Correcting(const std::string& unit, int version,
                                  const std::string& request_id) {
  v1::CorrectUnitRequest correct;
  correct.set_name(unit);
  correct.set_reason("lỗi chính tả");
  correct.set_etag(absl::StrCat("\"", version, "\""));
  correct.set_request_id(request_id);
  return correct;
}

TEST_P(RegistryChangeTest, ACenterThatBearsTheNameOfItsUnitIsCorrectedWithItAndNoOther) {
  v1::UpdateCenterRequest rename;
  rename.set_name(SiteOf(2));
  rename.set_etag("\"1\"");
  rename.set_request_id(NextId());
  rename.mutable_act()->set_number("5/QĐ-UBND");
  rename.mutable_update_mask()->add_paths("display_name");
  rename.mutable_center()->set_display_name("Trung tâm Bến Cảng");
  registry::SetDate(absl::CivilDay(2026, 12, 1), rename.mutable_effective_date());
  ASSERT_TRUE(server_->Call(&Stub::UpdateCenter, rename).ok());
  for (const int n : {1, 2}) {
    auto correct = Correcting(absl::StrCat("units/u", n), 1, NextId());
    correct.mutable_update_mask()->add_paths("full_name");
    correct.mutable_unit()->set_full_name(absl::StrCat("Xã Y", n));
    const auto corrected = server_->Call(&Stub::CorrectUnit, correct);
    ASSERT_TRUE(corrected.ok()) << corrected.status();
    EXPECT_EQ(corrected->centers_size(), 1);
    EXPECT_EQ(corrected->centers(0).origin(),
              n == 1 ? v1::ORIGIN_DERIVED : corrected->centers(0).origin())
        << "nobody decided anything";
  }
  server_->Await(SiteOf(2), 3);
  EXPECT_EQ(CenterOn(SiteOf(1), kMerger)->display_name(),
            "Trung tâm Phục vụ hành chính công xã Y1");
  EXPECT_EQ(CenterOn(SiteOf(2), absl::CivilDay(2026, 11, 30))->display_name(),
            "Trung tâm Phục vụ hành chính công xã Y2");
  EXPECT_EQ(CenterOn(SiteOf(2), kMerger)->display_name(), "Trung tâm Bến Cảng")
      << "somebody gave it";
  v1::GetCenterRequest known;
  known.set_name(SiteOf(1));
  SetTime(KnownAt(SiteOf(1), 2) - absl::Microseconds(1), known.mutable_as_known_at());
  EXPECT_EQ(server_->Call(&Stub::GetCenter, known)->center().display_name(),
            "Trung tâm Phục vụ hành chính công xã X1");
  // The import leaves them.
  const auto imported = server_->Call(&Stub::ImportUnits, ImportOf(SixCommunes(), 2));
  ASSERT_TRUE(imported.ok()) << imported.status();
  for (const v1::ImportDifference& difference : imported->differences()) {
    EXPECT_EQ(difference.changed(), 0) << difference.kind();
  }
}

TEST_P(RegistryChangeTest, EdgesOfARecordedEventSayWhatBecameKnownOfThem) {
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  const std::string name = applied->change_event().name();
  const std::string founded = applied->change_event().founded_units(0);
  server_->Await(name, 1);
  auto correct = Correcting("units/u4", 2, NextId());
  registry::SetDate(kMerger - 1, correct.mutable_as_of());
  for (const auto& [target, ppm] :
       {std::pair{founded, 100'000}, {std::string("units/u5"), 900'000}}) {
    v1::StepCorrection* step = correct.add_steps();
    step->set_target(target);
    step->set_population_ppm(ppm);
    registry::SetDate(kMerger, step->mutable_effective_date());
  }
  server_->clock().Advance(absl::Hours(1));
  const auto corrected = server_->Call(&Stub::CorrectUnit, correct);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_THAT(corrected->change_events(), ElementsAre(name));
  server_->Await(name, 2);
  v1::GetChangeEventRequest get;
  get.set_name(name);
  const auto shares = [&] {
    std::vector<int> found;
    const auto got = server_->Call(&Stub::GetChangeEvent, get);
    EXPECT_TRUE(got.ok()) << got.status();
    for (const v1::Succession& edge : got->change_event().edges()) {
      if (edge.source() == "units/u4") found.push_back(edge.population_ppm());
    }
    return found;
  };
  EXPECT_THAT(shares(), ElementsAre(100'000, 900'000));
  EXPECT_EQ(Reason(Cancel(applied->change_event()).status()), "STALE_ETAG")
      << "it says something else since";
  SetTime(KnownAt(name, 2) - absl::Microseconds(1), get.mutable_as_known_at());
  EXPECT_THAT(shares(), ElementsAre(600'000, 400'000));
  v1::ChangeEvent now = applied->change_event();
  now.set_etag("\"2\"");
  ASSERT_TRUE(Cancel(now).ok());
  server_->Await(name, 3);
  get.clear_as_known_at();
  EXPECT_THAT(shares(), ElementsAre(100'000, 900'000)) << "as it was recorded last";
}

TEST_P(RegistryChangeTest, HowVersionsRelateFollowsFromWhatIsRightOfThem) {
  EventOf rename(kMerger, NextId());
  rename.From("units/u1").GoOn("units/u1").Edge("units/u1", "units/u1");
  rename.target(0).set_full_name("Xã Y");
  rename.target(0).set_short_name("Y");
  const auto applied = Apply(rename);
  ASSERT_TRUE(applied.ok()) << applied.status();
  const auto relation = [&] {
    v1::ResolveUnitsRequest request;
    request.add_queries()->set_unit("units/u1");
    registry::SetDate(kMerger - 1, request.mutable_queries(0)->mutable_from_date());
    registry::SetDate(kMerger, request.mutable_to_date());
    return server_->Call(&Stub::ResolveUnits, request)->resolutions(0).results(0).relation();
  };
  server_->Await("units/u1", 2);
  EXPECT_EQ(relation(), v1::RELATION_RENAMED);
  // It had been called Y all along, and became a ward.
  auto correct = Correcting("units/u1", 2, NextId());
  registry::SetDate(kMerger - 1, correct.mutable_as_of());
  correct.mutable_update_mask()->add_paths("full_name");
  correct.mutable_update_mask()->add_paths("short_name");
  correct.mutable_unit()->set_full_name("Xã Y");
  correct.mutable_unit()->set_short_name("Y");
  ASSERT_TRUE(server_->Call(&Stub::CorrectUnit, correct).ok());
  server_->Await("units/u1", 3);
  EXPECT_EQ(relation(), v1::RELATION_UNCHANGED);
  v1::GetChangeEventRequest get;
  get.set_name(applied->change_event().name());
  EXPECT_EQ(server_->Call(&Stub::GetChangeEvent, get)->change_event().edges(0).relation(),
            v1::RELATION_UNCHANGED);
}

}  // namespace
}  // namespace twotier::registry
