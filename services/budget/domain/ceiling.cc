#include "services/budget/domain/ceiling.h"

#include <algorithm>
#include <limits>
#include <map>

#include "absl/strings/str_cat.h"

namespace twotier::budget {
namespace {

constexpr int kMonthsOfYear = 12;
constexpr int kMonthsOfQuarter = 3;

// Amounts by ceiling. A sum beyond 64 bits is more than any ceiling has.
std::map<AccountKey, int64_t> Taken(absl::Span<const Payment> payments, absl::CivilDay day) {
  std::map<AccountKey, int64_t> taken;
  for (const Payment& payment : payments) {
    for (const Period& period : PeriodsOn(payment.payer.year, day)) {
      int64_t& sum = taken[CeilingOf(payment.payer, Stage::kCeiling, period)];
      const int64_t room = std::numeric_limits<int64_t>::max() - sum;
      sum += std::min(payment.amount, room);
    }
  }
  return taken;
}

}  // namespace

std::string PurposeOf(const Period& period) {
  return period.quarter > 0 ? absl::StrCat("q", period.quarter)
                            : absl::StrCat("m", absl::Dec(period.month, absl::kZeroPad2));
}

std::optional<Period> PeriodOf(absl::string_view purpose) {
  for (int month = 1; month <= kMonthsOfYear; ++month) {
    for (const Period& period :
         {Period{.quarter = month / kMonthsOfQuarter}, Period{.month = month}}) {
      if (period != Period() && PurposeOf(period) == purpose) return period;
    }
  }
  return std::nullopt;
}

std::array<Period, 2> PeriodsOn(int budget_year, absl::CivilDay day) {
  const int month = day.year() < budget_year   ? 1
                    : day.year() > budget_year ? kMonthsOfYear
                                               : day.month();
  return {Period{.quarter = (month - 1) / kMonthsOfQuarter + 1}, Period{.month = month}};
}

AccountKey CeilingOf(const AccountKey& payer, Stage stage, const Period& period) {
  return {payer.province_code, payer.unit, payer.year, stage, Line(), PurposeOf(period)};
}

std::vector<AccountKey> CeilingsOf(absl::Span<const Payment> payments, absl::CivilDay day) {
  std::vector<AccountKey> ceilings;
  for (const auto& [ceiling, amount] : Taken(payments, day)) ceilings.push_back(ceiling);
  return ceilings;
}

std::vector<ledger::Line> CeilingLines(absl::Span<const Payment> payments, absl::CivilDay day,
                                       absl::FunctionRef<bool(const AccountKey&)> there_is) {
  std::vector<ledger::Line> lines;
  for (const auto& [ceiling, amount] : Taken(payments, day)) {
    if (!there_is(ceiling)) continue;
    AccountKey paid = ceiling;
    paid.stage = Stage::kCeilingPaid;
    lines.push_back({.debit = {ceiling.province_code, AccountIdOf(ceiling)},
                     .credit = {paid.province_code, AccountIdOf(paid)},
                     .amount = amount,
                     .text = "ceiling"});
  }
  return lines;
}

}  // namespace twotier::budget
