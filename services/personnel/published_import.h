// Published figures that come with the service, imported when it starts.
#ifndef TWOTIER_SERVICES_PERSONNEL_PUBLISHED_IMPORT_H_
#define TWOTIER_SERVICES_PERSONNEL_PUBLISHED_IMPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/server/main.h"
#include "services/personnel/handlers/env.h"

namespace twotier::personnel {

// Imports the file of `directory` through the handler of ImportPublishedFigures, unless it ever was
// imported: a restart must not undo a later import. Errors: those of the database and of the
// handler; NOT_FOUND (a file that cannot be read).
absl::Status ImportPublishedFile(const server::Parts& parts, const handlers::Env& env,
                                 absl::string_view principal, const std::string& directory);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_PUBLISHED_IMPORT_H_
