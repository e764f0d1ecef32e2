#include "tools/verify/verify_successions.h"

#include <cstdint>
#include <string>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/verify/account_id.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kSuccession = "succession";
constexpr int64_t kPage = 5000;  // Rows of one answer.

// As it is stored.
enum : int64_t { kHolds = 2 };

constexpr db::Statement kMoved{
    "verify_successions",
    "SELECT province_code, journal, line, kind, debit_province, debit_account, credit_province,"
    " credit_account FROM ledger_transfer WHERE (province_code, journal, line) > ($1, $2, $3)"
    " AND journal >= 'succession~' AND journal < 'succession~~' AND result = 0 AND kind IN (1, 2)"
    " ORDER BY province_code, journal, line LIMIT $4"};

// What a line moves, but for whose it is.
auto MatterOf(const AccountId& account) {
  return std::tie(account.year, account.stage, account.line, account.purpose);
}

void Check(const db::Row& row, Report& report) {
  const std::string name = absl::StrCat(row.Text(0), " ", row.Text(1), " line ", row.Int(2));
  const AccountId debit(row.Text(5)), credit(row.Text(7));
  if (row.Int(3) == kHolds) {
    if (row.Text(4) == row.Text(0) && row.Text(6) == row.Text(0)) return;
    report.Add(kSuccession, absl::StrCat(name, " holds what another book has"));
    return;
  }
  // What was not drawn goes to where the line was filled from.
  const bool goes_back = debit.stage == "allocated" && absl::StartsWith(debit.purpose, "credit-");
  if (MatterOf(debit) == MatterOf(credit) || goes_back) return;
  report.Add(kSuccession, absl::StrCat(name, " makes something else of what it moves"));
}

}  // namespace

absl::Status VerifySuccessions(db::Connection& connection, Report& report) {
  std::string province_code, journal;
  int64_t line = 0, lines = 0;
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows,
                     connection.Query(kMoved, {province_code, journal, line, kPage}));
    for (const db::Row& row : rows) Check(row, report);
    lines += static_cast<int64_t>(rows.size());
    if (static_cast<int64_t>(rows.size()) < kPage) break;
    province_code = rows.back().Text(0);
    journal = rows.back().Text(1);
    line = rows.back().Int(2);
  }
  report.Checked(kSuccession, absl::StrCat(lines, " lines"));
  return absl::OkStatus();
}

}  // namespace twotier::verify
