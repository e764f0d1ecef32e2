// Credit lines: lawful spending outside the estimate.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_CREDIT_LINES_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_CREDIT_LINES_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/lawful_spending.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<v1::OpenCreditLineResponse> OpenCreditLine(const Env& env, const Call& call,
                                                          const v1::OpenCreditLineRequest& request,
                                                          db::Tx& tx);
void ValidateOpenCreditLine(const v1::OpenCreditLineRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::DrawCreditLineResponse> DrawCreditLine(const Env& env, const Call& call,
                                                          const v1::DrawCreditLineRequest& request,
                                                          db::Tx& tx);
void ValidateDrawCreditLine(const v1::DrawCreditLineRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::RepayCreditLineResponse> RepayCreditLine(
    const Env& env, const Call& call, const v1::RepayCreditLineRequest& request, db::Tx& tx);
void ValidateRepayCreditLine(const v1::RepayCreditLineRequest& request,
                             error::Violations& violations);

absl::StatusOr<v1::CloseCreditLineResponse> CloseCreditLine(
    const Env& env, const Call& call, const v1::CloseCreditLineRequest& request, db::Tx& tx);
void ValidateCloseCreditLine(const v1::CloseCreditLineRequest& request,
                             error::Violations& violations);

absl::StatusOr<v1::ListCreditLinesResponse> ListCreditLines(
    const Env& env, const Call& call, const v1::ListCreditLinesRequest& request, db::Tx& tx);
void ValidateListCreditLines(const v1::ListCreditLinesRequest& request,
                             error::Violations& violations);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_CREDIT_LINES_H_
