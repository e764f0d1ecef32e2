// twotierctl dossiers: from submission to result.
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/dossier_text.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::routing::v1;

struct SubmitOptions {
  std::string center, procedure, unit, case_key;
  std::string channel = "direct", applicant_kind = "citizen";
  std::string full_name, identity_number, phone, address;
  std::vector<std::string> components;
  std::string owning_system;
  std::string support_center;
  std::string return_center;
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
  std::string body, line, level;  // Competent body: its unit, line and level.
  std::string assignee;
  std::string external_code, source_system;
  bool by_due_time = false;
  bool overdue_first = false;
  int limit = kLimitDefault;
};

absl::Status RunSubmit(const Context& context, const SubmitOptions& options) {
  v1::SubmitDossierRequest request;
  request.set_center(options.center);
  request.set_procedure_code(options.procedure);
  request.set_case_key(options.case_key);
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
  request.set_owning_system(options.owning_system);
  request.set_support_center(options.support_center);
  request.set_return_center(options.return_center);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  return PrintChange(
      context, context.session->Call<v1::SubmitDossierResponse>("routing.SubmitDossier", request));
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

absl::Status SetBody(const Context& context, const ListOptions& options,
                     v1::ListDossiersRequest& request) {
  if (!options.body.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_competent_unit(),
                     ResolveUnitArgument(*context.session, options.body, /*as_of=*/""));
  }
  if (!options.line.empty()) {
    ASSIGN_OR_RETURN(const auto line, ParseEnum<v1::AgencyLine>(options.line));
    request.set_competent_line(line);
  }
  if (!options.level.empty()) {
    ASSIGN_OR_RETURN(const auto level, ParseEnum<v1::CompetenceLevel>(options.level));
    request.set_competent_level(level);
  }
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
  RETURN_IF_ERROR(SetBody(context, options, request));
  request.set_assignee(options.assignee);
  request.set_external_code(options.external_code);
  request.set_source_system(options.source_system);
  // The work of a body or of a post is listed by due time alone.
  const bool work = !options.body.empty() || !options.assignee.empty();
  if (options.by_due_time || work) request.set_order(v1::DOSSIER_ORDER_DUE_TIME);
  if (options.overdue_first) request.set_order(v1::DOSSIER_ORDER_OVERDUE_FIRST);
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
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

void DeclareSubmit(CLI::App& command, SubmitOptions& options) {
  command.add_option("--center", options.center, "provinces/.../centers/...")->required();
  command.add_option("--procedure", options.procedure, "Procedure code")->required();
  command.add_option("--case", options.case_key, "Case, where the procedure has any");
  command.add_option("--unit", options.unit, "Unit the matter concerns: code, name or units/...")
      ->required();
  command.add_option("--full-name", options.full_name, "Applicant's full name")->required();
  command.add_option("--applicant-kind", options.applicant_kind)->capture_default_str();
  command.add_option("--identity-number", options.identity_number, "Applicant's identity number");
  command.add_option("--phone", options.phone, "Applicant's telephone");
  command.add_option("--address", options.address, "Applicant's address, old or new");
  command.add_option("--channel", options.channel, "direct, online or post")->capture_default_str();
  command.add_option("--component", options.components, kComponentHelp);
  command.add_option("--owning-system", options.owning_system,
                     "provinces/.../informationSystems/... that owns its status; not this one");
  command.add_option("--support-center", options.support_center,
                     "provinces/.../centers/... that helped to hand it in");
  command.add_option(
      "--return-center", options.return_center,
      "provinces/.../centers/... that returns the result; not the one that received");
  DeclareRepeatable(command, options.request_id, options.validate_only);
}

}  // namespace

void AddDossierCommands(CLI::App& app, Command& chosen) {
  CLI::App& dossiers = *app.add_subcommand("dossiers", "Dossiers from reception to result");
  dossiers.require_subcommand(1);
  AddCommand<SubmitOptions>(dossiers, chosen, "submit", "Submit a dossier at a center",
                            DeclareSubmit, RunSubmit);
  AddDossierSteps(dossiers, chosen);
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
        command.add_option("--center", options.center, "Only those that this center has");
        command.add_option("--state", options.state, "Only in this state, for example in_progress");
        command.add_option("--body", options.body,
                           "Only what a body of this unit decides: code, name or units/...");
        command.add_option("--line", options.line, "Line of that body, for example police");
        command.add_option("--level", options.level, "Level of that body, for example commune");
        command.add_option("--assignee", options.assignee,
                           "Only what this post works on, provinces/.../posts/...");
        command.add_option("--external-code", options.external_code,
                           "Only what has this code in the system it came from");
        command.add_option("--system", options.source_system,
                           "Only what came from it, provinces/.../informationSystems/...");
        command.add_flag("--due", options.by_due_time, "Those that are due, earliest first");
        command.add_flag("--overdue-first", options.overdue_first,
                         "The same, those sent back more than once before all others");
        command.add_option("--limit", options.limit, "Most dossiers shown")->capture_default_str();
      },
      RunList);
  AddImportDossiers(dossiers, chosen);
  AddReroute(dossiers, chosen);
  AddVerifyDossiers(dossiers, chosen);
}

}  // namespace twotier::ctl
