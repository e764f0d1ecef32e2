#include "services/routing/domain/dossier_steps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::routing {
namespace {

void Finish(Dossier& dossier, Step step) {
  dossier.state = StateAfter(dossier, step);
  ++dossier.version;
}

// From when on the due time moves by the pause that lasts.
absl::Time StandsStillSince(const Dossier& dossier) {
  return dossier.pause_extended_time.value_or(*dossier.pause_time);
}

// When a dossier whose clock stands still is due if the clock goes on at `now`.
absl::StatusOr<calendar::Due> DueIfResumed(const Dossier& dossier, absl::Time now,
                                           const calendar::Calendar& calendar) {
  const absl::Time since = StandsStillSince(dossier);
  const calendar::Due before{*dossier.due_time, VietnamDay(*dossier.due_time),
                             dossier.due_provisional};
  return DueAfterPause(calendar, dossier.term, before, since, std::max(now, since),
                       dossier.province_code);
}

// The clock goes on, and the due time moves by what it stood still.
absl::Status Resume(Dossier& dossier, absl::Time now, const calendar::Calendar& calendar) {
  if (!dossier.pause_time || !dossier.due_time) {
    return error::WithReason(absl::StatusCode::kInternal,
                             "the clock stands still, but nothing says since when",
                             "BROKEN_INVARIANT", {{"dossier", dossier.code}});
  }
  ASSIGN_OR_RETURN(calendar::Due due, DueIfResumed(dossier, now, calendar));
  if (dossier.first_due_time) {
    ASSIGN_OR_RETURN(
        const calendar::Due first,
        FirstDueAfterPause(calendar, dossier.term, *dossier.first_due_time, *dossier.pause_time,
                           std::max(now, StandsStillSince(dossier)), dossier.province_code));
    dossier.first_due_time = first.time;
    due.provisional = due.provisional || first.provisional;
  }
  dossier.due_time = due.time;
  dossier.due_provisional = due.provisional;
  dossier.pause_time.reset();
  dossier.pause_extended_time.reset();
  dossier.answer_by.reset();
  return absl::OkStatus();
}

// Sets by when an answer is awaited.
absl::Status SetAnswerBy(Dossier& dossier, absl::Time now, std::optional<absl::Time> answer_by) {
  const absl::Time until = answer_by.value_or(now + absl::Hours(24) * kAnswerDaysDefault);
  if (until <= now) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             "the date to answer by has passed", "ANSWER_DATE_PAST");
  }
  const absl::Time last = now + absl::Hours(24) * kAnswerDaysMax;
  if (until > last) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("an answer is awaited for ", kAnswerDaysMax, " days at most"),
        "ANSWER_DATE_TOO_FAR", {{"last_time", absl::FormatTime(last, VietnamTimeZone())}});
  }
  dossier.answer_by = until;
  return absl::OkStatus();
}

// The clock stands still until the applicant answers.
absl::Status Await(Dossier& dossier, absl::Time now, std::optional<absl::Time> answer_by) {
  RETURN_IF_ERROR(SetAnswerBy(dossier, now, answer_by));
  dossier.pause_time = now;
  return absl::OkStatus();
}

// When a fee is due that is asked for in `state`.
FeeDue FeeDueIn(DossierState state) {
  switch (state) {
    case DossierState::kRegistered:
      return FeeDue::kAtReception;
    case DossierState::kProcessed:
      return FeeDue::kAtResult;
    default:
      return FeeDue::kAtSupplement;
  }
}

// No fee is awaited any more.
absl::Status GoOnFromFee(Dossier& dossier, absl::Time now, const calendar::Calendar& calendar) {
  if (dossier.payment.due_at == FeeDue::kAtSupplement) return Resume(dossier, now, calendar);
  dossier.answer_by.reset();
  return absl::OkStatus();
}

// No step follows, or none that the clock runs for.
void End(Dossier& dossier, absl::Time now) {
  dossier.end_time = now;
  dossier.answer_by.reset();
}

}  // namespace

absl::Status Accept(Dossier& dossier, absl::Time now, const calendar::Calendar& calendar) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kAccept));
  ASSIGN_OR_RETURN(const calendar::Due due,
                   DueOf(calendar, dossier.term, now, dossier.province_code));
  dossier.accept_time = now;
  dossier.due_time = due.time;
  dossier.due_provisional = due.provisional;
  Finish(dossier, Step::kAccept);
  return absl::OkStatus();
}

absl::Status Refuse(Dossier& dossier, absl::Time now) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kRefuse));
  End(dossier, now);
  Finish(dossier, Step::kRefuse);
  return absl::OkStatus();
}

absl::Status Assign(Dossier& dossier, absl::string_view assignee) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kAssign));
  dossier.assignee = std::string(assignee);
  Finish(dossier, Step::kAssign);
  return absl::OkStatus();
}

absl::Status Forward(Dossier& dossier, absl::Time now, const CompetentBody& body,
                     std::optional<absl::Time> answer_by, const calendar::Calendar& calendar) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kForward));
  const bool away = !dossier.agency.unit.empty();
  const CompetentBody& holder = away ? dossier.agency : dossier.body;
  const bool home = body.unit == dossier.body.unit && body.title == dossier.body.title;
  // An agency that a re-routing made the competent body has it still to be given back: only that
  // lets the clock go on.
  const bool given_back = away && home;
  if (body.unit == holder.unit && body.title == holder.title && !given_back) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(holder.title, " has the dossier"), "FORWARDED_TO_HOLDER",
                             {{"unit", holder.unit}, {"title", holder.title}});
  }
  if (home) {
    RETURN_IF_ERROR(Resume(dossier, now, calendar));
    dossier.agency = {};
  } else {
    RETURN_IF_ERROR(CheckRoom(dossier));  // From one agency to the next, too.
    RETURN_IF_ERROR(SetAnswerBy(dossier, now, answer_by));
    if (!away) dossier.pause_time = now;
    dossier.agency = body;
  }
  Finish(dossier, Step::kForward);
  return absl::OkStatus();
}

absl::Status TakeBack(Dossier& dossier, absl::Time now, const calendar::Calendar& calendar) {
  const CompetentBody home = dossier.body;
  return Forward(dossier, now, home, std::nullopt, calendar);
}

absl::Status RequestSupplement(Dossier& dossier, absl::Time now,
                               std::optional<absl::Time> answer_by) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kRequestSupplement));
  RETURN_IF_ERROR(Await(dossier, now, answer_by));
  ++dossier.supplement_requests;
  Finish(dossier, Step::kRequestSupplement);
  return absl::OkStatus();
}

absl::Status ProvideSupplement(Dossier& dossier, absl::Time now,
                               const calendar::Calendar& calendar) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kProvideSupplement));
  RETURN_IF_ERROR(Resume(dossier, now, calendar));
  Finish(dossier, Step::kProvideSupplement);
  return absl::OkStatus();
}

absl::Status RequestPayment(Dossier& dossier, absl::Time now, int64_t due_vnd,
                            std::optional<absl::Time> answer_by) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kRequestPayment));
  const FeeDue due_at = FeeDueIn(dossier.state);
  RETURN_IF_ERROR(due_at == FeeDue::kAtSupplement ? Await(dossier, now, answer_by)
                                                  : SetAnswerBy(dossier, now, answer_by));
  dossier.payment.due_vnd = due_vnd;
  dossier.payment.due_at = due_at;
  Finish(dossier, Step::kRequestPayment);
  return absl::OkStatus();
}

absl::Status ConfirmPayment(Dossier& dossier, absl::Time now, const Payment& paid,
                            const calendar::Calendar& calendar) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kConfirmPayment));
  if (paid.paid_vnd != dossier.payment.due_vnd) {
    const std::string due = absl::StrCat(dossier.payment.due_vnd.value_or(0));
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(due, " đồng are due"), "PAYMENT_DIFFERS",
                             {{"due_vnd", due}});
  }
  RETURN_IF_ERROR(GoOnFromFee(dossier, now, calendar));
  dossier.payment.paid_vnd = paid.paid_vnd;
  dossier.payment.gateway = paid.gateway;
  dossier.payment.reference = paid.reference;
  dossier.payment.paid_total_vnd += *paid.paid_vnd;
  Finish(dossier, Step::kConfirmPayment);
  return absl::OkStatus();
}

absl::Status CancelPaymentRequest(Dossier& dossier, absl::Time now,
                                  const calendar::Calendar& calendar) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kCancelPaymentRequest));
  RETURN_IF_ERROR(GoOnFromFee(dossier, now, calendar));
  Finish(dossier, Step::kCancelPaymentRequest);
  dossier.payment.due_vnd.reset();
  dossier.payment.due_at = FeeDue::kUnknown;
  return absl::OkStatus();
}

absl::Status ExtendDueDate(Dossier& dossier, absl::Time now, absl::CivilDay day,
                           const calendar::Calendar& calendar) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kExtendDueDate));
  ASSIGN_OR_RETURN(const calendar::Due due, EndOfWorkingDay(calendar, day, dossier.province_code));
  std::optional<absl::Time> present = dossier.due_time;
  if (present && dossier.pause_time) {
    ASSIGN_OR_RETURN(const calendar::Due moved, DueIfResumed(dossier, now, calendar));
    present = moved.time;
  }
  if (!present || due.time <= *present || due.time <= now) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        "the new date must lie behind the present one and behind now", "EXTENSION_NOT_LATER",
        {{"due_time", present ? absl::FormatTime(*present, VietnamTimeZone()) : ""}});
  }
  if (!dossier.first_due_time) dossier.first_due_time = dossier.due_time;
  ++dossier.extensions;
  dossier.due_time = due.time;
  // The first date still rests on what this one rested on.
  dossier.due_provisional = dossier.due_provisional || due.provisional;
  if (dossier.pause_time) dossier.pause_extended_time = now;
  Finish(dossier, Step::kExtendDueDate);
  return absl::OkStatus();
}

bool Recompute(Dossier& dossier, const Recount& recount) {
  if (dossier.due_time == recount.due.time && dossier.due_provisional == recount.due.provisional &&
      dossier.first_due_time == recount.first_due) {
    return false;
  }
  dossier.due_time = recount.due.time;
  dossier.due_provisional = recount.due.provisional;
  dossier.first_due_time = recount.first_due;
  ++dossier.version;
  return true;
}

absl::Status CompleteProcessing(Dossier& dossier, absl::Time now, absl::string_view result_id) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kCompleteProcessing));
  dossier.process_time = now;
  dossier.result_id = std::string(result_id);
  Finish(dossier, Step::kCompleteProcessing);
  return absl::OkStatus();
}

absl::Status ReturnResult(Dossier& dossier, absl::Time now) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kReturnResult));
  dossier.return_time = now;
  Finish(dossier, Step::kReturnResult);
  return absl::OkStatus();
}

absl::Status Withdraw(Dossier& dossier, absl::Time now) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kWithdraw));
  End(dossier, now);
  Finish(dossier, Step::kWithdraw);
  return absl::OkStatus();
}

absl::Status Stop(Dossier& dossier, absl::Time now) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kStop));
  End(dossier, now);
  Finish(dossier, Step::kStop);
  return absl::OkStatus();
}

absl::Status Rate(Dossier& dossier, Satisfaction satisfaction) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kRate));
  dossier.satisfaction = satisfaction;
  Finish(dossier, Step::kRate);
  return absl::OkStatus();
}

}  // namespace twotier::routing
