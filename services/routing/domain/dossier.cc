#include "services/routing/domain/dossier.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"

namespace twotier::routing {
namespace {

constexpr Step kSteps[] = {Step::kAccept, Step::kRequestSupplement, Step::kProvideSupplement,
                           Step::kCompleteProcessing, Step::kReturnResult};

bool StateAllows(DossierState state, Step step) {
  switch (step) {
    case Step::kAccept:
      return state == DossierState::kRegistered;
    case Step::kRequestSupplement:
    case Step::kCompleteProcessing:
      return state == DossierState::kReceived || state == DossierState::kInProgress;
    case Step::kProvideSupplement:
      return state == DossierState::kSupplementRequested;
    case Step::kReturnResult:
      return state == DossierState::kProcessed;
  }
  return false;
}

bool TooManyRequests(const Dossier& dossier, Step step) {
  return step == Step::kRequestSupplement && dossier.supplement_requests >= kSupplementRequestsMax;
}

}  // namespace

std::string Dossier::Name() const {
  return absl::StrCat("provinces/", province_code, "/dossiers/", code);
}

absl::string_view NameOf(DossierState state) {
  switch (state) {
    case DossierState::kUnknown:
      return "UNSPECIFIED";
    case DossierState::kRegistered:
      return "REGISTERED";
    case DossierState::kReceived:
      return "RECEIVED";
    case DossierState::kNotReceived:
      return "NOT_RECEIVED";
    case DossierState::kInProgress:
      return "IN_PROGRESS";
    case DossierState::kSupplementRequested:
      return "SUPPLEMENT_REQUESTED";
    case DossierState::kPaymentRequested:
      return "PAYMENT_REQUESTED";
    case DossierState::kWithdrawn:
      return "WITHDRAWN";
    case DossierState::kStopped:
      return "STOPPED";
    case DossierState::kProcessed:
      return "PROCESSED";
    case DossierState::kReturned:
      return "RETURNED";
  }
  return "UNSPECIFIED";
}

absl::string_view NameOf(Step step) {
  switch (step) {
    case Step::kAccept:
      return "AcceptDossier";
    case Step::kRequestSupplement:
      return "RequestSupplement";
    case Step::kProvideSupplement:
      return "ProvideSupplement";
    case Step::kCompleteProcessing:
      return "CompleteProcessing";
    case Step::kReturnResult:
      return "ReturnResult";
  }
  return "";
}

absl::string_view EntryKindOf(Step step) {
  switch (step) {
    case Step::kAccept:
      return "dossier.accepted";
    case Step::kRequestSupplement:
      return "dossier.supplement_requested";
    case Step::kProvideSupplement:
      return "dossier.supplement_provided";
    case Step::kCompleteProcessing:
      return "dossier.processed";
    case Step::kReturnResult:
      return "dossier.returned";
  }
  return "";
}

std::vector<Step> AllowedSteps(const Dossier& dossier) {
  std::vector<Step> allowed;
  for (Step step : kSteps) {
    if (StateAllows(dossier.state, step) && !TooManyRequests(dossier, step)) {
      allowed.push_back(step);
    }
  }
  return allowed;
}

absl::Status CheckStep(const Dossier& dossier, Step step) {
  const bool state_allows = StateAllows(dossier.state, step);
  if (state_allows && !TooManyRequests(dossier, step)) return absl::OkStatus();
  const std::string allowed = absl::StrJoin(
      AllowedSteps(dossier), ",",
      [](std::string* out, Step candidate) { absl::StrAppend(out, NameOf(candidate)); });
  const std::string state(NameOf(dossier.state));
  if (state_allows) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(dossier.code, " was sent back ",
                                          dossier.supplement_requests, " times already"),
                             "TOO_MANY_SUPPLEMENT_REQUESTS",
                             {{"state", state},
                              {"allowed", allowed},
                              {"supplement_requests", absl::StrCat(dossier.supplement_requests)}});
  }
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(NameOf(step), " is not allowed in state ", state, "; allowed: ", allowed),
      "TRANSITION_NOT_ALLOWED", {{"state", state}, {"allowed", allowed}});
}

DossierState StateAfter(Step step) {
  switch (step) {
    case Step::kAccept:
      return DossierState::kReceived;
    case Step::kRequestSupplement:
      return DossierState::kSupplementRequested;
    case Step::kProvideSupplement:
      return DossierState::kInProgress;
    case Step::kCompleteProcessing:
      return DossierState::kProcessed;
    case Step::kReturnResult:
      return DossierState::kReturned;
  }
  return DossierState::kUnknown;
}

ClockHolder HolderOf(const Dossier& dossier) {
  switch (dossier.state) {
    case DossierState::kReceived:
    case DossierState::kInProgress:
      return ClockHolder::kAuthority;
    case DossierState::kSupplementRequested:
    case DossierState::kPaymentRequested:
      return ClockHolder::kApplicant;
    default:
      return ClockHolder::kNobody;
  }
}

bool IsOverdue(const Dossier& dossier, absl::Time now) {
  if (dossier.supplement_requests > kSupplementRequestsOnTime) return true;
  if (!dossier.due_time) return false;
  absl::Time compared = now;
  if (dossier.process_time) {
    compared = *dossier.process_time;
  } else if (dossier.supplement_request_time) {
    compared = *dossier.supplement_request_time;
  }
  return compared > *dossier.due_time;
}

}  // namespace twotier::routing
