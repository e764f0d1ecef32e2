#include "tools/twotierctl/format.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "twotier/registry/v1/center.pb.h"
#include "twotier/registry/v1/unit.pb.h"

namespace twotier::ctl {
namespace {

namespace registry = twotier::registry::v1;
namespace routing = twotier::routing::v1;

TEST(DateTest, IsReadAndWrittenInOneForm) {
  const auto date = ParseDate("2025-07-01");
  ASSERT_TRUE(date.ok());
  EXPECT_EQ(DateText(*date), "2025-07-01");
  EXPECT_EQ(DateText(google::type::Date()), "");
  for (const char* wrong :
       {"", "2025-7-1", "2025-02-30", "01/07/2025", "2025-07-01 ", "2025-07-011"}) {
    EXPECT_FALSE(ParseDate(wrong).ok()) << wrong;
  }
}

TEST(RangeTest, ShowsTheLastDayThatBelongsToIt) {
  twotier::common::v1::DateRange range;
  EXPECT_EQ(RangeText(range), "");
  *range.mutable_first_date() = *ParseDate("2025-07-01");
  EXPECT_EQ(RangeText(range), "from 2025-07-01");
  *range.mutable_end_date() = *ParseDate("2026-03-01");
  EXPECT_EQ(RangeText(range), "2025-07-01 to 2026-02-28");
  range.clear_first_date();
  EXPECT_EQ(RangeText(range), "until 2026-02-28");
}

TEST(InstantTest, IsOnTheClockOfVietNam) {
  google::protobuf::Timestamp time;
  EXPECT_EQ(InstantText(time), "");
  time.set_seconds(1751302800);  // 2025-06-30T17:00:00Z
  EXPECT_EQ(InstantText(time), "2025-07-01 00:00");
}

TEST(FormatTest, ReadsInstantsWithTheirZone) {
  const auto time = ParseInstant("2026-11-22T14:05:00.25+07:00");
  ASSERT_TRUE(time.ok()) << time.status();
  EXPECT_EQ(InstantText(*time), "2026-11-22 14:05");
  EXPECT_EQ(time->nanos(), 250'000'000);
  for (const char* wrong : {"", "2026-11-22", "2026-11-22T14:05:00", "infinite-future", "now"}) {
    EXPECT_FALSE(ParseInstant(wrong).ok()) << wrong;
  }
}

TEST(TermTest, SaysWhatIsNotKnown) {
  routing::Term term;
  EXPECT_EQ(TermText(term), "not known");
  term.set_unit(routing::TERM_UNIT_IMMEDIATE);
  EXPECT_EQ(TermText(term), "immediate");
  term.set_unit(routing::TERM_UNIT_WORKING_DAY);
  term.set_value(1);
  EXPECT_EQ(TermText(term), "1 working day");
  term.set_half(true);
  EXPECT_EQ(TermText(term), "1.5 working days");
}

TEST(EnumTest, DropsThePrefixAndReadsItBack) {
  EXPECT_EQ(EnumText(registry::TIER_COMMUNE), "commune");
  EXPECT_EQ(EnumText(registry::UNIT_TYPE_SPECIAL_ZONE), "special_zone");
  EXPECT_EQ(EnumText(static_cast<registry::Tier>(99)), "99");
  EXPECT_EQ(*ParseEnum<registry::CenterKind>("reception_point"),
            registry::CENTER_KIND_RECEPTION_POINT);
  EXPECT_EQ(*ParseEnum<registry::CenterKind>("CENTER_KIND_BRANCH"), registry::CENTER_KIND_BRANCH);
  const auto wrong = ParseEnum<registry::Tier>("village");
  EXPECT_THAT(std::string(wrong.status().message()),
              testing::HasSubstr("province, district, commune"));
}

TEST(JsonTest, UsesTheFieldNamesOfTheContract) {
  registry::Unit unit;
  unit.set_full_name("Phường Ba Đình");
  EXPECT_EQ(ToJson(unit, /*pretty=*/false), "{\"full_name\":\"Phường Ba Đình\"}\n");
}

}  // namespace
}  // namespace twotier::ctl
