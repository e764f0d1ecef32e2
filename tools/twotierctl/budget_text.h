// Names and amounts of the budget service as people write and read them.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_BUDGET_TEXT_H_
#define TWOTIER_TOOLS_TWOTIERCTL_BUDGET_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "twotier/budget/v1/account.pb.h"
#include "twotier/budget/v1/balance.pb.h"

namespace twotier::ctl {

// "1,234,567", "-5".
std::string AmountText(int64_t amount);

// The resource name that "48/2027.allocated.u1.x.x.x.x.x" or the name itself means.
std::string AccountName(absl::string_view text);
// The other way round: what tells an account from others of the list.
std::string ShortAccount(absl::string_view name);

// "48/pay-1" and back.
std::string JournalName(absl::string_view text);
std::string ShortJournal(absl::string_view name);

// "48/pay-1#2", the second transfer of a journal, and back; false for any other text. Without a
// number it is the first one.
std::string HoldText(const budget::v1::HoldRef& hold);
bool ParseHold(absl::string_view text, budget::v1::HoldRef* hold);

// "chapter 805, item 341"; empty: no segment is told apart.
std::string LineText(const budget::v1::Line& line);

// What may be spent of it; empty for an account without a limit.
std::string AvailableText(const budget::v1::Balance& balance);

// The statement as CSV, as docs/budget.md describes it: a header, one row an entry.
std::string StatementCsv(const budget::v1::GetStatementResponse& statement);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_BUDGET_TEXT_H_
