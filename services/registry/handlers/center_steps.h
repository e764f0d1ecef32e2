// The life of a center, step by step, and taking a planned change of it back. Errors of all steps:
// NOT_FOUND `CENTER_NOT_FOUND`; ABORTED `STALE_ETAG`; those of TakeCenterStep and RequireCoverage.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTER_STEPS_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTER_STEPS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/center_cancellation.pb.h"
#include "twotier/registry/v1/center_change.pb.h"

namespace twotier::registry::handlers {

absl::StatusOr<v1::MarkCenterReadyResponse> MarkCenterReady(
    const Env& env, const Call& call, const v1::MarkCenterReadyRequest& request, db::Tx& tx);

absl::StatusOr<v1::OpenCenterResponse> OpenCenter(const Env& env, const Call& call,
                                                  const v1::OpenCenterRequest& request, db::Tx& tx);
void ValidateOpenCenter(const v1::OpenCenterRequest& request, error::Violations& violations);

absl::StatusOr<v1::SuspendCenterResponse> SuspendCenter(const Env& env, const Call& call,
                                                        const v1::SuspendCenterRequest& request,
                                                        db::Tx& tx);
void ValidateSuspendCenter(const v1::SuspendCenterRequest& request, error::Violations& violations);

absl::StatusOr<v1::ResumeCenterResponse> ResumeCenter(const Env& env, const Call& call,
                                                      const v1::ResumeCenterRequest& request,
                                                      db::Tx& tx);
void ValidateResumeCenter(const v1::ResumeCenterRequest& request, error::Violations& violations);

absl::StatusOr<v1::CloseCenterResponse> CloseCenter(const Env& env, const Call& call,
                                                    const v1::CloseCenterRequest& request,
                                                    db::Tx& tx);
void ValidateCloseCenter(const v1::CloseCenterRequest& request, error::Violations& violations);

// Errors: NOT_FOUND `CENTER_NOT_FOUND`; ABORTED `STALE_ETAG`; those of registry::CancelCenterChange
// and RequireCoverage.
absl::StatusOr<v1::CancelCenterChangeResponse> CancelCenterChange(
    const Env& env, const Call& call, const v1::CancelCenterChangeRequest& request, db::Tx& tx);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_CENTER_STEPS_H_
