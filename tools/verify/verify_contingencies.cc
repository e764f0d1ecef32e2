#include "tools/verify/verify_contingencies.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/verify/account_id.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kContingency = "contingency";
constexpr absl::string_view kCentre = "00";
constexpr int64_t kPage = 1000;  // Rows of one answer.
constexpr int64_t kCommune = 3;  // Level of the contract.

constexpr db::Statement kKept{
    "verify_contingencies",
    "SELECT province_code, account_id, level, set_vnd, expenditure_vnd, balancing_paid_out_vnd,"
    " targeted_received_vnd FROM budget_contingency WHERE (province_code, account_id) > ($1, $2)"
    " ORDER BY province_code, account_id LIMIT $3"};

// What moved between the accounts from $2 on and before $3 and each other account. Holds (2), and
// what is let go of them (4, 5), move nothing.
#define TWOTIER_VERIFY_MOVED(own, other, sign)                                                  \
  "SELECT " own "_account, " other "_province, " other "_account, " sign                        \
  " CAST(SUM(amount) AS BIGINT), MAX(CASE WHEN (journal >= 'succession~' AND journal <"         \
  " 'succession~~') OR (reverses >= 'succession~' AND reverses < 'succession~~') THEN 1 ELSE 0" \
  " END) FROM ledger_transfer WHERE " own "_province = $1 AND " own "_account >= $2 AND " own   \
  "_account < $3 AND result = 0 AND kind IN (1, 3, 6) GROUP BY " own "_account, " other         \
  "_province, " other "_account"
constexpr db::Statement kMoved{
    "verify_contingency_flows",
    TWOTIER_VERIFY_MOVED("credit", "debit", "") " UNION ALL " TWOTIER_VERIFY_MOVED("debit",
                                                                                   "credit", "-")};

// What postings (1) put into an account of contingency, less what was undone of them (6).
constexpr db::Statement kSet{
    "verify_contingency_set",
    "SELECT CAST(COALESCE(SUM(CASE WHEN kind = 1 AND credit_account = $2 THEN amount"
    " WHEN kind = 6 AND debit_account = $2 THEN -amount ELSE 0 END), 0) AS BIGINT)"
    " FROM ledger_transfer WHERE result = 0 AND kind IN (1, 6)"
    " AND ((credit_province = $1 AND credit_account = $2)"
    " OR (debit_province = $1 AND debit_account = $2))"};

struct Sums {
  int64_t set_vnd = 0, expenditure_vnd = 0, balancing_paid_out_vnd = 0, targeted_received_vnd = 0;
  bool of_ended = false;  // Money of a unit that ended moved.

  friend bool operator==(const Sums&, const Sums&) = default;
};

// What `amount` that came from `other` is to the estimate of a unit of `level` (Law 89/2025/QH15,
// Article 10(1)).
void Add(int64_t level, const AccountId& own, const std::string& other_province,
         const AccountId& other, int64_t amount, Sums& sums) {
  const bool foreign = other.unit != own.unit;
  const bool above =
      foreign && other.stage == "approved" && (level == kCommune || other_province == kCentre);
  if (above || other.stage == "estimate") sums.expenditure_vnd += amount;
  if (above && !own.purpose.empty()) sums.targeted_received_vnd += amount;
  const bool handed_down = level != kCommune && foreign && other_province != kCentre;
  const bool balancing = own.purpose.empty() && other.purpose.empty();
  if (handed_down && balancing) sums.balancing_paid_out_vnd -= amount;
}

absl::StatusOr<Sums> SumsOf(db::Connection& connection, const std::string& province_code,
                            const std::string& account_id, int64_t level) {
  const AccountId contingency(account_id);
  const std::string approved = absl::StrCat(contingency.year, ".approved.", contingency.unit);
  ASSIGN_OR_RETURN(const db::Rows moved,
                   connection.Query(kMoved, {province_code, absl::StrCat(approved, "."),
                                             absl::StrCat(approved, "/")}));
  Sums sums;
  for (const db::Row& row : moved) {
    Add(level, AccountId(row.Text(0)), row.Text(1), AccountId(row.Text(2)), row.Int(3), sums);
    sums.of_ended = sums.of_ended || row.Int(4) != 0;
  }
  ASSIGN_OR_RETURN(const db::Rows set, connection.Query(kSet, {province_code, account_id}));
  sums.set_vnd = set[0].Int(0);
  return sums;
}

}  // namespace

absl::Status VerifyContingencies(db::Connection& connection, Report& report) {
  std::pair<std::string, std::string> after;
  int64_t checked = 0;
  while (true) {
    ASSIGN_OR_RETURN(const db::Rows rows,
                     connection.Query(kKept, {after.first, after.second, kPage}));
    for (const db::Row& row : rows) {
      ASSIGN_OR_RETURN(const Sums sums, SumsOf(connection, row.Text(0), row.Text(1), row.Int(2)));
      if (sums.of_ended) continue;
      ++checked;
      if (sums == Sums{row.Int(3), row.Int(4), row.Int(5), row.Int(6)}) continue;
      report.Add(kContingency,
                 absl::StrCat(row.Text(0), " ", row.Text(1), ": set ", sums.set_vnd, " of ",
                              sums.expenditure_vnd, " less ", sums.balancing_paid_out_vnd, " and ",
                              sums.targeted_received_vnd, "; kept are ", row.Int(3), ", ",
                              row.Int(4), ", ", row.Int(5), " and ", row.Int(6)));
    }
    if (static_cast<int64_t>(rows.size()) < kPage) break;
    after = {rows.back().Text(0), rows.back().Text(1)};
  }
  report.Checked(kContingency, absl::StrCat(checked, " estimates"));
  return absl::OkStatus();
}

}  // namespace twotier::verify
