// When a center is open. Opening hours are apart from the calendar of working days: a center may be
// open on a Saturday, which does not make it a working day, and no term of the law runs on them.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_OPENING_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_OPENING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/registry/domain/types.h"

namespace twotier::registry {

inline constexpr int kMinutesOfDay = 24 * 60;

// A part of a day, in minutes since midnight in Vietnam; half-open.
struct DayInterval {
  int from = 0;
  int to = 0;  // At most kMinutesOfDay.
  friend bool operator==(const DayInterval& a, const DayInterval& b) = default;
};

// Hours of a week during a range of dates. A day without intervals is closed.
struct WeeklyHours {
  DateRange valid;
  std::vector<DayInterval> days[7] = {};  // From Monday; each sorted, without touching parts.
  std::string act;
};

// One date that differs from the week. Without intervals it is closed.
struct OpeningException {
  absl::CivilDay day;
  std::vector<DayInterval> intervals;
  std::string note;
  friend bool operator==(const OpeningException& a, const OpeningException& b) = default;
};

struct OpeningHours {
  std::string province_code;
  std::string center_id;
  int64_t version = 0;
  std::vector<WeeklyHours> weeks;            // Oldest first, without overlap.
  std::vector<OpeningException> exceptions;  // In order of the dates, one a date.
  std::string last_change;
};

// Index in WeeklyHours::days.
int WeekdayIndex(absl::CivilDay day);

// What is wrong with the intervals of one day, for a field violation; empty when they are sorted,
// inside the day, not empty, and do not touch.
std::string WrongIntervals(const std::vector<DayInterval>& intervals);

// Sets the week from its first date on. FAILED_PRECONDITION `LATER_CHANGE_PLANNED` with
// `planned_date` when another week begins later.
absl::Status SetWeek(OpeningHours& hours, WeeklyHours week);

// Sets, or with `remove` takes back, the exception of one date.
void SetException(OpeningHours& hours, OpeningException exception, bool remove);

// Intervals of a date: the exception's, else the week's. Absent when no week is known for it.
std::optional<std::vector<DayInterval>> IntervalsOn(const OpeningHours& hours, absl::CivilDay day);

// Days that an answer looks ahead and back: beyond it "not within these days" is the answer.
inline constexpr int kOpeningHorizonDays = 62;

struct Opening {
  bool known = false;  // Hours are recorded for the date.
  bool open = false;
  // Since when, and until when, it is open or closed; absent when that is beyond the horizon.
  std::optional<absl::Time> since;
  std::optional<absl::Time> until;
  std::vector<DayInterval> intervals;  // Of the date.
};

// By hours alone; that the center operates is the caller's to know.
Opening OpeningAt(const OpeningHours& hours, absl::Time instant);

// How intervals stand in a column: "0730-1130 1330-1700", days of a week separated by ";".
std::string ToText(const std::vector<DayInterval>& intervals);
std::string ToText(const WeeklyHours& week);
// DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<std::vector<DayInterval>> IntervalsFromText(absl::string_view text);
absl::Status WeekFromText(absl::string_view text, WeeklyHours& week);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_OPENING_H_
