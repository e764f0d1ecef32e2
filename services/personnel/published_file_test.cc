#include "services/personnel/published_file.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::string_view kHeader =
    "province_code,unit_code,staff,measure,value,as_of,last_day,quota_kind,document,source,proven,"
    "note\n";

std::vector<std::string> WrongOf(absl::string_view rows) {
  RowErrors errors;
  ReadPublishedFigures(absl::StrCat(kHeader, rows), errors);
  std::vector<std::string> fields;
  for (const auto& violation : errors.all()) fields.push_back(violation.field);
  return fields;
}

class OwnDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto content = ReadFile("services/personnel/data/published_figures.csv");
    ASSERT_TRUE(content.ok()) << content.status();
    RowErrors errors;
    figures_ = ReadPublishedFigures(*content, errors);
    for (const auto& wrong : errors.all()) ADD_FAILURE() << wrong.field << wrong.description;
  }
  // The value of the only figure of `staff` and `measure` of a province.
  int64_t Only(const std::string& province_code, PublishedStaff staff, PublishedMeasure measure) {
    std::vector<int64_t> values;
    for (const PublishedFigure& figure : figures_) {
      if (figure.province_code == province_code && figure.unit_code.empty() &&
          figure.staff == staff && figure.measure == measure) {
        values.push_back(figure.value);
      }
    }
    EXPECT_EQ(values.size(), 1U);
    return values.empty() ? -1 : values[0];
  }

  std::vector<PublishedFigure> figures_;
};

TEST_F(OwnDataTest, SaysWhatWasPublished) {
  EXPECT_EQ(figures_.size(), 141U);
  EXPECT_EQ(Only("79", PublishedStaff::kCommuneStaff, PublishedMeasure::kPresent), 11689);
  EXPECT_EQ(Only("79", PublishedStaff::kCommuneStaff, PublishedMeasure::kQuota), 11185);
  EXPECT_EQ(Only("20", PublishedStaff::kCommuneStaff, PublishedMeasure::kPresent), 2376);
  EXPECT_EQ(Only("48", PublishedStaff::kCommuneStaff, PublishedMeasure::kSurplus), 741);
  EXPECT_EQ(Only("", PublishedStaff::kCommuneStaff, PublishedMeasure::kPresent), 206707);
}

// Of what it says of quotas nothing is known to hold: Đà Nẵng's of part-timers was for ten months,
// that of the communes of Hồ Chí Minh City until a new one.
TEST_F(OwnDataTest, GrantsNothingThatIsOverOrMayBe) {
  for (const PublishedFigure& figure : figures_) {
    EXPECT_EQ(figure.quota_kind, QuotaKind::kNone) << figure.note;
    if (figure.value == 1335) {
      EXPECT_EQ(figure.last_day, absl::CivilDay(2026, 5, 31));
    }
    if (figure.value == 11185) {
      EXPECT_EQ(figure.last_day, absl::CivilDay(2025, 12, 31));
    }
  }
}

TEST_F(OwnDataTest, TheAnnexAddsUpToItsResolution) {
  int64_t sum = 0;
  int communes = 0;
  for (const PublishedFigure& figure : figures_) {
    if (figure.unit_code.empty()) continue;
    sum += figure.value;
    ++communes;
  }
  EXPECT_EQ(communes, 93);  // Without Hoàng Sa.
  EXPECT_EQ(sum, Only("48", PublishedStaff::kEducationContracts, PublishedMeasure::kQuota));
}

TEST(PublishedFileTest, EveryWrongCellIsNamed) {
  EXPECT_THAT(
      WrongOf("79,,COMMUNE_STAFF,QUOTA,5,2025-09-09,2026-12-31,CIVIL_SERVANT,1/QĐ,press,1,\n"),
      IsEmpty());
  EXPECT_THAT(WrongOf("7,2019,NOBODY,MANY,-1,2025-02-30,2026-12-31,VICE_CHAIR,,,yes,\n"
                      ",,COMMUNE_STAFF,PRESENT,100000001,2025-09-09,,,a,b,0,\n"),
              ElementsAre("published_figures.csv:2:province_code",
                          "published_figures.csv:2:unit_code", "published_figures.csv:2:staff",
                          "published_figures.csv:2:measure", "published_figures.csv:2:value",
                          "published_figures.csv:2:as_of", "published_figures.csv:2:quota_kind",
                          "published_figures.csv:2:document", "published_figures.csv:2:source",
                          "published_figures.csv:2:proven", "published_figures.csv:3:value"));
  EXPECT_THAT(
      WrongOf("79,,COMMUNE_STAFF,QUOTA,2000001,2025-09-09,2026-12-31,CIVIL_SERVANT,a,b,1,\n"),
      ElementsAre("published_figures.csv:2:value"));
}

TEST(PublishedFileTest, RowsAreComparedWhereEachCanBeRead) {
  EXPECT_THAT(
      WrongOf("79,,COMMUNE_STAFF,QUOTA,5,2025-09-09,,,1/QĐ,press,1,\n"
              "79,,COMMUNE_STAFF,QUOTA,6,2025-09-09,,,1/QĐ,press,1,\n"
              "79,,COMMUNE_STAFF,FRAME,6,2025-09-09,2026-12-31,CIVIL_SERVANT,1/QĐ,press,1,\n"),
      ElementsAre("published_figures.csv:3:as_of", "published_figures.csv:4:quota_kind"));
}

}  // namespace
}  // namespace twotier::personnel
