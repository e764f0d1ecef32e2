// What the handlers of the register see besides call and request.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_ENV_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_ENV_H_

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/clock.h"
#include "common/feed/hub.h"
#include "common/page.h"
#include "common/status_macros.h"
#include "services/registry/convert.h"
#include "services/registry/domain/resolution.h"
#include "services/registry/heartbeats.h"
#include "services/registry/snapshot.h"

namespace twotier::registry {

// Nothing is owned; everything outlives the service.
struct Env {
  const SnapshotHolder* snapshots = nullptr;
  const page::Sealer* pages = nullptr;
  feed::Hub* hub = nullptr;
  Heartbeats* heartbeats = nullptr;
};

namespace handlers {

// The date a request is for: `as_of`, or today in Vietnam. OUT_OF_RANGE `DATE_BEFORE_DATA`.
template <typename Request>
absl::StatusOr<absl::CivilDay> AsOf(const Call& call, const Request& request) {
  const absl::CivilDay day = request.has_as_of() ? ToDay(request.as_of()) : VietnamDay(call.now);
  RETURN_IF_ERROR(CheckDay(day));
  return day;
}

}  // namespace handlers
}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_ENV_H_
