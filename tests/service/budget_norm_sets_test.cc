// Norm sets over gRPC: published once and for ever, shown, listed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/file.h"
#include "tests/service/budget_norms_fixture.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NormSetsTest : public NormsTest {
 protected:
  void SetUp() override { ASSERT_TRUE(Publish("supplement", SupplementNorms()).ok()); }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(NormSetsTest);

TEST_P(NormSetsTest, APublishedVersionNeverChanges) {
  v1::NormSetContent content = SupplementNorms();
  EXPECT_EQ(ReasonOf(Publish("supplement", content).status()), "STALE_ETAG");
  EXPECT_EQ(ReasonOf(Publish("supplement", content, "\"2\"").status()), "STALE_ETAG");
  EXPECT_EQ(ReasonOf(Publish("another", content, "\"1\"").status()), "STALE_ETAG");
  content.set_title("Changed");
  const auto second = Publish("supplement", content, "\"1\"");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->version(), 2);
  EXPECT_EQ(second->publisher(), "officer");

  v1::GetNormSetRequest get;
  get.set_name("provinces/48/normSets/supplement");
  const auto last = server_.Call(&Stub::GetNormSet, get);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->norm_set().SerializeAsString(), second->SerializeAsString());
  get.set_version(1);
  const auto first = server_.Call(&Stub::GetNormSet, get);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->norm_set().content().SerializeAsString(), SupplementNorms().SerializeAsString());
  get.set_version(3);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetNormSet, get).status()), "NORM_SET_NOT_FOUND");
  get.set_version(-1);
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::GetNormSet, get).status()), ElementsAre("version"));
}

TEST_P(NormSetsTest, EverythingWrongWithANormSetIsToldAtOnce) {
  v1::NormSetContent content = SupplementNorms();
  content.mutable_lines(1)->mutable_distribution()->mutable_weight()->set_input("nobody");
  content.mutable_lines(2)->mutable_amount()->mutable_sum_of_lines()->set_lines(0, "total");
  content.clear_title();
  EXPECT_THAT(
      FieldsOf(Publish("Wrong id", content).status()),
      ElementsAre("content.title", "norm_set_id", "content.lines[1].distribution.weight.input",
                  "content.lines[2].amount.sum_of_lines.lines[0]", "content.inputs[0].key"));
}

TEST_P(NormSetsTest, NormsAreDecidedByTheCouncilAndBeforeTheyArePublished) {
  v1::NormSetContent content = SupplementNorms();
  content.set_body(v1::BODY_COMMITTEE);
  const absl::Status other = Publish("by-committee", content).status();
  EXPECT_EQ(ReasonOf(other), "BODY_NOT_COMPETENT");
  EXPECT_EQ(MetadataOf(other, "matter"), "NORMS");
  EXPECT_EQ(MetadataOf(other, "level"), "PROVINCE");
  EXPECT_EQ(MetadataOf(other, "competent"), "COUNCIL");
  content = SupplementNorms();
  testing_support::SetDate(content.mutable_decision_date(), 2026, 11, 3);
  const absl::Status early = Publish("early", content).status();
  EXPECT_EQ(ReasonOf(early), "EFFECTIVE_IN_FUTURE");
  EXPECT_EQ(MetadataOf(early, "date"), "2026-11-03");
  content.clear_body();
  content.clear_decision_date();
  EXPECT_THAT(FieldsOf(Publish("undecided", content).status()),
              ElementsAre("content.body", "content.decision_date"));
}

TEST_P(NormSetsTest, NormsAreDecidedByTheCouncilInEveryYearOfTheirs) {
  auto competencies = ReadFile("services/budget/data/competencies.csv");
  ASSERT_TRUE(competencies.ok()) << competencies.status();
  const std::string rule = "NORMS,PROVINCE,COUNCIL,,2026,,";
  ASSERT_NE(competencies->find(rule), std::string::npos);
  competencies->replace(competencies->find(rule), rule.size(),
                        "NORMS,PROVINCE,COUNCIL,,2026,2027,");
  competencies->append("NORMS,PROVINCE,COMMITTEE,,2028,2029,A,1,1,\n");
  v1::ImportReferenceDataRequest import;
  import.add_files()->set_file_name("competencies.csv");
  import.mutable_files(0)->set_content(*competencies);
  import.set_request_id(RequestId());
  const auto imported = server_.Call(&Stub::ImportReferenceData, import);
  ASSERT_TRUE(imported.ok()) << imported.status();
  v1::NormSetContent content = SupplementNorms();
  content.set_first_year(2026);
  content.set_last_year(2027);
  EXPECT_TRUE(Publish("as-long", content).ok());
  content.set_last_year(2030);
  const absl::Status longer = Publish("longer", content).status();
  EXPECT_EQ(ReasonOf(longer), "BODY_NOT_COMPETENT");
  EXPECT_EQ(MetadataOf(longer, "budget_years"), "2028-2029,2030");
  EXPECT_EQ(error::PreconditionsOf(longer).size(), 2u);
}

TEST_P(NormSetsTest, NormSetsAreListedByIdAndVersion) {
  ASSERT_TRUE(Publish("supplement", SupplementNorms(), "\"1\"").ok());
  ASSERT_TRUE(Publish("a-first", SupplementNorms()).ok());
  v1::ListNormSetsRequest list;
  list.set_parent("provinces/48");
  list.set_page_size(3);
  const auto page = server_.Call(&Stub::ListNormSets, list);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->norm_sets_size(), 3);
  EXPECT_EQ(page->norm_sets(0).name(), "provinces/48/normSets/a-first");
  EXPECT_EQ(page->norm_sets(0).content().title(), "Supplement");
  EXPECT_THAT(page->norm_sets(0).content().lines(), IsEmpty());
  // Published by the server when it started.
  EXPECT_EQ(page->norm_sets(2).name(), "provinces/48/normSets/recurrent-2026");
  EXPECT_EQ(page->norm_sets(2).publisher(), "system:budget");
  list.set_page_token(page->next_page_token());
  const auto rest = server_.Call(&Stub::ListNormSets, list);
  ASSERT_TRUE(rest.ok()) << rest.status();
  ASSERT_EQ(rest->norm_sets_size(), 2);
  EXPECT_EQ(rest->norm_sets(1).name(), "provinces/48/normSets/supplement");
  EXPECT_EQ(rest->norm_sets(1).version(), 2);
  EXPECT_THAT(rest->next_page_token(), IsEmpty());
  list.set_page_token("other");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ListNormSets, list).status()), "WRONG_PAGE_TOKEN");
}

}  // namespace
}  // namespace twotier::budget::testing
