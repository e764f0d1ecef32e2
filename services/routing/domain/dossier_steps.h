// What each step changes of a dossier. A function leaves the dossier as it is when it refuses.
//
// Errors of all of them: FAILED_PRECONDITION `TRANSITION_NOT_ALLOWED`; of those that may come again
// and again `TIMELINE_FULL`; of those that compute a due time `CALENDAR_ENDS`.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_STEPS_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_STEPS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"
#include "services/routing/domain/dossier.h"
#include "services/routing/domain/dossier_clock.h"

namespace twotier::routing {

// Kind of the timeline entry of a due time that was computed again.
inline constexpr absl::string_view kEntryKindRecomputed = "dossier.due_date_recomputed";

// How long an applicant, or another agency, has to answer when the request says nothing: a
// parameter of this project until an act states one. What its applicant does not answer is stopped
// then; what an agency keeps longer is taken back. No dossier waits for ever.
inline constexpr int kAnswerDaysDefault = 30;
// The longest that a request may give: a parameter of this project too. A year lets the applicant
// go through another procedure first (a survey, a court); a dossier that may wait longer waits for
// ever.
inline constexpr int kAnswerDaysMax = 365;

// Valid reception: the clock starts and the due time is computed.
absl::Status Accept(Dossier& dossier, absl::Time now, const calendar::Calendar& calendar);

// It is not received (form 03 of Circular 03/2025/TT-VPCP).
absl::Status Refuse(Dossier& dossier, absl::Time now);

// Names the post that works on it.
absl::Status Assign(Dossier& dossier, absl::string_view assignee);

// Hands it to `body`. To another one than the competent: the clock stands still from now on, and
// the body is to answer by `answer_by`; absent: within kAnswerDaysDefault days. Back to the
// competent one: the clock goes on, and the due time moves by what it stood still; nothing is
// awaited any more. FAILED_PRECONDITION `FORWARDED_TO_HOLDER` when that body has it;
// `ANSWER_DATE_PAST`, `ANSWER_DATE_TOO_FAR` as below.
absl::Status Forward(Dossier& dossier, absl::Time now, const CompetentBody& body,
                     std::optional<absl::Time> answer_by, const calendar::Calendar& calendar);

// Brings home a dossier that another agency has not answered in time: Forward to the competent
// body. FAILED_PRECONDITION `FORWARDED_TO_HOLDER` when no agency has it.
absl::Status TakeBack(Dossier& dossier, absl::Time now, const calendar::Calendar& calendar);

// The clock stands still from now on, until `answer_by`; absent: kAnswerDaysDefault days.
// FAILED_PRECONDITION `ANSWER_DATE_PAST` when that is not behind `now`, `ANSWER_DATE_TOO_FAR`
// (`last_time`) when it is more than kAnswerDaysMax days behind it.
absl::Status RequestSupplement(Dossier& dossier, absl::Time now,
                               std::optional<absl::Time> answer_by);

// The clock goes on; the due time moves by what it stood still. An instant before the request
// (another clock) counts as the instant of the request.
absl::Status ProvideSupplement(Dossier& dossier, absl::Time now,
                               const calendar::Calendar& calendar);

// Asks for a fee of `due_vnd`, which is above 0. What was paid before stays known. The clock stands
// still until it is paid where it runs: before acceptance it has not begun, behind the end of
// processing it is over. `answer_by` and its errors as above.
absl::Status RequestPayment(Dossier& dossier, absl::Time now, int64_t due_vnd,
                            std::optional<absl::Time> answer_by);

// The dossier goes on where the fee was asked for; a clock that stood still for it does too.
// FAILED_PRECONDITION `PAYMENT_DIFFERS` (metadata `due_vnd`) when another amount was paid than is
// due.
absl::Status ConfirmPayment(Dossier& dossier, absl::Time now, const Payment& paid,
                            const calendar::Calendar& calendar);

// Takes the request back, as if the answer had come: nothing is due any more, and what was paid
// before stays known.
absl::Status CancelPaymentRequest(Dossier& dossier, absl::Time now,
                                  const calendar::Calendar& calendar);

// The authority is late: an apology and a new date (form 04). The date is the end of the working
// day `day`. FAILED_PRECONDITION `EXTENSION_NOT_LATER` when it does not lie behind `now` and behind
// the due time, which is the one that the dossier would have if its clock went on now.
absl::Status ExtendDueDate(Dossier& dossier, absl::Time now, absl::CivilDay day,
                           const calendar::Calendar& calendar);

// The calendar has another word on days that the due time rests on. Returns false and changes
// nothing when what it gives was known. For a dossier whose clock somebody holds.
bool Recompute(Dossier& dossier, const Recount& recount);

absl::Status CompleteProcessing(Dossier& dossier, absl::Time now, absl::string_view result_id);

absl::Status ReturnResult(Dossier& dossier, absl::Time now);

// The applicant takes it back.
absl::Status Withdraw(Dossier& dossier, absl::Time now);

// Processing ends without a result (form 05).
absl::Status Stop(Dossier& dossier, absl::Time now);

// What the applicant says of it; replaces what was said before.
absl::Status Rate(Dossier& dossier, Satisfaction satisfaction);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_STEPS_H_
