// Statements of the Treasury: imported, matched, what is left.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_TREASURY_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_TREASURY_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/treasury.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::ImportTreasuryStatementResponse> ImportTreasuryStatement(
    const Env& env, const Call& call, const v1::ImportTreasuryStatementRequest& request,
    db::Tx& tx);
void ValidateImportTreasuryStatement(const v1::ImportTreasuryStatementRequest& request,
                                     error::Violations& violations);

absl::StatusOr<v1::MatchTreasuryLinesResponse> MatchTreasuryLines(
    const Env& env, const Call& call, const v1::MatchTreasuryLinesRequest& request, db::Tx& tx);
void ValidateMatchTreasuryLines(const v1::MatchTreasuryLinesRequest& request,
                                error::Violations& violations);

absl::StatusOr<v1::ListBreaksResponse> ListBreaks(const Env& env, const Call& call,
                                                  const v1::ListBreaksRequest& request, db::Tx& tx);
void ValidateListBreaks(const v1::ListBreaksRequest& request, error::Violations& violations);

absl::StatusOr<v1::ResolveBreakResponse> ResolveBreak(const Env& env, const Call& call,
                                                      const v1::ResolveBreakRequest& request,
                                                      db::Tx& tx);
void ValidateResolveBreak(const v1::ResolveBreakRequest& request, error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_TREASURY_H_
