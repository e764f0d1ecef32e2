// What the dated rules say of a transfer beside the chain: whether its codes are in force, and
// until when its year allows it.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_SPENDING_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_SPENDING_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/classification.h"
#include "services/budget/domain/competence.h"
#include "services/budget/domain/year_close.h"

namespace twotier::budget {

// Every segment that the account tells apart has a code of the classification of its budget year
// (Circular 130/2025/TT-BTC): the year decides, so that a correction in January has the codes of
// what it corrects. FAILED_PRECONDITION `CODE_NOT_LISTED` (metadata `account`, `budget_year`,
// `codes`: each one that is missing, as "chapter 999,sub_item 6002").
absl::Status CheckCodes(const Classification& classification, const AccountKey& key);

// Which act of the year a transfer between the accounts is; nothing where no day ends it. A payment
// and a commitment are possible until 31 December (Law 89/2025/QH15, Article 66(1)); what
// `settles` a commitment and money that comes back are corrections, until 31 January (66(2)). A
// transfer names no deciding body: what it adjusts, it adjusts within a unit, before 15 December
// (55(3)), and it goes back to its line as a correction; AdjustEstimate is there for who may decide
// later, or between units. An estimate is decided, and handed out to who spends it (46(7), (8)),
// until the year ends: books are closed on 31 December (66(1)).
std::optional<YearAct> YearActOf(const AccountKey& debit, const AccountKey& credit, bool settles);

// What a transfer decides, each matter of which would do; empty: it carries out what was decided.
// An estimate is approved by who decides estimates (Law 89/2025/QH15, Article 31(1)); approved
// money is handed on by who decides its allocation (31(2)) or assigns it thereafter (46(7)), and
// supplements for a lower budget also come by supplementary estimates (52(2)(b)).
std::vector<Matter> DecidedBy(Stage from, Stage to);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_SPENDING_H_
