// How the checkers reach a database: they only read.
#ifndef TWOTIER_TOOLS_VERIFY_CONNECT_H_
#define TWOTIER_TOOLS_VERIFY_CONNECT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/connection.h"

namespace twotier::verify {

// A connection that cannot write. `url` is "sqlite:PATH" or "postgresql://...". Errors:
// INVALID_ARGUMENT (another URL), NOT_FOUND (there is no such file), those of the engine.
absl::StatusOr<std::unique_ptr<db::Connection>> ConnectReadOnly(absl::string_view url);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_CONNECT_H_
