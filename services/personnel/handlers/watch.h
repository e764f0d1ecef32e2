// The stream of what becomes known.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_WATCH_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_WATCH_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/rpc/watch.h"
#include "services/personnel/handlers/env.h"
#include "twotier/personnel/v1/personnel_service.pb.h"

namespace twotier::personnel::handlers {

absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchChangesResponse>>> WatchChanges(
    const Env& env, const Call& call, const v1::WatchChangesRequest& request);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_WATCH_H_
