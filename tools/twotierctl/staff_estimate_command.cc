// twotierctl staff estimate: what a province's staff costs in a year, and its hand-over to budget.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/table.h"
#include "twotier/budget/v1/budget_service.pb.h"
#include "twotier/personnel/v1/personnel_service.pb.h"

namespace twotier::ctl {
namespace {

namespace budget = ::twotier::budget::v1;
namespace personnel = ::twotier::personnel::v1;

// Units of one call: each has two accounts, of the thousand that budget opens at once.
constexpr int kUnitsMax = 500;

// Estimates of one line of a year: a bound for the search of the one that stands.
constexpr int kVersionsMax = 1000;

struct EstimateOptions {
  std::string province;
  int year = 0;
  std::string sub_item;
  std::string act;
  std::string date;
  bool post = false;
};

std::string ParentOf(const EstimateOptions& options) {
  return absl::StrCat("provinces/", options.province);
}

// The first estimate of a year's line is version 1; each that corrects it is the next one.
std::string JournalId(const EstimateOptions& options, int version) {
  return absl::StrCat("salaries-", options.year,
                      options.sub_item.empty() ? "" : absl::StrCat("-", options.sub_item),
                      version == 1 ? "" : absl::StrCat("-v", version));
}

// An account of each unit for `stages`, in order of the lines.
absl::StatusOr<budget::OpenAccountsResponse> Open(
    const Context& context, const EstimateOptions& options,
    const personnel::EstimateSalariesResponse& estimate) {
  budget::OpenAccountsRequest request;
  request.set_parent(ParentOf(options));
  for (const personnel::SalaryLine& line : estimate.lines()) {
    for (const budget::Stage stage : {budget::STAGE_SOURCE, budget::STAGE_ESTIMATE}) {
      budget::AccountKey* key = request.add_keys();
      key->set_unit(line.unit());
      key->set_year(options.year);
      key->set_stage(stage);
      key->mutable_line()->set_sub_item(options.sub_item);
    }
  }
  context.IdentifyChange(request);
  return context.session->Call<budget::OpenAccountsResponse>("budget.OpenAccounts", request);
}

// The estimate as a journal that has no id yet.
absl::StatusOr<budget::PostJournalRequest> JournalOf(
    const Context& context, const EstimateOptions& options,
    const personnel::EstimateSalariesResponse& estimate) {
  ASSIGN_OR_RETURN(const budget::OpenAccountsResponse accounts, Open(context, options, estimate));
  budget::PostJournalRequest request;
  request.set_parent(ParentOf(options));
  ASSIGN_OR_RETURN(*request.mutable_effective_date(), ParseDate(options.date));
  request.mutable_act()->set_number(options.act);
  request.set_text(
      absl::StrCat("Dự toán lương ", options.year, ", personnel revision ", estimate.revision()));
  for (int i = 0; i < estimate.lines_size(); ++i) {
    const personnel::SalaryLine& line = estimate.lines(i);
    if (line.yearly_vnd() == 0) continue;
    budget::Transfer* transfer = request.add_transfers();
    transfer->set_kind(budget::TRANSFER_KIND_POST);
    transfer->set_debit_account(accounts.accounts(2 * i).name());
    transfer->set_credit_account(accounts.accounts(2 * i + 1).name());
    transfer->set_amount_vnd(line.yearly_vnd());
    transfer->set_text(absl::StrCat(line.people(), " people, coefficients ",
                                    line.coefficient_hundredths(), "/100"));
  }
  return request;
}

absl::Status Reverse(const Context& context, const std::string& name,
                     const budget::PostJournalRequest& successor) {
  budget::ReverseJournalRequest request;
  request.set_name(name);
  request.set_journal_id(absl::StrCat(name.substr(name.rfind('/') + 1), "-reversed"));
  *request.mutable_effective_date() = successor.effective_date();
  *request.mutable_act() = successor.act();
  request.set_reason(absl::StrCat("Thay bằng: ", successor.text()));
  context.IdentifyChange(request);
  RETURN_IF_ERROR(
      context.session->Call<budget::ReverseJournalResponse>("budget.ReverseJournal", request)
          .status());
  *context.err << "reversed " << name << "\n";
  return absl::OkStatus();
}

// Whether the journal moves what `request` asks for. Then it stands, whatever revision it cites.
bool MovesTheSame(const budget::Journal& journal, const budget::PostJournalRequest& request) {
  const auto same = [](const budget::Entry& entry, const budget::Transfer& transfer) {
    return entry.debit_account() == transfer.debit_account() &&
           entry.credit_account() == transfer.credit_account() &&
           entry.amount_vnd() == transfer.amount_vnd();
  };
  return std::equal(journal.entries().begin(), journal.entries().end(), request.transfers().begin(),
                    request.transfers().end(), same);
}

// At most one version stands: the one before is reversed first. Whoever is interrupted in between
// repeats the command, which finds the version reversed and enters the next one; of two at once,
// one is refused, because both would take the same id.
absl::Status HandOver(const Context& context, const EstimateOptions& options,
                      const personnel::EstimateSalariesResponse& estimate) {
  if (estimate.lines_size() > kUnitsMax) {
    return absl::FailedPreconditionError(absl::StrCat("at most ", kUnitsMax, " units at once"));
  }
  ASSIGN_OR_RETURN(budget::PostJournalRequest request, JournalOf(context, options, estimate));
  for (int version = 1; version <= kVersionsMax; ++version) {
    request.set_journal_id(JournalId(options, version));
    budget::GetJournalRequest get;
    get.set_name(absl::StrCat(request.parent(), "/journals/", request.journal_id()));
    const auto found = context.session->Call<budget::GetJournalResponse>("budget.GetJournal", get);
    if (ReasonOf(found.status()) == "JOURNAL_NOT_FOUND") {
      context.IdentifyChange(request);
      RETURN_IF_ERROR(
          context.session->Call<budget::PostJournalResponse>("budget.PostJournal", request)
              .status());
      *context.err << "handed over as " << get.name() << "\n";
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(found.status());
    const budget::Journal& journal = found->journal();
    if (!journal.refused().empty() || !journal.reversed_by().empty()) continue;
    if (MovesTheSame(journal, request)) {
      *context.err << "stands as " << get.name() << "\n";
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(Reverse(context, get.name(), request));
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("more than ", kVersionsMax, " estimates of one year"));
}

absl::Status RunEstimate(const Context& context, const EstimateOptions& options) {
  personnel::EstimateSalariesRequest request;
  request.set_parent(ParentOf(options));
  request.set_year(options.year);
  ASSIGN_OR_RETURN(const personnel::EstimateSalariesResponse response,
                   context.session->Call<personnel::EstimateSalariesResponse>(
                       "personnel.EstimateSalaries", request));
  if (options.post) RETURN_IF_ERROR(HandOver(context, options, response));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"UNIT", "PEOPLE", "COEFFICIENTS", "A MONTH", "THE YEAR"});
  int64_t total = 0;
  for (const personnel::SalaryLine& line : response.lines()) {
    total += line.yearly_vnd();
    table.Add({line.unit(), absl::StrCat(line.people()),
               absl::StrCat(line.coefficient_hundredths(), "/100"),
               absl::StrCat(line.monthly_vnd()), absl::StrCat(line.yearly_vnd())});
  }
  *context.out << table.Text(context.terminal_width);
  for (const personnel::SalaryMonths& months : response.months()) {
    *context.out << months.months() << " months from month " << months.first_month()
                 << " with the base salary " << months.base_vnd() << "\n";
  }
  *context.out << Pairs({{"total", absl::StrCat(total)},
                         {"revision", absl::StrCat(response.revision())},
                         {"as known at", InstantText(response.as_known_at())}});
  return absl::OkStatus();
}

}  // namespace

void AddEstimateStaff(CLI::App& staff, Command& chosen) {
  AddCommand<EstimateOptions>(
      staff, chosen, "estimate", "Pay of a province's staff in a year, by unit",
      [](CLI::App& command, EstimateOptions& options) {
        command.add_option("--province", options.province, "Code of the province")->required();
        command.add_option("--year", options.year, "Year of the estimate")->required();
        command.add_option("--sub-item", options.sub_item, "Economic sub-item of the line");
        CLI::Option* act = command.add_option("--act", options.act, "Act that it rests on");
        CLI::Option* date =
            command.add_option("--date", options.date, "Date from which it stands in the books");
        command
            .add_flag("--post", options.post,
                      "Hand it over to budget as an estimate, citing the revision")
            ->needs(act)
            ->needs(date);
      },
      RunEstimate);
}

}  // namespace twotier::ctl
