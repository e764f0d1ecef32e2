#include "tools/verify/verify_accounts.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/verify/event_chain.h"
#include "tools/verify/feed_positions.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kAccount = "account";
constexpr absl::string_view kClosedYear = "closed year";
constexpr absl::string_view kEventChain = "event chain";
constexpr int64_t kPage = 5000;  // Rows of one answer.

// Numbers as they are stored.
enum : int64_t { kSource = 1, kCeilingGrant = 10 };
enum : int64_t { kNoLimit = 0, kDebitsWithinCredits = 1 };

constexpr db::Statement kAccounts{
    "verify_budget_accounts",
    "SELECT b.province_code, b.account_id, b.stage, b.close_act, a.limit_kind, a.closed_day"
    " FROM budget_account b LEFT JOIN ledger_account a"
    " ON a.province_code = b.province_code AND a.account_id = b.account_id"
    " WHERE (b.province_code, b.account_id) > ($1, $2)"
    " ORDER BY b.province_code, b.account_id LIMIT $3"};

constexpr db::Statement kCountLedger{"verify_count_ledger_accounts",
                                     "SELECT COUNT(*) FROM ledger_account"};

constexpr db::Statement kClosedWithYears{
    "verify_closed_with_years",
    "SELECT y.province_code, y.account_id, b.close_act FROM year_close c JOIN year_close_account y"
    " ON y.province_code = c.province_code AND y.unit = c.unit AND y.budget_year = c.budget_year"
    " AND y.ordinal = c.ordinal LEFT JOIN budget_account b"
    " ON b.province_code = y.province_code AND b.account_id = y.account_id"
    " WHERE c.reopened_by = '' AND (y.province_code, y.account_id) > ($1, $2)"
    " ORDER BY y.province_code, y.account_id LIMIT $3"};

constexpr db::Statement kEvents{"verify_budget_events",
                                "SELECT " TWOTIER_VERIFY_EVENT_COLUMNS
                                " FROM event WHERE (province_code, subject, version) > ($1, $2, $3)"
                                " ORDER BY province_code, subject, version LIMIT $4"};

constexpr db::Statement kPositions{
    "verify_budget_positions",
    "SELECT position, group_id, known_us, last_of_group FROM event WHERE position > $1"
    " ORDER BY position LIMIT $2"};
constexpr db::Statement kFeedHead{"verify_budget_head",
                                  "SELECT position, known_us FROM feed_head WHERE id = 1"};
constexpr db::Statement kNotNumbered{"verify_budget_not_numbered",
                                     "SELECT COUNT(*) FROM event WHERE position IS NULL"};

void CheckAccount(const db::Row& row, Report& report) {
  const std::string name = absl::StrCat(row.Text(0), " ", row.Text(1));
  if (row.IsNull(4)) return report.Add(kAccount, absl::StrCat(name, " is not in the ledger"));
  const int64_t stage = row.Int(2);
  const int64_t limit =
      stage == kSource || stage == kCeilingGrant ? kNoLimit : kDebitsWithinCredits;
  if (row.Int(4) != limit) {
    report.Add(kAccount, absl::StrCat(name, " has the limit of another kind of account"));
  }
  if (row.Text(3).empty() != row.IsNull(5)) {
    report.Add(kAccount, absl::StrCat(name, " is closed for one and open for the other"));
  }
}

absl::Status CheckAccounts(db::Connection& connection, Report& report) {
  std::pair<std::string, std::string> after;
  int64_t accounts = 0;
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows,
                     connection.Query(kAccounts, {after.first, after.second, kPage}));
    for (const db::Row& row : rows) CheckAccount(row, report);
    accounts += static_cast<int64_t>(rows.size());
    if (static_cast<int64_t>(rows.size()) < kPage) break;
    after = {rows.back().Text(0), rows.back().Text(1)};
  }
  ASSIGN_OR_RETURN(const db::Rows ledger, connection.Query(kCountLedger, {}));
  if (ledger[0].Int(0) > accounts) {
    report.Add(kAccount, absl::StrCat("the ledger has ", ledger[0].Int(0) - accounts, " more"));
  }
  report.Checked(kAccount, absl::StrCat(accounts, " accounts"));
  return absl::OkStatus();
}

absl::Status CheckClosedYears(db::Connection& connection, Report& report) {
  std::pair<std::string, std::string> after;
  int64_t accounts = 0;
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows,
                     connection.Query(kClosedWithYears, {after.first, after.second, kPage}));
    for (const db::Row& row : rows) {
      if (!row.IsNull(2) && !row.Text(2).empty()) continue;
      report.Add(kClosedYear, absl::StrCat(row.Text(0), " ", row.Text(1), " is open"));
    }
    accounts += static_cast<int64_t>(rows.size());
    if (static_cast<int64_t>(rows.size()) < kPage) break;
    after = {rows.back().Text(0), rows.back().Text(1)};
  }
  report.Checked(kClosedYear, absl::StrCat(accounts, " accounts"));
  return absl::OkStatus();
}

absl::Status CheckEvents(db::Connection& connection, Report& report) {
  std::optional<EventRow> before;
  int64_t events = 0;
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows,
                     connection.Query(kEvents, {before ? before->province_code : "",
                                                before ? before->subject : "",
                                                before ? before->version : 0, kPage}));
    for (const db::Row& row : rows) {
      EventRow event = EventOf(row);
      const bool follows = before && before->province_code == event.province_code &&
                           before->subject == event.subject;
      const std::string problem = ChainProblem(event, follows ? &*before : nullptr);
      if (!problem.empty()) report.Add(kEventChain, absl::StrCat(event.subject, " ", problem));
      before = std::move(event);
    }
    events += static_cast<int64_t>(rows.size());
    if (static_cast<int64_t>(rows.size()) < kPage) break;
  }
  report.Checked(kEventChain, absl::StrCat(events, " events"));
  return absl::OkStatus();
}

// Budget deletes none of its events: the feed begins with the first.
absl::Status CheckPositions(db::Connection& connection, Report& report) {
  FeedPositions positions;
  int64_t after = 0;
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows, connection.Query(kPositions, {after, kPage}));
    for (const db::Row& row : rows) {
      after = row.Int(0);
      positions.Take({after, row.Text(1), row.OptInt(2).value_or(0), row.Bool(3)}, report);
    }
    if (static_cast<int64_t>(rows.size()) < kPage) break;
  }
  ASSIGN_OR_RETURN(const db::Rows head, connection.Query(kFeedHead, {}));
  if (head.empty()) return absl::DataLossError("the feed has no head");
  ASSIGN_OR_RETURN(const db::Rows not_numbered, connection.Query(kNotNumbered, {}));
  positions.Finish(head[0].Int(0), head[0].Int(1), not_numbered[0].Int(0), report);
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyAccounts(db::Connection& connection, Report& report) {
  RETURN_IF_ERROR(CheckAccounts(connection, report));
  RETURN_IF_ERROR(CheckClosedYears(connection, report));
  RETURN_IF_ERROR(CheckEvents(connection, report));
  return CheckPositions(connection, report);
}

}  // namespace twotier::verify
