// twotierctl centers: which centers there are, and how far they cover the country.
#include <string>

#include "absl/strings/str_cat.h"
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

struct ListOptions {
  std::string province;
  std::string unit;
  std::string kind;
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
  if (c.uncovered_units().empty()) return absl::OkStatus();
  *context.out << "communes without an operating center:\n";
  for (const std::string& unit : c.uncovered_units()) *context.out << "  " << unit << "\n";
  return absl::OkStatus();
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
  if (!response.next_page_token().empty()) *context.err << "there are more; raise --limit\n";
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
        command.add_option("--as-of", options.as_of, "Date; today unless told");
        command.add_option("--limit", options.limit, "Most centers shown")->capture_default_str();
      },
      RunList);
}

}  // namespace twotier::ctl
