// Files read whole.
#ifndef TWOTIER_COMMON_FILE_H_
#define TWOTIER_COMMON_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace twotier {

// The bytes of the file at `path`. What the system answers instead, as absl::ErrnoToStatus maps it,
// with the path in the message: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION for a directory.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace twotier

#endif  // TWOTIER_COMMON_FILE_H_
