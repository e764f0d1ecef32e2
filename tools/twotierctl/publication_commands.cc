// twotierctl procedures show, versions, list and end: what a procedure is, where and since when.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/procedure_text.h"
#include "tools/twotierctl/table.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::routing::v1;

struct ShowOptions {
  std::string code;
  std::string province;
  std::string as_of;
};

struct VersionsOptions {
  std::string code;
  std::string province;
};

struct ListOptions {
  std::string province;
  bool own = false;
  std::string state, field, ministry, level;
  std::string as_of;
  int limit = kLimitDefault;
};

struct EndOptions {
  std::string code;
  std::string province;
  std::string date, act, etag;
  std::string request_id;
  bool validate_only = false;
};

std::string NameOf(const std::string& province, const std::string& code) {
  return province.empty() ? absl::StrCat("procedures/", code)
                          : absl::StrCat("provinces/", province, "/procedures/", code);
}

std::string ScopeText(const std::string& province_code) {
  return province_code.empty() ? "the country" : absl::StrCat("province ", province_code);
}

// Procedures and their cases state fees alike.
template <class Priced>
std::string FeeText(const Priced& priced) {
  return priced.has_fee_vnd() ? absl::StrCat(priced.fee_vnd(), " đồng") : "not known";
}

// What applies only where it is known.
template <class Enum>
std::string KnownText(Enum value) {
  return static_cast<int>(value) == 0 ? "" : EnumText(value);
}

std::string StepsText(const google::protobuf::RepeatedPtrField<v1::TermStep>& steps) {
  return absl::StrJoin(steps, ", then ", [](std::string* out, const v1::TermStep& step) {
    absl::StrAppend(out, step.body(), " ", TermText(step.term()));
  });
}

std::string ChannelsText(const v1::ProcedureRequirements& requirements) {
  return absl::StrJoin(requirements.channels(), ", ", [](std::string* out, int channel) {
    absl::StrAppend(out, EnumText(static_cast<v1::Channel>(channel)));
  });
}

void PrintCases(const Context& context, const v1::Procedure& procedure) {
  if (procedure.cases().empty()) return;
  Table table({"CASE", "LEVEL", "TERM", "FEE", "STEPS", "TITLE", "APPLIES WHEN"});
  for (const v1::ProcedureCase& each : procedure.cases()) {
    table.Add({each.case_key(), EnumText(each.level()), TermText(each.term()), FeeText(each),
               StepsText(each.steps()), each.title(), each.applies_when()});
  }
  *context.out << "\n" << table.Text(context.terminal_width);
}

void PrintRequirements(const Context& context, const v1::ProcedureRequirements& requirements) {
  if (!requirements.components().empty()) {
    Table table({"COMPONENT", "FORM", "ORIGINALS", "COPIES", "REQUIRED", "DATA REUSABLE", "CASE"});
    for (const v1::ProcedureComponent& component : requirements.components()) {
      table.Add({component.title(), KnownText(component.kind()),
                 absl::StrCat(component.originals()), absl::StrCat(component.copies()),
                 component.required() ? "yes" : "no", component.data_reusable() ? "yes" : "no",
                 component.case_key()});
    }
    *context.out << "\n" << table.Text(context.terminal_width);
  }
  if (requirements.results().empty()) return;
  Table table({"RESULT", "KIND"});
  for (const v1::ProcedureResult& result : requirements.results()) {
    table.Add({result.title(), EnumText(result.kind())});
  }
  *context.out << "\n" << table.Text(context.terminal_width);
}

void PrintVersions(const Context& context, const v1::ListProcedureVersionsResponse& versions) {
  Table table({"NUMBER", "OF", "VALID", "LEVEL", "TERM", "STATE", "ACT"});
  for (const v1::Procedure& version : versions.versions()) {
    table.Add({absl::StrCat(version.version()), ScopeText(version.province_code()),
               RangeText(version.valid()), EnumText(version.level()), VersionTermText(version),
               EnumText(version.state()),
               version.has_published_by() ? version.published_by().number() : "imported"});
  }
  for (const v1::ProcedureEnd& end : versions.ends()) {
    table.Add({absl::StrCat(end.version()), ScopeText(end.province_code()),
               absl::StrCat("ends on ", DateText(end.end_date())), "", "", "", end.act().number()});
  }
  *context.out << table.Text(context.terminal_width);
  if (!versions.etag().empty()) *context.out << Pairs({{"etag", versions.etag()}});
}

absl::StatusOr<v1::ListProcedureVersionsResponse> VersionsOf(const Context& context,
                                                             const std::string& name) {
  v1::ListProcedureVersionsRequest request;
  request.set_name(name);
  return context.session->Call<v1::ListProcedureVersionsResponse>("routing.ListProcedureVersions",
                                                                  request);
}

absl::Status RunShow(const Context& context, const ShowOptions& options) {
  v1::GetProcedureRequest request;
  request.set_name(NameOf(options.province, options.code));
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::GetProcedureResponse>(
                                            "routing.GetProcedure", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  const v1::Procedure& procedure = response.procedure();
  const bool by_case = !procedure.cases().empty();
  *context.out << Pairs(
      {{"procedure", absl::StrCat(procedure.code(), " ", procedure.display_name())},
       {"version",
        absl::StrCat(procedure.version(), ", of ", ScopeText(procedure.province_code()))},
       {"published by", procedure.published_by().number()},
       {"state", StateText(procedure)},
       {"valid", RangeText(procedure.valid())},
       {"field", procedure.field()},
       {"ministry", procedure.ministry()},
       {"decided at", EnumText(procedure.level())},
       {"line", KnownText(procedure.line())},
       {"body", procedure.competent_body_title()},
       {"term", VersionTermText(procedure)},
       {"composed of", StepsText(procedure.term_steps())},
       {"fee", by_case ? "by case" : FeeText(procedure)},
       {"boundary", KnownText(procedure.boundary())},
       {"online", KnownText(procedure.online_level())},
       {"channels", ChannelsText(response.requirements())},
       {"as of", DateText(response.as_of())}});
  PrintCases(context, procedure);
  PrintRequirements(context, response.requirements());
  ASSIGN_OR_RETURN(const auto versions, VersionsOf(context, request.name()));
  *context.out << "\n";
  PrintVersions(context, versions);
  return absl::OkStatus();
}

absl::Status RunVersions(const Context& context, const VersionsOptions& options) {
  ASSIGN_OR_RETURN(const auto versions,
                   VersionsOf(context, NameOf(options.province, options.code)));
  if (!context.PrintedAsJson(versions)) PrintVersions(context, versions);
  return absl::OkStatus();
}

absl::StatusOr<v1::ListProceduresRequest> ListRequest(const ListOptions& options) {
  v1::ListProceduresRequest request;
  if (!options.province.empty()) request.set_parent(absl::StrCat("provinces/", options.province));
  request.set_own_only(options.own);
  request.set_field(options.field);
  request.set_ministry(options.ministry);
  if (!options.level.empty()) {
    ASSIGN_OR_RETURN(const auto level, ParseEnum<v1::CompetenceLevel>(options.level));
    request.set_level(level);
  }
  if (!options.state.empty()) {
    ASSIGN_OR_RETURN(const auto state, ParseEnum<v1::ProcedureState>(options.state));
    request.set_state(state);
  }
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  return request;
}

absl::Status RunList(const Context& context, const ListOptions& options) {
  ASSIGN_OR_RETURN(const v1::ListProceduresRequest request, ListRequest(options));
  // The counts are of all that match, so one page tells them; the others bring rows alone.
  v1::ListProceduresRequest first = request;
  first.set_page_size(1);
  ASSIGN_OR_RETURN(const auto counts, context.session->Call<v1::ListProceduresResponse>(
                                          "routing.ListProcedures", first));
  ASSIGN_OR_RETURN(auto response,
                   AllPages(*context.session, "routing.ListProcedures", request,
                            &v1::ListProceduresResponse::mutable_procedures, options.limit));
  *response.mutable_drafts() = counts.drafts();
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"CODE", "OF", "VERSION", "LEVEL", "TERM", "STATE", "NAME"});
  for (const v1::Procedure& procedure : response.procedures()) {
    table.Add({procedure.code(), ScopeText(procedure.province_code()),
               absl::StrCat(procedure.version()), EnumText(procedure.level()),
               VersionTermText(procedure), StateText(procedure), procedure.display_name()});
  }
  *context.out << table.Text(context.terminal_width) << "\n";
  std::vector<std::pair<std::string, std::string>> sums = {
      {"published", absl::StrCat(counts.published())}};
  for (const v1::DraftReasonCount& count : counts.drafts()) {
    sums.emplace_back(absl::StrCat("draft: ", EnumText(count.reason())),
                      absl::StrCat(count.count()));
  }
  *context.out << Pairs(sums);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

absl::Status RunEnd(const Context& context, const EndOptions& options) {
  v1::EndProcedureRequest request;
  request.set_name(NameOf(options.province, options.code));
  ASSIGN_OR_RETURN(*request.mutable_end_date(), ParseDate(options.date));
  request.mutable_act()->set_number(options.act);
  request.set_etag(options.etag);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::EndProcedureResponse>(
                                            "routing.EndProcedure", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"VERSION", "OF", "VALID"});
  for (const v1::Procedure& version : response.ended()) {
    table.Add({absl::StrCat(version.version()), ScopeText(version.province_code()),
               RangeText(version.valid())});
  }
  *context.out << table.Text(context.terminal_width) << Pairs({{"etag", response.etag()}});
  return absl::OkStatus();
}

void DeclareEnd(CLI::App& command, EndOptions& options) {
  command.add_option("procedure", options.code, "Code")->required();
  command.add_option("--province", options.province, "End what this province has of its own");
  command.add_option("--from", options.date, "First date without it")->required();
  command.add_option("--act", options.act, "Number of the act")->required();
  command.add_option("--etag", options.etag, "Its etag, as `versions` shows it")->required();
  DeclareRepeatable(command, options.request_id, options.validate_only);
}

}  // namespace

std::string StateText(const v1::Procedure& procedure) {
  if (procedure.draft_reasons().empty()) return EnumText(procedure.state());
  return absl::StrCat(
      EnumText(procedure.state()), ": ",
      absl::StrJoin(procedure.draft_reasons(), ", ", [](std::string* out, int reason) {
        absl::StrAppend(out, EnumText(static_cast<v1::DraftReason>(reason)));
      }));
}

std::string VersionTermText(const v1::Procedure& procedure) {
  return procedure.cases().empty() ? TermText(procedure.term()) : "by case";
}

void AddProcedureVersions(CLI::App& procedures, Command& chosen) {
  AddCommand<ShowOptions>(
      procedures, chosen, "show", "Show a procedure with its cases, demands and versions",
      [](CLI::App& command, ShowOptions& options) {
        command.add_option("procedure", options.code, "Code, for example 1.004873")->required();
        command.add_option("--province", options.province, "As it holds in this province");
        command.add_option("--as-of", options.as_of, "Date; today unless told");
      },
      RunShow);
  AddCommand<VersionsOptions>(
      procedures, chosen, "versions", "List every version, also those that are to come",
      [](CLI::App& command, VersionsOptions& options) {
        command.add_option("procedure", options.code, "Code")->required();
        command.add_option("--province", options.province, "With those of this province");
      },
      RunVersions);
  AddCommand<ListOptions>(
      procedures, chosen, "list", "List what holds in the country or in a province, and count it",
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--province", options.province, "What holds in this province");
        command.add_flag("--own", options.own, "Only versions of the province itself");
        command.add_option("--state", options.state, "published or draft");
        command.add_option("--field", options.field, "Only this field");
        command.add_option("--ministry", options.ministry, "Only this ministry");
        command.add_option("--level", options.level, "commune, province, ministry, ...");
        command.add_option("--as-of", options.as_of, "Date; today unless told");
        command.add_option("--limit", options.limit, "Most procedures shown")
            ->capture_default_str();
      },
      RunList);
  AddCommand<EndOptions>(procedures, chosen, "end",
                         "End a procedure, or a province's own versions, from a date on",
                         DeclareEnd, RunEnd);
}

}  // namespace twotier::ctl
