// Orders on appointments, and ratings.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORDERS_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORDERS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/personnel/domain/appointment.h"
#include "services/personnel/handlers/env.h"
#include "twotier/personnel/v1/order.pb.h"

namespace twotier::personnel::handlers {

absl::StatusOr<v1::AppointCivilServantResponse> AppointCivilServant(
    const Env& env, const Call& call, const v1::AppointCivilServantRequest& request, db::Tx& tx);
void ValidateAppointCivilServant(const v1::AppointCivilServantRequest& request,
                                 error::Violations& violations);

absl::StatusOr<v1::TransferCivilServantResponse> TransferCivilServant(
    const Env& env, const Call& call, const v1::TransferCivilServantRequest& request, db::Tx& tx);
// What TransferCivilServant asks first.
std::vector<db::BoundStatement> FirstOfTransfer(const Call& call,
                                                const v1::TransferCivilServantRequest& request);
void ValidateTransferCivilServant(const v1::TransferCivilServantRequest& request,
                                  error::Violations& violations);

absl::StatusOr<v1::SecondCivilServantResponse> SecondCivilServant(
    const Env& env, const Call& call, const v1::SecondCivilServantRequest& request, db::Tx& tx);
void ValidateSecondCivilServant(const v1::SecondCivilServantRequest& request,
                                error::Violations& violations);

absl::StatusOr<v1::EndAppointmentResponse> EndAppointment(const Env& env, const Call& call,
                                                          const v1::EndAppointmentRequest& request,
                                                          db::Tx& tx);
void ValidateEndAppointment(const v1::EndAppointmentRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::CorrectAppointmentResponse> CorrectAppointment(
    const Env& env, const Call& call, const v1::CorrectAppointmentRequest& request, db::Tx& tx);
void ValidateCorrectAppointment(const v1::CorrectAppointmentRequest& request,
                                error::Violations& violations);

absl::StatusOr<v1::RankCivilServantResponse> RankCivilServant(
    const Env& env, const Call& call, const v1::RankCivilServantRequest& request, db::Tx& tx);
void ValidateRankCivilServant(const v1::RankCivilServantRequest& request,
                              error::Violations& violations);

// Shared by orders and corrections.

// FAILED_PRECONDITION `APPOINTMENT_OF_OTHER_PERSON` where a request names another person with it.
absl::Status CheckOf(const Appointment& appointment, const std::string& person);
// FAILED_PRECONDITION `APPOINTMENT_ENDED`.
absl::Status AppointmentEnded(const Appointment& appointment);
// The last day on which a secondment that begins on `first` may end.
absl::CivilDay SecondmentEndMax(absl::CivilDay first);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_ORDERS_H_
