#include "tools/verify/verify_allocations.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/verify/account_id.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kAllocation = "allocation";
constexpr int64_t kPage = 1000;  // Rows of one answer.

constexpr db::Statement kRuns{
    "verify_allocation_runs",
    "SELECT r.province_code, r.run_id, r.units, r.total_vnd, r.journal, COUNT(p.unit_code),"
    " CAST(COALESCE(SUM(p.amount_vnd), 0) AS BIGINT), COALESCE(MIN(p.amount_vnd), 0)"
    " FROM allocation_run r LEFT JOIN allocation_part p"
    " ON p.province_code = r.province_code AND p.run_id = r.run_id"
    " WHERE (r.province_code, r.run_id) > ($1, $2)"
    " GROUP BY r.province_code, r.run_id, r.units, r.total_vnd, r.journal"
    " ORDER BY r.province_code, r.run_id LIMIT $3"};
constexpr db::Statement kParts{"verify_allocation_parts",
                               "SELECT unit_province_code, unit, amount_vnd FROM allocation_part"
                               " WHERE province_code = $1 AND run_id = $2 AND amount_vnd <> 0"};
constexpr db::Statement kGiven{"verify_allocation_journal",
                               "SELECT credit_province, credit_account, amount FROM ledger_transfer"
                               " WHERE province_code = $1 AND journal = $2 AND result = 0"};

// What each unit gets, by its province and name.
using Parts = std::map<std::pair<std::string, std::string>, int64_t>;

// The journal of a posted run, against its parts.
absl::Status CheckPosted(db::Connection& connection, const db::Row& run, const std::string& name,
                         Report& report) {
  const std::string& journal = run.Text(4);
  ASSIGN_OR_RETURN(const db::Rows parts, connection.Query(kParts, {run.Text(0), run.Text(1)}));
  ASSIGN_OR_RETURN(const db::Rows lines,
                   connection.Query(kGiven, {run.Text(0), journal.substr(journal.rfind('/') + 1)}));
  Parts due;
  for (const db::Row& row : parts) due[{row.Text(0), row.Text(1)}] += row.Int(2);
  Parts given;
  for (const db::Row& row : lines) {
    given[{row.Text(0), absl::StrCat("units/", AccountId(row.Text(1)).unit)}] += row.Int(2);
  }
  if (due != given) report.Add(kAllocation, absl::StrCat(name, " is not what its journal gave"));
  return absl::OkStatus();
}

absl::Status CheckRun(db::Connection& connection, const db::Row& run, Report& report) {
  const std::string name = absl::StrCat(run.Text(0), " ", run.Text(1));
  if (run.Int(2) != run.Int(5)) {
    report.Add(kAllocation, absl::StrCat(name, " has ", run.Int(5), " parts of ", run.Int(2)));
  }
  if (run.Int(3) != run.Int(6)) {
    report.Add(kAllocation, absl::StrCat("the parts of ", name, " add up to ", run.Int(6),
                                         ", its total is ", run.Int(3)));
  }
  if (run.Int(7) < 0) report.Add(kAllocation, absl::StrCat(name, " has a part below zero"));
  if (run.Text(4).empty()) return absl::OkStatus();
  return CheckPosted(connection, run, name, report);
}

}  // namespace

absl::Status VerifyAllocations(db::Connection& connection, Report& report) {
  std::pair<std::string, std::string> after;
  int64_t runs = 0;
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows,
                     connection.Query(kRuns, {after.first, after.second, kPage}));
    for (const db::Row& row : rows) RETURN_IF_ERROR(CheckRun(connection, row, report));
    runs += static_cast<int64_t>(rows.size());
    if (static_cast<int64_t>(rows.size()) < kPage) break;
    after = {rows.back().Text(0), rows.back().Text(1)};
  }
  report.Checked(kAllocation, absl::StrCat(runs, " runs"));
  return absl::OkStatus();
}

}  // namespace twotier::verify
