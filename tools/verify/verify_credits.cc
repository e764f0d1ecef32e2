#include "tools/verify/verify_credits.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/verify/account_id.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kDrawn = "drawn";
constexpr absl::string_view kRepaid = "repaid";
constexpr int64_t kPage = 5000;  // Rows of one answer.

constexpr db::Statement kLines{
    "verify_credit_lines",
    "SELECT province_code, credit_id, unit, drawn_vnd, repaid_vnd, account_id, moved"
    " FROM credit_line WHERE (province_code, credit_id) > ($1, $2)"
    " ORDER BY province_code, credit_id LIMIT $3"};
constexpr db::Statement kPaidFrom{
    "verify_credit_draws",
    "SELECT credit_account, CAST(SUM(amount) AS BIGINT) FROM ledger_transfer"
    " WHERE debit_province = $1 AND debit_account = $2 AND result = 0 AND kind = 1"
    " GROUP BY credit_account"};
// Where postings (1) brought money that was allocated (4) to a unit. What moved because it ended,
// or went over, repaid nothing.
constexpr db::Statement kGoneFrom{
    "verify_credit_repayments",
    "SELECT t.credit_account, CAST(SUM(t.amount) AS BIGINT) FROM budget_account b"
    " JOIN ledger_transfer t ON t.debit_province = b.province_code"
    " AND t.debit_account = b.account_id WHERE b.province_code = $1 AND b.unit = $2"
    " AND b.stage = 4 AND b.purpose = '' AND t.result = 0 AND t.kind = 1"
    " AND (t.journal < 'succession~' OR t.journal >= 'succession~~') GROUP BY t.credit_account"};

// A unit in the ledger of its province.
using Unit = std::pair<std::string, std::string>;

struct CreditRow {
  Unit unit;
  std::string id;
  int64_t drawn_vnd = 0;
  int64_t repaid_vnd = 0;
  std::string account_id;
  bool moved = false;  // Those who follow its unit go on with it.
};

// The line that a unit which follows has it from; empty: its own unit opened it. Its id is that of
// the one before, and the unit.
std::string BeforeOf(const std::string& id) {
  constexpr int64_t kDotsOfOwn = 2;
  if (std::count(id.begin(), id.end(), '.') == kDotsOfOwn) return "";
  return id.substr(0, id.rfind('.'));
}

absl::StatusOr<std::vector<CreditRow>> ReadLines(db::Connection& connection) {
  std::vector<CreditRow> lines;
  while (true) {
    const std::string province_code = lines.empty() ? "" : lines.back().unit.first;
    const std::string id = lines.empty() ? "" : lines.back().id;
    ASSIGN_OR_RETURN(const db::Rows rows, connection.Query(kLines, {province_code, id, kPage}));
    for (const db::Row& row : rows) {
      lines.push_back({{row.Text(0), row.Text(2)},
                       row.Text(1),
                       row.Int(3),
                       row.Int(4),
                       row.Text(5),
                       row.Bool(6)});
    }
    if (static_cast<int64_t>(rows.size()) < kPage) return lines;
  }
}

absl::Status CheckDraws(db::Connection& connection, const std::vector<CreditRow>& lines,
                        Report& report) {
  // By the id of the line that is followed: the same one may be there in two provinces.
  std::map<std::string, int64_t> followed;
  for (const CreditRow& line : lines) {
    if (line.moved) followed[line.id] += line.drawn_vnd;
    const std::string before = BeforeOf(line.id);
    if (!before.empty()) {
      followed[before] -= line.drawn_vnd;
      continue;
    }
    ASSIGN_OR_RETURN(const db::Rows paid,
                     connection.Query(kPaidFrom, {line.unit.first, line.account_id}));
    int64_t drawn = 0;
    for (const db::Row& row : paid) {
      if (AccountId(row.Text(0)).stage == "paid") drawn += row.Int(1);
    }
    if (drawn == line.drawn_vnd) continue;
    report.Add(kDrawn, absl::StrCat(line.unit.first, " ", line.id, " says ", line.drawn_vnd,
                                    ", its account paid ", drawn));
  }
  for (const auto& [id, difference] : followed) {
    if (difference == 0) continue;
    report.Add(kDrawn, absl::StrCat(id, " had ", difference,
                                    " more than the lines of those who follow its unit"));
  }
  report.Checked(kDrawn, absl::StrCat(lines.size(), " credit lines"));
  return absl::OkStatus();
}

// Units, each with those that follow one another.
class Families {
 public:
  // One of them, which stands for all.
  Unit Of(const Unit& unit) {
    const auto before = before_.find(unit);
    return before == before_.end() || before->second == unit ? unit : Of(before->second);
  }
  void Join(const Unit& a, const Unit& b) { before_[Of(a)] = Of(b); }

 private:
  std::map<Unit, Unit> before_;
};

absl::StatusOr<int64_t> RepaidBy(db::Connection& connection, const Unit& unit) {
  ASSIGN_OR_RETURN(const db::Rows gone, connection.Query(kGoneFrom, {unit.first, unit.second}));
  int64_t repaid = 0;
  for (const db::Row& row : gone) {
    const AccountId to(row.Text(0));
    // A loan is repaid to allocated money of the province, every other line to its own source.
    const bool to_lender =
        to.stage == "allocated" && absl::StrCat("units/", to.unit) != unit.second;
    const bool to_source = to.stage == "source" && absl::StartsWith(to.purpose, "credit-");
    if (to_lender || to_source) repaid += row.Int(1);
  }
  return repaid;
}

absl::Status CheckRepayments(db::Connection& connection, const std::vector<CreditRow>& lines,
                             Report& report) {
  Families families;
  std::map<std::string, Unit> moved;
  for (const CreditRow& line : lines) {
    if (!line.moved) continue;
    const auto [same, is_new] = moved.emplace(line.id, line.unit);
    if (!is_new) families.Join(line.unit, same->second);
  }
  for (const CreditRow& line : lines) {
    const auto before = moved.find(BeforeOf(line.id));
    if (before != moved.end()) families.Join(line.unit, before->second);
  }
  // What a line says that moved, those who follow say as well.
  std::map<Unit, int64_t> more;
  std::map<Unit, bool> seen;
  for (const CreditRow& line : lines) {
    int64_t& difference = more[families.Of(line.unit)];
    if (!line.moved) difference += line.repaid_vnd;
    if (std::exchange(seen[line.unit], true)) continue;
    ASSIGN_OR_RETURN(const int64_t repaid, RepaidBy(connection, line.unit));
    difference -= repaid;
  }
  for (const auto& [unit, difference] : more) {
    if (difference == 0) continue;
    report.Add(kRepaid, absl::StrCat("lines of ", unit.first, " ", unit.second, " say ", difference,
                                     " more than was repaid"));
  }
  report.Checked(kRepaid, absl::StrCat(seen.size(), " units"));
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyCredits(db::Connection& connection, Report& report) {
  ASSIGN_OR_RETURN(const std::vector<CreditRow> lines, ReadLines(connection));
  RETURN_IF_ERROR(CheckDraws(connection, lines, report));
  return CheckRepayments(connection, lines, report);
}

}  // namespace twotier::verify
