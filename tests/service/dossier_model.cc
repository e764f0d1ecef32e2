#include "tests/service/dossier_model.h"

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;
using Taking = std::function<absl::StatusOr<v1::Dossier>(
    Stub& stub, const Known& known, const StepInputs& inputs, const std::string& request_id)>;

// Fills in what every request of the kind has and takes the step.
template <typename Request, typename Response>
Taking With(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
            std::function<void(Request&, const Known&, const StepInputs&)> fill) {
  return [method, fill](Stub& stub, const Known& known, const StepInputs& inputs,
                        const std::string& request_id) -> absl::StatusOr<v1::Dossier> {
    Request request;
    request.set_name(known.dossier.name());
    request.set_etag(known.dossier.etag());
    request.set_request_id(request_id);
    fill(request, known, inputs);
    absl::StatusOr<Response> response = Invoke(method, stub, request);
    if (!response.ok()) return response.status();
    return std::move(*response->mutable_dossier());
  };
}

template <typename Request>
void Plain(Request& /*request*/, const Known& /*known*/, const StepInputs& /*inputs*/) {}

template <typename Request>
void Because(Request& request, const Known& /*known*/, const StepInputs& /*inputs*/) {
  request.set_reason("theo quy định");
}

template <typename Request>
void AnswerBy(Request& request, const StepInputs& inputs) {
  if (!inputs.answer_by) return;
  request.mutable_answer_by_time()->set_seconds(absl::ToUnixSeconds(*inputs.answer_by));
}

void AskApplicant(v1::RequestSupplementRequest& request, const Known&, const StepInputs& inputs) {
  request.set_reason("theo quy định");
  AnswerBy(request, inputs);
}

void Assign(v1::AssignDossierRequest& request, const Known& known, const StepInputs&) {
  const std::string& name = known.dossier.name();
  request.set_assignee(absl::StrCat(name.substr(0, name.find("/dossiers/")), "/posts/p1"));
}

void Forward(v1::ForwardDossierRequest& request, const Known& known, const StepInputs& inputs) {
  const v1::Body& home = known.dossier.competent_body();
  request.set_unit(known.away ? home.unit() : inputs.agency_unit);
  request.set_body_title(known.away ? home.title() : "Cơ quan phối hợp");
  request.set_reason("xin ý kiến");
  AnswerBy(request, inputs);
}

void RequestFee(v1::RequestPaymentRequest& request, const Known&, const StepInputs& inputs) {
  request.set_due_vnd(inputs.fee_vnd);
  AnswerBy(request, inputs);
}

void Pay(v1::ConfirmPaymentRequest& request, const Known&, const StepInputs& inputs) {
  request.set_paid_vnd(inputs.fee_vnd);
  request.set_gateway(v1::PAYMENT_GATEWAY_NATIONAL_PORTAL);
  request.set_reference("DVCQG-1");
}

void Extend(v1::ExtendDueDateRequest& request, const Known&, const StepInputs& inputs) {
  *request.mutable_new_due_date() = inputs.new_due_date;
  request.set_apology_number("04/XL");
  request.set_reason("chờ đo đạc");
}

void Complete(v1::CompleteProcessingRequest& request, const Known&, const StepInputs&) {
  request.set_result_id("KQ-1");
}

void Rate(v1::RateDossierRequest& request, const Known& known, const StepInputs&) {
  request.set_satisfaction(static_cast<v1::Satisfaction>(known.dossier.satisfaction() % 5 + 1));
}

const std::vector<std::pair<std::string, Taking>>& Takings() {
  static const auto* const takings = new std::vector<std::pair<std::string, Taking>>{
      {"AcceptDossier",
       With<v1::AcceptDossierRequest>(&Stub::AcceptDossier, Plain<v1::AcceptDossierRequest>)},
      {"RefuseDossier",
       With<v1::RefuseDossierRequest>(&Stub::RefuseDossier, Because<v1::RefuseDossierRequest>)},
      {"AssignDossier", With<v1::AssignDossierRequest>(&Stub::AssignDossier, Assign)},
      {"ForwardDossier", With<v1::ForwardDossierRequest>(&Stub::ForwardDossier, Forward)},
      {"RequestSupplement",
       With<v1::RequestSupplementRequest>(&Stub::RequestSupplement, AskApplicant)},
      {"ProvideSupplement", With<v1::ProvideSupplementRequest>(
                                &Stub::ProvideSupplement, Plain<v1::ProvideSupplementRequest>)},
      {"RequestPayment", With<v1::RequestPaymentRequest>(&Stub::RequestPayment, RequestFee)},
      {"ConfirmPayment", With<v1::ConfirmPaymentRequest>(&Stub::ConfirmPayment, Pay)},
      {"CancelPaymentRequest",
       With<v1::CancelPaymentRequestRequest>(&Stub::CancelPaymentRequest,
                                             Because<v1::CancelPaymentRequestRequest>)},
      {"ExtendDueDate", With<v1::ExtendDueDateRequest>(&Stub::ExtendDueDate, Extend)},
      {"CompleteProcessing",
       With<v1::CompleteProcessingRequest>(&Stub::CompleteProcessing, Complete)},
      {"ReturnResult",
       With<v1::ReturnResultRequest>(&Stub::ReturnResult, Plain<v1::ReturnResultRequest>)},
      {"WithdrawDossier", With<v1::WithdrawDossierRequest>(&Stub::WithdrawDossier,
                                                           Because<v1::WithdrawDossierRequest>)},
      {"StopDossier",
       With<v1::StopDossierRequest>(&Stub::StopDossier, Because<v1::StopDossierRequest>)},
      {"RateDossier", With<v1::RateDossierRequest>(&Stub::RateDossier, Rate)},
  };
  return *takings;
}

}  // namespace

bool Known::Waits() const {
  return dossier.state() == v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED ||
         dossier.state() == v1::DOSSIER_STATE_PAYMENT_REQUESTED;
}

bool Known::HoldsClock() const {
  return Waits() && dossier.has_due_time() && !dossier.has_process_time();
}

bool Known::Unanswered(absl::Time now) const {
  const bool kept = away && dossier.state() == v1::DOSSIER_STATE_IN_PROGRESS;
  return (Waits() || kept) && dossier.owning_system().empty() &&
         absl::FromUnixSeconds(dossier.answer_by_time().seconds()) < now;
}

const Names& Steps() {
  static const auto* const steps = [] {
    auto* names = new Names;
    for (const auto& [name, taking] : Takings()) names->push_back(name);
    return names;
  }();
  return *steps;
}

Names Allowed(const Known& known) {
  switch (known.dossier.state()) {
    case v1::DOSSIER_STATE_REGISTERED:
      return {"AcceptDossier", "RefuseDossier", "RequestPayment", "WithdrawDossier"};
    case v1::DOSSIER_STATE_RECEIVED:
    case v1::DOSSIER_STATE_IN_PROGRESS: {
      if (known.away) return {"ForwardDossier", "ExtendDueDate", "WithdrawDossier"};
      Names names = {"AssignDossier", "ForwardDossier"};
      if (known.asked < 2) names.emplace_back("RequestSupplement");
      for (const char* name : {"RequestPayment", "ExtendDueDate", "CompleteProcessing",
                               "WithdrawDossier", "StopDossier"}) {
        names.emplace_back(name);
      }
      return names;
    }
    case v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED:
      return {"ProvideSupplement", "WithdrawDossier", "StopDossier"};
    case v1::DOSSIER_STATE_PAYMENT_REQUESTED:
      // As before it was asked for, but that nobody works on it until it is paid.
      if (known.dossier.has_process_time()) return {"ConfirmPayment", "CancelPaymentRequest"};
      if (known.dossier.has_due_time()) {
        return {"ConfirmPayment", "CancelPaymentRequest", "WithdrawDossier", "StopDossier"};
      }
      return {"RefuseDossier", "ConfirmPayment", "CancelPaymentRequest", "WithdrawDossier"};
    case v1::DOSSIER_STATE_PROCESSED:
      return {"RequestPayment", "ReturnResult"};
    case v1::DOSSIER_STATE_RETURNED:
      return {"RateDossier"};
    default:
      return {};
  }
}

v1::DossierState After(const std::string& step, const v1::Dossier& dossier) {
  if (step == "AcceptDossier") return v1::DOSSIER_STATE_RECEIVED;
  if (step == "RefuseDossier") return v1::DOSSIER_STATE_NOT_RECEIVED;
  if (step == "RequestSupplement") return v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED;
  if (step == "RequestPayment") return v1::DOSSIER_STATE_PAYMENT_REQUESTED;
  if (step == "CompleteProcessing") return v1::DOSSIER_STATE_PROCESSED;
  if (step == "ReturnResult") return v1::DOSSIER_STATE_RETURNED;
  if (step == "WithdrawDossier") return v1::DOSSIER_STATE_WITHDRAWN;
  if (step == "StopDossier") return v1::DOSSIER_STATE_STOPPED;
  if (step == "ExtendDueDate" || step == "RateDossier") return dossier.state();
  if (step == "ConfirmPayment" || step == "CancelPaymentRequest") {
    if (dossier.has_process_time()) return v1::DOSSIER_STATE_PROCESSED;
    if (!dossier.has_due_time()) return v1::DOSSIER_STATE_REGISTERED;
  }
  return v1::DOSSIER_STATE_IN_PROGRESS;
}

std::string Learn(const std::string& step, const v1::Dossier& after, Known& known) {
  const v1::DossierState expected = After(step, known.dossier);
  if (after.state() != expected) {
    return absl::StrCat(step, " leads to ", v1::DossierState_Name(after.state()), " instead of ",
                        v1::DossierState_Name(expected));
  }
  if (after.version() != known.dossier.version() + 1) {
    return absl::StrCat(step, " leads from version ", known.dossier.version(), " to ",
                        after.version());
  }
  if (step == "RequestSupplement") ++known.asked;
  if (step == "ForwardDossier") known.away = !known.away;
  known.dossier = after;
  if (after.supplement_requests() != known.asked) {
    return absl::StrCat(step, " counts ", after.supplement_requests(), " supplement requests");
  }
  // Each waiting state has an exit by time.
  const bool kept = known.away && after.state() == v1::DOSSIER_STATE_IN_PROGRESS;
  if (after.has_answer_by_time() != (known.Waits() || kept) ||
      (after.clock_holder() == v1::CLOCK_HOLDER_APPLICANT) != known.HoldsClock() ||
      (after.clock_holder() == v1::CLOCK_HOLDER_OTHER_AGENCY) != kept) {
    return absl::StrCat(step, " leaves a dossier that ",
                        known.Waits() || kept ? "waits" : "does not wait",
                        " for an answer, and says otherwise");
  }
  return "";
}

std::string StepOfSilence(const Known& known) {
  if (known.away) return "ForwardDossier";
  if (known.HoldsClock()) return "StopDossier";
  return known.dossier.has_process_time() ? "CancelPaymentRequest" : "RefuseDossier";
}

std::string LearnSilence(const v1::Dossier& after, Known& known) {
  return Learn(StepOfSilence(known), after, known);
}

absl::StatusOr<v1::Dossier> Take(const std::string& step, v1::RoutingService::Stub& stub,
                                 const Known& known, const StepInputs& inputs,
                                 const std::string& request_id) {
  for (const auto& [name, taking] : Takings()) {
    if (name == step) return taking(stub, known, inputs, request_id);
  }
  return absl::InternalError(absl::StrCat("no step is ", step));
}

}  // namespace twotier::routing::testing
