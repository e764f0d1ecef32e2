#include "tools/twotierctl/division_csv.h"

#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/csv_cells.h"
#include "tools/twotierctl/budget_text.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::budget::v1;

constexpr absl::string_view kColumns[] = {"item", "left_vnd", "unit", "amount_vnd"};
constexpr size_t kTextBytesMax = 512;

void AppendItem(const v1::GetSuccessionResponse& succession, absl::string_view item, int64_t left,
                std::string& csv) {
  for (const v1::SuccessorShare& share : succession.successors()) {
    absl::StrAppend(&csv, item, ",", left, ",", share.unit(), ",\n");
  }
}

}  // namespace

std::string DivisionCsv(const v1::GetSuccessionResponse& succession) {
  std::string csv = "item,left_vnd,unit,amount_vnd\n";
  for (const v1::AccountBalance& account : succession.accounts()) {
    AppendItem(succession, ShortAccount(account.account()), account.balance().balance_vnd(), csv);
  }
  for (const v1::Hold& hold : succession.holds()) {
    AppendItem(succession, HoldText(hold.ref()), hold.remaining_vnd(), csv);
  }
  return csv;
}

void ReadDivision(absl::string_view file, absl::string_view content,
                  v1::PlanSuccessionRequest& plan, RowErrors& errors) {
  std::map<std::string, v1::AccountDivision*> accounts;
  std::map<std::string, v1::HoldDivision*> holds;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(file, content, kColumns, errors, complete)) {
    CsvCells cells(row, kColumns, kTextBytesMax, errors);
    const std::string item = cells.Text(true);
    cells.Text(false);  // What is left, for who fills in the plan.
    v1::SuccessionPart part;
    part.set_unit(cells.Text(true));
    int64_t amount = 0;
    if (!absl::SimpleAtoi(cells.Text(true), &amount)) {
      cells.Wrong("amount_vnd", "must be a whole number");
    }
    part.set_amount_vnd(amount);
    v1::HoldRef hold;
    const bool held = item.find('#') != std::string::npos;
    if (held && !ParseHold(item, &hold)) cells.Wrong("item", "must be an account or 48/JOURNAL#1");
    if (!cells.ok()) continue;
    if (held) {
      v1::HoldDivision*& division = holds[item];
      if (division == nullptr) division = plan.add_holds();
      *division->mutable_hold() = hold;
      *division->add_parts() = part;
    } else {
      v1::AccountDivision*& division = accounts[item];
      if (division == nullptr) division = plan.add_accounts();
      division->set_account(AccountName(item));
      *division->add_parts() = part;
    }
  }
}

}  // namespace twotier::ctl
