#include "services/personnel/domain/published_figure.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr absl::CivilDay kDay(2026, 11, 2);

PublishedFigure Granted(PublishedStaff staff, int64_t value, std::string document = "1/QĐ") {
  PublishedFigure figure;
  figure.province_code = "79";
  figure.staff = staff;
  figure.measure = PublishedMeasure::kQuota;
  figure.value = value;
  figure.as_of = absl::CivilDay(2025, 9, 9);
  figure.last_day = absl::CivilDay(2026, 12, 31);
  figure.quota_kind = QuotaKind::kCivilServant;
  figure.document = std::move(document);
  figure.source = "press";
  figure.proven = true;
  return figure;
}

// Index and column of what is wrong.
std::vector<std::pair<size_t, std::string>> Wrong(const std::vector<PublishedFigure>& figures) {
  std::vector<std::pair<size_t, std::string>> wrong;
  for (const WrongFigure& one : WrongAmong(figures)) {
    wrong.emplace_back(one.index, std::string(one.column));
  }
  return wrong;
}

TEST(PublishedFigureTest, ALineIsGrantedTheQuotasOfAllItsStaff) {
  PublishedFigure departments = Granted(PublishedStaff::kDepartmentStaff, 7998, "2/QĐ");
  departments.as_of = absl::CivilDay(2026, 1, 5);
  PublishedFigure again = Granted(PublishedStaff::kCommuneOfficeStaff, 1);
  PublishedFigure part_timers = Granted(PublishedStaff::kPartTimers, 1335, "13/NQ-HĐND");
  part_timers.quota_kind = QuotaKind::kPartTimer;
  PublishedFigure other = Granted(PublishedStaff::kCommuneStaff, 5);
  other.province_code = "48";
  PublishedFigure present = Granted(PublishedStaff::kCommuneStaff, 11689);
  present.measure = PublishedMeasure::kPresent;
  present.quota_kind = QuotaKind::kNone;
  const std::vector<PublishedFigure> figures = {
      part_timers, Granted(PublishedStaff::kCommuneStaff, 11185), departments, again, other,
      present};
  EXPECT_THAT(Wrong(figures), IsEmpty());
  EXPECT_THAT(QuotasOf(figures, "79", kDay),
              ElementsAre(PublishedQuota{QuotaKind::kCivilServant, 19184, 2026, "1/QĐ; 2/QĐ"},
                          PublishedQuota{QuotaKind::kPartTimer, 1335, 2025, "13/NQ-HĐND"}));
  EXPECT_THAT(QuotasOf(figures, "01", kDay), IsEmpty());
}

TEST(PublishedFigureTest, AQuotaIsGrantedOnlyWhileItHolds) {
  const PublishedFigure figure = Granted(PublishedStaff::kCommuneStaff, 10);
  EXPECT_THAT(QuotasOf({figure}, "79", figure.as_of - 1), IsEmpty());
  EXPECT_THAT(QuotasOf({figure}, "79", figure.as_of), SizeIs(1));
  EXPECT_THAT(QuotasOf({figure}, "79", *figure.last_day), SizeIs(1));
  EXPECT_THAT(QuotasOf({figure}, "79", *figure.last_day + 1), IsEmpty());
  PublishedFigure endless = figure;
  endless.last_day = std::nullopt;
  EXPECT_THAT(Wrong({endless}), ElementsAre(Pair(0, "quota_kind")));
  PublishedFigure backwards = figure;
  backwards.last_day = figure.as_of - 1;
  EXPECT_THAT(Wrong({backwards}), ElementsAre(Pair(0, "last_day")));
}

TEST(PublishedFigureTest, ALineIsGrantedAnotherQuotaWhenOneOfItsStaffBegins) {
  PublishedFigure communes = Granted(PublishedStaff::kCommuneStaff, 10, "1/QĐ");
  PublishedFigure next = Granted(PublishedStaff::kCommuneStaff, 12, "3/QĐ");
  next.as_of = *communes.last_day + 1;
  next.last_day = next.as_of + 364;
  PublishedFigure departments = Granted(PublishedStaff::kDepartmentStaff, 5, "2/QĐ");
  PublishedFigure over = Granted(PublishedStaff::kPublicEmployees, 99, "0/QĐ");
  over.last_day = communes.as_of;
  PublishedFigure part_timers = next;
  part_timers.quota_kind = QuotaKind::kPartTimer;
  PublishedFigure other = next;
  other.province_code = "48";
  const std::vector<PublishedFigure> figures = {communes,    part_timers, next,
                                                departments, other,       over};
  const LaterQuota of_staff{
      next.as_of, {QuotaKind::kCivilServant, 17, 2027, "3/QĐ; 2/QĐ"}};  // Departments go on.
  EXPECT_THAT(
      LaterQuotasOf(figures, "79", kDay),
      ElementsAre(of_staff, LaterQuota{next.as_of, {QuotaKind::kPartTimer, 12, 2027, "3/QĐ"}}));
  EXPECT_THAT(LaterQuotasOf(figures, "79", next.as_of), IsEmpty());
}

TEST(PublishedFigureTest, OnlyAProvenQuotaOfAProvinceIsGranted) {
  PublishedFigure frame = Granted(PublishedStaff::kCommuneStaff, 32);
  frame.measure = PublishedMeasure::kFrame;
  EXPECT_THAT(Wrong({frame}), ElementsAre(Pair(0, "quota_kind")));
  PublishedFigure country = Granted(PublishedStaff::kCommuneStaff, 32);
  country.province_code = "";
  EXPECT_THAT(Wrong({country}), ElementsAre(Pair(0, "quota_kind")));
  PublishedFigure commune = Granted(PublishedStaff::kCommuneStaff, 32);
  commune.unit_code = "20194";
  EXPECT_THAT(Wrong({commune}), ElementsAre(Pair(0, "quota_kind")));
  PublishedFigure hearsay = Granted(PublishedStaff::kCommuneStaff, 32);
  hearsay.proven = false;
  EXPECT_THAT(Wrong({hearsay}), ElementsAre(Pair(0, "quota_kind")));
  hearsay.quota_kind = QuotaKind::kNone;
  EXPECT_THAT(Wrong({hearsay}), IsEmpty());
}

TEST(PublishedFigureTest, NothingIsSaidOrGrantedTwice) {
  const PublishedFigure first = Granted(PublishedStaff::kCommuneStaff, 10);
  EXPECT_THAT(Wrong({first, first}), ElementsAre(Pair(1, "as_of"), Pair(1, "quota_kind")));
  PublishedFigure later = first;
  later.as_of += 1;
  EXPECT_THAT(Wrong({first, later}), ElementsAre(Pair(1, "quota_kind")));
  later.quota_kind = QuotaKind::kNone;
  EXPECT_THAT(Wrong({first, later}), IsEmpty());
  later.province_code = "";
  later.unit_code = "20194";
  EXPECT_THAT(Wrong({first, later}), ElementsAre(Pair(1, "unit_code")));
}

TEST(PublishedFigureTest, QuotasOfTheSameStaffFollowEachOtherAndDoNotOverlap) {
  const PublishedFigure before = Granted(PublishedStaff::kCommuneStaff, 10, "1/QĐ");
  PublishedFigure after = Granted(PublishedStaff::kCommuneStaff, 12, "2/QĐ");
  after.as_of = *before.last_day + 1;
  after.last_day = absl::CivilDay(2027, 12, 31);
  const std::vector<PublishedFigure> figures = {after, before};
  EXPECT_THAT(Wrong(figures), IsEmpty());
  EXPECT_THAT(QuotasOf(figures, "79", *before.last_day),
              ElementsAre(PublishedQuota{QuotaKind::kCivilServant, 10, 2025, "1/QĐ"}));
  EXPECT_THAT(QuotasOf(figures, "79", after.as_of),
              ElementsAre(PublishedQuota{QuotaKind::kCivilServant, 12, 2027, "2/QĐ"}));
  // Each that meets another is named, also behind a short one that does not reach as far.
  PublishedFigure within = before;
  within.as_of = before.as_of + 5;
  within.last_day = before.as_of + 9;
  PublishedFigure at_its_end = after;
  at_its_end.as_of = *before.last_day;
  EXPECT_THAT(Wrong({before, at_its_end, within}),
              ::testing::UnorderedElementsAre(Pair(1, "quota_kind"), Pair(2, "quota_kind")));
  PublishedFigure elsewhere = within;
  elsewhere.province_code = "48";
  EXPECT_THAT(Wrong({before, elsewhere}), IsEmpty());
}

TEST(PublishedFigureTest, TheDocumentsOfALineFitTheLedger) {
  const std::string document(128, 'x');
  const PublishedFigure first = Granted(PublishedStaff::kCommuneStaff, 10, document);
  EXPECT_THAT(Wrong({first, Granted(PublishedStaff::kDepartmentStaff, 1, document)}), IsEmpty());
  EXPECT_THAT(Wrong({first, Granted(PublishedStaff::kDepartmentStaff, 1, document + "y")}),
              ElementsAre(Pair(0, "document")));
  // Those of another year are of another grant.
  PublishedFigure next = Granted(PublishedStaff::kCommuneStaff, 10, document + document);
  next.as_of = *first.last_day + 1;
  next.last_day = next.as_of + 300;
  EXPECT_THAT(Wrong({first, next}), IsEmpty());
}

}  // namespace
}  // namespace twotier::personnel
