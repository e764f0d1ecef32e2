// What changes of units and corrections are refused for, on both engines.
#include "common/errors.h"
#include "tests/service/registry_change_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Code = absl::StatusCode;

INSTANTIATE_TEST_SUITE_P(All, RegistryChangeTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const error::FieldViolation& violation : error::FieldViolationsOf(status)) {
    fields.push_back(violation.field);
  }
  return fields;
}

// Broken rules and whom they concern.
std::vector<std::pair<std::string, std::string>> Rules(const absl::Status& status) {
  std::vector<std::pair<std::string, std::string>> rules;
  for (const error::PreconditionViolation& violation : error::PreconditionsOf(status)) {
    rules.emplace_back(violation.type, violation.subject);
  }
  return rules;
}

TEST_P(RegistryChangeTest, EveryMalformedFieldIsNamed) {
  EventOf event(kMerger, NextId());
  event.From("units/u1").From("units/u1").From("units/u2");
  event.Found("N", "010").GoOn("units/u4");
  event.target(0).clear_parent();
  event.target(0).set_population(-1);
  event.target(0).mutable_point()->set_latitude(91);
  event.Edge("units/u1", "N", 1'000'001, 0).Edge("units/u1", "N").Edge("units/u3", "M");
  event.request().mutable_edges(0)->add_hamlets("a\nb");
  const absl::Status status = Apply(event).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(Reason(status), "MALFORMED_REQUEST");
  EXPECT_THAT(Fields(status),
              UnorderedElementsAre("sources[1].unit", "targets[0].code", "targets[0].parent",
                                   "targets[0].population", "targets[0].point", "targets[1].unit",
                                   "targets[1]", "edges[0].population_ppm", "edges[0].hamlets[0]",
                                   "edges[1]", "edges[2].source", "edges[2].target", "caretaker"));
}

TEST_P(RegistryChangeTest, SharesAreWholeOrUnknownAndSourcesHaveTargets) {
  EventOf event(kMerger, NextId());
  event.From("units/u1").From("units/u2").From("units/u3").From("units/u5");
  event.Found("N", "00010").Found("M", "00011").GoOn("units/u5");
  event.Edge("units/u1", "N", 600'000, 500'000).Edge("units/u1", "M", 400'001, 500'000);
  event.Edge("units/u2", "N").Edge("units/u2", "M").Edge("units/u5", "N");
  event.request().mutable_edges(2)->set_area_ppm(1'000'000);
  event.Edge("units/u2", "units/u5").Caretaker("N");
  const absl::Status status = Apply(event).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(Reason(status), "SOURCE_WITHOUT_TARGET");
  EXPECT_THAT(
      Fields(status),
      UnorderedElementsAre("sources[2]", "targets[2]", "edges[0].population_ppm",
                           "edges[1].population_ppm", "edges[3].area_ppm", "edges[5].area_ppm"));
  event.request().mutable_sources()->DeleteSubrange(2, 1);
  EXPECT_EQ(Reason(Apply(event).status()), "SUCCESSION_CYCLE");
  event.Edge("units/u5", "units/u5");
  EXPECT_EQ(Reason(Apply(event).status()), "SHARES_DO_NOT_SUM");
}

TEST_P(RegistryChangeTest, EveryBrokenRuleIsNamed) {
  EventOf event(kMerger, NextId());
  event.From("units/u1").From("units/u2").From("units/u3");
  event.Found("N", "00004").Found("M", "00011").GoOn("units/u3");
  event.target(0).set_type(v1::UNIT_TYPE_TOWNSHIP);
  event.target(1).set_parent("units/u5");
  event.Edge("units/u1", "N").Edge("units/u2", "M").Edge("units/u3", "units/u3");
  event.Caretaker("units/u1");
  const absl::Status status = Apply(event).status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_EQ(Reason(status), "UNIT_TYPE_NOT_ALLOWED");
  const auto rules = Rules(status);
  EXPECT_EQ(rules.size(), 5u);
  EXPECT_THAT(rules, Contains(Key("WRONG_PARENT")));
  EXPECT_THAT(rules, Contains(Key("CODE_IN_USE")));
  EXPECT_THAT(rules, Contains(Pair("NOTHING_CHANGES", "units/u3")));
  EXPECT_THAT(rules, Contains(Pair("CARETAKER_MISSING", "units/u1")));
  EXPECT_EQ(Reason(Apply(event).status()), "UNIT_TYPE_NOT_ALLOWED") << "remembered";
}

TEST_P(RegistryChangeTest, UnitsMustBeThereAndHaveNoLaterChange) {
  EventOf planned = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(planned);
  ASSERT_TRUE(applied.ok()) << applied.status();

  EventOf missing(kMerger, NextId());
  missing.From("units/nobody").From("units/u9").GoOn("units/u9");
  missing.Edge("units/nobody", "units/u9").Edge("units/u9", "units/u9").Caretaker("units/u9");
  const absl::Status not_found = Apply(missing).status();
  EXPECT_EQ(not_found.code(), Code::kNotFound);
  EXPECT_EQ(Reason(not_found), "UNIT_NOT_FOUND");

  EventOf late(kMerger + 30, NextId());
  late.From("units/u1", 2).From("units/u5", 2).GoOn("units/u5");
  late.Edge("units/u1", "units/u5").Edge("units/u5", "units/u5").Caretaker("units/u5");
  const absl::Status ended = Apply(late).status();
  EXPECT_EQ(Reason(ended), "UNIT_ENDED");
  EXPECT_THAT(error::ReasonOf(ended)->metadata, Contains(Pair("ends", "2027-01-01")));

  EventOf early(kMerger - 10, NextId());
  early.From("units/u1", 2).From("units/u5", 2).GoOn("units/u5");
  early.Edge("units/u1", "units/u5").Edge("units/u5", "units/u5").Caretaker("units/u5");
  const absl::Status later = Apply(early).status();
  EXPECT_EQ(Reason(later), "LATER_CHANGE_PLANNED");
  EXPECT_THAT(error::ReasonOf(later)->metadata, Contains(Pair("planned_date", "2027-01-01")));
  EXPECT_THAT(Rules(later), UnorderedElementsAre(Pair("LATER_CHANGE_PLANNED", "units/u1"),
                                                 Pair("LATER_CHANGE_PLANNED", "units/u5")));

  // A later event rests on the first one, which can be taken back only after it.
  EventOf second(kMerger + 30, NextId());
  const std::string founded = applied->change_event().founded_units(0);
  second.From(founded, 1).GoOn(founded).Edge(founded, founded);
  second.target(0).set_short_name("Nam");
  const auto renamed = Apply(second);
  ASSERT_TRUE(renamed.ok()) << renamed.status();
  const absl::Status rests = Cancel(applied->change_event()).status();
  EXPECT_EQ(Reason(rests), "LATER_CHANGE_PLANNED");
  EXPECT_THAT(Rules(rests), ElementsAre(Pair("LATER_CHANGE_PLANNED", founded)));
  ASSERT_TRUE(Cancel(renamed->change_event()).ok());
  EXPECT_TRUE(Cancel(applied->change_event()).ok());
}

TEST_P(RegistryChangeTest, ACenterPlannedForAFoundedUnitKeepsItsEventFromBeingTakenBack) {
  EventOf event = ThreeMergeAndOneIsDivided();
  const auto applied = Apply(event);
  ASSERT_TRUE(applied.ok()) << applied.status();
  v1::CreateCenterRequest create;
  create.set_parent("provinces/48");
  create.set_center_id("H48.N");
  create.set_kind(v1::CENTER_KIND_COMMUNE);
  create.set_unit(applied->change_event().founded_units(0));
  registry::SetDate(kMerger, create.mutable_effective_date());
  create.mutable_act()->set_number("5/QĐ-UBND");
  create.set_request_id(NextId());
  const auto created = server_->Call(&Stub::CreateCenter, create);
  ASSERT_TRUE(created.ok()) << created.status();
  const absl::Status refused = Cancel(applied->change_event()).status();
  EXPECT_EQ(Reason(refused), "LATER_CHANGE_PLANNED");
  EXPECT_THAT(Rules(refused),
              Contains(Pair("LATER_CHANGE_PLANNED", applied->change_event().founded_units(0))));
}

TEST_P(RegistryChangeTest, DatesAndCountsOfThePastStandFast) {
  EventOf before_data(absl::CivilDay(2025, 6, 30), NextId());
  before_data.From("units/u1").GoOn("units/u1").Edge("units/u1", "units/u1");
  before_data.target(0).set_short_name("Y");
  const absl::Status early = Apply(before_data).status();
  EXPECT_EQ(early.code(), Code::kOutOfRange);
  EXPECT_EQ(Reason(early), "DATE_BEFORE_DATA");

  // Six communes on 1 July 2025 were published, and the event would leave seven.
  v1::ImportUnitsRequest counted = ImportOf(SixCommunes(), 2);
  for (v1::ImportFile& file : *counted.mutable_files()) {
    if (file.file_name() == "published_counts.csv") {
      *file.mutable_content() += "2026-09-20,communes_of_any_type,6,yes,test\n";
    }
  }
  ASSERT_TRUE(server_->Call(&Stub::ImportUnits, counted).ok());
  EventOf split(absl::CivilDay(2026, 9, 1), NextId());
  split.From("units/u1").GoOn("units/u1").Found("N", "00010");
  split.Edge("units/u1", "units/u1").Edge("units/u1", "N");
  EXPECT_EQ(Reason(Apply(split).status()), "COUNTS_DIFFER");
}

TEST_P(RegistryChangeTest, ProvincesAreMergedByImportsAlone) {
  EventOf merge(kMerger, NextId());
  merge.From("units/uP").From("units/uH").GoOn("units/uP");
  merge.Edge("units/uH", "units/uP").Edge("units/uP", "units/uP").Caretaker("units/uP");
  const absl::Status refused = Apply(merge).status();
  EXPECT_EQ(Reason(refused), "PROVINCE_BY_IMPORT");
  EXPECT_THAT(Rules(refused), UnorderedElementsAre(Pair("PROVINCE_BY_IMPORT", "units/uP"),
                                                   Pair("PROVINCE_BY_IMPORT", "units/uH")));
}

TEST_P(RegistryChangeTest, EtagsAndEventsMustBeThoseOfNow) {
  EventOf stale(kMerger, NextId());
  stale.From("units/u1", 7).GoOn("units/u1").Edge("units/u1", "units/u1");
  stale.target(0).set_short_name("Y");
  const absl::Status refused = Apply(stale).status();
  EXPECT_EQ(refused.code(), Code::kAborted);
  EXPECT_EQ(Reason(refused), "STALE_ETAG");

  v1::ChangeEvent unknown;
  unknown.set_name("changeEvents/20250701-9.NQ");
  unknown.set_etag("\"1\"");
  EXPECT_EQ(Reason(Cancel(unknown).status()), "CHANGE_EVENT_NOT_FOUND") << "imported history";
  EXPECT_EQ(Reason(Plan("changeEvents/nothing").status()), "CHANGE_EVENT_NOT_FOUND");

  v1::ReportSuccessionRequest report;
  report.set_name("changeEvents/nothing/successions/Routing");
  report.set_open(1);
  report.set_planned(2);
  report.set_request_id(NextId());
  EXPECT_THAT(Fields(server_->Call(&Stub::ReportSuccession, report).status()),
              UnorderedElementsAre("name", "planned"));
}

TEST_P(RegistryChangeTest, ACorrectionIsRefusedForWhatItWouldBreak) {
  v1::CorrectUnitRequest correct;
  correct.set_name("units/u1");
  correct.set_reason("sai");
  correct.set_etag("\"1\"");
  correct.set_request_id(NextId());
  EXPECT_THAT(Fields(server_->Call(&Stub::CorrectUnit, correct).status()),
              ElementsAre("update_mask"));
  correct.mutable_update_mask()->add_paths("code");
  correct.mutable_update_mask()->add_paths("type");
  correct.mutable_unit()->set_code("00002");
  correct.mutable_unit()->set_type(v1::UNIT_TYPE_PROVINCE);
  const absl::Status broken = server_->Call(&Stub::CorrectUnit, correct).status();
  EXPECT_THAT(Rules(broken), UnorderedElementsAre(Pair("UNIT_TYPE_NOT_ALLOWED", "units/u1"),
                                                  Pair("CODE_IN_USE", "units/u1")));
  correct.mutable_unit()->set_code("00001");
  correct.mutable_unit()->set_type(v1::UNIT_TYPE_COMMUNE);
  correct.set_request_id(NextId());
  EXPECT_EQ(Reason(server_->Call(&Stub::CorrectUnit, correct).status()), "NOTHING_CHANGES");
  v1::StepCorrection* step = correct.add_steps();
  step->set_target("units/u2");
  registry::SetDate(kMerger, step->mutable_effective_date());
  correct.set_request_id(NextId());
  EXPECT_EQ(Reason(server_->Call(&Stub::CorrectUnit, correct).status()), "STEP_NOT_FOUND");
  correct.set_name("units/nobody");
  correct.set_request_id(NextId());
  EXPECT_EQ(Reason(server_->Call(&Stub::CorrectUnit, correct).status()), "UNIT_NOT_FOUND");
  // Nothing was written by any of them.
  EXPECT_EQ(UnitOn("units/u1", kMerger)->version(), 1);
}

}  // namespace
}  // namespace twotier::registry
