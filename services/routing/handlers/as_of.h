// The date a request is for.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_AS_OF_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_AS_OF_H_

#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/clock.h"
#include "services/routing/convert.h"

namespace twotier::routing::handlers {

// The date asked for, or today in Vietnam.
template <typename Request>
absl::CivilDay AsOf(const Request& request, const Call& call) {
  return request.has_as_of() ? FromProto(request.as_of()) : VietnamDay(call.now);
}

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_AS_OF_H_
