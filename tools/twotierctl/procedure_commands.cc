// twotierctl procedures and route: what there is to apply for, and who decides.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/procedure_text.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::routing::v1;

struct SearchOptions {
  std::vector<std::string> words;
  std::string province;
  std::string level;
  std::string state;
  std::string as_of;
  int limit = kLimitDefault;
};

struct ExplainOptions {
  std::string procedure;
  std::string unit;
  std::string as_of;
  std::string case_key;
};

absl::Status RunSearch(const Context& context, const SearchOptions& options) {
  v1::SearchProceduresRequest request;
  request.set_query(absl::StrJoin(options.words, " "));
  request.set_province_code(options.province);
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
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "routing.SearchProcedures", request,
                            &v1::SearchProceduresResponse::mutable_procedures, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"CODE", "LEVEL", "TERM", "STATE", "NAME"});
  for (const v1::Procedure& procedure : response.procedures()) {
    table.Add({procedure.code(), EnumText(procedure.level()), VersionTermText(procedure),
               StateText(procedure), procedure.display_name()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

std::string PlaceText(const v1::ReceptionPlace& place) {
  return absl::StrCat(place.display_name(), ", ", place.center());
}

void PrintCompetence(const Context& context, const v1::Competence& competence) {
  std::ostream& out = *context.out;
  const v1::Procedure& procedure = competence.procedure();
  out << Pairs(
      {{"procedure", absl::StrCat(procedure.code(), " ", procedure.display_name())},
       {"unit", absl::StrCat(competence.unit_full_name(), ", ", competence.unit())},
       {"decides", absl::StrCat(competence.competent_body().title(), " (",
                                EnumText(competence.competent_body().level()), ", ",
                                EnumText(competence.competent_body().line()), ")")},
       {"assigned by", competence.assignment()},
       {"version", procedure.has_published_by()
                       ? absl::StrCat(procedure.version(), ", published by ",
                                      procedure.published_by().number())
                       : ""},
       {"case", competence.procedure_case().title()},
       {"term", TermText(competence.has_procedure_case() ? competence.procedure_case().term()
                                                         : procedure.term())},
       {"returned at", PlaceText(competence.return_place())},
       {"as of", DateText(competence.as_of())}});
  Table places({"RECEIVES", "SERVES THE UNIT", "NAME"});
  for (const v1::ReceptionPlace& place : competence.reception_places()) {
    places.Add({place.center(), place.serves_unit() ? "yes" : "no", place.display_name()});
  }
  out << "\n" << places.Text(context.terminal_width);
  if (competence.boundary_free()) out << "and any other center of the province\n";
  if (competence.explanation().empty()) return;
  Table steps({"", "CONSIDERED", "ACT", "BECAUSE"});
  for (const v1::ExplanationStep& step : competence.explanation()) {
    steps.Add({step.kept() ? "kept" : "rejected", step.considered(), step.act().number(),
               step.because()});
  }
  out << "\n" << steps.Text(context.terminal_width);
}

absl::Status RunExplain(const Context& context, const ExplainOptions& options) {
  v1::ResolveCompetenceRequest request;
  request.set_procedure_code(options.procedure);
  request.set_case_key(options.case_key);
  if (IsUnitCode(options.unit)) {
    request.set_unit_code(options.unit);  // Routing knows codes, also while the registry is away.
  } else {
    ASSIGN_OR_RETURN(*request.mutable_unit(),
                     ResolveUnitArgument(*context.session, options.unit, options.as_of));
  }
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::ResolveCompetenceResponse>(
                                            "routing.ResolveCompetence", request));
  if (!context.PrintedAsJson(response)) PrintCompetence(context, response.competence());
  return absl::OkStatus();
}

}  // namespace

void AddProcedureCommands(CLI::App& app, Command& chosen) {
  CLI::App& procedures =
      *app.add_subcommand("procedures",
                          "Catalogue of administrative procedures; `call routing.PublishProcedure` "
                          "publishes a version");
  procedures.require_subcommand(1);
  AddCommand<SearchOptions>(
      procedures, chosen, "search", "Find procedures by words of their name",
      [](CLI::App& command, SearchOptions& options) {
        command.add_option("word", options.words, "Words, with or without diacritics; none: all");
        command.add_option("--province", options.province, "As it holds in this province");
        command.add_option("--level", options.level, "commune, province, ministry, ...");
        command.add_option("--state", options.state, "published or draft");
        command.add_option("--as-of", options.as_of, "Date; today unless told");
        command.add_option("--limit", options.limit, "Most procedures shown")
            ->capture_default_str();
      },
      RunSearch);
  AddProcedureVersions(procedures, chosen);

  CLI::App& route = *app.add_subcommand("route", "Competence for a procedure");
  route.require_subcommand(1);
  AddCommand<ExplainOptions>(
      route, chosen, "explain", "Tell who decides, who receives, and why",
      [](CLI::App& command, ExplainOptions& options) {
        command.add_option("procedure", options.procedure, "Code, for example 1.004873")
            ->required();
        command.add_option("unit", options.unit, "Unit: code, name or units/...")->required();
        command.add_option("--case", options.case_key, "Case, where the body depends on one");
        command.add_option("--as-of", options.as_of, "Date; today unless told");
      },
      RunExplain);
  AddRouteReports(route, chosen);
}

}  // namespace twotier::ctl
