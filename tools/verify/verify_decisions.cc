#include "tools/verify/verify_decisions.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/db/connection.h"
#include "common/status_macros.h"
#include "tools/verify/connect.h"
#include "tools/verify/verify_accounts.h"
#include "tools/verify/verify_allocations.h"
#include "tools/verify/verify_contingencies.h"
#include "tools/verify/verify_credits.h"
#include "tools/verify/verify_ledger.h"
#include "tools/verify/verify_successions.h"
#include "twotier/budget/v1/journal.pb.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kDecision = "decision";
constexpr absl::string_view kDecided = "decided";
constexpr int64_t kPage = 5000;  // Rows of one answer.

// A journal has one row at least; its first one stands for it.
constexpr db::Statement kDecisions{
    "verify_decisions",
    "SELECT d.province_code, d.journal, d.body, d.revenue_vnd, d.expenditure_vnd,"
    " d.balancing_paid_out_vnd, d.targeted_received_vnd, d.supplements_vnd, t.result, e.body"
    " FROM budget_decision d LEFT JOIN ledger_transfer t"
    " ON t.province_code = d.province_code AND t.journal = d.journal AND t.line = 1"
    " LEFT JOIN event e ON e.province_code = t.province_code AND e.subject = t.subject"
    " AND e.version = t.version WHERE (d.province_code, d.journal) > ($1, $2)"
    " ORDER BY d.province_code, d.journal LIMIT $3"};

// What the event of a journal says; false: there is none, or it cannot be read.
bool ReadEvent(const db::Row& row, budget::v1::JournalDecision& told) {
  budget::v1::EventBody body;
  if (row.IsNull(9) || !body.ParseFromString(row.Bytes(9))) return false;
  told = body.decision();
  return true;
}

void Check(const db::Row& row, Report& report) {
  const std::string name = absl::StrCat(row.Text(0), " ", row.Text(1));
  if (row.IsNull(8)) report.Add(kDecision, absl::StrCat(name, " is no journal"));
  if (!budget::v1::Body_IsValid(static_cast<int>(row.Int(2)))) {
    report.Add(kDecision, absl::StrCat(name, " was decided by nobody of the contract"));
  }
  const int64_t least = std::min({row.Int(3), row.Int(4), row.Int(5), row.Int(6), row.Int(7)});
  if (least < 0) report.Add(kDecision, absl::StrCat(name, " states ", least));
  // One that failed is told by no event.
  if (row.IsNull(8) || row.Int(8) != 0) return;
  budget::v1::JournalDecision told;
  const bool same =
      ReadEvent(row, told) && told.body() == row.Int(2) && told.revenue_vnd() == row.Int(3) &&
      told.expenditure_vnd() == row.Int(4) && told.balancing_paid_out_vnd() == row.Int(5) &&
      told.targeted_received_vnd() == row.Int(6) && told.supplements_vnd() == row.Int(7);
  if (!same) report.Add(kDecided, absl::StrCat(name, " is told otherwise by its event"));
}

}  // namespace

absl::StatusOr<Report> VerifyBudget(absl::string_view url) {
  ASSIGN_OR_RETURN(Report report, VerifyLedger(url));
  ASSIGN_OR_RETURN(const std::unique_ptr<db::Connection> connection, ConnectReadOnly(url));
  RETURN_IF_ERROR(connection->Begin(db::Access::kRead, {}));
  connection->StartUnit(/*singly=*/true);
  std::pair<std::string, std::string> after;
  int64_t decisions = 0;
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows,
                     connection->Query(kDecisions, {after.first, after.second, kPage}));
    for (const db::Row& row : rows) Check(row, report);
    decisions += static_cast<int64_t>(rows.size());
    if (static_cast<int64_t>(rows.size()) < kPage) break;
    after = {rows.back().Text(0), rows.back().Text(1)};
  }
  report.Checked(kDecision, absl::StrCat(decisions, " decisions"));
  report.Checked(kDecided, absl::StrCat(decisions, " decisions"));
  RETURN_IF_ERROR(VerifyAccounts(*connection, report));
  RETURN_IF_ERROR(VerifyContingencies(*connection, report));
  RETURN_IF_ERROR(VerifyCredits(*connection, report));
  RETURN_IF_ERROR(VerifyAllocations(*connection, report));
  RETURN_IF_ERROR(VerifySuccessions(*connection, report));
  RETURN_IF_ERROR(connection->Commit());
  return report;
}

}  // namespace twotier::verify
