// What was: appointments, orders, the histories of persons and posts, incumbents as of a date.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_HISTORY_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_HISTORY_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/personnel/handlers/env.h"
#include "twotier/personnel/v1/order.pb.h"
#include "twotier/personnel/v1/staffing.pb.h"

namespace twotier::personnel::handlers {

absl::StatusOr<v1::GetAppointmentResponse> GetAppointment(const Env& env, const Call& call,
                                                          const v1::GetAppointmentRequest& request,
                                                          db::Tx& tx);

absl::StatusOr<v1::GetOrderResponse> GetOrder(const Env& env, const Call& call,
                                              const v1::GetOrderRequest& request, db::Tx& tx);

absl::StatusOr<v1::GetPersonHistoryResponse> GetPersonHistory(
    const Env& env, const Call& call, const v1::GetPersonHistoryRequest& request, db::Tx& tx);

absl::StatusOr<v1::GetPostHistoryResponse> GetPostHistory(const Env& env, const Call& call,
                                                          const v1::GetPostHistoryRequest& request,
                                                          db::Tx& tx);

absl::StatusOr<v1::ListIncumbentsResponse> ListIncumbents(const Env& env, const Call& call,
                                                          const v1::ListIncumbentsRequest& request,
                                                          db::Tx& tx);
void ValidateListIncumbents(const v1::ListIncumbentsRequest& request,
                            error::Violations& violations);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_HISTORY_H_
