#include "services/budget/handlers/contingency_bounds.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "common/ledger/statement.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/place.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/handlers/succession.h"

namespace twotier::budget::handlers {
namespace {

constexpr int kLinesOfPage = 1000;

// Changes nothing: told is only whether the account is there.
constexpr db::Statement kTouchAccount{"budget_touch_account",
                                      "UPDATE ledger_account SET closed_day = closed_day WHERE "
                                      "province_code = $1 AND account_id = $2"};

}  // namespace

AccountKey ContingencyOf(const AccountKey& key) {
  return {.province_code = key.province_code,
          .unit = key.unit,
          .year = key.year,
          .stage = Stage::kAllocated,
          .purpose = std::string(kContingencyPurpose)};
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

absl::StatusOr<ApprovedTotals> TotalsWithoutContingency(db::Tx& tx, const AccountKey& approved,
                                                        Level level) {
  const auto has_none = [&](const std::string& province_code,
                            const std::string& unit) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(
        const int64_t set_vnd,
        ContingencySet(
            tx,
            ContingencyOf({.province_code = province_code, .unit = unit, .year = approved.year})));
    return set_vnd == 0;
  };
  ASSIGN_OR_RETURN(ApprovedTotals totals, ApprovedTotalsOf(tx, approved, level, has_none));
  totals.targeted_received_vnd = std::min(totals.targeted_received_vnd, totals.expenditure_vnd);
  totals.balancing_paid_out_vnd = std::min(totals.balancing_paid_out_vnd,
                                           totals.expenditure_vnd - totals.targeted_received_vnd);
  return totals;
}

std::vector<AccountKey> ContingenciesOf(absl::Span<const EstimateChange> changes) {
  std::vector<AccountKey> contingencies;
  for (const EstimateChange& change : changes) {
    for (const AccountKey* key : {&change.debit, &change.credit}) {
      const AccountKey contingency = ContingencyOf(*key);
      const bool known = absl::c_linear_search(contingencies, contingency);
      if (key->stage == Stage::kApproved && !known) contingencies.push_back(contingency);
    }
  }
  return contingencies;
}

// Most estimates have none, which one flight tells.
absl::Status ContingencyBounds::LookFor(absl::Span<const EstimateChange> changes) {
  std::vector<db::BoundStatement> queries;
  std::vector<AccountKey> asked;
  for (AccountKey& contingency : ContingenciesOf(changes)) {
    if (bounds_.contains(contingency)) continue;
    queries.push_back(ledger::FindAccountQuery(IdOf(contingency)));
    asked.push_back(std::move(contingency));
  }
  ASSIGN_OR_RETURN(const std::vector<db::Rows> found, tx_.QueryAll(queries));
  for (size_t i = 0; i < asked.size(); ++i) {
    if (!found[i].empty()) continue;
    bounds_.try_emplace(asked[i]);
    none_.push_back(std::move(asked[i]));
  }
  return absl::OkStatus();
}

absl::Status ContingencyBounds::ConfirmNone() {
  for (const AccountKey& contingency : none_) {
    const ledger::AccountId id = IdOf(contingency);
    RETURN_IF_ERROR(tx_.Write(kTouchAccount, {id.province_code, id.id}, /*rows_expected=*/0));
  }
  return absl::OkStatus();
}

absl::Status ContingencyBounds::Check(absl::Span<const EstimateChange> changes) {
  RETURN_IF_ERROR(LookFor(changes));
  std::map<AccountKey, absl::int128> less;  // By account of contingency.
  for (const EstimateChange& change : changes) {
    for (const auto& [key, other, sign] : {std::tuple(&change.debit, &change.credit, 1),
                                           std::tuple(&change.credit, &change.debit, -1)}) {
      if (key->stage != Stage::kApproved) continue;
      ASSIGN_OR_RETURN(const Bound* const bound, BoundOf(*key));
      if (bound->set_vnd == 0 || !LeavesBase(bound->totals.level, *key, *other)) continue;
      less[ContingencyOf(*key)] += absl::int128(sign) * change.amount_vnd;
    }
  }
  std::erase_if(less, [](const auto& entry) { return entry.second <= 0; });
  for (const auto& [contingency, amount] : less) {
    const Bound& bound = bounds_.at(contingency);
    RETURN_IF_ERROR(CheckLess(bound, contingency.year, bound.less_vnd + amount));
  }
  for (const auto& [contingency, amount] : less) bounds_.at(contingency).less_vnd += amount;
  return absl::OkStatus();
}

absl::StatusOr<ContingencyBounds::Bound*> ContingencyBounds::BoundOf(const AccountKey& approved) {
  const AccountKey contingency = ContingencyOf(approved);
  const auto [found, added] = bounds_.try_emplace(contingency);
  Bound& bound = found->second;
  if (!added) return &bound;
  ASSIGN_OR_RETURN(const int64_t set_vnd, ContingencySet(tx_, contingency));
  if (set_vnd == 0) return &bound;
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env_, tx_));
  const std::optional<Level> level = LevelOf(*snapshot->units, approved);
  if (!level) return &bound;
  ASSIGN_OR_RETURN(const ApprovedTotals totals, TotalsWithoutContingency(tx_, approved, *level));
  bound.set_vnd = set_vnd;
  bound.totals = {.level = *level,
                  .expenditure_vnd = totals.expenditure_vnd,
                  .balancing_paid_out_vnd = totals.balancing_paid_out_vnd,
                  .targeted_received_vnd = totals.targeted_received_vnd};
  return &bound;
}

absl::Status ContingencyBounds::CheckLess(const Bound& bound, int budget_year,
                                          absl::int128 less_vnd) {
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env_, tx_));
  EstimateTotals totals = bound.totals;
  const int64_t base =
      totals.expenditure_vnd - totals.balancing_paid_out_vnd - totals.targeted_received_vnd;
  // More than is approved is for the ledger to refuse.
  totals.expenditure_vnd -= static_cast<int64_t>(std::min<absl::int128>(base, less_vnd));
  ASSIGN_OR_RETURN(const ContingencyRange range,
                   ContingencyRangeOf(totals, snapshot->reference->limits, budget_year));
  if (bound.set_vnd <= range.max_vnd) return absl::OkStatus();
  return CheckContingency(range, bound.set_vnd);
}

}  // namespace twotier::budget::handlers
