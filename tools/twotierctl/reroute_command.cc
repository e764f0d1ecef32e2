// twotierctl dossiers reroute: open dossiers of stopped centers and replaced units go on.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/dossier_text.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/progress.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::routing::v1;

// A preview in large pages, changes in slices that let callers pass in between.
constexpr int kPreviewPage = 1000;
constexpr int kSliceDefault = 100;

struct RerouteOptions {
  std::string province;
  std::string center, unit, change;
  std::vector<std::string> successors;  // "OLD=NEW": units.
  std::vector<std::string> dossiers;    // "CODE=NEW".
  std::string reason;
  std::string as_of;
  int slice = kSliceDefault;
  bool dry_run = false;
};

// "LEFT=RIGHT".
absl::StatusOr<std::pair<std::string, std::string>> Sides(const std::string& text) {
  const size_t sign = text.find('=');
  if (sign == 0 || sign == std::string::npos || sign + 1 == text.size()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not of the form OLD=NEW"));
  }
  return std::make_pair(text.substr(0, sign), text.substr(sign + 1));
}

absl::StatusOr<v1::ReroutingSelection> SelectionOf(const Context& context,
                                                   const RerouteOptions& options) {
  v1::ReroutingSelection selection;
  selection.set_center(options.center);
  selection.set_change_event(options.change);
  // Units that have ended: their names are asked for, not what they became.
  selection.set_unit(options.unit);
  for (const std::string& text : options.successors) {
    ASSIGN_OR_RETURN(const auto sides, Sides(text));
    v1::UnitSuccessor* choice = selection.add_unit_successors();
    choice->set_unit(sides.first);
    ASSIGN_OR_RETURN(*choice->mutable_successor(),
                     ResolveUnitArgument(*context.session, sides.second, options.as_of));
  }
  for (const std::string& text : options.dossiers) {
    ASSIGN_OR_RETURN(const auto sides, Sides(text));
    v1::DossierSuccessor* choice = selection.add_dossier_successors();
    choice->set_dossier(sides.first.find('/') == std::string::npos
                            ? DossierName(absl::StrCat(options.province, "/", sides.first))
                            : DossierName(sides.first));
    ASSIGN_OR_RETURN(*choice->mutable_successor(),
                     ResolveUnitArgument(*context.session, sides.second, options.as_of));
  }
  return selection;
}

absl::StatusOr<v1::PreviewReroutingResponse> Preview(const Context& context,
                                                     const RerouteOptions& options,
                                                     const v1::ReroutingSelection& selection) {
  v1::PreviewReroutingRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  *request.mutable_selection() = selection;
  request.set_page_size(kPreviewPage);
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  Progress progress(*context.err, context.progress);
  v1::PreviewReroutingResponse all;
  do {
    ASSIGN_OR_RETURN(const auto page, context.session->Call<v1::PreviewReroutingResponse>(
                                          "routing.PreviewRerouting", request));
    const int64_t examined = all.examined() + page.examined();
    all.clear_next_page_token();
    all.MergeFrom(page);
    all.set_examined(examined);
    request.set_page_token(page.next_page_token());
    progress.Show(absl::StrCat("looked at ", examined, " dossiers, ", all.dossiers_size(),
                               " to be re-routed"));
  } while (!request.page_token().empty());
  return all;
}

// Slice by slice. What is interrupted is gone on with by running the command again.
absl::StatusOr<v1::RerouteDossiersResponse> Execute(const Context& context,
                                                    const RerouteOptions& options,
                                                    const v1::ReroutingSelection& selection,
                                                    int64_t total) {
  v1::RerouteDossiersRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  *request.mutable_selection() = selection;
  request.set_reason(options.reason);
  request.set_page_size(options.slice);
  Progress progress(*context.err, context.progress);
  v1::RerouteDossiersResponse all;
  do {
    const int64_t done = all.dossiers_size();
    progress.Show(ProgressLine(absl::StrCat("re-routing ", total, " dossiers"),
                               std::min(done, total), total));
    request.clear_request_id();
    FillRequestId(request);
    ASSIGN_OR_RETURN(const auto slice, context.session->Call<v1::RerouteDossiersResponse>(
                                           "routing.RerouteDossiers", request));
    const int64_t examined = all.examined() + slice.examined();
    all.clear_next_page_token();
    all.MergeFrom(slice);
    all.set_examined(examined);
    request.set_page_token(slice.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

template <class Response>
void Print(const Context& context, const Response& response) {
  *context.out << ReroutedTable(response.dossiers()).Text(context.terminal_width);
  if (response.blocked().empty()) return;
  Table blocked({"STAYS", "REASON", "WHAT IS MISSING"});
  for (const v1::BlockedDossier& dossier : response.blocked()) {
    blocked.Add({dossier.name(), dossier.reason(), dossier.message()});
  }
  *context.out << "\n" << blocked.Text(context.terminal_width);
}

absl::Status Run(const Context& context, const RerouteOptions& options) {
  if (!options.dry_run && !options.as_of.empty()) {
    return absl::InvalidArgumentError("--as-of only goes with --dry-run");
  }
  if (!options.dry_run && options.reason.empty()) {
    return absl::InvalidArgumentError("--reason is required");
  }
  ASSIGN_OR_RETURN(const v1::ReroutingSelection selection, SelectionOf(context, options));
  ASSIGN_OR_RETURN(const auto preview, Preview(context, options, selection));
  if (options.dry_run) {
    if (context.PrintedAsJson(preview)) return absl::OkStatus();
    Print(context, preview);
    *context.out << "dry run: nothing was written\n";
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto done, Execute(context, options, selection, preview.dossiers_size()));
  if (context.PrintedAsJson(done)) return absl::OkStatus();
  Print(context, done);
  *context.out << done.dossiers_size() << " re-routed, " << done.blocked_size() << " stay\n";
  return absl::OkStatus();
}

void Declare(CLI::App& command, RerouteOptions& options) {
  command.add_option("province", options.province, "Province code")->required();
  command.add_option("--center", options.center, "Only dossiers of this center");
  command.add_option("--unit", options.unit, "Only dossiers of this unit, units/...");
  command.add_option("--change", options.change, "Only dossiers of units that this event ends");
  command.add_option("--successor", options.successors,
                     "units/OLD=NEW: where dossiers of a divided unit go; may be repeated");
  command.add_option("--dossier", options.dossiers,
                     "CODE=NEW: where this dossier of a divided unit goes; may be repeated");
  command.add_option("--reason", options.reason, "Why, for the timelines");
  command.add_option("--as-of", options.as_of, "With --dry-run: what will be to do on this date");
  command.add_option("--slice", options.slice, "Dossiers of one transaction, at most 200")
      ->capture_default_str();
  command.add_flag("--dry-run", options.dry_run, "Only show what would be done");
}

}  // namespace

void AddReroute(CLI::App& dossiers, Command& chosen) {
  AddCommand<RerouteOptions>(dossiers, chosen, "reroute",
                             "Let open dossiers of stopped centers and replaced units go on",
                             Declare, Run);
}

}  // namespace twotier::ctl
