// twotierctl budget simulate and allocate: money by published norms.
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/csv.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "tools/twotierctl/allocation_csv.h"
#include "tools/twotierctl/allocation_text.h"
#include "tools/twotierctl/budget_text.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/progress.h"
#include "tools/twotierctl/table.h"
#include "twotier/budget/v1/budget_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::budget::v1;

struct PlanOptions {
  std::string norm_set;
  std::string province;
  std::string facts;
  std::string as_of;
  std::vector<std::string> pools;
  int year = 0;
  int64_t version = 0;
  bool units_of_facts = false;
};

struct SimulateOptions {
  PlanOptions plan;
  std::string before;
  std::string other;
  int64_t other_version = 0;
  std::vector<std::string> explained;
};

struct AllocateOptions {
  PlanOptions plan;
  std::string request_id;
  bool validate_only = false;
};

// Exact totals come as "1234" or "7/3".
std::string GroupedText(const std::string& total) {
  int64_t whole = 0;
  return absl::SimpleAtoi(total, &whole) ? AmountText(whole) : total;
}

std::string Difference(int64_t now, int64_t then) {
  return absl::StrCat(now >= then ? "+" : "", AmountText(now - then));
}

absl::Status ReadPlan(const PlanOptions& options, Progress& progress, v1::AllocationPlan& plan) {
  plan.set_norm_set(options.norm_set);
  plan.set_norm_set_version(options.version);
  plan.set_year(options.year);
  ASSIGN_OR_RETURN(*plan.mutable_as_of(), ParseDate(options.as_of));
  for (const std::string& text : options.pools) {
    const std::vector<std::string> parts = absl::StrSplit(text, '=');
    int64_t amount = 0;
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &amount)) {
      return absl::InvalidArgumentError(
          absl::StrCat("a pool is key=amount in whole đồng, not ", text));
    }
    v1::PoolAmount* pool = plan.add_pools();
    pool->set_pool(parts[0]);
    pool->set_amount_vnd(amount);
  }
  if (options.facts.empty()) return absl::OkStatus();
  progress.Show(ProgressLine(absl::StrCat("reading ", options.facts), 0, 1));
  ASSIGN_OR_RETURN(const std::string content, ReadFile(options.facts));
  RowErrors errors;
  const AllocationFacts facts = ReadAllocationFacts(options.facts, content, errors);
  RETURN_IF_ERROR(errors.ToStatus("MALFORMED_REQUEST"));
  for (const v1::AllocationInput& input : facts.inputs) *plan.add_inputs() = input;
  if (options.units_of_facts) {
    for (const std::string& code : facts.unit_codes) plan.add_unit_codes(code);
  }
  progress.Show(ProgressLine(absl::StrCat("reading ", options.facts), 1, 1));
  return absl::OkStatus();
}

// The province that a plan is run for: the one that is named, or the norm set's.
std::string ParentOf(const PlanOptions& options) {
  if (!options.province.empty()) return absl::StrCat("provinces/", options.province);
  return options.norm_set.substr(0, options.norm_set.find("/normSets/"));
}

void ShowUnits(const Context& context,
               const google::protobuf::RepeatedPtrField<v1::UnitAllocation>& units, bool before,
               bool other) {
  std::vector<std::string> header = {"CODE", "AMOUNT", "ASSIGNED"};
  if (before) header.insert(header.end(), {"BEFORE", "CHANGE"});
  if (other) header.insert(header.end(), {"OTHER NORMS", "DIFFERENCE"});
  header.insert(header.end(), {"ASSUMED", "UNIT"});
  Table table(header);
  for (const v1::UnitAllocation& unit : units) {
    std::vector<std::string> row = {unit.unit_code(), AmountText(unit.amount_vnd()),
                                    AmountText(unit.assigned_vnd())};
    if (before) {
      row.push_back(unit.has_before_vnd() ? AmountText(unit.before_vnd()) : "");
      row.push_back(Difference(unit.assigned_vnd(), unit.before_vnd()));
    }
    if (other) {
      row.push_back(AmountText(unit.other_vnd()));
      row.push_back(Difference(unit.amount_vnd(), unit.other_vnd()));
    }
    row.push_back(absl::StrCat(unit.assumed_inputs()));
    row.push_back(unit.full_name());
    table.Add(std::move(row));
  }
  *context.out << table.Text(context.terminal_width);
}

void ShowPools(const Context& context,
               const google::protobuf::RepeatedPtrField<v1::PoolOutcome>& pools) {
  if (pools.empty()) return;
  Table table({"POOL", "AMOUNT", "DIVIDED", "LEFT"});
  for (const v1::PoolOutcome& pool : pools) {
    table.Add({pool.pool(), AmountText(pool.amount_vnd()), AmountText(pool.divided_vnd()),
               AmountText(pool.rest_vnd())});
  }
  *context.out << "\n" << table.Text(context.terminal_width);
}

void ShowBroken(const Context& context, const v1::SimulateAllocationResponse& response) {
  if (response.broken_checks().empty()) return;
  Table table({"UNIT", "FOUND", "AGAINST", "RULE"});
  for (const v1::BrokenCheck& broken : response.broken_checks()) {
    table.Add({broken.unit_code(), broken.left(), broken.right(),
               absl::StrCat(broken.title(), " (", broken.citation(), ")")});
  }
  *context.out << "\nBreaks the law:\n" << table.Text(context.terminal_width);
}

absl::Status RunSimulate(const Context& context, const SimulateOptions& options) {
  v1::SimulateAllocationRequest request;
  request.set_parent(ParentOf(options.plan));
  request.set_before(options.before);
  request.set_other_norm_set(options.other);
  request.set_other_norm_set_version(options.other_version);
  for (const std::string& code : options.explained) request.add_explained_unit_codes(code);
  v1::SimulateAllocationResponse response;
  {
    Progress progress(*context.err, context.progress);
    RETURN_IF_ERROR(ReadPlan(options.plan, progress, *request.mutable_plan()));
    ASSIGN_OR_RETURN(response, CallWithBar<v1::SimulateAllocationResponse>(
                                   context, "budget.SimulateAllocation", request, progress));
  }
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  ShowUnits(context, response.units(), !options.before.empty(), !options.other.empty());
  Table lines({"LINE", "ALL UNITS", "", "TITLE"});
  for (const v1::LineTotal& line : response.lines()) {
    lines.Add({line.line(), GroupedText(line.total()), line.unit(), line.title()});
  }
  *context.out << "\n" << lines.Text(context.terminal_width);
  ShowPools(context, response.pools());
  ShowBroken(context, response);
  for (const v1::UnitWorking& working : response.workings()) ShowWorking(context, working, true);
  *context.out << "\n"
               << Pairs({{"norm set", absl::StrCat(options.plan.norm_set, " version ",
                                                   response.norm_set_version())},
                         {"units", absl::StrCat(response.units_size())},
                         {"total", AmountText(response.total_vnd())},
                         {"assigned", AmountText(response.assigned_total_vnd())},
                         {"before",
                          options.before.empty() ? "" : AmountText(response.before_total_vnd())},
                         {"not placed", response.before_unplaced_vnd() == 0
                                            ? ""
                                            : AmountText(response.before_unplaced_vnd())},
                         {"other norms",
                          options.other.empty() ? "" : AmountText(response.other_total_vnd())},
                         {"assumed facts", absl::StrCat(response.assumed_inputs())}});
  return absl::OkStatus();
}

absl::Status RunAllocate(const Context& context, const AllocateOptions& options) {
  v1::CreateAllocationRunRequest request;
  request.set_parent(ParentOf(options.plan));
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  v1::CreateAllocationRunResponse response;
  {
    Progress progress(*context.err, context.progress);
    RETURN_IF_ERROR(ReadPlan(options.plan, progress, *request.mutable_plan()));
    ASSIGN_OR_RETURN(response, CallWithBar<v1::CreateAllocationRunResponse>(
                                   context, "budget.CreateAllocationRun", request, progress));
  }
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  ShowUnits(context, response.units(), false, false);
  ShowPools(context, response.pools());
  *context.out << "\n";
  ShowRun(context, response.run());
  return absl::OkStatus();
}

void DeclarePlan(CLI::App& command, PlanOptions& options) {
  command.add_option("norm_set", options.norm_set, "provinces/48/normSets/...")->required();
  command.add_option("--norms-version", options.version, "Version of the norm set; the last one");
  command.add_option("--province", options.province, "Code; the norm set's unless told");
  command.add_option("--year", options.year, "Budget year")->required();
  command.add_option("--as-of", options.as_of, "Date of the registry's units and figures")
      ->required();
  command.add_option("--facts", options.facts, "CSV file of facts (docs/norms.md)");
  command.add_flag("--units-of-facts", options.units_of_facts,
                   "Only units that the file names, not all of the province");
  command.add_option("--pool", options.pools, "key=amount in whole đồng; once for each pool");
}

}  // namespace

void AddAllocationCommands(CLI::App& budget, Command& chosen) {
  AddCommand<SimulateOptions>(
      budget, chosen, "simulate", "Calculate an allocation and keep nothing",
      [](CLI::App& command, SimulateOptions& options) {
        DeclarePlan(command, options.plan);
        command.add_option("--before", options.before, "Run to compare with");
        command.add_option("--other", options.other, "Norm set to compare with");
        command.add_option("--other-version", options.other_version, "Its version; the last one");
        command.add_option("--explain", options.explained, "Code of a unit to show the working of");
      },
      RunSimulate);
  AddCommand<AllocateOptions>(
      budget, chosen, "allocate", "Calculate an allocation and freeze it as a run",
      [](CLI::App& command, AllocateOptions& options) {
        DeclarePlan(command, options.plan);
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunAllocate);
  AddAllocationRunCommands(budget, chosen);
}

}  // namespace twotier::ctl
