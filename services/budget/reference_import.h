// Reference data that come with the service, imported when it starts.
#ifndef TWOTIER_SERVICES_BUDGET_REFERENCE_IMPORT_H_
#define TWOTIER_SERVICES_BUDGET_REFERENCE_IMPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/server/main.h"
#include "services/budget/handlers/env.h"

namespace twotier::budget {

// Imports the files of `directory` that were never imported, through the handler of
// ImportReferenceData. One that was may have been replaced by a later import, which a restart must
// not undo. Errors: those of the database and of the handler; NOT_FOUND (a file that cannot be
// read).
absl::Status ImportReferenceFiles(const server::Parts& parts, const handlers::Env& env,
                                  absl::string_view principal, const std::string& directory);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_REFERENCE_IMPORT_H_
