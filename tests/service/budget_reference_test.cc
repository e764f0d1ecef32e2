#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/file.h"
#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::kDaNang;
using testing_support::kHaiChau;

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

std::string ContentOf(const std::string& name) {
  const auto content = ReadFile("services/budget/data/" + name);
  EXPECT_TRUE(content.ok()) << content.status();
  return content.value_or("");
}

class ReferenceTest : public BudgetTest {
 protected:
  absl::StatusOr<v1::ImportReferenceDataResponse> Import(const std::string& name,
                                                         const std::string& content,
                                                         bool validate_only = false) {
    v1::ImportReferenceDataRequest request;
    v1::ReferenceFile* file = request.add_files();
    file->set_file_name(name);
    file->set_content(content);
    request.set_request_id(RequestId());
    request.set_validate_only(validate_only);
    return server_.Call(&Stub::ImportReferenceData, request);
  }
  int64_t AdvanceMax(int year) {
    v1::ListLimitsRequest request;
    request.set_budget_year(year);
    const auto limits = server_.Call(&Stub::ListLimits, request);
    EXPECT_TRUE(limits.ok()) << limits.status();
    for (const v1::LimitRule& rule : limits->limits()) {
      if (rule.limit() == "ADVANCE_MAX") return rule.value();
    }
    return -1;
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(ReferenceTest);

TEST_P(ReferenceTest, ComesWithTheServiceAndIsReplacedWhole) {
  EXPECT_EQ(AdvanceMax(2027), 30);
  std::string limits = ContentOf("limits.csv");
  const std::string old_row = "ADVANCE_MAX,30,PERCENT,2026,,";
  limits.replace(limits.find(old_row), old_row.size(), "ADVANCE_MAX,20,PERCENT,2026,,");

  const auto shown = Import("limits.csv", limits, /*validate_only=*/true);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->version(), 2);
  EXPECT_EQ(shown->files(0).rows_added(), 1);
  EXPECT_EQ(shown->files(0).rows_removed(), 1);
  EXPECT_EQ(shown->files(0).rows(), 6);
  EXPECT_EQ(AdvanceMax(2027), 30);

  const auto imported = Import("limits.csv", limits);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->SerializeAsString(), shown->SerializeAsString());
  EXPECT_EQ(AdvanceMax(2027), 20);
  EXPECT_EQ(AdvanceMax(2025), -1);

  const auto again = Import("limits.csv", limits);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->version(), 2);
  EXPECT_EQ(again->files(0).rows_added(), 0);

  // A start does not bring back what an import replaced.
  BudgetServer restarted(database_, registry_.address());
  v1::ListLimitsRequest request;
  request.set_budget_year(2027);
  const auto kept = restarted.Call(&Stub::ListLimits, request);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_THAT(kept->DebugString(), HasSubstr("value: 20"));
}

TEST_P(ReferenceTest, OneWrongRowRefusesAllFiles) {
  v1::ImportReferenceDataRequest request;
  request.set_request_id(RequestId());
  v1::ReferenceFile* good = request.add_files();
  good->set_file_name("limits.csv");
  good->set_content(ContentOf("limits.csv") + "CONTINGENCY_MAX,4,PERCENT,2017,2025,A,,1,\n");
  v1::ReferenceFile* bad = request.add_files();
  bad->set_file_name("shared_taxes.csv");
  bad->set_content(ContentOf("shared_taxes.csv") +
                   "2027,20194,LAND_USE_INDIVIDUAL,20,40,41,NAMED,1,A,,\n");
  const auto refused = server_.Call(&Stub::ImportReferenceData, request);
  EXPECT_EQ(ReasonOf(refused.status()), "IMPORT_ROW_INVALID");
  EXPECT_THAT(FieldsOf(refused.status()), ElementsAre("shared_taxes.csv:660:commune_percent"));
  const auto next = Import("limits.csv", ContentOf("limits.csv"));
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->version(), 1);  // Nothing was committed.
  EXPECT_THAT(FieldsOf(Import("norms.csv", "x").status()), ElementsAre("files[0].file_name"));
}

TEST_P(ReferenceTest, ListsTheClassificationInPages) {
  v1::ListClassificationRequest request;
  request.set_budget_year(2027);
  request.set_page_size(100);
  const auto first = server_.Call(&Stub::ListClassification, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->codes_size(), 100);
  request.set_page_token(first->next_page_token());
  const auto second = server_.Call(&Stub::ListClassification, request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->codes_size(), 7);
  EXPECT_EQ(second->next_page_token(), "");
  request.set_budget_year(2028);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ListClassification, request).status()),
            "WRONG_PAGE_TOKEN");
  v1::ListClassificationRequest levels;
  levels.set_budget_year(2027);
  levels.set_segment(v1::CLASSIFICATION_SEGMENT_LEVEL);
  const auto found = server_.Call(&Stub::ListClassification, levels);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->codes_size(), 3);
  EXPECT_EQ(found->codes(2).code(), "4");
  EXPECT_TRUE(found->codes(2).source().proven());
}

TEST_P(ReferenceTest, TakesATreasuryCodeApart) {
  v1::ParseTreasuryCodeRequest request;
  request.set_code("0112346950412345672019480534100000201113000");
  request.set_budget_year(2027);
  const auto parsed = server_.Call(&Stub::ParseTreasuryCode, request);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->formatted_code(), "01.1234.6950.4.1234567.20194.805.341.00000.2011.13.000");
  EXPECT_FALSE(parsed->proven());
  EXPECT_EQ(parsed->segments(2).meaning(), "Mua sắm tài sản phục vụ công tác chuyên môn");
  EXPECT_EQ(parsed->segments(3).meaning(), "Ngân sách cấp xã");
  EXPECT_EQ(parsed->segments(7).meaning(), "Quản lý nhà nước");
  request.set_code("x1.1234.6950.4.1234567.20194.805.341.00000.2011.13.00");
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::ParseTreasuryCode, request).status()),
              ElementsAre("code.fund", "code.reserve"));
}

TEST_P(ReferenceTest, SplitsASharedTax) {
  v1::GetSharedTaxesRequest request;
  request.set_unit(kHaiChau);  // Has the code 20194 in the played registry.
  request.set_budget_year(2026);
  request.set_collected_vnd(100);
  const auto taxes = server_.Call(&Stub::GetSharedTaxes, request);
  ASSERT_TRUE(taxes.ok()) << taxes.status();
  ASSERT_EQ(taxes->shares_size(), 7);
  EXPECT_EQ(taxes->shares(0).commune_percent(), 32);
  EXPECT_EQ(taxes->splits(0).province_vnd(), 51);
  request.set_budget_year(2027);
  const absl::Status unknown = server_.Call(&Stub::GetSharedTaxes, request).status();
  EXPECT_EQ(ReasonOf(unknown), "TAX_SHARES_NOT_FOUND");
  EXPECT_EQ(MetadataOf(unknown, "budget_year"), "2027");
  request.set_unit("units/nowhere");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetSharedTaxes, request).status()), "UNIT_NOT_FOUND");
  request.set_collected_vnd(-1);
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::GetSharedTaxes, request).status()),
              ElementsAre("collected_vnd"));
}

TEST_P(ReferenceTest, ListsWhoDecides) {
  v1::ListCompetenciesRequest request;
  request.set_budget_year(2027);
  request.set_level(v1::GOVERNMENT_LEVEL_COMMUNE);
  const auto listed = server_.Call(&Stub::ListCompetencies, request);
  ASSERT_TRUE(listed.ok()) << listed.status();
  for (const v1::Competency& rule : listed->competencies()) {
    EXPECT_NE(rule.body(), v1::BODY_CHAIR) << rule.DebugString();
    if (rule.matter() != v1::MATTER_ESTIMATE) continue;
    EXPECT_EQ(rule.body(), v1::BODY_COUNCIL);
  }
  EXPECT_GT(listed->competencies_size(), 10);
}

TEST_P(ReferenceTest, ListsRelationCodesThatAProvinceImported) {
  v1::ListRelationCodesRequest request;
  request.set_unit(kHaiChau);
  const auto none = server_.Call(&Stub::ListRelationCodes, request);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->codes_size(), 0);
  ASSERT_TRUE(
      Import("relation_codes.csv", ContentOf("relation_codes.csv") +
                                       "1234567,20194,UBND phường Hải Châu,2025-07-01,A,1,\n"
                                       "1234568,20195,UBND phường An Hải,2025-07-01,A,1,\n")
          .ok());
  const auto codes = server_.Call(&Stub::ListRelationCodes, request);
  ASSERT_TRUE(codes.ok()) << codes.status();
  ASSERT_EQ(codes->codes_size(), 1);
  EXPECT_EQ(codes->codes(0).code(), "1234567");
}

// Without reference data nothing is guessed.
class NoReferenceTest : public ::testing::TestWithParam<testing_support::EngineParam> {};
TWOTIER_BUDGET_ON_EVERY_ENGINE(NoReferenceTest);

TEST_P(NoReferenceTest, EverythingSaysSo) {
  testing_support::TestDatabase database = GetParam().make();
  testing_support::PlayedRegistry registry;
  BudgetServer server(database, registry.address(), testing_support::Monday(), "");
  v1::ListLimitsRequest limits;
  limits.set_budget_year(2027);
  EXPECT_EQ(ReasonOf(server.Call(&Stub::ListLimits, limits).status()), "REFERENCE_NOT_LOADED");
  v1::ImportReferenceDataRequest request;
  v1::ReferenceFile* file = request.add_files();
  file->set_file_name("limits.csv");
  file->set_content(ContentOf("limits.csv"));
  request.set_request_id(RequestId());
  const auto alone = server.Call(&Stub::ImportReferenceData, request);
  EXPECT_EQ(ReasonOf(alone.status()), "IMPORT_ROW_INVALID");
  EXPECT_THAT(FieldsOf(alone.status()), ::testing::Contains("budget_steps.csv"));
}

}  // namespace
}  // namespace twotier::budget::testing
