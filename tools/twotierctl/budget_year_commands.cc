// twotierctl budget: the legal year, reference data, statements of the Treasury, the end of the
// year.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/file.h"
#include "common/status_macros.h"
#include "tools/twotierctl/budget_text.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/budget/v1/budget_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::budget::v1;

struct YearOptions {
  std::string province;
  std::string unit;
  int year = 0;
  bool moved = false;    // Limits on a day off move.
  bool overdue = false;  // Of the province and all of its communes.
  int limit = kLimitDefault;
};

struct CodeOptions {
  int year = 0;
  std::string segment;
  int limit = kLimitDefault;
};

struct TaxOptions {
  std::string unit;
  int year = 0;
  int64_t collected_vnd = 0;
};

struct CloseOptions {
  std::string province, unit, body = "committee", act, date, return_to;
  int year = 0;
  std::vector<std::string> carry_overs;
  bool reopen = false;
  std::string request_id;
  bool validate_only = false;
};

struct ReconcileOptions {
  std::string province, unit, file, first_date, last_date;
  int year = 0;
  int limit = kLimitDefault;
  std::string request_id;
  bool validate_only = false;
};

std::string ParentOf(const std::string& province) { return absl::StrCat("provinces/", province); }

void AddStep(const v1::BudgetStep& step, Table& table) {
  std::string day = step.has_last_date() ? DateText(step.last_date()) : step.not_dated_reason();
  if (step.provisional()) day += " (provisional)";
  table.Add({EnumText(step.state()), day, DateText(step.done().date()), EnumText(step.body()),
             step.unit(), step.step(),
             absl::StrCat(step.source().act(), " ", step.source().article()), step.what()});
}

Table StepTable() {
  return Table({"STATE", "LAST DAY", "DONE", "WHO", "UNIT", "STEP", "LAW", "WHAT"});
}

absl::Status RunOverdue(const Context& context, const YearOptions& options) {
  v1::ListOverdueStepsRequest request;
  request.set_parent(ParentOf(options.province));
  request.set_budget_year(options.year);
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "budget.ListOverdueSteps", request,
                            &v1::ListOverdueStepsResponse::mutable_steps, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table = StepTable();
  for (const v1::BudgetStep& step : response.steps()) AddStep(step, table);
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

absl::Status RunCalendar(const Context& context, const YearOptions& options) {
  if (options.overdue) return RunOverdue(context, options);
  v1::ListBudgetStepsRequest request;
  request.set_parent(ParentOf(options.province));
  request.set_budget_year(options.year);
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_unit(),
                     ResolveUnitArgument(*context.session, options.unit, ""));
  }
  if (options.moved) request.set_day_off_rule(v1::DAY_OFF_RULE_MOVES);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::ListBudgetStepsResponse>(
                                            "budget.ListBudgetSteps", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table = StepTable();
  for (const v1::BudgetStep& step : response.steps()) AddStep(step, table);
  *context.out << table.Text(context.terminal_width);
  return absl::OkStatus();
}

absl::Status RunClassification(const Context& context, const CodeOptions& options) {
  v1::ListClassificationRequest request;
  request.set_budget_year(options.year);
  if (!options.segment.empty()) {
    ASSIGN_OR_RETURN(const auto segment, ParseEnum<v1::ClassificationSegment>(options.segment));
    request.set_segment(segment);
  }
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "budget.ListClassification", request,
                            &v1::ListClassificationResponse::mutable_codes, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"SEGMENT", "CODE", "OF", "PROVEN", "ACT", "NAME"});
  for (const v1::ClassificationCode& code : response.codes()) {
    table.Add({EnumText(code.segment()), code.code(), code.parent(),
               code.source().proven() ? "yes" : "no", code.source().act(), code.display_name()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

absl::Status RunTaxes(const Context& context, const TaxOptions& options) {
  v1::GetSharedTaxesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_unit(),
                   ResolveUnitArgument(*context.session, options.unit, ""));
  request.set_budget_year(options.year);
  request.set_collected_vnd(options.collected_vnd);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::GetSharedTaxesResponse>(
                                            "budget.GetSharedTaxes", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table shares({"REVENUE", "CENTRE %", "PROVINCE %", "COMMUNE %", "APPLIES", "ACT", "NOTE"});
  for (const v1::TaxShare& share : response.shares()) {
    shares.Add({EnumText(share.tax()), absl::StrCat(share.central_percent()),
                absl::StrCat(share.province_percent()), absl::StrCat(share.commune_percent()),
                share.applies() ? "yes" : "no", share.source().act(), share.source().note()});
  }
  *context.out << shares.Text(context.terminal_width);
  if (response.splits().empty()) return absl::OkStatus();
  Table splits({"REVENUE", "TO THE CENTRE", "TO THE PROVINCE", "TO THE COMMUNE"});
  for (const v1::TaxSplit& split : response.splits()) {
    splits.Add({EnumText(split.tax()), AmountText(split.central_vnd()),
                AmountText(split.province_vnd()), AmountText(split.commune_vnd())});
  }
  *context.out << "\n" << splits.Text(context.terminal_width);
  return absl::OkStatus();
}

// The decision that closes a year or opens it again.
absl::Status FillDecision(const Context& context, const CloseOptions& options,
                          v1::BudgetDecision* decision) {
  decision->set_parent(ParentOf(options.province));
  ASSIGN_OR_RETURN(*decision->mutable_unit(),
                   ResolveUnitArgument(*context.session, options.unit, ""));
  decision->set_budget_year(options.year);
  ASSIGN_OR_RETURN(const auto body, ParseEnum<v1::Body>(options.body));
  decision->set_body(body);
  decision->mutable_act()->set_number(options.act);
  ASSIGN_OR_RETURN(*decision->mutable_effective_date(), ParseDate(options.date));
  return absl::OkStatus();
}

absl::Status RunReopen(const Context& context, const CloseOptions& options) {
  v1::ReopenBudgetYearRequest request;
  RETURN_IF_ERROR(FillDecision(context, options, request.mutable_decision()));
  request.set_return_to(options.return_to);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::ReopenBudgetYearResponse>(
                                            "budget.ReopenBudgetYear", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  *context.out << response.reversed_journal_ids_size() << " journals reversed\n";
  return absl::OkStatus();
}

absl::Status AddCarryOver(const std::string& text, v1::CloseBudgetYearRequest& request) {
  const std::vector<std::string> parts = absl::StrSplit(text, '=');
  if (parts.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("what is carried over is account=category, not ", text));
  }
  v1::CarryOver* carry = request.add_carry_overs();
  carry->set_account(AccountName(parts[0]));
  ASSIGN_OR_RETURN(const auto category, ParseEnum<v1::CarryCategory>(parts[1]));
  carry->set_category(category);
  return absl::OkStatus();
}

absl::Status RunClose(const Context& context, const CloseOptions& options) {
  if (options.reopen) return RunReopen(context, options);
  v1::CloseBudgetYearRequest request;
  RETURN_IF_ERROR(FillDecision(context, options, request.mutable_decision()));
  for (const std::string& text : options.carry_overs) {
    RETURN_IF_ERROR(AddCarryOver(text, request));
  }
  request.set_return_to(options.return_to);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::CloseBudgetYearResponse>(
                                            "budget.CloseBudgetYear", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"CARRIED OVER", "GOES BACK", "LAPSES", "BY", "ACCOUNT"});
  for (const v1::AccountSettlement& each : response.settlements()) {
    table.Add({AmountText(each.carried_vnd()), AmountText(each.returned_vnd()),
               AmountText(each.cancelled_vnd()),
               each.carried_vnd() == 0 ? "" : EnumText(each.category()), each.account()});
  }
  table.Add({AmountText(response.carried_vnd()), AmountText(response.returned_vnd()),
             AmountText(response.cancelled_vnd()), "", "all of these"});
  *context.out << table.Text(context.terminal_width);
  if (response.accounts_left() > 0) {
    *context.err << response.accounts_left() << " accounts are left: call again\n";
  }
  return absl::OkStatus();
}

absl::Status RunBreaks(const Context& context, const ReconcileOptions& options,
                       const std::string& unit) {
  v1::ListBreaksRequest request;
  request.set_parent(ParentOf(options.province));
  request.set_unit(unit);
  request.set_budget_year(options.year);
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "budget.ListBreaks", request,
                            &v1::ListBreaksResponse::mutable_breaks, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"AGE", "BREAK", "LINE", "JOURNAL", "AMOUNT", "MAY BE"});
  for (const v1::TreasuryBreak& each : response.breaks()) {
    const int64_t amount = each.has_line() ? each.line().amount_vnd() : each.entry().amount_vnd();
    std::string may_be;
    for (const v1::BreakCandidate& candidate : each.candidates()) {
      absl::StrAppend(&may_be, may_be.empty() ? "" : ", ", candidate.entry().journal_id());
    }
    table.Add({absl::StrCat(each.age_days(), " d"), EnumText(each.kind()), each.line().line_id(),
               each.entry().journal_id(), AmountText(amount), may_be});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

// Imports a statement when there is one, and lists the breaks.
absl::Status RunReconcile(const Context& context, const ReconcileOptions& options) {
  ASSIGN_OR_RETURN(const std::string unit, ResolveUnitArgument(*context.session, options.unit, ""));
  if (options.file.empty()) return RunBreaks(context, options, unit);
  v1::ImportTreasuryStatementRequest request;
  request.set_parent(ParentOf(options.province));
  request.set_unit(unit);
  request.set_budget_year(options.year);
  ASSIGN_OR_RETURN(*request.mutable_first_date(), ParseDate(options.first_date));
  ASSIGN_OR_RETURN(*request.mutable_last_date(), ParseDate(options.last_date));
  ASSIGN_OR_RETURN(*request.mutable_content(), ReadFile(options.file));
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response, context.session->Call<v1::ImportTreasuryStatementResponse>(
                                            "budget.ImportTreasuryStatement", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"LINES", "NUMBER"});
  table.Add({"in the file", absl::StrCat(response.statement().lines())});
  table.Add({"new", absl::StrCat(response.lines_new())});
  for (const v1::MatchCount& count : response.matches()) {
    table.Add({absl::StrCat("matched: ", EnumText(count.rule())), absl::StrCat(count.count())});
  }
  table.Add({"open", absl::StrCat(response.lines_open())});
  *context.out << table.Text(context.terminal_width);
  return options.validate_only ? absl::OkStatus() : RunBreaks(context, options, unit);
}

struct CeilingOptions {
  std::string province, unit;
  int year = 0;
  int limit = kLimitDefault;
};

absl::Status RunCeilings(const Context& context, const CeilingOptions& options) {
  v1::ListPeriodCeilingsRequest request;
  request.set_parent(ParentOf(options.province));
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_unit(),
                     ResolveUnitArgument(*context.session, options.unit, ""));
  }
  request.set_budget_year(options.year);
  ASSIGN_OR_RETURN(const auto response,
                   AllPages<v1::ListPeriodCeilingsResponse>(
                       *context.session, "budget.ListPeriodCeilings", request,
                       &v1::ListPeriodCeilingsResponse::mutable_ceilings, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"UNIT", "YEAR", "PERIOD", "GRANTED", "PAID", "LEFT", ""});
  for (const v1::PeriodCeiling& ceiling : response.ceilings()) {
    table.Add({ceiling.unit(), absl::StrCat(ceiling.budget_year()),
               ceiling.quarter() > 0 ? absl::StrCat("quarter ", ceiling.quarter())
                                     : absl::StrCat("month ", ceiling.month()),
               AmountText(ceiling.granted_vnd()), AmountText(ceiling.paid_vnd()),
               AmountText(ceiling.left_vnd()), ceiling.lifted() ? "lifted" : ""});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

void DeclareYear(CLI::App& command, std::string& province, int& year) {
  command.add_option("--province", province, "Code of the province, two digits")->required();
  command.add_option("--year", year, "Budget year")->required();
}

void DeclareCalendar(CLI::App& command, YearOptions& options) {
  DeclareYear(command, options.province, options.year);
  command.add_option("--unit", options.unit, "Unit by code, id or name; none: the province");
  command.add_flag("--days-off-move", options.moved, "Limits on a day off move to a working day");
  command.add_flag("--overdue", options.overdue, "What is overdue in the whole province");
  command.add_option("--limit", options.limit, "Most rows")->capture_default_str();
}

void DeclareClose(CLI::App& command, CloseOptions& options) {
  DeclareYear(command, options.province, options.year);
  command.add_option("--unit", options.unit, "Unit by code, id or name")->required();
  command.add_option("--act", options.act, "Number of the act")->required();
  command.add_option("--date", options.date, "Date on which it takes effect")->required();
  command.add_option("--body", options.body, "Who decided")->capture_default_str();
  command.add_option("--return-to", options.return_to, "Ledger of the centre, provinces/00");
  CLI::Option* carry = command.add_option(
      "--carry", options.carry_overs,
      "account=category of what goes on, for example investment; once for each account");
  command.add_flag("--reopen", options.reopen, "Open the year again")->excludes(carry);
  DeclareRepeatable(command, options.request_id, options.validate_only);
}

void DeclareReconcile(CLI::App& command, ReconcileOptions& options) {
  DeclareYear(command, options.province, options.year);
  command.add_option("--unit", options.unit, "Unit by code, id or name")->required();
  CLI::Option* file = command.add_option("file", options.file, "Statement; none: only the breaks");
  command.add_option("--first-date", options.first_date, "First day of the statement")->needs(file);
  command.add_option("--last-date", options.last_date, "Its last day")->needs(file);
  command.add_option("--limit", options.limit, "Most breaks")->capture_default_str();
  DeclareRepeatable(command, options.request_id, options.validate_only);
}

}  // namespace

void AddBudgetYearCommands(CLI::App& budget, Command& chosen) {
  AddCommand<YearOptions>(budget, chosen, "calendar", "Who must do what by when", DeclareCalendar,
                          RunCalendar);
  AddCommand<CodeOptions>(
      budget, chosen, "classification", "Codes of the budget classification",
      [](CLI::App& command, CodeOptions& options) {
        command.add_option("--year", options.year, "Budget year")->required();
        command.add_option("--segment", options.segment,
                           "level, chapter, type, type_item, item, "
                           "sub_item or source");
        command.add_option("--limit", options.limit, "Most codes")->capture_default_str();
      },
      RunClassification);
  AddCommand<TaxOptions>(
      budget, chosen, "taxes", "How taxes are shared",
      [](CLI::App& command, TaxOptions& options) {
        command.add_option("unit", options.unit, "Unit by code, id or name")->required();
        command.add_option("--year", options.year, "Budget year")->required();
        command.add_option("--collected-vnd", options.collected_vnd, "An amount to split");
      },
      RunTaxes);
  AddCommand<CeilingOptions>(
      budget, chosen, "ceilings", "What units may pay in a quarter or a month",
      [](CLI::App& command, CeilingOptions& options) {
        command.add_option("province", options.province, "Province code")->required();
        command.add_option("--unit", options.unit, "Unit by code, id or name");
        command.add_option("--year", options.year, "Budget year");
        command.add_option("--limit", options.limit, "Most ceilings")->capture_default_str();
      },
      RunCeilings);
  AddCommand<CloseOptions>(budget, chosen, "close", "Close the budget year of a unit", DeclareClose,
                           RunClose);
  AddCommand<ReconcileOptions>(budget, chosen, "reconcile",
                               "Statement of the Treasury against the books", DeclareReconcile,
                               RunReconcile);
}

}  // namespace twotier::ctl
