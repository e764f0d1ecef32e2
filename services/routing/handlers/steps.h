// The steps of a dossier after its submission. Errors of all: NOT_FOUND `DOSSIER_NOT_FOUND`;
// ABORTED `STALE_ETAG`; FAILED_PRECONDITION `TRANSITION_NOT_ALLOWED`; and those that
// domain/dossier_steps.h names.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_STEPS_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_STEPS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::routing::handlers {

absl::StatusOr<v1::AcceptDossierResponse> AcceptDossier(const Env& env, const Call& call,
                                                        const v1::AcceptDossierRequest& request,
                                                        db::Tx& tx);

absl::StatusOr<v1::RequestSupplementResponse> RequestSupplement(
    const Env& env, const Call& call, const v1::RequestSupplementRequest& request, db::Tx& tx);

absl::StatusOr<v1::ProvideSupplementResponse> ProvideSupplement(
    const Env& env, const Call& call, const v1::ProvideSupplementRequest& request, db::Tx& tx);

absl::StatusOr<v1::CompleteProcessingResponse> CompleteProcessing(
    const Env& env, const Call& call, const v1::CompleteProcessingRequest& request, db::Tx& tx);

absl::StatusOr<v1::ReturnResultResponse> ReturnResult(const Env& env, const Call& call,
                                                      const v1::ReturnResultRequest& request,
                                                      db::Tx& tx);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_STEPS_H_
