// twotierctl systems: connected information systems, and what is wrong with them.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::registry::v1;

struct ListOptions {
  std::string province;
  std::string connection;
  int limit = kLimitDefault;
};

struct IncidentOptions {
  std::string of;  // A system or a province's code; empty: all.
  bool open = false;
  bool overdue = false;
  int limit = kLimitDefault;
};

absl::Status RunList(const Context& context, const ListOptions& options) {
  v1::ListInformationSystemsRequest request;
  request.set_province_code(options.province);
  if (!options.connection.empty()) {
    ASSIGN_OR_RETURN(const auto connection, ParseEnum<v1::ConnectionState>(options.connection));
    request.set_connection(connection);
  }
  ASSIGN_OR_RETURN(
      const auto response,
      AllPages(*context.session, "registry.ListInformationSystems", request,
               &v1::ListInformationSystemsResponse::mutable_information_systems, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"SYSTEM", "CONNECTION", "LAST HEARTBEAT", "OPEN", "OVERDUE", "OPERATOR", "NAME"});
  for (const v1::InformationSystem& system : response.information_systems()) {
    table.Add({system.name(), EnumText(system.connection()),
               InstantText(system.last_heartbeat_time()), absl::StrCat(system.open_incidents()),
               absl::StrCat(system.overdue_incidents()),
               absl::StrCat(system.operator_name(),
                            system.operator_provisional() ? " (provisional)" : ""),
               system.display_name()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

absl::Status RunIncidents(const Context& context, const IncidentOptions& options) {
  v1::ListIncidentsRequest request;
  if (absl::StartsWith(options.of, "provinces/")) {
    request.set_parent(options.of);
  } else {
    request.set_province_code(options.of);
  }
  if (options.open) request.set_filter(v1::INCIDENT_FILTER_OPEN);
  if (options.overdue) request.set_filter(v1::INCIDENT_FILTER_OVERDUE);
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "registry.ListIncidents", request,
                            &v1::ListIncidentsResponse::mutable_incidents, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"INCIDENT", "SEVERITY", "DUE", "AGE (DAYS)", "STATE", "OWNER", "TITLE"});
  for (const v1::Incident& incident : response.incidents()) {
    table.Add(
        {incident.name(), EnumText(incident.severity()), DateText(incident.due_date()),
         absl::StrCat(incident.age_days()),
         incident.has_resolved_time() ? "resolved" : (incident.overdue() ? "overdue" : "open"),
         incident.owner(), incident.title()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

}  // namespace

void AddSystemCommands(CLI::App& app, Command& chosen) {
  CLI::App& systems = *app.add_subcommand("systems", "Connected information systems");
  systems.require_subcommand(1);
  AddCommand<ListOptions>(
      systems, chosen, "list", "List systems and how they stand now",
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--province", options.province, "Only of the province with this code");
        command.add_option("--connection", options.connection, "connected, silent or down");
        command.add_option("--limit", options.limit, "Most systems shown")->capture_default_str();
      },
      RunList);
  AddCommand<IncidentOptions>(
      systems, chosen, "incidents", "List incidents",
      [](CLI::App& command, IncidentOptions& options) {
        command.add_option("of", options.of,
                           "A province's code, or provinces/48/informationSystems/...");
        CLI::Option* open = command.add_flag("--open", options.open, "Only those not resolved");
        command
            .add_flag("--overdue", options.overdue, "Only those not resolved after their due date")
            ->excludes(open);
        command.add_option("--limit", options.limit, "Most incidents shown")->capture_default_str();
      },
      RunIncidents);
}

}  // namespace twotier::ctl
