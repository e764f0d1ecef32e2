// Norm sets that come with the service, published when it starts for the first time.
#ifndef TWOTIER_SERVICES_BUDGET_NORM_IMPORT_H_
#define TWOTIER_SERVICES_BUDGET_NORM_IMPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/server/main.h"
#include "services/budget/handlers/env.h"

namespace twotier::budget {

// Publishes the norm sets below `directory` that no version exists of, through the handler of
// PublishNormSet. Errors: those of the database and of the handler; NOT_FOUND (a file that cannot
// be read); INVALID_ARGUMENT (one that is no norm set).
absl::Status ImportNormFiles(const server::Parts& parts, const handlers::Env& env,
                             absl::string_view principal, const std::string& directory);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_NORM_IMPORT_H_
