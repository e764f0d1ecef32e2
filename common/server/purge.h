// Forgets old requests in the background.
#ifndef TWOTIER_COMMON_SERVER_PURGE_H_
#define TWOTIER_COMMON_SERVER_PURGE_H_

#include <memory>

#include "common/chore.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/log.h"

namespace twotier::server {

// Deletes request log rows past their time until it is stopped. Everything outlives it.
std::unique_ptr<Chore> PurgeRequestLog(db::Database& database, const Clock& clock, Log& log);

}  // namespace twotier::server

#endif  // TWOTIER_COMMON_SERVER_PURGE_H_
