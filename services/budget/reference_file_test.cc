#include "services/budget/reference_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "services/budget/reference_testing.h"

namespace twotier::budget {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> FieldsOf(const RowErrors& errors) {
  std::vector<std::string> fields;
  for (const auto& violation : errors.all()) fields.push_back(violation.field);
  return fields;
}

TEST(ReferenceData, TheCalendarIsThatOfRouting) {
  const auto routing = ReadFile("services/routing/data/calendar.csv");
  ASSERT_TRUE(routing.ok()) << routing.status();
  EXPECT_EQ(NationalFilesForTest().at("calendar.csv"), *routing);
}

TEST(ReferenceData, EveryUnitOfDaNangHasEverySharedTax) {
  const auto reference = NationalReferenceForTest();
  std::map<std::string, int> taxes;
  std::set<std::string> do_not_apply;
  for (const TaxShare& share : reference->tax_shares) {
    EXPECT_EQ(share.budget_year, 2026);
    EXPECT_EQ(share.central_percent + share.province_percent + share.commune_percent, 100);
    ++taxes[share.unit_code];
    if (!share.applies) do_not_apply.insert(share.unit_code);
  }
  EXPECT_THAT(taxes, SizeIs(94));
  for (const auto& [unit, count] : taxes) EXPECT_EQ(count, 7) << unit;
  // Hoàng Sa: the city pays.
  EXPECT_THAT(do_not_apply, ElementsAre("20333"));
  const auto hai_van = std::find_if(
      reference->tax_shares.begin(), reference->tax_shares.end(), [](const TaxShare& share) {
        return share.unit_code == "20194" && share.tax == SharedTax::kVatCitSctPit;
      });
  ASSERT_NE(hai_van, reference->tax_shares.end());
  const SplitAmount split = Split(*hai_van, 1'000'000'001);
  EXPECT_EQ(split.province_vnd, 510'000'000);
  EXPECT_EQ(split.commune_vnd, 320'000'000);
  EXPECT_EQ(split.central_vnd, 170'000'001);
}

TEST(ReferenceData, TheTreasuryCodeHas43DigitsAndSaysThatItIsNotConfirmed) {
  const auto reference = NationalReferenceForTest();
  EXPECT_EQ(reference->treasury.digits(), 43);
  EXPECT_THAT(reference->treasury.segments(), SizeIs(12));
  for (const TreasurySegment& segment : reference->treasury.segments()) {
    EXPECT_FALSE(segment.source.proven) << segment.name;
  }
  const std::string dotted = "01.1234.6001.4.1234567.20194.805.341.00000.2011.13.000";
  const auto code = reference->treasury.Parse(dotted);
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(reference->treasury.Get(*code, "budget_level"), "4");
  EXPECT_EQ(reference->treasury.Get(*code, "area"), "20194");
  std::string plain = dotted;
  plain.erase(std::remove(plain.begin(), plain.end(), '.'), plain.end());
  const auto same = reference->treasury.Parse(plain);
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(*same, *code);
  EXPECT_EQ(TreasuryLayout::Format(*same), dotted);
  std::vector<std::string> wrong;
  for (const auto& violation : error::FieldViolationsOf(
           reference->treasury.Parse("1.1234.60x1.4.1234567.20194.805.341.00000.2011.13.000")
               .status())) {
    wrong.push_back(violation.field);
  }
  EXPECT_THAT(wrong, ElementsAre("code.fund", "code.economic_content"));
  EXPECT_FALSE(reference->treasury.Parse("1234").ok());
}

TEST(ReferenceData, CommuneIsLevel4AndTheDistrictIsGone) {
  const auto reference = NationalReferenceForTest();
  const Classification& codes = reference->classification;
  const ClassificationCode* commune = codes.Find(Segment::kLevel, "4", 2026);
  ASSERT_NE(commune, nullptr);
  EXPECT_TRUE(commune->source.proven);
  EXPECT_EQ(codes.Find(Segment::kLevel, "3", 2026), nullptr);
  EXPECT_EQ(codes.Find(Segment::kLevel, "4", 2025), nullptr);
  EXPECT_EQ(codes.Find(Segment::kItem, "6950", 2026)->nature, Nature::kEquipment);
  EXPECT_EQ(codes.Of(Segment::kLevel, 2026).size(), 3u);
  // Whatever rests on memory says so.
  for (const ClassificationCode* code : codes.Of(Segment::kUnknown, 2026)) {
    EXPECT_EQ(code->source.proven, code->code == "4") << code->code;
  }
}

TEST(ReferenceData, WhatIsMissingIsNamed) {
  ReferenceFiles files = NationalFilesForTest();
  files.erase("limits.csv");
  RowErrors errors;
  EXPECT_EQ(ReadReference(files, errors), nullptr);
  EXPECT_THAT(FieldsOf(errors), ElementsAre("limits.csv"));
}

TEST(ReferenceData, WrongRowsOfAllFilesAreToldAtOnce) {
  ReferenceFiles files = NationalFilesForTest();
  files["shared_taxes.csv"] +=
      "2026,20194,LAND_USE_INDIVIDUAL,20,40,40,NAMED,1,A,,\n"
      "2027,2019,BEER_TAX,20,40,41,SOME,1,,,\n"
      "2027,20333,LAND_USE_INDIVIDUAL,20,40,40,NAMED,0,A,,\n";
  files["limits.csv"] += "ADVANCE_MAX,101,PERCENT,2027,2026,A,,1,\n";
  files["budget_steps.csv"] +=
      "x,2027,,,PREPARATION,DUTY,NATION,EVERYONE,y,BEFORE,,02-29,,,A,,1,\n";
  files["classification.csv"] += "SUB_ITEM,6002,9999,Lương,,2026,,A,0,\n";
  RowErrors errors;
  EXPECT_EQ(ReadReference(files, errors), nullptr);
  EXPECT_THAT(
      FieldsOf(errors),
      ElementsAre("limits.csv:8:value", "limits.csv:8:last_budget_year", "limits.csv:8:limit",
                  "shared_taxes.csv:660:tax", "shared_taxes.csv:661:unit_code",
                  "shared_taxes.csv:661:tax", "shared_taxes.csv:661:commune_percent",
                  "shared_taxes.csv:661:basis", "shared_taxes.csv:661:act",
                  "shared_taxes.csv:662:note", "classification.csv:109:code",
                  "budget_steps.csv:98:year_offset", "budget_steps.csv:98:month_day"));
}

// A database holds the files that were imported before.
TEST(ReferenceData, FiguresThatNoRuleReadsAnyMoreArePassedOver) {
  ReferenceFiles files = NationalFilesForTest();
  files["limits.csv"] +=
      "RESERVE_FUND_MAX,25,PERCENT,2026,,89/2025/QH15,11,1,only a province has a reserve fund\n";
  RowErrors errors;
  const auto reference = ReadReference(files, errors);
  EXPECT_THAT(FieldsOf(errors), IsEmpty());
  ASSERT_NE(reference, nullptr);
  EXPECT_THAT(reference->limits.rules(), SizeIs(6));
}

std::vector<std::string> WrongSteps(const std::string& rows) {
  RowErrors errors;
  const std::string header = NationalFilesForTest().at("budget_steps.csv");
  ReadBudgetSteps(absl::StrCat(header.substr(0, header.find('\n') + 1), rows), errors);
  std::vector<std::string> wrong;
  for (const auto& each : errors.all()) {
    wrong.push_back(absl::StrCat(each.field, " ", each.description));
  }
  return wrong;
}

TEST(BudgetSteps, WhatOnlyAllRowsCanTell) {
  constexpr char kFirst[] =
      "a,2027,,,PREPARATION,DUTY,PROVINCE,COUNCIL,x,BEFORE,-1,12-10,,,A,,1,\n";
  EXPECT_THAT(WrongSteps(kFirst), IsEmpty());
  EXPECT_THAT(
      WrongSteps(absl::StrCat(
          kFirst, "a,2028,,,PREPARATION,DUTY,PROVINCE,COUNCIL,x,BEFORE,-1,12-10,,,A,,1,\n",
          "b,2026,,,PREPARATION,DUTY,COMMUNE,COUNCIL,x,CALENDAR_DAYS,,,10,a,A,,1,\n",
          "c,2028,,,PREPARATION,DUTY,NATION,GOVERNMENT,x,CALENDAR_DAYS,,,10,a,A,,1,\n",
          "d,2028,,,PREPARATION,DUTY,NATION,GOVERNMENT,x,NOT_AFTER,,,,e,A,,1,\n",
          "e,2028,,,PREPARATION,DUTY,NATION,GOVERNMENT,x,NOT_AFTER,,,,d,A,,1,\n")),
      ElementsAre("budget_steps.csv:2:step must not stand in the file twice for one year and place",
                  "budget_steps.csv:3:step must not stand in the file twice for one year and place",
                  "budget_steps.csv:4:after must be a step of budget year 2026",
                  "budget_steps.csv:5:after must be a step of the same level or of one above",
                  "budget_steps.csv:6:after must not come back to itself",
                  "budget_steps.csv:7:after must not come back to itself"));
}

TEST(RelationCodes, HaveSevenDigitsAndOneHolder) {
  RowErrors errors;
  constexpr char kHeader[] = "relation_code,unit_code,holder,first_date,act,proven,note\n";
  const auto codes = ReadRelationCodes(
      absl::StrCat(kHeader, "1234567,20194,UBND phường Hải Vân,2025-07-01,A,1,\n"), errors);
  EXPECT_THAT(FieldsOf(errors), IsEmpty());
  ASSERT_THAT(codes, SizeIs(1));
  EXPECT_EQ(codes[0].first_day, absl::CivilDay(2025, 7, 1));
  ReadRelationCodes(absl::StrCat(kHeader, "1234567,20194,A,2025-07-01,A,1,\n",
                                 "1234567,20197,B,2025-07-01,A,1,\n", "123456,2019,,,,1,\n"),
                    errors);
  EXPECT_THAT(
      FieldsOf(errors),
      ElementsAre("relation_codes.csv:3:relation_code", "relation_codes.csv:4:relation_code",
                  "relation_codes.csv:4:unit_code", "relation_codes.csv:4:holder",
                  "relation_codes.csv:4:first_date", "relation_codes.csv:4:proven"));
}

}  // namespace
}  // namespace twotier::budget
