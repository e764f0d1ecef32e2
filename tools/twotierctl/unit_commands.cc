// twotierctl units: what a unit is, was and became.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::registry::v1;

constexpr char kKnownAtAbout[] =
    "As the register believed at this instant, 2026-11-22T14:05:00+07:00; now unless told";

struct ResolveOptions {
  std::vector<std::string> queries;
  std::string from;
  std::string to;
  std::string known_at;
};

struct SearchOptions {
  std::vector<std::string> words;
  std::string tier;
  std::string province;
  std::string as_of;
  bool only_current = false;
  int limit = kLimitDefault;
};

struct ShowOptions {
  std::string unit;
  std::string as_of;
  std::string known_at;
};

struct CorrectOptions {
  std::string unit;
  std::string as_of;
  std::string code, type, full_name, short_name, act;
  int64_t area_hectares = -1;  // -1: not corrected.
  int64_t population = -1;
  std::string reason;
  std::string etag;  // Empty: the one the unit has now.
  std::string request_id;
  bool validate_only = false;
};

// "Phường Ba Đình (ward, 00004)"
std::string Title(const v1::Unit& unit) {
  return absl::StrCat(unit.full_name(), " (", EnumText(unit.type()), ", ", unit.code(), ")");
}

std::string ActOf(const v1::ResolvedUnit& result) {
  if (result.path().empty()) return result.unit().act().number();
  return result.path(result.path_size() - 1).act().number();
}

void AddUnitRow(Table& table, const v1::Unit& unit, const std::string& relation,
                const std::string& act) {
  table.Add({unit.code(), EnumText(unit.type()), unit.full_name(), unit.province_code(), relation,
             RangeText(unit.valid()), act, unit.name()});
}

// Prints one answer; returns the service's error when the query was not answered.
absl::Status PrintResolution(const Context& context, const std::string& query,
                             const v1::UnitResolution& resolution, const std::string& to_date) {
  std::ostream& out = *context.out;
  Table table({"CODE", "TYPE", "NAME", "PROVINCE", "RELATION", "VALID", "ACT", "UNIT"});
  if (resolution.has_error()) {
    for (const v1::Unit& unit : resolution.candidates()) {
      AddUnitRow(table, unit, "candidate", unit.act().number());
    }
    out << Printable(query) << ": not resolved, " << Printable(resolution.error().message())
        << "\n";
    if (!table.empty()) out << table.Text(context.terminal_width);
    return FromService(resolution.error());
  }
  for (const v1::ResolvedUnit& result : resolution.results()) {
    AddUnitRow(table, result.unit(), EnumText(result.relation()), ActOf(result));
  }
  const char* told_by = resolution.discriminator() == v1::DISCRIMINATOR_HAMLET
                            ? " divided, told apart by hamlet, among:\n"
                            : " divided, told apart by location, among:\n";
  const v1::Unit& queried = resolution.queried();
  out << Printable(Title(queried)) << ", " << RangeText(queried.valid()) << ", on " << to_date
      << (resolution.discriminator() == v1::DISCRIMINATOR_UNSPECIFIED ? " is:\n" : told_by)
      << table.Text(context.terminal_width);
  for (const v1::ResolvedUnit& result : resolution.results()) {
    if (result.hamlets().empty()) continue;
    out << Printable(result.unit().full_name()) << ": "
        << Printable(absl::StrJoin(result.hamlets(), ", ")) << "\n";
  }
  return absl::OkStatus();
}

absl::Status RunResolve(const Context& context, const ResolveOptions& options) {
  v1::ResolveUnitsRequest request;
  for (const std::string& text : options.queries) {
    v1::UnitQuery& query = *request.add_queries();
    query = UnitQueryOf(text);
    if (!options.from.empty()) {
      ASSIGN_OR_RETURN(*query.mutable_from_date(), ParseDate(options.from));
    }
  }
  if (!options.to.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_to_date(), ParseDate(options.to));
  }
  if (!options.known_at.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_known_at(), ParseInstant(options.known_at));
  }
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::ResolveUnitsResponse>(
                                            "registry.ResolveUnits", request));
  const bool as_json = context.PrintedAsJson(response);
  absl::Status first_error;
  for (int i = 0; i < response.resolutions_size(); ++i) {
    const v1::UnitResolution& resolution = response.resolutions(i);
    const absl::Status status = as_json ? FromService(resolution.error())
                                        : PrintResolution(context, options.queries[i], resolution,
                                                          DateText(response.to_date()));
    first_error.Update(status);
  }
  return first_error;
}

// "xã Tân An (20242), part", or what it is of several.
std::string OutcomeText(const v1::UnitHit& hit) {
  return absl::StrJoin(hit.outcomes(), "; ", [](std::string* out, const v1::UnitOutcome& outcome) {
    absl::StrAppend(out, outcome.full_name(), " (", outcome.code(), "), ",
                    EnumText(outcome.relation()));
  });
}

absl::Status RunSearch(const Context& context, const SearchOptions& options) {
  v1::SearchUnitsRequest request;
  request.set_text(absl::StrJoin(options.words, " "));
  request.set_province_code(options.province);
  request.set_only_current(options.only_current);
  if (!options.tier.empty()) {
    ASSIGN_OR_RETURN(const auto tier, ParseEnum<v1::Tier>(options.tier));
    request.set_tier(tier);
  }
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "registry.SearchUnits", request,
                            &v1::SearchUnitsResponse::mutable_hits, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"CODE", "NAME", "PROVINCE", "MATCH", "NAMED", "OUTCOME"});
  for (const v1::UnitHit& hit : response.hits()) {
    table.Add({hit.unit().code(), hit.unit().full_name(), hit.unit().province_code(),
               EnumText(hit.match()), RangeText(hit.named()), OutcomeText(hit)});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

std::string PointText(const v1::Unit& unit) {
  if (!unit.has_point()) return "";
  return absl::StrFormat("%.5f, %.5f", unit.point().latitude(), unit.point().longitude());
}

std::string AreaText(const v1::Unit& unit) {
  if (unit.area_hectares() == 0) return "";
  return absl::StrFormat("%d.%02d km² (%s)", unit.area_hectares() / 100, unit.area_hectares() % 100,
                         EnumText(unit.area_quality()));
}

std::string PopulationText(const v1::Unit& unit) {
  if (!unit.has_population()) return "";
  return absl::StrCat(unit.population(), " (", EnumText(unit.population_quality()), ")");
}

void PrintUnit(const Context& context, const v1::Unit& unit) {
  *context.out << Pairs({{"name", unit.full_name()},
                         {"type", EnumText(unit.type())},
                         {"tier", EnumText(unit.tier())},
                         {"code", unit.code()},
                         {"province", unit.province_code()},
                         {"parent", unit.parent()},
                         {"area", AreaText(unit)},
                         {"population", PopulationText(unit)},
                         {"point", PointText(unit)},
                         {"valid", RangeText(unit.valid())},
                         {"act", unit.act().number()},
                         {"unit", unit.name()},
                         {"version", absl::StrCat(unit.version())}});
}

absl::StatusOr<v1::GetUnitRequest> GetRequestOf(const std::string& unit, const std::string& as_of) {
  v1::GetUnitRequest request;
  if (IsUnitName(unit)) {
    request.set_name(unit);
  } else {
    request.set_code(unit);
  }
  if (!as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(as_of));
  }
  return request;
}

absl::Status RunShow(const Context& context, const ShowOptions& options) {
  ASSIGN_OR_RETURN(v1::GetUnitRequest request, GetRequestOf(options.unit, options.as_of));
  if (!options.known_at.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_known_at(), ParseInstant(options.known_at));
  }
  ASSIGN_OR_RETURN(const auto response,
                   context.session->Call<v1::GetUnitResponse>("registry.GetUnit", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  PrintUnit(context, response.unit());
  *context.out << Pairs({{"as of", DateText(response.as_of())}});
  return absl::OkStatus();
}

absl::Status FillCorrection(const CorrectOptions& options, v1::CorrectUnitRequest& request) {
  v1::Unit& unit = *request.mutable_unit();
  const auto correct = [&request](const char* path) {
    request.mutable_update_mask()->add_paths(path);
  };
  const std::pair<const char*, const std::string*> texts[] = {{"code", &options.code},
                                                              {"full_name", &options.full_name},
                                                              {"short_name", &options.short_name}};
  for (const auto& [path, text] : texts) {
    if (!text->empty()) correct(path);
  }
  unit.set_code(options.code);
  unit.set_full_name(options.full_name);
  unit.set_short_name(options.short_name);
  if (!options.type.empty()) {
    correct("type");
    ASSIGN_OR_RETURN(const auto type, ParseEnum<v1::UnitType>(options.type));
    unit.set_type(type);
  }
  if (!options.act.empty()) {
    correct("act");
    unit.mutable_act()->set_number(options.act);
  }
  if (options.area_hectares >= 0) {
    correct("area_hectares");
    unit.set_area_hectares(options.area_hectares);
  }
  if (options.population >= 0) {
    correct("population");
    unit.set_population(options.population);
  }
  return absl::OkStatus();
}

absl::Status RunCorrect(const Context& context, const CorrectOptions& options) {
  ASSIGN_OR_RETURN(const v1::GetUnitRequest get, GetRequestOf(options.unit, options.as_of));
  ASSIGN_OR_RETURN(const auto now,
                   context.session->Call<v1::GetUnitResponse>("registry.GetUnit", get));
  v1::CorrectUnitRequest request;
  request.set_name(now.unit().name());
  *request.mutable_as_of() = now.as_of();
  RETURN_IF_ERROR(FillCorrection(options, request));
  request.set_reason(options.reason);
  request.set_etag(options.etag.empty() ? now.unit().etag() : options.etag);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response,
                   context.session->Call<v1::CorrectUnitResponse>("registry.CorrectUnit", request));
  if (!context.PrintedAsJson(response)) PrintUnit(context, response.after());
  return absl::OkStatus();
}

}  // namespace

void AddUnitCommands(CLI::App& app, Command& chosen) {
  CLI::App& units = *app.add_subcommand("units", "Administrative units and their history");
  units.require_subcommand(1);
  AddCommand<ResolveOptions>(
      units, chosen, "resolve", "Tell what units of any date are on another date",
      [](CLI::App& command, ResolveOptions& options) {
        command
            .add_option("unit", options.queries,
                        "Codes, units/..., or names such as \"truc bach, ba dinh, ha noi\"")
            ->required();
        command.add_option("--from", options.from, "Date on which the code or name was valid");
        command.add_option("--to", options.to, "Date to resolve to; today unless told");
        command.add_option("--known-at", options.known_at, kKnownAtAbout);
      },
      RunResolve);
  AddCommand<SearchOptions>(
      units, chosen, "search", "Find units by a name they have or had",
      [](CLI::App& command, SearchOptions& options) {
        command
            .add_option("word", options.words,
                        "A name or a part of it; units above follow after commas")
            ->required();
        command.add_option("--tier", options.tier, "province, district or commune");
        command.add_option("--province", options.province, "Code of the province");
        command.add_flag("--current", options.only_current, "Only names valid on the date");
        command.add_option("--as-of", options.as_of, "Date; today unless told");
        command.add_option("--limit", options.limit, "Most hits shown")->capture_default_str();
      },
      RunSearch);
  AddCommand<ShowOptions>(
      units, chosen, "show", "Show one unit as it stood on a date",
      [](CLI::App& command, ShowOptions& options) {
        command.add_option("unit", options.unit, "Code or units/...")->required();
        command.add_option("--as-of", options.as_of, "Date; today unless told");
        command.add_option("--known-at", options.known_at, kKnownAtAbout);
      },
      RunShow);
  AddCommand<CorrectOptions>(
      units, chosen, "correct", "Correct what was recorded wrongly of a unit",
      [](CLI::App& command, CorrectOptions& options) {
        command.add_option("unit", options.unit, "Code or units/...")->required();
        command.add_option("--as-of", options.as_of, "A date of the version; today unless told");
        command.add_option("--code", options.code, "Right code");
        command.add_option("--type", options.type, "Right type");
        command.add_option("--full-name", options.full_name, "Right name with the type");
        command.add_option("--short-name", options.short_name, "Right name without the type");
        command.add_option("--act", options.act, "Number of the right act");
        command.add_option("--area-hectares", options.area_hectares, "Right area");
        command.add_option("--population", options.population, "Right population");
        command.add_option("--reason", options.reason, "What was wrong, and how it is known")
            ->required();
        command.add_option("--etag", options.etag, "Refuse when the unit changed since this etag");
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunCorrect);
  AddVerifyUnits(units, chosen);
}

}  // namespace twotier::ctl
