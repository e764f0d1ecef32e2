#include "services/routing/domain/dossier_steps.h"

#include <algorithm>

#include "common/clock.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/routing/domain/dossier_clock.h"

namespace twotier::routing {
namespace {

void Finish(Dossier& dossier, Step step) {
  dossier.state = StateAfter(step);
  ++dossier.version;
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

absl::Status RequestSupplement(Dossier& dossier, absl::Time now) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kRequestSupplement));
  dossier.supplement_request_time = now;
  ++dossier.supplement_requests;
  Finish(dossier, Step::kRequestSupplement);
  return absl::OkStatus();
}

absl::Status ProvideSupplement(Dossier& dossier, absl::Time now,
                               const calendar::Calendar& calendar) {
  RETURN_IF_ERROR(CheckStep(dossier, Step::kProvideSupplement));
  if (!dossier.supplement_request_time || !dossier.due_time) {
    return error::WithReason(absl::StatusCode::kInternal,
                             "a supplement is awaited, but nothing says since when",
                             "BROKEN_INVARIANT", {{"dossier", dossier.code}});
  }
  const absl::Time requested = *dossier.supplement_request_time;
  const calendar::Due before{*dossier.due_time, VietnamDay(*dossier.due_time),
                             dossier.due_provisional};
  ASSIGN_OR_RETURN(const calendar::Due due,
                   DueAfterSupplement(calendar, dossier.term, before, requested,
                                      std::max(now, requested), dossier.province_code));
  dossier.due_time = due.time;
  dossier.due_provisional = due.provisional;
  dossier.supplement_request_time.reset();
  Finish(dossier, Step::kProvideSupplement);
  return absl::OkStatus();
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

}  // namespace twotier::routing
