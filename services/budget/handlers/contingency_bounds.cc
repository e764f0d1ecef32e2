#include "services/budget/handlers/contingency_bounds.h"

#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "common/status_macros.h"
#include "services/budget/handlers/contingency_totals.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/place.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/handlers/succession.h"

namespace twotier::budget::handlers {
namespace {

bool IsContingency(const AccountKey& key) {
  return key.stage == Stage::kAllocated && key.purpose == kContingencyPurpose;
}

// Whether a line sets a contingency, or undoes that.
bool SetsContingency(const ledger::Line& line, const AccountKey& debit, const AccountKey& credit) {
  return line.kind == ledger::Kind::kReversal ? IsContingency(debit) : IsContingency(credit);
}

}  // namespace

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
    queries.push_back(store::FindContingencyQuery(IdOf(contingency)));
    asked.push_back(std::move(contingency));
  }
  if (asked.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<db::Rows> found, tx_.QueryAll(queries));
  for (size_t i = 0; i < asked.size(); ++i) {
    bounds_[asked[i]].found = store::ReadContingency(found[i]);
  }
  return absl::OkStatus();
}

absl::Status ContingencyBounds::Fill(absl::Span<const EstimateChange> changes) {
  for (const AccountKey& contingency : ContingenciesOf(changes)) {
    store::FoundContingency& found = bounds_.at(contingency).found;
    if (!found.has_account || found.row) continue;
    ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env_, tx_));
    const std::optional<Level> level = LevelOf(*snapshot->units, contingency);
    if (!level) continue;
    ASSIGN_OR_RETURN(found.row, ReadWhole(tx_, contingency, *level));
    RETURN_IF_ERROR(store::InsertContingency(tx_, IdOf(contingency), *found.row));
  }
  return absl::OkStatus();
}

ContingencyBounds::FlowsByContingency ContingencyBounds::FlowsByRow(
    absl::Span<const EstimateChange> changes) const {
  FlowsByContingency flows;
  for (const EstimateChange& change : changes) {
    const Int128 amount = change.amount_vnd;
    for (const auto& [key, other, comes] : {std::tuple(&change.debit, &change.credit, -amount),
                                            std::tuple(&change.credit, &change.debit, amount)}) {
      if (key->stage != Stage::kApproved) continue;
      const AccountKey contingency = ContingencyOf(*key);
      const std::optional<store::ContingencyRow>& row = bounds_.at(contingency).found.row;
      if (row) flows[contingency] += FlowsOf(row->level, *key, *other, comes);
    }
  }
  return flows;
}

absl::Status ContingencyBounds::Check(absl::Span<const EstimateChange> changes) {
  RETURN_IF_ERROR(LookFor(changes));
  RETURN_IF_ERROR(Fill(changes));
  FlowsByContingency smaller = FlowsByRow(changes);
  for (auto entry = smaller.begin(); entry != smaller.end();) {
    Bound& bound = bounds_.at(entry->first);
    const EstimateFlows before = bound.found.row->flows + bound.let_pass;
    const Int128 base_vnd = (before + entry->second).Base();
    if (bound.found.row->set_vnd == 0 || base_vnd >= before.Base()) {
      entry = smaller.erase(entry);
      continue;
    }
    RETURN_IF_ERROR(CheckSmaller(entry->first, base_vnd, bound));
    ++entry;
  }
  for (const auto& [contingency, flows] : smaller) bounds_.at(contingency).let_pass += flows;
  return absl::OkStatus();
}

// The limits are asked in memory first, and in the database only before a refusal.
absl::Status ContingencyBounds::CheckSmaller(const AccountKey& contingency, Int128 base_vnd,
                                             Bound& bound) {
  const auto held = env_.snapshots->Get();
  const bool bears = held->reference != nullptr &&
                     CheckBase(held->reference->limits, contingency, base_vnd, bound).ok();
  if (bears) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env_, tx_));
  return CheckBase(snapshot->reference->limits, contingency, base_vnd, bound);
}

absl::Status ContingencyBounds::CheckBase(const Limits& limits, const AccountKey& contingency,
                                          Int128 base_vnd, Bound& bound) {
  const store::ContingencyRow& row = *bound.found.row;
  ASSIGN_OR_RETURN(
      const ContingencyRange range,
      ContingencyRangeOf({.level = row.level, .expenditure_vnd = static_cast<int64_t>(base_vnd)},
                         limits, contingency.year));
  if (row.set_vnd > range.max_vnd) return CheckContingency(range, row.set_vnd);
  ASSIGN_OR_RETURN(const int64_t max_percent,
                   limits.ValueOf(Limit::kContingencyMaxPercent, contingency.year));
  bound.least_base_vnd = LeastBase(row.set_vnd, max_percent);
  return absl::OkStatus();
}

void ContingencyBounds::Note(const ledger::Journal& journal, absl::Span<const ledger::Line> lines) {
  const bool moved = IsSuccession(journal.id) || IsSuccession(journal.reverses);
  for (const ledger::Line& line : lines) {
    const std::optional<AccountKey> debit = KeyOf(line.debit.province_code, line.debit.id);
    const std::optional<AccountKey> credit = KeyOf(line.credit.province_code, line.credit.id);
    if (!debit || !credit || !MovesMoney(line.kind)) continue;
    if (ChangesEstimate(*debit, *credit)) noted_.push_back({*debit, *credit, line.amount});
    if (moved || SetsContingency(line, *debit, *credit)) {
      to_read_again_.insert(ContingencyOf(*debit));
      to_read_again_.insert(ContingencyOf(*credit));
    }
  }
}

absl::Status ContingencyBounds::Write() {
  RETURN_IF_ERROR(LookFor(noted_));
  for (const AccountKey& contingency : to_read_again_) {
    RETURN_IF_ERROR(store::DeleteContingency(tx_, IdOf(contingency)));
    bounds_[contingency].found.row.reset();
  }
  for (const auto& [contingency, flows] : FlowsByRow(noted_)) {
    if (flows == EstimateFlows()) continue;
    const Bound& bound = bounds_.at(contingency);
    if (!flows.Fit() || !(bound.found.row->flows + flows).Fit()) return AmountOverflow(contingency);
    RETURN_IF_ERROR(store::AddToContingency(tx_, IdOf(contingency), flows, bound.least_base_vnd));
  }
  noted_.clear();
  to_read_again_.clear();
  return absl::OkStatus();
}

absl::Status ContingencyBounds::ConfirmNone() {
  for (const auto& [contingency, bound] : bounds_) {
    if (bound.found.has_account) continue;
    RETURN_IF_ERROR(store::ConfirmNoContingency(tx_, IdOf(contingency)));
  }
  return absl::OkStatus();
}

}  // namespace twotier::budget::handlers
