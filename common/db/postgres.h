// PostgreSQL as an engine: libpq in pipeline mode, REPEATABLE READ, prepared statements.
#ifndef TWOTIER_COMMON_DB_POSTGRES_H_
#define TWOTIER_COMMON_DB_POSTGRES_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/connection.h"

namespace twotier::db {

struct PostgresOptions {
  Access access = Access::kWrite;
  absl::Duration statement_timeout = absl::Seconds(10);
  absl::Duration lock_timeout = absl::Milliseconds(50);
  // How much longer than the timeout of its statement a server may keep silent before the
  // connection counts as broken.
  absl::Duration answer_margin = absl::Seconds(5);
  Observer* observer = nullptr;
};

// Connects to `url`. Errors: INVALID_ARGUMENT (malformed URL), UNAVAILABLE `DATABASE_AWAY`,
// FAILED_PRECONDITION `DATABASE_COLLATION` (another collation than C, or another encoding than
// UTF-8). No message carries the URL or its password.
absl::StatusOr<std::unique_ptr<Connection>> OpenPostgres(absl::string_view url,
                                                         const PostgresOptions& options);

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_POSTGRES_H_
