// What is to happen on a day, when the day has come.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_DUE_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_DUE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/database.h"
#include "common/db/db.h"
#include "services/personnel/handlers/env.h"
#include "services/personnel/store/due_store.h"

namespace twotier::personnel::handlers {

// Aggregates that the unit of work bumps which applies `due`: the provinces whose quotas and orders
// it touches. Errors: those of db::Tx.
absl::StatusOr<std::vector<db::Key>> KeysOf(db::Tx& tx, const store::DueEffect& due);

// Applies it and takes it off the list. An effect that an order has taken back meanwhile is only
// taken off. Each effect needs a call of its own. Errors: those of db::Tx; FAILED_PRECONDITION
// `QUOTA_EXCEEDED` where the place that an appointment waited for did not come free,
// `PERSON_NOT_ACTIVE` where it is of somebody who is retired or dead, `UNIT_ENDED` where the unit
// of its post was not founded by its first day, `PLAN_NOT_HELD` where slices of a plan are still to
// be executed, `PLAN_CONFLICTS` where something stands against its posts.
absl::Status ApplyDue(const Env& env, const Call& call, const store::DueEffect& due, db::Tx& tx);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_DUE_H_
