// The clock of a dossier: when it is due, and how far a supplement moves that.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_CLOCK_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_CLOCK_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/calendar/calendar.h"
#include "common/calendar/term.h"
#include "services/routing/domain/procedure.h"

namespace twotier::routing {

// When a dossier that was validly received at `accepted` is due. A procedure with a cut-off counts
// what is received later in the day, or on a day off, as received on the next working day: what is
// received later is never due earlier. Errors: FAILED_PRECONDITION `CALENDAR_ENDS`; INTERNAL for a
// term that no published procedure has.
absl::StatusOr<calendar::Due> DueOf(const calendar::Calendar& calendar, const Term& term,
                                    absl::Time accepted, absl::string_view province_code);

// Where `due` moves when what was asked for at `requested` (a supplement, a payment, another
// agency's part) comes at `answered`. Terms in days, and same-day terms, move by the working days
// after the request's day up to and including the one the answer counts on: like a reception, an
// answer after the cut-off, after closing or on a day off counts on the next working day, and what
// was not late at the request is due no earlier than that day's end (calendar::DueAfterPause).
// Terms in hours move by the time between. Errors: FAILED_PRECONDITION `CALENDAR_ENDS`.
absl::StatusOr<calendar::Due> DueAfterPause(const calendar::Calendar& calendar, const Term& term,
                                            const calendar::Due& due, absl::Time requested,
                                            absl::Time answered, absl::string_view province_code);

// The same for the due time that no extension has moved: what waits for the citizen or another
// agency is no delay of the authority, before an extension or after it.
absl::StatusOr<calendar::Due> FirstDueAfterPause(const calendar::Calendar& calendar,
                                                 const Term& term, absl::Time first_due,
                                                 absl::Time requested, absl::Time answered,
                                                 absl::string_view province_code);

// Number of the channel, of routing/v1/dossier.proto.
inline constexpr int kChannelOnline = 2;

// What was handed in online before this instant is to have been received or refused by `now`: eight
// working hours later (Decree 118/2025/NĐ-CP). A working day has as many, so that is the same hour
// of the next working day, or its closing for what came behind closing or on a day off. Errors:
// FAILED_PRECONDITION `CALENDAR_ENDS`.
absl::StatusOr<absl::Time> OnlineToBeAnswered(const calendar::Calendar& calendar, absl::Time now,
                                              absl::string_view province_code);

// What happened to the clock of a dossier.
struct ClockMove {
  enum class Kind {
    kStarted,   // It was validly received.
    kStopped,   // For an answer, or another agency.
    kWentOn,    // The answer came.
    kExtended,  // The authority gave another date.
  };
  Kind kind = Kind::kStarted;
  absl::Time time;
  absl::Time due = absl::InfinitePast();  // Of an extension: the due time that it gave.
};

// What the moves of a clock give.
struct Recount {
  calendar::Due due;                    // Provisional when either of the two is.
  std::optional<absl::Time> first_due;  // Without the extensions; absent: there was none.
};

// When a dossier is due whose clock went through `moves`, oldest first, if `calendar` had held all
// the time. A date that was given by an extension stays, or becomes the end of the next working day
// when its own is none any more; one that was given while the clock stood still moves by the rest
// of that time, and the first date by the whole of it. Errors: FAILED_PRECONDITION `CALENDAR_ENDS`;
// INTERNAL for moves that do not begin with a start.
absl::StatusOr<Recount> DueAfterMoves(const calendar::Calendar& calendar, const Term& term,
                                      absl::Span<const ClockMove> moves,
                                      absl::string_view province_code);

// The end of `day`, which must be a working day: FAILED_PRECONDITION `NO_WORKING_DAY`;
// `CALENDAR_ENDS`.
absl::StatusOr<calendar::Due> EndOfWorkingDay(const calendar::Calendar& calendar,
                                              absl::CivilDay day, absl::string_view province_code);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_CLOCK_H_
