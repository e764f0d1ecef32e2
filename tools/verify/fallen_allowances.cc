#include "tools/verify/fallen_allowances.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kAllowance = "allowance";

// Steps are one a line: "day posts".
constexpr db::Statement kAllowances{
    "verify_staff_allowances",
    "SELECT q.province_code, q.unit, q.kind, q.allowance, q.steps,"
    " f.credits_posted - f.debits_posted - f.debits_pending FROM quota q"
    " JOIN ledger_account f ON f.province_code = q.province_code"
    " AND f.account_id = 'quota/' || q.unit || '/' || CAST(q.kind AS TEXT) || '/free'"
    " WHERE q.steps <> '' ORDER BY q.province_code, q.unit, q.kind"};
constexpr db::Statement kDueSteps{
    "verify_staff_due_steps", "SELECT province_code, subject, day FROM due_effect WHERE kind = 3"};

}  // namespace

absl::Status VerifyFallenAllowances(db::Tx& tx, Report& report) {
  std::set<std::string> due;
  ASSIGN_OR_RETURN(const db::Rows effects, tx.Query(kDueSteps, {}));
  for (const db::Row& row : effects) {
    due.insert(absl::StrCat(row.Text(0), " ", row.Text(1), " ", row.Int(2)));
  }
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kAllowances, {}));
  for (const db::Row& row : rows) {
    const std::string name = absl::StrCat(row.Text(0), " ", row.Text(1), "|", row.Int(2));
    int64_t allowed = 0;
    for (const absl::string_view line : absl::StrSplit(row.Text(4), '\n')) {
      const std::pair<std::string, std::string> step = absl::StrSplit(line, ' ');
      // What waits for its day, or was tried in vain, has changed nothing yet.
      if (due.contains(absl::StrCat(name, " ", step.first))) break;
      if (!absl::SimpleAtoi(step.second, &allowed)) {
        report.Add(kAllowance, absl::StrCat(name, " has steps that cannot be read"));
      }
    }
    const int64_t overdue = row.Int(3) - allowed;
    if (overdue <= 0 || row.Int(5) <= 0) continue;
    report.Add(kAllowance,
               absl::StrCat(name, " has ", row.Int(5), " free, and ", overdue, " overdue"));
  }
  report.Checked(kAllowance, absl::StrCat(rows.size(), " quotas with an allowance"));
  return absl::OkStatus();
}

}  // namespace twotier::verify
