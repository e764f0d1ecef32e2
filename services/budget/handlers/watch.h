// What changes, as a stream.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_WATCH_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_WATCH_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/rpc/watch.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/budget_service.pb.h"

namespace twotier::budget::handlers {

absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchChangesResponse>>> WatchChanges(
    const Env& env, const Call& call, const v1::WatchChangesRequest& request);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_WATCH_H_
