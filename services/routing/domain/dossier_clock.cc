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

// The instant the term starts from: `accepted`, or the beginning of the next working day after the
// cut-off.
absl::StatusOr<absl::Time> StartOfTerm(const calendar::Calendar& calendar, const Term& term,
                                       absl::Time accepted, absl::string_view province_code) {
  if (!term.cutoff_minute) return accepted;
  const absl::CivilDay day = VietnamDay(accepted);
  if (accepted <= StartOf(day) + absl::Minutes(*term.cutoff_minute)) return accepted;
  ASSIGN_OR_RETURN(const calendar::DayResult next, calendar.NextWorkingDay(day, province_code));
  return StartOf(next.day);
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
    case TermUnit::kWorkingDay: {
      ASSIGN_OR_RETURN(const absl::Time start,
                       StartOfTerm(calendar, term, accepted, province_code));
      return calendar::DueAfterWorkingDays(calendar, start, term.value, term.half, province_code);
    }
    case TermUnit::kCalendarDay: {
      ASSIGN_OR_RETURN(const absl::Time start,
                       StartOfTerm(calendar, term, accepted, province_code));
      return calendar::DueAfterCalendarDays(calendar, start, term.value, province_code);
    }
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

absl::StatusOr<absl::Time> FirstDueAfterPause(const calendar::Calendar& calendar, const Term& term,
                                              absl::Time first_due, absl::Time requested,
                                              absl::Time answered,
                                              absl::string_view province_code) {
  const calendar::Due due{first_due, VietnamDay(first_due), false};
  ASSIGN_OR_RETURN(const calendar::Due moved,
                   DueAfterPause(calendar, term, due, requested, answered, province_code));
  return moved.time;
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
  absl::Time stopped;
  for (const ClockMove& move : moves) {
    switch (move.kind) {
      case ClockMove::Kind::kStarted: {
        ASSIGN_OR_RETURN(due, DueOf(calendar, term, move.time, province_code));
        break;
      }
      case ClockMove::Kind::kStopped:
        stopped = move.time;
        break;
      case ClockMove::Kind::kWentOn: {
        const absl::Time answered = std::max(move.time, stopped);
        ASSIGN_OR_RETURN(due, DueAfterPause(calendar, term, due, stopped, answered, province_code));
        if (!recount.first_due) break;
        ASSIGN_OR_RETURN(recount.first_due, FirstDueAfterPause(calendar, term, *recount.first_due,
                                                               stopped, answered, province_code));
        break;
      }
      case ClockMove::Kind::kExtended: {
        if (!recount.first_due) recount.first_due = due.time;
        ASSIGN_OR_RETURN(due, calendar::DueSameDay(calendar, StartOf(VietnamDay(move.time)),
                                                   std::nullopt, province_code));
        break;
      }
    }
  }
  return recount;
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
