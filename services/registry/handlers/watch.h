// The register as a stream: everything, then each change.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_WATCH_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_WATCH_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/rpc/watch.h"
#include "services/registry/handlers/env.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::registry::handlers {

// A part of the snapshot is full once it has this many resources or bytes, so that a consumer gets
// its first message soon and never holds a large one.
inline constexpr int kSnapshotPartMax = 500;
inline constexpr size_t kSnapshotPartBytes = 1 << 20;

absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchChangesResponse>>> WatchChanges(
    const Env& env, const Call& call, const v1::WatchChangesRequest& request);

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_WATCH_H_
