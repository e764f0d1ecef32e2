#include "services/budget/handlers/estimate.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/errors.h"
#include "common/ledger/statement.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/given.h"
#include "services/budget/handlers/place.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/handlers/succession.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr int kLinesOfPage = 1000;

// Approved accounts of the unit and year of `approved`.
absl::StatusOr<std::vector<AccountKey>> ApprovedAccounts(db::Tx& tx, const AccountKey& approved) {
  const store::AccountFilter filter{.province_code = approved.province_code,
                                    .unit = approved.unit,
                                    .year = approved.year,
                                    .stage = Stage::kApproved};
  std::vector<AccountKey> keys;
  RETURN_IF_ERROR(store::ForEachPage(tx, filter, [&](absl::Span<const store::AccountRow> rows) {
    for (const store::AccountRow& row : rows) keys.push_back(row.key);
    return absl::OkStatus();
  }));
  return keys;
}

// Whether a line of an account of approved money is an approval that stands.
bool Approves(const ledger::StatementLine& line) {
  if (line.is_debit || !line.reversed_by.empty() || !line.reverses.empty()) return false;
  const std::optional<AccountKey> other = KeyOf(line.other.province_code, line.other.id);
  return other && (other->stage == Stage::kEstimate || IsSuccession(line.id.journal));
}

}  // namespace

absl::StatusOr<ApprovedTotals> ApprovedTotalsOf(db::Tx& tx, const AccountKey& approved,
                                                Level level) {
  ASSIGN_OR_RETURN(const std::vector<AccountKey> all, ApprovedAccounts(tx, approved));
  std::vector<AccountKey> targeted;
  std::vector<AccountKey> balancing;
  for (const AccountKey& key : all) (key.purpose.empty() ? balancing : targeted).push_back(key);
  // What a province hands down stays its expenditure: only the centre is above it.
  const auto is_above = [&](const AccountKey& key, const AccountKey& other) {
    return other.unit != key.unit && other.stage == Stage::kApproved &&
           (level == Level::kCommune || other.province_code == kCentral);
  };
  ApprovedTotals totals;
  ASSIGN_OR_RETURN(
      totals.expenditure_vnd,
      NetGiven(tx, all, kFirstJournalDay, [&](const AccountKey& key, const AccountKey& other) {
        return other.stage == Stage::kEstimate || is_above(key, other);
      }));
  ASSIGN_OR_RETURN(totals.targeted_received_vnd,
                   NetGiven(tx, targeted, kFirstJournalDay, is_above));
  if (level == Level::kCommune) return totals;
  ASSIGN_OR_RETURN(totals.balancing_paid_out_vnd,
                   NetHandedOn(tx, balancing, kFirstJournalDay,
                               [](const AccountKey& key, const AccountKey& other) {
                                 return other.unit != key.unit && other.purpose.empty() &&
                                        other.province_code != kCentral;
                               }));
  return totals;
}

absl::StatusOr<std::optional<absl::CivilDay>> ApprovedSince(db::Tx& tx,
                                                            const AccountKey& approved) {
  ASSIGN_OR_RETURN(const std::vector<AccountKey> accounts, ApprovedAccounts(tx, approved));
  std::optional<absl::CivilDay> since;
  for (const AccountKey& key : accounts) {
    std::optional<ledger::StatementCursor> after;
    bool found = false;  // Lines come by day: the first one will do.
    do {
      ASSIGN_OR_RETURN(
          ledger::StatementPage page,
          ledger::ReadStatement(tx, {IdOf(key), kFirstJournalDay, units::kNoEnd, std::nullopt},
                                after, kLinesOfPage));
      const auto first = std::find_if(page.lines.begin(), page.lines.end(), Approves);
      found = first != page.lines.end();
      if (found) since = since ? std::min(*since, first->effective_day) : first->effective_day;
      after = std::move(page.next);
    } while (after && !found);
  }
  return since;
}

absl::StatusOr<int64_t> ContingencySet(db::Tx& tx, const AccountKey& contingency) {
  ASSIGN_OR_RETURN(const auto account, ledger::FindAccount(tx, IdOf(contingency)));
  if (!account) return 0;
  int64_t set = 0;
  std::optional<ledger::StatementCursor> after;
  do {
    ASSIGN_OR_RETURN(ledger::StatementPage page,
                     ledger::ReadStatement(
                         tx, {IdOf(contingency), kFirstJournalDay, units::kNoEnd, std::nullopt},
                         after, kLinesOfPage));
    for (const ledger::StatementLine& line : page.lines) {
      // What came from a unit that ended was set for that one's budget.
      const bool filled =
          !line.is_debit && line.kind == ledger::Kind::kPost && !IsSuccession(line.id.journal);
      if (filled && line.reversed_by.empty()) set += line.amount;
    }
    after = std::move(page.next);
  } while (after);
  return set;
}

absl::Status CheckContingencyKept(const Env& env, db::Tx& tx, const AccountKey& from,
                                  int64_t amount_vnd) {
  if (from.stage != Stage::kApproved || !from.purpose.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env, tx));
  if (LevelOf(*snapshot->units, from) != Level::kProvince) return absl::OkStatus();
  AccountKey contingency = from;
  contingency.stage = Stage::kAllocated;
  contingency.line = Line();
  contingency.purpose = std::string(kContingencyPurpose);
  ASSIGN_OR_RETURN(const int64_t set_vnd, ContingencySet(tx, contingency));
  if (set_vnd == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ApprovedTotals approved, ApprovedTotalsOf(tx, from, Level::kProvince));
  const EstimateTotals totals{
      .level = Level::kProvince,
      .expenditure_vnd = approved.expenditure_vnd,
      .balancing_paid_out_vnd = SumUpToMax(approved.balancing_paid_out_vnd, amount_vnd),
      .targeted_received_vnd = approved.targeted_received_vnd};
  // More than is approved is for the ledger to refuse.
  absl::StatusOr<ContingencyRange> range =
      ContingencyRangeOf(totals, snapshot->reference->limits, from.year);
  if (absl::IsInvalidArgument(range.status())) return absl::OkStatus();
  RETURN_IF_ERROR(range.status());
  // Handing down makes it too large at most; where the base grew after it was set, it is no run
  // that makes it too small.
  if (set_vnd <= range->max_vnd) return absl::OkStatus();
  return CheckContingency(*range, set_vnd);
}

absl::Status CheckRevenue(const Env& env, db::Tx& tx, absl::Span<const Approval> approvals,
                          int64_t revenue_vnd) {
  if (approvals.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto snapshot, CurrentSnapshot(*env.snapshots, tx));
  std::map<AccountKey, int64_t> asked;  // By unit and year.
  for (const Approval& approval : approvals) {
    const std::optional<Level> level = LevelOf(*snapshot->units, approval.approved);
    if (level != Level::kCommune) continue;
    const AccountKey unit{.province_code = approval.approved.province_code,
                          .unit = approval.approved.unit,
                          .year = approval.approved.year};
    asked[unit] = SumUpToMax(asked[unit], approval.amount_vnd);
  }
  if (asked.size() > 1) {
    error::Violations violations;
    violations.Add("transfers", "must approve one commune's estimate: revenue_vnd is of one");
    return violations.ToStatus();
  }
  for (const auto& [unit, amount_vnd] : asked) {
    ASSIGN_OR_RETURN(const ApprovedTotals totals, ApprovedTotalsOf(tx, unit, Level::kCommune));
    RETURN_IF_ERROR(CheckCovered(revenue_vnd, totals.expenditure_vnd, amount_vnd));
  }
  return absl::OkStatus();
}

}  // namespace twotier::budget::handlers
