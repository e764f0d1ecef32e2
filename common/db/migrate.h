// Schema changes, in order, each once.
#ifndef TWOTIER_COMMON_DB_MIGRATE_H_
#define TWOTIER_COMMON_DB_MIGRATE_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace twotier::db {

// One step of one module ("db", "rpc", "feed" or the service's name). Versions of a module count from 1
// without gap. A published step is never edited; the statements of a step run in one transaction.
struct Migration {
  absl::string_view module;
  int64_t version;
  absl::string_view name;
  std::vector<absl::string_view> statements;
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_MIGRATE_H_
