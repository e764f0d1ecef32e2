// Money of units that leave the ledger of a province: they end, or go over to another one.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_SUCCESSION_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_SUCCESSION_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/domain/succession.h"
#include "services/budget/handlers/env.h"
#include "services/budget/handlers/events.h"
#include "twotier/budget/v1/succession.pb.h"

namespace twotier::budget::handlers {

// Whether a journal moved what a unit had to those that follow.
bool IsSuccession(absl::string_view journal_id);
// Whether such a journal moved what `unit` had: its id names it.
bool IsEndOf(absl::string_view journal_id, absl::string_view unit);

// What `unit` has in the ledger of a province, but for accounts that were closed with their year.
absl::StatusOr<Estate> LoadEstate(db::Tx& tx, absl::string_view province_code,
                                  const std::string& unit, absl::CivilDay day);

// Moves an estate, which is not empty, and opens the accounts that it needs; returns the journal in
// the ledger that is left. The rule, or who calls, names the ledgers of the province and of every
// share. Errors: those of
// OpenMissing and Post.
absl::StatusOr<v1::Journal> Move(const Env& env, const Call& call, db::Tx& tx,
                                 const units::ChangeRecord& change, const std::string& act,
                                 const Estate& estate, absl::Span<const Share> shares,
                                 const Division& division);

absl::StatusOr<v1::GetSuccessionResponse> GetSuccession(const Env& env, const Call& call,
                                                        const v1::GetSuccessionRequest& request,
                                                        db::Tx& tx);

absl::StatusOr<v1::PlanSuccessionResponse> PlanSuccession(const Env& env, const Call& call,
                                                          const v1::PlanSuccessionRequest& request,
                                                          db::Tx& tx);
void ValidatePlanSuccession(const v1::PlanSuccessionRequest& request,
                            error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_SUCCESSION_H_
