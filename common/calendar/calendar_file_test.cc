#include "common/calendar/calendar_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/file.h"

namespace twotier::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> FieldsOf(const RowErrors& errors) {
  std::vector<std::string> fields;
  for (const auto& violation : errors.all()) fields.push_back(violation.field);
  return fields;
}

TEST(CalendarFile, TheNationalTableHasThePublishedWorkingDays) {
  RowErrors errors;
  const auto content = ReadFile("services/routing/data/calendar.csv");
  ASSERT_TRUE(content.ok()) << content.status();
  const auto calendar = ReadCalendar(*content, errors);
  ASSERT_THAT(FieldsOf(errors), IsEmpty());
  ASSERT_NE(calendar, nullptr);
  EXPECT_EQ(calendar->last_day(), absl::CivilDay(2027 + kUndecidedYears, 12, 31));
  EXPECT_FALSE(calendar->AddWorkingDays(absl::CivilDay(2027, 12, 24), 5, "")->provisional);
  EXPECT_TRUE(calendar->AddWorkingDays(absl::CivilDay(2027, 12, 24), 6, "")->provisional);
  const auto days = [&](int year) {
    return calendar
        ->WorkingDaysBetween(absl::CivilDay(year, 1, 1), absl::CivilDay(year + 1, 1, 1), "")
        ->days;
  };
  EXPECT_EQ(days(2025), 250);
  EXPECT_EQ(days(2026), 249);
}

TEST(CalendarFile, EveryWrongCellIsNamed) {
  RowErrors errors;
  EXPECT_EQ(ReadCalendar("date,kind,province_code,name,act,known_from,certainty\n"
                         "2026-01-32,feast,,,,2026,sure\n",
                         errors),
            nullptr);
  EXPECT_THAT(FieldsOf(errors), ElementsAre("calendar.csv:2:date", "calendar.csv:2:kind",
                                            "calendar.csv:2:name", "calendar.csv:2:known_from"));
  RowErrors empty;
  EXPECT_EQ(ReadCalendar("date,kind,province_code,name,act,known_from,certainty\n", empty),
            nullptr);
  EXPECT_THAT(FieldsOf(empty), ElementsAre("calendar.csv"));
}

TEST(CalendarFile, WhatOnlyTheWholeCalendarCanTellIsNamedByItsLineToo) {
  RowErrors errors;
  EXPECT_EQ(ReadCalendar("date,kind,province_code,name,act,known_from,certainty\n"
                         "2026-01-01,statutory,,A,,2025-01-01,sure\n"
                         "2026-01-10,makeup_work,,\"B, C\",,2025-01-01,sure\n"
                         "2026-01-05,makeup_work,,D,,2025-01-01,sure\n"
                         "2026-01-06,statutory,1,E,,2025-01-01,sure\n"
                         "2026-01-01,in_lieu,,F,,2025-01-01,sure\n",
                         errors),
            nullptr);
  EXPECT_THAT(FieldsOf(errors), ElementsAre("calendar.csv:4:kind", "calendar.csv:5:province_code",
                                            "calendar.csv:6:date"));
  for (const auto& violation : errors.all()) {
    EXPECT_THAT(violation.description, Not(HasSubstr("entries["))) << violation.field;
  }
  EXPECT_THAT(errors.all().back().description, HasSubstr("line 2"));
}

TEST(CalendarFile, YearsThatNoCalendarHasAreAFaultOfTheFile) {
  RowErrors errors;
  EXPECT_EQ(ReadCalendar("date,kind,province_code,name,act,known_from,certainty\n"
                         "2026-01-01,statutory,,A,,2025-01-01,sure\n"
                         "2126-01-01,statutory,,A,,2025-01-01,sure\n",
                         errors),
            nullptr);
  EXPECT_THAT(FieldsOf(errors), ElementsAre("calendar.csv"));
}

}  // namespace
}  // namespace twotier::calendar
