#include "services/registry/domain/import.h"

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "common/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/domain/testing.h"

namespace twotier::registry {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using testing::Files;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::NationalFiles;
using testing::Prepare;
using ::testing::SizeIs;
using testing::SmallFiles;

std::vector<std::string> WrongCells(const absl::Status& status) {
  std::vector<std::string> cells;
  for (const error::FieldViolation& violation : error::FieldViolationsOf(status)) {
    cells.push_back(violation.field);
  }
  return cells;
}

// Replaces one text in one file of the small data set and returns the cells that are reported.
struct WrongRow {
  std::string what;
  std::string file;
  std::string from;
  std::string to;
  std::vector<std::string> cells;
};

void PrintTo(const WrongRow& row, std::ostream* out) { *out << row.what; }

class WrongRowTest : public ::testing::TestWithParam<WrongRow> {};

TEST_P(WrongRowTest, NamesFileRowAndColumn) {
  Files files = SmallFiles();
  std::string& content = files[GetParam().file];
  ASSERT_EQ(absl::StrReplaceAll({{GetParam().from, GetParam().to}}, &content), 1);
  const auto prepared = Prepare(files);
  ASSERT_FALSE(prepared.ok());
  EXPECT_EQ(prepared.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error::ReasonOf(prepared.status())->reason, "IMPORT_ROW_INVALID");
  EXPECT_THAT(WrongCells(prepared.status()), ::testing::ElementsAreArray(GetParam().cells))
      << prepared.status();
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WrongRowTest,
    ::testing::Values(
        WrongRow{
            "code_lost_its_zeros", "communes.csv", "uA,00001", "uA,1", {"communes.csv:2:code"}},
        WrongRow{"no_date",
                 "communes.csv",
                 "uA,00001,2025-06-30",
                 "uA,00001,30/06/2025",
                 {"communes.csv:2:valid_from"}},
        WrongRow{"no_such_date",
                 "communes.csv",
                 "uA,00001,2025-06-30",
                 "uA,00001,2025-06-31",
                 {"communes.csv:2:valid_from"}},
        WrongRow{"range_turned_round",
                 "communes.csv",
                 "uA,00001,2025-06-30,2025-07-01",
                 "uA,00001,2025-06-30,2025-06-01",
                 {"communes.csv:2:valid_to"}},
        WrongRow{"before_the_data",
                 "communes.csv",
                 "uA,00001,2025-06-30",
                 "uA,00001,2025-06-01",
                 {"communes.csv:2:valid_from", "communes.csv:2:parent_code"}},
        WrongRow{"unknown_type",
                 "communes.csv",
                 "ward,Phường A",
                 "phường,Phường A",
                 {"communes.csv:2:type"}},
        WrongRow{"two_wrong_cells",
                 "communes.csv",
                 "commune,Xã B,B,48,120,two_sources,10",
                 "commune,,B,48,1.5,two_sources,10",
                 {"communes.csv:4:full_name", "communes.csv:4:area_hectares"}},
        WrongRow{
            "half_a_point", "communes.csv", "16.1,108.1", "16.1,", {"communes.csv:4:longitude"}},
        WrongRow{"point_off_the_earth",
                 "communes.csv",
                 "16.1,108.1",
                 "161,108.1",
                 {"communes.csv:4:latitude", "communes.csv:4:longitude"}},
        WrongRow{"cells_missing",
                 "communes.csv",
                 "Phường A,A,490,,,,,,,,",
                 "Phường A,A,490",
                 {"communes.csv:2:row"}},
        WrongRow{"gap",
                 "communes.csv",
                 "uB,00002,2025-07-01,",
                 "uB,00002,2025-07-02,",
                 {"communes.csv:4:valid_from", "successions.csv:4:target"}},
        WrongRow{"first_version_with_change",
                 "communes.csv",
                 "2025-07-01,,ward,Phường A",
                 "2025-07-01,renamed,ward,Phường A",
                 {"communes.csv:2:change"}},
        WrongRow{"later_version_without_change",
                 "communes.csv",
                 "unchanged,",
                 ",",
                 {"communes.csv:4:change"}},
        WrongRow{"code_of_another",
                 "communes.csv",
                 "uC,00003",
                 "uC,00002",
                 {"communes.csv:5:code", "successions.csv:3:source", "successions.csv:4:source",
                  "communes.csv:5:valid_to"}},
        WrongRow{"parent_unknown",
                 "communes.csv",
                 "Phường A,A,490",
                 "Phường A,A,491",
                 {"communes.csv:2:parent_code"}},
        WrongRow{"parent_ends_first",
                 "communes.csv",
                 "Phường N,N,48",
                 "Phường N,N,490",
                 {"communes.csv:6:parent_code"}},
        WrongRow{"province_with_parent",
                 "provinces.csv",
                 "Đà Nẵng,,,,,,,,,",
                 "Đà Nẵng,48,,,,,,,,",
                 {"provinces.csv:2:parent_code"}},
        WrongRow{"source_without_target",
                 "successions.csv",
                 "00001,00001,2025-07-01,whole,9/NQ\n",
                 "",
                 {"communes.csv:2:valid_to"}},
        WrongRow{"unknown_source",
                 "successions.csv",
                 "00003,00002",
                 "00009,00002",
                 {"successions.csv:4:source"}},
        WrongRow{"unknown_target",
                 "successions.csv",
                 "00003,00002",
                 "00003,00009",
                 {"successions.csv:4:target"}},
        WrongRow{"its_own_successor",
                 "successions.csv",
                 "00003,00002",
                 "00002,00002",
                 {"successions.csv:4:target"}},
        WrongRow{"repeated",
                 "successions.csv",
                 "00003,00002",
                 "00003,00001",
                 {"successions.csv:4:target"}},
        WrongRow{
            "act_missing", "successions.csv", "whole,9/NQ", "whole,", {"successions.csv:2:act"}},
        WrongRow{"commune_center_in_single_level",
                 "tier_models.csv",
                 "two_level",
                 "single_level",
                 {"tier_models.csv:2:commune_site"}},
        WrongRow{"model_of_nowhere",
                 "tier_models.csv",
                 "48,two",
                 "49,two",
                 {"tier_models.csv:2:province_code", "provinces.csv:2:code"}},
        WrongRow{"unknown_count",
                 "published_counts.csv",
                 "communes_of_any_type",
                 "hamlets",
                 {"published_counts.csv:2:what"}},
        WrongRow{"binding_centers",
                 "published_counts.csv",
                 "3,no",
                 "3,yes",
                 {"published_counts.csv:3:binding"}},
        WrongRow{"not_a_provinces_organisation_id",
                 "organisation_ids.csv",
                 "source\n",
                 "source\n48,H17.11,2025-06-30,,test\n",
                 {"organisation_ids.csv:2:organisation_id"}},
        WrongRow{"two_organisation_ids_on_one_date",
                 "organisation_ids.csv",
                 "source\n",
                 "source\n48,H17,2025-06-30,,test\n48,H34,2026-01-01,,test\n",
                 {"organisation_ids.csv:3:valid_from"}},
        WrongRow{"wrong_system_id",
                 "information_systems.csv",
                 "48,case-handling,case",
                 "48,Case Handling,case",
                 {"information_systems.csv:2:system_id"}},
        WrongRow{"wrong_header",
                 "tier_models.csv",
                 "commune_site",
                 "site",
                 {"tier_models.csv:1:header"}}),
    [](const auto& test) { return test.param.what; });

TEST(PrepareImportTest, AcceptsTheSmallSet) {
  const auto prepared = Prepare(SmallFiles());
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_THAT(prepared->state.units, SizeIs(6));
  ASSERT_THAT(prepared->counts, SizeIs(1));
  EXPECT_EQ(prepared->counts[0].what, "communes_of_any_type on 2025-07-01");
  EXPECT_EQ(prepared->counts[0].counted, 2);
}

TEST(PrepareImportTest, NamesMissingUnknownAndRepeatedFiles) {
  Files files = SmallFiles();
  files.erase("districts.csv");
  files["hamlets.csv"] = "x\n";
  const auto prepared = Prepare(files);
  EXPECT_THAT(WrongCells(prepared.status()), ElementsAre("hamlets.csv", "districts.csv"));

  files = SmallFiles();
  const std::string content = files["provinces.csv"];
  std::vector<DataFile> views;
  for (const auto& [name, text] : files) views.push_back({name, text});
  views.push_back({"provinces.csv", content});
  EXPECT_THAT(WrongCells(PrepareImport(views).status()), ElementsAre("provinces.csv"));
}

TEST(PrepareImportTest, RefusesBytesThatAreNotText) {
  Files files = SmallFiles();
  files["districts.csv"] += std::string("\0", 1);
  EXPECT_THAT(WrongCells(Prepare(files).status()), ElementsAre("districts.csv"));
  files = SmallFiles();
  files["districts.csv"] += "\xC3\x28\n";
  EXPECT_THAT(WrongCells(Prepare(files).status()), ElementsAre("districts.csv"));
}

TEST(PrepareImportTest, ReportsAtMostAHundredRows) {
  Files files = NationalFiles();
  absl::StrReplaceAll({{",ward,", ",guild,"}}, &files["communes.csv"]);
  EXPECT_THAT(error::FieldViolationsOf(Prepare(files).status()), SizeIs(100));
}

TEST(PrepareImportTest, NamesEachPublishedCountThatIsNotMet) {
  Files files = NationalFiles();
  absl::StrReplaceAll({{"2025-07-01,wards,687", "2025-07-01,wards,688"},
                       {"2026-09-20,communes,2599", "2026-09-20,communes,2598"}},
                      &files["published_counts.csv"]);
  const absl::Status status = Prepare(files).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(error::ReasonOf(status)->reason, "COUNTS_DIFFER");
  EXPECT_THAT(
      error::PreconditionsOf(status),
      ElementsAre(AllOf(Field(&error::PreconditionViolation::subject, "wards on 2025-07-01"),
                        Field(&error::PreconditionViolation::description,
                              "published 688, in the data 687")),
                  AllOf(Field(&error::PreconditionViolation::subject, "communes on 2026-09-20"),
                        Field(&error::PreconditionViolation::description,
                              "published 2598, in the data 2599"))));
}

const Difference& Of(const ImportPlan& plan, absl::string_view kind) {
  for (const Difference& difference : plan.differences) {
    if (difference.kind == kind) return difference;
  }
  ADD_FAILURE() << "no difference of kind " << kind;
  return plan.differences.front();
}

TEST(PlanImportTest, AddsEverythingToAnEmptyRegister) {
  const ImportPlan plan = PlanImport(Prepare(SmallFiles())->state, {});
  EXPECT_EQ(Of(plan, "unit").added, 6);
  EXPECT_EQ(Of(plan, "unit_version").added, 7);
  EXPECT_EQ(Of(plan, "succession").added, 5);  // Three of the table, two of the district.
  EXPECT_EQ(Of(plan, "center").added, 3);
  EXPECT_EQ(Of(plan, "tier_model").added, 1);
  EXPECT_EQ(Of(plan, "published_count").added, 2);
  for (const UnitHistory& unit : plan.units) EXPECT_EQ(unit.version, 1);
}

TEST(PlanImportTest, FindsNothingToDoTheSecondTime) {
  RegisterState stored = Prepare(SmallFiles())->state;
  for (UnitHistory& unit : stored.units) unit.version = 1;
  const ImportPlan plan = PlanImport(Prepare(SmallFiles())->state, stored);
  EXPECT_TRUE(plan.empty());
  for (const Difference& difference : plan.differences) {
    EXPECT_EQ(difference.added + difference.changed, 0) << difference.kind;
    EXPECT_GT(difference.unchanged, 0) << difference.kind;
  }
}

TEST(PlanImportTest, GivesTheNextVersionToWhatChanged) {
  RegisterState stored = Prepare(SmallFiles())->state;
  for (UnitHistory& unit : stored.units) unit.version = 4;
  Files files = SmallFiles();
  absl::StrReplaceAll({{"Phường N,N", "Phường Nam,Nam"}}, &files["communes.csv"]);
  const ImportPlan plan = PlanImport(Prepare(files)->state, stored);
  ASSERT_THAT(plan.units, SizeIs(1));
  EXPECT_EQ(plan.units[0].id, "uN");
  EXPECT_EQ(plan.units[0].version, 5);
  EXPECT_EQ(Of(plan, "unit_version").changed, 1);
  ASSERT_THAT(plan.centers, SizeIs(1));
  EXPECT_EQ(plan.centers[0].id, "H48.00001");
}

TEST(PlanImportTest, LeavesAloneWhatACallChanged) {
  RegisterState stored = Prepare(SmallFiles())->state;
  stored.centers[1].versions[0].display_name = "Trung tâm";
  stored.centers[1].versions[0].origin = Origin::kRecorded;
  stored.tier_models[0].models[0].origin = Origin::kRecorded;
  stored.systems[0].origin = Origin::kRecorded;
  const ImportPlan plan = PlanImport(Prepare(SmallFiles())->state, stored);
  EXPECT_TRUE(plan.empty());
  EXPECT_EQ(Of(plan, "center").kept, 1);
  EXPECT_EQ(Of(plan, "center").unchanged, 2);
  EXPECT_EQ(Of(plan, "tier_model").kept, 1);
  EXPECT_EQ(Of(plan, "information_system").kept, 1);
}

TEST(PrepareImportTest, DerivesCentersFromTheModelThatACallSet) {
  Files files = SmallFiles();
  std::vector<DataFile> views;
  for (const auto& [name, content] : files) views.push_back({name, content});
  std::vector<TierModelHistory> stored = Prepare(SmallFiles())->state.tier_models;
  TierModelRow single = stored[0].models[0];
  single.model = TierModel::kSingleLevel;
  single.commune_site = CenterKind::kReceptionPoint;
  single.valid.first = absl::CivilDay(2027, 1, 1);
  single.origin = Origin::kRecorded;
  stored[0].models[0].valid.end = single.valid.first;
  stored[0].models.push_back(single);
  const auto prepared = PrepareImport(views, stored);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  EXPECT_THAT(prepared->state.centers[0].versions, SizeIs(1)) << "it does not change that day";
  const auto& commune = prepared->state.centers[1].versions;
  ASSERT_THAT(commune, SizeIs(2));
  EXPECT_EQ(commune[0].kind, CenterKind::kCommune);
  EXPECT_EQ(commune[1].kind, CenterKind::kReceptionPoint);
}

TEST(DeriveCentersTest, FollowsTheOrganisationIdOfEachDate) {
  Files files = SmallFiles();
  files["organisation_ids.csv"] += "48,H17,2025-09-01,2026-01-01,test\n48,H34,2026-01-01,,test\n";
  const auto prepared = Prepare(files);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  const auto& provincial = prepared->state.centers[0].versions;
  ASSERT_THAT(provincial, SizeIs(3));
  EXPECT_EQ(provincial[0].organisation_id, "H48");
  EXPECT_TRUE(provincial[0].organisation_id_provisional);
  EXPECT_EQ(provincial[1].organisation_id, "H17");
  EXPECT_FALSE(provincial[1].organisation_id_provisional);
  EXPECT_EQ(provincial[1].valid.first, absl::CivilDay(2025, 9, 1));
  EXPECT_EQ(provincial[2].organisation_id, "H34");
}

TEST(PlanImportTest, LeavesAloneWhatTheDataSetDoesNotName) {
  RegisterState stored = Prepare(SmallFiles())->state;
  UnitHistory later = stored.units[0];
  later.id = "uLater";
  stored.units.push_back(later);
  EXPECT_TRUE(PlanImport(Prepare(SmallFiles())->state, stored).empty());
}

TEST(CheckPlanTest, WhatIsImportedTwiceFits) {
  const RegisterState state = Prepare(SmallFiles())->state;
  const auto first = CheckPlan(PlanImport(state, {}), {});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(*first, SizeIs(1));
  const auto second = CheckPlan(PlanImport(state, state), state);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(*second, SizeIs(1));  // The stored one binds still.
}

TEST(CheckPlanTest, TheSameCommuneUnderAnotherIdDoesNotFit) {
  // The ward Hải Vân in Đà Nẵng.
  const auto ward = testing::NationalTree().ByCode("20194", absl::CivilDay(2026, 1, 1));
  ASSERT_TRUE(ward.has_value());
  const std::string id = testing::NationalTree().unit(ward->unit).id;
  Files files = NationalFiles();
  ASSERT_GT(absl::StrReplaceAll({{id, "uOther"}}, &files["communes.csv"]), 0);
  const auto prepared = Prepare(files);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  const RegisterState& stored = testing::National().state;
  const absl::Status status = CheckPlan(PlanImport(prepared->state, stored), stored).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(error::ReasonOf(status).has_value()) << status;
  EXPECT_EQ(error::ReasonOf(status)->reason, "CONFLICTS_WITH_STORED");
  EXPECT_THAT(error::PreconditionsOf(status),
              ElementsAre(Field(&error::PreconditionViolation::description,
                                AllOf(HasSubstr("code 20194"), HasSubstr(id)))));
}

TEST(CheckPlanTest, ADataSetDoesNotSwitchItsCountsOff) {
  const RegisterState stored = Prepare(SmallFiles())->state;
  Files files = SmallFiles();
  absl::StrReplaceAll({{"communes_of_any_type,2,yes", "communes_of_any_type,2,no"}},
                      &files["published_counts.csv"]);
  const absl::Status status = CheckPlan(PlanImport(Prepare(files)->state, stored), stored).status();
  EXPECT_EQ(error::ReasonOf(status)->reason, "COUNTS_DIFFER");
  EXPECT_THAT(error::PreconditionsOf(status),
              ElementsAre(Field(&error::PreconditionViolation::subject,
                                "communes_of_any_type on 2025-07-01")));
}

}  // namespace
}  // namespace twotier::registry
