#include "services/routing/domain/dossier_clock.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::routing {
namespace {

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, VietnamTimeZone()); }

// The day that a term in days counts from: that of `accepted`, or the one that it counts on where
// there is a cut-off.
absl::StatusOr<calendar::DayResult> StartDay(const calendar::Calendar& calendar, const Term& term,
                                             absl::Time accepted, absl::string_view province_code) {
  const absl::CivilDay day = VietnamDay(accepted);
  if (!term.cutoff_minute) return calendar::DayResult{.day = day};
  const bool in_time = accepted <= StartOf(day) + absl::Minutes(*term.cutoff_minute);
  return in_time ? calendar.WorkingDayAtOrAfter(day, province_code)
                 : calendar.NextWorkingDay(day, province_code);
}

absl::StatusOr<calendar::Due> DueAfterDays(const calendar::Calendar& calendar, const Term& term,
                                           absl::Time accepted, absl::string_view province_code) {
  ASSIGN_OR_RETURN(const calendar::DayResult start,
                   StartDay(calendar, term, accepted, province_code));
  const absl::Time from = StartOf(start.day);
  absl::StatusOr<calendar::Due> due =
      term.unit == TermUnit::kWorkingDay
          ? calendar::DueAfterWorkingDays(calendar, from, term.value, term.half, province_code)
          : calendar::DueAfterCalendarDays(calendar, from, term.value, province_code);
  if (due.ok()) due->provisional = due->provisional || start.provisional;
  return due;
}

absl::StatusOr<calendar::Due> DueAfterHours(absl::Time start, const Term& term) {
  calendar::Due due{start, VietnamDay(start), false};
  if (term.value > 0) {
    ASSIGN_OR_RETURN(due, calendar::DueAfterHours(start, term.value));
  }
  if (term.half) due.time += absl::Minutes(30);
  due.day = VietnamDay(due.time);
  return due;
}

}  // namespace

absl::StatusOr<calendar::Due> DueOf(const calendar::Calendar& calendar, const Term& term,
                                    absl::Time accepted, absl::string_view province_code) {
  switch (term.unit) {
    case TermUnit::kImmediate:
      return calendar::DueSameDay(calendar, accepted, term.cutoff_minute, province_code);
    case TermUnit::kHour:
      return DueAfterHours(accepted, term);
    case TermUnit::kWorkingDay:
    case TermUnit::kCalendarDay:
      return DueAfterDays(calendar, term, accepted, province_code);
    case TermUnit::kUnknown:
      break;
  }
  return error::WithReason(absl::StatusCode::kInternal, "a dossier without a known term",
                           "BROKEN_INVARIANT");
}

absl::StatusOr<calendar::Due> DueAfterPause(const calendar::Calendar& calendar, const Term& term,
                                            const calendar::Due& due, absl::Time requested,
                                            absl::Time answered, absl::string_view province_code) {
  if (term.unit == TermUnit::kHour) {
    calendar::Due moved = due;
    moved.time += answered - requested;
    moved.day = VietnamDay(moved.time);
    return moved;
  }
  return calendar::DueAfterPause(calendar, due, requested, answered, term.cutoff_minute,
                                 province_code);
}

absl::StatusOr<calendar::Due> FirstDueAfterPause(const calendar::Calendar& calendar,
                                                 const Term& term, absl::Time first_due,
                                                 absl::Time requested, absl::Time answered,
                                                 absl::string_view province_code) {
  return DueAfterPause(calendar, term, {first_due, VietnamDay(first_due), false}, requested,
                       answered, province_code);
}

absl::StatusOr<Recount> DueAfterMoves(const calendar::Calendar& calendar, const Term& term,
                                      absl::Span<const ClockMove> moves,
                                      absl::string_view province_code) {
  if (moves.empty() || moves.front().kind != ClockMove::Kind::kStarted) {
    return error::WithReason(absl::StatusCode::kInternal, "a clock that never started",
                             "BROKEN_INVARIANT");
  }
  Recount recount;
  calendar::Due& due = recount.due;
  bool stands_still = false;
  absl::Time stopped;  // The present pause began, or the last one.
  absl::Time since;    // The due time moves by it from here on.
  for (const ClockMove& move : moves) {
    switch (move.kind) {
      case ClockMove::Kind::kStarted: {
        ASSIGN_OR_RETURN(due, DueOf(calendar, term, move.time, province_code));
        break;
      }
      case ClockMove::Kind::kStopped:
        stands_still = true;
        stopped = move.time;
        since = move.time;
        break;
      case ClockMove::Kind::kWentOn: {
        stands_still = false;
        const absl::Time answered = std::max(move.time, since);
        ASSIGN_OR_RETURN(due, DueAfterPause(calendar, term, due, since, answered, province_code));
        if (!recount.first_due) break;
        ASSIGN_OR_RETURN(const calendar::Due first,
                         FirstDueAfterPause(calendar, term, *recount.first_due, stopped, answered,
                                            province_code));
        recount.first_due = first.time;
        due.provisional = due.provisional || first.provisional;
        break;
      }
      case ClockMove::Kind::kExtended: {
        if (!recount.first_due) recount.first_due = due.time;
        if (stands_still) since = move.time;
        // The first date still rests on what the due time rested on.
        const bool provisional = due.provisional;
        ASSIGN_OR_RETURN(due, calendar::DueSameDay(calendar, StartOf(VietnamDay(move.due)),
                                                   std::nullopt, province_code));
        due.provisional = due.provisional || provisional;
        break;
      }
    }
  }
  return recount;
}

absl::StatusOr<absl::Time> OnlineToBeAnswered(const calendar::Calendar& calendar, absl::Time now,
                                              absl::string_view province_code) {
  const absl::CivilDay today = VietnamDay(now);
  ASSIGN_OR_RETURN(const bool works_today, calendar.IsWorkingDay(today, province_code));
  absl::CivilDay before = today;
  bool works = false;
  while (!works) {
    ASSIGN_OR_RETURN(works, calendar.IsWorkingDay(--before, province_code));
  }
  if (!works_today) return StartOf(before);
  ASSIGN_OR_RETURN(const calendar::Due closing, EndOfWorkingDay(calendar, today, province_code));
  if (now > closing.time) return StartOf(today);
  return StartOf(before) + (now - StartOf(today));
}

absl::StatusOr<calendar::Due> EndOfWorkingDay(const calendar::Calendar& calendar,
                                              absl::CivilDay day, absl::string_view province_code) {
  ASSIGN_OR_RETURN(const calendar::Due due,
                   calendar::DueSameDay(calendar, StartOf(day), std::nullopt, province_code));
  if (due.day == day) return due;
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(absl::FormatCivilTime(day), " is no working day"),
                           "NO_WORKING_DAY",
                           {{"next_working_day", absl::FormatCivilTime(due.day)}});
}

}  // namespace twotier::routing
