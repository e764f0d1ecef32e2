// When a term ends: the instant that stands on an appointment slip. Days, hours and "the same day"
// are three different computations; none is turned into another.
#ifndef TWOTIER_COMMON_CALENDAR_TERM_H_
#define TWOTIER_COMMON_CALENDAR_TERM_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"

namespace twotier::calendar {

// How terms are counted, from a date on. What the law leaves to the office is a parameter here,
// with its source, so that a change is a new version and never a change of old answers.
struct CountingRule {
  absl::CivilDay valid_from;
  absl::string_view source;
  // A term in days ends at this minute of its last day. The law says 24:00 (Civil Code 2015,
  // Article 148(6)); a result is returned over a counter that closes at 17:00, so the earlier one
  // is promised.
  int day_ends_minute;
  // A half day ends at this minute.
  int half_day_ends_minute;
  // True: a term in calendar days whose last day is a day off ends on the next working day (Article
  // 148(5)).
  bool calendar_days_end_on_working_day;
  // True: a supplement's pause is the working days after the request up to and including the day
  // the answer counts on; false: the calendar days.
  bool pause_in_working_days;
};

// The rule in force on `day`. Days before the first rule get the first one.
const CountingRule& CountingRuleAt(absl::CivilDay day);

// When something is due.
struct Due {
  absl::Time time = {};
  absl::CivilDay day = {};   // In Vietnam.
  bool provisional = false;  // Days on the way are not decided.
};

// Longest term in hours; longer ones are stated in days.
inline constexpr int kTermHoursMax = 24 * 31;

// Errors of all: FAILED_PRECONDITION `CALENDAR_ENDS`; INVALID_ARGUMENT for a term out of its
// limits. `start` is the instant of valid reception; its day in Vietnam is day 0 and not counted.

// `count` working days, and half a day more when `half`: that ends at noon of the working day
// after.
absl::StatusOr<Due> DueAfterWorkingDays(const Calendar& calendar, absl::Time start, int count,
                                        bool half, absl::string_view province_code);

// `count` calendar days.
absl::StatusOr<Due> DueAfterCalendarDays(const Calendar& calendar, absl::Time start, int count,
                                         absl::string_view province_code);

// `hours` by the clock, through nights and days off: a term in hours begins at its instant (Civil
// Code 2015, Article 147(1)) and nothing says that it pauses; office hours differ from center to
// center and are no calendar. Does not ask the calendar.
absl::StatusOr<Due> DueAfterHours(absl::Time start, int hours);

// Within the working day. Received after `cutoff_minute` of the day (absent: after the end of the
// day), or on a day off: within the next working day.
absl::StatusOr<Due> DueSameDay(const Calendar& calendar, absl::Time start,
                               std::optional<int> cutoff_minute, absl::string_view province_code);

// Moves `due` by the time it stood still, from a supplement request to its answer. Waiting for a
// supplement stops the clock (formula of Decision 766/QĐ-TTg: the wait is subtracted), so no hour
// of the wait may be charged to the authority. An answer is taken in like a dossier: after
// `cutoff_minute` (absent: after the end of the day) or on a day off it counts on the next working
// day. The pause is counted up to that day, and `due` never comes before its office hours end. A
// request that comes after `due` finds a dossier that is late already: its answer counts on its own
// date and nothing but the pause moves `due`, or asking after hours would undo the lateness.
// INVALID_ARGUMENT when the day of the answer is before the day of the request.
absl::StatusOr<Due> DueAfterPause(const Calendar& calendar, const Due& due, absl::Time requested,
                                  absl::Time answered, std::optional<int> cutoff_minute,
                                  absl::string_view province_code);

}  // namespace twotier::calendar

#endif  // TWOTIER_COMMON_CALENDAR_TERM_H_
