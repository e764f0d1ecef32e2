#include "services/routing/domain/dossier.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"

namespace twotier::routing {
namespace {

struct StepRule {
  Step step;
  absl::string_view name;  // Of the RPC.
  absl::string_view entry_kind;
  DossierState after;
  std::vector<DossierState> from;
};

const std::vector<StepRule>& Rules() {
  using enum DossierState;
  static const auto* const rules = new std::vector<StepRule>{
      {Step::kAccept, "AcceptDossier", "dossier.accepted", kReceived, {kRegistered}},
      {Step::kRefuse,
       "RefuseDossier",
       "dossier.refused",
       kNotReceived,
       {kRegistered, kPaymentRequested}},
      {Step::kAssign, "AssignDossier", "dossier.assigned", kInProgress, {kReceived, kInProgress}},
      {Step::kForward,
       "ForwardDossier",
       "dossier.forwarded",
       kInProgress,
       {kReceived, kInProgress}},
      {Step::kRequestSupplement,
       "RequestSupplement",
       "dossier.supplement_requested",
       kSupplementRequested,
       {kReceived, kInProgress}},
      {Step::kProvideSupplement,
       "ProvideSupplement",
       "dossier.supplement_provided",
       kInProgress,
       {kSupplementRequested}},
      {Step::kRequestPayment,
       "RequestPayment",
       "dossier.payment_requested",
       kPaymentRequested,
       {kRegistered, kReceived, kInProgress, kProcessed}},
      {Step::kConfirmPayment,
       "ConfirmPayment",
       "dossier.payment_confirmed",
       kUnknown,
       {kPaymentRequested}},
      {Step::kCancelPaymentRequest,
       "CancelPaymentRequest",
       "dossier.payment_request_cancelled",
       kUnknown,
       {kPaymentRequested}},
      {Step::kExtendDueDate,
       "ExtendDueDate",
       "dossier.due_date_extended",
       kUnknown,
       {kReceived, kInProgress}},
      {Step::kCompleteProcessing,
       "CompleteProcessing",
       "dossier.processed",
       kProcessed,
       {kReceived, kInProgress}},
      {Step::kReturnResult, "ReturnResult", "dossier.returned", kReturned, {kProcessed}},
      {Step::kWithdraw,
       "WithdrawDossier",
       "dossier.withdrawn",
       kWithdrawn,
       {kRegistered, kReceived, kInProgress, kSupplementRequested, kPaymentRequested}},
      {Step::kStop,
       "StopDossier",
       "dossier.stopped",
       kStopped,
       {kReceived, kInProgress, kSupplementRequested, kPaymentRequested}},
      {Step::kRate, "RateDossier", "dossier.rated", kUnknown, {kReturned}},
  };
  return *rules;
}

const StepRule& RuleOf(Step step) { return Rules()[static_cast<size_t>(step)]; }

bool StateAllows(DossierState state, Step step) {
  const std::vector<DossierState>& from = RuleOf(step).from;
  return std::find(from.begin(), from.end(), state) != from.end();
}

// What another agency has, only goes on when it comes back; the applicant may end it all the same.
bool AgencyAllows(const Dossier& dossier, Step step) {
  return dossier.agency.unit.empty() || step == Step::kForward || step == Step::kWithdraw ||
         step == Step::kExtendDueDate;
}

// What waits for its fee ends as what it was before would.
bool FeeAllows(const Dossier& dossier, Step step) {
  if (dossier.state != DossierState::kPaymentRequested) return true;
  const FeeDue due_at = dossier.payment.due_at;
  switch (step) {
    case Step::kRefuse:
      return due_at == FeeDue::kAtReception;
    case Step::kStop:
      return due_at == FeeDue::kAtSupplement;
    case Step::kWithdraw:
      return due_at != FeeDue::kAtResult;
    default:
      return true;
  }
}

// Where the dossier stands takes the step, whatever was taken before.
bool Allows(const Dossier& dossier, Step step) {
  return StateAllows(dossier.state, step) && AgencyAllows(dossier, step) &&
         FeeAllows(dossier, step);
}

// Where a dossier goes on whose fee is not awaited any more.
DossierState StateAfterFee(FeeDue due_at) {
  switch (due_at) {
    case FeeDue::kAtReception:
      return DossierState::kRegistered;
    case FeeDue::kAtResult:
      return DossierState::kProcessed;
    default:
      return DossierState::kInProgress;
  }
}

bool TooManyRequests(const Dossier& dossier, Step step) {
  return step == Step::kRequestSupplement && dossier.supplement_requests >= kSupplementRequestsMax;
}

// Nothing but the timeline bounds how often it is taken. What another agency has may come back.
bool MayComeAgain(const Dossier& dossier, Step step) {
  return step == Step::kAssign || step == Step::kRequestPayment || step == Step::kExtendDueDate ||
         step == Step::kRate || (step == Step::kForward && dossier.agency.unit.empty());
}

bool HasNoRoom(const Dossier& dossier, Step step) {
  return dossier.version >= kRepeatedStepsEntriesMax && MayComeAgain(dossier, step);
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

absl::string_view NameOf(Step step) { return RuleOf(step).name; }

absl::string_view EntryKindOf(Step step) { return RuleOf(step).entry_kind; }

std::vector<Step> AllowedSteps(const Dossier& dossier) {
  std::vector<Step> allowed;
  for (const StepRule& rule : Rules()) {
    if (Allows(dossier, rule.step) && !TooManyRequests(dossier, rule.step) &&
        !HasNoRoom(dossier, rule.step)) {
      allowed.push_back(rule.step);
    }
  }
  return allowed;
}

absl::Status CheckStep(const Dossier& dossier, Step step) {
  const bool state_allows = Allows(dossier, step);
  if (state_allows && HasNoRoom(dossier, step)) return CheckRoom(dossier);
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

absl::Status CheckRoom(const Dossier& dossier) {
  if (dossier.version < kRepeatedStepsEntriesMax) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("the timeline of ", dossier.code, " has ", dossier.version,
                                        " entries; it can only be brought to its end"),
                           "TIMELINE_FULL", {{"entries", absl::StrCat(dossier.version)}});
}

DossierState StateAfter(const Dossier& dossier, Step step) {
  if (step == Step::kConfirmPayment || step == Step::kCancelPaymentRequest) {
    return StateAfterFee(dossier.payment.due_at);
  }
  const DossierState after = RuleOf(step).after;
  return after == DossierState::kUnknown ? dossier.state : after;
}

ClockHolder HolderOf(const Dossier& dossier) {
  switch (dossier.state) {
    case DossierState::kReceived:
    case DossierState::kInProgress:
      return dossier.agency.unit.empty() ? ClockHolder::kAuthority : ClockHolder::kOtherAgency;
    case DossierState::kSupplementRequested:
      return ClockHolder::kApplicant;
    case DossierState::kPaymentRequested:
      // At reception the clock has not begun, at the result it is over.
      return dossier.payment.due_at == FeeDue::kAtSupplement ? ClockHolder::kApplicant
                                                             : ClockHolder::kNobody;
    default:
      return ClockHolder::kNobody;
  }
}

std::optional<Step> StepUnanswered(const Dossier& dossier) {
  if (!dossier.owning_system.empty()) return std::nullopt;
  if (HolderOf(dossier) == ClockHolder::kApplicant) return Step::kStop;
  if (HolderOf(dossier) == ClockHolder::kOtherAgency) return Step::kForward;
  if (dossier.state != DossierState::kPaymentRequested) return std::nullopt;
  const bool at_reception = dossier.payment.due_at == FeeDue::kAtReception;
  return at_reception ? Step::kRefuse : Step::kCancelPaymentRequest;
}

absl::Time ClockStopped(const Dossier& dossier, absl::Time now) {
  if (dossier.process_time) return *dossier.process_time;
  if (dossier.pause_time) return *dossier.pause_time;
  return dossier.end_time.value_or(now);
}

bool IsOverdue(const Dossier& dossier, absl::Time now) {
  if (dossier.supplement_requests > kSupplementRequestsOnTime) return true;
  return dossier.due_time && ClockStopped(dossier, now) > *dossier.due_time;
}

}  // namespace twotier::routing
