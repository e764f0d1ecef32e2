// twotierctl budget: accounts of public finance and what happens in them.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "tools/twotierctl/budget_text.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "twotier/budget/v1/budget_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::budget::v1;

// Which accounts are meant.
struct Selection {
  std::string province;
  std::string unit, stage, chapter, item, sub_item, source, purpose;
  int year = 0;
};

struct ListOptions {
  Selection selection;
  int limit = kLimitDefault;
  std::string as_of, as_known_at;
};

struct OpenOptions {
  Selection selection;
  std::vector<std::string> stages;
  std::string request_id;
  bool validate_only = false;
};

struct PostOptions {
  std::string province, journal, debit, credit, settle, let_go, date, act, body, text, request_id;
  int64_t amount = 0;
  int64_t revenue = 0;
  int64_t supplements = 0;
  int hold_days = 0;
  bool validate_only = false;
};

struct StatementOptions {
  std::string account, from, until, as_known_at;
  bool csv = false;
};

void DeclareSelection(CLI::App& command, Selection& selection) {
  command.add_option("province", selection.province, "Province code; 00: the central budget")
      ->required();
  command.add_option("--unit", selection.unit, "Budget unit, units/...");
  command.add_option("--year", selection.year, "Budget year");
  command.add_option("--chapter", selection.chapter, "Chapter, three digits");
  command.add_option("--item", selection.item, "Item, three digits");
  command.add_option("--sub-item", selection.sub_item, "Sub-item, four digits");
  command.add_option("--source", selection.source, "Source of the money, two digits");
  command.add_option("--purpose", selection.purpose, "What targeted money is meant for");
}

void FillLine(const Selection& selection, v1::Line* line) {
  line->set_chapter(selection.chapter);
  line->set_item(selection.item);
  line->set_sub_item(selection.sub_item);
  line->set_source(selection.source);
}

void Print(const Context& context, const v1::GetBalancesResponse& response) {
  Table table({"ACCOUNT", "CREDITS", "DEBITS", "BALANCE", "HELD", "AVAILABLE"});
  for (const v1::AccountBalance& account : response.balances()) {
    const v1::Balance& balance = account.balance();
    table.Add({ShortAccount(account.account()), AmountText(balance.credits_vnd()),
               AmountText(balance.debits_vnd()), AmountText(balance.balance_vnd()),
               AmountText(balance.held_vnd()), AvailableText(balance)});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
}

absl::Status RunBalances(const Context& context, const ListOptions& options) {
  v1::GetBalancesRequest request;
  request.set_parent(absl::StrCat("provinces/", options.selection.province));
  v1::AccountFilter* filter = request.mutable_filter();
  filter->set_unit(options.selection.unit);
  filter->set_year(options.selection.year);
  if (!options.selection.stage.empty()) {
    ASSIGN_OR_RETURN(const v1::Stage stage, ParseEnum<v1::Stage>(options.selection.stage));
    filter->set_stage(stage);
  }
  FillLine(options.selection, filter->mutable_line());
  filter->set_purpose(options.selection.purpose);
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  if (!options.as_known_at.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_known_at(), ParseInstant(options.as_known_at));
  }
  ASSIGN_OR_RETURN(
      const auto response,
      AllPages<v1::GetBalancesResponse>(*context.session, "budget.GetBalances", request,
                                        &v1::GetBalancesResponse::mutable_balances, options.limit));
  if (!context.PrintedAsJson(response)) Print(context, response);
  return absl::OkStatus();
}

absl::Status RunOpen(const Context& context, const OpenOptions& options) {
  v1::OpenAccountsRequest request;
  request.set_parent(absl::StrCat("provinces/", options.selection.province));
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  for (const std::string& text : options.stages) {
    ASSIGN_OR_RETURN(const v1::Stage stage, ParseEnum<v1::Stage>(text));
    v1::AccountKey* key = request.add_keys();
    key->set_unit(options.selection.unit);
    key->set_year(options.selection.year);
    key->set_stage(stage);
    FillLine(options.selection, key->mutable_line());
    key->set_purpose(options.selection.purpose);
  }
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response,
                   context.session->Call<v1::OpenAccountsResponse>("budget.OpenAccounts", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  for (const v1::Account& account : response.accounts()) {
    *context.out << ShortAccount(account.name()) << "\n";
  }
  *context.out << "opened " << response.opened() << " of " << response.accounts_size() << "\n";
  return absl::OkStatus();
}

absl::Status FillTransfer(const PostOptions& options, v1::Transfer* transfer) {
  transfer->set_amount_vnd(options.amount);
  transfer->set_text(options.text);
  if (!options.settle.empty() || !options.let_go.empty()) {
    transfer->set_kind(options.settle.empty() ? v1::TRANSFER_KIND_VOID : v1::TRANSFER_KIND_SETTLE);
    const std::string& hold = options.settle.empty() ? options.let_go : options.settle;
    if (ParseHold(hold, transfer->mutable_hold())) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("\"", hold, "\" is not of the form 48/ID#1"));
  }
  transfer->set_kind(options.hold_days > 0 ? v1::TRANSFER_KIND_HOLD : v1::TRANSFER_KIND_POST);
  transfer->set_debit_account(AccountName(options.debit));
  transfer->set_credit_account(AccountName(options.credit));
  transfer->set_working_days(options.hold_days);
  return absl::OkStatus();
}

// An amount that was stated.
std::string StatedText(int64_t amount) { return amount == 0 ? "" : AmountText(amount); }

void Print(const Context& context, const v1::Journal& journal) {
  const v1::JournalDecision& decision = journal.decision();
  *context.out << Pairs(
      {{"journal", ShortJournal(journal.name())},
       {"effective", DateText(journal.effective_date())},
       {"act", journal.act().number()},
       {"decided by", decision.body() == v1::BODY_UNSPECIFIED ? "" : EnumText(decision.body())},
       {"revenue", StatedText(decision.revenue_vnd())},
       {"supplements", StatedText(decision.supplements_vnd())},
       {"expenditure", StatedText(decision.expenditure_vnd())},
       {"balancing paid out", StatedText(decision.balancing_paid_out_vnd())},
       {"targeted received", StatedText(decision.targeted_received_vnd())},
       {"text", journal.text()},
       {"entered", InstantText(journal.post_time())},
       {"by", journal.principal()},
       {"refused", journal.refused()},
       {"reverses", ShortJournal(journal.reverses())},
       {"reversed by", ShortJournal(journal.reversed_by())}});
  Table table({"#", "KIND", "AMOUNT", "FROM", "TO"});
  for (const v1::Entry& entry : journal.entries()) {
    table.Add({absl::StrCat(entry.number()), EnumText(entry.kind()), AmountText(entry.amount_vnd()),
               ShortAccount(entry.debit_account()), ShortAccount(entry.credit_account())});
  }
  *context.out << table.Text(context.terminal_width);
}

absl::Status RunPost(const Context& context, const PostOptions& options) {
  v1::PostJournalRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  request.set_journal_id(options.journal);
  ASSIGN_OR_RETURN(*request.mutable_effective_date(), ParseDate(options.date));
  request.mutable_act()->set_number(options.act);
  if (!options.body.empty()) {
    ASSIGN_OR_RETURN(const v1::Body body, ParseEnum<v1::Body>(options.body));
    request.set_body(body);
  }
  request.set_revenue_vnd(options.revenue);
  request.set_supplements_vnd(options.supplements);
  request.set_text(options.text);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  RETURN_IF_ERROR(FillTransfer(options, request.add_transfers()));
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const auto response,
                   context.session->Call<v1::PostJournalResponse>("budget.PostJournal", request));
  if (!context.PrintedAsJson(response)) Print(context, response.journal());
  return absl::OkStatus();
}

struct JournalOptions {
  std::string journal;
};

absl::Status RunJournal(const Context& context, const JournalOptions& options) {
  v1::GetJournalRequest request;
  request.set_name(JournalName(options.journal));
  ASSIGN_OR_RETURN(const auto response,
                   context.session->Call<v1::GetJournalResponse>("budget.GetJournal", request));
  if (!context.PrintedAsJson(response)) Print(context, response.journal());
  return absl::OkStatus();
}

// Every page of a statement as one.
absl::StatusOr<v1::GetStatementResponse> WholeStatement(const Context& context,
                                                        v1::GetStatementRequest request) {
  request.set_page_size(kPageMax);
  v1::GetStatementResponse all;
  do {
    ASSIGN_OR_RETURN(v1::GetStatementResponse page, context.session->Call<v1::GetStatementResponse>(
                                                        "budget.GetStatement", request));
    if (!request.page_token().empty()) *page.mutable_opening() = all.opening();
    request.set_page_token(page.next_page_token());
    page.mutable_entries()->Swap(all.mutable_entries());
    all.mutable_entries()->MergeFrom(page.entries());
    page.mutable_entries()->Swap(all.mutable_entries());
    all = std::move(page);
  } while (!request.page_token().empty());
  return all;
}

// As --as-known-at takes it.
std::string KnownText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime(absl::RFC3339_full,
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
                          absl::UTCTimeZone());
}

void Print(const Context& context, const v1::GetStatementResponse& statement) {
  Table table({"DATE", "JOURNAL", "KIND", "DEBIT", "CREDIT", "BALANCE", "OTHER ACCOUNT"});
  table.Add({"", "opening", "", "", "", AmountText(statement.opening().balance_vnd())});
  for (const v1::StatementEntry& entry : statement.entries()) {
    const std::string amount = AmountText(entry.amount_vnd());
    table.Add({DateText(entry.effective_date()), ShortJournal(entry.journal()),
               EnumText(entry.kind()), entry.debit() ? amount : "", entry.debit() ? "" : amount,
               AmountText(entry.after().balance_vnd()), ShortAccount(entry.other_account())});
  }
  table.Add({"", "closing", "", "", "", AmountText(statement.closing().balance_vnd())});
  *context.out << table.Text(context.terminal_width)
               << Pairs({{"held", AmountText(statement.closing().held_vnd())},
                         {"available", AvailableText(statement.closing())},
                         {"from", DateText(statement.first_date())},
                         {"until", DateText(statement.end_date())},
                         {"as known at",
                          statement.has_as_known_at() ? KnownText(statement.as_known_at()) : "now"},
                         {"sha256", statement.sha256()}});
}

absl::Status RunStatement(const Context& context, const StatementOptions& options) {
  v1::GetStatementRequest request;
  request.set_name(AccountName(options.account));
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_first_date(), ParseDate(options.from));
  }
  if (!options.until.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_end_date(), ParseDate(options.until));
  }
  if (!options.as_known_at.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_known_at(), ParseInstant(options.as_known_at));
  }
  ASSIGN_OR_RETURN(const v1::GetStatementResponse statement, WholeStatement(context, request));
  if (options.csv) {
    *context.out << StatementCsv(statement);
    return absl::OkStatus();
  }
  if (!context.PrintedAsJson(statement)) Print(context, statement);
  return absl::OkStatus();
}

void DeclarePost(CLI::App& command, PostOptions& options) {
  command.add_option("province", options.province, "Province whose ledger keeps it")->required();
  command.add_option("journal", options.journal, "Id of the journal, chosen by you")->required();
  command.add_option("--debit", options.debit, "Account that pays, 48/...");
  command.add_option("--credit", options.credit, "Account that receives, 48/...");
  command.add_option("--amount", options.amount, "Amount in whole đồng");
  command.add_option("--hold-days", options.hold_days, "Hold it for so many working days instead");
  command.add_option("--settle", options.settle, "Settle this hold, 48/JOURNAL#1");
  command.add_option("--void", options.let_go, "Let go what is left of this hold, 48/JOURNAL#1");
  command.add_option("--date", options.date, "Effective date, 2026-11-02")->required();
  command.add_option("--act", options.act, "Number of the act")->required();
  command.add_option("--body", options.body,
                     "Who decided, where an estimate is approved or approved money handed on");
  command.add_option("--revenue", options.revenue,
                     "Revenue of a commune's whole estimate, where it is approved");
  command.add_option("--supplements", options.supplements,
                     "Supplements from above within that revenue, as the ledger has them");
  command.add_option("--text", options.text, "What it is for");
  DeclareRepeatable(command, options.request_id, options.validate_only);
}

void AddAccountCommands(CLI::App& budget, Command& chosen) {
  AddCommand<OpenOptions>(
      budget, chosen, "open", "Open accounts of a unit and line, one for each stage",
      [](CLI::App& command, OpenOptions& options) {
        DeclareSelection(command, options.selection);
        command.add_option("--stage", options.stages, "Stage; may be repeated")->required();
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunOpen);
  AddCommand<ListOptions>(
      budget, chosen, "balance", "Show what accounts hold",
      [](CLI::App& command, ListOptions& options) {
        DeclareSelection(command, options.selection);
        command.add_option("--stage", options.selection.stage, "Stage, for example allocated");
        command.add_option("--as-of", options.as_of, "What is effective up to this date");
        command.add_option("--as-known-at", options.as_known_at, "As it was known at this instant");
        command.add_option("--limit", options.limit, "Most accounts shown")->capture_default_str();
      },
      RunBalances);
  AddCommand<StatementOptions>(
      budget, chosen, "statement", "Show every entry of an account, with a hash",
      [](CLI::App& command, StatementOptions& options) {
        command.add_option("account", options.account, "Account, 48/...")->required();
        command.add_option("--from", options.from, "First date");
        command.add_option("--until", options.until, "First date that is not in it");
        command.add_option("--as-known-at", options.as_known_at, "As it was known at this instant");
        command.add_flag("--csv", options.csv, "As CSV");
      },
      RunStatement);
}

}  // namespace

void AddBudgetCommands(CLI::App& app, Command& chosen) {
  // The commands use messages of other files: this links the service's descriptor in.
  static_cast<void>(v1::WatchChangesRequest::descriptor());
  CLI::App* budget = app.add_subcommand("budget", "Money of the State budget");
  budget->require_subcommand(1);
  AddAccountCommands(*budget, chosen);
  AddCommand<PostOptions>(*budget, chosen, "post", "Enter a journal of one transfer", DeclarePost,
                          RunPost);
  AddCommand<JournalOptions>(
      *budget, chosen, "journal", "Show a journal",
      [](CLI::App& command, JournalOptions& options) {
        command.add_option("journal", options.journal, "Journal, 48/...")->required();
      },
      RunJournal);
  AddBudgetExecution(*budget, chosen);
  AddAllocationCommands(*budget, chosen);
  AddBudgetYearCommands(*budget, chosen);
  AddBudgetSuccession(*budget, chosen);
  AddVerifyBudget(*budget, chosen);
}

}  // namespace twotier::ctl
