#include "services/budget/handlers/contingency_totals.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "common/errors.h"
#include "common/status_macros.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/estimate.h"
#include "services/budget/handlers/given.h"
#include "services/budget/handlers/succession.h"

namespace twotier::budget::handlers {
namespace {

// Whether a line of an account of contingency sets it. What came from a unit that ended was set for
// that one's budget.
bool SetsAside(const ledger::StatementLine& line) {
  return !line.is_debit && line.kind == ledger::Kind::kPost && !IsSuccession(line.id.journal);
}

// What the statements of one unit add up to, and what it left to others in all.
struct Whole {
  Int128 set_vnd = 0;
  EstimateFlows flows = {};
  int64_t left_vnd = 0;
};

// The part of `of` that went with `amount` of what it left. Rounded down: a part of a contingency
// that keeps the law's most keeps it too.
Whole PartOf(const Whole& of, int64_t amount) {
  const auto part = [&](Int128 vnd) { return std::max<Int128>(0, vnd) * amount / of.left_vnd; };
  Whole out{.set_vnd = part(of.set_vnd)};
  out.flows.expenditure_vnd = part(of.flows.expenditure_vnd);
  out.flows.balancing_paid_out_vnd = part(of.flows.balancing_paid_out_vnd);
  out.flows.targeted_received_vnd = part(of.flows.targeted_received_vnd);
  return out;
}

// `later` are the units that follow, as in NetGiven.
absl::StatusOr<Whole> WholeOf(db::Tx& tx, const AccountKey& contingency, Level level,
                              std::set<LedgerUnit> later) {
  AccountKey approved = contingency;
  approved.stage = Stage::kApproved;
  ASSIGN_OR_RETURN(std::vector<AccountKey> accounts, ApprovedAccounts(tx, approved));
  accounts.push_back(contingency);
  Whole whole;
  ASSIGN_OR_RETURN(
      const Estates estates,
      ReadLines(
          tx, accounts, kFirstJournalDay,
          [&](const AccountKey& key, const AccountKey& other, const ledger::StatementLine& line) {
            if (key == contingency) {
              if (SetsAside(line)) whole.set_vnd += line.amount;
              return;
            }
            const Int128 amount = line.amount;
            whole.flows += FlowsOf(level, key, other, line.is_debit ? -amount : amount);
          }));
  whole.left_vnd = estates.left_vnd;
  later.insert({contingency.province_code, contingency.unit});
  for (const auto& [unit, amount] : estates.inherited) {
    if (later.contains(unit)) continue;
    AccountKey before = contingency;
    before.province_code = unit.province_code;
    before.unit = unit.name;
    ASSIGN_OR_RETURN(const Whole of, WholeOf(tx, before, level, later));
    if (of.left_vnd == 0) continue;
    const Whole part = PartOf(of, amount);
    whole.set_vnd += part.set_vnd;
    whole.flows += part.flows;
  }
  return whole;
}

}  // namespace

AccountKey ContingencyOf(const AccountKey& key) {
  return {.province_code = key.province_code,
          .unit = key.unit,
          .year = key.year,
          .stage = Stage::kAllocated,
          .purpose = std::string(kContingencyPurpose)};
}

absl::StatusOr<int64_t> ContingencySet(db::Tx& tx, const AccountKey& contingency) {
  int64_t set = 0;
  RETURN_IF_ERROR(
      ReadLines(tx, {contingency}, kFirstJournalDay,
                [&](const AccountKey&, const AccountKey&, const ledger::StatementLine& line) {
                  if (SetsAside(line)) set += line.amount;
                })
          .status());
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

absl::StatusOr<store::ContingencyRow> ReadWhole(db::Tx& tx, const AccountKey& contingency,
                                                Level level) {
  ASSIGN_OR_RETURN(const Whole whole, WholeOf(tx, contingency, level, {}));
  if (!whole.flows.Fit()) return AmountOverflow(contingency);
  return store::ContingencyRow{
      .level = level, .set_vnd = static_cast<int64_t>(whole.set_vnd), .flows = whole.flows};
}

absl::Status AmountOverflow(const AccountKey& contingency) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           "the sums of the estimate would leave 64 bits", "AMOUNT_OVERFLOW",
                           {{"account", NameOf(contingency)}});
}

}  // namespace twotier::budget::handlers
