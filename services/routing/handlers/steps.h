// The steps of a dossier after its submission. Errors of all: NOT_FOUND `DOSSIER_NOT_FOUND`;
// ABORTED `STALE_ETAG`; FAILED_PRECONDITION `TRANSITION_NOT_ALLOWED`; and those that
// domain/dossier_steps.h names.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_STEPS_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_STEPS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/database.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/routing/domain/alarm.h"
#include "services/routing/domain/competence.h"
#include "services/routing/domain/register.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::routing::handlers {

// What the steps that may compute a due time ask the database first; of the others it is
// FirstOfDossier.
db::BoundStatement FirstOfClocked(absl::string_view name);

absl::StatusOr<v1::AcceptDossierResponse> AcceptDossier(const Env& env, const Call& call,
                                                        const v1::AcceptDossierRequest& request,
                                                        db::Tx& tx);

absl::StatusOr<v1::RefuseDossierResponse> RefuseDossier(const Env& env, const Call& call,
                                                        const v1::RefuseDossierRequest& request,
                                                        db::Tx& tx);

absl::StatusOr<v1::AssignDossierResponse> AssignDossier(const Env& env, const Call& call,
                                                        const v1::AssignDossierRequest& request,
                                                        db::Tx& tx);

absl::StatusOr<v1::ForwardDossierResponse> ForwardDossier(const Env& env, const Call& call,
                                                          const v1::ForwardDossierRequest& request,
                                                          db::Tx& tx);

absl::StatusOr<v1::RequestSupplementResponse> RequestSupplement(
    const Env& env, const Call& call, const v1::RequestSupplementRequest& request, db::Tx& tx);

absl::StatusOr<v1::ProvideSupplementResponse> ProvideSupplement(
    const Env& env, const Call& call, const v1::ProvideSupplementRequest& request, db::Tx& tx);

absl::StatusOr<v1::RequestPaymentResponse> RequestPayment(const Env& env, const Call& call,
                                                          const v1::RequestPaymentRequest& request,
                                                          db::Tx& tx);
void ValidateRequestPayment(const v1::RequestPaymentRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::ConfirmPaymentResponse> ConfirmPayment(const Env& env, const Call& call,
                                                          const v1::ConfirmPaymentRequest& request,
                                                          db::Tx& tx);

absl::StatusOr<v1::CancelPaymentRequestResponse> CancelPaymentRequest(
    const Env& env, const Call& call, const v1::CancelPaymentRequestRequest& request, db::Tx& tx);

absl::StatusOr<v1::ExtendDueDateResponse> ExtendDueDate(const Env& env, const Call& call,
                                                        const v1::ExtendDueDateRequest& request,
                                                        db::Tx& tx);

absl::StatusOr<v1::CompleteProcessingResponse> CompleteProcessing(
    const Env& env, const Call& call, const v1::CompleteProcessingRequest& request, db::Tx& tx);

absl::StatusOr<v1::ReturnResultResponse> ReturnResult(const Env& env, const Call& call,
                                                      const v1::ReturnResultRequest& request,
                                                      db::Tx& tx);

absl::StatusOr<v1::WithdrawDossierResponse> WithdrawDossier(
    const Env& env, const Call& call, const v1::WithdrawDossierRequest& request, db::Tx& tx);

absl::StatusOr<v1::StopDossierResponse> StopDossier(const Env& env, const Call& call,
                                                    const v1::StopDossierRequest& request,
                                                    db::Tx& tx);

absl::StatusOr<v1::RateDossierResponse> RateDossier(const Env& env, const Call& call,
                                                    const v1::RateDossierRequest& request,
                                                    db::Tx& tx);

// The body `title` of a unit of `day`: who a dossier is handed to. Errors: NOT_FOUND
// `UNIT_NOT_FOUND`; FAILED_PRECONDITION `UNIT_ENDED`.
absl::StatusOr<CompetentBody> BodyOfUnit(const Register& units, const std::string& unit,
                                         const std::string& title, absl::CivilDay day);

// Takes the step that the clock takes when nobody has answered by `alarm.due` (StepUnanswered), and
// records the alarm, whose kind follows from who was asked. `set_off` is that kind; nullopt: that
// answer is not awaited any more. Errors: UNAVAILABLE `SNAPSHOT_NOT_READY`; those of the step.
absl::Status GoOnUnanswered(const Env& env, const Call& call, const Alarm& alarm, db::Tx& tx,
                            std::optional<AlarmKind>& set_off);

// Records the alarm alone, once, where that step cannot be taken: somebody is to know.
absl::Status TellUnanswered(const Alarm& alarm, db::Tx& tx);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_STEPS_H_
