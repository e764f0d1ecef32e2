#include "services/routing/catalogue_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/routing/domain/deciding_body.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kHeader[] =
    "code,name,field,ministry,level,line,body_title,former_level,proven,term_value,term_unit,"
    "term_cases,cutoff_minute,fee_vnd,online_level,boundary,acts,decentralisation_acts,known_"
    "from\n";
constexpr char kRow[] =
    "1.000001,Đăng ký,Hộ tịch,Bộ Tư pháp,COMMUNE,LOCAL,,,1,3,WORKING_DAY,,900,0,FULL,FREE,"
    "60/2014/QH13;123/2015/NĐ-CP,,2026-06-01\n";

std::string FileContent(absl::string_view name) {
  std::ifstream file(absl::StrCat("services/routing/data/", name));
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<std::string> FieldsOf(const RowErrors& errors) {
  std::vector<std::string> fields;
  for (const auto& violation : errors.all()) fields.push_back(violation.field);
  return fields;
}

TEST(Procedures, ARowIsReadAsItStands) {
  RowErrors errors;
  const auto procedures = ReadProcedures(absl::StrCat(kHeader, kRow), errors);
  ASSERT_THAT(FieldsOf(errors), IsEmpty());
  ASSERT_EQ(procedures.size(), 1u);
  const Procedure& procedure = procedures[0];
  EXPECT_EQ(procedure.level, Level::kCommune);
  EXPECT_EQ(procedure.term, (Term{3, false, TermUnit::kWorkingDay, 900}));
  EXPECT_EQ(procedure.fee_vnd, 0);
  EXPECT_EQ(procedure.boundary, Boundary::kFree);
  EXPECT_THAT(procedure.acts, ElementsAre("60/2014/QH13", "123/2015/NĐ-CP"));
  EXPECT_EQ(procedure.known_from, absl::CivilDay(2026, 6, 1));
}

TEST(Procedures, EmptyIsNotZero) {
  RowErrors errors;
  const auto procedures = ReadProcedures(
      absl::StrCat(kHeader, "1.000001,Đăng ký,,Bộ Tư pháp,,,,,0,,,,,,,,,,2026-06-01\n"), errors);
  ASSERT_THAT(FieldsOf(errors), IsEmpty());
  EXPECT_FALSE(procedures[0].term.has_value());
  EXPECT_FALSE(procedures[0].fee_vnd.has_value());
  EXPECT_EQ(procedures[0].level, Level::kUnknown);
}

TEST(Procedures, EveryWrongCellIsNamed) {
  RowErrors errors;
  ReadProcedures(
      absl::StrCat(kHeader, kRow,
                   "1.00001,,,Bộ,VILLAGE,NAVY,,,2,x,DAY,,1441,-1,,MAYBE,,,2026-02-30\n",
                   "1.000003,A,,B,COMMUNE,,,,1,3,,,,,,,,,2026-06-01\n", "1.000004,A\n", kRow),
      errors);
  // Lines that are no rows are found before any cell is looked at.
  EXPECT_THAT(
      FieldsOf(errors),
      ElementsAre("procedures.csv:5:row", "procedures.csv:3:code", "procedures.csv:3:name",
                  "procedures.csv:3:level", "procedures.csv:3:line", "procedures.csv:3:proven",
                  "procedures.csv:3:term_unit", "procedures.csv:3:cutoff_minute",
                  "procedures.csv:3:term_value", "procedures.csv:3:fee_vnd",
                  "procedures.csv:3:boundary", "procedures.csv:3:known_from",
                  "procedures.csv:4:term_value", "procedures.csv:6:code"));
}

TEST(Procedures, HalfACalendarDayIsNoTerm) {
  RowErrors errors;
  ReadProcedures(absl::StrCat(kHeader,
                              "1.000001,A,,B,COMMUNE,,,,1,1.5,WORKING_DAY,,,,,,,,2026-06-01\n"
                              "1.000002,A,,B,COMMUNE,,,,1,1.5,CALENDAR_DAY,,,,,,,,2026-06-01\n"),
                 errors);
  EXPECT_THAT(FieldsOf(errors), ElementsAre("procedures.csv:3:term_value"));
}

TEST(Procedures, AWrongHeaderOrWrongBytesAreRefusedWhole) {
  RowErrors header;
  ReadProcedures("code,name\n", header);
  EXPECT_THAT(FieldsOf(header), ElementsAre("procedures.csv:1:header"));
  RowErrors bytes;
  ReadProcedures(absl::StrCat(kHeader, "\xFF\n"), bytes);
  EXPECT_THAT(FieldsOf(bytes), ElementsAre("procedures.csv"));
  RowErrors empty;
  ReadProcedures("", empty);
  EXPECT_THAT(FieldsOf(empty), ElementsAre("procedures.csv:1:header"));
}

TEST(Procedures, TheNationalTableHoldsWhatItsReadmeSays) {
  RowErrors errors;
  const auto procedures = ReadProcedures(FileContent(kProceduresFile), errors);
  ASSERT_THAT(FieldsOf(errors), IsEmpty());
  EXPECT_EQ(procedures.size(), 3411u);
  std::map<Level, int> published;
  std::map<DraftReason, int> drafts;
  for (const Procedure& procedure : procedures) {
    const auto reasons = DraftReasonsOf(procedure);
    if (reasons.empty()) ++published[procedure.level];
    for (const DraftReason reason : reasons) ++drafts[reason];
  }
  EXPECT_EQ(published, (std::map<Level, int>{{Level::kProvince, 604}, {Level::kCommune, 199}}));
  EXPECT_EQ(drafts, (std::map<DraftReason, int>{{DraftReason::kMinistryOnly, 1784},
                                                {DraftReason::kTermUnknown, 1029},
                                                {DraftReason::kCompetenceNotProven, 981},
                                                {DraftReason::kLevelDependsOnCase, 249}}));
}

// A row whose body contradicts its level or line is published, for its level is proven; it is a
// doubt all the same, and a doubt that is not written down is forgotten.
TEST(Procedures, TheReadmeListsEveryPublishedRowThatContradictsItself) {
  RowErrors errors;
  const std::string readme = FileContent("README.md");
  std::map<BodyBasis, int> bases;
  for (const Procedure& procedure : ReadProcedures(FileContent(kProceduresFile), errors)) {
    if (!DraftReasonsOf(procedure).empty()) continue;
    const DecidingBody body = DecidingBodyOf(procedure);
    ++bases[body.basis];
    EXPECT_FALSE(body.title_prefix.empty()) << procedure.code;
    if (body.basis != BodyBasis::kContradicted) continue;
    EXPECT_TRUE(absl::StrContains(readme, procedure.code))
        << procedure.code << "|" << procedure.body_title << "|" << body.because;
  }
  EXPECT_EQ(bases, (std::map<BodyBasis, int>{{BodyBasis::kUnstated, 14},
                                             {BodyBasis::kPublished, 582},
                                             {BodyBasis::kSeveral, 111},
                                             {BodyBasis::kDesignated, 30},
                                             {BodyBasis::kNotOfAUnit, 27},
                                             {BodyBasis::kContradicted, 39}}));
}

}  // namespace
}  // namespace twotier::routing
