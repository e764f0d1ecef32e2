// twotierctl dossiers accept, complete, ...: the steps of a dossier.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "common/etag.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/dossier_text.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::routing::v1;

// Versions before the present one that a repeated step is looked for at; no dossier has so many.
constexpr int64_t kVersionsBackMax = 64;

struct StepOptions {
  std::string name;
  std::string etag;  // Empty: the one the dossier has now, or had when the id was first used.
  std::string text;  // Note, reason or result id, as the step asks.
  std::vector<std::string> components;
  std::string unit, body;  // Where it is forwarded.
  int64_t amount = 0;      // In đồng.
  std::string gateway = "local";
  std::string date, apology;  // Of an extension.
  std::string request_id;
  bool validate_only = false;
};

// Takes a step on the dossier as it stands now, or gives the first answer when the id of the
// request was used before. Such an id is answered for the very same request only, and the etag is
// part of that: it is the one that an earlier version had, since the dossier has gone on.
template <class Response, class Request>
absl::StatusOr<Response> StepOrRepeat(const Context& context, absl::string_view method,
                                      Request request) {
  v1::GetDossierRequest get;
  get.set_name(request.name());
  ASSIGN_OR_RETURN(const auto now,
                   context.session->Call<v1::GetDossierResponse>("routing.GetDossier", get));
  request.set_etag(now.dossier().etag());
  auto response = context.session->Call<Response>(method, request);
  const int64_t first = std::max<int64_t>(1, now.dossier().version() - kVersionsBackMax);
  for (int64_t version = now.dossier().version() - 1;
       version >= first && ReasonOf(response.status()) == "REQUEST_ID_REUSED"; --version) {
    request.set_etag(EtagOf(version));
    response = context.session->Call<Response>(method, request);
  }
  return response;
}

// One step of a dossier: `set` puts the step's own text into the request.
template <class Response, class Request>
absl::Status RunStep(const Context& context, const StepOptions& options, absl::string_view method,
                     absl::Status (*set)(const StepOptions&, Request&)) {
  Request request;
  request.set_name(DossierName(options.name));
  request.set_etag(options.etag);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  RETURN_IF_ERROR(set(options, request));
  context.IdentifyChange(request);
  return PrintChange(context, options.etag.empty()
                                  ? StepOrRepeat<Response>(context, method, request)
                                  : context.session->Call<Response>(method, request));
}

template <class Request>
absl::Status SetNote(const StepOptions& options, Request& request) {
  request.set_note(options.text);
  return absl::OkStatus();
}

absl::Status RunAccept(const Context& context, const StepOptions& options) {
  return RunStep<v1::AcceptDossierResponse, v1::AcceptDossierRequest>(
      context, options, "routing.AcceptDossier", SetNote);
}

absl::Status RunRequestSupplement(const Context& context, const StepOptions& options) {
  return RunStep<v1::RequestSupplementResponse, v1::RequestSupplementRequest>(
      context, options, "routing.RequestSupplement",
      [](const StepOptions& o, v1::RequestSupplementRequest& r) {
        r.set_reason(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunProvideSupplement(const Context& context, const StepOptions& options) {
  return RunStep<v1::ProvideSupplementResponse, v1::ProvideSupplementRequest>(
      context, options, "routing.ProvideSupplement",
      [](const StepOptions& o, v1::ProvideSupplementRequest& r) {
        r.set_note(o.text);
        return AddComponents(o.components, r);
      });
}

absl::Status RunComplete(const Context& context, const StepOptions& options) {
  return RunStep<v1::CompleteProcessingResponse, v1::CompleteProcessingRequest>(
      context, options, "routing.CompleteProcessing",
      [](const StepOptions& o, v1::CompleteProcessingRequest& r) {
        r.set_result_id(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunReturn(const Context& context, const StepOptions& options) {
  return RunStep<v1::ReturnResultResponse, v1::ReturnResultRequest>(
      context, options, "routing.ReturnResult", SetNote);
}

absl::Status RunRefuse(const Context& context, const StepOptions& options) {
  return RunStep<v1::RefuseDossierResponse, v1::RefuseDossierRequest>(
      context, options, "routing.RefuseDossier",
      [](const StepOptions& o, v1::RefuseDossierRequest& r) {
        r.set_reason(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunWithdraw(const Context& context, const StepOptions& options) {
  return RunStep<v1::WithdrawDossierResponse, v1::WithdrawDossierRequest>(
      context, options, "routing.WithdrawDossier",
      [](const StepOptions& o, v1::WithdrawDossierRequest& r) {
        r.set_reason(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunStop(const Context& context, const StepOptions& options) {
  return RunStep<v1::StopDossierResponse, v1::StopDossierRequest>(
      context, options, "routing.StopDossier", [](const StepOptions& o, v1::StopDossierRequest& r) {
        r.set_reason(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunAssign(const Context& context, const StepOptions& options) {
  return RunStep<v1::AssignDossierResponse, v1::AssignDossierRequest>(
      context, options, "routing.AssignDossier",
      [](const StepOptions& o, v1::AssignDossierRequest& r) {
        r.set_assignee(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunForward(const Context& context, const StepOptions& options) {
  return RunStep<v1::ForwardDossierResponse, v1::ForwardDossierRequest>(
      context, options, "routing.ForwardDossier",
      [](const StepOptions& o, v1::ForwardDossierRequest& r) {
        r.set_unit(o.unit);
        r.set_body_title(o.body);
        r.set_reason(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunRequestPayment(const Context& context, const StepOptions& options) {
  return RunStep<v1::RequestPaymentResponse, v1::RequestPaymentRequest>(
      context, options, "routing.RequestPayment",
      [](const StepOptions& o, v1::RequestPaymentRequest& r) {
        r.set_due_vnd(o.amount);
        r.set_note(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunConfirmPayment(const Context& context, const StepOptions& options) {
  return RunStep<v1::ConfirmPaymentResponse, v1::ConfirmPaymentRequest>(
      context, options, "routing.ConfirmPayment",
      [](const StepOptions& o, v1::ConfirmPaymentRequest& r) -> absl::Status {
        r.set_paid_vnd(o.amount);
        r.set_reference(o.text);
        ASSIGN_OR_RETURN(const auto gateway, ParseEnum<v1::PaymentGateway>(o.gateway));
        r.set_gateway(gateway);
        return absl::OkStatus();
      });
}

absl::Status RunCancelPayment(const Context& context, const StepOptions& options) {
  return RunStep<v1::CancelPaymentRequestResponse, v1::CancelPaymentRequestRequest>(
      context, options, "routing.CancelPaymentRequest",
      [](const StepOptions& o, v1::CancelPaymentRequestRequest& r) {
        r.set_reason(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunExtend(const Context& context, const StepOptions& options) {
  return RunStep<v1::ExtendDueDateResponse, v1::ExtendDueDateRequest>(
      context, options, "routing.ExtendDueDate",
      [](const StepOptions& o, v1::ExtendDueDateRequest& r) -> absl::Status {
        ASSIGN_OR_RETURN(*r.mutable_new_due_date(), ParseDate(o.date));
        r.set_apology_number(o.apology);
        r.set_reason(o.text);
        return absl::OkStatus();
      });
}

absl::Status RunRate(const Context& context, const StepOptions& options) {
  return RunStep<v1::RateDossierResponse, v1::RateDossierRequest>(
      context, options, "routing.RateDossier",
      [](const StepOptions& o, v1::RateDossierRequest& r) -> absl::Status {
        ASSIGN_OR_RETURN(const auto satisfaction, ParseEnum<v1::Satisfaction>(o.text));
        r.set_satisfaction(satisfaction);
        return absl::OkStatus();
      });
}

void DeclareStep(CLI::App& command, StepOptions& options) {
  command.add_option("dossier", options.name, "provinces/.../dossiers/..., or 48/CODE")->required();
  command.add_option("--etag", options.etag, "Refuse when the dossier changed since this etag");
  DeclareRepeatable(command, options.request_id, options.validate_only);
}

void DeclareStepWithNote(CLI::App& command, StepOptions& options) {
  DeclareStep(command, options);
  command.add_option("--note", options.text, "For the timeline; no personal data");
}

void DeclareStepWithReason(CLI::App& command, StepOptions& options) {
  DeclareStep(command, options);
  command.add_option("--reason", options.text, "Why; no personal data")->required();
}

}  // namespace

void AddDossierSteps(CLI::App& dossiers, Command& chosen) {
  AddCommand<StepOptions>(dossiers, chosen, "accept", "Receive it: the clock starts",
                          DeclareStepWithNote, RunAccept);
  AddCommand<StepOptions>(
      dossiers, chosen, "request-supplement", "Ask the applicant to complete it: the clock stops",
      [](CLI::App& command, StepOptions& options) {
        DeclareStep(command, options);
        command.add_option("--reason", options.text, "What is missing; no personal data")
            ->required();
      },
      RunRequestSupplement);
  AddCommand<StepOptions>(
      dossiers, chosen, "provide-supplement", "Hand in what was asked for: the clock goes on",
      [](CLI::App& command, StepOptions& options) {
        DeclareStepWithNote(command, options);
        command.add_option("--component", options.components, kComponentHelp);
      },
      RunProvideSupplement);
  AddCommand<StepOptions>(
      dossiers, chosen, "complete", "End processing with a result",
      [](CLI::App& command, StepOptions& options) {
        DeclareStep(command, options);
        command.add_option("--result", options.text, "Id of the result")->required();
      },
      RunComplete);
  AddCommand<StepOptions>(dossiers, chosen, "return", "Return the result to the applicant",
                          DeclareStepWithNote, RunReturn);
  AddCommand<StepOptions>(dossiers, chosen, "refuse", "Do not receive it", DeclareStepWithReason,
                          RunRefuse);
  AddCommand<StepOptions>(
      dossiers, chosen, "assign", "Name the post that works on it",
      [](CLI::App& command, StepOptions& options) {
        DeclareStep(command, options);
        command.add_option("--to", options.text, "Post; no name of a person")->required();
      },
      RunAssign);
  AddCommand<StepOptions>(
      dossiers, chosen, "forward", "Hand it to another body: the clock stops until it comes back",
      [](CLI::App& command, StepOptions& options) {
        DeclareStepWithReason(command, options);
        command.add_option("--unit", options.unit, "units/... of the body")->required();
        command.add_option("--body", options.body, "Title of the body")->required();
      },
      RunForward);
  AddCommand<StepOptions>(
      dossiers, chosen, "request-payment",
      "Ask for a fee: before it is received, while it is worked on (the clock stops), or before its"
      " result is returned",
      [](CLI::App& command, StepOptions& options) {
        DeclareStepWithNote(command, options);
        command.add_option("--amount", options.amount, "In đồng")->required();
      },
      RunRequestPayment);
  AddCommand<StepOptions>(
      dossiers, chosen, "confirm-payment", "Record the payment: it goes on where it was",
      [](CLI::App& command, StepOptions& options) {
        DeclareStep(command, options);
        command.add_option("--amount", options.amount, "In đồng: what is due")->required();
        command.add_option("--gateway", options.gateway, "national_portal or local")
            ->capture_default_str();
        command.add_option("--reference", options.text, "Of the payment at the gateway")
            ->required();
      },
      RunConfirmPayment);
  AddCommand<StepOptions>(dossiers, chosen, "cancel-payment",
                          "Take the request for a fee back: it goes on where it was",
                          DeclareStepWithReason, RunCancelPayment);
  AddCommand<StepOptions>(
      dossiers, chosen, "extend", "Apologise and give a new due date",
      [](CLI::App& command, StepOptions& options) {
        DeclareStepWithReason(command, options);
        command.add_option("--to", options.date, "New last day, a working day")->required();
        command.add_option("--apology", options.apology, "Number of the apology")->required();
      },
      RunExtend);
  AddCommand<StepOptions>(dossiers, chosen, "withdraw", "The applicant takes it back",
                          DeclareStepWithReason, RunWithdraw);
  AddCommand<StepOptions>(dossiers, chosen, "stop", "End processing without a result",
                          DeclareStepWithReason, RunStop);
  AddCommand<StepOptions>(
      dossiers, chosen, "rate", "Record how satisfied the applicant is",
      [](CLI::App& command, StepOptions& options) {
        DeclareStep(command, options);
        command
            .add_option("satisfaction", options.text,
                        "very_dissatisfied, dissatisfied, neutral, satisfied or very_satisfied")
            ->required();
      },
      RunRate);
}

}  // namespace twotier::ctl
