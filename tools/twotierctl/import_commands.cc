// twotierctl import: loads reference tables, or shows what loading them would change.
#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/progress.h"
#include "tools/twotierctl/table.h"
#include "twotier/personnel/v1/personnel_service.pb.h"
#include "twotier/registry/v1/registry_service.pb.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

namespace personnel = ::twotier::personnel::v1;
namespace registry = ::twotier::registry::v1;
namespace routing = ::twotier::routing::v1;

// The national tables take under 3 s; a loaded server may need longer.
constexpr absl::Duration kImportTimeout = absl::Seconds(60);

struct ImportOptions {
  std::string directory;
  bool dry_run = false;
  std::string request_id;
};

absl::StatusOr<std::vector<std::filesystem::path>> TablesIn(const std::string& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> tables;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".csv") tables.push_back(entry.path());
  }
  if (error) return absl::NotFoundError(absl::StrCat(directory, ": ", error.message()));
  if (tables.empty()) return absl::NotFoundError(absl::StrCat(directory, " holds no *.csv"));
  std::sort(tables.begin(), tables.end());
  return tables;
}

// Puts every table of the directory into the request.
template <class Request>
absl::Status ReadTables(const std::string& directory, Progress& progress, Request& request) {
  ASSIGN_OR_RETURN(const std::vector<std::filesystem::path> tables, TablesIn(directory));
  const auto total = static_cast<int64_t>(tables.size());
  for (const std::filesystem::path& path : tables) {
    progress.Show(ProgressLine(absl::StrCat("reading ", path.filename().string()),
                               request.files_size(), total));
    auto& file = *request.add_files();
    file.set_file_name(path.filename().string());
    ASSIGN_OR_RETURN(*file.mutable_content(), ReadFile(path.string()));
  }
  return absl::OkStatus();
}

template <class Response, class Request>
absl::StatusOr<Response> Import(const Context& context, const ImportOptions& options,
                                absl::string_view method) {
  Request request;
  request.set_validate_only(options.dry_run);
  request.set_request_id(options.request_id);
  context.IdentifyChange(request);
  Progress progress(*context.err, context.progress);
  RETURN_IF_ERROR(ReadTables(options.directory, progress, request));
  const absl::Time start = absl::Now();
  const std::string what =
      absl::StrCat(options.dry_run ? "checking " : "importing ", request.files_size(), " tables");
  context.session->set_timeout(kImportTimeout);
  context.session->set_on_wait([&] { progress.Show(WaitingLine(what, absl::Now() - start)); });
  const absl::StatusOr<Response> response = context.session->Call<Response>(method, request);
  context.session->set_on_wait(nullptr);
  return response;
}

std::string Verdict(const ImportOptions& options) {
  return options.dry_run ? "dry run: nothing was written\n" : "";
}

absl::Status RunUnits(const Context& context, const ImportOptions& options) {
  ASSIGN_OR_RETURN(const auto response,
                   (Import<registry::ImportUnitsResponse, registry::ImportUnitsRequest>(
                       context, options, "registry.ImportUnits")));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table differences({"RECORD", "ADDED", "CHANGED", "UNCHANGED"});
  for (const registry::ImportDifference& difference : response.differences()) {
    differences.Add({difference.kind(), absl::StrCat(difference.added()),
                     absl::StrCat(difference.changed()), absl::StrCat(difference.unchanged())});
  }
  Table counts({"COUNTED", "PUBLISHED", "IN THE DATA"});
  for (const registry::CountCheck& check : response.counts()) {
    counts.Add({check.what(), absl::StrCat(check.published()), absl::StrCat(check.counted())});
  }
  *context.out << differences.Text(context.terminal_width) << "\n"
               << counts.Text(context.terminal_width) << Verdict(options);
  return absl::OkStatus();
}

absl::Status RunCatalogue(const Context& context, const ImportOptions& options) {
  ASSIGN_OR_RETURN(const auto response,
                   (Import<routing::ImportCatalogueResponse, routing::ImportCatalogueRequest>(
                       context, options, "routing.ImportCatalogue")));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"PROCEDURES", "NUMBER"});
  table.Add({"added", absl::StrCat(response.added())});
  table.Add({"changed", absl::StrCat(response.changed())});
  table.Add({"unchanged", absl::StrCat(response.unchanged())});
  table.Add({"published after it", absl::StrCat(response.published())});
  for (const routing::DraftCount& draft : response.drafts()) {
    table.Add({absl::StrCat("draft: ", EnumText(draft.reason())), absl::StrCat(draft.count())});
  }
  *context.out << table.Text(context.terminal_width) << Verdict(options);
  return absl::OkStatus();
}

absl::Status RunFigures(const Context& context, const ImportOptions& options) {
  personnel::ImportPublishedFiguresRequest request;
  ASSIGN_OR_RETURN(*request.mutable_content(),
                   ReadFile(absl::StrCat(options.directory, "/published_figures.csv")));
  request.set_validate_only(options.dry_run);
  request.set_request_id(options.request_id);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response,
                   context.session->Call<personnel::ImportPublishedFiguresResponse>(
                       "personnel.ImportPublishedFigures", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  *context.out << Pairs({{"version", absl::StrCat(response.version())},
                         {"figures", absl::StrCat(response.figures())},
                         {"added", absl::StrCat(response.added())},
                         {"removed", absl::StrCat(response.removed())}})
               << Verdict(options);
  return absl::OkStatus();
}

void Declare(CLI::App& command, ImportOptions& options) {
  command.add_option("directory", options.directory, "Directory with the *.csv tables")->required();
  command.add_flag("--dry-run", options.dry_run, "Only check, and show the difference");
  command.add_option("--request-id", options.request_id, "UUID; repeat a call with the id it had");
}

}  // namespace

void AddImportCommands(CLI::App& app, Command& chosen) {
  CLI::App& import = *app.add_subcommand("import", "Load reference tables");
  import.require_subcommand(1);
  AddCommand<ImportOptions>(import, chosen, "units", "Units, centers and tier models", Declare,
                            RunUnits);
  AddCommand<ImportOptions>(import, chosen, "catalogue", "Procedures", Declare, RunCatalogue);
  AddCommand<ImportOptions>(import, chosen, "figures", "Published figures of staff and quotas",
                            Declare, RunFigures);
}

}  // namespace twotier::ctl
