// What a service's own work beside its calls is given: alarms, expiries, effects that fall due.
#ifndef TWOTIER_COMMON_SERVER_WORK_PARTS_H_
#define TWOTIER_COMMON_SERVER_WORK_PARTS_H_

#include <functional>

#include "common/clock.h"
#include "common/db/database.h"
#include "common/id.h"
#include "common/log.h"
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

}  // namespace twotier::server

#endif  // TWOTIER_COMMON_SERVER_WORK_PARTS_H_
