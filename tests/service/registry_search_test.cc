// Search over gRPC, on the national data and on both engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "tests/service/registry_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using Code = absl::StatusCode;
using Stub = v1::RegistryService::Stub;

class RegistrySearchTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  absl::StatusOr<v1::SearchUnitsResponse> Search(const v1::SearchUnitsRequest& request) {
    return server_.Call(&Stub::SearchUnits, request);
  }

  static v1::SearchUnitsRequest For(const std::string& text) {
    v1::SearchUnitsRequest request;
    request.set_text(text);
    return request;
  }

  static std::vector<std::string> Fields(const absl::Status& status) {
    std::vector<std::string> fields;
    for (const auto& violation : error::FieldViolationsOf(status)) {
      fields.push_back(violation.field);
    }
    return fields;
  }

  testing_support::TestDatabase database_ = GetParam().make();
  RegistryServer server_{database_, "services/registry/data"};
};

INSTANTIATE_TEST_SUITE_P(All, RegistrySearchTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistrySearchTest, AnOldNameTellsWhenItHeldAndWhatItIsToday) {
  const auto response = Search(For("truc bach, ha noi"));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->as_of().year(), 2026);
  EXPECT_EQ(response->next_page_token(), "");
  ASSERT_EQ(response->hits_size(), 1);
  const v1::UnitHit& hit = response->hits(0);
  EXPECT_EQ(hit.unit().full_name(), "Phường Trúc Bạch");
  EXPECT_EQ(hit.unit().code(), "00004");
  EXPECT_EQ(hit.matched_name(), "Trúc Bạch");
  EXPECT_EQ(hit.match(), v1::NAME_MATCH_EXACT);
  EXPECT_FALSE(hit.named().has_first_date()) << "since before the data begin";
  EXPECT_EQ(hit.named().end_date().month(), 7);
  ASSERT_EQ(hit.outcomes_size(), 1);
  EXPECT_EQ(hit.outcomes(0).full_name(), "Phường Ba Đình");
  EXPECT_EQ(hit.outcomes(0).code(), "00004");
  EXPECT_EQ(hit.outcomes(0).province_code(), "01");
  EXPECT_EQ(hit.outcomes(0).relation(), v1::RELATION_WHOLE);

  v1::SearchUnitsRequest before = For("Phường Trúc Bạch");
  SetDate(2025, 6, 30, before.mutable_as_of());
  before.set_only_current(true);
  const auto then = Search(before);
  ASSERT_TRUE(then.ok()) << then.status();
  ASSERT_EQ(then->hits_size(), 1);
  EXPECT_EQ(then->hits(0).matched_name(), "Phường Trúc Bạch");
  ASSERT_EQ(then->hits(0).outcomes_size(), 1);
  EXPECT_EQ(then->hits(0).outcomes(0).unit(), hit.unit().name());
  EXPECT_EQ(then->hits(0).outcomes(0).relation(), v1::RELATION_UNCHANGED);
}

TEST_P(RegistrySearchTest, FiltersAndPagesHoldTheirOrder) {
  v1::SearchUnitsRequest request = For("tân");
  request.set_tier(v1::TIER_COMMUNE);
  request.set_only_current(true);
  request.set_page_size(1000);
  const auto all = Search(request);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_GT(all->hits_size(), 100);
  request.set_page_size(30);
  std::vector<std::string> paged;
  int pages = 0;
  do {
    const auto page = Search(request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->hits_size(), 30);
    for (const v1::UnitHit& hit : page->hits()) {
      EXPECT_EQ(hit.unit().tier(), v1::TIER_COMMUNE);
      EXPECT_EQ(hit.outcomes(0).unit(), hit.unit().name());
      paged.push_back(hit.unit().name());
    }
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  std::vector<std::string> once;
  for (const v1::UnitHit& hit : all->hits()) once.push_back(hit.unit().name());
  EXPECT_EQ(paged, once);
  EXPECT_EQ(pages, (all->hits_size() + 29) / 30);
  EXPECT_EQ(std::set<std::string>(once.begin(), once.end()).size(), once.size());

  request.set_page_token("");
  request.set_province_code("79");
  const auto province = Search(request);
  ASSERT_TRUE(province.ok()) << province.status();
  EXPECT_GT(province->hits_size(), 0);
  for (const v1::UnitHit& hit : province->hits()) EXPECT_EQ(hit.unit().province_code(), "79");
}

TEST_P(RegistrySearchTest, Refuses) {
  v1::SearchUnitsRequest request = For("tân");
  SetDate(2025, 6, 29, request.mutable_as_of());
  const absl::Status early = Search(request).status();
  EXPECT_EQ(early.code(), Code::kOutOfRange);
  EXPECT_EQ(Reason(early), "DATE_BEFORE_DATA");

  request = For("tân");
  request.set_page_size(1);
  request.set_page_token(Search(request)->next_page_token());
  request.set_text("ba đình");
  const absl::Status moved = Search(request).status();
  EXPECT_EQ(moved.code(), Code::kInvalidArgument);
  EXPECT_EQ(Reason(moved), "WRONG_PAGE_TOKEN");

  v1::SearchUnitsRequest malformed;
  malformed.set_province_code("7");
  malformed.set_page_size(-1);
  SetDate(2026, 2, 30, malformed.mutable_as_of());
  const absl::Status status = Search(malformed).status();
  EXPECT_EQ(Reason(status), "MALFORMED_REQUEST");
  EXPECT_THAT(Fields(status),
              ::testing::UnorderedElementsAre("text", "province_code", "as_of", "page_size"));
  EXPECT_THAT(Fields(Search(For(std::string(257, 'a'))).status()), ElementsAre("text"));
  const auto nothing = Search(For(", ;"));
  ASSERT_TRUE(nothing.ok()) << nothing.status();
  EXPECT_EQ(nothing->hits_size(), 0);
}

TEST_P(RegistrySearchTest, ADividedUnitSaysWhatTellsItsPartsApart) {
  v1::ResolveUnitsRequest request;
  v1::UnitQuery& divided = *request.add_queries();
  divided.set_code("00016");
  SetDate(2025, 6, 30, divided.mutable_from_date());
  v1::UnitQuery& merged = *request.add_queries();
  merged.set_code("00004");
  SetDate(2025, 6, 30, merged.mutable_from_date());
  const auto response = server_.Call(&Stub::ResolveUnits, request);
  ASSERT_TRUE(response.ok()) << response.status();
  // The published table says neither shares nor hamlets.
  EXPECT_EQ(response->resolutions(0).discriminator(), v1::DISCRIMINATOR_LOCATION);
  for (const v1::ResolvedUnit& result : response->resolutions(0).results()) {
    EXPECT_FALSE(result.has_population_ppm());
    EXPECT_FALSE(result.has_area_ppm());
    EXPECT_EQ(result.hamlets_size(), 0);
  }
  EXPECT_EQ(response->resolutions(1).discriminator(), v1::DISCRIMINATOR_UNSPECIFIED);
  EXPECT_EQ(response->resolutions(1).results(0).population_ppm(), 1'000'000);
  EXPECT_EQ(response->resolutions(1).results(0).area_ppm(), 1'000'000);
}

}  // namespace
}  // namespace twotier::registry
