#include "tools/twotierctl/budget_text.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/twotierctl/format.h"

namespace twotier::ctl {
namespace {

constexpr absl::string_view kProvinces = "provinces/";

// "48/ID" of "provinces/48/COLLECTION/ID".
std::string Short(absl::string_view name, absl::string_view collection) {
  const std::string between = absl::StrCat("/", collection, "/");
  if (!absl::StartsWith(name, kProvinces)) return std::string(name);
  return absl::StrReplaceAll(name.substr(kProvinces.size()), {{between, "/"}});
}

std::string Full(absl::string_view text, absl::string_view collection) {
  const size_t slash = text.find('/');
  if (absl::StartsWith(text, kProvinces) || slash == absl::string_view::npos) {
    return std::string(text);
  }
  return absl::StrCat(kProvinces, text.substr(0, slash), "/", collection, text.substr(slash));
}

// RFC 4180.
std::string Cell(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) return std::string(text);
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

}  // namespace

std::string AmountText(int64_t amount) {
  const std::string digits = absl::StrCat(amount);
  const size_t first = amount < 0 ? 1 : 0;
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string AccountName(absl::string_view text) { return Full(text, "accounts"); }
std::string ShortAccount(absl::string_view name) { return Short(name, "accounts"); }
std::string JournalName(absl::string_view text) { return Full(text, "journals"); }
std::string ShortJournal(absl::string_view name) { return Short(name, "journals"); }

std::string HoldText(const budget::v1::HoldRef& hold) {
  return absl::StrCat(ShortJournal(hold.journal()), "#", hold.number());
}

bool ParseHold(absl::string_view text, budget::v1::HoldRef* hold) {
  const size_t sign = text.find('#');
  int number = 1;
  if (sign != absl::string_view::npos && !absl::SimpleAtoi(text.substr(sign + 1), &number)) {
    return false;
  }
  hold->set_journal(JournalName(text.substr(0, sign)));
  hold->set_number(number);
  return true;
}

std::string LineText(const budget::v1::Line& line) {
  std::vector<std::string> segments;
  const auto add = [&segments](absl::string_view name, const std::string& code) {
    if (!code.empty()) segments.push_back(absl::StrCat(name, " ", code));
  };
  add("chapter", line.chapter());
  add("item", line.item());
  add("sub-item", line.sub_item());
  add("source", line.source());
  return absl::StrJoin(segments, ", ");
}

std::string AvailableText(const budget::v1::Balance& balance) {
  return balance.has_available_vnd() ? AmountText(balance.available_vnd()) : "";
}

std::string StatementCsv(const budget::v1::GetStatementResponse& statement) {
  std::string csv =
      "effective_date,post_time,journal,number,kind,other_account,debit_vnd,credit_vnd,balance_vnd,"
      "held_vnd,act,text\n";
  for (const budget::v1::StatementEntry& entry : statement.entries()) {
    const std::string amount = absl::StrCat(entry.amount_vnd());
    absl::StrAppend(
        &csv,
        absl::StrJoin({DateText(entry.effective_date()), InstantText(entry.post_time()),
                       Cell(entry.journal()), absl::StrCat(entry.number()), EnumText(entry.kind()),
                       Cell(entry.other_account()), entry.debit() ? amount : "",
                       entry.debit() ? "" : amount, absl::StrCat(entry.after().balance_vnd()),
                       absl::StrCat(entry.after().held_vnd()), Cell(entry.act().number()),
                       Cell(entry.text().empty() ? entry.journal_text() : entry.text())},
                      ","),
        "\n");
  }
  return csv;
}

}  // namespace twotier::ctl
