#include "services/budget/handlers/estimate.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "common/errors.h"
#include "common/ledger/statement.h"
#include "common/status_macros.h"
#include "services/budget/handlers/place.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/handlers/succession.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr int kLinesOfPage = 1000;

// Whether the other account is of a budget above. What a province hands down stays its
// expenditure: only the centre is above it.
bool IsAbove(Level level, const AccountKey& key, const AccountKey& other) {
  return other.unit != key.unit && other.stage == Stage::kApproved &&
         (level == Level::kCommune || other.province_code == kCentral);
}

// Whether what comes from the other account is expenditure of the estimate.
bool IsExpenditure(Level level, const AccountKey& key, const AccountKey& other) {
  return other.stage == Stage::kEstimate || IsAbove(level, key, other);
}

// Whether what goes there is a balancing supplement.
bool IsBalancing(Level level, const AccountKey& key, const AccountKey& other) {
  return level != Level::kCommune && key.purpose.empty() && other.unit != key.unit &&
         other.purpose.empty() && other.province_code != kCentral;
}

absl::Status AddAccounts(db::Tx& tx, const std::string& province_code, const AccountKey& unit,
                         Stage stage, std::vector<AccountKey>& keys) {
  const store::AccountFilter filter{
      .province_code = province_code, .unit = unit.unit, .year = unit.year, .stage = stage};
  return store::ForEachPage(tx, filter, [&](absl::Span<const store::AccountRow> rows) {
    for (const store::AccountRow& row : rows) keys.push_back(row.key);
    return absl::OkStatus();
  });
}

bool IsAnyFollowed(const std::string&, const std::string&) { return true; }

// Of all ledgers of a unit, its own first: one that went over to another province has one budget of
// a year, wherever a part of it was decided.
absl::StatusOr<std::vector<AccountKey>> AccountsOfStage(db::Tx& tx, const AccountKey& unit,
                                                        Stage stage,
                                                        IsFollowed is_followed = IsAnyFollowed) {
  std::vector<AccountKey> keys;
  RETURN_IF_ERROR(AddAccounts(tx, unit.province_code, unit, stage, keys));
  if (unit.unit.empty()) return keys;
  ASSIGN_OR_RETURN(const std::vector<std::string> ledgers, store::ListLedgersOf(tx, unit.unit));
  for (const std::string& province_code : ledgers) {
    if (province_code == unit.province_code) continue;
    ASSIGN_OR_RETURN(const bool followed, is_followed(province_code, unit.unit));
    if (followed) RETURN_IF_ERROR(AddAccounts(tx, province_code, unit, stage, keys));
  }
  return keys;
}

// What was approved for a commune, each not below 0.
struct CommuneEstimate {
  int64_t covered_vnd = 0;     // By its revenue.
  int64_t from_above_vnd = 0;  // Less what went back.
};

absl::StatusOr<CommuneEstimate> CommuneEstimateOf(db::Tx& tx, const AccountKey& unit) {
  const auto is_own = [](const AccountKey&, const AccountKey& other) {
    return other.stage == Stage::kEstimate;
  };
  const auto is_above = [](const AccountKey& key, const AccountKey& other) {
    return IsAbove(Level::kCommune, key, other);
  };
  ASSIGN_OR_RETURN(const std::vector<AccountKey> approved,
                   AccountsOfStage(tx, unit, Stage::kApproved));
  ASSIGN_OR_RETURN(const std::vector<AccountKey> allocated,
                   AccountsOfStage(tx, unit, Stage::kAllocated));
  ASSIGN_OR_RETURN(const int64_t back, NetHandedOn(tx, allocated, kFirstJournalDay, is_above));
  ASSIGN_OR_RETURN(const int64_t own, NetGiven(tx, approved, kFirstJournalDay, is_own));
  ASSIGN_OR_RETURN(const int64_t above, NetGiven(tx, approved, kFirstJournalDay, is_above));
  // Of both at once: what came with a unit that ended is no more than that one left.
  ASSIGN_OR_RETURN(const int64_t all, NetGiven(tx, approved, kFirstJournalDay,
                                               [](const AccountKey& key, const AccountKey& other) {
                                                 return IsExpenditure(Level::kCommune, key, other);
                                               }));
  return CommuneEstimate{.covered_vnd = std::max(own, all - back),
                         .from_above_vnd = std::max<int64_t>(0, above - back)};
}

// Whether a line of an account of approved money is an approval that stands.
bool Approves(const ledger::StatementLine& line) {
  if (line.is_debit || !line.reversed_by.empty() || !line.reverses.empty()) return false;
  const std::optional<AccountKey> other = KeyOf(line.other.province_code, line.other.id);
  return other && (other->stage == Stage::kEstimate || IsSuccession(line.id.journal));
}

}  // namespace

absl::StatusOr<std::vector<AccountKey>> ApprovedAccounts(db::Tx& tx, const AccountKey& approved) {
  std::vector<AccountKey> keys;
  RETURN_IF_ERROR(AddAccounts(tx, approved.province_code, approved, Stage::kApproved, keys));
  return keys;
}

absl::StatusOr<ApprovedTotals> ApprovedTotalsOf(db::Tx& tx, const AccountKey& approved,
                                                Level level) {
  return ApprovedTotalsOf(tx, approved, level, IsAnyFollowed);
}

absl::StatusOr<ApprovedTotals> ApprovedTotalsOf(db::Tx& tx, const AccountKey& approved, Level level,
                                                IsFollowed is_followed) {
  ASSIGN_OR_RETURN(const std::vector<AccountKey> all,
                   AccountsOfStage(tx, approved, Stage::kApproved, is_followed));
  std::vector<AccountKey> targeted;
  std::vector<AccountKey> untargeted;
  for (const AccountKey& key : all) (key.purpose.empty() ? untargeted : targeted).push_back(key);
  ApprovedTotals totals;
  ASSIGN_OR_RETURN(totals.expenditure_vnd,
                   NetGiven(
                       tx, all, kFirstJournalDay,
                       [level](const AccountKey& key, const AccountKey& other) {
                         return IsExpenditure(level, key, other);
                       },
                       is_followed));
  ASSIGN_OR_RETURN(totals.targeted_received_vnd,
                   NetGiven(
                       tx, targeted, kFirstJournalDay,
                       [level](const AccountKey& key, const AccountKey& other) {
                         return IsAbove(level, key, other);
                       },
                       is_followed));
  if (level == Level::kCommune) return totals;
  ASSIGN_OR_RETURN(totals.balancing_paid_out_vnd,
                   NetHandedOn(tx, untargeted, kFirstJournalDay,
                               [level](const AccountKey& key, const AccountKey& other) {
                                 return IsBalancing(level, key, other);
                               }));
  return totals;
}

absl::StatusOr<std::optional<absl::CivilDay>> ApprovedSince(db::Tx& tx,
                                                            const AccountKey& approved) {
  ASSIGN_OR_RETURN(const std::vector<AccountKey> accounts,
                   AccountsOfStage(tx, approved, Stage::kApproved));
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

bool MovesMoney(ledger::Kind kind) {
  return kind == ledger::Kind::kPost || kind == ledger::Kind::kSettle ||
         kind == ledger::Kind::kReversal;
}

bool ChangesEstimate(const AccountKey& debit, const AccountKey& credit) {
  if (IsApproval(debit.stage, credit.stage) || IsApproval(credit.stage, debit.stage)) return true;
  const bool approved = debit.stage == Stage::kApproved || credit.stage == Stage::kApproved;
  return approved && debit.unit != credit.unit;
}

std::vector<EstimateChange> EstimateChangesOf(absl::Span<const ledger::Line> lines, bool reversed) {
  std::vector<EstimateChange> changes;
  for (const ledger::Line& line : lines) {
    if (!MovesMoney(line.kind)) continue;
    std::optional<AccountKey> debit = KeyOf(line.debit.province_code, line.debit.id);
    std::optional<AccountKey> credit = KeyOf(line.credit.province_code, line.credit.id);
    if (!debit || !credit || !ChangesEstimate(*debit, *credit)) continue;
    if (reversed) std::swap(debit, credit);
    changes.push_back({*std::move(debit), *std::move(credit), line.amount});
  }
  return changes;
}

EstimateFlows FlowsOf(Level level, const AccountKey& approved, const AccountKey& other,
                      Int128 amount_vnd) {
  EstimateFlows flows;
  if (IsExpenditure(level, approved, other)) flows.expenditure_vnd = amount_vnd;
  if (!approved.purpose.empty() && IsAbove(level, approved, other)) {
    flows.targeted_received_vnd = amount_vnd;
  }
  if (IsBalancing(level, approved, other)) flows.balancing_paid_out_vnd = -amount_vnd;
  return flows;
}

absl::Status CheckRevenue(const Env& env, db::Tx& tx, absl::Span<const EstimateChange> changes,
                          const StatedRevenue& stated) {
  const bool approves = absl::c_any_of(changes, [](const EstimateChange& change) {
    return IsApproval(change.debit.stage, change.credit.stage);
  });
  if (!approves) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto snapshot, CurrentSnapshot(*env.snapshots, tx));
  std::map<AccountKey, int64_t> asked;  // By unit and year.
  for (const EstimateChange& change : changes) {
    if (!IsApproval(change.debit.stage, change.credit.stage)) continue;
    const AccountKey& approved = change.credit;
    if (LevelOf(*snapshot->units, approved) != Level::kCommune) continue;
    const AccountKey unit{
        .province_code = approved.province_code, .unit = approved.unit, .year = approved.year};
    asked[unit] = SumUpToMax(asked[unit], change.amount_vnd);
  }
  if (asked.size() > 1) {
    error::Violations violations;
    violations.Add("transfers", "must approve one commune's estimate: revenue_vnd is of one");
    return violations.ToStatus();
  }
  for (const auto& [unit, amount_vnd] : asked) {
    ASSIGN_OR_RETURN(const CommuneEstimate estimate, CommuneEstimateOf(tx, unit));
    RETURN_IF_ERROR(CheckSupplements(stated.supplements_vnd, estimate.from_above_vnd));
    RETURN_IF_ERROR(CheckCovered(stated.revenue_vnd, estimate.covered_vnd, amount_vnd));
  }
  return absl::OkStatus();
}

}  // namespace twotier::budget::handlers
