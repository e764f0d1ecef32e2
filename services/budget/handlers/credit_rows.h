// What the handlers of credit lines and of successions know of a credit line.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_CREDIT_ROWS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_CREDIT_ROWS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "services/budget/domain/account.h"
#include "services/budget/handlers/events.h"
#include "services/budget/store/credit_store.h"

namespace twotier::budget::handlers {

std::string NameOf(const store::CreditRow& row);
// The account that holds what can be drawn.
AccountKey AccountOf(const store::CreditRow& row);
// Whence it was filled.
AccountKey SourceOf(const store::CreditRow& row);
// Where money goes that comes back on a day. A loan of up to 12 months (Law 89/2025/QH15, Article
// 60(3)) outlives its budget year, and its lender's: then money of the later year goes to money of
// that year. The other lines are charged to the estimate of their own year.
AccountKey GivenBackTo(const store::CreditRow& row, absl::CivilDay day);
// What its unit owes.
int64_t OwedOf(const store::CreditRow& row);

// Writes a line as it stands after a change.
absl::Status WriteChange(Events& events, db::Tx& tx, store::CreditRow& row, absl::string_view kind);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_CREDIT_ROWS_H_
