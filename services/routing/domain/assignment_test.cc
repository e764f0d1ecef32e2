#include "services/routing/domain/assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "services/routing/domain/competence_report.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::CivilDay kBegin(2026, 1, 1);
const absl::CivilDay kDay(2026, 11, 2);

Assignment Of(std::string id, AssignmentBasis basis, std::string province = "",
              std::string territory = "", std::string case_key = "",
              DayRange valid = {kBegin, kNoEnd}) {
  Assignment assignment;
  assignment.id = std::move(id);
  assignment.version = 1;
  assignment.procedure_code = "1.000001";
  assignment.basis = basis;
  assignment.level = Level::kCommune;
  assignment.line = Line::kLocal;
  assignment.province_code = std::move(province);
  assignment.territory = std::move(territory);
  assignment.case_key = std::move(case_key);
  assignment.valid = valid;
  assignment.act = absl::StrCat(assignment.id, "/QĐ-UBND");
  return assignment;
}

AssignmentQuestion Ask(absl::string_view unit = "units/hc", absl::string_view case_key = "",
                       absl::CivilDay day = kDay) {
  return {unit, "48", case_key, day};
}

std::vector<const Assignment*> Pointers(const std::vector<Assignment>& assignments) {
  std::vector<const Assignment*> pointers;
  for (const Assignment& assignment : assignments) pointers.push_back(&assignment);
  return pointers;
}

std::vector<std::string> Ids(const std::vector<const Assignment*>& assignments) {
  std::vector<std::string> ids;
  for (const Assignment* assignment : assignments) ids.push_back(assignment->id);
  return ids;
}

TEST(AssignmentTest, BasisThenTerritoryThenCaseDecide) {
  const std::vector<Assignment> all = {
      Of("law", AssignmentBasis::kLaw, "48", "units/hc", "a"),
      Of("nation", AssignmentBasis::kDelegated),
      Of("province", AssignmentBasis::kDelegated, "48"),
      Of("commune", AssignmentBasis::kDelegated, "48", "units/hc"),
      Of("case", AssignmentBasis::kDelegated, "48", "units/hc", "a"),
  };
  EXPECT_THAT(Ids(Deciding(Pointers(all), Ask("units/hc", "a"))), ElementsAre("case"));
  EXPECT_THAT(Ids(Deciding(Pointers(all), Ask("units/hc", "b"))), ElementsAre("commune"));
  EXPECT_THAT(Ids(Deciding(Pointers(all), Ask("units/ah"))), ElementsAre("province"));
  EXPECT_THAT(Ids(Deciding(Pointers(all), {"units/bd", "01", "a", kDay})), ElementsAre("nation"));
  EXPECT_THAT(Ids(Deciding(Pointers(all), Ask("units/hc", "a", kBegin - 1))), IsEmpty());
}

TEST(AssignmentTest, WhatNothingTellsApartConflicts) {
  const Assignment candidate = Of("new", AssignmentBasis::kDelegated, "48");
  EXPECT_THAT(ConflictsOf(candidate, {Of("old", AssignmentBasis::kDelegated, "48", "", "",
                                         {kBegin - 90, kBegin + 1})}),
              SizeIs(1));
  EXPECT_THAT(ConflictsOf(candidate, {Of("before", AssignmentBasis::kDelegated, "48", "", "",
                                         {kBegin - 90, kBegin}),
                                      Of("case", AssignmentBasis::kDelegated, "48", "", "a"),
                                      Of("basis", AssignmentBasis::kAuthorised, "48"),
                                      Of("nation", AssignmentBasis::kDelegated),
                                      Of("new", AssignmentBasis::kDelegated, "48")}),
              IsEmpty());
}

TEST(AssignmentTest, DatesBetweenTwoAssignmentsWithoutAnyAreAGap) {
  const auto from = [](std::string id, int first, int end, std::string case_key = "a") {
    return Of(std::move(id), AssignmentBasis::kLaw, "48", "", std::move(case_key),
              {kBegin + first, kBegin + end});
  };
  const Assignment fitted = from("new", 50, 60);
  const std::vector<Assignment> others = {from("early", 0, 40), from("late", 70, 80),
                                          from("new", 40, 70)};
  const std::vector<AssignmentGap> gaps = GapsOf(fitted, others);
  ASSERT_THAT(gaps, SizeIs(2)) << "its own older version fills nothing";
  EXPECT_EQ(gaps[0].before->id, "early");
  EXPECT_EQ(gaps[0].days, (DayRange{kBegin + 40, kBegin + 50}));
  EXPECT_EQ(gaps[1].behind->id, "late");
  EXPECT_EQ(gaps[1].days, (DayRange{kBegin + 60, kBegin + 70}));

  EXPECT_THAT(GapsOf(from("new", 40, 70), others), IsEmpty());
  EXPECT_THAT(GapsOf(from("new", 90, 99), {from("early", 0, 40), from("late", 70, 95)}), IsEmpty())
      << "the one between is not this one's";
  EXPECT_THAT(GapsOf(fitted, {from("early", 0, 40), from("other case", 40, 99, "b")}), SizeIs(1));
  EXPECT_THAT(GapsOf(fitted, {from("early", 0, 40), from("every case", 30, 99, "")}), IsEmpty());
  EXPECT_THAT(GapsOf(fitted, {from("early", 0, 40), Of("nation", AssignmentBasis::kDelegated)}),
              IsEmpty());
}

// Whoever ends early frees days that lie between two others.
TEST(AssignmentTest, AnEndOpensTheGapThatItFilledForOthers) {
  const auto from = [](std::string id, int first, int end) {
    return Of(std::move(id), AssignmentBasis::kLaw, "48", "", "a", {kBegin + first, kBegin + end});
  };
  const std::vector<Assignment> others = {from("early", 0, 40), from("late", 70, 80)};
  // On its own first day, and within the days of the one before.
  for (const Assignment& ended : {from("filling", 40, 40), from("filling", 20, 30)}) {
    EXPECT_THAT(GapsOf(ended, others), IsEmpty()) << "it touches neither";
    const std::vector<AssignmentGap> gaps =
        GapsOf(ended, others, DayRange{ended.valid.end, kBegin + 75});
    ASSERT_THAT(gaps, SizeIs(1));
    EXPECT_EQ(gaps[0].before->id, "early");
    EXPECT_EQ(gaps[0].behind->id, "late");
    EXPECT_EQ(gaps[0].days, (DayRange{kBegin + 40, kBegin + 70}));
    EXPECT_THAT(GapsOf(ended, others, DayRange{ended.valid.end, kBegin + 40}), IsEmpty())
        << "what it had freed ends where the gap begins";
  }
  const Assignment withdrawn = from("withdrawn", 90, 90);
  EXPECT_THAT(GapsOf(from("late", 70, 75), {withdrawn}), IsEmpty()) << "it decides on no date";
  EXPECT_THAT(GapsOf(withdrawn, others, DayRange{kBegin + 90, kBegin + 99}), SizeIs(0));
}

constexpr absl::CivilDay kMerger(2027, 3, 1);

std::shared_ptr<const UnitRecord> Ward(const std::string& name, DayRange valid,
                                       const std::vector<std::string>& successors = {}) {
  auto unit = std::make_shared<UnitRecord>();
  unit->name = name;
  unit->versions.push_back({Tier::kCommune, "", name, "48", "", valid});
  for (const std::string& successor : successors) {
    unit->successors.push_back({successor, valid.end, "12/NQ"});
  }
  return unit;
}

// A and B become N; N becomes M a year later; D is divided between N and X.
std::shared_ptr<const Register> Reformed() {
  const absl::CivilDay second = kMerger + 365;
  RegisterChanges changes;
  changes.units = {Ward("units/a", {kBegin, kMerger}, {"units/n"}),
                   Ward("units/b", {kBegin, kMerger}, {"units/n"}),
                   Ward("units/d", {kBegin, kMerger}, {"units/n", "units/x"}),
                   Ward("units/n", {kMerger, second}, {"units/m"}),
                   Ward("units/x", {kBegin, kNoEnd}),
                   Ward("units/m", {second, kNoEnd})};
  return Register::With(Register(), changes);
}

TEST(AssignmentTest, FollowsItsUnitWhereThatMergesWholeAndNotWhereItIsDivided) {
  const auto units = Reformed();
  const auto ask = [&](absl::string_view unit, absl::CivilDay day) {
    return AssignmentQuestion{unit, "48", "", day, units.get(), day};
  };
  const std::vector<Assignment> all = {
      Of("province", AssignmentBasis::kLaw, "48"),
      Of("a", AssignmentBasis::kDelegated, "48", "units/a"),
      Of("d", AssignmentBasis::kAuthorised, "48", "units/d"),
  };
  const auto deciding = [&](absl::string_view unit, absl::CivilDay day) {
    return Ids(Deciding(Pointers(all), ask(unit, day)));
  };
  EXPECT_THAT(deciding("units/a", kMerger - 1), ElementsAre("a"));
  EXPECT_THAT(deciding("units/n", kMerger), ElementsAre("a"));
  EXPECT_THAT(deciding("units/m", kMerger + 365), ElementsAre("a")) << "over two reforms";
  EXPECT_THAT(deciding("units/x", kMerger), ElementsAre("province"));
  EXPECT_THAT(WhyNot(all[2], ask("units/x", kMerger)), HasSubstr("divided"));
  EXPECT_TRUE(IsLapsed(all[2], Pointers(all), *units, kMerger));
  EXPECT_FALSE(IsLapsed(all[2], Pointers(all), *units, kMerger - 1)) << "its unit is still there";
  EXPECT_FALSE(IsLapsed(all[1], Pointers(all), *units, kMerger));
  EXPECT_FALSE(IsLapsed(all[0], Pointers(all), *units, kMerger)) << "it is of no single unit";
}

TEST(AssignmentTest, LapsesWithItsProvince) {
  RegisterChanges changes;
  changes.units = {Ward("units/p", {kBegin, kMerger}, {}), Ward("units/x", {kBegin, kNoEnd})};
  const auto province = std::make_shared<UnitRecord>(*changes.units[0]);
  province->versions[0].code = "48";
  changes.units[0] = province;
  const auto units = Register::With(Register(), changes);
  const std::vector<Assignment> all = {
      Of("province", AssignmentBasis::kLaw, "48"),
      Of("x", AssignmentBasis::kDelegated, "48", "units/x"),
      Of("country", AssignmentBasis::kLaw),
  };
  for (const Assignment& assignment : all) {
    EXPECT_FALSE(IsLapsed(assignment, Pointers(all), *units, kMerger - 1)) << assignment.id;
    EXPECT_EQ(IsLapsed(assignment, Pointers(all), *units, kMerger),
              !assignment.province_code.empty())
        << assignment.id;
  }
}

TEST(AssignmentTest, LapsesWhereItsUnitGoesOverWhileItsProvinceGoesOn) {
  RegisterChanges changes;
  changes.units = {Ward("units/p", {kBegin, kNoEnd}), Ward("units/x", {kBegin, kMerger})};
  const auto province = std::make_shared<UnitRecord>(*changes.units[0]);
  province->versions[0].code = "48";
  changes.units[0] = province;
  const auto moved = std::make_shared<UnitRecord>(*changes.units[1]);
  UnitVersion there = moved->versions[0];
  there.province_code = "01";
  there.valid = {kMerger, kNoEnd};
  moved->versions.push_back(there);
  changes.units[1] = moved;
  const auto units = Register::With(Register(), changes);
  const std::vector<Assignment> all = {
      Of("province", AssignmentBasis::kLaw, "48"),
      Of("x", AssignmentBasis::kDelegated, "48", "units/x"),
      Of("of all", AssignmentBasis::kDelegated, "", "units/x"),
  };
  for (const Assignment& assignment : all) {
    EXPECT_FALSE(IsLapsed(assignment, Pointers(all), *units, kMerger - 1)) << assignment.id;
    EXPECT_EQ(IsLapsed(assignment, Pointers(all), *units, kMerger), assignment.id == "x")
        << assignment.id;
  }
}

TEST(AssignmentTest, WhatMergedUnitsWereGivenDifferentlyDecidesNothing) {
  const auto units = Reformed();
  const AssignmentQuestion question = {"units/n", "48", "", kMerger, units.get(), kMerger};
  std::vector<Assignment> all = {
      Of("province", AssignmentBasis::kDelegated, "48"),
      Of("a", AssignmentBasis::kDelegated, "48", "units/a"),
      Of("b", AssignmentBasis::kDelegated, "48", "units/b"),
  };
  EXPECT_THAT(Ids(Deciding(Pointers(all), question)), ElementsAre("a")) << "they give the same";
  EXPECT_FALSE(IsLapsed(all[2], Pointers(all), *units, kMerger));
  all[2].level = Level::kProvince;
  EXPECT_THAT(Ids(Deciding(Pointers(all), question)), ElementsAre("province"));
  EXPECT_TRUE(IsLapsed(all[1], Pointers(all), *units, kMerger));
  EXPECT_TRUE(IsLapsed(all[2], Pointers(all), *units, kMerger));
  // An act of the merged unit says what holds there, and nothing is left to be decided.
  all.push_back(Of("n", AssignmentBasis::kDelegated, "48", "units/n", "", {kMerger, kNoEnd}));
  EXPECT_THAT(Ids(Deciding(Pointers(all), question)), ElementsAre("n"));
  EXPECT_FALSE(IsLapsed(all[2], Pointers(all), *units, kMerger));
}

// Publishing refuses exactly what some question could not decide, also where wards have merged.
RC_GTEST_PROP(AssignmentTest, NoConflictMeansThatEveryQuestionHasAtMostOneAnswer, ()) {
  const absl::CivilDay merger = kBegin + *rc::gen::inRange(0, 40);
  RegisterChanges changes;
  changes.units = {Ward("units/hc", {kBegin - 1, merger}, {"units/merged"}),
                   Ward("units/ah", {kBegin - 1, merger}, {"units/merged"}),
                   Ward("units/merged", {merger, kNoEnd})};
  const auto merged = Register::With(Register(), changes);
  std::vector<Assignment> published;
  const int tries = *rc::gen::inRange(1, 25);
  for (int i = 0; i < tries; ++i) {
    const bool provincial = *rc::gen::arbitrary<bool>();
    const std::string territory =
        provincial ? *rc::gen::element<std::string>("", "units/hc", "units/ah", "units/merged")
                   : "";
    const auto first = kBegin + *rc::gen::inRange(0, 20);
    Assignment candidate =
        Of(absl::StrCat(i), static_cast<AssignmentBasis>(*rc::gen::inRange(1, 5)),
           provincial ? "48" : "", territory, *rc::gen::element<std::string>("", "a", "b"),
           {first, first + *rc::gen::inRange(1, 20)});
    const bool conflicts = !ConflictsOf(candidate, published).empty();
    std::vector<Assignment> with = published;
    with.push_back(candidate);
    bool several = false;
    for (int day = 0; day < 40; ++day) {
      for (const char* unit : {"units/hc", "units/ah", "units/other", "units/merged"}) {
        for (const char* key : {"", "a", "b"}) {
          AssignmentQuestion question = Ask(unit, key, kBegin + day);
          question.units = merged.get();
          question.units_day = kBegin + day;
          const size_t answers = Deciding(Pointers(with), question).size();
          // A conflict below what decides is one all the same: it shows when the upper one ends.
          if (answers > 1) several = true;
        }
      }
    }
    if (several) RC_ASSERT(conflicts);
    if (!conflicts) published.push_back(std::move(candidate));
  }
}

std::shared_ptr<const UnitRecord> Unit(std::string name, Tier tier, std::string code,
                                       std::string province) {
  auto unit = std::make_shared<UnitRecord>();
  unit->name = std::move(name);
  unit->versions.push_back(
      {tier, std::move(code), "Phường Hải Châu", std::move(province), "", {kBegin, kNoEnd}});
  return unit;
}

std::shared_ptr<const Register> Units() {
  RegisterChanges changes;
  changes.units = {Unit("units/dn", Tier::kProvince, "48", "48"),
                   Unit("units/hc", Tier::kCommune, "20194", "48"),
                   Unit("units/ah", Tier::kCommune, "20195", "48")};
  return Register::With(Register(), changes);
}

ProcedureVersion Version(std::string code, Level level) {
  ProcedureVersion version;
  version.procedure.code = std::move(code);
  version.procedure.ministry = level == Level::kMinistry ? "Bộ A" : "Bộ B";
  version.procedure.level = level;
  version.procedure.line = Line::kLocal;
  version.procedure.proven = true;
  version.procedure.term = Term{3, false, TermUnit::kWorkingDay, std::nullopt};
  version.procedure.known_from = kBegin;
  version.version = 1;
  version.draft_reasons = DraftReasonsOf(version.procedure);
  return version;
}

absl::StatusOr<Competence> Resolve(const Catalogue& catalogue, const Register& units,
                                   absl::string_view unit, absl::string_view case_key = "") {
  CompetenceQuery query;
  query.procedure_code = "1.000001";
  query.unit = unit;
  query.as_of = kDay;
  query.case_key = case_key;
  return ResolveBody(catalogue, units, query);
}

TEST(AssignmentTest, AnAssignmentMovesTheCompetenceAndNamesWhoTakesPart) {
  Assignment assignment = Of("x", AssignmentBasis::kDelegated, "48", "units/hc");
  assignment.body_title = "Chủ tịch Ủy ban nhân dân cấp xã";
  assignment.co_bodies = {{Level::kProvince, "Sở Tư pháp"}};
  const auto units = Units();
  const auto catalogue = Catalogue::Of({Version("1.000001", Level::kProvince)}, {assignment});
  const auto moved = Resolve(*catalogue, *units, "units/hc");
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->body.title, "Chủ tịch Ủy ban nhân dân Phường Hải Châu");
  EXPECT_EQ(moved->body.level, Level::kCommune);
  ASSERT_EQ(moved->co_bodies.size(), 1u);
  EXPECT_THAT(moved->co_bodies[0].title, HasSubstr("Sở Tư pháp"));
  EXPECT_EQ(moved->co_bodies[0].unit, "units/dn");
  EXPECT_EQ(Resolve(*catalogue, *units, "units/ah")->body.level, Level::kProvince);
}

TEST(AssignmentTest, AProcedureThatDependsOnTheCaseIsRoutedByItsCases) {
  const auto units = Units();
  const ProcedureVersion draft = Version("1.000001", Level::kProvinceOrCommune);
  const auto none = Catalogue::Of({draft});
  EXPECT_EQ(error::ReasonOf(Resolve(*none, *units, "units/hc").status())->reason,
            "PROCEDURE_NOT_PUBLISHED");
  Assignment foreign = Of("f", AssignmentBasis::kLaw, "", "", "foreign_element");
  foreign.level = Level::kProvince;
  const auto catalogue =
      Catalogue::Of({draft}, {foreign, Of("d", AssignmentBasis::kLaw, "", "", "domestic")});
  const absl::Status open = Resolve(*catalogue, *units, "units/hc").status();
  EXPECT_EQ(error::ReasonOf(open)->reason, "CASE_REQUIRED");
  EXPECT_THAT(std::string(open.message()), HasSubstr("domestic,foreign_element"));
  EXPECT_EQ(Resolve(*catalogue, *units, "units/hc", "foreign_element")->body.level,
            Level::kProvince);
  EXPECT_EQ(Resolve(*catalogue, *units, "units/hc", "domestic")->body.level, Level::kCommune);
  EXPECT_EQ(error::ReasonOf(Resolve(*catalogue, *units, "units/hc", "other").status())->reason,
            "NO_COMPETENT_BODY");
}

TEST(AssignmentTest, WhatOneProvinceAssignsConcernsNoOther) {
  RegisterChanges changes;
  changes.units = {Unit("units/hn", Tier::kProvince, "01", "01"),
                   Unit("units/bd", Tier::kCommune, "00004", "01")};
  const auto units = Register::With(*Units(), changes);
  const Assignment of_48 = Of("a", AssignmentBasis::kDelegated, "48", "", "x");
  const auto by_case = Catalogue::Of({Version("1.000001", Level::kProvinceOrCommune)}, {of_48});
  EXPECT_TRUE(Resolve(*by_case, *units, "units/hc", "x").ok());
  EXPECT_EQ(error::ReasonOf(Resolve(*by_case, *units, "units/bd", "x").status())->reason,
            "PROCEDURE_NOT_PUBLISHED");
  EXPECT_EQ(CheckCoverage(*by_case, *units, "", kDay).questions, 2) << "the communes of 48";
  const auto published = Catalogue::Of({Version("1.000001", Level::kCommune)}, {of_48});
  EXPECT_TRUE(Resolve(*published, *units, "units/hc", "x").ok());
  EXPECT_EQ(error::ReasonOf(Resolve(*published, *units, "units/bd", "x").status())->reason,
            "CASE_UNKNOWN");
}

TEST(AssignmentTest, CoverageAsksTheProvinceUnlessItsCommunesDecide) {
  const auto units = Units();
  const auto questions = [&](const std::string& territory) {
    const auto catalogue = Catalogue::Of({Version("1.000001", Level::kProvince)},
                                         {Of("a", AssignmentBasis::kDelegated, "48", territory)});
    const CoverageReport report = CheckCoverage(*catalogue, *units, "", kDay);
    EXPECT_EQ(report.holes, 0) << territory;
    return report.questions;
  };
  EXPECT_EQ(questions("units/hc"), 3) << "two communes and the province";
  EXPECT_EQ(questions(""), 2);
}

TEST(AssignmentTest, CoverageListsHolesAndOverlaps) {
  const auto units = Units();
  // Only one commune is covered, and one case twice: publishing would refuse the second.
  const auto catalogue = Catalogue::Of(
      {Version("1.000001", Level::kProvinceOrCommune), Version("1.000002", Level::kCommune),
       Version("1.000003", Level::kProvince), Version("1.000004", Level::kMinistry)},
      {Of("a", AssignmentBasis::kLaw, "48", "units/hc"),
       Of("b", AssignmentBasis::kDelegated, "48", "units/hc", "x"),
       Of("c", AssignmentBasis::kDelegated, "48", "units/hc", "x")});
  const CoverageReport report = CheckCoverage(*catalogue, *units, "", kDay);
  EXPECT_EQ(report.procedures, 3);
  EXPECT_EQ(report.units, 3);
  EXPECT_EQ(report.questions, 2 + 2 + 3) << "case x; two communes; with the province";
  EXPECT_EQ(report.holes, 1);
  EXPECT_EQ(report.overlaps, 1);
  ASSERT_EQ(report.faults.size(), 2u);
  EXPECT_EQ(report.faults[0].unit, "units/ah");
  EXPECT_EQ(report.faults[0].reason, "NO_COMPETENT_BODY");
  EXPECT_EQ(report.faults[1].reason, "ASSIGNMENTS_CONFLICT");
  EXPECT_EQ(CheckCoverage(*catalogue, *units, "01", kDay).questions, 0);
}

TEST(AssignmentTest, LevelsAreCountedByMinistry) {
  ProcedureVersion unproven = Version("1.000009", Level::kMinistry);
  unproven.procedure.proven = false;
  const auto catalogue =
      Catalogue::Of({Version("1.000001", Level::kMinistry), Version("1.000002", Level::kCommune),
                     Version("1.000003", Level::kProvince), unproven});
  const Decentralization levels = CountLevels(*catalogue, "", kDay);
  EXPECT_EQ(levels.total.procedures, 4);
  EXPECT_EQ(levels.total.MinistryPpm(), 333'333);
  EXPECT_EQ(levels.by_ministry.at("Bộ B").MinistryPpm(), 0);
  EXPECT_EQ(CountLevels(*catalogue, "", kBegin - 1).total.procedures, 0);
}

TEST(AssignmentTest, LevelsAreCountedWhereAssignmentsMovedThem) {
  const auto catalogue = Catalogue::Of(
      {Version("1.000001", Level::kProvince)},
      {Of("a", AssignmentBasis::kDelegated, "48"), Of("b", AssignmentBasis::kLaw, "01", "units/bd"),
       Of("c", AssignmentBasis::kLaw, "", "", "x")});
  const auto at_commune = [&](absl::string_view province_code) {
    return CountLevels(*catalogue, province_code, kDay).total.by_level[Level::kCommune];
  };
  EXPECT_EQ(at_commune("48"), 1);
  EXPECT_EQ(at_commune("01") + at_commune(""), 0) << "one commune, or one case";
}

}  // namespace
}  // namespace twotier::routing
