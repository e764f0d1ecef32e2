// What a service's own work beside its calls is given: alarms, expiries, effects that fall due.
#ifndef TWOTIER_COMMON_SERVER_WORK_PARTS_H_
#define TWOTIER_COMMON_SERVER_WORK_PARTS_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/feed/spine.h"
#include "common/id.h"
#include "common/log.h"
#include "common/server/main.h"
#include "common/units/replica.h"
#include "prometheus/registry.h"

namespace twotier::server {

// `Env` is the environment of the service's handlers. Nothing is owned; everything outlives the
// work.
template <typename Env>
struct WorkParts {
  db::Database* database = nullptr;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  Log* log = nullptr;
  const Env* env = nullptr;
  prometheus::Registry* metrics = nullptr;
  std::function<bool()> leading;  // Of several processes one works.
};

// For the work of a service that was built with `parts`: the process that numbers the events of
// `spine` does it.
template <typename Env>
WorkParts<Env> WorkOf(const Parts& parts, const Env& env, const feed::Spine& spine) {
  return {.database = &parts.database,
          .clock = &parts.clock,
          .ids = &parts.ids,
          .log = &parts.log,
          .env = &env,
          .metrics = &parts.metrics,
          .leading = [&spine] { return spine.leading(); }};
}

// What the copy of the units of such a service follows, as `principal`; an empty target: nothing.
inline units::FollowingParts FollowingOf(const Parts& parts, const std::string& registry_target,
                                         absl::string_view principal) {
  return {.database = &parts.database,
          .clock = &parts.clock,
          .metrics = &parts.metrics,
          .target = registry_target,
          .principal = std::string(principal)};
}

// What the feed of such a service is given.
inline feed::SpineParts SpineOf(const Parts& parts) {
  return {.database = &parts.database,
          .clock = &parts.clock,
          .log = &parts.log,
          .metrics = &parts.metrics};
}

}  // namespace twotier::server

#endif  // TWOTIER_COMMON_SERVER_WORK_PARTS_H_
