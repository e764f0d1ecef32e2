// twotierctl route and assignments: who is competent for what, proven for the whole country.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
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

struct CoverageOptions {
  std::string province;
  std::string as_of;
};

struct UnitOptions {
  std::string unit;
  std::string as_of;
  std::string differs_from;
  int limit = kLimitDefault;
};

struct LevelOptions {
  std::string as_of;
};

struct ListOptions {
  std::string procedure;
  std::string province;
  std::string as_of;
  int limit = kLimitDefault;
};

struct EndOptions {
  std::string assignment;
  std::string date, act, etag;
  std::string request_id;
  bool validate_only = false;
};

absl::Status RunCoverage(const Context& context, const CoverageOptions& options) {
  v1::CheckCoverageRequest request;
  request.set_province_code(options.province);
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::CheckCoverageResponse>(
                                            "routing.CheckCoverage", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  *context.out << Pairs({{"as of", DateText(response.as_of())},
                         {"procedures routed", absl::StrCat(response.procedures())},
                         {"units", absl::StrCat(response.units())},
                         {"questions", absl::StrCat(response.questions())},
                         {"without a body", absl::StrCat(response.holes())},
                         {"with several", absl::StrCat(response.overlaps())}});
  if (response.faults().empty()) return absl::OkStatus();
  Table table({"PROCEDURE", "UNIT", "CASE", "REASON"});
  for (const v1::CoverageFault& fault : response.faults()) {
    table.Add({fault.procedure_code(), fault.unit(), fault.case_key(), fault.reason()});
  }
  *context.out << table.Text(context.terminal_width);
  return absl::OkStatus();
}

absl::Status RunUnit(const Context& context, const UnitOptions& options) {
  v1::ListCompetencesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_unit(),
                   ResolveUnitArgument(*context.session, options.unit, options.as_of));
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  if (!options.differs_from.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_differs_from(), ParseDate(options.differs_from));
  }
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "routing.ListCompetences", request,
                            &v1::ListCompetencesResponse::mutable_lines, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"PROCEDURE", "CASE", "DECIDES", "BASIS", "BEFORE", "NAME"});
  for (const v1::CompetenceLine& line : response.lines()) {
    table.Add({line.procedure_code(), line.case_key(),
               line.has_competent_body() ? line.competent_body().title() : line.reason(),
               EnumText(line.basis()),
               line.has_former_body() ? line.former_body().title() : line.former_reason(),
               line.display_name()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

absl::Status RunLevels(const Context& context, const LevelOptions& options) {
  v1::GetDecentralizationRequest request;
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::GetDecentralizationResponse>(
                                            "routing.GetDecentralization", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"MINISTRY", "ALL", "MINISTRY", "PROVINCE", "COMMUNE", "BY CASE", "NOT PROVEN",
               "AT MINISTRY"});
  const auto add = [&table](const std::string& name, const v1::DecentralizationLine& line) {
    table.Add({name, absl::StrCat(line.procedures()), absl::StrCat(line.at_ministry()),
               absl::StrCat(line.at_province()), absl::StrCat(line.at_commune()),
               absl::StrCat(line.at_province_or_commune() + line.at_ministry_or_local()),
               absl::StrCat(line.not_proven()),
               absl::StrFormat("%.1f %%", static_cast<double>(line.ministry_ppm()) / 1e4)});
  };
  for (const v1::DecentralizationLine& line : response.by_ministry()) add(line.ministry(), line);
  add("all", response.total());
  *context.out << table.Text(context.terminal_width);
  return absl::OkStatus();
}

absl::Status RunList(const Context& context, const ListOptions& options) {
  v1::ListAssignmentsRequest request;
  request.set_procedure_code(options.procedure);
  request.set_province_code(options.province);
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "routing.ListAssignments", request,
                            &v1::ListAssignmentsResponse::mutable_assignments, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"PROCEDURE", "BASIS", "LEVEL", "TERRITORY", "CASE", "VALID", "ACT", "ASSIGNMENT"});
  for (const v1::Assignment& assignment : response.assignments()) {
    table.Add({assignment.procedure_code(), EnumText(assignment.basis()),
               EnumText(assignment.level()), assignment.territory(), assignment.case_key(),
               RangeText(assignment.valid()), assignment.act().number(), assignment.name()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

absl::Status RunEnd(const Context& context, const EndOptions& options) {
  v1::EndAssignmentRequest request;
  request.set_name(options.assignment);
  ASSIGN_OR_RETURN(*request.mutable_end_date(), ParseDate(options.date));
  request.mutable_act()->set_number(options.act);
  request.set_etag(options.etag);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::EndAssignmentResponse>(
                                            "routing.EndAssignment", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  const v1::Assignment& assignment = response.assignment();
  *context.out << Pairs({{"assignment", assignment.name()},
                         {"procedure", assignment.procedure_code()},
                         {"valid", RangeText(assignment.valid())},
                         {"ended by", assignment.end_act().number()},
                         {"etag", assignment.etag()}});
  return absl::OkStatus();
}

}  // namespace

void AddRouteReports(CLI::App& route, Command& chosen) {
  AddCommand<CoverageOptions>(
      route, chosen, "coverage", "Prove that every question has exactly one body",
      [](CLI::App& command, CoverageOptions& options) {
        command.add_option("--province", options.province, "Only units of this province");
        command.add_option("--as-of", options.as_of, "Date; today unless told");
      },
      RunCoverage);
  AddCommand<UnitOptions>(
      route, chosen, "unit", "List who decides what for a unit",
      [](CLI::App& command, UnitOptions& options) {
        command.add_option("unit", options.unit, "Code, name or units/...")->required();
        command.add_option("--as-of", options.as_of, "Date; today unless told");
        command.add_option("--differs-from", options.differs_from,
                           "Only what is decided by another body than on this date");
        command.add_option("--limit", options.limit, "Most procedures shown")
            ->capture_default_str();
      },
      RunUnit);
  AddCommand<LevelOptions>(
      route, chosen, "levels", "Count where procedures are decided, by ministry",
      [](CLI::App& command, LevelOptions& options) {
        command.add_option("--as-of", options.as_of, "Date; today unless told");
      },
      RunLevels);
}

void AddAssignmentCommands(CLI::App& app, Command& chosen) {
  CLI::App& assignments = *app.add_subcommand(
      "assignments", "Assignments of competence; `call routing.PublishAssignment` publishes one");
  assignments.require_subcommand(1);
  AddCommand<ListOptions>(
      assignments, chosen, "list", "List assignments",
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--procedure", options.procedure, "Only of this procedure");
        command.add_option("--province", options.province, "Only of the province with this code");
        command.add_option("--as-of", options.as_of, "Only those that hold on this date");
        command.add_option("--limit", options.limit, "Most assignments shown")
            ->capture_default_str();
      },
      RunList);
  AddCommand<EndOptions>(
      assignments, chosen, "end", "End an assignment from a date on",
      [](CLI::App& command, EndOptions& options) {
        command.add_option("assignment", options.assignment, "provinces/48/assignments/...")
            ->required();
        command.add_option("--from", options.date, "First date without it")->required();
        command.add_option("--act", options.act, "Number of the act")->required();
        command.add_option("--etag", options.etag, "Its etag, as `list --json` shows it")
            ->required();
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunEnd);
}

}  // namespace twotier::ctl
