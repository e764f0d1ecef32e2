// twotierctl centers: which centers there are, how far they cover the country, suspending one, and
// taking a planned change back.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::registry::v1;

struct CoverageOptions {
  std::string as_of;
};

struct ShowOptions {
  std::string center;
  std::string as_of;
};

// What every change of a center takes.
struct ChangeOptions {
  std::string center, date;
  std::string override_reason;
  std::string etag;  // Empty: the one the center has now.
  std::string request_id;
  bool validate_only = false;
};

struct SuspendOptions : ChangeOptions {
  std::string act;
  std::string successor;
};

struct CancelOptions : ChangeOptions {
  std::string reason;
};

struct ListOptions {
  std::string province;
  std::string unit;
  std::string kind;
  std::string state;
  std::string as_of;
  int limit = kLimitDefault;
};

absl::Status RunCoverage(const Context& context, const CoverageOptions& options) {
  v1::GetCoverageRequest request;
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  ASSIGN_OR_RETURN(const auto response,
                   context.session->Call<v1::GetCoverageResponse>("registry.GetCoverage", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  const v1::Coverage& c = response.coverage();
  const int covered = c.two_level_provinces_covered() + c.single_level_provinces_covered();
  *context.out << Pairs(
      {{"as of", DateText(c.as_of())},
       {"provinces covered",
        absl::StrCat(covered, " of ", c.provinces(), " (", c.two_level_provinces_covered(),
                     " two-level, ", c.single_level_provinces_covered(), " single-level)")},
       {"communes covered", absl::StrCat(c.communes_covered(), " of ", c.communes())},
       {"provincial centers", absl::StrCat(c.provincial_centers())},
       {"commune centers", absl::StrCat(c.commune_centers())},
       {"branches", absl::StrCat(c.branches())},
       {"reception points", absl::StrCat(c.reception_points())},
       {"commune centers published",
        c.has_published_commune_centers()
            ? absl::StrCat(c.published_commune_centers(), " on ", DateText(c.published_date()))
            : ""}});
  Table table({"PROVINCE", "MODEL", "PROVINCIAL CENTER", "COMMUNES", "COVERED"});
  for (const v1::ProvinceCoverage& province : c.province_coverage()) {
    table.Add({province.province_code(), EnumText(province.model()),
               province.provincial_center_operating() ? "operating" : "none",
               absl::StrCat(province.communes()), absl::StrCat(province.communes_covered())});
  }
  *context.out << table.Text(context.terminal_width);
  if (c.uncovered_units().empty()) return absl::OkStatus();
  *context.out << "communes without an operating center:\n";
  for (const std::string& unit : c.uncovered_units()) *context.out << "  " << unit << "\n";
  return absl::OkStatus();
}

absl::StatusOr<v1::GetCenterResponse> Get(const Context& context, const std::string& center,
                                          const std::string& as_of) {
  v1::GetCenterRequest request;
  request.set_name(center);
  if (!as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(as_of));
  }
  return context.session->Call<v1::GetCenterResponse>("registry.GetCenter", request);
}

void PrintCenter(const Context& context, const v1::Center& center) {
  *context.out << Pairs(
      {{"center", center.name()},
       {"name", center.display_name()},
       {"kind", EnumText(center.kind())},
       {"state", EnumText(center.state())},
       {"unit", center.unit()},
       {"parent", center.parent()},
       {"serves", absl::StrJoin(center.served_units(), ", ")},
       {"successor", center.successor()},
       {"organisation id",
        absl::StrCat(center.organisation_id(),
                     center.organisation_id_provisional() ? " (provisional)" : "")},
       {"older form", center.organisation_id_older_form()},
       {"origin", EnumText(center.origin())},
       {"valid", RangeText(center.valid())},
       {"act", center.act().number()},
       {"etag", center.etag()}});
  for (const v1::ReadinessRecord& item : center.readiness()) {
    *context.out << "  ready: " << EnumText(item.item()) << " " << DateText(item.done_date()) << " "
                 << Printable(item.note()) << "\n";
  }
  for (const v1::CenterOverride& made : center.overrides()) {
    *context.out << "  overridden: " << made.rule() << " from " << DateText(made.effective_date())
                 << ": " << Printable(made.reason()) << "\n";
  }
}

absl::Status RunShow(const Context& context, const ShowOptions& options) {
  ASSIGN_OR_RETURN(const auto response, Get(context, options.center, options.as_of));
  if (!context.PrintedAsJson(response)) PrintCenter(context, response.center());
  return absl::OkStatus();
}

void PrintEffect(const Context& context, const v1::CenterEffect& effect) {
  for (const v1::Center& center : effect.after()) PrintCenter(context, center);
  for (const std::string& unit : effect.uncovered_units()) {
    *context.out << "  without a center: " << unit << "\n";
  }
}

// Calls the change `method` with `request`, to which `options` add what all changes have.
template <typename Response, typename Request>
absl::Status Change(const Context& context, const ChangeOptions& options, const std::string& method,
                    Request request) {
  request.set_name(options.center);
  ASSIGN_OR_RETURN(*request.mutable_effective_date(), ParseDate(options.date));
  request.set_override_reason(options.override_reason);
  request.set_etag(options.etag);
  if (options.etag.empty()) {
    ASSIGN_OR_RETURN(const auto now, Get(context, options.center, options.date));
    request.set_etag(now.center().etag());
  }
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<Response>(method, request));
  if (!context.PrintedAsJson(response)) PrintEffect(context, response.effect());
  return absl::OkStatus();
}

absl::Status RunCancel(const Context& context, const CancelOptions& options) {
  v1::CancelCenterChangeRequest request;
  request.set_reason(options.reason);
  return Change<v1::CancelCenterChangeResponse>(context, options, "registry.CancelCenterChange",
                                                std::move(request));
}

absl::Status RunSuspend(const Context& context, const SuspendOptions& options) {
  v1::SuspendCenterRequest request;
  request.mutable_act()->set_number(options.act);
  request.set_successor(options.successor);
  return Change<v1::SuspendCenterResponse>(context, options, "registry.SuspendCenter",
                                           std::move(request));
}

absl::Status RunList(const Context& context, const ListOptions& options) {
  v1::ListCentersRequest request;
  request.set_province_code(options.province);
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_served_unit(),
                     ResolveUnitArgument(*context.session, options.unit, options.as_of));
  }
  if (!options.kind.empty()) {
    ASSIGN_OR_RETURN(const v1::CenterKind kind, ParseEnum<v1::CenterKind>(options.kind));
    request.set_kind(kind);
  }
  if (!options.state.empty()) {
    ASSIGN_OR_RETURN(const v1::CenterState state, ParseEnum<v1::CenterState>(options.state));
    request.set_state(state);
  }
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "registry.ListCenters", request,
                            &v1::ListCentersResponse::mutable_centers, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"CENTER", "KIND", "STATE", "ORIGIN", "SERVES", "NAME"});
  for (const v1::Center& center : response.centers()) {
    table.Add({center.name(), EnumText(center.kind()), EnumText(center.state()),
               EnumText(center.origin()), absl::StrCat(center.served_units_size()),
               center.display_name()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

}  // namespace

void AddCenterCommands(CLI::App& app, Command& chosen) {
  CLI::App& centers = *app.add_subcommand("centers", "Public administrative service centers");
  centers.require_subcommand(1);
  AddCommand<CoverageOptions>(
      centers, chosen, "coverage", "Tell how far provinces and communes are covered",
      [](CLI::App& command, CoverageOptions& options) {
        command.add_option("--as-of", options.as_of, "Date; today unless told");
      },
      RunCoverage);
  AddCommand<ListOptions>(
      centers, chosen, "list", "List centers",
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--province", options.province, "Only of the province with this code");
        command.add_option("--unit", options.unit,
                           "Only those that serve this unit: code, name or units/...");
        command.add_option("--kind", options.kind,
                           "provincial, commune, branch or reception_point");
        command.add_option("--state", options.state,
                           "planned, ready, operating, suspended or closed");
        command.add_option("--as-of", options.as_of, "Date; today unless told");
        command.add_option("--limit", options.limit, "Most centers shown")->capture_default_str();
      },
      RunList);
  AddCommand<ShowOptions>(
      centers, chosen, "show", "Show one center as it stood on a date",
      [](CLI::App& command, ShowOptions& options) {
        command.add_option("center", options.center, "provinces/48/centers/...")->required();
        command.add_option("--as-of", options.as_of, "Date; today unless told");
      },
      RunShow);
  AddCommand<SuspendOptions>(
      centers, chosen, "suspend", "Suspend a center from a date on; another one takes over",
      [](CLI::App& command, SuspendOptions& options) {
        command.add_option("center", options.center, "provinces/48/centers/...")->required();
        command.add_option("--from", options.date, "First date without it")->required();
        command.add_option("--act", options.act, "Number of the act")->required();
        command.add_option("--successor", options.successor, "Center that takes over");
        command.add_option("--override", options.override_reason,
                           "Why it may be suspended without a successor; recorded and counted");
        command.add_option("--etag", options.etag,
                           "Refuse when the center changed since this etag");
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunSuspend);
  AddCommand<CancelOptions>(
      centers, chosen, "cancel",
      "Take back what was decided of a center for a date that lies ahead",
      [](CLI::App& command, CancelOptions& options) {
        command.add_option("center", options.center, "provinces/48/centers/...")->required();
        command.add_option("--on", options.date, "Date on which it was to change")->required();
        command.add_option("--reason", options.reason, "Why, for example the number of an act")
            ->required();
        command.add_option("--override", options.override_reason,
                           "Why units may be left without a center; recorded and counted");
        command.add_option("--etag", options.etag,
                           "Refuse when the center changed since this etag");
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunCancel);
}

}  // namespace twotier::ctl
