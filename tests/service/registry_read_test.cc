// Reads of the register over gRPC, on the national data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "common/errors.h"
#include "tests/service/registry_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using Code = absl::StatusCode;
using Stub = v1::RegistryService::Stub;

// Reads change nothing, so all tests share one server.
class RegistryReadTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = new testing_support::TestDatabase(testing_support::MakeSqlite());
    server_ = new RegistryServer(*database_, "services/registry/data");
  }
  static void TearDownTestSuite() {
    delete server_;
    delete database_;
  }

  static absl::StatusOr<v1::GetUnitResponse> GetUnit(const std::string& code, int year = 0,
                                                     int month = 0, int day = 0) {
    v1::GetUnitRequest request;
    request.set_code(code);
    if (year != 0) SetDate(year, month, day, request.mutable_as_of());
    return server_->Call(&Stub::GetUnit, request);
  }

  static std::vector<std::string> Fields(const absl::Status& status) {
    std::vector<std::string> fields;
    for (const auto& violation : error::FieldViolationsOf(status)) {
      fields.push_back(violation.field);
    }
    return fields;
  }

  static testing_support::TestDatabase* database_;
  static RegistryServer* server_;
};

testing_support::TestDatabase* RegistryReadTest::database_ = nullptr;
RegistryServer* RegistryReadTest::server_ = nullptr;

TEST_F(RegistryReadTest, UnitByCodeIsTheOneOfTheDate) {
  const auto today = GetUnit("00004");
  ASSERT_TRUE(today.ok()) << today.status();
  EXPECT_EQ(today->unit().full_name(), "Phường Ba Đình");
  EXPECT_EQ(today->unit().ascii_name(), "Ba Dinh");
  EXPECT_EQ(today->unit().province_code(), "01");
  EXPECT_EQ(today->as_of().year(), 2026);
  EXPECT_EQ(today->as_of().day(), 22);
  const auto before = GetUnit("00004", 2025, 6, 30);
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(before->unit().full_name(), "Phường Trúc Bạch");
  EXPECT_NE(before->unit().name(), today->unit().name());

  v1::GetUnitRequest by_name;
  by_name.set_name(today->unit().name());
  EXPECT_EQ(server_->Call(&Stub::GetUnit, by_name)->unit().code(), "00004");
  SetDate(2025, 6, 30, by_name.mutable_as_of());
  EXPECT_EQ(Reason(server_->Call(&Stub::GetUnit, by_name).status()), "UNIT_NOT_FOUND");
}

TEST_F(RegistryReadTest, TodayIsTodayInVietnam) {
  // 18:30 in London on 31 August 2026 is past midnight in Hà Nội: Quảng Ninh is a city.
  server_->clock().Set(
      absl::FromCivil(absl::CivilMinute(2026, 8, 31, 18, 30), absl::UTCTimeZone()));
  const auto unit = GetUnit("22");
  server_->clock().Set(absl::FromUnixSeconds(kNowSeconds));
  ASSERT_TRUE(unit.ok());
  EXPECT_EQ(unit->as_of().month(), 9);
  EXPECT_EQ(unit->unit().type(), v1::UNIT_TYPE_CENTRALLY_RUN_CITY);
}

TEST_F(RegistryReadTest, GetUnitRefuses) {
  const absl::Status unknown = GetUnit("99999").status();
  EXPECT_EQ(unknown.code(), Code::kNotFound);
  EXPECT_EQ(Reason(unknown), "UNIT_NOT_FOUND");
  EXPECT_THAT(error::ReasonOf(unknown)->metadata, Contains(::testing::Pair("as_of", "2026-11-22")));
  const absl::Status early = GetUnit("00004", 2025, 6, 29).status();
  EXPECT_EQ(early.code(), Code::kOutOfRange);
  EXPECT_EQ(Reason(early), "DATE_BEFORE_DATA");
  EXPECT_THAT(error::ReasonOf(early)->metadata,
              Contains(::testing::Pair("data_begins", "2025-06-30")));

  v1::GetUnitRequest both;
  both.set_code("4");
  both.set_name("communes/x");
  SetDate(2026, 2, 30, both.mutable_as_of());
  const absl::Status malformed = server_->Call(&Stub::GetUnit, both).status();
  EXPECT_EQ(malformed.code(), Code::kInvalidArgument);
  EXPECT_EQ(Reason(malformed), "MALFORMED_REQUEST");
  EXPECT_THAT(Fields(malformed), ::testing::UnorderedElementsAre("name", "name", "code", "as_of"));
  EXPECT_THAT(Fields(server_->Call(&Stub::GetUnit, v1::GetUnitRequest()).status()),
              ElementsAre("name"));
}

TEST_F(RegistryReadTest, ListsAProvinceInPages) {
  v1::ListUnitsRequest request;
  request.set_tier(v1::TIER_COMMUNE);
  request.set_province_code("48");
  request.set_page_size(40);
  std::vector<std::string> codes;
  int pages = 0;
  do {
    const auto page = server_->Call(&Stub::ListUnits, request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->units_size(), 40);
    for (const v1::Unit& unit : page->units()) codes.push_back(unit.code());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(codes.size(), 94u);
  EXPECT_TRUE(std::is_sorted(codes.begin(), codes.end()));
  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 94u);
}

TEST_F(RegistryReadTest, ListsTheChildrenOfAParent) {
  const auto district = GetUnit("001", 2025, 6, 30);
  ASSERT_TRUE(district.ok());
  v1::ListUnitsRequest request;
  request.set_parent(district->unit().name());
  SetDate(2025, 6, 30, request.mutable_as_of());
  const auto list = server_->Call(&Stub::ListUnits, request);
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->units_size(), 13);
  EXPECT_EQ(list->next_page_token(), "");
  for (const v1::Unit& unit : list->units()) EXPECT_EQ(unit.parent(), district->unit().name());
}

TEST_F(RegistryReadTest, PagesStayOnTheirDate) {
  v1::ListUnitsRequest request;
  request.set_page_size(1);
  request.set_tier(v1::TIER_PROVINCE);
  server_->clock().Set(absl::FromCivil(absl::CivilDay(2025, 6, 30), VietnamTimeZone()));
  const auto first = server_->Call(&Stub::ListUnits, request);
  server_->clock().Set(absl::FromUnixSeconds(kNowSeconds));
  ASSERT_TRUE(first.ok());
  request.set_page_token(first->next_page_token());
  const auto second = server_->Call(&Stub::ListUnits, request);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->as_of().month(), 6);
  EXPECT_EQ(second->units(0).full_name(), "Tỉnh Hà Giang");
}

TEST_F(RegistryReadTest, PageSizesAndTokensAreChecked) {
  v1::ListUnitsRequest request;
  request.set_page_size(5000);
  const auto largest = server_->Call(&Stub::ListUnits, request);
  ASSERT_TRUE(largest.ok());
  EXPECT_EQ(largest->units_size(), 1000);
  request.set_page_token(largest->next_page_token());
  request.set_province_code("48");
  const absl::Status moved = server_->Call(&Stub::ListUnits, request).status();
  EXPECT_EQ(moved.code(), Code::kInvalidArgument);
  EXPECT_EQ(Reason(moved), "WRONG_PAGE_TOKEN");
  request.set_page_token("forged");
  EXPECT_EQ(Reason(server_->Call(&Stub::ListUnits, request).status()), "WRONG_PAGE_TOKEN");
  request.set_page_size(-1);
  EXPECT_THAT(Fields(server_->Call(&Stub::ListUnits, request).status()), ElementsAre("page_size"));
  v1::ListCentersRequest centers;
  centers.set_province_code("48");
  centers.set_page_token(largest->next_page_token());
  EXPECT_EQ(Reason(server_->Call(&Stub::ListCenters, centers).status()), "WRONG_PAGE_TOKEN");
}

TEST_F(RegistryReadTest, ResolvesEachQueryForItself) {
  v1::ResolveUnitsRequest request;
  v1::UnitQuery* old_ward = request.add_queries();
  old_ward->set_text("Phường Trúc Bạch, Quận Ba Đình, Hà Nội");
  v1::UnitQuery* divided = request.add_queries();
  divided->set_code("00016");
  SetDate(2025, 6, 30, divided->mutable_from_date());
  request.add_queries()->set_code("00004");
  request.add_queries()->set_text("Tân Thành");
  request.add_queries()->set_code("99999");
  v1::UnitQuery* early = request.add_queries();
  early->set_code("00004");
  SetDate(2024, 1, 1, early->mutable_from_date());
  v1::UnitQuery* by_unit = request.add_queries();
  by_unit->set_unit(GetUnit("25270", 2025, 6, 30)->unit().name());
  const auto response = server_->Call(&Stub::ResolveUnits, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->resolutions_size(), 7);
  EXPECT_EQ(response->to_date().year(), 2026);

  const v1::UnitResolution& truc_bach = response->resolutions(0);
  EXPECT_EQ(truc_bach.queried().full_name(), "Phường Trúc Bạch");
  ASSERT_EQ(truc_bach.results_size(), 1);
  EXPECT_EQ(truc_bach.results(0).unit().full_name(), "Phường Ba Đình");
  EXPECT_EQ(truc_bach.results(0).relation(), v1::RELATION_WHOLE);
  ASSERT_EQ(truc_bach.results(0).path_size(), 1);
  EXPECT_EQ(truc_bach.results(0).path(0).source(), truc_bach.queried().name());
  EXPECT_EQ(truc_bach.results(0).path(0).target(), truc_bach.results(0).unit().name());
  EXPECT_EQ(truc_bach.results(0).path(0).act().number(), "1656/NQ-UBTVQH15");
  EXPECT_GT(response->resolutions(1).results_size(), 1);

  const auto reason = [&](int i) {
    const auto& error = response->resolutions(i).error();
    return Reason(rpc::FromRpcStatus(error));
  };
  EXPECT_EQ(reason(2), "AMBIGUOUS_CODE");
  EXPECT_EQ(response->resolutions(2).error().code(), static_cast<int>(Code::kFailedPrecondition));
  EXPECT_EQ(response->resolutions(2).candidates_size(), 2);
  EXPECT_EQ(reason(3), "AMBIGUOUS_NAME");
  EXPECT_EQ(response->resolutions(3).candidates_size(), static_cast<int>(kCandidatesMax));
  EXPECT_EQ(reason(4), "UNIT_NOT_FOUND");
  EXPECT_EQ(reason(5), "DATE_BEFORE_DATA");
  const v1::UnitResolution& loc_ninh = response->resolutions(6);
  ASSERT_EQ(loc_ninh.results_size(), 1);
  EXPECT_EQ(loc_ninh.results(0).path_size(), 2) << "the reform, then the change of type";
}

TEST_F(RegistryReadTest, ResolveUnitsRefusesMalformedQueries) {
  v1::ResolveUnitsRequest request;
  EXPECT_THAT(Fields(server_->Call(&Stub::ResolveUnits, request).status()), ElementsAre("queries"));
  request.add_queries();
  request.add_queries()->set_code("4");
  request.mutable_queries(1)->set_text("Ba Đình");
  request.add_queries()->set_text(std::string(257, 'a'));
  request.add_queries()->set_text(std::string("a\0b", 3));
  EXPECT_THAT(Fields(server_->Call(&Stub::ResolveUnits, request).status()),
              ::testing::UnorderedElementsAre("queries[0]", "queries[1]", "queries[1].code",
                                              "queries[2].text", "queries[3].text"));
  for (int i = 0; i < 101; ++i) request.add_queries()->set_code("00004");
  EXPECT_THAT(Fields(server_->Call(&Stub::ResolveUnits, request).status()), Contains("queries"));
}

TEST_F(RegistryReadTest, CentersFollowTheTierModel) {
  v1::ListCentersRequest hanoi;
  hanoi.set_province_code("01");
  hanoi.set_page_size(1000);
  const auto list = server_->Call(&Stub::ListCenters, hanoi);
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->centers_size(), 127);
  for (const v1::Center& center : list->centers()) {
    EXPECT_NE(center.kind(), v1::CENTER_KIND_COMMUNE) << center.name();
    EXPECT_EQ(center.origin(), v1::ORIGIN_DERIVED);
    EXPECT_EQ(center.organisation_id_provisional(), center.kind() != v1::CENTER_KIND_PROVINCIAL);
  }
  hanoi.set_kind(v1::CENTER_KIND_PROVINCIAL);
  EXPECT_EQ(server_->Call(&Stub::ListCenters, hanoi)->centers_size(), 1);
  SetDate(2025, 6, 30, hanoi.mutable_as_of());
  EXPECT_EQ(server_->Call(&Stub::ListCenters, hanoi)->centers_size(), 0);

  v1::ListCentersRequest serving;
  serving.set_served_unit(GetUnit("25270")->unit().name());
  const auto one = server_->Call(&Stub::ListCenters, serving);
  ASSERT_TRUE(one.ok());
  ASSERT_EQ(one->centers_size(), 1);
  EXPECT_EQ(one->centers(0).name(), "provinces/75/centers/H75.25270");
  EXPECT_THAT(one->centers(0).served_units(), ElementsAre(serving.served_unit()));

  EXPECT_THAT(Fields(server_->Call(&Stub::ListCenters, v1::ListCentersRequest()).status()),
              ElementsAre("province_code"));
}

TEST_F(RegistryReadTest, ListsCentersInPages) {
  v1::ListCentersRequest request;
  request.set_province_code("79");
  request.set_page_size(100);
  std::vector<std::string> names;
  do {
    const auto page = server_->Call(&Stub::ListCenters, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Center& center : page->centers()) names.push_back(center.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names.size(), 169u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST_F(RegistryReadTest, CenterOfADate) {
  v1::GetCenterRequest request;
  request.set_name("provinces/75/centers/H75.25270");
  const auto center = server_->Call(&Stub::GetCenter, request);
  ASSERT_TRUE(center.ok());
  EXPECT_EQ(center->center().display_name(), "Trung tâm Phục vụ hành chính công phường Lộc Ninh");
  SetDate(2026, 4, 29, request.mutable_as_of());
  EXPECT_EQ(server_->Call(&Stub::GetCenter, request)->center().display_name(),
            "Trung tâm Phục vụ hành chính công xã Lộc Ninh");
  SetDate(2025, 6, 30, request.mutable_as_of());
  const absl::Status before = server_->Call(&Stub::GetCenter, request).status();
  EXPECT_EQ(before.code(), Code::kNotFound);
  EXPECT_EQ(Reason(before), "CENTER_NOT_FOUND");
  SetDate(2025, 6, 29, request.mutable_as_of());
  EXPECT_EQ(Reason(server_->Call(&Stub::GetCenter, request).status()), "DATE_BEFORE_DATA");
  request.set_name("provinces/7/centers/x");
  EXPECT_EQ(Reason(server_->Call(&Stub::GetCenter, request).status()), "MALFORMED_REQUEST");
}

TEST_F(RegistryReadTest, CoverageOfTheFirstOfAugust2025) {
  v1::GetCoverageRequest request;
  SetDate(2025, 8, 1, request.mutable_as_of());
  const auto response = server_->Call(&Stub::GetCoverage, request);
  ASSERT_TRUE(response.ok());
  const v1::Coverage& coverage = response->coverage();
  EXPECT_EQ(coverage.as_of().day(), 1);
  EXPECT_EQ(coverage.two_level_provinces_covered(), 32);
  EXPECT_EQ(coverage.single_level_provinces_covered(), 2);
  EXPECT_EQ(coverage.communes_covered(), 3321);
  EXPECT_EQ(coverage.commune_centers(), 3141);
  EXPECT_EQ(coverage.published_commune_centers(), 3127);
  ASSERT_EQ(coverage.province_coverage_size(), 34);
  std::vector<std::string> single_level;
  for (const v1::ProvinceCoverage& province : coverage.province_coverage()) {
    EXPECT_TRUE(province.provincial_center_operating()) << province.province_code();
    EXPECT_EQ(province.communes(), province.communes_covered()) << province.province_code();
    if (province.model() == v1::TIER_MODEL_SINGLE_LEVEL) {
      single_level.push_back(province.province_code());
    }
  }
  EXPECT_THAT(single_level, ElementsAre("01", "22"));
  // Between two changes the figures stay, the date does not.
  SetDate(2025, 8, 18, request.mutable_as_of());
  const auto later = server_->Call(&Stub::GetCoverage, request);
  EXPECT_EQ(later->coverage().as_of().day(), 18);
  EXPECT_EQ(later->coverage().published_commune_centers(), 3127);
  SetDate(2025, 8, 19, request.mutable_as_of());
  EXPECT_EQ(server_->Call(&Stub::GetCoverage, request)->coverage().published_commune_centers(),
            3139);
  SetDate(2025, 1, 1, request.mutable_as_of());
  EXPECT_EQ(Reason(server_->Call(&Stub::GetCoverage, request).status()), "DATE_BEFORE_DATA");
}

TEST_F(RegistryReadTest, OrganisationIdsAreTheStatesWhereTheyAreKnown) {
  const struct {
    std::string center;
    std::string id;
    std::string older_form;
    bool provisional;
  } cases[] = {
      {"provinces/01/centers/H01", "H26", "000.00.00.H26", false},
      {"provinces/79/centers/H79", "H29", "000.00.00.H29", false},
      {"provinces/48/centers/H48", "H48", "000.00.00.H48", true},
      {"provinces/01/centers/H01.00004", "H26.00004", "", true},
  };
  for (const auto& c : cases) {
    v1::GetCenterRequest request;
    request.set_name(c.center);
    const auto response = server_->Call(&Stub::GetCenter, request);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->center().organisation_id(), c.id);
    EXPECT_EQ(response->center().organisation_id_older_form(), c.older_form);
    EXPECT_EQ(response->center().organisation_id_provisional(), c.provisional) << c.center;
  }
}

TEST_F(RegistryReadTest, TierModelOfADate) {
  v1::GetTierModelRequest request;
  request.set_name("provinces/22/tierModel");
  const auto response = server_->Call(&Stub::GetTierModel, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->tier_model().model(), v1::TIER_MODEL_SINGLE_LEVEL);
  EXPECT_EQ(response->tier_model().etag(), "\"1\"");
  SetDate(2025, 6, 30, request.mutable_as_of());
  const absl::Status before = server_->Call(&Stub::GetTierModel, request).status();
  EXPECT_EQ(before.code(), Code::kNotFound);
  EXPECT_EQ(Reason(before), "TIER_MODEL_NOT_FOUND");
}

}  // namespace
}  // namespace twotier::registry
