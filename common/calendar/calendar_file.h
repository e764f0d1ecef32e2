// Reads the file of working-day exceptions (`calendar.csv`, described in services/routing/data):
// services that count working days carry it among their reference data.
#ifndef TWOTIER_COMMON_CALENDAR_CALENDAR_FILE_H_
#define TWOTIER_COMMON_CALENDAR_CALENDAR_FILE_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "common/calendar/calendar.h"
#include "common/csv.h"

namespace twotier::calendar {

inline constexpr absl::string_view kCalendarFile = "calendar.csv";

// Years behind the last one with rows that a calendar goes on for, undecided: as many as the
// longest term of the law has.
inline constexpr int kUndecidedYears = 10;

// The calendar of `content`, for the years from the first to the last one that has rows, and
// kUndecidedYears more. Null when something is wrong; every wrong cell is in `errors` as
// `calendar.csv:row:column`, where rows are lines of the file.
std::shared_ptr<const Calendar> ReadCalendar(absl::string_view content, RowErrors& errors);

}  // namespace twotier::calendar

#endif  // TWOTIER_COMMON_CALENDAR_CALENDAR_FILE_H_
