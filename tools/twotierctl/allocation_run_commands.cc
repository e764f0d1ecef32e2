// twotierctl budget approve, post-run, explain, runs, norms: what happens to allocation runs.
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "tools/twotierctl/allocation_text.h"
#include "tools/twotierctl/budget_text.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/progress.h"
#include "tools/twotierctl/table.h"
#include "twotier/budget/v1/budget_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::budget::v1;

struct ApproveOptions {
  std::string run, act, decided, etag;
  std::string body = "council";
  std::string request_id;
  bool validate_only = false;
};

struct PostRunOptions {
  std::string run, from, to, date, etag;
  std::vector<std::string> provinces;
  std::string request_id;
  bool validate_only = false;
};

struct ExplainOptions {
  std::string run, unit_code;
  bool facts = false;
};

struct ListOptions {
  std::string province;
  int year = 0;
  int limit = kLimitDefault;
};

absl::Status RunApprove(const Context& context, const ApproveOptions& options) {
  v1::ApproveAllocationRunRequest request;
  request.set_name(options.run);
  request.mutable_act()->set_number(options.act);
  ASSIGN_OR_RETURN(const v1::Body body, ParseEnum<v1::Body>(options.body));
  request.set_body(body);
  ASSIGN_OR_RETURN(*request.mutable_decision_date(), ParseDate(options.decided));
  request.set_etag(options.etag);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::ApproveAllocationRunResponse>(
                                            "budget.ApproveAllocationRun", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  ShowRun(context, response.run());
  return absl::OkStatus();
}

// Reads the id of an account, "2026.approved.u1.805.341.x.x.x"; x is what is not told apart.
absl::StatusOr<v1::AccountKey> ParseKey(absl::string_view text) {
  std::vector<std::string> parts = absl::StrSplit(text, '.');
  int32_t year = 0;
  if (parts.size() != 8 || !absl::SimpleAtoi(parts[0], &year)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an account is year.stage.unit.chapter.item.sub_item.source.purpose, not ", text));
  }
  for (std::string& part : parts) {
    if (part == "x") part.clear();
  }
  v1::AccountKey key;
  key.set_year(year);
  ASSIGN_OR_RETURN(const v1::Stage stage, ParseEnum<v1::Stage>(parts[1]));
  key.set_stage(stage);
  if (!parts[2].empty()) key.set_unit(absl::StrCat("units/", parts[2]));
  key.mutable_line()->set_chapter(parts[3]);
  key.mutable_line()->set_item(parts[4]);
  key.mutable_line()->set_sub_item(parts[5]);
  key.mutable_line()->set_source(parts[6]);
  key.set_purpose(parts[7]);
  return key;
}

absl::Status RunPostRun(const Context& context, const PostRunOptions& options) {
  v1::PostAllocationRunRequest request;
  request.set_name(options.run);
  ASSIGN_OR_RETURN(*request.mutable_from(), ParseKey(options.from));
  ASSIGN_OR_RETURN(*request.mutable_to(), ParseKey(options.to));
  ASSIGN_OR_RETURN(*request.mutable_effective_date(), ParseDate(options.date));
  for (const std::string& code : options.provinces) {
    request.add_provinces(absl::StrCat("provinces/", code));
  }
  if (options.provinces.empty()) {
    request.add_provinces(options.run.substr(0, options.run.find("/allocationRuns/")));
  }
  request.set_etag(options.etag);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  v1::PostAllocationRunResponse response;
  {
    Progress progress(*context.err, context.progress);
    ASSIGN_OR_RETURN(response, CallWithBar<v1::PostAllocationRunResponse>(
                                   context, "budget.PostAllocationRun", request, progress));
  }
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  ShowRun(context, response.run());
  return absl::OkStatus();
}

absl::Status RunExplain(const Context& context, const ExplainOptions& options) {
  v1::ExplainAllocationRequest request;
  request.set_name(options.run);
  request.set_unit_code(options.unit_code);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::ExplainAllocationResponse>(
                                            "budget.ExplainAllocation", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  ShowRun(context, response.run());
  ShowWorking(context, response.working(), options.facts);
  return absl::OkStatus();
}

absl::Status RunRuns(const Context& context, const ListOptions& options) {
  v1::ListAllocationRunsRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  request.set_year(options.year);
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "budget.ListAllocationRuns", request,
                            &v1::ListAllocationRunsResponse::mutable_runs, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"YEAR", "STATE", "UNITS", "TOTAL", "CREATED", "NORM SET", "RUN"});
  for (const v1::AllocationRun& run : response.runs()) {
    table.Add({absl::StrCat(run.year()), EnumText(run.state()), absl::StrCat(run.units()),
               AmountText(run.total_vnd()), InstantText(run.create_time()),
               absl::StrCat(run.norm_set(), " ", run.norm_set_version()), run.name()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

absl::Status RunNorms(const Context& context, const ListOptions& options) {
  v1::ListNormSetsRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "budget.ListNormSets", request,
                            &v1::ListNormSetsResponse::mutable_norm_sets, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"NORM SET", "VERSION", "YEARS", "ACT", "TITLE"});
  for (const v1::NormSet& set : response.norm_sets()) {
    table.Add({set.name(), absl::StrCat(set.version()),
               absl::StrCat(set.content().first_year(), "-", set.content().last_year()),
               set.content().act().number(), set.content().title()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

void DeclareList(CLI::App& command, ListOptions& options) {
  command.add_option("--province", options.province, "Code; 00 is the country")->required();
  command.add_option("--limit", options.limit, "Most shown")->capture_default_str();
}

}  // namespace

void ShowWorking(const Context& context, const budget::v1::UnitWorking& working, bool facts) {
  *context.out << "\n"
               << working.unit().unit_code() << " " << working.unit().full_name() << ": "
               << AmountText(working.unit().amount_vnd()) << " đồng\n";
  for (const budget::v1::LineWorking& line : working.lines()) {
    *context.out << line.title() << "  (" << line.citation() << ")\n    " << line.text();
    if (line.unit() != "VND") *context.out << " " << line.unit();
    *context.out << "\n";
    for (const budget::v1::SourcePart& part : line.sources()) {
      *context.out << "    of it " << part.source() << " " << AmountText(part.amount_vnd()) << "\n";
    }
    if (!facts) continue;
    for (const budget::v1::WorkingFact& fact : line.facts()) {
      if (fact.has_line()) continue;
      *context.out << "      " << fact.title() << ": " << fact.value();
      if (fact.has_input()) *context.out << ", " << EnumText(fact.certainty());
      if (!fact.source().empty()) *context.out << "; " << fact.source();
      *context.out << "\n";
    }
  }
}

void ShowRun(const Context& context, const budget::v1::AllocationRun& run) {
  *context.out << Pairs(
      {{"run", run.name()},
       {"norm set", absl::StrCat(run.norm_set(), " version ", run.norm_set_version())},
       {"year", absl::StrCat(run.year())},
       {"state", EnumText(run.state())},
       {"units", absl::StrCat(run.units())},
       {"total", AmountText(run.total_vnd())},
       {"assumed facts", absl::StrCat(run.assumed_inputs())},
       {"facts", run.inputs_sha256()},
       {"created by", run.creator()},
       {"approved by", run.approver()},
       {"act", run.approval_act().number()},
       {"decided by",
        run.approval_body() == v1::BODY_UNSPECIFIED ? "" : EnumText(run.approval_body())},
       {"decided on", run.has_approval_date() ? DateText(run.approval_date()) : ""},
       {"journal", run.journal()},
       {"etag", run.etag()}});
}

void AddAllocationRunCommands(CLI::App& budget, Command& chosen) {
  AddCommand<ApproveOptions>(
      budget, chosen, "approve", "Approve a run that somebody else has created",
      [](CLI::App& command, ApproveOptions& options) {
        command.add_option("run", options.run, "provinces/48/allocationRuns/...")->required();
        command.add_option("--act", options.act, "Number of the act")->required();
        command.add_option("--body", options.body, "Who decided")->capture_default_str();
        command.add_option("--decided", options.decided, "Day on which it decided")->required();
        command.add_option("--etag", options.etag, "Its etag, as `allocate` shows it")->required();
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunApprove);
  AddCommand<PostRunOptions>(
      budget, chosen, "post-run", "Enter an approved run into the ledger",
      [](CLI::App& command, PostRunOptions& options) {
        command.add_option("run", options.run, "provinces/48/allocationRuns/...")->required();
        command
            .add_option("--from", options.from,
                        "Account of the province, 2026.approved.u1.x.x.x.x.x")
            ->required();
        command.add_option("--to", options.to, "The same of each unit, with x as its unit")
            ->required();
        command.add_option("--date", options.date, "Day on which it takes effect")->required();
        command.add_option("--ledger", options.provinces,
                           "Code of a province whose units get something; the run's unless told");
        command.add_option("--etag", options.etag, "Its etag, as `approve` shows it")->required();
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunPostRun);
  AddCommand<ExplainOptions>(
      budget, chosen, "explain", "Show how a unit's amount came about",
      [](CLI::App& command, ExplainOptions& options) {
        command.add_option("run", options.run, "provinces/48/allocationRuns/...")->required();
        command.add_option("unit", options.unit_code, "Code of the unit")->required();
        command.add_flag("--facts", options.facts, "With every fact and choice, and its source");
      },
      RunExplain);
  AddCommand<ListOptions>(
      budget, chosen, "runs", "List allocation runs",
      [](CLI::App& command, ListOptions& options) {
        DeclareList(command, options);
        command.add_option("--year", options.year, "Only of this budget year");
      },
      RunRuns);
  AddCommand<ListOptions>(budget, chosen, "norms", "List norm sets", DeclareList, RunNorms);
}

}  // namespace twotier::ctl
