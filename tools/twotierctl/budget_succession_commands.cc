// twotierctl budget succession: what units that end have left, and who gets it.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/csv.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "tools/twotierctl/budget_text.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/division_csv.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/table.h"
#include "twotier/budget/v1/succession.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::budget::v1;

struct ShowOptions {
  std::string province, unit;
  bool csv = false;
};

struct PlanOptions {
  std::string province, unit, file, act, request_id;
  std::vector<std::string> other_ledgers;
  bool validate_only = false;
};

void Print(const Context& context, const v1::GetSuccessionResponse& succession) {
  *context.out << Pairs({{"event", succession.change_event()},
                         {"effective", DateText(succession.effective_date())},
                         {"waits for a plan", succession.plan_reason()}});
  Table successors({"SUCCESSOR", "PROVINCE", "SHARE"});
  for (const v1::SuccessorShare& share : succession.successors()) {
    successors.Add({share.unit(), share.province_code(),
                    share.has_ppm() ? absl::StrCat(AmountText(share.ppm()), " ppm") : "not known"});
  }
  *context.out << successors.Text(context.terminal_width);
  Table left({"LEFT", "AMOUNT", "HELD"});
  for (const v1::AccountBalance& account : succession.accounts()) {
    left.Add({ShortAccount(account.account()), AmountText(account.balance().balance_vnd()),
              AmountText(account.balance().held_vnd())});
  }
  for (const v1::Hold& hold : succession.holds()) {
    left.Add({HoldText(hold.ref()), AmountText(hold.remaining_vnd()), "hold"});
  }
  *context.out << left.Text(context.terminal_width);
}

absl::Status RunShow(const Context& context, const ShowOptions& options) {
  v1::GetSuccessionRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  request.set_unit(options.unit);
  ASSIGN_OR_RETURN(const auto succession, context.session->Call<v1::GetSuccessionResponse>(
                                              "budget.GetSuccession", request));
  if (options.csv) {
    *context.out << DivisionCsv(succession);
    return absl::OkStatus();
  }
  if (!context.PrintedAsJson(succession)) Print(context, succession);
  return absl::OkStatus();
}

absl::Status RunPlan(const Context& context, const PlanOptions& options) {
  v1::PlanSuccessionRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  request.set_unit(options.unit);
  request.mutable_act()->set_number(options.act);
  for (const std::string& province : options.other_ledgers) {
    request.add_other_ledgers(absl::StrCat("provinces/", province));
  }
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  ASSIGN_OR_RETURN(const std::string content, ReadFile(options.file));
  RowErrors errors;
  ReadDivision(options.file, content, request, errors);
  RETURN_IF_ERROR(errors.ToStatus("IMPORT_ROW_INVALID"));
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::PlanSuccessionResponse>(
                                            "budget.PlanSuccession", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  *context.out << "moved in journal " << ShortJournal(response.journal().name()) << " with "
               << response.journal().entries_size() << " entries\n";
  return absl::OkStatus();
}

}  // namespace

void AddBudgetSuccession(CLI::App& budget, Command& chosen) {
  CLI::App* succession = budget.add_subcommand("succession", "Money of units that end");
  succession->require_subcommand(1);
  AddCommand<ShowOptions>(
      *succession, chosen, "show", "What a unit has left, and who follows",
      [](CLI::App& command, ShowOptions& options) {
        command.add_option("province", options.province, "Province code")->required();
        command
            .add_option("unit", options.unit,
                        "Unit, units/...: its code and name may be others' today")
            ->required();
        command.add_flag("--csv", options.csv, "As a plan to fill in: item, unit, amount_vnd");
      },
      RunShow);
  AddCommand<PlanOptions>(
      *succession, chosen, "plan", "Divide what is left as a CSV file says",
      [](CLI::App& command, PlanOptions& options) {
        command.add_option("province", options.province, "Province code")->required();
        command
            .add_option("unit", options.unit,
                        "Unit, units/...: its code and name may be others' today")
            ->required();
        command.add_option("file", options.file, "Plan: item, unit, amount_vnd")->required();
        command.add_option("--act", options.act, "Number of the act")->required();
        command.add_option("--other-ledger", options.other_ledgers,
                           "Further province of a successor; may be repeated");
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunPlan);
}

}  // namespace twotier::ctl
