// twotierctl dossiers: from submission to result.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::routing::v1;

constexpr char kComponentHelp[] =
    "Title of an original, or copy:TITLE or electronic:TITLE; may be repeated";
// Versions before the present one that a repeated step is looked for at; no dossier has so many.
constexpr int64_t kVersionsBackMax = 64;

struct SubmitOptions {
  std::string center, procedure, unit;
  std::string channel = "direct", applicant_kind = "citizen";
  std::string full_name, identity_number, phone, address;
  std::vector<std::string> components;
  std::string request_id;
  bool validate_only = false;
};

struct StepOptions {
  std::string name;
  std::string etag;  // Empty: the one the dossier has now, or had when the id was first used.
  std::string text;  // Note, reason or result id, as the step asks.
  std::vector<std::string> components;
  std::string request_id;
  bool validate_only = false;
};

struct TrackOptions {
  std::string name;
  bool follow = false;
};

struct ListOptions {
  std::string province;
  std::string center;
  std::string state;
  bool by_due_time = false;
  int limit = kLimitDefault;
};

// `provinces/48/dossiers/CODE`, or "48/CODE" for short.
std::string DossierName(const std::string& text) {
  const size_t slash = text.find('/');
  if (absl::StartsWith(text, "provinces/") || slash == std::string::npos) return text;
  return absl::StrCat("provinces/", text.substr(0, slash), "/dossiers/", text.substr(slash + 1));
}

std::string DueText(const v1::Dossier& dossier) {
  std::string text = InstantText(dossier.due_time());
  if (!text.empty() && dossier.due_provisional()) absl::StrAppend(&text, " (provisional)");
  if (dossier.overdue()) absl::StrAppend(&text, text.empty() ? "overdue" : ", overdue");
  return text;
}

void PrintDossier(const Context& context, const v1::Dossier& dossier) {
  *context.out << Pairs({{"dossier", dossier.name()},
                         {"state", EnumText(dossier.state())},
                         {"procedure", dossier.procedure_code()},
                         {"unit", dossier.unit()},
                         {"received at", dossier.center()},
                         {"returned at", dossier.return_center()},
                         {"decides", dossier.competent_body().title()},
                         {"submitted", InstantText(dossier.submit_time())},
                         {"accepted", InstantText(dossier.accept_time())},
                         {"term", TermText(dossier.term())},
                         {"due", DueText(dossier)},
                         {"processed", InstantText(dossier.process_time())},
                         {"returned", InstantText(dossier.return_time())},
                         {"result", dossier.result_id()},
                         {"etag", dossier.etag()}});
}

// A document as the command line names it: "Title" is an original on paper, "copy:Title" a copy. A
// lower-case word before a colon must be a kind, so that a misspelt one is no title.
absl::StatusOr<v1::Component> ParseComponent(const std::string& text) {
  v1::Component component;
  component.set_title(text);
  component.set_kind(v1::COMPONENT_KIND_ORIGINAL);
  const size_t colon = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
  if (colon == 0 || colon == std::string::npos || text[colon] != ':') return component;
  ASSIGN_OR_RETURN(const auto kind, ParseEnum<v1::ComponentKind>(text.substr(0, colon)));
  component.set_kind(kind);
  component.set_title(text.substr(colon + 1));
  return component;
}

template <class Request>
absl::Status AddComponents(const std::vector<std::string>& components, Request& request) {
  for (const std::string& text : components) {
    ASSIGN_OR_RETURN(*request.add_components(), ParseComponent(text));
  }
  return absl::OkStatus();
}

// Shows the dossier after a change.
template <class Response>
absl::Status PrintChange(const Context& context, const absl::StatusOr<Response>& response) {
  RETURN_IF_ERROR(response.status());
  if (!context.PrintedAsJson(*response)) PrintDossier(context, response->dossier());
  return absl::OkStatus();
}

absl::Status RunSubmit(const Context& context, const SubmitOptions& options) {
  v1::SubmitDossierRequest request;
  request.set_center(options.center);
  request.set_procedure_code(options.procedure);
  ASSIGN_OR_RETURN(*request.mutable_unit(),
                   ResolveUnitArgument(*context.session, options.unit, /*as_of=*/""));
  ASSIGN_OR_RETURN(const auto channel, ParseEnum<v1::Channel>(options.channel));
  request.set_channel(channel);
  v1::Applicant& applicant = *request.mutable_applicant();
  ASSIGN_OR_RETURN(const auto kind, ParseEnum<v1::ApplicantKind>(options.applicant_kind));
  applicant.set_kind(kind);
  applicant.set_full_name(options.full_name);
  applicant.set_identity_number(options.identity_number);
  applicant.set_phone(options.phone);
  applicant.set_address(options.address);
  RETURN_IF_ERROR(AddComponents(options.components, request));
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  return PrintChange(
      context, context.session->Call<v1::SubmitDossierResponse>("routing.SubmitDossier", request));
}

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

std::vector<std::string> EntryRow(const v1::TimelineEntry& entry) {
  return {absl::StrCat(entry.version()),
          InstantText(entry.time()),
          entry.kind(),
          EnumText(entry.state()),
          InstantText(entry.due_time()),
          entry.principal(),
          absl::BytesToHexString(entry.hash()).substr(0, 12),
          entry.note()};
}

const std::vector<std::string>& EntryHeader() {
  static const auto* const kHeader =
      new std::vector<std::string>{"#", "TIME", "WHAT", "STATE", "DUE", "BY", "HASH", "NOTE"};
  return *kHeader;
}

absl::Status Follow(const Context& context, const std::string& name) {
  ASSIGN_OR_RETURN(const auto* method, context.session->FindMethod("routing.WatchDossier"));
  v1::WatchDossierRequest request;
  request.set_name(name);
  return context.session->Stream(
      context.session->TargetOf(*method), PathOf(*method), request, v1::WatchDossierResponse(),
      absl::InfiniteDuration(), /*wait_for_ready=*/false,
      [&](const google::protobuf::Message& message) {
        const auto& response = static_cast<const v1::WatchDossierResponse&>(message);
        if (context.json) {
          *context.out << ToJson(response, /*pretty=*/false);
        } else {
          Table line({});
          line.Add(EntryRow(response.entry()));
          *context.out << line.Text().substr(1);  // Without the empty header line.
        }
        context.out->flush();
        return absl::OkStatus();
      });
}

absl::Status RunTrack(const Context& context, const TrackOptions& options) {
  const std::string name = DossierName(options.name);
  if (options.follow) return Follow(context, name);
  v1::ListDossierEntriesRequest entries;
  entries.set_name(name);
  ASSIGN_OR_RETURN(const auto timeline, context.session->Call<v1::ListDossierEntriesResponse>(
                                            "routing.ListDossierEntries", entries));
  if (context.PrintedAsJson(timeline)) return absl::OkStatus();
  v1::GetDossierRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const auto response,
                   context.session->Call<v1::GetDossierResponse>("routing.GetDossier", request));
  PrintDossier(context, response.dossier());
  Table table(EntryHeader());
  for (const v1::TimelineEntry& entry : timeline.entries()) table.Add(EntryRow(entry));
  *context.out << "\n" << table.Text(context.terminal_width);
  return absl::OkStatus();
}

absl::Status RunList(const Context& context, const ListOptions& options) {
  v1::ListDossiersRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  request.set_center(options.center);
  if (!options.state.empty()) {
    ASSIGN_OR_RETURN(const auto state, ParseEnum<v1::DossierState>(options.state));
    request.set_state(state);
  }
  if (options.by_due_time) request.set_order(v1::DOSSIER_ORDER_DUE_TIME);
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "routing.ListDossiers", request,
                            &v1::ListDossiersResponse::mutable_dossiers, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"DOSSIER", "STATE", "PROCEDURE", "SUBMITTED", "DUE", "CENTER"});
  for (const v1::Dossier& dossier : response.dossiers()) {
    table.Add({dossier.code(), EnumText(dossier.state()), dossier.procedure_code(),
               InstantText(dossier.submit_time()), DueText(dossier), dossier.center()});
  }
  *context.out << table.Text(context.terminal_width);
  if (!response.next_page_token().empty()) *context.err << "there are more; raise --limit\n";
  return absl::OkStatus();
}

void DeclareRepeatable(CLI::App& command, std::string& request_id, bool& validate_only) {
  command.add_option("--request-id", request_id, "UUID; repeat a call with the id it had");
  command.add_flag("--validate-only", validate_only, "Only check, and show the effect");
}

void DeclareSubmit(CLI::App& command, SubmitOptions& options) {
  command.add_option("--center", options.center, "provinces/.../centers/...")->required();
  command.add_option("--procedure", options.procedure, "Procedure code")->required();
  command.add_option("--unit", options.unit, "Unit the matter concerns: code, name or units/...")
      ->required();
  command.add_option("--full-name", options.full_name, "Applicant's full name")->required();
  command.add_option("--applicant-kind", options.applicant_kind)->capture_default_str();
  command.add_option("--identity-number", options.identity_number, "Applicant's identity number");
  command.add_option("--phone", options.phone, "Applicant's telephone");
  command.add_option("--address", options.address, "Applicant's address, old or new");
  command.add_option("--channel", options.channel, "direct, online or post")->capture_default_str();
  command.add_option("--component", options.components, kComponentHelp);
  DeclareRepeatable(command, options.request_id, options.validate_only);
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

void AddSteps(CLI::App& dossiers, Command& chosen) {
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
}

}  // namespace

void AddDossierCommands(CLI::App& app, Command& chosen) {
  CLI::App& dossiers = *app.add_subcommand("dossiers", "Dossiers from reception to result");
  dossiers.require_subcommand(1);
  AddCommand<SubmitOptions>(dossiers, chosen, "submit", "Submit a dossier at a center",
                            DeclareSubmit, RunSubmit);
  AddSteps(dossiers, chosen);
  AddCommand<TrackOptions>(
      dossiers, chosen, "track", "Show a dossier and its timeline",
      [](CLI::App& command, TrackOptions& options) {
        command.add_option("dossier", options.name, "provinces/.../dossiers/..., or 48/CODE")
            ->required();
        command.add_flag("--follow", options.follow, "Go on with each new entry");
      },
      RunTrack);
  AddCommand<ListOptions>(
      dossiers, chosen, "list", "List the dossiers of a province",
      [](CLI::App& command, ListOptions& options) {
        command.add_option("province", options.province, "Province code")->required();
        command.add_option("--center", options.center, "Only those received at this center");
        command.add_option("--state", options.state, "Only in this state, for example in_progress");
        command.add_flag("--due", options.by_due_time, "Those that are due, earliest first");
        command.add_option("--limit", options.limit, "Most dossiers shown")->capture_default_str();
      },
      RunList);
}

}  // namespace twotier::ctl
