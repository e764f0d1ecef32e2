#include "services/budget/domain/succession.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"

namespace twotier::budget {
namespace {

constexpr int64_t kWhole = 1'000'000;

int64_t BalanceOf(const ledger::Totals& totals) {
  return totals.credits_posted - totals.debits_posted;
}

ledger::AccountId IdOf(const AccountKey& key) { return {key.province_code, AccountIdOf(key)}; }

// The account that a hold has on this side once it is the successor's; nothing: it stays as it is.
std::optional<AccountKey> Followed(const ledger::AccountId& account, const Estate& estate,
                                   const Share& share) {
  const std::optional<AccountKey> key = KeyOf(account.province_code, account.id);
  const bool of_unit =
      key.has_value() && key->unit == estate.unit && key->province_code == estate.province_code;
  if (!of_unit) return std::nullopt;
  return Successor(*key, share);
}

// A hold as it is made anew.
struct Renewed {
  std::optional<AccountKey> debit = {};
  std::optional<AccountKey> credit = {};

  // What settles it must not need another province's ledger.
  bool InOneBook(const Estate& estate, const Share& share) const {
    return (debit && credit) || share.province_code == estate.province_code;
  }
};

Renewed RenewedOf(const ledger::Hold& hold, const Estate& estate, const Share& share) {
  return {Followed(hold.debit, estate, share), Followed(hold.credit, estate, share)};
}

// Lines of holds that one who follows has.
void AddHolds(const Estate& estate, const Share& share, size_t number, const Division& division,
              std::vector<ledger::Line>& lines) {
  for (size_t i = 0; i < estate.holds.size(); ++i) {
    const ledger::Hold& hold = estate.holds[i];
    const Renewed renewed = RenewedOf(hold, estate, share);
    const int64_t amount = division.holds[i][number];
    if (amount == 0 || !renewed.InOneBook(estate, share)) continue;
    lines.push_back({.kind = ledger::Kind::kHold,
                     .debit = renewed.debit ? IdOf(*renewed.debit) : hold.debit,
                     .credit = renewed.credit ? IdOf(*renewed.credit) : hold.credit,
                     .amount = amount,
                     .expiry_day = hold.expiry_day});
  }
}

ledger::Line BalanceLine(const AccountKey& from, const AccountKey& to, int64_t amount) {
  // What stands below zero, as a source does, goes the other way.
  if (amount > 0) return {.debit = IdOf(from), .credit = IdOf(to), .amount = amount};
  return {.debit = IdOf(to), .credit = IdOf(from), .amount = -amount};
}

}  // namespace

const units::ChangeRecord* ChangeLeaving(const units::Units& units, absl::string_view unit,
                                         absl::string_view province_code, absl::CivilDay day) {
  const units::ChangeRecord* moving = units.ChangeMoving(unit, province_code, day);
  return moving != nullptr ? moving : units.ChangeEnding(unit);
}

std::vector<Share> SuccessorsOf(const units::Units& units, const units::UnitRecord& unit,
                                absl::CivilDay day) {
  if (const units::UnitVersion* version = unit.On(day)) {
    return {{unit.name, version->province_code, kWhole}};
  }
  std::vector<Share> shares;
  for (const units::UnitSuccessor& step : unit.successors) {
    if (step.effective != day) continue;
    const units::UnitRecord* record = units.FindUnit(step.unit);
    const units::UnitVersion* version = record == nullptr ? nullptr : record->On(day);
    if (version == nullptr) continue;
    shares.push_back({step.unit, version->province_code, step.population_ppm.value_or(0)});
  }
  std::sort(shares.begin(), shares.end(),
            [](const Share& a, const Share& b) { return a.unit < b.unit; });
  if (shares.size() == 1) shares[0].ppm = kWhole;
  return shares;
}

absl::StatusOr<std::vector<Share>> SharesOf(const units::Units& units,
                                            const units::UnitRecord& unit, absl::CivilDay day) {
  std::vector<Share> shares = SuccessorsOf(units, unit, day);
  if (shares.empty()) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("nothing follows ", unit.name, " on that day"),
                             "UNIT_NOT_ENDED", {{"unit", unit.name}});
  }
  const bool known =
      std::all_of(shares.begin(), shares.end(), [](const Share& share) { return share.ppm > 0; });
  const int64_t sum =
      std::accumulate(shares.begin(), shares.end(), int64_t{0},
                      [](int64_t total, const Share& share) { return total + share.ppm; });
  if (known && sum == kWhole) return shares;
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("how ", unit.name, " was divided is not known: a plan is needed"),
      "SHARES_UNKNOWN",
      {{"unit", unit.name},
       {"successors", absl::StrJoin(shares, ",", [](std::string* out, const Share& share) {
          out->append(share.unit);
        })}});
}

std::vector<int64_t> SplitByShares(int64_t amount, absl::Span<const Share> shares) {
  std::vector<int64_t> parts;
  std::vector<std::pair<int64_t, size_t>> remainders;  // Negated, so that the largest comes first.
  int64_t left = amount;
  for (size_t i = 0; i < shares.size(); ++i) {
    const absl::int128 product = absl::int128(amount) * shares[i].ppm;
    parts.push_back(static_cast<int64_t>(product / kWhole));
    remainders.emplace_back(-static_cast<int64_t>(product % kWhole), i);
    left -= parts.back();
  }
  std::sort(remainders.begin(), remainders.end());
  for (size_t i = 0; left > 0; ++i, --left) ++parts[remainders[i].second];
  return parts;
}

bool HasMoney(const LeftAccount& account) {
  const ledger::Totals& totals = account.totals;
  return totals.credits_posted != totals.debits_posted ||
         totals.debits_pending + totals.credits_pending > 0;
}

bool Estate::empty() const {
  return holds.empty() && returns.empty() &&
         std::all_of(accounts.begin(), accounts.end(),
                     [](const auto& account) { return BalanceOf(account.totals) == 0; });
}

Division DivideByShares(const Estate& estate, absl::Span<const Share> shares) {
  Division division;
  std::map<ledger::AccountId, std::vector<int64_t>> held;
  for (const ledger::Hold& hold : estate.holds) {
    division.holds.push_back(SplitByShares(hold.remaining, shares));
    std::vector<int64_t>& parts = held[hold.debit];
    parts.resize(shares.size());
    for (size_t i = 0; i < shares.size(); ++i) parts[i] += division.holds.back()[i];
  }
  for (const LeftAccount& account : estate.accounts) {
    const int64_t balance = BalanceOf(account.totals);
    const int64_t free = balance - account.totals.debits_pending;
    std::vector<int64_t> parts = SplitByShares(free < 0 ? -free : free, shares);
    if (free < 0) {
      for (int64_t& part : parts) part = -part;
    }
    const auto of_holds = held.find(IdOf(account.key));
    for (size_t i = 0; of_holds != held.end() && i < parts.size(); ++i) {
      parts[i] += of_holds->second[i];
    }
    division.accounts.push_back(std::move(parts));
  }
  return division;
}

AccountKey Successor(const AccountKey& key, const Share& share) {
  AccountKey next = key;
  next.unit = share.unit;
  next.province_code = share.province_code;
  return next;
}

std::vector<BookLines> LinesOf(const Estate& estate, absl::Span<const Share> shares,
                               const Division& division) {
  std::vector<BookLines> books = {{.province_code = estate.province_code}};
  std::vector<ledger::Line>& lines = books[0].lines;
  for (const ledger::Hold& hold : estate.holds) {
    lines.push_back({.kind = ledger::Kind::kVoid, .hold = hold.id});
  }
  lines.insert(lines.end(), estate.returns.begin(), estate.returns.end());
  for (size_t i = 0; i < estate.accounts.size(); ++i) {
    const AccountKey& key = estate.accounts[i].key;
    for (size_t j = 0; j < shares.size(); ++j) {
      const int64_t amount = division.accounts[i][j];
      if (amount != 0) lines.push_back(BalanceLine(key, Successor(key, shares[j]), amount));
    }
  }
  std::map<std::string, std::vector<ledger::Line>> elsewhere;
  for (size_t j = 0; j < shares.size(); ++j) {
    const bool here = shares[j].province_code == estate.province_code;
    AddHolds(estate, shares[j], j, division, here ? lines : elsewhere[shares[j].province_code]);
  }
  for (auto& [province_code, holds] : elsewhere) {
    if (!holds.empty()) books.push_back({province_code, std::move(holds)});
  }
  return books;
}

std::vector<absl::Span<const ledger::Line>> InJournals(absl::Span<const ledger::Line> lines) {
  std::vector<absl::Span<const ledger::Line>> journals;
  do {
    journals.push_back(lines.first(std::min(lines.size(), ledger::kLinesMax)));
    lines.remove_prefix(journals.back().size());
  } while (!lines.empty());
  return journals;
}

std::vector<AccountKey> AccountsOf(const Estate& estate, absl::Span<const Share> shares,
                                   const Division& division) {
  std::set<AccountKey> keys;
  for (const ledger::Line& line : estate.returns) {
    keys.insert(*KeyOf(line.credit.province_code, line.credit.id));
  }
  for (size_t i = 0; i < estate.accounts.size(); ++i) {
    for (size_t j = 0; j < shares.size(); ++j) {
      if (division.accounts[i][j] != 0) {
        keys.insert(Successor(estate.accounts[i].key, shares[j]));
      }
    }
  }
  for (size_t i = 0; i < estate.holds.size(); ++i) {
    for (size_t j = 0; j < shares.size(); ++j) {
      const Renewed renewed = RenewedOf(estate.holds[i], estate, shares[j]);
      if (division.holds[i][j] == 0 || !renewed.InOneBook(estate, shares[j])) continue;
      for (const std::optional<AccountKey>& key : {renewed.debit, renewed.credit}) {
        if (key) keys.insert(*key);
      }
    }
  }
  return {keys.begin(), keys.end()};
}

}  // namespace twotier::budget
