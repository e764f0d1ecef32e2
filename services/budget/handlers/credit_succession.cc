#include "services/budget/handlers/credit_succession.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status_macros.h"
#include "services/budget/domain/apportion.h"
#include "services/budget/handlers/credit_rows.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/store/credit_store.h"

namespace twotier::budget::handlers {
namespace {

ledger::Totals* TotalsOf(Estate& estate, const AccountKey& key) {
  const auto found = std::find_if(estate.accounts.begin(), estate.accounts.end(),
                                  [&](const LeftAccount& left) { return left.key == key; });
  return found == estate.accounts.end() ? nullptr : &found->totals;
}

// How a line's amounts are divided; all 0 where nothing says so.
std::vector<Claim> ClaimsOf(const store::CreditRow& row, const Estate& estate,
                            absl::Span<const Share> shares, const Division& division) {
  std::vector<Claim> claims;
  for (const Share& share : shares) claims.push_back({.key = share.unit, .weight = share.ppm});
  const bool known = std::all_of(claims.begin(), claims.end(),
                                 [](const Claim& claim) { return claim.weight > 0; });
  if (known) return claims;
  for (Claim& claim : claims) claim.weight = 0;
  const AccountKey account = AccountOf(row);
  for (size_t i = 0; i < estate.accounts.size(); ++i) {
    const AccountKey& key = estate.accounts[i].key;
    const bool paid =
        key.stage == Stage::kPaid && key.year == account.year && key.purpose == account.purpose;
    for (size_t j = 0; paid && j < claims.size(); ++j) {
      claims[j].weight += division.accounts[i][j];
    }
  }
  return claims;
}

// The line of a unit that follows.
store::CreditRow Inherited(const store::CreditRow& row, const Share& share, int64_t owed_vnd,
                           int64_t repaid_vnd) {
  store::CreditRow next = row;
  next.province_code = share.province_code;
  next.unit = share.unit;
  next.id = absl::StrCat(row.id, ".", absl::StripPrefix(share.unit, "units/"));
  next.drawn_vnd = owed_vnd + repaid_vnd;
  next.limit_vnd = next.drawn_vnd;
  next.repaid_vnd = repaid_vnd;
  next.account_id = AccountIdOf(Successor(AccountOf(row), share));
  if (row.kind != CreditKind::kLoan) {
    next.source_account_id = AccountIdOf(Successor(SourceOf(row), share));
  }
  next.closed = true;
  next.version = 1;
  return next;
}

absl::Status MoveCredit(Events& events, db::Tx& tx, store::CreditRow row,
                        absl::Span<const Share> shares, absl::Span<const Claim> claims) {
  ASSIGN_OR_RETURN(const auto owed, Apportion(OwedOf(row), claims));
  ASSIGN_OR_RETURN(const auto repaid, Apportion(row.repaid_vnd, claims));
  for (size_t i = 0; i < shares.size(); ++i) {
    if (owed[i] + repaid[i] == 0) continue;
    store::CreditRow next = Inherited(row, shares[i], owed[i], repaid[i]);
    ASSIGN_OR_RETURN(next.chain_hash,
                     events.AppendFirst(next.province_code, NameOf(next), "creditLine.inherited"));
    RETURN_IF_ERROR(store::InsertCredit(tx, next));
  }
  row.closed = true;
  row.moved = true;
  return WriteChange(events, tx, row, "creditLine.moved");
}

}  // namespace

absl::Status AddReturns(db::Tx& tx, absl::CivilDay day, Estate& estate) {
  ASSIGN_OR_RETURN(const auto rows, store::ListCreditsOf(tx, estate.province_code, estate.unit));
  for (const store::CreditRow& row : rows) {
    const int64_t undrawn = row.limit_vnd - row.drawn_vnd;
    ledger::Totals* const account = TotalsOf(estate, AccountOf(row));
    if (row.closed || undrawn == 0 || account == nullptr) continue;
    const AccountKey to = GivenBackTo(row, day);
    estate.returns.push_back(PostLine(AccountOf(row), to, undrawn, "credit line closed"));
    account->debits_posted += undrawn;
    if (ledger::Totals* const source = TotalsOf(estate, to)) source->credits_posted += undrawn;
  }
  return absl::OkStatus();
}

absl::Status MoveCredits(Events& events, db::Tx& tx, const Estate& estate,
                         absl::Span<const Share> shares, const Division& division) {
  const bool within = std::all_of(shares.begin(), shares.end(), [&](const Share& share) {
    return share.province_code == estate.province_code;
  });
  ASSIGN_OR_RETURN(const auto rows, store::ListCreditsOf(tx, estate.province_code, estate.unit));
  for (store::CreditRow row : rows) {
    const std::vector<Claim> claims = ClaimsOf(row, estate, shares, division);
    const bool divided =
        row.drawn_vnd == 0 || std::any_of(claims.begin(), claims.end(),
                                          [](const Claim& claim) { return claim.weight > 0; });
    if (divided && (within || row.kind != CreditKind::kLoan)) {
      RETURN_IF_ERROR(MoveCredit(events, tx, std::move(row), shares, claims));
    } else if (!row.closed) {
      row.closed = true;
      RETURN_IF_ERROR(WriteChange(events, tx, row, "creditLine.closed"));
    }
  }
  return absl::OkStatus();
}

}  // namespace twotier::budget::handlers
