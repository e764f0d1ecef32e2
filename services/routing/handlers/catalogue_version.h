// Which version of the catalogue an answer rests on.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_CATALOGUE_VERSION_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_CATALOGUE_VERSION_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/routing/handlers/env.h"

namespace twotier::routing::handlers {

// What is in memory; for a request that names the least version it may be answered from, what `tx`
// sees. Null: it names none. Errors: those of CurrentSnapshot; UNAVAILABLE `SNAPSHOT_NOT_READY`
// when the catalogue has not come so far.
template <typename Request>
absl::StatusOr<std::shared_ptr<const Snapshot>> SnapshotFor(const Env& env, const Request& request,
                                                            db::Tx* tx) {
  if (tx == nullptr) return env.snapshots->Get();
  ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> snapshot, CurrentSnapshot(*env.snapshots, *tx));
  if (snapshot->catalogue_version >= request.min_catalogue_version()) return snapshot;
  return error::WithRetryAfter(
      error::WithReason(absl::StatusCode::kUnavailable,
                        absl::StrCat("the catalogue has version ", snapshot->catalogue_version),
                        "SNAPSHOT_NOT_READY"),
      absl::Seconds(1));
}

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_CATALOGUE_VERSION_H_
