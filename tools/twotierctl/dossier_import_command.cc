// twotierctl dossiers import: takes over the open dossiers of another system.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/csv.h"
#include "common/file.h"
#include "common/organisation_id.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/dossier_csv.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/import_rows.h"
#include "tools/twotierctl/progress.h"
#include "tools/twotierctl/table.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::routing::v1;

// Dossiers of one call, as the contract bounds them.
constexpr size_t kBatchMax = 200;
// A call takes some ten milliseconds; a loaded server may need longer.
constexpr absl::Duration kBatchTimeout = absl::Seconds(60);

struct ImportOptions {
  std::string file;
  std::string system;
  bool dry_run = false;
};

// Rows of one center, for one call.
using Batch = std::vector<const DossierRow*>;

v1::ImportDossiersRequest RequestOf(const ImportOptions& options, const Batch& batch,
                                    bool validate_only) {
  v1::ImportDossiersRequest request;
  request.set_center(batch.front()->center);
  request.set_source_system(options.system);
  for (const DossierRow* row : batch) *request.add_dossiers() = row->dossier;
  request.set_validate_only(validate_only);
  // An import that is repeated changes nothing, so nobody needs to know this one.
  FillRequestId(request);
  return request;
}

// Adds what the service found wrong with the rows of `batch`. False: that is not what it refused.
bool AddRefusedBatch(const std::string& file, const Batch& batch, const absl::Status& refused,
                     RowErrors& errors) {
  if (ReasonOf(refused) == "CENTER_NOT_FOUND") {
    errors.Add({file, batch.front()->line}, "center", refused.message());
    return true;
  }
  SentRows sent{.file = file, .field = "dossiers", .lines = {}, .column_of = ColumnOf};
  for (const DossierRow* row : batch) sent.lines.push_back(row->line);
  return AddRefused(sent, refused, errors);
}

// Calls for every batch. What is wrong with rows goes to `errors`; `all` gathers the answers.
absl::Status Send(const Context& context, const ImportOptions& options,
                  const std::vector<Batch>& batches, bool validate_only, RowErrors& errors,
                  v1::ImportDossiersResponse& all) {
  Progress progress(*context.err, context.progress);
  const std::string what = validate_only ? "checking" : "importing";
  int64_t done = 0;
  for (const Batch& batch : batches) {
    progress.Show(ProgressLine(what, done++, static_cast<int64_t>(batches.size())));
    const absl::StatusOr<v1::ImportDossiersResponse> response =
        context.session->Call<v1::ImportDossiersResponse>("routing.ImportDossiers",
                                                          RequestOf(options, batch, validate_only));
    if (!response.ok()) {
      if (AddRefusedBatch(options.file, batch, response.status(), errors)) continue;
      return response.status();
    }
    all.set_added(all.added() + response->added());
    all.set_unchanged(all.unchanged() + response->unchanged());
    all.set_due_differences(all.due_differences() + response->due_differences());
    all.mutable_results()->MergeFrom(response->results());
  }
  return absl::OkStatus();
}

void Print(const Context& context, const ImportOptions& options,
           const v1::ImportDossiersResponse& all) {
  Table table({"DOSSIER", "CODE THERE", "DUE HERE", "DUE THERE"});
  for (const v1::ImportResult& result : all.results()) {
    if (!result.due_differs()) continue;
    table.Add({result.dossier().code(), result.external_code(),
               InstantText(result.dossier().due_time()),
               InstantText(result.dossier().source_due_time())});
  }
  if (all.due_differences() > 0) *context.out << table.Text(context.terminal_width) << "\n";
  *context.out << Pairs({{"added", absl::StrCat(all.added())},
                         {"unchanged", absl::StrCat(all.unchanged())},
                         {"due on another date", absl::StrCat(all.due_differences())}})
               << (options.dry_run ? "dry run: nothing was written\n" : "");
}

// Marks the rows whose code the service has said that it keeps.
void FindKept(const v1::ImportDossiersResponse& checked, std::vector<DossierRow>& rows) {
  std::set<std::string> kept;
  for (const v1::ImportResult& result : checked.results()) {
    const bool same = CodeLeftToRight(result.external_code()) == result.dossier().code();
    if (same) kept.insert(result.external_code());
  }
  for (DossierRow& row : rows) row.kept = kept.contains(row.dossier.record().external_code());
}

absl::Status RunImport(const Context& context, const ImportOptions& options) {
  ASSIGN_OR_RETURN(const std::string content, ReadFile(options.file));
  RowErrors errors;
  std::vector<DossierRow> rows = ReadDossierRows(options.file, content, errors);
  RETURN_IF_ERROR(CheckRows(context, errors, kNothingImported));
  context.session->set_timeout(kBatchTimeout);
  // Everything is checked before anything is written: a call commits by itself.
  v1::ImportDossiersResponse all;
  RETURN_IF_ERROR(
      Send(context, options, BatchesOf(rows, kBatchMax), /*validate_only=*/true, errors, all));
  RETURN_IF_ERROR(CheckRows(context, errors, kNothingImported));
  if (!options.dry_run) {
    FindKept(all, rows);
    all.Clear();
    RETURN_IF_ERROR(
        Send(context, options, BatchesOf(rows, kBatchMax), /*validate_only=*/false, errors, all));
    // Another caller came between.
    RETURN_IF_ERROR(CheckRows(context, errors,
                              absl::StrCat(all.added(),
                                           " dossiers were imported before: repeat it "
                                           "when the rows are mended")));
  }
  if (!context.PrintedAsJson(all)) Print(context, options, all);
  return absl::OkStatus();
}

}  // namespace

void AddImportDossiers(CLI::App& dossiers, Command& chosen) {
  AddCommand<ImportOptions>(
      dossiers, chosen, "import", "Take over the open dossiers of another system",
      [](CLI::App& command, ImportOptions& options) {
        command.add_option("file", options.file, "CSV file; docs/dossier_import.md describes it")
            ->required();
        command
            .add_option("--system", options.system,
                        "provinces/.../informationSystems/... that they come from")
            ->required();
        command.add_flag("--dry-run", options.dry_run, "Only check, and show the effect");
      },
      RunImport);
}

}  // namespace twotier::ctl
