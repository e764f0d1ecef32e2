// twotierctl staff import: takes over a staff list from a CSV file; docs/personnel.md describes it.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/import_rows.h"
#include "tools/twotierctl/progress.h"
#include "tools/twotierctl/staff_csv.h"
#include "tools/twotierctl/table.h"
#include "twotier/personnel/v1/personnel_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::personnel::v1;

constexpr size_t kBatch = 500;
constexpr absl::Duration kBatchTimeout = absl::Minutes(1);

struct ImportOptions {
  std::string file;
  std::string province;
  std::string list_date;
  std::string act;
  bool dry_run = false;
};

absl::StatusOr<v1::ImportStaffRequest> RequestOf(const ImportOptions& options,
                                                 const std::vector<StaffLine>& lines, size_t begin,
                                                 bool validate_only) {
  v1::ImportStaffRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  ASSIGN_OR_RETURN(*request.mutable_list_date(), ParseDate(options.list_date));
  request.mutable_act()->set_number(options.act);
  for (size_t i = begin; i < std::min(lines.size(), begin + kBatch); ++i) {
    *request.add_rows() = lines[i].row;
  }
  request.set_validate_only(validate_only);
  // An import that is repeated changes nothing, so nobody needs to know this one.
  FillRequestId(request);
  return request;
}

// The rows of the call that begins with `lines[begin]`.
SentRows SentFrom(const std::string& file, const std::vector<StaffLine>& lines, size_t begin) {
  SentRows sent{
      .file = file, .field = "rows", .lines = {}, .column_of = [](absl::string_view field) {
        return std::string(field);
      }};
  for (size_t i = begin; i < std::min(lines.size(), begin + kBatch); ++i) {
    sent.lines.push_back(lines[i].line);
  }
  return sent;
}

absl::Status Send(const Context& context, const ImportOptions& options,
                  const std::vector<StaffLine>& lines, bool validate_only, RowErrors& errors,
                  v1::ImportStaffResponse& all) {
  Progress progress(*context.err, context.progress);
  for (size_t begin = 0; begin < lines.size(); begin += kBatch) {
    progress.Show(ProgressLine(validate_only ? "checking" : "importing",
                               static_cast<int64_t>(begin), static_cast<int64_t>(lines.size())));
    ASSIGN_OR_RETURN(const v1::ImportStaffRequest request,
                     RequestOf(options, lines, begin, validate_only));
    const absl::StatusOr<v1::ImportStaffResponse> response =
        context.session->Call<v1::ImportStaffResponse>("personnel.ImportStaff", request);
    if (!response.ok()) {
      if (AddRefused(SentFrom(options.file, lines, begin), response.status(), errors)) continue;
      return response.status();
    }
    all.set_bodies(all.bodies() + response->bodies());
    all.set_posts(all.posts() + response->posts());
    all.set_persons(all.persons() + response->persons());
    all.set_appointments(all.appointments() + response->appointments());
    all.set_unchanged(all.unchanged() + response->unchanged());
  }
  return absl::OkStatus();
}

absl::Status RunImport(const Context& context, const ImportOptions& options) {
  ASSIGN_OR_RETURN(const std::string content, ReadFile(options.file));
  RowErrors errors;
  const std::vector<StaffLine> lines = ReadStaffLines(options.file, content, errors);
  RETURN_IF_ERROR(CheckRows(context, errors, kNothingImported));
  context.session->set_timeout(kBatchTimeout);
  // Every batch is checked before any is written: each commits by itself. What two batches take of
  // one quota together shows with the second one only.
  v1::ImportStaffResponse all;
  RETURN_IF_ERROR(Send(context, options, lines, /*validate_only=*/true, errors, all));
  RETURN_IF_ERROR(CheckRows(context, errors, kNothingImported));
  if (!options.dry_run) {
    all.Clear();
    RETURN_IF_ERROR(Send(context, options, lines, /*validate_only=*/false, errors, all));
    RETURN_IF_ERROR(CheckRows(context, errors,
                              absl::StrCat(all.posts(),
                                           " posts were imported before: repeat it "
                                           "when the rows are mended")));
  }
  if (context.PrintedAsJson(all)) return absl::OkStatus();
  *context.out << Pairs({{"bodies", absl::StrCat(all.bodies())},
                         {"posts", absl::StrCat(all.posts())},
                         {"persons", absl::StrCat(all.persons())},
                         {"appointments", absl::StrCat(all.appointments())},
                         {"unchanged", absl::StrCat(all.unchanged())}})
               << (options.dry_run ? "dry run: nothing was written\n" : "");
  return absl::OkStatus();
}

}  // namespace

void AddImportStaff(CLI::App& staff, Command& chosen) {
  AddCommand<ImportOptions>(
      staff, chosen, "import", "Take over a staff list",
      [](CLI::App& command, ImportOptions& options) {
        command.add_option("file", options.file, "CSV file; docs/personnel.md describes it")
            ->required();
        command.add_option("--province", options.province, "Code of the province")->required();
        command.add_option("--date", options.list_date, "Date of the list")->required();
        command.add_option("--act", options.act, "Act that it rests on")->required();
        command.add_flag("--dry-run", options.dry_run, "Only check, and show the effect");
      },
      RunImport);
}

}  // namespace twotier::ctl
