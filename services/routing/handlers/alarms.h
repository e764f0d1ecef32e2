// What the clock of dossiers set off.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_ALARMS_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_ALARMS_H_

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/routing/handlers/env.h"
#include "twotier/routing/v1/alarm.pb.h"

namespace twotier::routing::handlers {

absl::StatusOr<v1::ListAlarmsResponse> ListAlarms(const Env& env, const Call& call,
                                                  const v1::ListAlarmsRequest& request, db::Tx& tx);
void ValidateListAlarms(const v1::ListAlarmsRequest& request, error::Violations& violations);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_ALARMS_H_
