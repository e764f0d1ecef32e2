// Changes of units by law over gRPC, on both engines.
#include "common/errors.h"
#include "tests/service/registry_change_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

INSTANTIATE_TEST_SUITE_P(All, RegistryChangeTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistryChangeTest, ThreeCommunesMergeAndOneIsDividedNextMonth) {
  EventOf event = ThreeMergeAndOneIsDivided();
  event.request().set_validate_only(true);
  const int64_t events_before = server_->CountEvents();
  const auto dry = Apply(event);
  ASSERT_TRUE(dry.ok()) << dry.status();
  EXPECT_EQ(server_->CountEvents(), events_before);
  event.request().set_validate_only(false);
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(dry->effect().units_after_size(), applied->effect().units_after_size());
  EXPECT_EQ(dry->effect().centers_size(), applied->effect().centers_size());

  const v1::ChangeEvent& made = applied->change_event();
  EXPECT_THAT(made.kinds(), ElementsAre(v1::CHANGE_KIND_MERGE, v1::CHANGE_KIND_SPLIT));
  EXPECT_EQ(made.state(), v1::CHANGE_EVENT_STATE_PENDING);
  ASSERT_EQ(made.founded_units_size(), 1);
  const std::string founded = made.founded_units(0);
  EXPECT_THAT(made.ended_units(), ElementsAre("units/u1", "units/u2", "units/u3", "units/u4"));
  EXPECT_EQ(made.caretaker(), founded);
  EXPECT_EQ(applied->effect().units_before_size(), 5);
  EXPECT_EQ(applied->effect().units_after_size(), 2);
  server_->Await(made.name(), 1);

  // By date, without a restart and without anybody's doing.
  EXPECT_EQ(UnitOn(founded, kMerger - 1).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(UnitOn(founded, kMerger)->code(), "00010");
  EXPECT_EQ(UnitOn(founded, kMerger)->province_code(), "48");
  EXPECT_TRUE(UnitOn("units/u1", kMerger - 1).ok());
  EXPECT_EQ(UnitOn("units/u1", kMerger).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(UnitOn("units/u5", kMerger).ok());

  EXPECT_THAT(Resolve("units/u1", kMerger - 1, kMerger), ElementsAre(Pair(founded, 1'000'000)));
  EXPECT_THAT(Resolve("units/u4", kMerger - 1, kMerger),
              UnorderedElementsAre(Pair(founded, 600'000), Pair("units/u5", 400'000)));
  EXPECT_THAT(Resolve("units/u5", kMerger, kMerger - 1),
              UnorderedElementsAre(Pair("units/u4", 400'000), Pair("units/u5", 1'000'000)));

  // Nobody is left without a center.
  EXPECT_THAT(CoverageOn(kMerger - 1).uncovered_units(), IsEmpty());
  EXPECT_THAT(CoverageOn(kMerger).uncovered_units(), IsEmpty());
  EXPECT_EQ(CoverageOn(kMerger).communes(), 3);
  EXPECT_THAT(Served(*CenterOn(SiteOf(1), kMerger)), ElementsAre(founded));
  EXPECT_EQ(CenterOn(SiteOf(1), kMerger)->unit(), founded);
  EXPECT_THAT(Served(*CenterOn(SiteOf(1), kMerger - 1)), ElementsAre("units/u1"));
  EXPECT_THAT(Served(*CenterOn(SiteOf(4), kMerger)), UnorderedElementsAre("units/u5", founded));
  EXPECT_EQ(CenterOn(SiteOf(4), kMerger)->unit(), founded) << "the larger part of the people";
  EXPECT_EQ(CenterOn(SiteOf(5), kMerger)->version(), 1) << "not touched";
}

TEST_P(RegistryChangeTest, ThePlanListsWhatIsOpenAndTheCaretakerAnswersFromTheDayOn) {
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  const std::string name = applied->change_event().name();
  v1::ReportSuccessionRequest report;
  report.set_name(name + "/successions/routing");
  report.set_open(12);
  report.set_planned(10);
  report.add_unplanned_items("provinces/48/dossiers/H48.00001-261201-0001");
  report.set_request_id(NextId());
  const auto reported = server_->Call(&Stub::ReportSuccession, report);
  ASSERT_TRUE(reported.ok()) << reported.status();
  EXPECT_EQ(reported->report().etag(), "\"1\"");
  server_->Await(report.name(), 1);

  auto plan = Plan(name);
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->reports_size(), 2);
  EXPECT_EQ(plan->reports(0).name(), name + "/successions/registry");
  EXPECT_EQ(plan->reports(0).open(), 4);
  EXPECT_THAT(plan->reports(0).unplanned_items(),
              ElementsAre(SiteOf(1), SiteOf(2), SiteOf(3), SiteOf(4)));
  EXPECT_EQ(plan->unplanned(), 6);
  EXPECT_EQ(plan->answerable_unit(), "");

  // One of the three sites closes, the other decision stays open.
  v1::CloseCenterRequest close;
  close.set_name(SiteOf(2));
  close.set_successor(SiteOf(1));
  close.set_etag("\"2\"");
  close.set_request_id(NextId());
  close.mutable_act()->set_number("5/QĐ-UBND");
  registry::SetDate(kMerger, close.mutable_effective_date());
  const auto closed = server_->Call(&Stub::CloseCenter, close);
  ASSERT_TRUE(closed.ok()) << closed.status();
  server_->Await(SiteOf(2), 3);
  EXPECT_EQ(Plan(name)->reports(0).planned(), 2) << "the one that closes, and who takes over";

  report.set_planned(12);
  report.clear_unplanned_items();
  report.set_request_id(NextId());
  EXPECT_EQ(Reason(server_->Call(&Stub::ReportSuccession, report).status()), "STALE_ETAG");
  report.set_etag("\"1\"");
  report.set_request_id(NextId());
  ASSERT_TRUE(server_->Call(&Stub::ReportSuccession, report).ok());
  server_->Await(report.name(), 2);

  server_->clock().Advance(absl::Hours(24 * 60));
  plan = Plan(name);
  EXPECT_EQ(plan->unplanned(), 2);
  EXPECT_EQ(plan->change_event().state(), v1::CHANGE_EVENT_STATE_IN_FORCE);
  const std::string founded = applied->change_event().founded_units(0);
  EXPECT_EQ(plan->answerable_unit(), founded);

  // Once the caretaker has ended too, the unit that most of its people belong to answers.
  EventOf end(kMerger + 7, NextId());
  end.From(founded).From("units/u5", 2).GoOn("units/u5").Found("M", "00011");
  end.Edge(founded, "M", 300'000, 500'000).Edge(founded, "units/u5", 700'000, 500'000);
  end.Edge("units/u5", "units/u5").Caretaker("units/u5");
  const auto ended = Apply(end);
  ASSERT_TRUE(ended.ok()) << ended.status();
  server_->Await(ended->change_event().name(), 1);
  EXPECT_EQ(Plan(name)->answerable_unit(), "units/u5");
}

TEST_P(RegistryChangeTest, AnEventThatIsTakenBackDecidesNothingOfACenter) {
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  const std::string founded = applied->change_event().founded_units(0);
  EventOf spin_off(kMerger + 7, NextId());
  spin_off.From(founded).GoOn(founded).Found("M", "00011");
  spin_off.Edge(founded, founded).Edge(founded, "M");
  const auto second = Apply(spin_off);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE(Cancel(second->change_event()).ok());
  server_->Await(second->change_event().name(), 2);
  EXPECT_EQ(Plan(applied->change_event().name())->reports(0).planned(), 0);
}

TEST_P(RegistryChangeTest, AnEventIsNotTakenBackWhileAnotherOneRestsOnItsUnit) {
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  EventOf other(kMerger + 30, NextId());
  other.From("units/u9").Found("M", "00011").Edge("units/u9", "M");
  other.target(0).set_parent("units/uH");
  other.Caretaker(applied->change_event().founded_units(0));
  const auto resting = Apply(other);
  ASSERT_TRUE(resting.ok()) << resting.status();
  EXPECT_EQ(Reason(Cancel(applied->change_event()).status()), "LATER_CHANGE_PLANNED");
  ASSERT_TRUE(Cancel(resting->change_event()).ok());
  EXPECT_TRUE(Cancel(applied->change_event()).ok());
}

TEST_P(RegistryChangeTest, ACancelledEventLeavesNothingBehind) {
  const std::string unit_before = UnitOn("units/u4", kMerger)->SerializeAsString();
  const std::string center_before = CenterOn(SiteOf(4), kMerger)->SerializeAsString();
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  const auto cancelled = Cancel(applied->change_event());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->change_event().state(), v1::CHANGE_EVENT_STATE_CANCELLED);
  EXPECT_EQ(cancelled->effect().units_after_size(), 5);
  EXPECT_EQ(cancelled->effect().centers_size(), 4);
  const std::string founded = applied->change_event().founded_units(0);
  server_->Await(founded, 2);

  const auto same = [](auto message, const std::string& bytes) {
    auto before = message;
    before.ParseFromString(bytes);
    before.clear_version();
    before.clear_etag();
    message.clear_version();
    message.clear_etag();
    return before.SerializeAsString() == message.SerializeAsString();
  };
  EXPECT_TRUE(same(*UnitOn("units/u4", kMerger), unit_before));
  EXPECT_TRUE(same(*CenterOn(SiteOf(4), kMerger), center_before));
  EXPECT_EQ(UnitOn(founded, kMerger).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Resolve("units/u4", kMerger - 1, kMerger), ElementsAre(Pair("units/u4", 1'000'000)));
  EXPECT_EQ(Reason(Cancel(cancelled->change_event()).status()), "CHANGE_EVENT_CANCELLED");
  EXPECT_EQ(Plan(applied->change_event().name())->unplanned(), 0);

  // Its code is free again, and the same event may be planned anew.
  EventOf again(kMerger, NextId());
  again.From("units/u1", 3).From("units/u2", 3).Found("N", "00010");
  again.Edge("units/u1", "N").Edge("units/u2", "N").Caretaker("N");
  EXPECT_TRUE(Apply(again).ok());
}

TEST_P(RegistryChangeTest, AConsumerIsToldOfAFoundingThatIsTakenBack) {
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  const std::string founded = applied->change_event().founded_units(0);
  server_->Await(founded, 1);
  grpc::ClientContext context;
  RegistryServer::Identify(context);
  const auto reader = server_->stub().WatchChanges(&context, {});
  v1::WatchChangesResponse message;
  while (reader->Read(&message) && !message.has_snapshot_end()) {
  }
  ASSERT_TRUE(Cancel(applied->change_event()).ok());
  while (reader->Read(&message) && !message.has_group()) {
  }
  std::map<std::string, std::string> kinds;
  for (const v1::Resource& resource : message.group().changes()) {
    kinds[resource.subject()] = resource.kind();
    if (resource.subject() == founded) {
      EXPECT_EQ(resource.version(), 2);
      EXPECT_EQ(resource.unit().name(), founded);
      EXPECT_EQ(resource.unit().versions_size(), 0);
    }
  }
  EXPECT_THAT(kinds, Contains(Pair(founded, "unit.withdrawn")));
  EXPECT_THAT(kinds, Contains(Pair("units/u1", "unit.change_cancelled")));
  EXPECT_THAT(kinds, Contains(Pair(applied->change_event().name(), "change_event.cancelled")));
  EXPECT_THAT(kinds, Contains(Pair(SiteOf(1), "center.returned")));
  context.TryCancel();
}

TEST_P(RegistryChangeTest, AnEventInForceIsNotTakenBack) {
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  server_->clock().Advance(absl::Hours(24 * 60));
  EXPECT_EQ(Reason(Cancel(applied->change_event()).status()), "CHANGE_EVENT_IN_FORCE");
}

TEST_P(RegistryChangeTest, AUnitChangesItsTypeAndNameAndKeepsItsIdAndFigures) {
  EventOf event(kMerger, NextId());
  event.From("units/u1").GoOn("units/u1").Edge("units/u1", "units/u1");
  event.target(0).set_type(v1::UNIT_TYPE_WARD);
  event.target(0).set_full_name("Phường X1");
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_THAT(applied->change_event().kinds(), ElementsAre(v1::CHANGE_KIND_RETYPE));
  server_->Await("units/u1", 2);
  const auto after = UnitOn("units/u1", kMerger);
  EXPECT_EQ(after->full_name(), "Phường X1");
  EXPECT_EQ(after->population(), 1000);
  EXPECT_EQ(after->act().number(), "77/NQ-UBTVQH16");
  EXPECT_EQ(UnitOn("units/u1", kMerger - 1)->full_name(), "Xã X1");
  EXPECT_EQ(CenterOn(SiteOf(1), kMerger)->display_name(),
            "Trung tâm Phục vụ hành chính công phường X1");
}

TEST_P(RegistryChangeTest, ACommuneThatGoesToAnotherProvinceIsServedByItsProvincialCenter) {
  EventOf event(kMerger, NextId());
  event.From("units/u1").GoOn("units/u1").Edge("units/u1", "units/u1");
  event.target(0).set_parent("units/uH");
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_THAT(applied->change_event().kinds(), ElementsAre(v1::CHANGE_KIND_REPARENT));
  server_->Await("units/u1", 2);
  EXPECT_EQ(UnitOn("units/u1", kMerger)->province_code(), "01");
  EXPECT_EQ(CenterOn(SiteOf(1), kMerger)->state(), v1::CENTER_STATE_CLOSED);
  EXPECT_THAT(Served(*CenterOn("provinces/01/centers/H01", kMerger)),
              UnorderedElementsAre("units/uH", "units/u1"));
  EXPECT_THAT(CoverageOn(kMerger).uncovered_units(), IsEmpty());
  ASSERT_TRUE(Cancel(applied->change_event()).ok());
  server_->Await(SiteOf(1), 3);
  EXPECT_EQ(CenterOn(SiteOf(1), kMerger)->state(), v1::CENTER_STATE_OPERATING);
  EXPECT_THAT(Served(*CenterOn("provinces/01/centers/H01", kMerger)), ElementsAre("units/uH"));
}

TEST_P(RegistryChangeTest, APartIsTransferredAndBothUnitsGoOn) {
  EventOf event(kMerger, NextId());
  event.From("units/u1").From("units/u2").GoOn("units/u1").GoOn("units/u2");
  event.Edge("units/u1", "units/u1").Edge("units/u1", "units/u2").Edge("units/u2", "units/u2");
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_THAT(applied->change_event().kinds(), ElementsAre(v1::CHANGE_KIND_PARTIAL_TRANSFER));
  server_->Await("units/u1", 2);
  EXPECT_FALSE(UnitOn("units/u1", kMerger)->has_population()) << "not known any more";
  EXPECT_THAT(Resolve("units/u1", kMerger - 1, kMerger),
              UnorderedElementsAre(Pair("units/u1", -1), Pair("units/u2", -1)));

  // What needs a share refuses by name while it is not known, and counts to the last one then.
  v1::RebaseFiguresRequest rebase;
  v1::UnitFigure* figure = rebase.add_figures();
  figure->set_unit("units/u1");
  figure->set_value(10);
  rebase.set_basis(v1::SHARE_BASIS_POPULATION);
  registry::SetDate(kMerger - 1, rebase.mutable_from_date());
  registry::SetDate(kMerger, rebase.mutable_to_date());
  const absl::Status unknown = server_->Call(&Stub::RebaseFigures, rebase).status();
  EXPECT_EQ(Reason(unknown), "SHARE_UNKNOWN");
  ASSERT_EQ(error::PreconditionsOf(unknown).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(unknown)[0].subject, "units/u1");

  v1::CorrectUnitRequest correct;
  correct.set_name("units/u1");
  correct.set_reason("bản đồ địa giới");
  correct.set_etag("\"2\"");
  correct.set_request_id(NextId());
  for (const auto& [target, ppm] : {std::pair{"units/u1", 333'333}, {"units/u2", 666'667}}) {
    v1::StepCorrection* step = correct.add_steps();
    step->set_target(target);
    registry::SetDate(kMerger, step->mutable_effective_date());
    step->set_population_ppm(ppm);
  }
  const auto corrected = server_->Call(&Stub::CorrectUnit, correct);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  server_->Await("units/u1", 3);
  const auto rebased = server_->Call(&Stub::RebaseFigures, rebase);
  ASSERT_TRUE(rebased.ok()) << rebased.status();
  ASSERT_EQ(rebased->figures_size(), 2);
  EXPECT_EQ(rebased->figures(0).value(), 3);
  EXPECT_EQ(rebased->figures(1).value(), 7);
}

TEST_P(RegistryChangeTest, ACorrectionChangesWhatIsBelievedAndLeavesWhatWasBelievedReadable) {
  v1::CorrectUnitRequest correct;
  correct.set_name("units/u1");
  correct.mutable_update_mask()->add_paths("full_name");
  correct.mutable_update_mask()->add_paths("population");
  correct.mutable_unit()->set_full_name("Xã X-1");
  correct.set_reason("lỗi chính tả");
  correct.set_etag("\"1\"");
  correct.set_request_id(NextId());
  server_->clock().Advance(absl::Hours(1));
  const auto corrected = server_->Call(&Stub::CorrectUnit, correct);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->before().full_name(), "Xã X1");
  EXPECT_FALSE(corrected->after().has_population());
  server_->Await("units/u1", 2);
  EXPECT_EQ(UnitOn("units/u1", absl::CivilDay(2026, 11, 22))->full_name(), "Xã X-1");
  v1::GetUnitRequest known;
  known.set_name("units/u1");
  SetTime(KnownAt("units/u1", 2) - absl::Microseconds(1), known.mutable_as_known_at());
  EXPECT_EQ(server_->Call(&Stub::GetUnit, known)->unit().full_name(), "Xã X1");

  // The import leaves it.
  const auto imported = server_->Call(&Stub::ImportUnits, ImportOf(SixCommunes(), 2));
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->differences(0).kind(), "unit");
  EXPECT_EQ(imported->differences(0).kept(), 1);
  EXPECT_EQ(imported->differences(0).changed(), 0);
}

TEST_P(RegistryChangeTest, EventsAreListedWithThoseOfTheImportedHistory) {
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  server_->Await(applied->change_event().name(), 1);
  v1::ListChangeEventsRequest list;
  list.set_page_size(1);
  const auto first = server_->Call(&Stub::ListChangeEvents, list);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->change_events_size(), 1);
  EXPECT_EQ(first->change_events(0).name(), "changeEvents/20250701-9.NQ");
  EXPECT_EQ(first->change_events(0).origin(), v1::ORIGIN_DERIVED);
  list.set_page_token(first->next_page_token());
  const auto second = server_->Call(&Stub::ListChangeEvents, list);
  ASSERT_EQ(second->change_events_size(), 1);
  EXPECT_EQ(second->change_events(0).name(), applied->change_event().name());
  EXPECT_EQ(second->change_events(0).edges_size(), 0);
  EXPECT_EQ(second->next_page_token(), "");
  v1::GetChangeEventRequest get;
  get.set_name(applied->change_event().name());
  const auto got = server_->Call(&Stub::GetChangeEvent, get);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->change_event().SerializeAsString(), applied->change_event().SerializeAsString());
  list.clear_page_token();
  list.set_page_size(0);
  list.set_unit("units/u4");
  list.set_state(v1::CHANGE_EVENT_STATE_PENDING);
  EXPECT_EQ(server_->Call(&Stub::ListChangeEvents, list)->change_events_size(), 1);
  list.set_unit("units/u9");
  EXPECT_EQ(server_->Call(&Stub::ListChangeEvents, list)->change_events_size(), 0);
}

}  // namespace
}  // namespace twotier::registry
