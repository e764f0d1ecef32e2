// Credit lines of a unit that leaves the ledger of a province: what is not drawn goes back, what is
// owed goes to those who follow.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_CREDIT_SUCCESSION_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_CREDIT_SUCCESSION_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "services/budget/domain/succession.h"
#include "services/budget/handlers/events.h"

namespace twotier::budget::handlers {

// Adds the returns of what credit lines of the unit have not drawn, as if they were posted. A limit
// was granted to the unit that ends; who follows is granted its own.
absl::Status AddReturns(db::Tx& tx, absl::CivilDay day, Estate& estate);

// Closes the lines of the unit and gives each unit that follows a line of its own, closed, with its
// part of what was drawn and repaid: by the shares of the people, else by what the plan gives it of
// what the line has paid. A loan is owed to a province: where a unit follows in another one, it
// stays with the line of the unit that left, in the ledger where it was lent.
absl::Status MoveCredits(Events& events, db::Tx& tx, const Estate& estate,
                         absl::Span<const Share> shares, const Division& division);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_CREDIT_SUCCESSION_H_
