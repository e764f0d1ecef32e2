// twotierctl budget execution: how far a budget is spent.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status_macros.h"
#include "tools/twotierctl/budget_text.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/table.h"
#include "twotier/budget/v1/budget_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::budget::v1;

struct ExecutionOptions {
  std::string province, unit, chapter, item, sub_item, source, purpose, as_of;
  int year = 0;
  std::vector<std::string> groups;
};

// "33.3 %"; "" where nothing was allocated.
std::string ShareText(const v1::ExecutionRow& row) {
  if (!row.has_paid_ppm()) return "";
  return absl::StrFormat("%d.%d %%", row.paid_ppm() / 10'000, row.paid_ppm() / 1'000 % 10);
}

std::vector<std::string> Cells(const std::string& name, const v1::ExecutionRow& row) {
  return {name,
          row.purpose(),
          row.month() == 0 ? "" : absl::StrCat(row.month()),
          AmountText(row.allocated_vnd()),
          AmountText(row.held_vnd()),
          AmountText(row.paid_vnd()),
          ShareText(row),
          AmountText(row.settled_vnd()),
          AmountText(row.carried_vnd()),
          AmountText(row.lapsed_vnd())};
}

void Print(const Context& context, const v1::GetExecutionResponse& response) {
  Table table({"UNIT OR LINE", "PURPOSE", "MONTH", "ALLOCATED", "HELD", "PAID", "OF IT", "SETTLED",
               "CARRIED OVER", "LAPSED"});
  for (const v1::ExecutionRow& row : response.rows()) {
    const std::string line = LineText(row.line());
    const bool both = !row.unit().empty() && !line.empty();
    table.Add(Cells(absl::StrCat(row.unit(), both ? ", " : "", line), row));
  }
  table.Add(Cells("total", response.total()));
  *context.out << table.Text(context.terminal_width);
}

absl::Status Run(const Context& context, const ExecutionOptions& options) {
  v1::GetExecutionRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  request.set_year(options.year);
  v1::AccountFilter* filter = request.mutable_filter();
  filter->set_unit(options.unit);
  filter->mutable_line()->set_chapter(options.chapter);
  filter->mutable_line()->set_item(options.item);
  filter->mutable_line()->set_sub_item(options.sub_item);
  filter->mutable_line()->set_source(options.source);
  filter->set_purpose(options.purpose);
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  for (const std::string& text : options.groups) {
    ASSIGN_OR_RETURN(const v1::ExecutionGroup group, ParseEnum<v1::ExecutionGroup>(text));
    request.add_groups(group);
  }
  ASSIGN_OR_RETURN(const auto response,
                   context.session->Call<v1::GetExecutionResponse>("budget.GetExecution", request));
  if (!context.PrintedAsJson(response)) Print(context, response);
  return absl::OkStatus();
}

void Declare(CLI::App& command, ExecutionOptions& options) {
  command.add_option("province", options.province, "Province code; 00: the central budget")
      ->required();
  command.add_option("--year", options.year, "Budget year")->required();
  command.add_option("--by", options.groups,
                     "unit, chapter, item, sub_item, source, purpose or month; may be repeated");
  command.add_option("--unit", options.unit, "Only this unit, units/...; a province: all of it");
  command.add_option("--chapter", options.chapter, "Only this chapter");
  command.add_option("--item", options.item, "Only this item");
  command.add_option("--sub-item", options.sub_item, "Only this sub-item");
  command.add_option("--source", options.source, "Only this source");
  command.add_option("--purpose", options.purpose, "Only this purpose");
  command.add_option("--as-of", options.as_of, "What is effective up to this date");
}

}  // namespace

void AddBudgetExecution(CLI::App& budget, Command& chosen) {
  AddCommand<ExecutionOptions>(budget, chosen, "execution", "Show how far a budget is spent",
                               Declare, Run);
}

}  // namespace twotier::ctl
