// twotierctl changes: what the law changes of units, what that leaves to be done, and corrections.
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "google/protobuf/util/json_util.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::registry::v1;

struct ApplyOptions {
  std::string file;
  std::string request_id;
  bool validate_only = false;
};

struct CancelOptions {
  std::string event;
  std::string reason;
  std::string etag;  // Empty: the one the event has now.
  std::string request_id;
  bool validate_only = false;
};

struct EventOptions {
  std::string event;
};

struct ListOptions {
  std::string province;
  std::string unit;
  std::string state;
  std::string from;
  int limit = kLimitDefault;
};

// "merge, split"
std::string KindsText(const v1::ChangeEvent& event) {
  return absl::StrJoin(event.kinds(), ", ", [](std::string* out, int kind) {
    absl::StrAppend(out, EnumText(static_cast<v1::ChangeKind>(kind)));
  });
}

std::string ShareText(bool known, int ppm) {
  return known ? absl::StrFormat("%d.%04d %%", ppm / 10'000, ppm % 10'000) : "";
}

void PrintEvent(const Context& context, const v1::ChangeEvent& event) {
  *context.out << Pairs({{"event", event.name()},
                         {"act", event.act().number()},
                         {"from", DateText(event.effective_date())},
                         {"does", KindsText(event)},
                         {"state", EnumText(event.state())},
                         {"cancelled because", event.cancel_reason()},
                         {"caretaker", event.caretaker()},
                         {"origin", EnumText(event.origin())},
                         {"etag", event.etag()}});
}

void PrintEffect(const Context& context, const v1::ChangeEffect& effect) {
  Table units({"", "CODE", "TYPE", "NAME", "PROVINCE", "VALID", "UNIT"});
  const auto add = [&units](const char* when, const v1::Unit& unit) {
    units.Add({when, unit.code(), EnumText(unit.type()), unit.full_name(), unit.province_code(),
               RangeText(unit.valid()), unit.name()});
  };
  for (const v1::Unit& unit : effect.units_before()) add("before", unit);
  for (const v1::Unit& unit : effect.units_after()) add("after", unit);
  *context.out << units.Text(context.terminal_width);
  if (effect.centers().empty()) return;
  Table centers({"CENTER", "STATE", "UNIT", "SERVES"});
  for (const v1::CarriedCenter& center : effect.centers()) {
    centers.Add({center.after().name(), EnumText(center.after().state()), center.after().unit(),
                 absl::StrJoin(center.after().served_units(), ", ")});
  }
  *context.out << centers.Text(context.terminal_width);
  for (const v1::CarriedCenter& center : effect.centers()) {
    const bool closes = center.after().state() == v1::CENTER_STATE_CLOSED;
    for (const v1::Center& planned : center.fallen()) {
      *context.out << "  plan of " << planned.name() << " for "
                   << DateText(planned.valid().first_date())
                   << (closes ? " falls: " : " comes back: ") << EnumText(planned.state()) << "\n";
    }
  }
}

absl::StatusOr<v1::ApplyChangeEventRequest> ReadRequest(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  v1::ApplyChangeEventRequest request;
  const auto parsed = google::protobuf::util::JsonStringToMessage(text, &request);
  if (parsed.ok()) return request;
  return absl::InvalidArgumentError(
      absl::StrCat(path, " is no ApplyChangeEventRequest: ", std::string(parsed.message())));
}

// Units may be named by code or by words in the file, and etags left out.
class Completer {
 public:
  Completer(Session& session, v1::ApplyChangeEventRequest& request)
      : session_(session), request_(request) {}

  absl::Status Run() {
    before_ = DateText(DateOf(DayOf(request_.effective_date()) - 1));
    for (v1::ChangeSource& source : *request_.mutable_sources()) {
      RETURN_IF_ERROR(Resolve(*source.mutable_unit(), before_));
      if (source.etag().empty()) RETURN_IF_ERROR(AddEtag(source));
    }
    const std::string after = DateText(request_.effective_date());
    for (v1::ChangeTarget& target : *request_.mutable_targets()) {
      if (!target.key().empty()) keys_[target.key()] = target.key();
      if (!target.unit().empty()) RETURN_IF_ERROR(Resolve(*target.mutable_unit(), before_));
      if (!target.parent().empty()) RETURN_IF_ERROR(Resolve(*target.mutable_parent(), after));
    }
    for (v1::ChangeEdge& edge : *request_.mutable_edges()) {
      RETURN_IF_ERROR(Resolve(*edge.mutable_source(), before_));
      RETURN_IF_ERROR(Resolve(*edge.mutable_target(), before_));
    }
    if (request_.caretaker().empty()) return absl::OkStatus();
    return Resolve(*request_.mutable_caretaker(), before_);
  }

 private:
  absl::Status Resolve(std::string& text, const std::string& day) {
    if (keys_.contains(text)) return absl::OkStatus();
    ASSIGN_OR_RETURN(text, ResolveUnitArgument(session_, text, day));
    return absl::OkStatus();
  }

  absl::Status AddEtag(v1::ChangeSource& source) {
    v1::GetUnitRequest get;
    get.set_name(source.unit());
    ASSIGN_OR_RETURN(*get.mutable_as_of(), ParseDate(before_));
    ASSIGN_OR_RETURN(const auto response,
                     session_.Call<v1::GetUnitResponse>("registry.GetUnit", get));
    source.set_etag(response.unit().etag());
    return absl::OkStatus();
  }

  Session& session_;
  v1::ApplyChangeEventRequest& request_;
  std::string before_;                       // The day before the event.
  std::map<std::string, std::string> keys_;  // Of units that are founded.
};

absl::Status RunApply(const Context& context, const ApplyOptions& options) {
  ASSIGN_OR_RETURN(v1::ApplyChangeEventRequest request, ReadRequest(options.file));
  RETURN_IF_ERROR(Completer(*context.session, request).Run());
  if (!options.request_id.empty()) request.set_request_id(options.request_id);
  request.set_validate_only(request.validate_only() || options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::ApplyChangeEventResponse>(
                                            "registry.ApplyChangeEvent", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  PrintEvent(context, response.change_event());
  PrintEffect(context, response.effect());
  return absl::OkStatus();
}

absl::StatusOr<v1::ChangeEvent> Get(const Context& context, const std::string& event) {
  v1::GetChangeEventRequest request;
  request.set_name(event);
  ASSIGN_OR_RETURN(auto response, context.session->Call<v1::GetChangeEventResponse>(
                                      "registry.GetChangeEvent", request));
  return response.change_event();
}

absl::Status RunCancel(const Context& context, const CancelOptions& options) {
  v1::CancelChangeEventRequest request;
  request.set_name(options.event);
  request.set_reason(options.reason);
  request.set_etag(options.etag);
  if (options.etag.empty()) {
    ASSIGN_OR_RETURN(const v1::ChangeEvent event, Get(context, options.event));
    request.set_etag(event.etag());
  }
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::CancelChangeEventResponse>(
                                            "registry.CancelChangeEvent", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  PrintEvent(context, response.change_event());
  PrintEffect(context, response.effect());
  return absl::OkStatus();
}

absl::Status RunShow(const Context& context, const EventOptions& options) {
  ASSIGN_OR_RETURN(const v1::ChangeEvent event, Get(context, options.event));
  if (context.PrintedAsJson(event)) return absl::OkStatus();
  PrintEvent(context, event);
  Table table({"FROM", "TO", "RELATION", "PEOPLE", "AREA"});
  for (const v1::Succession& edge : event.edges()) {
    table.Add({edge.source(), edge.target(), EnumText(edge.relation()),
               ShareText(edge.has_population_ppm(), edge.population_ppm()),
               ShareText(edge.has_area_ppm(), edge.area_ppm())});
  }
  *context.out << table.Text(context.terminal_width);
  return absl::OkStatus();
}

absl::Status RunPlan(const Context& context, const EventOptions& options) {
  v1::GetSuccessionPlanRequest request;
  request.set_name(options.event);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::GetSuccessionPlanResponse>(
                                            "registry.GetSuccessionPlan", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  const v1::SuccessionPlan& plan = response.plan();
  PrintEvent(context, plan.change_event());
  Table table({"SERVICE", "OPEN", "PLANNED", "UNPLANNED", "REPORTED"});
  for (const v1::SuccessionReport& report : plan.reports()) {
    table.Add({report.name().substr(report.name().rfind('/') + 1), absl::StrCat(report.open()),
               absl::StrCat(report.planned()), absl::StrCat(report.open() - report.planned()),
               report.has_report_time() ? InstantText(report.report_time()) : "now"});
  }
  *context.out << table.Text(context.terminal_width);
  for (const v1::SuccessionReport& report : plan.reports()) {
    for (const std::string& item : report.unplanned_items()) {
      *context.out << "  not planned: " << Printable(item) << "\n";
    }
  }
  if (!plan.answerable_unit().empty()) {
    *context.out << plan.answerable_unit() << " answers for what is not planned\n";
  }
  return absl::OkStatus();
}

absl::Status RunList(const Context& context, const ListOptions& options) {
  v1::ListChangeEventsRequest request;
  request.set_province_code(options.province);
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_unit(),
                     ResolveUnitArgument(*context.session, options.unit, ""));
  }
  if (!options.state.empty()) {
    ASSIGN_OR_RETURN(const auto state, ParseEnum<v1::ChangeEventState>(options.state));
    request.set_state(state);
  }
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_from_date(), ParseDate(options.from));
  }
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "registry.ListChangeEvents", request,
                            &v1::ListChangeEventsResponse::mutable_change_events, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"FROM", "STATE", "DOES", "ENDS", "FOUNDS", "ACT", "EVENT"});
  for (const v1::ChangeEvent& event : response.change_events()) {
    table.Add({DateText(event.effective_date()), EnumText(event.state()), KindsText(event),
               absl::StrCat(event.ended_units_size()), absl::StrCat(event.founded_units_size()),
               event.act().number(), event.name()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

void DeclareEvent(CLI::App& command, EventOptions& options) {
  command.add_option("event", options.event, "changeEvents/...")->required();
}

}  // namespace

void AddChangeCommands(CLI::App& app, Command& chosen) {
  CLI::App& changes = *app.add_subcommand("changes", "Changes of units by law");
  changes.require_subcommand(1);
  AddCommand<ApplyOptions>(
      changes, chosen, "apply", "Change units from a date on",
      [](CLI::App& command, ApplyOptions& options) {
        command
            .add_option("file", options.file,
                        "ApplyChangeEventRequest as JSON; units also by code or name, etags and "
                        "request_id may be left out")
            ->required();
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunApply);
  AddCommand<CancelOptions>(
      changes, chosen, "cancel", "Take back a change that has not taken effect",
      [](CLI::App& command, CancelOptions& options) {
        command.add_option("event", options.event, "changeEvents/...")->required();
        command.add_option("--reason", options.reason, "Why, for example the number of an act")
            ->required();
        command.add_option("--etag", options.etag, "Refuse when the event changed since this etag");
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunCancel);
  AddCommand<ListOptions>(
      changes, chosen, "list", "List changes, also those of the imported history",
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--province", options.province, "Only of the province with this code");
        command.add_option("--unit", options.unit, "Only of this unit: code, name or units/...");
        command.add_option("--state", options.state, "pending, in_force or cancelled");
        command.add_option("--from", options.from, "Only of this date and later");
        command.add_option("--limit", options.limit, "Most changes shown")->capture_default_str();
      },
      RunList);
  AddCommand<EventOptions>(changes, chosen, "show", "Show one change with all its steps",
                           DeclareEvent, RunShow);
  AddCommand<EventOptions>(changes, chosen, "plan", "Tell what a change leaves to be done",
                           DeclareEvent, RunPlan);
}

}  // namespace twotier::ctl
