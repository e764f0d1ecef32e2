#include "services/registry/domain/opening.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::registry {
namespace {

absl::Time At(absl::CivilDay day, int minute) {
  return absl::FromCivil(day, VietnamTimeZone()) + absl::Minutes(minute);
}

// Minutes of an instant since midnight, in seconds' precision: an interval ends on the minute.
absl::Duration SinceMidnight(absl::Time instant, absl::CivilDay day) {
  return instant - At(day, 0);
}

absl::Status Unreadable(absl::string_view text) {
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("opening hours \"", text, "\" cannot be read"),
                           "UNREADABLE_ROW");
}

// The last instant at or before `instant` at which it opened (`opening`) or closed.
std::optional<absl::Time> LastEdge(const OpeningHours& hours, absl::Time instant, bool opening) {
  const absl::CivilDay today = VietnamDay(instant);
  for (int back = 0; back <= kOpeningHorizonDays; ++back) {
    const absl::CivilDay day = today - back;
    const auto intervals = IntervalsOn(hours, day);
    if (!intervals.has_value()) return std::nullopt;
    for (auto it = intervals->rbegin(); it != intervals->rend(); ++it) {
      const absl::Time edge = At(day, opening ? it->from : it->to);
      if (edge <= instant) return edge;
    }
  }
  return std::nullopt;
}

// The first instant after `instant` at which it opens or closes.
std::optional<absl::Time> NextEdge(const OpeningHours& hours, absl::Time instant, bool opening) {
  const absl::CivilDay today = VietnamDay(instant);
  for (int ahead = 0; ahead <= kOpeningHorizonDays; ++ahead) {
    const absl::CivilDay day = today + ahead;
    const auto intervals = IntervalsOn(hours, day);
    if (!intervals.has_value()) return std::nullopt;
    for (const DayInterval& interval : *intervals) {
      const absl::Time edge = At(day, opening ? interval.from : interval.to);
      if (instant < edge) return edge;
    }
  }
  return std::nullopt;
}

// Index at which the exception of `day` stands, or would.
std::ptrdiff_t PlaceOf(const OpeningHours& hours, absl::CivilDay day) {
  return std::lower_bound(hours.exceptions.begin(), hours.exceptions.end(), day,
                          [](const OpeningException& a, absl::CivilDay b) { return a.day < b; }) -
         hours.exceptions.begin();
}

}  // namespace

int WeekdayIndex(absl::CivilDay day) { return static_cast<int>(absl::GetWeekday(day)); }

std::string WrongIntervals(const std::vector<DayInterval>& intervals) {
  int end = -1;
  for (const DayInterval& interval : intervals) {
    if (interval.from < 0 || interval.to > kMinutesOfDay || interval.to <= interval.from) {
      return "must begin before it ends, within 0 and 1,440 minutes";
    }
    if (interval.from <= end) return "must begin after the interval before it ended";
    end = interval.to;
  }
  return "";
}

absl::Status SetWeek(OpeningHours& hours, WeeklyHours week) {
  if (!hours.weeks.empty() && week.valid.first < hours.weeks.back().valid.first) {
    const std::string date = absl::FormatCivilTime(hours.weeks.back().valid.first);
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("other hours are planned already for ", date),
                             "LATER_CHANGE_PLANNED", {{"planned_date", date}});
  }
  if (!hours.weeks.empty()) {
    WeeklyHours& last = hours.weeks.back();
    last.valid.end = std::min(last.valid.end, week.valid.first);
    if (last.valid.end <= last.valid.first) hours.weeks.pop_back();
  }
  week.valid.end = kNoEnd;
  hours.weeks.push_back(std::move(week));
  return absl::OkStatus();
}

void SetException(OpeningHours& hours, OpeningException exception, bool remove) {
  const auto at = hours.exceptions.begin() + PlaceOf(hours, exception.day);
  const bool there = at != hours.exceptions.end() && at->day == exception.day;
  if (remove) {
    if (there) hours.exceptions.erase(at);
  } else if (there) {
    *at = std::move(exception);
  } else {
    hours.exceptions.insert(at, std::move(exception));
  }
}

std::optional<std::vector<DayInterval>> IntervalsOn(const OpeningHours& hours, absl::CivilDay day) {
  const auto at = hours.exceptions.begin() + PlaceOf(hours, day);
  if (at != hours.exceptions.end() && at->day == day) return at->intervals;
  for (const WeeklyHours& week : hours.weeks) {
    if (week.valid.Contains(day)) return week.days[WeekdayIndex(day)];
  }
  return std::nullopt;
}

Opening OpeningAt(const OpeningHours& hours, absl::Time instant) {
  Opening opening;
  const absl::CivilDay day = VietnamDay(instant);
  std::optional<std::vector<DayInterval>> intervals = IntervalsOn(hours, day);
  if (!intervals.has_value()) return opening;
  opening.known = true;
  const absl::Duration now = SinceMidnight(instant, day);
  opening.open = std::any_of(intervals->begin(), intervals->end(), [&](const DayInterval& i) {
    return absl::Minutes(i.from) <= now && now < absl::Minutes(i.to);
  });
  opening.since = LastEdge(hours, instant, /*opening=*/opening.open);
  opening.until = NextEdge(hours, instant, /*opening=*/!opening.open);
  opening.intervals = *std::move(intervals);
  return opening;
}

std::string ToText(const std::vector<DayInterval>& intervals) {
  return absl::StrJoin(intervals, " ", [](std::string* out, const DayInterval& i) {
    absl::StrAppendFormat(out, "%02d%02d-%02d%02d", i.from / 60, i.from % 60, i.to / 60, i.to % 60);
  });
}

std::string ToText(const WeeklyHours& week) {
  return absl::StrJoin(
      week.days, ";", [](std::string* out, const auto& day) { absl::StrAppend(out, ToText(day)); });
}

absl::StatusOr<std::vector<DayInterval>> IntervalsFromText(absl::string_view text) {
  std::vector<DayInterval> intervals;
  for (const absl::string_view part : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    int from = 0;
    int to = 0;
    if (part.size() != 9 || part[4] != '-' || !absl::SimpleAtoi(part.substr(0, 4), &from) ||
        !absl::SimpleAtoi(part.substr(5), &to)) {
      return Unreadable(text);
    }
    intervals.push_back({from / 100 * 60 + from % 100, to / 100 * 60 + to % 100});
  }
  if (!WrongIntervals(intervals).empty()) return Unreadable(text);
  return intervals;
}

absl::Status WeekFromText(absl::string_view text, WeeklyHours& week) {
  const std::vector<absl::string_view> days = absl::StrSplit(text, ';');
  if (days.size() != std::size(week.days)) return Unreadable(text);
  for (size_t i = 0; i < days.size(); ++i) {
    ASSIGN_OR_RETURN(week.days[i], IntervalsFromText(days[i]));
  }
  return absl::OkStatus();
}

}  // namespace twotier::registry
