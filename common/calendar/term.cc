#include "common/calendar/term.h"

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/status_macros.h"

namespace twotier::calendar {
namespace {

// The Civil Code 2015 is in force since 1 January 2017.
const CountingRule kRules[] = {{
    .valid_from = absl::CivilDay(2017, 1, 1),
    .source = "91/2015/QH13, Articles 147, 148",
    .day_ends_minute = 17 * 60,
    .half_day_ends_minute = 12 * 60,
    .calendar_days_end_on_working_day = true,
    .pause_in_working_days = true,
}};

absl::Time MinuteOf(absl::CivilDay day, int minute) {
  return absl::FromCivil(day, VietnamTimeZone()) + absl::Minutes(minute);
}

Due EndOf(const DayResult& last, const CountingRule& rule) {
  return Due{.time = MinuteOf(last.day, rule.day_ends_minute),
             .day = last.day,
             .provisional = last.provisional};
}

}  // namespace

const CountingRule& CountingRuleAt(absl::CivilDay day) {
  const CountingRule* in_force = &kRules[0];
  for (const CountingRule& rule : kRules) {
    if (rule.valid_from <= day) in_force = &rule;
  }
  return *in_force;
}

absl::StatusOr<Due> DueAfterWorkingDays(const Calendar& calendar, absl::Time start, int count,
                                        bool half, absl::string_view province_code) {
  const absl::CivilDay first = VietnamDay(start);
  const CountingRule& rule = CountingRuleAt(first);
  ASSIGN_OR_RETURN(const DayResult last,
                   calendar.AddWorkingDays(first, count + (half ? 1 : 0), province_code));
  Due due = EndOf(last, rule);
  if (half) due.time = MinuteOf(last.day, rule.half_day_ends_minute);
  return due;
}

absl::StatusOr<Due> DueAfterCalendarDays(const Calendar& calendar, absl::Time start, int count,
                                         absl::string_view province_code) {
  if (count < 0 || count > Calendar::kTermDaysMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("a term of ", count, " days is not 0 to ", Calendar::kTermDaysMax));
  }
  const absl::CivilDay first = VietnamDay(start);
  const CountingRule& rule = CountingRuleAt(first);
  const absl::CivilDay last = first + count;
  if (!rule.calendar_days_end_on_working_day) return EndOf(DayResult{.day = last}, rule);
  ASSIGN_OR_RETURN(const DayResult working, calendar.WorkingDayAtOrAfter(last, province_code));
  return EndOf(working, rule);
}

absl::StatusOr<Due> DueAfterHours(absl::Time start, int hours) {
  if (hours < 1 || hours > kTermHoursMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("a term of ", hours, " hours is not 1 to ", kTermHoursMax));
  }
  const absl::Time time = start + absl::Hours(hours);
  return Due{.time = time, .day = VietnamDay(time)};
}

absl::StatusOr<Due> DueSameDay(const Calendar& calendar, absl::Time start,
                               std::optional<int> cutoff_minute, absl::string_view province_code) {
  const absl::CivilDay day = VietnamDay(start);
  const CountingRule& rule = CountingRuleAt(day);
  const int cutoff = cutoff_minute.value_or(rule.day_ends_minute);
  if (cutoff < 0 || cutoff > 24 * 60) {
    return absl::InvalidArgumentError(absl::StrCat("minute ", cutoff, " is not of a day"));
  }
  const bool in_time = start <= MinuteOf(day, cutoff);
  ASSIGN_OR_RETURN(const DayResult last, in_time ? calendar.WorkingDayAtOrAfter(day, province_code)
                                                 : calendar.NextWorkingDay(day, province_code));
  return EndOf(last, rule);
}

absl::StatusOr<Due> DueAfterPause(const Calendar& calendar, const Due& due, absl::Time requested,
                                  absl::Time answered, std::optional<int> cutoff_minute,
                                  absl::string_view province_code) {
  const absl::CivilDay after = VietnamDay(requested);
  const absl::CivilDay answer_day = VietnamDay(answered);
  if (answer_day < after) {
    return absl::InvalidArgumentError(
        absl::StrCat("an answer on ", absl::FormatCivilTime(answer_day), " to a request of ",
                     absl::FormatCivilTime(after)));
  }
  // The end of the first office day that has the answer; only its day matters when late already.
  Due counts{.day = answer_day};
  const bool late_already = requested > due.time;
  if (!late_already) {
    ASSIGN_OR_RETURN(counts, DueSameDay(calendar, answered, cutoff_minute, province_code));
  }
  ASSIGN_OR_RETURN(CountResult pause,
                   calendar.WorkingDaysAfterUntil(after, counts.day, province_code));
  if (!CountingRuleAt(after).pause_in_working_days) pause = {.days = counts.day - after};
  ASSIGN_OR_RETURN(const DayResult day,
                   calendar.AddWorkingDays(due.day, static_cast<int>(pause.days), province_code));
  // The minute of the day stays: a half-day term still ends at noon.
  const absl::Duration minute = due.time - absl::FromCivil(due.day, VietnamTimeZone());
  Due moved{
      .time = absl::FromCivil(day.day, VietnamTimeZone()) + minute,
      .day = day.day,
      .provisional = due.provisional || pause.provisional || day.provisional || counts.provisional};
  if (!late_already && moved.time < counts.time) {
    moved.time = counts.time;
    moved.day = counts.day;
  }
  return moved;
}

}  // namespace twotier::calendar
