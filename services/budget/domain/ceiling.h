// Ceilings of quarters and months: which accounts stand for them, and what a payment takes of them.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_CEILING_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_CEILING_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/ledger/ledger.h"
#include "services/budget/domain/account.h"

namespace twotier::budget {

// A quarter (1 to 4) or a month (1 to 12) of a budget year; the other one is 0.
struct Period {
  int quarter = 0;
  int month = 0;

  friend bool operator==(const Period&, const Period&) = default;
};

// Purpose of a ceiling's accounts: "q1" … "q4", "m01" … "m12".
std::string PurposeOf(const Period& period);
// Nothing when `purpose` is none of them.
std::optional<Period> PeriodOf(absl::string_view purpose);

// The quarter and the month that a payment of a budget year counts in. As in the execution, what
// takes effect before the year counts in its first ones, and the correction period in its last.
std::array<Period, 2> PeriodsOn(int budget_year, absl::CivilDay day);

// An account of the ceiling on what the unit and year of `payer` pay: of one stage, kCeilingGrant,
// kCeiling or kCeilingPaid.
AccountKey CeilingOf(const AccountKey& payer, Stage stage, const Period& period);

// An amount that is paid from allocated money of a unit and year.
struct Payment {
  AccountKey payer = {};
  int64_t amount = 0;
};

// The ceilings that payments of a day may have, each once.
std::vector<AccountKey> CeilingsOf(absl::Span<const Payment> payments, absl::CivilDay day);

// What the payments of one journal take of the ceilings that there are, one line each.
std::vector<ledger::Line> CeilingLines(absl::Span<const Payment> payments, absl::CivilDay day,
                                       absl::FunctionRef<bool(const AccountKey&)> there_is);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_CEILING_H_
