// When what was admitted before an instant has ended.
#ifndef TWOTIER_SERVICES_ROUTING_SETTLED_H_
#define TWOTIER_SERVICES_ROUTING_SETTLED_H_

#include "absl/time/time.h"

namespace twotier::routing {

// After it no transaction is left that began, or whose call was admitted, before: longer than a
// statement, its lock and its retries may take together. What is done once by looking at rows is
// looked at once more after it. A call without a deadline that waits longer in a lane that stands
// still escapes this look; a process that begins looks at everything once.
inline constexpr absl::Duration kSettled = absl::Minutes(2);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_SETTLED_H_
