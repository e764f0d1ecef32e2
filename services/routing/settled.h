// When what was admitted before an instant has ended.
#ifndef TWOTIER_SERVICES_ROUTING_SETTLED_H_
#define TWOTIER_SERVICES_ROUTING_SETTLED_H_

#include "absl/time/time.h"

namespace twotier::routing {

// After it no transaction is left that began, or whose call was admitted, before: a call begins
// within a minute (common/rpc/chain.cc), and a statement, its lock and its retries take less than
// another one together. What is done once by looking at rows is looked at once more after it.
inline constexpr absl::Duration kSettled = absl::Minutes(2);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_SETTLED_H_
