#include "services/budget/handlers/given.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/numeric/int128.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/succession.h"

namespace twotier::budget::handlers {
namespace {

constexpr int kLinesOfPage = 1000;
const absl::CivilDay kEndDay(9999, 12, 31);

// Whether it is what `unit` had that a journal moved: it is kept in the book that is left.
bool Leaves(const LedgerUnit& unit, const ledger::StatementLine& line) {
  return line.province_code == unit.province_code && IsEndOf(line.id.journal, unit.name);
}

void Add(const AccountKey& key, const ledger::StatementLine& line,
         absl::Span<const AccountKey> accounts, VisitLine visit, Estates& estates) {
  // A reversal undoes what is not counted either, and what is held comes when it is settled.
  const bool moves = line.kind == ledger::Kind::kPost || line.kind == ledger::Kind::kSettle;
  if (!moves || !line.reversed_by.empty()) return;
  const std::optional<AccountKey> other = KeyOf(line.other.province_code, line.other.id);
  if (!other) return;
  const LedgerUnit own{key.province_code, key.unit};
  const LedgerUnit unit{other->province_code, other->unit};
  const bool followed =
      IsSuccession(line.id.journal) && unit != own && WithUnit(key, unit) == *other;
  if (!followed) return visit(key, *other, line);
  // What went over with the unit, where both ledgers are read.
  if (absl::c_linear_search(accounts, *other)) return;
  // What stood below zero, as a source does, went the other way: it brings nobody anything.
  if (line.is_debit && Leaves(own, line)) estates.left_vnd += line.amount;
  if (!line.is_debit && Leaves(unit, line)) estates.inherited[unit] += line.amount;
}

// What is given by the lines of some accounts.
struct Flows {
  int64_t given = 0;
  Estates estates = {};
};

absl::StatusOr<Flows> FlowsOf(db::Tx& tx, absl::Span<const AccountKey> accounts,
                              absl::CivilDay first_day, IsGiver is_giver) {
  Flows flows;
  ASSIGN_OR_RETURN(flows.estates, ReadLines(tx, accounts, first_day,
                                            [&](const AccountKey& key, const AccountKey& other,
                                                const ledger::StatementLine& line) {
                                              if (is_giver(key, other))
                                                flows.given +=
                                                    line.is_debit ? -line.amount : line.amount;
                                            }));
  return flows;
}

// What was given in all, and how much money went to units that follow.
struct Net {
  int64_t given = 0;
  int64_t left = 0;
};

// `later` are those whose units before are being looked at: none of them is one itself, also where
// a unit came back to a ledger that it had left, so the units before come to an end.
absl::StatusOr<Net> NetOf(db::Tx& tx, const LedgerUnit& unit, AccountsOfUnit accounts_of,
                          absl::CivilDay first_day, IsGiver is_giver, NotGiven not_given,
                          std::set<LedgerUnit> later) {
  ASSIGN_OR_RETURN(const std::vector<AccountKey> accounts,
                   accounts_of(unit.province_code, unit.name));
  ASSIGN_OR_RETURN(const Flows flows, FlowsOf(tx, accounts, first_day, is_giver));
  later.insert(unit);
  ASSIGN_OR_RETURN(const int64_t beyond, not_given(unit, accounts));
  int64_t given = flows.given - beyond;
  for (const auto& [before, amount] : flows.estates.inherited) {
    if (later.contains(before)) continue;
    ASSIGN_OR_RETURN(const Net net,
                     NetOf(tx, before, accounts_of, first_day, is_giver, not_given, later));
    if (net.left == 0) continue;
    const int64_t went_on = std::min(net.given, net.left);
    given += static_cast<int64_t>(absl::int128(went_on) * amount / net.left);
  }
  return Net{std::max<int64_t>(0, given), flows.estates.left_vnd};
}

}  // namespace

AccountKey WithUnit(AccountKey key, const LedgerUnit& unit) {
  key.province_code = unit.province_code;
  key.unit = unit.name;
  return key;
}

absl::StatusOr<Estates> ReadLines(db::Tx& tx, absl::Span<const AccountKey> accounts,
                                  absl::CivilDay first_day, VisitLine visit) {
  Estates estates;
  for (const AccountKey& key : accounts) {
    ASSIGN_OR_RETURN(const auto account, ledger::FindAccount(tx, IdOf(key)));
    if (!account) continue;
    std::optional<ledger::StatementCursor> after;
    do {
      ASSIGN_OR_RETURN(ledger::StatementPage page,
                       ledger::ReadStatement(tx, {IdOf(key), first_day, kEndDay, std::nullopt},
                                             after, kLinesOfPage));
      for (const ledger::StatementLine& line : page.lines) Add(key, line, accounts, visit, estates);
      after = std::move(page.next);
    } while (after);
  }
  return estates;
}

absl::StatusOr<int64_t> NetGiven(db::Tx& tx, absl::Span<const AccountKey> accounts,
                                 absl::CivilDay first_day, IsGiver is_giver) {
  return NetGiven(tx, accounts, first_day, is_giver,
                  [](const std::string&, const std::string&) { return true; });
}

absl::StatusOr<int64_t> NetGiven(db::Tx& tx, absl::Span<const AccountKey> accounts,
                                 absl::CivilDay first_day, IsGiver is_giver,
                                 IsFollowed is_followed) {
  if (accounts.empty()) return 0;
  const LedgerUnit own{accounts[0].province_code, accounts[0].unit};
  const auto namesakes = [&](const std::string& province_code,
                             const std::string& unit) -> absl::StatusOr<std::vector<AccountKey>> {
    if (own == LedgerUnit{province_code, unit})
      return std::vector(accounts.begin(), accounts.end());
    std::vector<AccountKey> keys;
    // Its other ledgers are among the accounts as far as they are followed.
    if (unit == own.name) return keys;
    ASSIGN_OR_RETURN(const bool followed, is_followed(province_code, unit));
    if (!followed) return keys;
    std::set<AccountKey> of_unit;
    for (const AccountKey& key : accounts) of_unit.insert(WithUnit(key, {province_code, unit}));
    keys.assign(of_unit.begin(), of_unit.end());
    return keys;
  };
  return NetGivenTo(
      tx, own, namesakes, first_day, is_giver,
      [](const LedgerUnit&, absl::Span<const AccountKey>) -> absl::StatusOr<int64_t> { return 0; });
}

absl::StatusOr<int64_t> NetGivenTo(db::Tx& tx, const LedgerUnit& unit, AccountsOfUnit accounts_of,
                                   absl::CivilDay first_day, IsGiver is_giver, NotGiven not_given) {
  ASSIGN_OR_RETURN(const Net net, NetOf(tx, unit, accounts_of, first_day, is_giver, not_given, {}));
  return net.given;
}

absl::StatusOr<int64_t> NetHandedOn(db::Tx& tx, absl::Span<const AccountKey> accounts,
                                    absl::CivilDay first_day, IsGiver is_taker) {
  ASSIGN_OR_RETURN(const Flows flows, FlowsOf(tx, accounts, first_day, is_taker));
  return std::max<int64_t>(0, -flows.given);
}

}  // namespace twotier::budget::handlers
