// Published figures over gRPC, and the quotas that are granted from them.

#include <string>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kOwnData[] = "services/personnel/data";
constexpr char kHeader[] =
    "province_code,unit_code,staff,measure,value,as_of,last_day,quota_kind,document,source,proven,"
    "note\n";
constexpr char kStaff[] =
    "48,,COMMUNE_STAFF,QUOTA,500,2025-09-09,2026-12-31,CIVIL_SERVANT,1/QĐ,press,1,\n";
constexpr char kPartTimers[] =
    "48,,PART_TIMERS,QUOTA,1335,2025-08-12,2026-12-31,PART_TIMER,13/NQ-HĐND,press,1,\n";
constexpr char kCommune[] = "48,20194,EDUCATION_CONTRACTS,QUOTA,48,2025-08-12,,,14/NQ-HĐND,a,1,\n";
constexpr char kCountry[] = ",,COMMUNE_STAFF,PRESENT,206707,2024-12-31,,,report,press,1,old\n";

class PublishedTest : public PersonnelTest {
 protected:
  absl::StatusOr<v1::ImportPublishedFiguresResponse> Import(const std::string& rows,
                                                            bool validate_only = false) {
    v1::ImportPublishedFiguresRequest request;
    request.set_content(absl::StrCat(kHeader, rows));
    request.set_request_id(RequestId());
    request.set_validate_only(validate_only);
    return server_.Call(&Stub::ImportPublishedFigures, request);
  }
  v1::ListPublishedFiguresResponse List(const std::string& parent, bool without_communes = false) {
    return ListOf(server_, parent, without_communes);
  }
  static v1::ListPublishedFiguresResponse ListOf(PersonnelServer& server, const std::string& parent,
                                                 bool without_communes = false) {
    v1::ListPublishedFiguresRequest request;
    request.set_parent(parent);
    request.set_without_communes(without_communes);
    request.set_page_size(1000);
    const auto response = server.Call(&Stub::ListPublishedFigures, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ListPublishedFiguresResponse());
  }
  absl::StatusOr<v1::GrantPublishedQuotasResponse> GrantPublished(const std::string& parent,
                                                                  bool validate_only = false) {
    v1::GrantPublishedQuotasRequest request;
    request.set_parent(parent);
    request.set_request_id(RequestId());
    request.set_validate_only(validate_only);
    return server_.Call(&Stub::GrantPublishedQuotas, request);
  }
};

TEST_P(PublishedTest, PagesAreThoseOfOneImport) {
  ASSERT_TRUE(Import(absl::StrCat(kStaff, kPartTimers, kCommune, kCountry)).ok());
  v1::ListPublishedFiguresRequest request;
  request.set_page_size(3);
  const auto first = server_.Call(&Stub::ListPublishedFigures, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->figures_size(), 3);
  request.set_page_token(first->next_page_token());
  const auto second = server_.Call(&Stub::ListPublishedFigures, request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->figures_size(), 1);
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_NE(second->figures(0).SerializeAsString(), first->figures(2).SerializeAsString());
  ASSERT_TRUE(Import(kStaff).ok());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ListPublishedFigures, request).status()),
            "WRONG_PAGE_TOKEN");
}

TEST_P(PublishedTest, AnImportReplacesTheOneBeforeAndSaysHow) {
  EXPECT_EQ(List("").version(), 0);
  const std::string first = absl::StrCat(kStaff, kPartTimers, kCommune, kCountry);
  const auto dry = Import(first, /*validate_only=*/true);
  ASSERT_TRUE(dry.ok()) << dry.status();
  EXPECT_EQ(dry->added(), 4);
  EXPECT_EQ(List("").version(), 0);
  const auto imported = Import(first);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->version(), 1);
  EXPECT_EQ(imported->figures(), 4);
  EXPECT_EQ(List("").figures_size(), 4);
  EXPECT_EQ(List("provinces/48").figures_size(), 3);
  EXPECT_EQ(List("provinces/48", /*without_communes=*/true).figures_size(), 2);
  EXPECT_EQ(List("provinces/01").figures_size(), 0);
  const v1::PublishedFigure figure = List("provinces/48").figures(0);
  EXPECT_EQ(figure.staff(), v1::PUBLISHED_STAFF_COMMUNE_STAFF);
  EXPECT_EQ(figure.measure(), v1::PUBLISHED_MEASURE_QUOTA);
  EXPECT_EQ(figure.value(), 500);
  EXPECT_EQ(DayOf(figure.as_of()), absl::CivilDay(2025, 9, 9));
  EXPECT_EQ(DayOf(figure.last_day()), absl::CivilDay(2026, 12, 31));
  EXPECT_EQ(figure.source(), "press");
  EXPECT_TRUE(figure.proven());

  const auto again = Import(first);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->version(), 1);
  EXPECT_EQ(again->added() + again->removed(), 0);
  const auto changed = Import(absl::StrCat(
      "48,,COMMUNE_STAFF,QUOTA,501,2025-09-09,2026-12-31,CIVIL_SERVANT,1/QĐ,press,1,\n", kCountry));
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->version(), 2);
  EXPECT_EQ(changed->added(), 1);
  EXPECT_EQ(changed->removed(), 3);
}

TEST_P(PublishedTest, OneWrongCellRefusesThemAll) {
  ASSERT_TRUE(Import(kStaff).ok());
  const absl::Status wrong = Import(absl::StrCat(kPartTimers, kStaff, kStaff)).status();
  EXPECT_EQ(ReasonOf(wrong), "IMPORT_ROW_INVALID");
  EXPECT_THAT(wrong.message(), ::testing::HasSubstr("published_figures.csv:4:as_of")) << wrong;
  EXPECT_EQ(List("").version(), 1);
}

TEST_P(PublishedTest, ARestartUndoesNoLaterImport) {
  testing_support::TestDatabase database = GetParam().make();
  int figures = 0;
  {
    PersonnelServer first(database.url(), registry_.address(), kOwnData);
    figures = ListOf(first, "").figures_size();
    EXPECT_GT(figures, 100);
    v1::ImportPublishedFiguresRequest request;
    request.set_content(absl::StrCat(kHeader, kStaff));
    request.set_request_id(RequestId());
    ASSERT_TRUE(first.Call(&Stub::ImportPublishedFigures, request).ok());
  }
  PersonnelServer second(database.url(), registry_.address(), kOwnData);
  EXPECT_EQ(ListOf(second, "").version(), 2);
  EXPECT_EQ(ListOf(second, "").figures_size(), 1);
}

TEST_P(PublishedTest, AProvinceIsGrantedWhatWasPublishedOnLinesWithoutAGrant) {
  EXPECT_EQ(ReasonOf(GrantPublished("provinces/48").status()), "FIGURES_NOT_IMPORTED");
  ASSERT_TRUE(Import(absl::StrCat(kStaff, kPartTimers)).ok());
  EXPECT_EQ(ReasonOf(GrantPublished("provinces/98").status()), "UNIT_NOT_FOUND");

  const auto dry = GrantPublished("provinces/48", /*validate_only=*/true);
  ASSERT_TRUE(dry.ok()) << dry.status();
  EXPECT_THAT(dry->granted(), SizeIs(2));
  EXPECT_EQ(QuotaOf(kDaNang, v1::QUOTA_KIND_PART_TIMER).granted(), 0);
  const auto granted = GrantPublished("provinces/48");
  ASSERT_TRUE(granted.ok()) << granted.status();
  // The fixture has granted civil servants; floor(2.5 × 3 communes).
  ASSERT_THAT(granted->unchanged(), SizeIs(1));
  EXPECT_EQ(granted->unchanged(0).granted(), 100);
  EXPECT_EQ(QuotaOf(kDaNang, v1::QUOTA_KIND_PART_TIMER).available(), 1335);
  EXPECT_EQ(QuotaOf(kDaNang, v1::QUOTA_KIND_PART_TIMER).year(), 2025);
  EXPECT_EQ(QuotaOf(kDaNang, v1::QUOTA_KIND_VICE_CHAIR).available(), 7);
  const auto again = GrantPublished("provinces/48");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(again->granted(), IsEmpty());
  EXPECT_THAT(again->unchanged(), SizeIs(3));
  // The province distributes them as any other.
  EXPECT_EQ(Grant(kHaiChau, v1::QUOTA_KIND_PART_TIMER, 14).available(), 14);
}

TEST_P(PublishedTest, ALineThatIsOnlyPlannedHasNoGrantYet) {
  ASSERT_TRUE(Import(kPartTimers).ok());
  v1::GrantQuotaRequest planned;
  planned.set_parent("provinces/48");
  planned.set_unit(kDaNang);
  planned.set_quota_kind(v1::QUOTA_KIND_PART_TIMER);
  planned.set_posts(1400);
  planned.set_year(2027);
  planned.mutable_act()->set_number("20/NQ-HĐND");
  planned.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::GrantQuota, planned).ok());
  ASSERT_TRUE(GrantPublished("provinces/48").ok());
  const v1::Quota quota = QuotaOf(kDaNang, v1::QUOTA_KIND_PART_TIMER);
  EXPECT_EQ(quota.available(), 1335);
  EXPECT_THAT(quota.planned_grants(), SizeIs(1));
}

TEST_P(PublishedTest, TheQuotaOfTheNextYearIsPlannedForItsDay) {
  constexpr char kNext[] =
      "48,,PART_TIMERS,QUOTA,1300,2027-01-01,2027-12-31,PART_TIMER,9/NQ-HĐND,press,1,\n"
      "48,,COMMUNE_STAFF,QUOTA,480,2027-01-01,2027-12-31,CIVIL_SERVANT,8/NQ-HĐND,press,1,\n";
  const absl::CivilDay next(2027, 1, 1);
  ASSERT_TRUE(Import(absl::StrCat(kPartTimers, kNext)).ok());
  const auto granted = GrantPublished("provinces/48");
  ASSERT_TRUE(granted.ok()) << granted.status();
  // Civil servants, which the fixture has granted, from the next year on.
  ASSERT_THAT(granted->granted(), SizeIs(3));
  EXPECT_THAT(granted->unchanged(), IsEmpty());
  const v1::Quota part_timers = QuotaOf(kDaNang, v1::QUOTA_KIND_PART_TIMER);
  EXPECT_EQ(part_timers.granted(), 1335);
  ASSERT_THAT(part_timers.planned_grants(), SizeIs(1));
  EXPECT_EQ(DayOf(part_timers.planned_grants(0).first_date()), next);
  EXPECT_EQ(part_timers.planned_grants(0).posts(), 1300);
  EXPECT_EQ(part_timers.planned_grants(0).act().number(), "9/NQ-HĐND");
  EXPECT_EQ(QuotaOf(kDaNang).granted(), 100);
  // What is planned for the day stays, whoever planned it.
  const auto again = GrantPublished("provinces/48");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(again->granted(), IsEmpty());
  EXPECT_THAT(again->unchanged(), SizeIs(3));
  server_.GoTo(next);
  EXPECT_EQ(QuotaOf(kDaNang, v1::QUOTA_KIND_PART_TIMER).granted(), 1300);
  EXPECT_EQ(QuotaOf(kDaNang).granted(), 480);
  EXPECT_EQ(QuotaOf(kDaNang).year(), 2027);
}

TEST_P(PublishedTest, APublishedCutTakesNothingThatCommunesWerePromised) {
  v1::GrantQuotaRequest planned;
  planned.set_parent("provinces/48");
  planned.set_unit(kHaiChau);
  planned.set_quota_kind(v1::QUOTA_KIND_CIVIL_SERVANT);
  planned.set_posts(60);
  planned.set_year(2027);
  planned.mutable_act()->set_number("20/NQ-HĐND");
  planned.set_etag(QuotaOf(kHaiChau).etag());
  planned.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::GrantQuota, planned).ok());
  ASSERT_TRUE(
      Import("48,,COMMUNE_STAFF,QUOTA,50,2027-01-01,2027-12-31,CIVIL_SERVANT,8/NQ,press,1,\n")
          .ok());
  const absl::Status refused = GrantPublished("provinces/48").status();
  EXPECT_EQ(ReasonOf(refused), "QUOTA_EXCEEDED") << refused;
  EXPECT_EQ(MetadataOf(refused, "date"), "2027-01-01");
  EXPECT_THAT(QuotaOf(kDaNang).planned_grants(), IsEmpty());
}

TEST_P(PublishedTest, WhatIsOverIsNotGranted) {
  ASSERT_TRUE(
      Import("48,,PART_TIMERS,QUOTA,1335,2025-08-12,2026-05-31,PART_TIMER,13/NQ-HĐND,a,1,\n").ok());
  const auto granted = GrantPublished("provinces/48");
  ASSERT_TRUE(granted.ok()) << granted.status();
  ASSERT_THAT(granted->granted(), SizeIs(1));
  EXPECT_EQ(granted->granted(0).quota_kind(), v1::QUOTA_KIND_VICE_CHAIR);
}

TEST_P(PublishedTest, WatchersSeeAnImport) {
  grpc::ClientContext context;
  testing_support::Identify(context);
  const auto stream = server_.stub().WatchChanges(&context, v1::WatchChangesRequest());
  v1::WatchChangesResponse response;
  ASSERT_TRUE(stream->Read(&response));  // The stream stands.
  ASSERT_TRUE(Import(kStaff).ok());
  v1::PersonnelChange seen;
  while (seen.subject() != "publishedFigures" && stream->Read(&response)) {
    for (const v1::PersonnelChange& change : response.changes()) seen = change;
  }
  EXPECT_EQ(seen.kind(), "figures.imported");
  EXPECT_EQ(seen.figures().figures(), 1);
  context.TryCancel();
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(PublishedTest);

}  // namespace
}  // namespace twotier::personnel::testing
