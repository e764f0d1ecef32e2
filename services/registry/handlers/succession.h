// What changes of units leave to be done, events themselves, and figures carried over.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_SUCCESSION_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_SUCCESSION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/change.pb.h"

namespace twotier::registry::handlers {

// The event that a call recorded under the name. NOT_FOUND `CHANGE_EVENT_NOT_FOUND`.
absl::StatusOr<ChangeEvent> FindRecordedEvent(db::Tx& tx, absl::string_view name);

absl::StatusOr<v1::ReportSuccessionResponse> ReportSuccession(
    const Env& env, const Call& call, const v1::ReportSuccessionRequest& request, db::Tx& tx);
void ValidateReportSuccession(const v1::ReportSuccessionRequest& request,
                              error::Violations& violations);

absl::StatusOr<v1::GetSuccessionPlanResponse> GetSuccessionPlan(
    const Env& env, const Call& call, const v1::GetSuccessionPlanRequest& request, db::Tx* tx);

absl::StatusOr<v1::GetChangeEventResponse> GetChangeEvent(const Env& env, const Call& call,
                                                          const v1::GetChangeEventRequest& request,
                                                          db::Tx* tx);

absl::StatusOr<v1::ListChangeEventsResponse> ListChangeEvents(
    const Env& env, const Call& call, const v1::ListChangeEventsRequest& request, db::Tx* tx);
void ValidateListChangeEvents(const v1::ListChangeEventsRequest& request,
                              error::Violations& violations);

absl::StatusOr<v1::RebaseFiguresResponse> RebaseFigures(const Env& env, const Call& call,
                                                        const v1::RebaseFiguresRequest& request,
                                                        db::Tx* tx);
void ValidateRebaseFigures(const v1::RebaseFiguresRequest& request, error::Violations& violations);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_SUCCESSION_H_
