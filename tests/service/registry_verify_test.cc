// The independent checker finds nothing wrong with what the register writes, and names every way in
// which a database can be damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "tests/service/registry_change_fixture.h"
#include "tests/support/ctl.h"
#include "tools/twotierctl/failure.h"
#include "tools/verify/verify_units.h"

namespace twotier::registry {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Stub = v1::RegistryService::Stub;
using testing::Files;
using testing::SmallFiles;
using verify::Finding;

std::vector<Finding> Findings(const testing_support::TestDatabase& database) {
  const auto report = verify::VerifyUnits(database.url());
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? report->findings : std::vector<Finding>();
}

std::string Listed(const std::vector<Finding>& findings) {
  std::string all;
  for (const Finding& finding : findings) all += finding.rule + ": " + finding.what + "\n";
  return all;
}

class RegistryVerifyTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  // SmallFiles, and the ward's name corrected: two record versions. The server has ended, so that
  // nobody else writes.
  void FillSmall() {
    RegistryServer server(database_);
    ASSERT_TRUE(server.Call(&Stub::ImportUnits, ImportOf(SmallFiles(), 1)).ok());
    Files files = SmallFiles();
    absl::StrReplaceAll({{"Phường N,N", "Phường Nam,Nam"}}, &files["communes.csv"]);
    ASSERT_TRUE(server.Call(&Stub::ImportUnits, ImportOf(files, 2)).ok());
    server.Await("units/uN", 2);
    server.AwaitNumbered();
  }

  // Five communes, of which u1 ends and u4 is divided on 1 January 2027; an event of u9 on 23 March
  // 2027 is cancelled.
  void FillChanged() {
    RegistryServer server(database_);
    ASSERT_TRUE(server.Call(&Stub::ImportUnits, ImportOf(SixCommunes(), 1)).ok());
    EventOf event(kMerger, "c0000000-0000-4000-8000-000000000001");
    event.From("units/u1").From("units/u4").From("units/u5").Found("N", "00010").GoOn("units/u5");
    event.Edge("units/u1", "N").Edge("units/u4", "N", 600'000, 250'000);
    event.Edge("units/u4", "units/u5", 400'000, 750'000).Edge("units/u5", "units/u5");
    event.Caretaker("units/u5");
    ASSERT_TRUE(server.Call(&Stub::ApplyChangeEvent, event.request()).ok());
    EventOf taken_back(kMerger + 81, "c0000000-0000-4000-8000-000000000002");
    taken_back.From("units/u9").Found("M", "00011").Edge("units/u9", "M").Caretaker("M");
    taken_back.target(0).set_parent("units/uH");
    const auto applied = server.Call(&Stub::ApplyChangeEvent, taken_back.request());
    ASSERT_TRUE(applied.ok()) << applied.status();
    v1::CancelChangeEventRequest cancel;
    cancel.set_name(applied->change_event().name());
    cancel.set_reason("78/NQ");
    cancel.set_etag("\"1\"");
    cancel.set_request_id("c0000000-0000-4000-8000-000000000003");
    ASSERT_TRUE(server.Call(&Stub::CancelChangeEvent, cancel).ok());
    server.Await(cancel.name(), 2);
    server.AwaitNumbered();
  }

  testing_support::TestDatabase database_ = GetParam().make();
};

INSTANTIATE_TEST_SUITE_P(All, RegistryVerifyTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistryVerifyTest, TheNationalDataBreakNoRule) {
  {
    RegistryServer server(database_, "services/registry/data");
    server.Await("provinces/48/centers/H48", 1);
  }
  const auto report = verify::VerifyUnits(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->findings, IsEmpty()) << Listed(report->findings);
  EXPECT_THAT(report->checked, SizeIs(10));
  EXPECT_EQ(report->checked[0].second, "14008 units, 14164 dated versions");
  // 1 July 2025, and three dates of 2026 on which types changed.
  EXPECT_THAT(report->checked[6].second, HasSubstr("13284 communes on 4 dates"));
}

TEST_P(RegistryVerifyTest, EachDamageIsNamed) {
  FillSmall();
  ASSERT_THAT(Findings(database_), IsEmpty()) << Listed(Findings(database_));
  const std::string holds = "until_version = 9223372036854775807";
  const std::string last = "position = (SELECT MAX(position) FROM event)";
  // Day 20269 is 30 June 2025.
  const struct {
    const char* rule;
    const char* what;
    std::string damage;
    std::string mend;
  } cases[] = {
      {"one version", "units/uB has no version on 2025-07-01",
       "UPDATE unit_version SET first_day = 20271 WHERE unit_id = 'uB' AND first_day = 20270",
       "UPDATE unit_version SET first_day = 20270 WHERE unit_id = 'uB' AND first_day = 20271"},
      {"one version", "units/uB has two versions on 2025-07-01",
       "UPDATE unit_version SET end_day = 20275 WHERE unit_id = 'uB' AND first_day = 20269",
       "UPDATE unit_version SET end_day = 20270 WHERE unit_id = 'uB' AND first_day = 20269"},
      {"one version", "units/uB has a version that ends on 2025-06-29",
       "UPDATE unit_version SET end_day = 20268 WHERE unit_id = 'uB' AND first_day = 20269",
       "UPDATE unit_version SET end_day = 20270 WHERE unit_id = 'uB' AND first_day = 20269"},
      {"one version", "units/uB changes its level on 2025-07-01",
       "UPDATE unit_version SET tier = 2 WHERE unit_id = 'uB' AND first_day = 20270",
       "UPDATE unit_version SET tier = 3 WHERE unit_id = 'uB' AND first_day = 20270"},
      {"one parent", "units/uN has no parent: units/uX on 2025-07-01",
       "UPDATE unit_version SET parent_id = 'uX' WHERE unit_id = 'uN' AND " + holds,
       "UPDATE unit_version SET parent_id = 'uP' WHERE unit_id = 'uN' AND " + holds},
      {"one parent", "units/uN has a parent that is not of the level above on 2025-07-01",
       "UPDATE unit_version SET parent_id = 'uB' WHERE unit_id = 'uN' AND " + holds,
       "UPDATE unit_version SET parent_id = 'uP' WHERE unit_id = 'uN' AND " + holds},
      {"one parent", "units/uN stands above itself on 2025-07-01",
       "UPDATE unit_version SET parent_id = CASE unit_id WHEN 'uN' THEN 'uB' ELSE 'uN' END"
       " WHERE unit_id IN ('uB', 'uN') AND first_day = 20270 AND " +
           holds,
       "UPDATE unit_version SET parent_id = 'uP'"
       " WHERE unit_id IN ('uB', 'uN') AND first_day = 20270 AND " +
           holds},
      {"one parent", "units/uN lies in another province than its parent on 2025-07-01",
       "UPDATE unit_version SET province_code = '49' WHERE unit_id = 'uN' AND " + holds,
       "UPDATE unit_version SET province_code = '48' WHERE unit_id = 'uN' AND " + holds},
      {"unique codes", "code 00002 is that of units/uB and of units/uN on 2025-07-01",
       "UPDATE unit_version SET code = '00002' WHERE unit_id = 'uN' AND " + holds,
       "UPDATE unit_version SET code = '00001' WHERE unit_id = 'uN' AND " + holds},
      {"succession", "units/uA ends on 2025-07-01 without successor",
       "UPDATE unit_succession SET effective_day = 20280 WHERE source_id = 'uA'",
       "UPDATE unit_succession SET effective_day = 20270 WHERE source_id = 'uA'"},
      {"succession", "units/uN begins on 2025-07-01 out of nothing",
       "UPDATE unit_succession SET effective_day = 20271 WHERE target_id = 'uN'",
       "UPDATE unit_succession SET effective_day = 20270 WHERE target_id = 'uN'"},
      {"succession", "from units/uA to units/uN on 2025-07-11 begins at no unit of the day before",
       "UPDATE unit_succession SET effective_day = 20280 WHERE source_id = 'uA'",
       "UPDATE unit_succession SET effective_day = 20270 WHERE source_id = 'uA'"},
      {"succession", "from units/uA to units/uX on 2025-07-01 leads to no unit of the day",
       "UPDATE unit_succession SET target_id = 'uX' WHERE source_id = 'uA'",
       "UPDATE unit_succession SET target_id = 'uN' WHERE source_id = 'uA'"},
      {"served", "units/uB is served by no center on 2025-07-01",
       "UPDATE center_unit SET unit_id = 'uX' WHERE unit_id = 'uB' AND center_id = 'H48.00002'",
       "UPDATE center_unit SET unit_id = 'uB' WHERE unit_id = 'uX' AND center_id = 'H48.00002'"},
      {"served", "units/uB is served by no center on 2025-07-01",
       "UPDATE center_version SET state = 5 WHERE center_id = 'H48.00002'",
       "UPDATE center_version SET state = 3 WHERE center_id = 'H48.00002'"},
      {"served", "units/uB is served by no center on 2025-08-01",
       "UPDATE center_version SET end_day = 20301 WHERE center_id = 'H48.00002'",
       "UPDATE center_version SET end_day = 2932896 WHERE center_id = 'H48.00002'"},
      {"record versions", "units/uN has a row of versions 1 to 3, but 2 events",
       "UPDATE unit_version SET until_version = 3 WHERE unit_id = 'uN' AND since_version = 1",
       "UPDATE unit_version SET until_version = 2 WHERE unit_id = 'uN' AND since_version = 1"},
      {"record versions", "units/uN has two rows on 2025-07-01 at version 2",
       "UPDATE unit_version SET until_version = 9223372036854775807"
       " WHERE unit_id = 'uN' AND since_version = 1",
       "UPDATE unit_version SET until_version = 2 WHERE unit_id = 'uN' AND since_version = 1"},
      {"record versions", "units/uA has no row at version 1",
       "UPDATE unit_version SET unit_id = 'uX' WHERE unit_id = 'uA'",
       "UPDATE unit_version SET unit_id = 'uA' WHERE unit_id = 'uX'"},
      {"record versions", "units/uP has events and no rows",
       "UPDATE unit_version SET unit_id = 'uX' WHERE unit_id = 'uP'",
       "UPDATE unit_version SET unit_id = 'uP' WHERE unit_id = 'uX'"},
      {"record versions", "units/uN has an event of version 3 that wrote nothing",
       "UPDATE event SET subject = 'units/uN', version = 3 WHERE subject = 'units/uP'",
       "UPDATE event SET subject = 'units/uP', version = 1"
       " WHERE subject = 'units/uN' AND version = 3"},
      {"event chain", "units/uN has another content than its hash says at version 1",
       "UPDATE event SET kind = 'unit.forged' WHERE subject = 'units/uN' AND version = 1",
       "UPDATE event SET kind = 'unit.imported' WHERE subject = 'units/uN' AND version = 1"},
      {"event chain", "units/uN is not chained at version 2",
       "UPDATE event SET previous_hash = (SELECT hash FROM event WHERE subject = 'units/uA')"
       " WHERE subject = 'units/uN' AND version = 2",
       "UPDATE event SET previous_hash ="
       " (SELECT hash FROM event WHERE subject = 'units/uN' AND version = 1)"
       " WHERE subject = 'units/uN' AND version = 2"},
      {"event chain", "units/uN lacks version 2",
       "UPDATE event SET version = 3 WHERE subject = 'units/uN' AND version = 2",
       "UPDATE event SET version = 2 WHERE subject = 'units/uN' AND version = 3"},
      {"positions", "position 2 is missing",
       "UPDATE event SET position = 100000 WHERE position = 2",
       "UPDATE event SET position = 2 WHERE position = 100000"},
      {"positions", "units/uN has version 2 before the one before it",
       "UPDATE event SET position = position + 100000"
       " WHERE subject = 'units/uN' AND version = 1",
       "UPDATE event SET position = position - 100000"
       " WHERE subject = 'units/uN' AND version = 1"},
      {"positions", "ends its group and does not say so",
       "UPDATE event SET last_of_group = 0 WHERE " + last,
       "UPDATE event SET last_of_group = 1 WHERE " + last},
      {"positions", "position 1 says that it ends its group and does not",
       "UPDATE event SET last_of_group = 1 WHERE position = 1",
       "UPDATE event SET last_of_group = 0 WHERE position = 1"},
      {"positions", "is in two pieces", "UPDATE event SET group_id = 'other' WHERE position = 2",
       "UPDATE event SET group_id = (SELECT group_id FROM event WHERE position = 1)"
       " WHERE position = 2"},
      {"positions", "position 2 was known before the one before it",
       "UPDATE event SET known_us = known_us + 1 WHERE position = 1",
       "UPDATE event SET known_us = known_us - 1 WHERE position = 1"},
      {"positions", "the feed's head stands at 0", "UPDATE feed_head SET position = 0",
       "UPDATE feed_head SET position = (SELECT MAX(position) FROM event)"},
      {"positions", "the last event was known after the feed's watermark",
       "UPDATE feed_head SET known_us = 1",
       "UPDATE feed_head SET known_us = (SELECT MAX(known_us) FROM event)"},
  };
  for (const auto& [rule, what, damage, mend] : cases) {
    database_.Run(damage);
    const std::vector<Finding> found = Findings(database_);
    EXPECT_THAT(
        found, Contains(AllOf(Field(&Finding::rule, rule), Field(&Finding::what, HasSubstr(what)))))
        << damage << "\n"
        << Listed(found);
    database_.Run(mend);
    const std::vector<Finding> left = Findings(database_);
    ASSERT_THAT(left, IsEmpty()) << "not mended: " << damage << "\n" << Listed(left);
  }
}

TEST_P(RegistryVerifyTest, EachDamageOfAChangeIsNamed) {
  FillChanged();
  ASSERT_THAT(Findings(database_), IsEmpty()) << Listed(Findings(database_));
  const std::string holds = "until_version = 9223372036854775807";
  // Day 20819 is 1 January 2027.
  const struct {
    const char* rule;
    const char* what;
    std::string damage;
    std::string mend;
  } cases[] = {
      {"shares", "the shares of the people of units/u4 on 2027-01-01 add up to 1000001",
       "UPDATE unit_succession SET population_ppm = population_ppm + 1"
       " WHERE source_id = 'u4' AND target_id = 'u5'",
       "UPDATE unit_succession SET population_ppm = population_ppm - 1"
       " WHERE source_id = 'u4' AND target_id = 'u5'"},
      {"shares", "the shares of the area of units/u4 on 2027-01-01 are known in part",
       "UPDATE unit_succession SET area_ppm = NULL WHERE source_id = 'u4' AND target_id = 'u5'",
       "UPDATE unit_succession SET area_ppm = 750000 WHERE source_id = 'u4' AND target_id = 'u5'"},
      {"changes", ", which does not begin then",
       "UPDATE change_event SET effective_day = 20820 WHERE effective_day = 20819",
       "UPDATE change_event SET effective_day = 20819 WHERE effective_day = 20820"},
      {"changes", "ends units/u1, which does not end then",
       "UPDATE unit_version SET end_day = 20900 WHERE unit_id = 'u1' AND end_day = 20819 AND " +
           holds,
       "UPDATE unit_version SET end_day = 20819 WHERE unit_id = 'u1' AND end_day = 20900"},
      {"changes", "leads to units/u5, of which no version begins then",
       "UPDATE unit_version SET first_day = 20821 WHERE unit_id = 'u5' AND first_day = 20819",
       "UPDATE unit_version SET first_day = 20819 WHERE unit_id = 'u5' AND first_day = 20821"},
      {"changes", "leads from units/u4 to units/u5 without a step",
       "UPDATE unit_succession SET target_id = 'u9' WHERE source_id = 'u4' AND target_id = 'u5'",
       "UPDATE unit_succession SET target_id = 'u5' WHERE source_id = 'u4' AND target_id = 'u9'"},
      {"changes", "leaves things to units/nobody, which never was",
       "UPDATE change_event SET caretaker_id = 'nobody' WHERE caretaker_id = 'u5'",
       "UPDATE change_event SET caretaker_id = 'u5' WHERE caretaker_id = 'nobody'"},
      {"changes", "was cancelled, and left",
       "UPDATE change_event SET cancelled = 1 WHERE effective_day = 20819",
       "UPDATE change_event SET cancelled = 0 WHERE effective_day = 20819"},
      {"changes", "was cancelled, and left a step out of units/u9",
       "UPDATE unit_succession SET source_id = 'u9', effective_day = 20900"
       " WHERE source_id = 'u4' AND target_id = 'u5'",
       "UPDATE unit_succession SET source_id = 'u4', effective_day = 20819"
       " WHERE source_id = 'u9' AND target_id = 'u5'"},
      {"changes", "to center H01.00100",
       "UPDATE center_unit SET unit_id = (SELECT target_id FROM change_edge WHERE"
       " source_id = 'u9' AND target_founded = 1) WHERE unit_id = 'u9' AND " +
           holds,
       "UPDATE center_unit SET unit_id = 'u9' WHERE center_id = 'H01.00100' AND " + holds},
      {"changes", "was cancelled, and units/u9 still changes then",
       "UPDATE unit_version SET end_day = 20900 WHERE unit_id = 'u9' AND end_day = 2932896 AND " +
           holds,
       "UPDATE unit_version SET end_day = 2932896 WHERE unit_id = 'u9' AND end_day = 20900"},
  };
  for (const auto& [rule, what, damage, mend] : cases) {
    database_.Run(damage);
    const std::vector<Finding> found = Findings(database_);
    EXPECT_THAT(
        found, Contains(AllOf(Field(&Finding::rule, rule), Field(&Finding::what, HasSubstr(what)))))
        << damage << "\n"
        << Listed(found);
    database_.Run(mend);
    ASSERT_THAT(Findings(database_), IsEmpty()) << "not mended: " << damage;
  }
}

TEST_P(RegistryVerifyTest, TheCommandSaysWhatItCheckedAndEndsWithOneWhenSomethingIsWrong) {
  FillSmall();
  const auto run = [&](std::string* text) {
    const testing_support::CtlRun ran = testing_support::RunCtl(
        {.nouns = {ctl::AddUnitCommands}}, {"units", "verify", "--database", database_.url()});
    *text = ran.out;
    return ctl::ExitCodeOf(ran.status);
  };
  std::string text;
  EXPECT_EQ(run(&text), ctl::kDone);
  EXPECT_THAT(text, HasSubstr("nothing is wrong"));
  EXPECT_THAT(text, HasSubstr("6 units"));
  database_.Run("UPDATE center_version SET state = 5 WHERE center_id = 'H48.00002'");
  EXPECT_EQ(run(&text), ctl::kLocalFault);
  EXPECT_THAT(text, HasSubstr("served: units/uB is served by no center on 2025-07-01"));
  EXPECT_THAT(text, Not(HasSubstr("nothing is wrong")));
}

TEST(VerifyUnitsTest, WhatIsNoDatabaseIsRefusedAndNotMade) {
  const std::string path = ::testing::TempDir() + "/no_such_register.db";
  EXPECT_EQ(verify::VerifyUnits("sqlite:" + path).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(verify::VerifyUnits("mysql://x").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace twotier::registry
